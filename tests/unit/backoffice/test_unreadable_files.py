"""A file that cannot be read holds up its own document and no other; a store away is let be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.judgements import Case, Judging, Verdict
from smartclient.backoffice.operations.judgements_due import (
    LONGEST_PAUSE,
    MAX_ATTEMPTS,
    TRY_AGAIN,
)
from smartclient.backoffice.operations.store_reach import IN_A_ROW, StoreReach
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.store_faults import (
    away,
    exportable,
    large,
    lies_at,
    times_asked,
    unreadable,
    waiting,
)

YES = Verdict(exportable=True)


def _sign(adviser: Adviser, clock: SetClock, count: int) -> list[Draft]:
    """Signed documents, each a second after the one before."""
    drafts = []
    for _ in range(count):
        draft = adviser.offer(Stage.WAITING)
        adviser.push_ok(draft)
        adviser.push(adviser.package(draft, large(draft)))
        clock.pass_time(seconds=1)
        drafts.append(draft)
    return drafts


def _judging(server: InProcessServer) -> Judging:
    store = StoreReach(server.clock.monotonic)
    return Judging(server.office, lambda _case: YES, store, server.exporter.staged)


def _not_read(server: InProcessServer) -> list[RecordId]:
    """The documents of that alarm."""
    table = schema.alarm
    query = select(table.c.record).where(table.c.kind == Alarm.NOT_READ.value)
    with server.office.reading() as desk:
        return [RecordId(each) for each in desk.connection.execute(query).scalars()]


def test_that_one_file_that_cannot_be_read_holds_up_no_other_document(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, *others = _sign(adviser, clock, 4)
    judging = _judging(server)
    with unreadable(lies_at(server, large(first))):
        judging.some(clock.now(), 10)
        assert exportable(server) == {each.id for each in others}
        assert waiting(server) == {first.id}
        clock.pass_time(minutes=1)
        assert judging.some(clock.now(), 10) == [], "it comes later each time"
    clock.pass_time(seconds=LONGEST_PAUSE.total_seconds())
    judging.some(clock.now(), 10)
    assert (first.id in exportable(server), waiting(server)) == (True, set())


def test_that_one_file_that_cannot_be_read_keeps_no_other_from_the_evening(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, *others = _sign(adviser, clock, 4)
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with unreadable(lies_at(server, large(first))):
        run = server.export()
    assert run is not None
    assert run.documents == len(others)
    adviser.headers = server.bearer(adviser.installed)
    states = {row.id: row.state for row in adviser.changes(0).rows}
    assert {states[each.id] for each in others} == {ServerState.LOCKED}
    assert states[first.id] is ServerState.OPEN


def test_that_what_was_put_off_is_asked_once_more_at_the_cut_off(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """Its file can be read again a minute before; its pause would last beyond the evening."""
    (draft,) = _sign(adviser, clock, 1)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    judging = _judging(server)
    clock.set(evening - timedelta(hours=4))
    with unreadable(lies_at(server, large(draft))):
        while clock.now() < evening - timedelta(minutes=1):
            judging.some(clock.now(), 10)
            clock.pass_time(minutes=1)
    clock.set(evening)
    assert judging.some(clock.now(), 10) == []
    run = server.export()
    assert run is not None
    assert run.documents == 1


def test_that_a_file_that_stays_unreadable_is_an_alarm_with_its_name_in_the_log(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    draft, _other = _sign(adviser, clock, 2)
    place, judging = lies_at(server, large(draft)), _judging(server)
    with unreadable(place):
        for _minute in range(24 * 60):
            judging.some(clock.now(), 10)
            clock.pass_time(minutes=1)
    assert _not_read(server) == [draft.id]
    files = {getattr(record, "file", None) for record in caplog.records}
    assert place.name in files
    assert MAX_ATTEMPTS < times_asked(caplog) < 40


def test_that_an_outage_does_not_use_up_the_tries_of_the_judge(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """What its first failure says of a document would stay, however soon the defect is mended."""
    (draft,) = _sign(adviser, clock, 1)
    asked: list[RecordId] = []

    def broken(case: Case) -> Verdict:
        asked.append(case.document)
        raise ZeroDivisionError

    failing = replace(_judging(server), judge=broken)
    with unreadable(lies_at(server, large(draft))):
        for _try in range(MAX_ATTEMPTS - 1):
            failing.some(clock.now(), 10)
            clock.pass_time(seconds=LONGEST_PAUSE.total_seconds())
    for tried in range(1, MAX_ATTEMPTS + 1):
        assert waiting(server) == {draft.id}
        failing.some(clock.now(), 10)
        assert len(asked) == tried
        clock.pass_time(seconds=TRY_AGAIN.total_seconds())
    assert (waiting(server), _not_read(server)) == (set(), [])


def test_that_a_store_that_is_away_is_asked_a_few_times_and_then_once_a_minute(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each signed file would keep the export waiting for a time-out of its own."""
    signed = _sign(adviser, clock, IN_A_ROW + 4)
    unsigned = adviser.offer()
    adviser.push_ok(unsigned)
    judging = _judging(server)
    with away(server):
        judging.some(clock.now(), 50)
        assert times_asked(caplog) == IN_A_ROW
        assert exportable(server) == {unsigned.id}
        for _second in range(600):
            judging.some(clock.now(), 50)
            clock.pass_time(seconds=1)
        assert times_asked(caplog) <= IN_A_ROW + 6 + 10
    for _minute in range(61):
        judging.some(clock.now(), 50)
        clock.pass_time(minutes=1)
    assert (len(exportable(server)), waiting(server)) == (len(signed) + 1, set())


def test_that_the_evening_asks_a_store_that_is_away_a_few_times(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    signed = _sign(adviser, clock, IN_A_ROW + 4)
    with away(server):
        server.judge()
        assert times_asked(caplog) == IN_A_ROW
    assert waiting(server) == {each.id for each in signed}
    server.judge()
    assert waiting(server) == set(), "the next evening asks anew, whatever its pauses were"


def test_that_what_was_not_asked_comes_before_what_failed(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    signed = _sign(adviser, clock, IN_A_ROW + 2)
    judging = _judging(server)
    with away(server):
        judging.some(clock.now(), 50)
    clock.pass_time(minutes=1)
    judging.some(clock.now(), 50)
    assert exportable(server) == {each.id for each in signed[IN_A_ROW:]}


def test_that_small_files_in_the_database_are_judged_while_the_store_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    _sign(adviser, clock, IN_A_ROW + 1)
    small = adviser.offer(Stage.WAITING)
    adviser.push_ok(small)
    adviser.push(adviser.package(small, b"%PDF small"))
    with away(server):
        _judging(server).some(clock.now(), 50)
    assert exportable(server) == {small.id}
