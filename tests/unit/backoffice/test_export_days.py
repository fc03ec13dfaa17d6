"""Days that are not like others: holidays, clocks that go back, two workers, old batches."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations.export import holding, runs
from smartclient.backoffice.operations.export.exporter import Exporter, Places
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.tables.exports import export_batch
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import cutoff
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
NEXT = DAY + timedelta(days=1)
HOLIDAYS = frozenset((DAY, NEXT))
BATCHES = ("smartclient-20261121-01", "smartclient-20261122-01", "smartclient-20261123-01")


def _state(server: InProcessServer, day: date) -> RunState:
    with server.office.reading() as desk:
        return runs.require(desk, day).state


def _with(server: InProcessServer, policy: ExportPolicy) -> None:
    server.exporter = replace(server.exporter, policy=policy)


def test_that_a_holiday_postpones_the_hand_over_and_not_the_lock(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    _with(server, ExportPolicy(is_holiday=HOLIDAYS.__contains__))
    draft = adviser.offer()
    adviser.push_ok(draft)
    clock.set(cutoff(DAY))
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    (row,) = [row for row in adviser.changes(0).rows if row.id == draft.id]
    assert row.state is ServerState.LOCKED
    assert _state(server, DAY) is RunState.TOLD
    assert server.core.waiting() == []
    clock.set(cutoff(NEXT))
    server.export()
    assert (_state(server, DAY), _state(server, NEXT)) == (RunState.TOLD, RunState.TOLD)
    clock.set(cutoff(NEXT + timedelta(days=1)))
    server.export()
    assert server.core.waiting() == list(BATCHES)
    server.answer()
    for days in range(3):
        assert _state(server, DAY + timedelta(days=days)) is RunState.ACKNOWLEDGED


def test_that_a_calendar_of_nothing_but_holidays_keeps_no_batch_for_ever() -> None:
    policy = ExportPolicy(is_holiday=lambda _day: True)
    assert policy.hand_over_at(DAY) == cutoff(DAY + timedelta(days=31))


def test_that_a_clock_that_is_stepped_back_exports_nothing_twice_and_nothing_less(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, second = adviser.offer(), adviser.offer(number="7200000002")
    adviser.push_ok(first)
    clock.set(cutoff(DAY))
    server.export()
    clock.set(cutoff(DAY) - timedelta(hours=2))
    assert server.export() is None
    adviser.headers = server.bearer(adviser.installed)
    adviser.push_ok(second)  # received, by that clock, before the cut-off that is over
    adviser.edit(first)
    server.exporter.finish()
    with pytest.raises(NotAllowed, match="SC-EXP-001"):
        server.exporter.export(DAY)
    clock.set(cutoff(NEXT))
    run = server.export()
    assert run is not None
    assert (run.business_date, run.documents) == (NEXT, 1)


def test_that_a_clock_stepped_back_between_two_steps_changes_nothing(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    day = server.begin_export()
    assert day == DAY
    server.exporter.advance(day)
    clock.set(cutoff(DAY) - timedelta(hours=3))
    while server.exporter.advance(day):
        pass
    assert _state(server, DAY) is RunState.TOLD  # the hand-over waits for its instant
    clock.set(cutoff(DAY))
    server.exporter.finish()
    assert _state(server, DAY) is RunState.HANDED_OVER


def test_that_a_run_another_machine_has_finished_is_waited_for_no_more(
    memory_server: InProcessServer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, steps = memory_server, Exporter.advance
    clock.set(cutoff(DAY))
    asked: list[date] = []

    def overtaken(exporter: Exporter, day: date) -> bool:
        asked.append(day)
        assert len(asked) < 3, "the run has gone on without us"
        while steps(exporter, day):
            pass
        return False

    monkeypatch.setattr(Exporter, "advance", overtaken)
    server.export()
    assert (_state(server, DAY), asked) == (RunState.HANDED_OVER, [DAY])


def test_that_two_workers_of_two_machines_make_one_run(
    tmp_path: Path, ids: IdSource, clock: SetClock, postgres_database: str, database: str
) -> None:
    """No common folder, so no common lock: the database alone keeps them apart."""
    if database == "sqlite://":
        pytest.skip("one file belongs to one machine")
    with InProcessServer(clock, ids, folder=tmp_path, database=postgres_database) as server:
        adviser = Adviser(server, ids)
        adviser.push_ok(*(adviser.offer(number=f"720000000{n}") for n in range(5)))
        clock.set(cutoff(DAY))
        server.judge()
        places = [Places(tmp_path / f"archive-{n}", tmp_path / "core") for n in range(2)]
        workers = [replace(server.exporter, places=each) for each in places]
        refused: list[str] = []
        begin = threading.Barrier(2)

        def work(number: int) -> None:
            begin.wait()
            try:
                workers[number].export(DAY)
            except NotAllowed as overtaken:
                refused.append(overtaken.code)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for worker in workers:
            worker.finish()
        assert set(refused) <= {"SC-EXP-004"}
        assert _state(server, DAY) is RunState.HANDED_OVER
        (batch,) = (tmp_path / "core").glob("smartclient-*")
        answer = server.core.take(batch.name)
        assert len(answer.accepted) == 5


def test_that_a_batch_leaves_after_its_date_and_its_manifest_stays(
    adviser: Adviser, server: InProcessServer, clock: SetClock, tmp_path: Path
) -> None:
    _with(server, ExportPolicy(kept=timedelta(days=30)))
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    server.export()
    server.answer()
    clock.set(cutoff(DAY + timedelta(days=30)))
    assert server.exporter.remove_expired() == []
    clock.set(cutoff(DAY + timedelta(days=31)))
    assert server.exporter.remove_expired() == [BATCHES[0]]
    assert server.exporter.remove_expired() == []
    kept = sorted(path.name for path in (tmp_path / "export" / BATCHES[0]).iterdir())
    assert kept == ["manifest.json", "manifest.sig"]
    assert not (tmp_path / "core" / BATCHES[0]).exists()
    with pytest.raises(NotAllowed, match="SC-EXP-028"):
        server.exporter.resend(DAY)
    server.export()
    server.answer()
    assert server.core.waiting() == []


def test_that_a_batch_that_was_never_answered_does_not_leave(
    adviser: Adviser, server: InProcessServer, clock: SetClock, tmp_path: Path
) -> None:
    _with(server, ExportPolicy(kept=timedelta(days=1)))
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    server.export()
    clock.set(cutoff(DAY + timedelta(days=9)))
    assert server.exporter.remove_expired() == []
    assert (tmp_path / "export" / BATCHES[0] / "documents.ndjson.zst").exists()


def test_that_a_held_export_does_nothing_until_it_is_released(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    day = server.begin_export()
    assert day is not None
    with server.office.writing() as desk:
        holding.hold(desk)
        holding.hold(desk)
    assert server.exporter.finish() == 0
    assert server.exporter.due() is None
    for refused in (server.exporter.export, server.exporter.resend):
        with pytest.raises(NotAllowed, match="SC-EXP-012"):
            refused(day)
    assert _state(server, DAY) is RunState.BEGUN
    with server.office.writing() as desk:
        assert holding.release(desk)
        assert not holding.release(desk)
    server.exporter.finish()
    assert _state(server, DAY) is RunState.HANDED_OVER
    with server.office.reading() as desk:
        query = select(export_batch.c.handed_over_at)
        assert desk.connection.execute(query).scalar_one() == clock.now()
