"""From a handler to an endpoint: the request read, the caller known, every failure a reply."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from smartclient.backoffice.api.calls import Accepts, Asked, Call, received_body, unpacked_body
from smartclient.backoffice.api.replies import problem_reply
from smartclient.backoffice.api.watching import Visit, Watch
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.backoffice.operations.certificates import Issuers
from smartclient.backoffice.operations.observing_syncs import HEADER, Notes, code_of
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.tokens import require_principal
from smartclient.backoffice.tables.engine import PASSING
from smartclient.domain.errors import Refused, SmartClientError, Unreachable

log = logging.getLogger(__name__)

Endpoint = Callable[[Asked], Awaitable[Response]]
Blocking = Callable[[Callable[[], Response]], Awaitable[Response]]
"""Runs work that waits for the database without holding up other requests."""


@dataclass(frozen=True, slots=True)
class FrontOffice:
    """Where requests are served: the office, and what the API adds to it."""

    office: Office
    issuers: Issuers
    server_name: str
    catalogue: ServedCatalogue
    blocking: Blocking
    watch: Watch = field(default_factory=Watch)
    hand_in_key: str = ""
    """The public key for packages of unsent records, as installs are told it."""


OpenHandler = Callable[[FrontOffice, Call], Response]
Handler = Callable[[FrontOffice, Principal, Call], Response]
Writing = Callable[[], AbstractContextManager[Desk]]
"""The writing transaction of a request; it counts before the reply is sent."""
Writer = Callable[[Writing, Principal, Call], Response]
Reader = Callable[[FrontOffice, Desk, Principal, Call], Response]
"""Only reads, so who asks and what is answered are one state of the database."""


def open_to_all(front: FrontOffice, handler: OpenHandler, accepts: Accepts) -> Endpoint:
    """An endpoint that needs no token."""

    async def endpoint(asked: Asked) -> Response:
        return await _served(front, asked, accepts, lambda call: handler(front, call))

    return endpoint


def for_installs(front: FrontOffice, handler: Handler, accepts: Accepts) -> Endpoint:
    """An endpoint for installs with a live token; the handler learns who calls."""

    def work(call: Call) -> Response:
        with front.office.reading() as desk:
            principal = require_principal(desk, _bearer(call))
        call.notes.install = principal.install
        return handler(front, principal, call)

    async def endpoint(asked: Asked) -> Response:
        return await _served(front, asked, accepts, work)

    return endpoint


def for_writers(front: FrontOffice, writer: Writer, accepts: Accepts) -> Endpoint:
    """The same for one that writes.

    Who calls is learnt in the transaction that writes, except where that would let anybody without
    a token keep all writers waiting.
    """
    office = front.office

    def work(call: Call) -> Response:
        with office.reading() if office.has_one_writer else office.writing() as desk:
            principal = require_principal(desk, _bearer(call))
            call.notes.install = principal.install
            if not office.has_one_writer:
                return writer(lambda: nullcontext(desk), principal, call)
        return writer(office.writing, principal, call)

    async def endpoint(asked: Asked) -> Response:
        return await _served(front, asked, accepts, work)

    return endpoint


def for_readers(front: FrontOffice, reader: Reader, accepts: Accepts) -> Endpoint:
    """The same for one that only reads; it does so in the transaction that learnt who calls."""

    def work(call: Call) -> Response:
        with front.office.reading() as desk:
            principal = require_principal(desk, _bearer(call))
            call.notes.install = principal.install
            return reader(front, desk, principal, call)

    async def endpoint(asked: Asked) -> Response:
        return await _served(front, asked, accepts, work)

    return endpoint


async def _served(
    front: FrontOffice, asked: Asked, accepts: Accepts, work: Callable[[Call], Response]
) -> Response:
    begun, notes = front.office.clock.monotonic(), Notes()
    reply, came = await _replied(front, asked, accepts, work, notes)
    visit = Visit(
        asked.method,
        asked.route,
        reply.status_code,
        front.office.clock.monotonic() - begun,
        code_of(asked.headers.get(HEADER, "")),
        (came, len(reply.body)),
    )
    front.watch.visited(visit, notes, front.office.clock.now)
    return reply


async def _replied(
    front: FrontOffice,
    asked: Asked,
    accepts: Accepts,
    work: Callable[[Call], Response],
    notes: Notes,
) -> tuple[Response, int]:
    """The reply, and how many bytes of the request were read."""
    body = b""

    def answered() -> Response:
        # Digests and packed bodies take their time, so they are not looked at by the event loop.
        nonlocal body
        body = unpacked_body(asked.headers, received, accepts)
        return work(asked.call(body, notes))

    try:
        received = await received_body(asked.receive, accepts.limit)
        return await front.blocking(answered), len(body)
    except SmartClientError as refusal:
        problem: SmartClientError = refusal
    except PASSING as busy:
        kind = type(getattr(busy, "orig", busy)).__name__
        log.warning("database", extra={"error": kind})
        problem = Unreachable("SC-SERV-018")
    except ClientDisconnect:
        problem = Unreachable("SC-SERV-018")
    except Exception:
        support = front.office.ids.new()[:8]
        log.exception("failed", extra={"support": support})
        problem = Unreachable("SC-SERV-017", support=support)
    notes.code = problem.code
    return problem_reply(problem), len(body)


def _bearer(call: Call) -> str:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token) <= 100:
        raise Refused("SC-SERV-005")
    return token
