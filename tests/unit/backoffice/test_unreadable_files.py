"""A file that cannot be read holds up its own document and no other; a store away is let be."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blob_store import place_of
from smartclient.backoffice.operations.export import laying, runs, sealing
from smartclient.backoffice.operations.export.formats import JSON
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.judgements import Case, Judging, Verdict
from smartclient.backoffice.operations.judgements_due import (
    LONGEST_PAUSE,
    MAX_ATTEMPTS,
    OF_THE_OFFICE,
    TRY_AGAIN,
    judge_again,
)
from smartclient.backoffice.operations.store_reach import IN_A_ROW, StoreReach
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from tests.simulators.adviser import Adviser, Draft, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

YES = Verdict(exportable=True)


def _large(draft: Draft) -> bytes:
    """A file of the document that lies in the store and not in the database."""
    return b"%PDF " + draft.id.encode() + bytes(300_000)


def _sign(adviser: Adviser, clock: SetClock, count: int) -> list[Draft]:
    """Signed documents, each a second after the one before."""
    drafts = []
    for _ in range(count):
        draft = adviser.offer(Stage.WAITING)
        adviser.push_ok(draft)
        adviser.push(adviser.package(draft, _large(draft)))
        clock.pass_time(seconds=1)
        drafts.append(draft)
    return drafts


def _place(server: InProcessServer, content: bytes) -> Path:
    """Where the file with this content lies."""
    table = schema.blob
    query = select(table.c.file).where(table.c.sha256 == sha_of(content))
    with server.office.reading() as desk:
        name = desk.connection.execute(query).scalar_one()
    assert isinstance(server.office.blobs, BlobFolder)
    return server.office.blobs.path / place_of(name)


@contextmanager
def _unreadable(place: Path) -> Iterator[None]:
    """Opening it is an OSError, for whoever asks: something that is no file stands there."""
    aside = place.with_name(f"{place.name}.aside")
    place.rename(aside)
    place.mkdir()
    yield
    place.rmdir()
    aside.rename(place)


@contextmanager
def _away(server: InProcessServer) -> Iterator[None]:
    """The whole store cannot be read."""
    assert isinstance(server.office.blobs, BlobFolder)
    folder = server.office.blobs.path
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    yield
    folder.unlink()
    aside.rename(folder)


def _judging(server: InProcessServer) -> Judging:
    store = StoreReach(server.clock.monotonic)
    return Judging(server.office, lambda _case: YES, store, server.exporter.staged)


def _exportable(server: InProcessServer) -> set[RecordId]:
    table = schema.record
    query = select(table.c.id).where(table.c.exportable)
    with server.office.reading() as desk:
        return {RecordId(each) for each in desk.connection.execute(query).scalars()}


def _waiting(server: InProcessServer) -> set[RecordId]:
    with server.office.reading() as desk:
        return set(desk.connection.execute(select(schema.judgement_due.c.document)).scalars())


def _not_read(server: InProcessServer) -> list[RecordId]:
    """The documents of that alarm."""
    table = schema.alarm
    query = select(table.c.record).where(table.c.kind == Alarm.NOT_READ.value)
    with server.office.reading() as desk:
        return [RecordId(each) for each in desk.connection.execute(query).scalars()]


def _asked(caplog: pytest.LogCaptureFixture) -> int:
    return [record.message for record in caplog.records].count("blob store")


def test_that_one_file_that_cannot_be_read_holds_up_no_other_document(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, *others = _sign(adviser, clock, 4)
    judging = _judging(server)
    with _unreadable(_place(server, _large(first))):
        judging.some(clock.now(), 10)
        assert _exportable(server) == {each.id for each in others}
        assert _waiting(server) == {first.id}
        clock.pass_time(minutes=1)
        assert judging.some(clock.now(), 10) == [], "it comes later each time"
    clock.pass_time(seconds=LONGEST_PAUSE.total_seconds())
    judging.some(clock.now(), 10)
    assert (first.id in _exportable(server), _waiting(server)) == (True, set())


def test_that_one_file_that_cannot_be_read_keeps_no_other_from_the_evening(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    first, *others = _sign(adviser, clock, 4)
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with _unreadable(_place(server, _large(first))):
        run = server.export()
    assert run is not None
    assert run.documents == len(others)
    adviser.headers = server.bearer(adviser.installed)
    states = {row.id: row.state for row in adviser.changes(0).rows}
    assert {states[each.id] for each in others} == {ServerState.LOCKED}
    assert states[first.id] is ServerState.OPEN


def test_that_what_was_put_off_is_asked_once_more_at_the_cut_off(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """Its file can be read again a minute before; its pause would last beyond the evening."""
    (draft,) = _sign(adviser, clock, 1)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    judging = _judging(server)
    clock.set(evening - timedelta(hours=4))
    with _unreadable(_place(server, _large(draft))):
        while clock.now() < evening - timedelta(minutes=1):
            judging.some(clock.now(), 10)
            clock.pass_time(minutes=1)
    clock.set(evening)
    assert judging.some(clock.now(), 10) == []
    run = server.export()
    assert run is not None
    assert run.documents == 1


def test_that_a_file_that_stays_unreadable_is_an_alarm_with_its_name_in_the_log(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    draft, _other = _sign(adviser, clock, 2)
    place, judging = _place(server, _large(draft)), _judging(server)
    with _unreadable(place):
        for _minute in range(24 * 60):
            judging.some(clock.now(), 10)
            clock.pass_time(minutes=1)
    assert _not_read(server) == [draft.id]
    files = {getattr(record, "file", None) for record in caplog.records}
    assert place.name in files
    assert MAX_ATTEMPTS < _asked(caplog) < 40


def test_that_an_outage_does_not_use_up_the_tries_of_the_judge(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """What its first failure says of a document would stay, however soon the defect is mended."""
    (draft,) = _sign(adviser, clock, 1)
    asked: list[RecordId] = []

    def broken(case: Case) -> Verdict:
        asked.append(case.document)
        raise ZeroDivisionError

    failing = replace(_judging(server), judge=broken)
    with _unreadable(_place(server, _large(draft))):
        for _try in range(MAX_ATTEMPTS - 1):
            failing.some(clock.now(), 10)
            clock.pass_time(seconds=LONGEST_PAUSE.total_seconds())
    for tried in range(1, MAX_ATTEMPTS + 1):
        assert _waiting(server) == {draft.id}
        failing.some(clock.now(), 10)
        assert len(asked) == tried
        clock.pass_time(seconds=TRY_AGAIN.total_seconds())
    assert (_waiting(server), _not_read(server)) == (set(), [])


def test_that_a_store_that_is_away_is_asked_a_few_times_and_then_once_a_minute(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each signed file would keep the export waiting for a time-out of its own."""
    signed = _sign(adviser, clock, IN_A_ROW + 4)
    unsigned = adviser.offer()
    adviser.push_ok(unsigned)
    judging = _judging(server)
    with _away(server):
        judging.some(clock.now(), 50)
        assert _asked(caplog) == IN_A_ROW
        assert _exportable(server) == {unsigned.id}
        for _second in range(600):
            judging.some(clock.now(), 50)
            clock.pass_time(seconds=1)
        assert _asked(caplog) <= IN_A_ROW + 6 + 10
    for _minute in range(61):
        judging.some(clock.now(), 50)
        clock.pass_time(minutes=1)
    assert (len(_exportable(server)), _waiting(server)) == (len(signed) + 1, set())


