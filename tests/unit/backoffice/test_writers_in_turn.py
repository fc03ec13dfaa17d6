"""Writers of one process on the embedded database: the next goes on as soon as one is done."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.operations import office as offices
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.tables.engine import open_database
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

WRITERS, EACH = 4, 20


@pytest.fixture
def office(tmp_path: Path, clock: SetClock, ids: CountedIds) -> Office:
    """An office whose database lets nobody look again for a place that is taken."""
    engine = open_database(f"sqlite:///{tmp_path / 'office.sqlite3'}")
    event.listen(engine, "connect", lambda made, _entry: made.execute("PRAGMA busy_timeout = 0"))
    with InProcessServer(clock, ids) as server:
        made = dataclasses.replace(server.office, engine=engine)
    with made.writing() as desk:
        desk.connection.execute(text("CREATE TABLE kept (number INTEGER PRIMARY KEY)"))
    return made


def _count(office: Office) -> int:
    with office.reading() as desk:
        count: int = desk.connection.execute(text("SELECT count(*) FROM kept")).scalar_one()
        return count


def _keep(office: Office, number: int) -> None:
    with office.writing() as desk:
        desk.connection.execute(text("INSERT INTO kept VALUES (:number)"), {"number": number})


def test_that_writers_wait_for_each_other_and_not_for_a_while(office: Office) -> None:
    begun = threading.Barrier(WRITERS)

    def write(first: int) -> None:
        begun.wait()
        for number in range(first, first + EACH):
            _keep(office, number)

    with ThreadPoolExecutor(WRITERS) as threads:
        for done in [threads.submit(write, each * EACH) for each in range(WRITERS)]:
            done.result()
    assert _count(office) == WRITERS * EACH


def test_that_a_writer_who_failed_makes_room_for_the_next(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), office.writing():
        raise ZeroDivisionError
    _keep(office, 1)
    assert _count(office) == 1


def test_that_who_waited_too_long_is_refused_by_the_database(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offices, "_PATIENCE", 0.0)
    with office.writing(), ThreadPoolExecutor(1) as thread, pytest.raises(OperationalError):
        thread.submit(_keep, office, 1).result()
    _keep(office, 2)
    assert _count(office) == 1
