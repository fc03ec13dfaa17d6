"""Documents go to the archive after six months by the server's clock, told fourteen days before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.operations import retention, retention_archive, retention_duty
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.operations.retention import Aged, Due, due_of, is_walk_due
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import observing, schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import IdSource, RecordId
from smartclient.domain.retention import DOCUMENTS
from smartclient.wire.messages import Answer, FeedRow
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock


def _night(server: InProcessServer, clock: SetClock, adviser: Adviser, **passed: float) -> None:
    """Let time pass, do the walk of that day, and let the adviser be known again."""
    clock.pass_time(**passed)
    while not retention.walk_on(server.office, scopes_at_once=1).is_at_end:
        pass
    adviser.headers = server.bearer(adviser.installed)


def _archive_all(server: InProcessServer, clock: SetClock, adviser: Adviser) -> None:
    _night(server, clock, adviser, days=170)
    _night(server, clock, adviser, days=20)


def _states(rows: list[FeedRow]) -> dict[RecordId, ServerState]:
    return {row.id: row.state for row in rows}


def test_that_a_period_of_months_ends_with_a_whole_day_of_prague() -> None:
    received = datetime(2026, 8, 31, 20, 0, tzinfo=UTC)
    assert DOCUMENTS.kept.after(received) == datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # 22 November in Prague
    assert DOCUMENTS.kept.after(late) == datetime(2027, 5, 22, 22, 0, tzinfo=UTC)


def test_that_the_day_is_told_before_a_document_goes(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.DRAFT)
    adviser.push_ok(draft)
    _night(server, clock, adviser, days=165)
    adviser.pull()
    _night(server, clock, adviser, days=3)
    assert _states(adviser.pull()) == {status_id(draft.id): ServerState.OPEN}
    assert adviser.body_of(status_id(draft.id))["leaves_at"] == "2027-05-21T22:00:00.000Z"
    _night(server, clock, adviser, days=12)
    assert adviser.pull() == []
    _night(server, clock, adviser, days=2)
    gone = {draft.id: ServerState.ARCHIVED, status_id(draft.id): ServerState.ARCHIVED}
    assert _states(adviser.pull()) == gone


def test_that_an_archived_document_has_no_body_for_laptops_and_one_for_staff(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.WAITING)
    package = adviser.package(draft, b"%PDF " + b"x" * 300_000)
    adviser.push_ok(draft)
    assert adviser.push_one(package).answer is Answer.OK
    server.judge()
    server.export()
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.record).values(exportable=False))
    _archive_all(server, clock, adviser)
    rows = {row.id: row for row in adviser.pull()}
    assert rows[package.id].state is ServerState.ARCHIVED
    assert (rows[draft.id].blobs, rows[package.id].blobs) == ((), ())
    asked = adviser.send("/v1/get", {"ids": [draft.id, package.id]})
    assert asked.body == b'{"records":[]}'
    pdf = sha_of(b"%PDF " + b"x" * 300_000)
    refused = server.send(Request("GET", f"/v1/blobs/{pdf}", adviser.headers))
    assert refused.status == 404
    with server.office.reading() as desk:
        [found] = retention_archive.opened(desk, "7200000001")
        kept = retention_archive.content(desk, found.document.scope, pdf)
        by_id = retention_archive.opened(desk, draft.id)
    assert (found.body, by_id) == (draft.body, [found])
    assert found.packages == (package.body,)
    assert set(found.blobs) == set(package.blobs)
    assert kept.startswith(b"%PDF")


def test_that_an_expired_draft_stays_readable_in_the_archive(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.DRAFT)
    adviser.push_ok(draft)
    _archive_all(server, clock, adviser)
    with server.office.reading() as desk:
        [listed] = retention_archive.listed(desk)
        [found] = retention_archive.opened(desk, listed.id)
        assert retention_archive.listed(desk, number="7999999999") == []
        with pytest.raises(NotAllowed, match="SC-HELP-001"):
            retention_archive.opened(desk, "7999999999")
    assert (found.body, listed.stage) == (draft.body, Stage.DRAFT)
    assert listed.ends_at == datetime(2028, 5, 30, 22, 0, tzinfo=UTC)


def test_that_a_change_after_the_warning_keeps_the_document(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.DRAFT)
    adviser.push_ok(draft)
    _night(server, clock, adviser, days=170)
    assert adviser.body_of(status_id(draft.id))["leaves_at"] != ""
    adviser.edit(draft)
    adviser.push_ok(draft)
    _night(server, clock, adviser, days=30)
    assert adviser.body_of(draft.id) == draft.body
    assert adviser.body_of(status_id(draft.id))["leaves_at"] == ""


def test_that_what_waits_for_somebody_is_not_archived(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    unjudged, exportable, pending = (adviser.offer(number=f"720000000{n}") for n in range(3))
    adviser.push_ok(exportable)
    server.judge()
    adviser.push_ok(unjudged)
    waits_for_its_version = adviser.package(pending, op=adviser.offer().op)
    pending.stage = Stage.DRAFT
    adviser.push_ok(pending)
    assert adviser.push_one(waits_for_its_version).answer is Answer.OK
    _archive_all(server, clock, adviser)
    for draft in (unjudged, exportable, pending):
        assert adviser.body_of(draft.id) == draft.body


def test_that_a_document_whose_line_the_core_has_not_answered_waits(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    clock.pass_time(hours=13)
    server.export()
    clock.pass_time(hours=11)
    _archive_all(server, clock, adviser)
    assert adviser.body_of(draft.id) == draft.body
    with server.office.writing() as desk:
        print(
            desk.connection.execute(select(schema.export_line)).all(),
            desk.connection.execute(
                select(schema.record.c.id, schema.record.c.batch, schema.record.c.state)
            ).all(),
        )
        desk.connection.execute(update(schema.export_line).values(answer="accepted"))
    _night(server, clock, adviser, days=1)
    assert _states(adviser.pull())[draft.id] is ServerState.ARCHIVED


def test_that_an_archived_document_takes_no_edit_and_forgets_no_op(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.DRAFT)
    adviser.push_ok(draft)
    again = draft.line()
    _archive_all(server, clock, adviser)
    assert adviser.push_one(again).answer is Answer.OK
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED


def test_that_a_package_for_an_archived_document_is_taken_and_told(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    _archive_all(server, clock, adviser)
    package = adviser.package(draft)
    assert adviser.push_one(package).answer is Answer.OK
    assert adviser.body_of(package.id) == package.body
    assert adviser.body_of(status_id(draft.id))["late_signed"] is True


def test_that_who_was_away_longer_than_the_archive_reads_the_feed_anew(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    ended, stays = adviser.offer(Stage.DRAFT), adviser.offer(Stage.DRAFT, number="7200000009")
    adviser.push_ok(ended)
    before = adviser.pull()[-1].seq
    _archive_all(server, clock, adviser)
    adviser.push_ok(stays)
    clock.set(datetime(2028, 6, 2, 9, tzinfo=UTC))
    adviser.headers = server.bearer(adviser.installed)
    with server.office.writing() as desk:
        assert retention_archive.end_due(desk) == 1
    refused = adviser.send(
        "/v1/changes", {"epoch": adviser.epoch, "since": {adviser.scope: before}}
    )
    assert refused.status == 410
    adviser.since = 0
    seen = _states(adviser.pull())
    assert stays.id in seen
    assert ended.id not in seen
    with server.office.reading() as desk:
        assert retention_archive.listed(desk) == []
        for table in (observing.archived_record, observing.archived_blob):
            assert desk.connection.execute(select(table)).all() == []


def test_that_files_of_an_ended_archive_go_unless_something_names_them(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, second = adviser.offer(Stage.WAITING), adviser.offer(Stage.WAITING, number="7200000002")
    own, shared = adviser.package(first, b"%PDF one"), adviser.package(second, b"%PDF two")
    adviser.push_ok(first)
    assert adviser.push_one(own).answer is Answer.OK
    with server.office.writing() as desk:
        desk.connection.execute(schema.judgement_due.delete())
    _archive_all(server, clock, adviser)
    adviser.push_ok(second)
    assert adviser.push_one(shared).answer is Answer.OK
    clock.pass_time(days=3700)
    with server.office.writing() as desk:
        assert retention_archive.end_due(desk) == 1
        left = set(desk.connection.execute(select(schema.blob.c.sha256)).scalars())
    assert left == set(shared.blobs)  # both have the same values


def test_that_a_damaged_record_keeps_no_other_scope_from_the_walk(
    server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    advisers = sorted((Adviser(server, ids) for _ in range(3)), key=lambda each: each.scope)
    server.exporter = replace(server.exporter, judge=lambda _case: Verdict(exportable=False))
    drafts = [adviser.offer() for adviser in advisers]
    for adviser, draft in zip(advisers, drafts, strict=True):
        adviser.push_ok(draft)
    server.judge()
    first = status_id(drafts[0].id)
    with server.office.writing() as desk:
        body = schema.record_body
        desk.connection.execute(update(body).where(body.c.id == first).values(body=b"damaged"))
    clock.pass_time(days=168)
    with pytest.raises(Damaged, match="SC-SERV-060"):
        retention.walk_on(server.office)
    assert retention.walk_on(server.office).is_at_end, "it is tried again tomorrow"
    with server.office.reading() as desk:
        table = observing.leaving_notice
        told = set(desk.connection.execute(select(table.c.document)).scalars())
    assert told == {each.id for each in drafts[1:]}


def test_that_everything_whose_time_in_the_archive_is_over_ends_at_once(
    adviser: Adviser, server: InProcessServer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred an hour are fewer than an evening of the country brings."""
    few = partial(retention_archive.end_due, limit=2)
    monkeypatch.setattr(retention_archive, "end_due", few)
    adviser.push_ok(*(adviser.offer(Stage.DRAFT, number=f"720000000{n}") for n in range(5)))
    _archive_all(server, clock, adviser)
    clock.pass_time(days=400)
    assert retention_duty.tidy(server.office)["archived documents"] == 5
    with server.office.reading() as desk:
        assert retention_archive.listed(desk) == []


def test_that_the_walk_is_made_once_a_day_and_goes_on_where_it_was(clock: SetClock) -> None:
    morning = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
    assert is_walk_due(None, "", morning)
    assert not is_walk_due(None, "", morning - timedelta(hours=1))
    assert not is_walk_due(morning, "", morning + timedelta(hours=5))
    assert is_walk_due(morning, "person:5", morning + timedelta(hours=5))
    assert is_walk_due(morning, "", morning + timedelta(days=1))


def test_that_old_documents_of_a_first_walk_are_told_fourteen_days_long() -> None:
    now = datetime(2026, 11, 21, 3, tzinfo=UTC)
    old = now - timedelta(days=900)
    day = retention.day_to_tell(old, now)
    assert day == datetime(2026, 12, 4, 23, tzinfo=UTC)
    assert due_of(Aged(RecordId("x"), old, None), now) is Due.ANNOUNCE
    assert due_of(Aged(RecordId("x"), old, day), now + timedelta(days=13)) is Due.NOTHING
    assert due_of(Aged(RecordId("x"), old, day), now + timedelta(days=14)) is Due.ARCHIVE
