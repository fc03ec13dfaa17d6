"""The catalogue over HTTP: signed files, the same for everyone, without a token.

Nothing here is secret and everything is signed, so a cache or a mirror may stand in between. A 404
is an ordinary answer: a client of TUF asks for the next root until there is none.
"""

import json

from fastapi import APIRouter, Response

from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.wire.encoding import DIGEST_HEADER, content_digest
from smartclient.wire.messages import Problem

_FOR_EVER = "public, max-age=31536000, immutable"
_NEVER = "no-cache"


def catalogue_router(served: ServedCatalogue) -> APIRouter:
    """The two addresses below /v1/catalogue."""
    router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])

    @router.get("/metadata/{name}")
    def metadata(name: str) -> Response:
        content = served.metadata(name)
        return _reply(content, "application/json", _FOR_EVER if name[:1].isdigit() else _NEVER)

    @router.get("/targets/{path:path}")
    def target(path: str) -> Response:
        return _reply(served.target(path), "application/octet-stream", _FOR_EVER)

    return router


def _reply(content: bytes | None, media_type: str, cache: str) -> Response:
    status, body = 200, content
    if body is None:
        status, media_type, cache = 404, "application/json", _NEVER
        body = json.dumps(Problem("SC-CAT-079", {}).to_json()).encode()
    headers = {DIGEST_HEADER: content_digest(body), "Cache-Control": cache}
    return Response(body, status, headers, media_type)
