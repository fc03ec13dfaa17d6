"""The daily reconciliation: it comes out even, or it says what does not, in words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.export import reporting, runs
from smartclient.backoffice.operations.export.comparing import Difference
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.reconciling import (
    INCOMPLETE,
    WAITS_TO_BE_JUDGED,
    Reconciliation,
    reconcile,
)
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.operations.outbox import Mail
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import CoreAnswer, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import IdSource
from smartclient.domain.language import speaking
from smartclient.domain.lock_time import cutoff
from smartclient.locale import translations_of
from smartclient.wire import encoding
from smartclient.wire.batches import ack_name
from smartclient.wire.messages import JsonObject, listed, mapping
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
BATCH = "smartclient-20261121-01"
REASON = "the contract is concluded already"


def _judge(case: Case) -> Verdict:
    verdicts = {
        "7200000003": Verdict(False, code="SC-SERV-030"),
        "7200000004": Verdict(False, ("contact.email",)),
    }
    return verdicts.get(str(case.body["number"]), Verdict(exportable=True))


@pytest.fixture
def evening(clock: SetClock, ids: IdSource, memory_server: InProcessServer) -> InProcessServer:
    """An evening with one of each: accepted, rejected, not exported twice, a draft, a late one."""
    server = memory_server
    server.exporter = replace(server.exporter, judge=_judge)
    adviser = Adviser(server, ids)
    drafts = [adviser.offer(number=f"720000000{number}") for number in range(1, 5)]
    adviser.push_ok(*drafts, adviser.offer(Stage.DRAFT, number="7200000005"))
    clock.set(cutoff(DAY))
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    adviser.push(adviser.package(drafts[0]))
    refused = {"7200000002": REASON}
    server.core = CoreSystem(server.core.folder, server.core.trusted, refused)
    return server


def _reconciled(server: InProcessServer, day: date = DAY) -> Reconciliation:
    places = server.exporter.places
    with server.office.reading() as desk:
        return reconcile(desk, day, places.archive, places.to_core)


def test_that_everything_is_counted(evening: InProcessServer) -> None:
    before = _reconciled(evening)
    assert (before.sealed, before.handed_over) == (2, 2)
    assert before.answers[CoreAnswer.NONE] == 2
    evening.answer()
    found = _reconciled(evening)
    assert (found.answers[CoreAnswer.ACCEPTED], found.answers[CoreAnswer.NONE]) == (1, 0)
    assert [(each.number, each.reason) for each in found.rejected] == [("7200000002", REASON)]
    assert [(each.number, each.code) for each in found.left_out] == [
        ("7200000003", "SC-SERV-030"),
        ("7200000004", INCOMPLETE),
    ]
    assert (found.in_progress, found.late.waiting, found.differences) == (1, 1, ())
    assert not found.is_even


def test_that_what_waits_to_be_judged_is_named(evening: InProcessServer, clock: SetClock) -> None:
    with evening.office.writing() as desk:
        table = schema.judgement_due
        query = select(schema.record).where(schema.record.c.number == "7200000004")
        row = desk.connection.execute(query).one()
        due = {"scope": row.scope, "document": row.id, "due_at": clock.now(), "attempts": 1}
        desk.connection.execute(table.insert().values(due))
    codes = [each.code for each in _reconciled(evening).left_out]
    assert codes == ["SC-SERV-030", WAITS_TO_BE_JUDGED]


def test_that_a_quiet_evening_comes_out_even(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    server.export()
    server.answer()
    found = _reconciled(server)
    assert found.is_even
    assert mapping(reporting.as_json(found))["even"] is True
    with pytest.raises(NotAllowed, match="SC-EXP-003"):
        _reconciled(server, DAY + timedelta(days=1))


def test_that_the_table_is_for_people_and_names_nobody(evening: InProcessServer) -> None:
    evening.answer()
    found = _reconciled(evening)
    with speaking(translations_of({"LANG": "cs"})):
        table = reporting.as_table(found)
    assert table.splitlines()[0] == "Export 21.\u00a011.\u00a02026, dávka smartclient-20261121-01"
    assert f"  7200000002  {REASON}" in table
    assert "uzávěrka" in table
    assert "Neexportováno" in table
    assert "Černá" not in table


def test_that_the_table_says_first_what_a_person_does(evening: InProcessServer) -> None:
    """Before the answer, after it, and on an evening on which nothing is to do."""
    waiting = reporting.as_table(_reconciled(evening))
    assert f"smartclient-backoffice export --resend --date {DAY}" in waiting
    assert "smartclient-backoffice late list" in waiting
    evening.answer()
    found = _reconciled(evening)
    table = reporting.as_table(found)
    assert "their advisers read the reason" in table
    assert "--resend" not in table
    (late,) = found.undecided
    assert f"  7200000001  {late.package}" in table.splitlines()
    with evening.office.writing() as desk:
        late_packages.refuse(desk, late.package, "Jana", "another version")
    assert "late list" not in reporting.as_table(_reconciled(evening))


def test_that_a_document_that_the_core_passed_over_is_named(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    adviser.push_ok(*(adviser.offer(number=f"720000000{number}") for number in (1, 2)))
    clock.set(cutoff(DAY))
    server.export()
    assert _reconciled(server).passed_over == ()
    for batch in server.core.waiting():
        server.core.take(batch)
    answer = server.core.folder / ack_name(BATCH)
    said = mapping(encoding.parse(answer.read_bytes()))
    accepted = listed(said, "accepted", mapping, 2)
    answer.write_bytes(encoding.canonical({**said, "accepted": [*accepted[:1]]}))
    server.exporter.read_answers()
    found = _reconciled(server)
    assert not found.is_even
    (number,) = found.passed_over
    assert f"  {number}" in reporting.as_table(found).splitlines()
    assert reporting.as_json(found)["passed_over"] == [number]


def test_that_long_lists_are_cut_in_the_table_alone(evening: InProcessServer) -> None:
    evening.answer()
    found = _reconciled(evening)
    many = replace(found, left_out=found.left_out * 150)
    assert "… and 100 more" in reporting.as_table(many)
    left_out = reporting.as_json(many)["not_exported"]
    assert isinstance(left_out, list)
    assert len(left_out) == 300


@pytest.mark.parametrize(
    ("harm", "difference"),
    [
        ("archive gone", Difference.NO_ARCHIVE),
        ("manifest altered", Difference.OTHER_MANIFEST),
        ("payload altered", Difference.OTHER_FILES),
        ("core altered", Difference.OTHER_AT_THE_CORE),
        ("line gone", Difference.OTHER_DOCUMENTS),
        ("unlocked", Difference.NOT_LOCKED),
        ("chain", Difference.BROKEN_CHAIN),
        ("answer broken", Difference.UNREADABLE_ANSWER),
        ("answer no file", Difference.UNREADABLE_ANSWER),
        ("answer of another", Difference.UNKNOWN_ANSWERED),
        ("answered twice", Difference.ANSWERED_TWICE),
    ],
)
def test_that_whatever_does_not_come_out_even_is_found(
    memory_server: InProcessServer, clock: SetClock, harm: str, difference: Difference
) -> None:
    server = memory_server
    adviser = Adviser(server, server.office.ids)
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    server.export()
    server.answer()
    assert _reconciled(server).differences == ()
    _do(server, harm)
    found = _reconciled(server)
    assert [each for each, _count in found.differences] == [difference]
    assert reporting.DIFFERENCES[difference] in reporting.as_table(found)


def _do(server: InProcessServer, harm: str) -> None:
    ours = server.exporter.places.archive / BATCH
    answer = server.core.folder / ack_name(BATCH)
    table, line, run = schema.record, schema.export_line, schema.export_run
    with server.office.writing() as desk:
        match harm:
            case "archive gone":
                (ours / "manifest.json").unlink()
            case "manifest altered":
                (ours / "manifest.json").write_bytes(b"{}")
            case "payload altered":
                (ours / "documents.ndjson.zst").write_bytes(b"")
            case "core altered":
                (server.core.folder / BATCH / "manifest.json").write_bytes(b"{}")
            case "line gone":
                desk.connection.execute(line.delete())
                answer.unlink()
            case "unlocked":
                of_it = table.c.batch == BATCH
                desk.connection.execute(update(table).where(of_it).values(state="open"))
            case "chain":
                desk.connection.execute(update(run).values(previous_manifest_sha256="0" * 64))
            case "answer broken":
                answer.write_bytes(b"{")
            case "answer no file":
                answer.unlink()
                answer.mkdir()
            case _:
                said = mapping(encoding.parse(answer.read_bytes()))
                (accepted,) = listed(said, "accepted", mapping, 1)
                other = {**accepted, "version": 9}
                again = accepted if harm == "answered twice" else other
                both: JsonObject = {**said, "accepted": [accepted, again]}
                answer.write_bytes(encoding.canonical(both))


def test_that_the_office_gets_one_mail_once_everything_is_answered(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    policy = ExportPolicy(report_to=("office@insurer.example",))
    server.exporter = replace(server.exporter, policy=policy)
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    server.export()
    assert reporting.report_due(server.exporter) == 0
    server.answer()
    assert reporting.report_due(server.exporter) == 1
    assert reporting.report_due(server.exporter) == 0
    (mail,) = _mails(server)
    assert mail.recipient == "office@insurer.example"
    assert mail.subject == "Export 21.\u00a011.\u00a02026: vše přijato"
    assert "zapečetěno" in mail.body


def test_that_the_office_is_told_in_the_morning_of_a_batch_without_an_answer(
    evening: InProcessServer, clock: SetClock
) -> None:
    policy = ExportPolicy(report_to=("a@insurer.example", "b@insurer.example"), language="en")
    evening.exporter = replace(evening.exporter, policy=policy)
    clock.set(cutoff(DAY) + runs.ANSWERED_WITHIN - timedelta(seconds=1))
    assert reporting.report_due(evening.exporter) == 0
    clock.pass_time(seconds=1)
    assert reporting.report_due(evening.exporter) == 1
    first, _second = _mails(evening)
    assert first.subject == "Export of 21.\u00a011.\u00a02026: please look"
    assert "waits for the core's answer" in first.body


def test_that_a_report_that_nobody_gets_is_told_once_in_the_log(
    evening: InProcessServer, caplog: pytest.LogCaptureFixture
) -> None:
    evening.answer()
    assert reporting.report_due(evening.exporter) == 1
    assert reporting.report_due(evening.exporter) == 0
    said = [record for record in caplog.records if record.message == "report has nobody to go to"]
    assert [vars(record)["batch"] for record in said] == [BATCH]


def test_that_late_packages_are_counted_where_they_go(
    evening: InProcessServer, clock: SetClock
) -> None:
    with evening.office.writing() as desk:
        (late,) = late_packages.late_packages(desk)
        late_packages.accept(desk, late.id, ("Jana", "in time"), {}, ())
    assert _reconciled(evening).late.to_go == 1
    clock.set(cutoff(DAY + timedelta(days=1)))
    evening.export()
    assert _reconciled(evening).late.to_go == 0
    second = _reconciled(evening, DAY + timedelta(days=1))
    assert (second.late.in_this_batch, second.sealed) == (1, 1)


def _mails(server: InProcessServer) -> list[Mail]:
    table = schema.outbox
    query = select(table.c.recipient, table.c.subject, table.c.body).order_by(table.c.id)
    with server.office.reading() as desk:
        found = desk.connection.execute(query.where(table.c.recipient.contains("insurer")))
        return [Mail(*row) for row in found]
