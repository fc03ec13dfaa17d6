"""The worker: each duty in its turn, a failing one stops no other; the log without people in it."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.log_lines import JsonLines
from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.catalogue import OnlineKeys
from smartclient.backoffice.operations.outbox import WaitingMail
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.worker import AT_EACH_ROUND, HOURLY, Duty, Worker, duties_of
from smartclient.domain.errors import NotAllowed, Unreachable
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


class Database:
    """One that goes away and comes back, and a duty for which nothing works meanwhile."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked = 0

    def reach(self) -> None:
        """Ask it."""
        if self.is_away:
            raise OperationalError("BEGIN", {}, RuntimeError("secret host"))

    def work(self) -> None:
        """Do something with it."""
        self.asked += 1
        self.reach()


def test_that_a_database_that_is_away_is_told_of_now_and_then(
    clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten minutes with a round each second, as the worker makes them."""
    caplog.set_level(logging.INFO)
    database = Database()
    duties = [Duty(f"duty {number}", AT_EACH_ROUND, database.work) for number in range(8)]
    worker = Worker(clock, duties, database.reach)
    database.is_away = True
    for _ in range(600):
        assert worker.round() == [duty.name for duty in duties]
        clock.pass_time(seconds=1)
    assert database.asked == 1
    assert set(_told(caplog)) == {"database away"}
    assert len(caplog.records) <= 16
    database.is_away = False
    assert worker.round() == worker.round() == []
    assert _told(caplog).count("database back") == 1


def test_that_a_duty_that_the_database_refuses_alone_stops_no_other(clock: SetClock) -> None:
    """A lock that is not free in time, a statement that took too long: the others may work."""
    database, done = Database(), list[str]()

    def refused() -> None:
        raise OperationalError("SELECT", {}, RuntimeError("lock timeout"))

    duties = (
        Duty("refused", AT_EACH_ROUND, refused),
        Duty("good", AT_EACH_ROUND, lambda: done.append("good")),
    )
    assert Worker(clock, duties, database.reach).round() == ["refused"]
    assert done == ["good"]


def test_that_a_duty_that_goes_on_failing_is_tried_once_a_minute(
    clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tried: list[float] = []
    is_full = True

    def copy() -> None:
        tried.append(clock.monotonic())
        if is_full:
            raise OSError(28, "no space left")

    worker = Worker(clock, (Duty("copy", AT_EACH_ROUND, copy),))
    for _ in range(600):
        worker.round()
        clock.pass_time(seconds=1)
    assert tried[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert {later - before for before, later in pairwise(tried[6:])} == {60}
    is_full = False
    clock.pass_time(minutes=1)
    worker.round()
    clock.pass_time(seconds=1)
    worker.round()
    assert tried[-1] - tried[-2] == 1
    assert _told(caplog)[-1] == "duty done again"


def test_that_a_wall_clock_stepped_back_keeps_no_duty_waiting(clock: SetClock) -> None:
    done: list[str] = []
    worker = Worker(clock, (Duty("hourly", HOURLY, lambda: done.append("x")),))
    worker.round()
    clock.set(clock.now() - timedelta(days=30))
    clock.pass_time(hours=1)
    worker.round()
    assert len(done) == 2


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records]


def test_that_what_another_worker_is_doing_is_left_to_it(
    clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It exports for ten minutes; this one looks again every minute, and has not failed."""
    caplog.set_level(logging.INFO)

    def busy() -> None:
        raise NotAllowed("SC-EXP-002")

    worker = Worker(clock, (Duty("export", timedelta(0), busy),))
    for _ in range(600):
        assert worker.round() == []
        clock.pass_time(seconds=1)
    assert set(_told(caplog)) == {"left to another worker"}
    assert len(caplog.records) <= 16


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


class Listed(BlobFolder):
    """A store that counts how often it had to name all that it keeps, and may be away."""

    times: ClassVar[list[datetime]]
    is_away: ClassVar[bool]

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Name what is older."""
        self.times.append(instant)
        if self.is_away:
            raise Unreachable("SC-SERV-061")
        return super().older_than(instant)


@pytest.fixture
def listed(memory_server: InProcessServer, clock: SetClock) -> Worker:
    """A worker beside whose store `Listed` stands."""
    server = memory_server
    Listed.times, Listed.is_away = [], False
    assert isinstance(server.office.blobs, BlobFolder)
    office = replace(server.office, blobs=Listed(server.office.blobs.path))
    exporter = replace(server.exporter, office=office)
    return Worker(clock, duties_of(office, exporter, Bag(), server.catalogue, _no_keys))


def _counted_at(server: InProcessServer) -> set[datetime]:
    """When what is large was counted."""
    table = observing.duty_mark
    query = select(table.c.at).where(table.c.name == "blob bytes")
    with server.office.reading() as desk:
        return set(desk.connection.execute(query).scalars())


def test_that_a_busy_export_does_not_repeat_the_tidying(
    listed: Worker, memory_server: InProcessServer, clock: SetClock
) -> None:
    """Another worker exports for ten minutes; a store of a million files is named in minutes."""
    with alone(memory_server.exporter.places.archive / ".lock", "SC-EXP-002"):
        for _ in range(600):
            assert listed.round() == []
            clock.pass_time(seconds=1)
    assert len(Listed.times) == 2
    assert _counted_at(memory_server) != set()


def test_that_a_store_that_is_away_keeps_no_count_and_no_batch_waiting(
    listed: Worker,
    memory_server: InProcessServer,
    ids: IdSource,
    clock: SetClock,
) -> None:
    adviser = Adviser(memory_server, ids)
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    listed.round()
    memory_server.answer()
    Listed.is_away = True
    clock.pass_time(days=400)
    assert listed.round() == ["files without a record"]
    assert _counted_at(memory_server) == {clock.now()}
    batch = min(memory_server.exporter.places.archive.glob("smartclient-*"))
    assert sorted(path.name for path in batch.iterdir()) == ["manifest.json", "manifest.sig"]


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
