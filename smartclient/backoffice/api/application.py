"""The FastAPI application: which address is served by which handler, for whom, up to what size."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from smartclient.backoffice.api import (
    admission,
    blobs,
    catalogue,
    contracts,
    health,
    records,
    revocation,
)
from smartclient.backoffice.api.calls import BYTES_TYPE, JSON_TYPE, Accepts
from smartclient.backoffice.api.endpoints import (
    Endpoint,
    FrontOffice,
    Handler,
    OpenHandler,
    for_installs,
    open_to_all,
)
from smartclient.backoffice.api.replies import problem_reply
from smartclient.domain.errors import Refused
from smartclient.wire.messages import MAX_PACK_BYTES, MAX_PUSH_BYTES

_NOTHING = Accepts()
_SMALL = Accepts(40_000, JSON_TYPE)
_IDS = Accepts(100_000, JSON_TYPE)
_PUSH = Accepts(MAX_PUSH_BYTES + 200_000, JSON_TYPE)
_BYTES = Accepts(MAX_PACK_BYTES + 200_000, BYTES_TYPE)


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the API, and what it takes."""

    method: str
    path: str
    accepts: Accepts


OPEN: dict[Route, OpenHandler] = {
    Route("GET", "/health", _NOTHING): health.health,
    Route("GET", "/ready", _NOTHING): health.ready,
    Route("POST", "/v1/activate/check", _SMALL): admission.check_hr,
    Route("POST", "/v1/activate", _SMALL): admission.activate,
    Route("POST", "/v1/token", _SMALL): admission.give_token,
    Route("GET", "/crl", _NOTHING): revocation.revoked,
    Route("GET", "/v1/catalogue/metadata/{name}", _NOTHING): catalogue.metadata,
    Route("GET", "/v1/catalogue/targets/{path:path}", _NOTHING): catalogue.target,
}
"""What needs no token: the catalogue and the list of revoked seals are signed, for everyone."""

FOR_INSTALLS: dict[Route, Handler] = {
    Route("GET", "/v1/changes", _NOTHING): records.unchanged,
    Route("POST", "/v1/changes", _SMALL): records.changes,
    Route("POST", "/v1/push", _PUSH): records.push,
    Route("POST", "/v1/get", _IDS): records.get,
    Route("POST", "/v1/blobs/missing", _IDS): blobs.missing,
    Route("POST", "/v1/blobs/pack", _BYTES): blobs.take_pack,
    Route("PUT", "/v1/blobs/{sha256}/part", _BYTES): blobs.take_part,
    Route("GET", "/v1/blobs/{sha256}", _NOTHING): blobs.get,
    Route("GET", "/v1/contracts/{number}", _NOTHING): contracts.read,
}


async def in_a_thread(work: Callable[[], Response]) -> Response:
    """Run work that waits for the database beside the event loop."""
    return await run_in_threadpool(work)


def application(front: FrontOffice) -> FastAPI:
    """The API of an office."""
    api = FastAPI(title="SmartClient", docs_url=None, redoc_url=None, openapi_url=None)
    for route, handler in OPEN.items():
        _add(api, route, open_to_all(front, handler, route.accepts), handler.__doc__)
    for route, answer in FOR_INSTALLS.items():
        _add(api, route, for_installs(front, answer, route.accepts), answer.__doc__)
    api.add_exception_handler(HTTPException, _framework_refused)
    return api


def _add(api: FastAPI, route: Route, endpoint: Endpoint, description: str | None) -> None:
    """Add a route; its messages are read by `wire`, so FastAPI knows their media type only."""
    body = {"content": {route.accepts.media_type: {}}, "required": True}
    api.add_api_route(
        route.path,
        endpoint,
        methods=[route.method],
        response_model=None,
        summary=(description or "").partition("\n")[0],
        openapi_extra={"requestBody": body} if route.accepts.limit else None,
    )


async def _framework_refused(_request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 404
    return problem_reply(Refused("SC-SERV-004" if status == 405 else "SC-SERV-003"))
