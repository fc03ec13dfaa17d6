"""The FastAPI application: which address is served by which handler, for whom, up to what size."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from smartclient.backoffice.api import admission, blobs, health, records
from smartclient.backoffice.api.calls import BYTES_TYPE, JSON_TYPE, Accepts
from smartclient.backoffice.api.catalogue import catalogue_router
from smartclient.backoffice.api.endpoints import Counter, Endpoint, for_installs, open_to_all
from smartclient.backoffice.api.replies import problem_reply
from smartclient.domain.errors import Refused
from smartclient.wire.messages import MAX_PACK_BYTES, MAX_PUSH_BYTES

_NOTHING = Accepts()
_SMALL = Accepts(40_000, JSON_TYPE)
_IDS = Accepts(100_000, JSON_TYPE)
_PUSH = Accepts(MAX_PUSH_BYTES + 200_000, JSON_TYPE)
_BYTES = Accepts(MAX_PACK_BYTES + 200_000, BYTES_TYPE)


async def in_a_thread(work: Callable[[], Response]) -> Response:
    """Run work that waits for the database beside the event loop."""
    return await run_in_threadpool(work)


def application(counter: Counter) -> FastAPI:
    """The API of an office."""
    api = FastAPI(title="SmartClient", docs_url=None, redoc_url=None, openapi_url=None)

    def route(method: str, path: str, endpoint: Endpoint) -> None:
        api.add_route(path, endpoint, methods=[method])

    route("GET", "/health", open_to_all(counter, health.health, _NOTHING))
    route("POST", "/v1/activate/check", open_to_all(counter, admission.check_hr, _SMALL))
    route("POST", "/v1/activate", open_to_all(counter, admission.activate, _SMALL))
    route("POST", "/v1/token", open_to_all(counter, admission.give_token, _SMALL))
    route("POST", "/v1/changes", for_installs(counter, records.changes, _SMALL))
    route("POST", "/v1/push", for_installs(counter, records.push, _PUSH))
    route("POST", "/v1/get", for_installs(counter, records.get, _IDS))
    route("POST", "/v1/blobs/missing", for_installs(counter, blobs.missing, _IDS))
    route("POST", "/v1/blobs/pack", for_installs(counter, blobs.take_pack, _BYTES))
    route("PUT", "/v1/blobs/{sha256}/part", for_installs(counter, blobs.take_part, _BYTES))
    route("GET", "/v1/blobs/{sha256}", for_installs(counter, blobs.get, _NOTHING))
    api.include_router(catalogue_router(counter.catalogue))
    api.add_exception_handler(HTTPException, _framework_refused)
    return api


async def _framework_refused(_request: Request, refusal: Exception) -> Response:
    status = refusal.status_code if isinstance(refusal, HTTPException) else 404
    return problem_reply(Refused("SC-SERV-004" if status == 405 else "SC-SERV-003"))
