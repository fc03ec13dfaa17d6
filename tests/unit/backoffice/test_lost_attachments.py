"""Attachments that are lost between verdict and batch keep no other document from it."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.export import laying, runs, sealing
from smartclient.backoffice.operations.export.formats import JSON
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.judgements_due import (
    OF_THE_OFFICE,
    judge_again,
)
from smartclient.backoffice.operations.store_reach import IN_A_ROW, StoreReach
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import Unreachable
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from tests.simulators.adviser import Adviser, Draft, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.store_faults import (
    away,
    exportable,
    gone,
    large,
    lies_at,
    times_asked,
    unreadable,
    waiting,
)


def _attach(adviser: Adviser, clock: SetClock, count: int) -> list[Draft]:
    """Complete documents, each with a large attachment of its own."""
    drafts = []
    for _ in range(count):
        draft = adviser.offer()
        adviser.send_blobs(large(draft))
        draft.blobs = (sha_of(large(draft)),)
        adviser.push_ok(draft)
        clock.pass_time(seconds=1)
        drafts.append(draft)
    return drafts


Missing = Callable[[Path], AbstractContextManager[None]]


@pytest.mark.parametrize("judged_before", [True, False])
@pytest.mark.parametrize("missing", [unreadable, gone])
def test_that_an_attachment_that_cannot_be_read_keeps_no_other_document_from_its_batch(
    adviser: Adviser,
    server: InProcessServer,
    clock: SetClock,
    missing: Missing,
    judged_before: bool,
) -> None:
    first, *others = _attach(adviser, clock, 3)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    with missing(lies_at(server, large(first))):
        if judged_before:
            server.exporter.judge_some(clock.now(), StoreReach(clock.monotonic))
        clock.set(evening)
        run = server.export()
        assert run is not None
        assert run.documents == len(others)
    clock.set(evening + timedelta(days=1))
    with server.office.writing() as desk:
        judge_again(desk, OF_THE_OFFICE)
    run = server.export()
    assert run is not None
    assert run.documents == 1, "it goes once its file is there again"


def _forget_staged(server: InProcessServer, *documents: Draft) -> None:
    """As after the days that they are kept, of all by default: an export may be held so long."""
    staged = server.exporter.places.archive / ".staged"
    if not documents:
        shutil.rmtree(staged)
    for each in documents:
        name = sha_of(large(each))
        (staged / name[:2] / name).unlink()


@pytest.mark.parametrize("missing", [unreadable, gone])
def test_that_what_is_lost_after_it_was_judged_keeps_no_other_from_its_batch(
    adviser: Adviser, server: InProcessServer, clock: SetClock, missing: Missing
) -> None:
    first, *others = _attach(adviser, clock, 3)
    server.judge()
    _forget_staged(server)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    clock.set(evening)
    with missing(lies_at(server, large(first))):
        run = server.export()
        assert run is not None
        assert run.documents == len(others)
        server.judge()
    batch = server.exporter.places.archive / run.batch
    assert {path.name for path in (batch / "blobs").iterdir()} == {
        sha_of(large(each)) for each in others
    }
    adviser.headers = server.bearer(adviser.installed)
    states = {row.id: row.state for row in adviser.changes(0).rows}
    assert states[first.id] is ServerState.OPEN
    assert states[others[0].id] is ServerState.LOCKED
    clock.set(evening + timedelta(days=1))
    with server.office.writing() as desk:
        judge_again(desk, OF_THE_OFFICE)
    run = server.export()
    assert run is not None
    assert run.documents == 1


def test_that_a_batch_waits_for_a_store_that_is_away_and_is_whole_then(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """Nothing is sealed by then: what was judged in the day goes this evening."""
    drafts = _attach(adviser, clock, IN_A_ROW + 2)
    server.judge()
    _forget_staged(server)
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with away(server), pytest.raises(Unreachable, match="SC-SERV-061"):
        server.export()
    server.exporter.finish()
    with server.office.reading() as desk:
        (run,) = runs.unanswered(desk)
    assert run.documents == len(drafts)


def test_that_five_lost_files_do_not_count_as_a_store_that_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """The others were staged, so nothing of the batch but these was asked of the store."""
    drafts = _attach(adviser, clock, 2 * IN_A_ROW + 2)
    server.judge()
    lost, others = drafts[: 2 * IN_A_ROW], drafts[2 * IN_A_ROW :]
    _forget_staged(server, *lost)
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with ExitStack() as faults:
        for each in lost:
            faults.enter_context(unreadable(lies_at(server, large(each))))
        run = server.export()
    assert run is not None
    assert (run.state, run.documents) == (RunState.HANDED_OVER, len(others))
    assert exportable(server) == {each.id for each in others}
    assert waiting(server) == {each.id for each in lost}


def test_that_staged_files_do_not_hide_a_store_that_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """All that was judged goes once it is back."""
    drafts = _attach(adviser, clock, IN_A_ROW + 2)
    server.judge()
    _forget_staged(server, *drafts[:IN_A_ROW])
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with away(server), pytest.raises(Unreachable, match="SC-SERV-061"):
        server.export()
    assert times_asked(caplog) == IN_A_ROW + 1
    server.exporter.finish()
    with server.office.reading() as desk:
        (run,) = runs.unanswered(desk)
    assert run.documents == len(drafts)


@pytest.mark.parametrize("missing", [unreadable, gone])
def test_that_a_late_package_that_is_lost_keeps_nothing_from_its_batch(
    adviser: Adviser, server: InProcessServer, clock: SetClock, missing: Missing
) -> None:
    late, other = adviser.offer(), adviser.offer()
    adviser.push_ok(late)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    clock.set(evening)
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    package = adviser.package(late, large(late))
    adviser.push_one(package)
    adviser.push_ok(other)
    with server.office.writing() as desk:
        late_packages.accept(desk, package.id, ("Jana", "in time"), {}, (JSON,))
    clock.set(evening + timedelta(days=1))
    with missing(lies_at(server, large(late))):
        run = server.export()
    assert run is not None
    assert (run.state, run.documents) == (RunState.HANDED_OVER, 1)
    clock.set(evening + timedelta(days=2))
    run = server.export()
    assert run is not None
    assert run.documents == 1, "it goes once its file is there again"


def _sealed_half(server: InProcessServer) -> None:
    """The export was cut off after the last scope was sealed, and what was laid out is gone."""
    day = server.begin_export()
    assert day is not None
    with server.office.writing() as desk:
        run = runs.require(desk, day)
        sealing.seal_scopes(desk, run, sealing.scopes_to_seal(desk, run))
    laying.forget(server.exporter.places.archive, run.batch)


def test_that_a_late_package_sealed_already_keeps_its_line(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """It would never be made again; the batch waits for the file, for it holds the package."""
    late = adviser.offer()
    adviser.push_ok(late)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    clock.set(evening)
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    package = adviser.package(late, large(late))
    adviser.push_one(package)
    with server.office.writing() as desk:
        late_packages.accept(desk, package.id, ("Jana", "in time"), {}, (JSON,))
    server.judge()
    clock.set(evening + timedelta(days=1))
    _sealed_half(server)
    _forget_staged(server)
    with unreadable(lies_at(server, large(late))):
        for _try in range(2):
            with pytest.raises(Unreachable, match="SC-SERV-061"):
                server.exporter.finish()
    server.exporter.finish()
    with server.office.reading() as desk:
        (_before, run) = runs.unanswered(desk)
    assert (run.state, run.documents) == (RunState.HANDED_OVER, 1)


def test_that_a_sealed_document_keeps_its_verdict_while_its_file_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, _other = _attach(adviser, clock, 2)
    server.judge()
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    _sealed_half(server)
    _forget_staged(server)
    adviser.headers = server.bearer(adviser.installed)
    before = adviser.changes(0).rows
    with unreadable(lies_at(server, large(first))):
        for _try in range(2):
            with pytest.raises(Unreachable, match="SC-SERV-061"):
                server.exporter.finish()
    assert (adviser.changes(0).rows, waiting(server)) == (before, set())
    server.exporter.finish()
    with server.office.reading() as desk:
        (run,) = runs.unanswered(desk)
    assert run.documents == 2


def test_that_a_disk_that_takes_nothing_keeps_no_document_from_its_verdict(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    drafts = _attach(adviser, clock, 3)
    archive = server.exporter.places.archive
    archive.mkdir(parents=True, exist_ok=True)
    (archive / ".staged").write_bytes(b"")
    server.judge()
    assert exportable(server) == {each.id for each in drafts}
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    run = server.export()
    assert run is not None
    assert run.documents == len(drafts)
