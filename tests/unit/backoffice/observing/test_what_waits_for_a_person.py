"""What somebody has to look at is a number for those who watch, and it ends when it is over."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.home import Home
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.export import holding
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.operations.observing_state import count_what_is_large, state_of
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import IdSource, Op, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.domain.mode import Mode
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.operator_commands import OperatorCommands
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)


def _told(office: Office, name: str, *labels: str) -> float:
    with office.reading() as desk:
        (gauge,) = (each for each in state_of(desk).gauges if each.name == name)
    return dict(gauge.values)[labels]


def _exportable(_case: Case) -> Verdict:
    return Verdict(exportable=True)


@pytest.fixture
def evening(clock: SetClock, ids: IdSource, memory_server: InProcessServer) -> InProcessServer:
    """An evening of two offers, handed over; of one the signed package came too late."""
    server = memory_server
    server.exporter = replace(server.exporter, judge=_exportable)
    adviser = Adviser(server, ids)
    offers = [adviser.offer(number=f"720000000{number}") for number in (1, 2)]
    adviser.push_ok(*offers)
    clock.set(cutoff(DAY))
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    adviser.push(adviser.package(offers[1]))
    refused = {"7200000001": "not known to the register"}
    server.core = CoreSystem(server.core.folder, server.core.trusted, refused)
    return server


def test_that_a_batch_waits_until_its_last_line_is_answered(evening: InProcessServer) -> None:
    office = evening.office
    assert _told(office, "export_unanswered_batches") == 1
    evening.answer()
    assert _told(office, "export_unanswered_batches") == 0


def test_that_rejected_lines_count_until_the_next_batch(
    evening: InProcessServer, clock: SetClock
) -> None:
    evening.answer()
    count_what_is_large(evening.office)
    assert _told(evening.office, "export_rejected_lines") == 1
    clock.set(cutoff(DAY + timedelta(days=1)))
    evening.export()
    count_what_is_large(evening.office)
    assert _told(evening.office, "export_rejected_lines") == 0


def test_that_a_late_package_waits_until_a_person_decides(evening: InProcessServer) -> None:
    office = evening.office
    count_what_is_large(office)
    assert _told(office, "late_undecided") == 1
    with office.writing() as desk:
        (late,) = late_packages.late_packages(desk)
        late_packages.accept(desk, late.id, ("Jana", "in time"), {}, ())
    count_what_is_large(office)
    assert _told(office, "late_undecided") == 0


def test_that_a_held_export_is_told_until_it_is_released(evening: InProcessServer) -> None:
    assert _told(evening.office, "export_held") == 0
    with evening.office.writing() as desk:
        holding.hold(desk)
    assert _told(evening.office, "export_held") == 1
    with evening.office.writing() as desk:
        holding.release(desk)
    assert _told(evening.office, "export_held") == 0


def test_that_an_alarm_grows_old_where_its_row_is_kept(
    server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    """The row stands for two years, and nobody is to be called for so long."""
    assert _told(server.office, "alarm_age_seconds", Alarm.OP_REUSED.value) == -1
    for _ in range(2):
        with server.office.writing() as desk:
            raise_alarm(desk, Alarm.OP_REUSED, "o:1", RecordId(ids.new()), Op(ids.new()))
        clock.pass_time(hours=2)
    assert _told(server.office, "alarms", Alarm.OP_REUSED.value) == 2
    assert _told(server.office, "alarm_age_seconds", Alarm.OP_REUSED.value) == 7200
    assert _told(server.office, "alarm_age_seconds", Alarm.SEAL_REVOKED.value) == -1


def test_that_the_age_of_the_newest_backup_is_told(
    run: OperatorCommands, certificates: Path, tmp_path: Path
) -> None:
    run("init", "--certificates", certificates)
    with opened(Home(tmp_path / "office"), Mode.PRACTICE, SystemClock()) as found:
        assert _told(found.office, "backup_age_seconds") == -1
        run("backup", tmp_path / "backup")
        assert 0 <= _told(found.office, "backup_age_seconds") < 3600
