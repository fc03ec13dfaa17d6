"""Judging beside the pushes: nothing judged twice, nothing left out, no old verdict on a new op."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.export.formats import JSON, BatchFormat
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.judgements import Case, Judge, Judged, Judging, Verdict
from smartclient.backoffice.operations.judgements_due import (
    MAX_ATTEMPTS,
    OF_THE_OFFICE,
    TRY_AGAIN,
    judge_again,
)
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.operations.store_reach import StoreReach
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import JsonObject, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

YES = Verdict(exportable=True)


def _judge(server: InProcessServer, judge: Judge) -> list[Judged]:
    store = StoreReach(server.clock.monotonic)
    judging = Judging(server.office, judge, store, server.exporter.staged)
    return judging.some(server.clock.now(), 10)


def _waiting(server: InProcessServer) -> int:
    with server.office.reading() as desk:
        query = select(func.count()).select_from(schema.judgement_due)
        return desk.connection.execute(query).scalar_one()


def _exportable(server: InProcessServer, draft: Draft) -> bool:
    with server.office.reading() as desk:
        table = schema.record
        query = select(table.c.exportable).where(table.c.id == draft.id)
        return bool(desk.connection.execute(query).scalar_one())


def _status(adviser: Adviser) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    return adviser.body_of(RecordId(rows[-1].id))


def test_that_a_complete_document_is_judged_and_a_draft_is_not(
    adviser: Adviser, server: InProcessServer
) -> None:
    adviser.push_ok(adviser.offer(Stage.DRAFT))
    assert _waiting(server) == 0
    draft = adviser.offer()
    adviser.push_ok(draft)
    assert _waiting(server) == 1
    server.judge()
    assert (_waiting(server), _exportable(server, draft)) == (0, True)
    assert _status(adviser)["document_op"] == draft.op


def test_that_a_new_op_has_no_verdict_until_it_is_judged(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    adviser.edit(draft)
    adviser.push_ok(draft)
    assert _exportable(server, draft) is False


def test_that_a_verdict_on_an_older_op_is_thrown_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)

    def edited_meanwhile(case: Case) -> Verdict:
        if case.op == draft.op and not draft.lineage:
            adviser.edit(draft, Stage.COMPLETE, note="meanwhile")
            adviser.push_ok(draft)
        return YES

    _judge(server, edited_meanwhile)
    assert (_exportable(server, draft), _waiting(server)) == (False, 1)
    server.judge()
    assert (_exportable(server, draft), _waiting(server)) == (True, 0)


def test_that_a_withdrawn_document_is_not_exportable(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    adviser.edit(draft, Stage.DRAFT)
    adviser.push_ok(draft)
    server.judge()
    assert mapping(_status(adviser)["verdict"])["exportable"] is False


def test_that_a_judge_that_fails_is_asked_again_later_and_not_for_ever(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    asked = []

    def broken(case: Case) -> Verdict:
        asked.append(case.document)
        raise ZeroDivisionError

    for _ in range(MAX_ATTEMPTS + 2):
        _judge(server, broken)
        _judge(server, broken)
        clock.pass_time(seconds=TRY_AGAIN.total_seconds())
    assert len(asked) == MAX_ATTEMPTS
    assert _waiting(server) == 0
    adviser.headers = server.bearer(adviser.installed)
    assert mapping(_status(adviser)["verdict"])["code"] == "SC-SERV-033"
    told = [record.message for record in caplog.records]
    assert (told.count("judgement failed"), told.count("alarm")) == (MAX_ATTEMPTS, 1)


@dataclass(frozen=True, slots=True)
class Choking:
    """A file of a batch that can be written for all documents but one."""

    on: RecordId
    name: str = "choking.txt.zst"
    opening: bytes = b""
    closing: bytes = b""

    def entry(self, line: JsonObject) -> bytes:
        """Nothing, or a defect."""
        if line["id"] == self.on:
            raise KeyError("premium")
        return b""


def test_that_a_line_that_cannot_be_made_holds_up_no_other_document(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, second = adviser.offer(), adviser.offer()
    adviser.push_ok(first)
    clock.pass_time(seconds=1)
    adviser.push_ok(second)
    formats = (JSON, BatchFormat("choking", (Choking(first.id),)))
    choking = replace(server.exporter, policy=ExportPolicy(formats=formats))
    for _ in range(MAX_ATTEMPTS):
        choking.judge_waiting()
        assert (_exportable(server, first), _exportable(server, second)) == (False, True)
    assert _waiting(server) == 0
    with server.office.writing() as desk:
        judge_again(desk, OF_THE_OFFICE)
    server.judge()
    assert _exportable(server, first) is True, "once the defect is mended"


def test_that_a_damaged_status_holds_up_no_other_document(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, second = adviser.offer(), adviser.offer()
    adviser.push_ok(first)
    server.judge()
    adviser.edit(first)
    adviser.push_ok(first)
    clock.pass_time(seconds=1)
    adviser.push_ok(second)
    body = schema.record_body
    damaged = update(body).where(body.c.id == status_id(first.id)).values(body=b"damaged")
    with server.office.writing() as desk:
        desk.connection.execute(damaged)
    for _ in range(MAX_ATTEMPTS):
        server.judge()
    assert (_exportable(server, first), _exportable(server, second)) == (False, True)
    with server.office.reading() as desk:
        kinds = desk.connection.execute(select(schema.alarm.c.kind)).scalars().all()
    assert Alarm.NOT_READ.value in kinds


def test_that_a_refusal_of_the_judge_is_the_verdict(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    def refusing(_case: Case) -> Verdict:
        raise Damaged("SC-CAT-077", file="forms/flexi-offer-1.zip")

    adviser.push_ok(adviser.offer())
    _judge(server, refusing)
    assert mapping(_status(adviser)["verdict"])["code"] == "SC-CAT-077"
    assert _waiting(server) == 0


def test_that_a_database_that_goes_away_is_no_verdict(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    def lost(_case: Case) -> Verdict:
        raise OperationalError("SELECT", {}, RuntimeError("secret host"))

    draft = adviser.offer()
    adviser.push_ok(draft)
    with pytest.raises(OperationalError):
        _judge(server, lost)
    _judge(server, lambda _case: YES)
    assert _exportable(server, draft) is True


def test_that_documents_wait_for_their_form_and_are_judged_when_it_comes(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    unknown = Verdict(False, code="SC-SERV-030")
    _judge(server, lambda _case: unknown)
    assert (_exportable(server, draft), _waiting(server)) == (False, 0)
    with server.office.writing() as desk:
        judge_again(desk, ["SC-SERV-030"])
    server.judge()
    assert _exportable(server, draft) is True


def test_that_a_signed_document_is_judged_with_its_package(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    adviser.push(adviser.package(draft, b"%PDF judged"))
    cases: list[Case] = []

    def looking(case: Case) -> Verdict:
        cases.append(case)
        return YES

    _judge(server, looking)
    (case,) = cases
    assert case.evidence is not None
    assert case.evidence.pdf == b"%PDF judged"
    assert len(case.evidence.seals.certificates) == 1
    assert case.body == draft.body


def test_that_a_document_signed_before_it_was_ever_sent_is_judged(
    adviser: Adviser, server: InProcessServer
) -> None:
    """A laptop without a network sends the package first and the waiting document after it."""
    draft = adviser.offer(Stage.WAITING)
    adviser.push(adviser.package(draft), draft.line())
    assert _waiting(server) == 1
    server.judge()
    assert _exportable(server, draft) is True


def test_that_an_export_waits_for_no_end_of_pushes_before_it_seals(
    adviser: Adviser, server: InProcessServer
) -> None:
    """The clock of the pushes may be behind: what comes while it judges is due as well by then."""
    draft = adviser.offer()
    adviser.push_ok(draft)

    def pushed_meanwhile(_case: Case) -> Verdict:
        if len(draft.lineage) < 5:
            adviser.edit(draft, note=f"edit {len(draft.lineage)}")
            adviser.push_ok(draft)
        return YES

    replace(server.exporter, judge=pushed_meanwhile).judge_waiting()
    assert len(draft.lineage) == 1
    assert (_exportable(server, draft), _waiting(server)) == (False, 1)
    server.judge()
    assert (_exportable(server, draft), _waiting(server)) == (True, 0)
