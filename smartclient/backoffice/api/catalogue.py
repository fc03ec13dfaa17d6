"""The catalogue over HTTP: signed files, the same for everyone, without a token.

Nothing here is secret and everything is signed, so a cache or a mirror may stand in between. A 404
is an ordinary answer: a client of TUF asks for the next root until there is none.
"""

from http import HTTPStatus

from starlette.responses import Response

from smartclient.backoffice.api.calls import BYTES_TYPE, JSON_TYPE, Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import reply
from smartclient.domain.errors import Refused
from smartclient.wire.encoding import sha256

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


def metadata(front: FrontOffice, call: Call) -> Response:
    """Signed metadata of the update repository; what carries its version never changes."""
    name = call.path["name"]
    cache = _FOR_EVER if name[:1].isdigit() else _ASK_EACH_TIME
    return _file(call, front.catalogue.metadata(name), JSON_TYPE, cache)


def target(front: FrontOffice, call: Call) -> Response:
    """A component of the catalogue, the digest leading its name."""
    return _file(call, front.catalogue.target(call.path["path"]), BYTES_TYPE, _FOR_EVER)


def _file(call: Call, content: bytes | None, media_type: str, cache: str) -> Response:
    if content is None:
        raise Refused("SC-CAT-079")
    headers = {"ETag": f'"{sha256(content)[:32]}"', "Cache-Control": cache}
    if call.headers.get("if-none-match") == headers["ETag"]:
        return reply(b"", media_type, HTTPStatus.NOT_MODIFIED, headers)
    return reply(content, media_type, headers=headers)
