"""Laid out before the seal, compared behind it: the batch is what was sealed, whatever lay ready."""

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from smartclient.backoffice.operations.export import laying, locking, runs, sealing
from smartclient.backoffice.operations.export.formats import FORMATS, chosen_formats
from smartclient.backoffice.operations.export.part_files import Writing
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.export.writing import write_batch
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Manifest
from smartclient.wire.messages import Answer
from tests.simulators.adviser import Adviser, Draft, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
BATCH = "smartclient-20261121-01"
JSON_ALONE = chosen_formats(["json"])


def _begun(server: InProcessServer, clock: SetClock, *advisers: Adviser) -> None:
    """The export has begun at the cut-off, and what it holds is laid out."""
    every = ExportPolicy(formats=chosen_formats(FORMATS))
    server.exporter = replace(server.exporter, policy=every)
    server.judge()
    clock.set(cutoff(DAY))
    assert server.begin_export() == DAY
    server.exporter.lay_out(DAY)
    for adviser in advisers:
        adviser.headers = server.bearer(adviser.installed)


def _manifest(server: InProcessServer) -> Manifest:
    content = (server.exporter.places.archive / BATCH / "manifest.json").read_bytes()
    return Manifest.from_json(encoding.parse(content))


def _run(server: InProcessServer) -> ExportRun:
    with server.office.reading() as desk:
        return runs.require(desk, DAY)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.sig"
    }


def _edited(adviser: Adviser, draft: Draft) -> None:
    adviser.edit(draft, note="newer")
    adviser.push_ok(draft)


def _withdrawn(adviser: Adviser, draft: Draft) -> None:
    adviser.edit(draft, Stage.DRAFT)
    adviser.push_ok(draft)


def _signed(adviser: Adviser, draft: Draft) -> None:
    adviser.push(adviser.package(draft))


def _joined(adviser: Adviser, _draft: Draft) -> None:
    adviser.push_ok(adviser.offer(number="7200000008"))


def _left(_adviser: Adviser, _draft: Draft) -> None:
    """Nothing happens."""


def test_that_a_batch_is_what_was_sealed_whatever_changed_since_it_was_laid_out(
    server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    """Written from what lay ready, it has the bytes it has when nothing lay ready."""
    changes = (_left, _edited, _withdrawn, _left, _signed, _joined)
    advisers = [Adviser(server, ids) for _ in changes]
    drafts = [each.offer(number=f"720000000{n}") for n, each in enumerate(advisers)]
    for adviser, draft in zip(advisers, drafts, strict=True):
        content = draft.id.encode()
        adviser.send_blobs(content)
        draft.blobs = (sha_of(content),)
        adviser.push_ok(draft)
    _begun(server, clock, *advisers)
    for change, adviser, draft in zip(changes, advisers, drafts, strict=True):
        change(adviser, draft)
    server.judge()
    server.exporter.advance(DAY)
    archive, policy = server.exporter.places.archive, server.exporter.policy
    writing = Writing(archive, server.exporter.sign, policy.formats, policy.kept)
    run = _run(server)
    with server.office.reading() as desk:
        from_laid = write_batch(desk, run, writing), _bytes(archive / BATCH)
        shutil.rmtree(archive / BATCH)
        laying.forget(archive, BATCH)
        anew = write_batch(desk, run, writing), _bytes(archive / BATCH)
    assert from_laid == anew
    while server.exporter.advance(DAY):
        pass
    assert len(_manifest(server).documents) == len(changes)  # one withdrawn, one joined
    server.answer()
    assert _run(server).state is RunState.ACKNOWLEDGED
    assert list(archive.glob(".*.laid")) == []


def test_that_a_disk_that_knows_no_second_names_gets_copies(
    memory_server: InProcessServer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())

    def refused(*_names: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refused)
    _begun(memory_server, clock, adviser)
    memory_server.exporter.export(DAY)
    memory_server.answer()
    assert _run(memory_server).state is RunState.ACKNOWLEDGED


def test_that_an_edit_after_the_cutoff_leaves_the_batch_it_was_laid_out_for(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    draft = adviser.offer()
    adviser.push_ok(draft)
    _begun(memory_server, clock, adviser)
    clock.pass_time(seconds=1)
    _edited(adviser, draft)
    memory_server.exporter.export(DAY)
    assert _manifest(memory_server).documents == ()
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.OK


def test_that_nothing_is_written_that_was_noted_and_never_sealed(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())
    _begun(memory_server, clock, adviser)
    memory_server.exporter.advance(DAY)
    with memory_server.office.writing() as desk:
        desk.connection.execute(update(schema.scope).values(sealed_for=None))
    with pytest.raises(Damaged, match="SC-EXP-005"):
        memory_server.exporter.advance(DAY)


def test_that_what_was_laid_out_before_a_restore_does_not_count(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.push_ok(adviser.offer())
    _begun(memory_server, clock, adviser)
    archive, policy = memory_server.exporter.places.archive, memory_server.exporter.policy
    writing = Writing(archive, memory_server.exporter.sign, policy.formats)
    run = _run(memory_server)
    with memory_server.office.writing() as desk:
        assert laying.find(desk, run, writing) is not None
        assert laying.find(desk, run, replace(writing, formats=JSON_ALONE)) is None
        counter = schema.counter
        desk.connection.execute(
            update(counter).where(counter.c.name == "epoch").values(value=counter.c.value + 1)
        )
        assert laying.find(desk, run, writing) is None


def test_that_a_slow_worker_on_another_machine_seals_and_locks_nothing_more(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    """It read the run before another worker went on with it."""
    draft = adviser.offer(document_kind="other")
    adviser.push_ok(draft)
    _begun(server, clock, adviser)
    as_seen = _run(server)
    server.exporter.export(DAY)
    adviser.edit(draft)
    adviser.push_ok(draft)
    for work in (sealing.note_candidates, sealing.seal_scopes, locking.lock_scopes):
        with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-EXP-004"):
            work(desk, as_seen, [adviser.scope])
    adviser.edit(draft)
    assert adviser.push_one(draft.line()).answer is Answer.OK


def test_that_scopes_sealed_and_locked_side_by_side_keep_their_places(
    server: InProcessServer, ids: IdSource, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        server.exporter.__class__._each,
        "__defaults__",
        (1,),  # one scope a transaction
    )
    advisers = [Adviser(server, ids) for _ in range(6)]
    for number, adviser in enumerate(advisers):
        adviser.push_ok(adviser.offer(number=f"720000000{number}"))
    _begun(server, clock, *advisers)
    for adviser in advisers:
        adviser.pull()
    for _ in range(3):
        server.exporter.advance(DAY)
    for adviser in advisers:
        before = adviser.since
        (row,) = adviser.pull()
        assert (row.seq, row.state) == (before + 1, ServerState.LOCKED)


def test_that_a_signature_between_seal_and_lock_has_come_late(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    draft = adviser.offer()
    adviser.push_ok(draft)
    _begun(memory_server, clock, adviser)
    memory_server.exporter.advance(DAY)
    (told,) = adviser.push(adviser.package(draft))
    assert told.answer is Answer.OK
    memory_server.exporter.export(DAY)
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert (row.state, row.op) == (ServerState.LOCKED, draft.op)
    with memory_server.office.reading() as desk:
        package = schema.signed_package
        assert desk.connection.execute(package.select()).one().standing == "late"
