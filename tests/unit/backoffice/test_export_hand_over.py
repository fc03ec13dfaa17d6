"""The hand-over when the core's side fails: it waits, and keeps no document from its lock."""

import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.comparing import Difference
from smartclient.backoffice.operations.export.handing_over import MARK
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.reconciling import reconcile
from smartclient.backoffice.operations.export.reporting import as_json, as_table
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain import presentation
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Accepted, Acknowledgement, Rejected, ack_name
from smartclient.wire.messages import JsonObject, RecordKind
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.core_keys import CORE_KEY, core_certificate
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
DAYS = tuple(DAY + timedelta(days=number) for number in range(3))
BATCHES = tuple(f"smartclient-{day:%Y%m%d}-01" for day in DAYS)


@pytest.fixture
def server(memory_server: InProcessServer) -> InProcessServer:
    """What is tried here is the same on each database."""
    return memory_server


@pytest.fixture
def adviser(server: InProcessServer) -> Adviser:
    """An adviser of that back office."""
    return Adviser(server, server.office.ids)


def _evening(server: InProcessServer, adviser: Adviser, clock: SetClock, day: int = 0) -> Draft:
    """A document is complete; it is the cut-off of that day."""
    adviser.headers = server.bearer(adviser.installed)
    draft = adviser.offer(number=f"720000000{day + 1}")
    adviser.push_ok(draft)
    clock.set(cutoff(DAYS[day]))
    adviser.headers = server.bearer(adviser.installed)
    return draft


def _state(server: InProcessServer, day: int = 0) -> RunState:
    with server.office.reading() as desk:
        return runs.require(desk, DAYS[day]).state


