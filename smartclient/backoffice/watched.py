"""What runs beside a serving process: the writing of synchronisations, and the port of metrics.

One server process has one registry and one port of its own: a machine that runs several gives each
its port, and Prometheus adds them up. The port carries no TLS and no token, so it listens on
loopback unless the operator names another address of an inner network.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.metrics import Metrics
from smartclient.backoffice.growing_pauses import GrowingPause
from smartclient.backoffice.operations.observing_state import State, is_up, state_of
from smartclient.backoffice.operations.office import Office
from smartclient.domain.errors import Unreachable

log = logging.getLogger(__name__)

WRITTEN_EVERY = 2.0
"""Seconds until a synchronisation that has ended stands in the history."""


def metrics_of(office: Office) -> Metrics:
    """The counts of this process, with what stands in the database."""

    away = GrowingPause(office.clock.monotonic)

    def state() -> State:
        try:
            with office.reading() as desk:
                found = state_of(desk)
        except SQLAlchemyError as failed:
            # The counts of this process are told all the same: now somebody looks at them.
            _tell(away, "state not read", failed)
            return State((is_up(answered=False),))
        away.end()
        return found

    return Metrics([route.path for route in (*OPEN, *FOR_INSTALLS)], state, office.clock)


@contextmanager
def watched(front: FrontOffice) -> Iterator[None]:
    """Write the synchronisations of the process while the block runs, and the rest at its end."""
    stopped = threading.Event()
    away = GrowingPause(front.office.clock.monotonic)

    def write_again_and_again() -> None:
        while not stopped.wait(WRITTEN_EVERY):
            _write(front, away)
        _write(front, away)

    writer = threading.Thread(target=write_again_and_again, name="synchronisations", daemon=True)
    writer.start()
    try:
        yield
    finally:
        stopped.set()
        writer.join(timeout=10)


@contextmanager
def metrics_served(metrics: Metrics, host: str, port: int) -> Iterator[int]:
    """Serve the metrics while the block runs; the port. 0 takes a free one.

    Raises Unreachable SC-SERV-046 when the port is taken.
    """
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except (OSError, OverflowError) as taken:
        raise Unreachable("SC-SERV-046", port=port) from taken
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def _write(front: FrontOffice, away: GrowingPause) -> None:
    try:
        written = front.watch.book.write(front.office)
    except SQLAlchemyError as failed:
        _tell(away, "synchronisations not written", failed)
        return
    if written and away.end():
        log.info("synchronisations written again")


def _tell(away: GrowingPause, event: str, failed: SQLAlchemyError) -> None:
    """Trouble that lasts is told of now and then."""
    if away.is_over:
        log.warning(event, extra={"error": type(failed).__name__})
        away.grow()