def test_that_the_evening_asks_a_store_that_is_away_a_few_times(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    signed = _sign(adviser, clock, IN_A_ROW + 4)
    with _away(server):
        server.judge()
        assert _asked(caplog) == IN_A_ROW
    assert _waiting(server) == {each.id for each in signed}
    server.judge()
    assert _waiting(server) == set(), "the next evening asks anew, whatever its pauses were"


def test_that_what_was_not_asked_comes_before_what_failed(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    signed = _sign(adviser, clock, IN_A_ROW + 2)
    judging = _judging(server)
    with _away(server):
        judging.some(clock.now(), 50)
    clock.pass_time(minutes=1)
    judging.some(clock.now(), 50)
    assert _exportable(server) == {each.id for each in signed[IN_A_ROW:]}


def test_that_small_files_in_the_database_are_judged_while_the_store_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    _sign(adviser, clock, IN_A_ROW + 1)
    small = adviser.offer(Stage.WAITING)
    adviser.push_ok(small)
    adviser.push(adviser.package(small, b"%PDF small"))
    with _away(server):
        _judging(server).some(clock.now(), 50)
    assert _exportable(server) == {small.id}


@contextmanager
def _gone(place: Path) -> Iterator[None]:
    """Nothing stands there."""
    aside = place.with_name(f"{place.name}.aside")
    place.rename(aside)
    yield
    aside.rename(place)


def _attach(adviser: Adviser, clock: SetClock, count: int) -> list[Draft]:
    """Complete documents, each with a large attachment of its own."""
    drafts = []
    for _ in range(count):
        draft = adviser.offer()
        adviser.send_blobs(_large(draft))
        draft.blobs = (sha_of(_large(draft)),)
        adviser.push_ok(draft)
        clock.pass_time(seconds=1)
        drafts.append(draft)
    return drafts


Missing = Callable[[Path], AbstractContextManager[None]]


@pytest.mark.parametrize("judged_before", [True, False])
@pytest.mark.parametrize("missing", [_unreadable, _gone])
def test_that_an_attachment_that_cannot_be_read_keeps_no_other_document_from_its_batch(
    adviser: Adviser,
    server: InProcessServer,
    clock: SetClock,
    missing: Missing,
    judged_before: bool,
) -> None:
    first, *others = _attach(adviser, clock, 3)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    with missing(_place(server, _large(first))):
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
        name = sha_of(_large(each))
        (staged / name[:2] / name).unlink()


@pytest.mark.parametrize("missing", [_unreadable, _gone])
def test_that_what_is_lost_after_it_was_judged_keeps_no_other_from_its_batch(
    adviser: Adviser, server: InProcessServer, clock: SetClock, missing: Missing
) -> None:
    first, *others = _attach(adviser, clock, 3)
    server.judge()
    _forget_staged(server)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    clock.set(evening)
    with missing(_place(server, _large(first))):
        run = server.export()
        assert run is not None
        assert run.documents == len(others)
        server.judge()
    batch = server.exporter.places.archive / run.batch
    assert {path.name for path in (batch / "blobs").iterdir()} == {
        sha_of(_large(each)) for each in others
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
    with _away(server), pytest.raises(Unreachable, match="SC-SERV-061"):
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
    with ExitStack() as unreadable:
        for each in lost:
            unreadable.enter_context(_unreadable(_place(server, _large(each))))
        run = server.export()
    assert run is not None
    assert (run.state, run.documents) == (RunState.HANDED_OVER, len(others))
    assert _exportable(server) == {each.id for each in others}
    assert _waiting(server) == {each.id for each in lost}


def test_that_staged_files_do_not_hide_a_store_that_is_away(
    adviser: Adviser, server: InProcessServer, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    """All that was judged goes once it is back."""
    drafts = _attach(adviser, clock, IN_A_ROW + 2)
    server.judge()
    _forget_staged(server, *drafts[:IN_A_ROW])
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    with _away(server), pytest.raises(Unreachable, match="SC-SERV-061"):
        server.export()
    assert _asked(caplog) == IN_A_ROW + 1
    server.exporter.finish()
    with server.office.reading() as desk:
        (run,) = runs.unanswered(desk)
    assert run.documents == len(drafts)


@pytest.mark.parametrize("missing", [_unreadable, _gone])
def test_that_a_late_package_that_is_lost_keeps_nothing_from_its_batch(
    adviser: Adviser, server: InProcessServer, clock: SetClock, missing: Missing
) -> None:
    late, other = adviser.offer(), adviser.offer()
    adviser.push_ok(late)
    evening = cutoff(last_cutoff_date(clock.now()) + timedelta(days=1))
    clock.set(evening)
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    package = adviser.package(late, _large(late))
    adviser.push_one(package)
    adviser.push_ok(other)
    with server.office.writing() as desk:
        late_packages.accept(desk, package.id, ("Jana", "in time"), {}, (JSON,))
    clock.set(evening + timedelta(days=1))
    with missing(_place(server, _large(late))):
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
    package = adviser.package(late, _large(late))
    adviser.push_one(package)
    with server.office.writing() as desk:
        late_packages.accept(desk, package.id, ("Jana", "in time"), {}, (JSON,))
    server.judge()
    clock.set(evening + timedelta(days=1))
    _sealed_half(server)
    _forget_staged(server)
    with _unreadable(_place(server, _large(late))):
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
    with _unreadable(_place(server, _large(first))):
        for _try in range(2):
            with pytest.raises(Unreachable, match="SC-SERV-061"):
                server.exporter.finish()
    assert (adviser.changes(0).rows, _waiting(server)) == (before, set())
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
    assert _exportable(server) == {each.id for each in drafts}
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    run = server.export()
    assert run is not None
    assert run.documents == len(drafts)
