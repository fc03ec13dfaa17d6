"""The catalogue over HTTP: signed files, the same for everyone, without a token.

Nothing here is secret and everything is signed, so a cache or a mirror may stand in between. A 404
is an ordinary answer: a client of TUF asks for the next root until there is none.
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from smartclient.backoffice.api.replies import problem_reply, reply
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.domain.errors import Refused
from smartclient.wire.encoding import sha256

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


def catalogue_router(served: ServedCatalogue) -> APIRouter:
    """The two addresses below /v1/catalogue."""
    router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])

    @router.get("/metadata/{name}", summary="Signed metadata of the update repository.")
    def metadata(request: Request, name: str) -> Response:
        keeps = name[:1].isdigit()
        content = served.metadata(name)
        return _file(request, content, "application/json", _FOR_EVER if keeps else _ASK_EACH_TIME)

    @router.get("/targets/{path:path}", summary="A component of the catalogue.")
    def target(request: Request, path: str) -> Response:
        return _file(request, served.target(path), "application/octet-stream", _FOR_EVER)

    return router


def _file(request: Request, content: bytes | None, media_type: str, cache: str) -> Response:
    if content is None:
        return problem_reply(Refused("SC-CAT-079"))
    headers = {"ETag": f'"{sha256(content)[:32]}"', "Cache-Control": cache}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return reply(b"", media_type, HTTPStatus.NOT_MODIFIED, headers)
    return reply(content, media_type, headers=headers)
