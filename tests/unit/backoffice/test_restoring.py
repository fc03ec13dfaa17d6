"""A database that has forgotten, brought up to date with what lies outside of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.export import holding, runs
from smartclient.backoffice.operations.export.formats import FORMATS, chosen_formats
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.principals import right_of
from smartclient.backoffice.operations.registers import erasure_list, rights, rights_list
from smartclient.backoffice.operations.registers.erasure_list import Erasure
from smartclient.backoffice.operations.restoring import (
    NUMBERS_SKIPPED,
    Restored,
    Sources,
    bring_together,
)
from smartclient.backoffice.tables import counters, exports, schema
from smartclient.domain.document_life import DocumentKind, ServerState, Stage
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.lock_time import cutoff
from smartclient.wire.messages import Answer, FeedRow, JsonObject, RecordKind
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
BATCHES = ("smartclient-20261121-01", "smartclient-20261122-01")
_FORGOTTEN = (
    schema.record,
    schema.record_body,
    schema.record_op,
    schema.record_blob,
    schema.blob,
    schema.blob_content,
    schema.signed_package,
    schema.prepared_line,
    schema.judgement_due,
    schema.export_run,
    schema.export_line,
    exports.export_batch,
    exports.late_decision,
)


@pytest.fixture
def server(memory_server: InProcessServer) -> InProcessServer:
    """In memory; with the long tests, on PostgreSQL too."""
    return memory_server


def _forget(server: InProcessServer) -> None:
    """The backup is of a moment before any document came; installs and rights are in it."""
    with server.office.writing() as desk:
        for table in _FORGOTTEN:
            desk.connection.execute(delete(table))


def _restore(server: InProcessServer) -> Restored:
    places = server.exporter.places
    sources = Sources(
        archive=places.archive,
        to_core=places.to_core,
        erasures=places.archive / erasure_list.FILE,
        rights=places.archive / rights_list.FILE,
        trusted=server.core.trusted,
        epoch_above=4,
    )
    restored = bring_together(server.office, sources)
    server.epoch = restored.epoch
    return restored


def _again(adviser: Adviser) -> None:
    adviser.epoch = adviser.server.epoch
    adviser.headers = adviser.server.bearer(adviser.installed)


def _evening(server: InProcessServer, adviser: Adviser, clock: SetClock, days: int = 0) -> None:
    clock.set(cutoff(DAY + timedelta(days=days)))
    server.export()
    adviser.headers = server.bearer(adviser.installed)


def _row(adviser: Adviser, draft: Draft) -> FeedRow:
    return next(row for row in adviser.changes(0).rows if row.id == draft.id)


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(row.id) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def test_that_exported_documents_are_locked_with_the_version_that_was_handed_over(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    policy = ExportPolicy(formats=chosen_formats(FORMATS))
    server.exporter = replace(server.exporter, policy=policy)
    draft, signed = adviser.offer(), adviser.offer(Stage.WAITING, number="7200000002")
    adviser.push_ok(draft, signed)
    package = adviser.package(signed)
    adviser.push(package)
    _evening(server, adviser, clock)
    server.answer()
    locked = _row(adviser, draft)
    _forget(server)
    restored = _restore(server)
    assert (restored.epoch, restored.batches) == (5, {BATCHES[0]: 2})
    _again(adviser)
    for each in (draft, signed):
        row = _row(adviser, each)
        assert (row.state, row.op, row.version) == (ServerState.LOCKED, each.op, 1)
        assert adviser.body_of(each.id) == each.body
    assert _row(adviser, draft).sha256 == locked.sha256
    assert _row(adviser, signed).stage is Stage.SIGNED
    # What the laptop offers again is known, and its package has not come late.
    assert adviser.push_one(draft.line()).answer is Answer.OK
    assert adviser.push_one(package).answer is Answer.OK
    assert _status(adviser, signed)["late_signed"] is False
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED


def test_that_the_cores_answer_is_read_again_once_the_export_is_released(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    server.answer()
    _forget(server)
    _restore(server)
    _again(adviser)
    server.exporter.read_answers()
    assert _status(adviser, draft)["core"] == "none"
    with pytest.raises(NotAllowed, match="SC-EXP-012"):
        server.exporter.export(DAY)
    with server.office.writing() as desk:
        holding.release(desk)
    server.exporter.read_answers()
    assert _status(adviser, draft)["core"] == "accepted"


def test_that_an_edit_that_came_after_the_export_stands_after_a_restore(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    """The backup is of a moment after the edit, and does not know that the batch was written."""
    draft = adviser.offer()
    draft.body["document_kind"] = DocumentKind.OTHER.value
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    exported = draft.op
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.OK
    with server.office.writing() as desk:
        for table in (schema.export_run, schema.export_line, exports.export_batch):
            desk.connection.execute(delete(table))
    assert _restore(server).batches == {BATCHES[0]: 1}
    _again(adviser)
    row = _row(adviser, draft)
    assert (row.version, row.state, row.op) == (2, ServerState.OPEN, draft.op)
    assert adviser.body_of(draft.id) == draft.body
    assert adviser.push_one(draft.line()).answer is Answer.OK
    with server.office.reading() as desk:
        line = schema.export_line
        noted = desk.connection.execute(select(line.c.document, line.c.version, line.c.op)).all()
    assert [tuple(each) for each in noted] == [(draft.id, 1, exported)]


def test_that_no_document_is_handed_over_twice_after_a_restore(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    server.answer()
    _forget(server)
    _restore(server)
    _again(adviser)
    adviser.push_one(draft.line())
    with server.office.writing() as desk:
        holding.release(desk)
    _evening(server, adviser, clock, 1)
    with server.office.reading() as desk:
        second = runs.require(desk, DAY + timedelta(days=1))
    assert second.documents == 0
    server.answer()
    assert server.core.waiting() == []


def test_that_a_batch_that_was_written_and_not_handed_over_is_handed_over_afterwards(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY))
    day = server.begin_export()
    assert day is not None
    server.exporter.advance(day)
    server.exporter.advance(day)
    _forget(server)
    _restore(server)
    with server.office.reading() as desk:
        assert runs.require(desk, DAY).state is RunState.TOLD
    with server.office.writing() as desk:
        holding.release(desk)
    server.exporter.finish()
    server.answer()
    with server.office.reading() as desk:
        assert runs.require(desk, DAY).state is RunState.ACKNOWLEDGED


def test_that_a_backup_of_the_very_moment_of_sealing_is_put_right(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    """The database holds the seal and not the lock; the archive holds the whole batch."""
    draft = adviser.offer()
    adviser.push_ok(draft)
    clock.set(cutoff(DAY))
    day = server.begin_export()
    assert day is not None
    server.exporter.advance(day)
    server.exporter.advance(day)
    with server.office.writing() as desk:
        done = {"state": RunState.SEALED.value, "manifest_sha256": ""}
        desk.connection.execute(schema.export_run.update().values(done))
    _restore(server)
    _again(adviser)
    assert _row(adviser, draft).state is ServerState.LOCKED


def test_that_a_restore_that_is_run_again_changes_nothing_more(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    drafts = [adviser.offer(), adviser.offer(Stage.WAITING, number="7200000002")]
    adviser.push_ok(*drafts)
    adviser.push(adviser.package(drafts[1]))
    _evening(server, adviser, clock)
    _forget(server)
    _restore(server)
    with server.office.writing() as desk:
        desk.connection.execute(delete(schema.export_run))
    restored = _restore(server)
    assert restored.batches == {BATCHES[0]: 2}
    _again(adviser)
    assert [_row(adviser, each).state for each in drafts] == [ServerState.LOCKED] * 2


def test_that_a_late_package_that_was_handed_over_is_known_to_have_gone(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    adviser.push(adviser.package(draft))
    with server.office.writing() as desk:
        (late,) = late_packages.late_packages(desk)
        late_packages.accept(desk, late.id, ("Jana", "in time"), {}, ())
    _evening(server, adviser, clock, 1)
    _forget(server)
    assert _restore(server).batches == dict.fromkeys(BATCHES, 1)
    with server.office.reading() as desk:
        (known,) = late_packages.late_packages(desk)
    assert known.decided is not None
    assert (known.id, known.decided.batch) == (late.id, BATCHES[1])


def test_that_what_was_erased_is_erased_again_although_it_was_exported(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    path = server.exporter.places.archive / erasure_list.FILE
    erased = Erasure(clock.now(), adviser.scope, ((draft.id, RecordKind.DOCUMENT),))
    erasure_list.append(path, [erased])
    _forget(server)
    assert _restore(server).erased == 1
    _again(adviser)
    assert _row(adviser, draft).state is ServerState.ERASED
    with server.office.reading() as desk:
        assert desk.connection.execute(select(schema.blob)).all() == []


def test_that_a_right_that_was_taken_stays_taken(server: InProcessServer, adviser: Adviser) -> None:
    person, scope = adviser.installed.reply.person, rights.office_scope("brno")
    with server.office.writing() as desk:
        rights.create_office(desk, "brno", "Brno")
        rights.give(desk, person, right_of(scope, "", may_write=True), "contract")
        rights.take(desk, person, scope, "notice")
        # The backup is of the moment between.
        desk.connection.execute(update(schema.scope_right).values(until=None))
    restored = _restore(server)
    assert restored.rights == 1
    with server.office.reading() as desk:
        assert [each.members for each in rights.list_offices(desk)] == [()]


def test_that_numbers_leased_after_the_backup_are_not_leased_again(
    server: InProcessServer,
) -> None:
    with server.office.reading() as desk:
        before = counters.read(desk.connection, counters.NEXT_NUMBER)
    _restore(server)
    with server.office.reading() as desk:
        after = counters.read(desk.connection, counters.NEXT_NUMBER)
    assert after == before + NUMBERS_SKIPPED


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "documents.ndjson.zst", "blobs"])
def test_that_a_batch_that_cannot_be_trusted_stops_the_restore(
    memory_server: InProcessServer, clock: SetClock, name: str
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    signed = adviser.offer(Stage.WAITING)
    adviser.push_ok(signed)
    adviser.push(adviser.package(signed))
    _evening(memory_server, adviser, clock)
    place = memory_server.exporter.places.archive / BATCHES[0] / name
    if place.is_dir():
        for blob in place.iterdir():
            blob.write_bytes(b"other")
    else:
        place.write_bytes(place.read_bytes()[:-9])
    _forget(memory_server)
    with pytest.raises(Damaged, match="SC-EXP-022"):
        _restore(memory_server)
    with memory_server.office.reading() as desk:
        assert holding.is_held(desk)


def test_that_a_missing_batch_between_two_stops_the_restore(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    _evening(memory_server, adviser, clock)
    _evening(memory_server, adviser, clock, 1)
    archive = memory_server.exporter.places.archive
    (archive / BATCHES[0]).rename(archive / "lost")
    _forget(memory_server)
    with pytest.raises(Damaged, match="SC-EXP-022"):
        _restore(memory_server)