def _is_locked(adviser: Adviser, draft: Draft) -> bool:
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    return row.state is ServerState.LOCKED


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def _bytes(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _answer(server: InProcessServer, accepted: list[Draft], rejected: dict[str, Draft]) -> None:
    """The core's answer to the first batch, in place of any before."""
    digest = encoding.sha256((server.core.folder / BATCHES[0] / "manifest.json").read_bytes())
    lines = tuple(Rejected(draft.id, 1, reason) for reason, draft in rejected.items())
    taken = tuple(Accepted(draft.id, 1) for draft in accepted)
    said = Acknowledgement(BATCHES[0], digest, taken, lines)
    content = encoding.canonical(said.to_json())
    (server.core.folder / ack_name(BATCHES[0])).write_bytes(content)


def test_that_a_share_that_is_away_keeps_no_document_from_its_lock(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    """Two evenings without it; then both batches go, in the order in which they follow."""
    core = server.core.folder
    core.parent.mkdir(parents=True, exist_ok=True)
    core.write_bytes(b"no folder can be made here")
    drafts = []
    for day in range(2):
        drafts.append(_evening(server, adviser, clock, day))
        with pytest.raises(OSError):
            server.export()
        assert _is_locked(adviser, drafts[-1])
        with pytest.raises(OSError):
            server.exporter.finish()
    assert (_state(server, 0), _state(server, 1)) == (RunState.TOLD, RunState.TOLD)
    core.unlink()
    server.exporter.finish()
    server.answer()
    assert {_state(server, day) for day in range(2)} == {RunState.ACKNOWLEDGED}


@pytest.mark.parametrize("is_sealed", [False, True])
def test_that_a_batch_is_not_copied_where_it_has_no_room(
    server: InProcessServer,
    adviser: Adviser,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    is_sealed: bool,
) -> None:
    if is_sealed:
        server.core = replace(server.core, key=CORE_KEY)
        policy = ExportPolicy(reader=core_certificate())
        server.exporter = replace(server.exporter, policy=policy)
    draft = _evening(server, adviser, clock)
    module = "smartclient.backoffice.operations.export.handing_over"
    with monkeypatch.context() as full:
        full.setattr(f"{module}.shutil.disk_usage", lambda _folder: _Room(1_000))
        full.setattr(f"{module}.copy_durably", _no_space)
        with pytest.raises(NotAllowed, match="SC-EXP-029") as refusal:
            server.export()
    assert (refusal.value.values["needed"], refusal.value.values["free"]) == ("1", "0")
    assert _is_locked(adviser, draft)
    assert [path.name for path in server.core.folder.iterdir()] == [MARK]
    server.exporter.finish()
    assert _state(server) is RunState.HANDED_OVER


def test_that_a_copy_that_was_cut_off_takes_no_room_at_the_core(
    server: InProcessServer, adviser: Adviser, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quota is not told as free room."""

    def quota(_file: Path, place: Path) -> None:
        place.write_bytes(b"half of it")
        raise OSError(122, "quota exceeded")

    _evening(server, adviser, clock)
    with monkeypatch.context() as full:
        full.setattr("smartclient.backoffice.operations.export.durable.copy_file", quota)
        with pytest.raises(OSError, match="quota"):
            server.export()
    assert [path.name for path in server.core.folder.iterdir()] == [MARK]


@dataclass(frozen=True, slots=True)
class _Room:
    free: int


def test_that_an_empty_place_of_a_share_is_not_taken_for_the_share(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    _evening(server, adviser, clock)
    server.export()
    server.answer()
    share = server.core.folder
    away = share.rename(share.with_name("away"))
    share.mkdir()
    draft = _evening(server, adviser, clock, 1)
    with pytest.raises(NotAllowed, match="SC-EXP-026"):
        server.export()
    assert _is_locked(adviser, draft)
    assert list(share.iterdir()) == []
    share.rmdir()
    away.rename(share)
    server.exporter.finish()
    assert _state(server, 1) is RunState.HANDED_OVER


def test_that_a_new_folder_of_the_core_is_named_so_by_its_mark(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    _evening(server, adviser, clock)
    server.export()
    shutil.rmtree(server.core.folder)
    _evening(server, adviser, clock, 1)
    with pytest.raises(NotAllowed, match="SC-EXP-026"):
        server.export()
    server.core.folder.mkdir()
    (server.core.folder / MARK).touch()
    server.exporter.finish()
    assert _state(server, 1) is RunState.HANDED_OVER


def test_that_an_expired_certificate_of_the_core_stops_the_hand_over_alone(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    expired = core_certificate()
    server.exporter = replace(server.exporter, policy=ExportPolicy(reader=expired))
    draft = _evening(server, adviser, clock)
    clock.set(cutoff(DAY + timedelta(days=400)))
    with pytest.raises(NotAllowed, match="SC-EXP-027") as refusal:
        server.export()
    assert refusal.value.values["date"] == presentation.day(date(2027, 11, 1))
    adviser.headers = server.bearer(adviser.installed)
    assert _is_locked(adviser, draft)
    assert not (server.core.folder / BATCHES[0]).exists()


def test_that_a_batch_which_never_arrived_is_sealed_for_the_certificate_of_now(
    server: InProcessServer, adviser: Adviser, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed for one certificate, then the share failed, then the core got another."""
    server.core = replace(server.core, key=CORE_KEY)
    policy = ExportPolicy(reader=core_certificate())
    server.exporter = replace(server.exporter, policy=policy)
    _evening(server, adviser, clock)
    module = "smartclient.backoffice.operations.export.handing_over.copy_durably"
    with monkeypatch.context() as failing:
        failing.setattr(module, _no_space)
        with pytest.raises(OSError, match="no space"):
            server.export()
    named = server.exporter.places.archive / "sealed" / f"{BATCHES[0]}.reader"
    sealed = named.with_suffix("")
    before = _bytes(sealed)
    with monkeypatch.context() as failing:
        failing.setattr(module, _no_space)
        with pytest.raises(OSError, match="no space"):
            server.exporter.finish()
    assert _bytes(sealed) == before
    named.write_text("another certificate")
    server.exporter.finish()
    assert _bytes(sealed) != before
    server.answer()
    assert _state(server) is RunState.ACKNOWLEDGED


def _no_space(*_folders: Path) -> None:
    raise OSError(28, "no space left")


def test_that_a_resend_replaces_what_was_damaged_at_the_core(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    _evening(server, adviser, clock)
    server.export()
    there = server.core.folder / BATCHES[0]
    sent = _bytes(there)
    (there / "documents.ndjson.zst").write_bytes(b"damaged")
    (there / "READY").unlink()
    server.exporter.resend(DAY)
    assert _bytes(there) == sent
    assert list(server.core.folder.glob(".*.partial")) == []


def test_that_a_resend_without_room_takes_nothing_away(
    server: InProcessServer, adviser: Adviser, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies there makes room for itself; nobody would hand it over again but a person."""
    _evening(server, adviser, clock)
    server.export()
    there = server.core.folder / BATCHES[0]
    sent = _bytes(there)
    module = "smartclient.backoffice.operations.export.handing_over"

    def free(_folder: Path) -> _Room:
        return _Room(0 if there.exists() else 1_000_000)

    monkeypatch.setattr(f"{module}.shutil.disk_usage", free)
    server.exporter.resend(DAY)
    assert _bytes(there) == sent
    (there / "documents.ndjson.zst").unlink()
    (there / "manifest.json").unlink()
    left = _bytes(there)
    with pytest.raises(NotAllowed, match="SC-EXP-029"):
        server.exporter.resend(DAY)
    assert _bytes(there) == left


@pytest.mark.parametrize("name", ["manifest.json", "documents.ndjson.zst"])
def test_that_a_resend_of_what_we_do_not_have_takes_nothing_away(
    server: InProcessServer, adviser: Adviser, clock: SetClock, name: str
) -> None:
    _evening(server, adviser, clock)
    server.export()
    sent = _bytes(server.core.folder)
    (server.exporter.places.archive / BATCHES[0] / name).unlink()
    with pytest.raises(Damaged, match="SC-EXP-005"):
        server.exporter.resend(DAY)
    assert _bytes(server.core.folder) == sent


@pytest.mark.parametrize("unreadable", [True, False])
def test_that_an_answer_that_cannot_be_used_keeps_back_no_other(
    server: InProcessServer, adviser: Adviser, clock: SetClock, unreadable: bool
) -> None:
    drafts = []
    for day in range(2):
        drafts.append(_evening(server, adviser, clock, day))
        server.export()
    server.core.take(BATCHES[0])
    server.core.take(BATCHES[1])
    answer = server.core.folder / ack_name(BATCHES[0])
    if unreadable:
        answer.unlink()
        answer.mkdir()
    else:
        answer.write_bytes(b"{")
    with pytest.raises(OSError if unreadable else BadInput):
        server.exporter.read_answers()
    assert _state(server, 1) is RunState.ACKNOWLEDGED
    assert _status(adviser, drafts[1])["core"] == "accepted"
    assert _status(adviser, drafts[0])["core"] == "none"


def test_that_the_first_answer_to_a_line_stands_and_another_one_is_reported(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    first, second = _evening(server, adviser, clock), adviser.offer(number="7200000009")
    adviser.push_ok(second)
    server.export()
    _answer(server, [first], {})
    (taken,) = server.exporter.read_answers()
    assert (taken.accepted, taken.rejected, taken.unknown) == (1, 0, 0)
    _answer(server, [], {"changed our mind": first, "no\x1b[2J\nsuch tariff": second})
    (taken,) = server.exporter.read_answers()
    assert (taken.accepted, taken.rejected, taken.unknown) == (0, 1, 0)
    assert (_status(adviser, first)["core"], _state(server)) == ("accepted", RunState.ACKNOWLEDGED)
    places = server.exporter.places
    with server.office.reading() as desk:
        found = reconcile(desk, DAY, places.archive, places.to_core)
    assert found.differences == ((Difference.ANSWERED_OTHERWISE, 1),)
    assert "  7200000009  no [2J such tariff\n" in as_table(found)


def test_that_a_batch_that_did_not_go_in_time_is_told_as_such(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    _evening(server, adviser, clock)
    server.core.folder.parent.mkdir(parents=True, exist_ok=True)
    server.core.folder.write_bytes(b"no folder can be made here")
    with pytest.raises(OSError):
        server.export()
    places = server.exporter.places
    for minutes, overdue in ((5, False), (31, True)):
        clock.pass_time(minutes=minutes)
        with server.office.reading() as desk:
            found = reconcile(desk, DAY, places.archive, places.to_core)
        assert (as_json(found)["overdue"], found.is_even) == (overdue, False)
        assert ("should have been handed over and was not" in as_table(found)) is overdue


@pytest.mark.parametrize(
    ("harm", "difference"),
    [("READY", Difference.NOT_READY), ("blobs", Difference.OTHER_FILES)],
)
def test_that_a_batch_nobody_can_take_is_found(
    server: InProcessServer, adviser: Adviser, clock: SetClock, harm: str, difference: Difference
) -> None:
    draft = _evening(server, adviser, clock)
    clock.set(cutoff(DAY) - timedelta(hours=1))
    adviser.headers = server.bearer(adviser.installed)
    adviser.push(adviser.package(draft))
    clock.set(cutoff(DAY))
    server.export()
    places = server.exporter.places
    if harm == "READY":
        (places.to_core / BATCHES[0] / harm).unlink()
    else:
        next((places.archive / BATCHES[0] / harm).iterdir()).unlink()
    with server.office.reading() as desk:
        found = reconcile(desk, DAY, places.archive, places.to_core)
    assert found.differences == ((difference, 1),)


def test_that_a_batch_counts_as_removed_when_it_is_gone_from_the_core_as_well(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    _evening(server, adviser, clock)
    server.export()
    server.answer()
    clock.set(cutoff(DAY + timedelta(days=400)))
    share = server.core.folder
    away = share.rename(share.with_name("away"))
    for _ in range(2):
        with pytest.raises(NotAllowed, match="SC-EXP-026"):
            server.exporter.remove_expired()
    ours = server.exporter.places.archive / BATCHES[0]
    assert sorted(path.name for path in ours.iterdir()) == ["manifest.json", "manifest.sig"]
    away.rename(share)
    assert server.exporter.remove_expired() == [BATCHES[0]]
    assert [path.name for path in share.glob("*smartclient-2*")] == []


@pytest.mark.parametrize("at_the_core", [True, False])
def test_that_a_batch_that_cannot_be_removed_keeps_no_other(
    server: InProcessServer, adviser: Adviser, clock: SetClock, at_the_core: bool
) -> None:
    for day in range(2):
        _evening(server, adviser, clock, day)
        server.export()
        server.answer()
    clock.set(cutoff(DAY + timedelta(days=400)))
    archive, share = server.exporter.places.archive, server.core.folder
    obstacle = share / BATCHES[0] if at_the_core else archive / "sealed" / BATCHES[0]
    shutil.rmtree(obstacle, ignore_errors=True)
    obstacle.parent.mkdir(exist_ok=True)
    obstacle.write_bytes(b"no folder")
    with pytest.raises(OSError, match="Not a directory"):
        server.exporter.remove_expired()
    assert not (share / BATCHES[1]).exists()
    assert len(list((archive / BATCHES[1]).iterdir())) == 2
    obstacle.unlink()
    assert server.exporter.remove_expired() == [BATCHES[0]]


def test_that_a_full_disk_before_the_seal_keeps_nobody_busy(
    server: InProcessServer, adviser: Adviser, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _evening(server, adviser, clock)
    module = "smartclient.backoffice.operations.export.laying.write_durably"
    with monkeypatch.context() as full:
        full.setattr(module, _no_space)
        with pytest.raises(OSError, match="no space"):
            server.export()
    clock.pass_time(minutes=1)
    adviser.edit(draft)
    adviser.push_ok(draft)
    server.exporter.finish()
    assert _state(server) is RunState.HANDED_OVER
    assert list(server.exporter.places.archive.glob(".*.partial")) == []


def test_that_a_full_disk_behind_the_seal_loses_nothing_and_goes_on(
    server: InProcessServer, adviser: Adviser, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _evening(server, adviser, clock)
    module = "smartclient.backoffice.operations.export.writing.write_durably"
    with monkeypatch.context() as full:
        full.setattr(module, _no_space)
        with pytest.raises(OSError, match="no space"):
            server.export()
    server.exporter.finish()
    server.core = CoreSystem(server.core.folder, server.core.trusted)
    server.answer()
    assert _status(adviser, draft)["core"] == "accepted"
