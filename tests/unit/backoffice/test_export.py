"""The export: what is sealed, what is written, what is told; one batch a date, whole or not yet."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select

from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.domain.ids import IdSource, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Manifest, ack_name
from smartclient.wire.messages import Answer, FeedRow, JsonObject, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
BATCH = "smartclient-20261121-01"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where our batches lie."""
    return tmp_path / "export"


def _evening(clock: SetClock, adviser: Adviser) -> None:
    """One minute past the cut-off, with a live token."""
    clock.set(cutoff(DAY) + timedelta(minutes=1))
    adviser.headers = adviser.server.bearer(adviser.installed)


def _row(adviser: Adviser, draft: Draft) -> FeedRow:
    return next(row for row in adviser.changes(0).rows if row.id == draft.id)


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def _manifest(archive: Path, batch: str = BATCH) -> Manifest:
    return Manifest.from_json(encoding.parse((archive / batch / "manifest.json").read_bytes()))


def _payload(archive: Path, batch: str = BATCH) -> list[JsonObject]:
    packed = (archive / batch / "documents.ndjson.zst").read_bytes()
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return [mapping(json.loads(line)) for line in reader.read().splitlines()]


def test_that_only_complete_and_signed_documents_are_sealed(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    drafts = {stage: adviser.offer(stage) for stage in Stage if stage is not Stage.SIGNED}
    signed = adviser.offer(Stage.WAITING)
    adviser.push_ok(*drafts.values(), signed)
    adviser.push(adviser.package(signed))
    _evening(clock, adviser)
    server.export()
    locked = [stage for stage, draft in drafts.items() if _row(adviser, draft).state == "locked"]
    assert locked == [Stage.COMPLETE]
    assert _row(adviser, signed).state is ServerState.LOCKED


def test_that_a_document_without_an_exportable_verdict_stays_open(
    tmp_path: Path, clock: SetClock, ids: IdSource
) -> None:
    def judge(case: Case) -> Verdict:
        good = case.body["number"] == "7200000001"
        return Verdict(good, () if good else ("contact.email",), "" if good else "SC-SERV-030")

    with InProcessServer(clock, ids, folder=tmp_path, judge=judge) as server:
        adviser = Adviser(server, ids)
        good, bad = adviser.offer(), adviser.offer(number="7200000002")
        adviser.push_ok(good, bad)
        _evening(clock, adviser)
        server.export()
        assert _row(adviser, good).state is ServerState.LOCKED
        assert _row(adviser, bad).state is ServerState.OPEN
        verdict = {"exportable": False, "missing": ["contact.email"], "code": "SC-SERV-030"}
        assert _status(adviser, bad)["verdict"] == verdict


def test_that_an_edit_withdraws_the_document_until_it_is_complete_again(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    adviser.edit(draft, Stage.DRAFT)
    adviser.push_ok(draft)
    _evening(clock, adviser)
    server.export()
    assert _row(adviser, draft).state is ServerState.OPEN


def test_that_the_batch_holds_what_the_protocol_says(
    adviser: Adviser, server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    plain, signed = adviser.offer(), adviser.offer(Stage.WAITING, number="7200000002")
    adviser.push_ok(plain, signed)
    adviser.push(adviser.package(signed, b"%PDF of the offer"))
    _evening(clock, adviser)
    server.export()
    folder = archive / BATCH
    manifest = _manifest(archive)
    lines = {line["id"]: line for line in _payload(archive)}
    assert sorted(path.name for path in folder.iterdir()) == [
        "blobs",
        "documents.ndjson.zst",
        "manifest.json",
        "manifest.sig",
    ]
    assert (manifest.batch, manifest.business_date) == (BATCH, DAY)
    assert manifest.cutoff == datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert [document.id for document in manifest.documents] == sorted([plain.id, signed.id])
    assert (manifest.totals.documents, manifest.totals.signed) == (2, 1)
    assert (manifest.totals.blobs, manifest.totals.payable) == (2, {"CZK": "2446"})
    assert lines[plain.id]["body"] == plain.body
    assert lines[plain.id]["signed"] is None
    package = mapping(lines[signed.id]["signed"])
    assert package["document_op"] == signed.op
    for blob in (folder / "blobs").iterdir():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    assert (folder / "blobs" / str(package["pdf_sha256"])).read_bytes() == b"%PDF of the offer"


def test_that_locked_means_the_version_shown_is_the_version_handed_over(
    adviser: Adviser, server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(clock, adviser)
    server.export()
    row = _row(adviser, draft)
    (document,) = _manifest(archive).documents
    assert (row.op, row.version, row.sha256) == (document.op, document.version, document.sha256)
    assert _status(adviser, draft)["batch"] == BATCH
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED


def test_that_a_push_between_seal_and_lock_is_busy(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(clock, adviser)
    day = server.begin_export()
    assert day == DAY
    adviser.edit(draft)
    server.exporter.advance(day)
    for _ in range(2):
        assert adviser.push_one(draft.line()).answer is Answer.BUSY
        server.exporter.advance(day)
    assert adviser.push_one(draft.line()).answer is Answer.LOCKED


def test_that_a_late_worker_uses_the_same_cutoff(
    adviser: Adviser, server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    in_time, too_late = adviser.offer(), adviser.offer()
    adviser.push_ok(in_time)
    _evening(clock, adviser)
    adviser.push_ok(too_late)
    clock.pass_time(hours=11)
    server.export()
    assert [document.id for document in _manifest(archive).documents] == [in_time.id]
    assert _manifest(archive).cutoff == cutoff(DAY)
    clock.set(cutoff(DAY + timedelta(days=1)))
    run = server.export()
    assert run is not None
    (next_day,) = _manifest(archive, run.batch).documents
    assert next_day.id == too_late.id


def test_that_a_date_is_exported_once_and_a_missed_one_is_not_made_up_afterwards(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    clock.set(cutoff(DAY + timedelta(days=2)))
    assert server.exporter.due() == DAY + timedelta(days=2)
    server.export()
    assert server.exporter.due() is None
    assert server.export() is None
    with pytest.raises(NotAllowed, match="SC-EXP-007"):
        server.exporter.export(DAY)


def test_that_nothing_is_exported_before_its_cutoff(
    adviser: Adviser, server: InProcessServer
) -> None:
    adviser.push_ok(adviser.offer())
    with pytest.raises(NotAllowed, match="SC-EXP-001"):
        server.exporter.export(DAY)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2026, 11, 21), 24),
    ],
)
def test_that_days_of_23_and_25_hours_have_one_export_each(
    tmp_path: Path, ids: IdSource, day: date, hours: int
) -> None:
    clock = SetClock(cutoff(day - timedelta(days=1)))
    with InProcessServer(clock, ids, folder=tmp_path) as server:
        assert server.exporter.due() == day - timedelta(days=1)
        server.export()
        clock.pass_time(hours=hours - 1, minutes=59)
        assert server.exporter.due() is None
        clock.pass_time(minutes=1)
        run = server.export()
        assert run is not None
        assert (run.business_date, run.cutoff) == (day, clock.now())


def test_that_each_manifest_names_the_one_before_it(
    adviser: Adviser, server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    digests = [""]
    for days in range(3):
        clock.set(cutoff(DAY + timedelta(days=days)))
        run = server.export()
        assert run is not None
        assert _manifest(archive, run.batch).previous_sha256 == digests[-1]
        content = (archive / run.batch / "manifest.json").read_bytes()
        digests.append(encoding.sha256(content))
    server.answer()
    assert server.core.waiting() == []


def test_that_the_cores_answer_reaches_the_adviser(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    good, bad = adviser.offer(number="7200000001"), adviser.offer(number="7200000666")
    adviser.push_ok(good, bad)
    _evening(clock, adviser)
    server.export()
    refused = frozenset({"7200000666"})
    server.core = CoreSystem(server.core.folder, server.core.trusted, refused)
    server.answer()
    assert _status(adviser, good)["core"] == "accepted"
    assert _status(adviser, bad)["core"] == "rejected"
    assert _status(adviser, bad)["core_reason"] == "refused for practice"
    with server.office.reading() as desk:
        assert runs.require(desk, DAY).state is RunState.ACKNOWLEDGED


def test_that_an_answer_read_twice_changes_nothing_more(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    adviser.push_ok(adviser.offer())
    _evening(clock, adviser)
    server.export()
    server.answer()
    head = adviser.changes(0).rows[-1].seq
    server.answer()
    assert adviser.changes(0).rows[-1].seq == head


@pytest.mark.parametrize("content", [b"", b"{}", b'{"batch":"smartclient-20261121-01"}'])
def test_that_an_unusable_answer_changes_nothing(
    memory_server: InProcessServer, clock: SetClock, content: bytes
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(clock, adviser)
    memory_server.export()
    (memory_server.core.folder / ack_name(BATCH)).write_bytes(content)
    with pytest.raises(BadInput, match="SC-EXP-006"):
        memory_server.exporter.read_answers()
    assert _status(adviser, draft)["core"] == "none"


def test_that_an_answer_about_another_manifest_changes_nothing(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())
    _evening(clock, adviser)
    memory_server.export()
    memory_server.core.take(BATCH)
    path = memory_server.core.folder / ack_name(BATCH)
    answer = mapping(encoding.parse(path.read_bytes()))
    path.write_bytes(encoding.canonical({**answer, "manifest_sha256": "0" * 64}))
    with pytest.raises(BadInput, match="SC-EXP-006"):
        memory_server.exporter.read_answers()


def test_that_a_resend_sends_the_same_bytes(
    memory_server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())
    _evening(clock, adviser)
    memory_server.export()
    to_core = memory_server.core.folder
    sent = {path.name: path.read_bytes() for path in (to_core / BATCH).glob("*.*")}
    for path in (to_core / BATCH).rglob("*"):
        if path.is_file():
            path.unlink()
    (to_core / BATCH / "blobs").rmdir()
    (to_core / BATCH).rmdir()
    memory_server.exporter.resend(DAY)
    again = {path.name: path.read_bytes() for path in (to_core / BATCH).glob("*.*")}
    assert again == sent
    assert (to_core / BATCH / "READY").exists()
    with pytest.raises(NotAllowed, match="SC-EXP-003"):
        memory_server.exporter.resend(DAY + timedelta(days=1))


def test_that_an_archive_that_was_altered_is_not_handed_over(
    memory_server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())
    _evening(clock, adviser)
    day = memory_server.begin_export()
    assert day is not None
    for _ in range(4):
        memory_server.exporter.advance(day)
    with (archive / BATCH / "manifest.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(Damaged, match="SC-EXP-005"):
        memory_server.exporter.advance(day)


def test_that_two_workers_cannot_export_at_once(
    memory_server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    _evening(clock, adviser)
    with alone(archive / ".lock", "SC-TEST-001"), pytest.raises(NotAllowed, match="SC-EXP-002"):
        memory_server.exporter.export(DAY)


def test_that_a_worker_that_was_overtaken_stops(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    """Two machines without a common folder: the database still lets only one of them step."""
    _evening(clock, adviser)
    day = server.begin_export()
    assert day is not None
    with server.office.reading() as desk:
        seen_by_the_slow_one = runs.require(desk, day)
    server.exporter.advance(day)
    with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-EXP-004"):
        runs.step(desk, seen_by_the_slow_one, RunState.SEALED)


def test_that_a_document_of_two_scopes_is_exported_once(
    adviser: Adviser, server: InProcessServer, ids: IdSource, clock: SetClock, archive: Path
) -> None:
    other = Adviser(server, ids)
    draft = adviser.offer()
    adviser.push_ok(draft)
    clock.pass_time(minutes=1)
    other.push_ok(draft)
    _evening(clock, adviser)
    server.export()
    assert len(_manifest(archive).documents) == 1
    assert _row(adviser, draft).state is ServerState.LOCKED
    with server.office.reading() as desk:
        kinds = desk.connection.execute(select(schema.alarm.c.kind)).scalars().all()
    assert "id_doubled" in kinds


def test_that_an_edited_other_form_goes_with_the_next_batch(
    adviser: Adviser, server: InProcessServer, clock: SetClock, archive: Path
) -> None:
    draft = adviser.offer(document_kind="other")
    adviser.push_ok(draft)
    _evening(clock, adviser)
    server.export()
    server.answer()
    adviser.edit(draft)
    adviser.push_ok(draft)
    status = _status(adviser, draft)
    assert (_row(adviser, draft).state, status["core"], status["batch"]) == ("open", "none", "")
    clock.set(cutoff(DAY + timedelta(days=1)))
    adviser.headers = server.bearer(adviser.installed)
    run = server.export()
    assert run is not None
    (document,) = _manifest(archive, run.batch).documents
    assert (document.id, document.version) == (draft.id, 2)


def test_that_an_empty_evening_still_has_its_batch(
    server: InProcessServer, adviser: Adviser, clock: SetClock, archive: Path
) -> None:
    _evening(clock, adviser)
    run = server.export()
    assert run is not None
    assert (run.documents, _manifest(archive).documents) == (0, ())
    server.answer()
    with server.office.reading() as desk:
        assert runs.require(desk, DAY).state is RunState.ACKNOWLEDGED
