"""The application: which address is served by which handler, for whom, up to what size."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from smartclient.backoffice.api import (
    admission,
    blobs,
    catalogue,
    contracts,
    health,
    records,
    revocation,
)
from smartclient.backoffice.api.calls import BYTES_TYPE, JSON_TYPE, Accepts, Asked
from smartclient.backoffice.api.endpoints import (
    Endpoint,
    FrontOffice,
    Handler,
    OpenHandler,
    Reader,
    Writer,
    for_installs,
    for_readers,
    for_writers,
    open_to_all,
)
from smartclient.backoffice.api.replies import problem_reply
from smartclient.domain.errors import Refused
from smartclient.wire.messages import MAX_PACK_BYTES, MAX_PUSH_BYTES

THREADS = 40
"""That answer at the same time; the database gives connections to fewer."""

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

    @property
    def is_exact(self) -> bool:
        """Whether nothing in the path has to be read out of it."""
        return "{" not in self.path


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

READING: dict[Route, Reader] = {
    Route("GET", "/v1/changes", _NOTHING): records.unchanged,
    Route("POST", "/v1/changes", _SMALL): records.changes,
    Route("POST", "/v1/get", _IDS): records.get,
    Route("POST", "/v1/blobs/missing", _IDS): blobs.missing,
    Route("GET", "/v1/blobs/{sha256}", _NOTHING): blobs.get,
}
WRITING: dict[Route, Writer] = {
    Route("POST", "/v1/push", _PUSH): records.push,
    Route("POST", "/v1/blobs/pack", _BYTES): blobs.take_pack,
    Route("PUT", "/v1/blobs/{sha256}/part", _BYTES): blobs.take_part,
}
OTHERS: dict[Route, Handler] = {
    Route("GET", "/v1/contracts/{number}", _NOTHING): contracts.read,
}
"""What needs transactions of its own."""
FOR_INSTALLS: dict[Route, Reader | Writer | Handler] = {**READING, **WRITING, **OTHERS}
"""What needs a live token."""


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, "answering")


async def in_a_thread(work: Callable[[], Response]) -> Response:
    """Run work that waits for the database beside the event loop.

    The executor of the standard library: the framework's own way takes half as long again, which is
    a tenth of a quiet synchronisation.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads(), work)


@dataclass(frozen=True, slots=True)
class Application:
    """The API as ASGI. What laptops ask most is found by its address, the rest by FastAPI."""

    api: FastAPI
    exact: dict[tuple[str, str], Endpoint]
    """By method and path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        asked = (scope.get("method", ""), scope.get("path", ""))
        endpoint = self.exact.get(asked)
        if endpoint is None:
            await self.api(scope, receive, send)
            return
        reply = await endpoint(Asked.of(asked[1], scope, receive))
        await reply(scope, receive, send)


def application(front: FrontOffice) -> Application:
    """The API of an office."""
    endpoints: dict[Route, tuple[Endpoint, str]] = {}
    for route, handler in OPEN.items():
        endpoint = open_to_all(front, handler, route.accepts)
        endpoints[route] = endpoint, handler.__doc__ or ""
    for route, reader in READING.items():
        endpoints[route] = for_readers(front, reader, route.accepts), reader.__doc__ or ""
    for route, writer in WRITING.items():
        endpoints[route] = for_writers(front, writer, route.accepts), writer.__doc__ or ""
    for route, answer in OTHERS.items():
        endpoints[route] = for_installs(front, answer, route.accepts), answer.__doc__ or ""
    api = FastAPI(title="SmartClient", docs_url=None, redoc_url=None, openapi_url=None)
    for route, (endpoint, about) in endpoints.items():
        _add(api, route, endpoint, about)
    api.add_exception_handler(HTTPException, _framework_refused)
    exact = {
        (route.method, route.path): endpoint
        for route, (endpoint, _about) in endpoints.items()
        if route.is_exact
    }
    return Application(api, exact)


def _add(api: FastAPI, route: Route, endpoint: Endpoint, description: str) -> None:
    """Add a route; its messages are read by `wire`, so FastAPI knows their media type only."""

    async def asked(request: Request) -> Response:
        return await endpoint(Asked.of(route.path, request.scope, request.receive))

    body = {"content": {route.accepts.media_type: {}}, "required": True}
    api.add_api_route(
        route.path,
        asked,
        methods=[route.method],
        response_model=None,
        summary=description.partition("\n")[0],
        openapi_extra={"requestBody": body} if route.accepts.limit else None,
    )


async def _framework_refused(_request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 404
    return problem_reply(Refused("SC-SERV-004" if status == 405 else "SC-SERV-003"))
