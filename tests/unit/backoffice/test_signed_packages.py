"""Signed packages: never refused, whatever they meet; first or late, in whatever order."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import Op
from smartclient.wire.messages import Answer, FeedRow, JsonObject, RecordKind
from tests.simulators.adviser import Adviser, Draft, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock


def _row(adviser: Adviser, draft: Draft) -> FeedRow:
    return next(row for row in adviser.changes(0).rows if row.id == draft.id)


def _status(adviser: Adviser) -> JsonObject:
    rows = adviser.changes(0).rows
    status = next(row for row in rows if row.kind is RecordKind.DOCUMENT_STATUS)
    return adviser.body_of(status.id)


def test_that_a_package_signs_the_version_it_names(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    before = _row(adviser, draft)
    assert adviser.push_one(adviser.package(draft)).answer is Answer.OK
    after = _row(adviser, draft)
    assert (after.stage, after.version, after.op) == (Stage.SIGNED, before.version, before.op)
    assert after.seq > before.seq


def test_that_a_package_may_arrive_before_its_document(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.SIGNED)
    assert adviser.push_one(adviser.package(draft)).answer is Answer.OK
    adviser.push_ok(draft)
    assert _row(adviser, draft).stage is Stage.SIGNED


def test_that_a_package_does_not_double_the_number_of_its_document(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer(Stage.SIGNED)
    assert adviser.push_one(adviser.package(draft)).answer is Answer.OK
    adviser.push_ok(draft)
    with server.office.reading() as desk:
        assert desk.connection.execute(select(schema.alarm.c.kind)).all() == []
    assert RecordKind.DOCUMENT_STATUS not in [row.kind for row in adviser.changes(0).rows]


def test_that_package_and_document_may_come_in_one_push(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    package = adviser.package(draft)
    results = adviser.push(package, draft.line())
    assert [result.answer for result in results] == [Answer.OK, Answer.OK]
    assert _row(adviser, draft).stage is Stage.SIGNED


def test_that_a_repeated_package_is_ok_and_kept_once(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    package = adviser.package(draft)
    results = adviser.push(package, package)
    assert [result.answer for result in results] == [Answer.OK, Answer.OK]
    assert adviser.push_one(package).answer is Answer.OK
    kinds = [row.kind for row in adviser.changes(0).rows]
    assert kinds.count(RecordKind.SIGNED_PACKAGE) == 1


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.CANCELLED, Stage.COMPLETE], ids=str)
def test_that_a_signed_document_is_neither_edited_nor_cancelled(
    adviser: Adviser, stage: Stage
) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    adviser.push(adviser.package(draft))
    adviser.edit(draft, stage)
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED
    assert _row(adviser, draft).stage is Stage.SIGNED


def test_that_a_package_for_an_older_version_is_kept_as_late_signed(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    signed_op = draft.op
    adviser.push_ok(draft)
    adviser.edit(draft, Stage.DRAFT)
    adviser.push_ok(draft)
    assert adviser.push_one(adviser.package(draft, op=signed_op)).answer is Answer.OK
    assert _row(adviser, draft).stage is Stage.DRAFT
    assert _status(adviser)["late_signed"] is True


def test_that_the_package_of_a_version_that_came_too_late_is_late_signed(
    adviser: Adviser,
) -> None:
    """Another install's edit won: the signed version is answered stale, its package stays."""
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    signed = replace(draft, op=Op(adviser.ids.new()), lineage=[draft.op])
    adviser.edit(draft)
    adviser.push_ok(draft)
    assert adviser.push_one(adviser.package(signed)).answer is Answer.OK
    assert adviser.push_one(signed.line()).answer is Answer.STALE
    assert _status(adviser)["late_signed"] is True


def test_that_a_package_that_meets_a_locked_document_is_late_signed(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    clock.pass_time(hours=12)
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    assert adviser.push_one(adviser.package(draft)).answer is Answer.OK
    row = _row(adviser, draft)
    assert (row.stage, row.state) == (Stage.COMPLETE, ServerState.LOCKED)
    assert _status(adviser)["late_signed"] is True


def test_that_a_package_waiting_for_its_version_is_late_once_the_document_is_locked(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    adviser.edit(draft)
    adviser.push(adviser.package(draft))
    clock.pass_time(hours=12)
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    assert _status(adviser)["late_signed"] is True
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED


def test_that_a_second_package_for_the_same_version_is_late_signed(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    adviser.push(adviser.package(draft), adviser.package(draft, pdf=b"%PDF signed again"))
    assert _row(adviser, draft).stage is Stage.SIGNED
    assert _status(adviser)["late_signed"] is True


def test_that_a_package_waits_for_its_blobs(adviser: Adviser) -> None:
    draft = adviser.offer(Stage.WAITING)
    body: JsonObject = {
        "document_id": draft.id,
        "document_op": draft.op,
        "pdf_sha256": sha_of(b"pdf"),
        "values_sha256": sha_of(b"values"),
        "record": {},
    }
    result = adviser.push_one(adviser.append(body, (sha_of(b"pdf"), sha_of(b"values"))))
    assert (result.answer, len(result.missing)) == (Answer.MISSING, 2)


def test_that_a_package_must_list_the_blobs_it_stands_on(adviser: Adviser) -> None:
    package = adviser.package(adviser.offer())
    result = adviser.push_one(replace(package, blobs=package.blobs[:1]))
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-024")


def test_that_a_signed_other_form_may_be_edited_as_a_new_unsigned_version(
    adviser: Adviser,
) -> None:
    draft = adviser.offer(Stage.WAITING, document_kind="other")
    adviser.push_ok(draft)
    adviser.push(adviser.package(draft))
    adviser.edit(draft, Stage.COMPLETE)
    result = adviser.push_one(draft.line())
    assert (result.answer, result.version) == (Answer.OK, 2)
    assert _row(adviser, draft).stage is Stage.COMPLETE
