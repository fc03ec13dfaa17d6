"""The worker: each duty in its turn, a failing one stops no other; the log without people in it."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from smartclient.backoffice.log_lines import JsonLines
from smartclient.backoffice.operations.catalogue import OnlineKeys
from smartclient.backoffice.operations.outbox import WaitingMail
from smartclient.backoffice.tables import schema
from smartclient.backoffice.worker import HOURLY, Duty, Worker, duties_of
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire.messages import RecordKind
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock


class Bag:
    """A postman that keeps what he takes."""

    def __init__(self) -> None:
        self.taken: list[WaitingMail] = []

    def take(self, waiting: WaitingMail) -> None:
        """Keep it."""
        self.taken.append(waiting)


def _no_keys() -> OnlineKeys:
    raise NotAllowed("SC-CAT-070")


@pytest.fixture
def worker(memory_server: InProcessServer, clock: SetClock) -> Worker:
    """The worker of a back office, with a bag for mail."""
    server = memory_server
    duties = duties_of(server.office, server.exporter, Bag(), server.catalogue, _no_keys)
    return Worker(clock, duties)


def test_that_a_day_passes_without_a_person(
    worker: Worker, memory_server: InProcessServer, ids: IdSource, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, ids)
    worker.round()
    adviser.push_ok(adviser.offer())
    worker.round()
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    worker.round()
    for batch in memory_server.core.waiting():
        memory_server.core.take(batch)
    assert worker.round() == []
    adviser.headers = memory_server.bearer(adviser.installed)
    status = next(row for row in adviser.pull() if row.kind is RecordKind.DOCUMENT_STATUS)
    assert adviser.body_of(status.id)["core"] == "accepted"


def test_that_a_failing_duty_stops_no_other(clock: SetClock) -> None:
    done: list[str] = []

    def refused() -> None:
        raise NotAllowed("SC-EXP-005")

    def no_disk() -> None:
        raise OSError("no disk")

    def unforeseen() -> None:
        raise KeyError("a defect")

    duties = (
        Duty("refused", timedelta(0), refused),
        Duty("broken", timedelta(0), no_disk),
        Duty("defect", timedelta(0), unforeseen),
        Duty("good", timedelta(0), lambda: done.append("good")),
    )
    worker = Worker(clock, duties)
    assert worker.round() == ["refused", "broken", "defect"]
    assert done == ["good"]


def test_that_what_another_worker_is_doing_is_left_to_it(clock: SetClock) -> None:
    def busy() -> None:
        raise NotAllowed("SC-EXP-002")

    assert Worker(clock, (Duty("export", timedelta(0), busy),)).round() == []


def test_that_an_hourly_duty_is_done_once_an_hour(clock: SetClock) -> None:
    done: list[str] = []
    worker = Worker(clock, (Duty("hourly", HOURLY, lambda: done.append("x")),))
    worker.round()
    clock.pass_time(minutes=59)
    worker.round()
    assert len(done) == 1
    clock.pass_time(minutes=1)
    worker.round()
    assert len(done) == 2


def test_that_old_tokens_and_abandoned_parts_are_tidied_away(
    worker: Worker, memory_server: InProcessServer, clock: SetClock
) -> None:
    memory_server.token(memory_server.activate())
    clock.pass_time(days=91)
    worker.round()
    with memory_server.office.reading() as desk:
        counts = [
            desk.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (schema.token, schema.used_nonce, schema.blob_part)
        ]
    assert counts == [0, 0, 0]


@pytest.fixture
def lines(clock: SetClock) -> Iterator[io.StringIO]:
    """What the log of this module writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    logger = logging.getLogger("smartclient.test")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def test_that_a_line_of_the_log_holds_what_is_listed_and_no_persons_name(
    lines: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("smartclient.test")
    try:
        raise ValueError("Eva Černá, 805623/1234")
    except ValueError:
        log.exception("failed", extra={"support": "1234abcd", "client": "Eva Černá"})
    written = lines.getvalue()
    line = json.loads(written)
    assert (line["event"], line["support"], line["error"]) == ("failed", "1234abcd", "ValueError")
    assert line["time"] == "2026-11-21T09:00:00.000Z"
    assert "Eva" not in written
    assert "805623" not in written
