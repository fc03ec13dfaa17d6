"""The lines of the export, made with the verdicts: of the version that stands, or of none."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select, update

from smartclient.backoffice.operations import prepared_lines
from smartclient.backoffice.operations.export import laying
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import IdSource, Op, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire.batches import batch_name
from smartclient.wire.messages import Answer, Json, JsonObject, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
PAYLOAD = "smartclient-20261121-01/documents.ndjson.zst"


def _lines(server: InProcessServer) -> list[tuple[str, str]]:
    """Document and op of every line that lies ready."""
    table = schema.prepared_line
    with server.office.reading() as desk:
        found = desk.connection.execute(select(table.c.document, table.c.op))
        return [(row.document, row.op) for row in found]


def _evening(server: InProcessServer, adviser: Adviser, clock: SetClock) -> None:
    clock.set(cutoff(DAY) + timedelta(minutes=1))
    adviser.headers = server.bearer(adviser.installed)


def _payload(folder: Path) -> list[JsonObject]:
    packed = (folder / "export" / PAYLOAD).read_bytes()
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return [mapping(json.loads(line)) for line in reader.read().splitlines()]


def test_that_a_line_lies_ready_as_long_as_its_document_may_be_exported(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    assert _lines(server) == []
    server.judge()
    assert _lines(server) == [(draft.id, draft.op)]
    adviser.edit(draft)
    adviser.push_ok(draft)
    server.judge()
    assert _lines(server) == [(draft.id, draft.op)]
    adviser.edit(draft, Stage.DRAFT)
    adviser.push_ok(draft)
    server.judge()
    assert _lines(server) == []


def test_that_lines_are_forgotten_once_their_batch_is_handed_over(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    exported, later = adviser.offer(), adviser.offer()
    adviser.push_ok(exported)
    _evening(server, adviser, clock)
    adviser.push_ok(later)
    server.judge()
    server.export()
    assert _lines(server) == [(later.id, later.op)]


def test_that_the_line_carries_the_record_of_the_forms_export_map(
    tmp_path: Path, clock: SetClock, ids: IdSource
) -> None:
    def judge(case: Case) -> Verdict:
        mapped = case.body["number"] == "7200000001"
        return Verdict(True, record={"PH_SURNAME": "Černá"} if mapped else {})

    with InProcessServer(clock, ids, folder=tmp_path, judge=judge) as server:
        adviser = Adviser(server, ids)
        mapped, bare = adviser.offer(), adviser.offer(number="7200000002")
        adviser.push_ok(mapped, bare)
        _evening(server, adviser, clock)
        server.export()
        records = {line["id"]: line["record"] for line in _payload(tmp_path)}
        assert records == {mapped.id: {"PH_SURNAME": "Černá"}, bare.id: None}
        server.answer()
        assert _told(adviser, mapped, "core") == "accepted"


def test_that_a_line_opens_only_for_the_document_and_the_op_it_was_made_for(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    with server.office.reading() as desk:
        row = desk.connection.execute(select(schema.prepared_line)).one()
        key = desk.connection.execute(
            select(schema.scope.c.data_key).where(schema.scope.c.scope == row.scope)
        ).scalar_one()
        opener = desk.keys.of(row.scope, key)
    line = prepared_lines.open_line(opener, draft.id, draft.op, row.line)
    told = mapping(json.loads(zstandard.ZstdDecompressor().decompress(line.frame)))
    assert told["body"] == draft.body
    assert draft.body["client_name"] not in row.line.decode("latin-1")
    for document, op in (
        (RecordId(ids.new()), draft.op),
        (draft.id, Op(ids.new())),
    ):
        with pytest.raises(Damaged, match="SC-SERV-060"):
            prepared_lines.open_line(opener, document, op, row.line)


def test_that_a_document_without_its_line_stops_the_export_before_the_seal(
    adviser: Adviser, server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    day = server.begin_export()
    assert day == DAY
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.prepared_line).values(op=ids.new()))
    for _ in range(2):
        with pytest.raises(Damaged, match="SC-EXP-005"):
            server.exporter.advance(day)
    adviser.edit(draft)
    adviser.push_ok(draft)
    server.judge()
    server.exporter.advance(day)
    with server.office.reading() as desk:
        assert desk.connection.execute(select(schema.export_line)).all() == []


def test_that_a_line_that_vanishes_behind_the_seal_stops_the_export_before_the_lock(
    adviser: Adviser, server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    day = server.begin_export()
    assert day == DAY
    server.exporter.advance(day)
    laying.forget(server.exporter.places.archive, batch_name(DAY))
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.prepared_line).values(op=ids.new()))
    with pytest.raises(Damaged, match="SC-EXP-005"):
        server.exporter.advance(day)
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.BUSY


def test_that_a_body_that_is_not_the_one_that_was_pushed_is_not_exported(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """An older body of the same document, put back into the table."""
    draft = adviser.offer()
    adviser.push_ok(draft)
    body = schema.record_body
    with server.office.reading() as desk:
        query = select(body.c.body).where(body.c.id == draft.id)
        older = desk.connection.execute(query).scalar_one()
    adviser.edit(draft, note="newer")
    adviser.push_ok(draft)
    with server.office.writing() as desk:
        desk.connection.execute(update(body).where(body.c.id == draft.id).values(body=older))
    _evening(server, adviser, clock)
    server.export()
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert row.state is ServerState.OPEN
    assert mapping(_told(adviser, draft, "verdict"))["code"] == "SC-SERV-060"
    with server.office.reading() as desk:
        kinds = desk.connection.execute(select(schema.alarm.c.kind)).scalars().all()
    assert kinds == ["not_judged"]


def test_that_a_lock_gives_each_document_its_own_place_in_the_feed(
    adviser: Adviser, server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    drafts = [adviser.offer(number=f"720000000{number}") for number in range(4)]
    adviser.push_ok(*drafts, adviser.offer(Stage.DRAFT, number="7200000009"))
    other.push_ok(other.offer(number="7200000501"))
    server.judge()
    _evening(server, adviser, clock)
    adviser.pull()
    before = adviser.since
    day = server.begin_export()
    assert day is not None
    for _ in range(3):
        server.exporter.advance(day)
    rows = adviser.pull()
    assert [row.seq for row in rows] == [before + number for number in range(1, 5)]
    assert [row.id for row in rows] == sorted(draft.id for draft in drafts)
    assert {row.state for row in rows} == {ServerState.LOCKED}


def test_that_other_forms_edited_before_they_are_told_of_keep_their_new_version(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(document_kind="other")
    adviser.push_ok(draft)
    _evening(server, adviser, clock)
    day = server.begin_export()
    assert day is not None
    for _ in range(3):
        server.exporter.advance(day)
    adviser.edit(draft)
    adviser.push_ok(draft)
    server.exporter.advance(day)
    assert _told(adviser, draft, "batch") == ""


def _told(adviser: Adviser, draft: Draft, name: str) -> Json:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body[name] for body in bodies if body["document_id"] == draft.id)
