"""Updates: four honest answers, whole sets only, and no attack that changes what is in use."""

import errno
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Targets, Timestamp

from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput, NoSpace
from smartclient.publisher.components import Catalogue
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.signing import sign_catalogue
from smartclient.sync.updates.answers import Outcome
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater
from tests.simulators.publishing import catalogue_of
from tests.simulators.update_server import UpdateServer

FORM, TARIFF = "forms/flexi-offer-1", "calc/flexi-1"
FIRST = catalogue_of({FORM: b"form", TARIFF: b"tariff"})
SECOND = catalogue_of({FORM: b"form", "calc/flexi-2": b"next"}, app="0.2.0")


class Laptop:
    """A laptop's folder and its updater."""

    def __init__(self, folder: Path, server: UpdateServer) -> None:
        self.folder = folder
        self.updater = CatalogueUpdater(folder, server.source, server, SystemClock(), "0.1.0")

    @property
    def store(self) -> CatalogueStore:
        return CatalogueStore(self.folder)

    def uses(self) -> str | None:
        current = self.store.current
        if current is not None:
            assert self.store.faulty(current) == ()
        return current.id if current else None


def _repository(server: UpdateServer) -> SignedRepository:
    return SignedRepository(server.signed, server.keys.root_history)


@pytest.fixture
def server(tmp_path: Path) -> UpdateServer:
    return UpdateServer(tmp_path / "server", FIRST)


@pytest.fixture
def laptop(tmp_path: Path, server: UpdateServer) -> Laptop:
    """A laptop that has the first set."""
    laptop = Laptop(tmp_path / "laptop", server)
    assert laptop.updater.update().outcome is Outcome.AVAILABLE
    server.asked.clear()
    return laptop


def _code(laptop: Laptop, expected: Outcome = Outcome.REFUSED) -> str:
    """The code of an update that must fail and must leave the first set in use."""
    answer = laptop.updater.update()
    assert answer.outcome is expected
    assert answer.refusal is not None
    assert answer.sentence.happened
    assert laptop.uses() == FIRST.signed_set.id
    return answer.refusal.code


def test_that_the_first_synchronisation_brings_the_whole_set(
    tmp_path: Path, server: UpdateServer
) -> None:
    laptop = Laptop(tmp_path / "laptop", server)
    seen: list[tuple[int, int]] = []
    answer = laptop.updater.update(lambda here, every: seen.append((here, every)))
    assert answer.installed
    assert laptop.uses() == FIRST.signed_set.id
    assert laptop.store.tariff("flexi", 1) == {"content": b"tariff"}
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_that_nothing_new_costs_two_requests(laptop: Laptop, server: UpdateServer) -> None:
    assert laptop.updater.update().outcome is Outcome.NONE
    assert server.asked == ["metadata/2.root.json", "metadata/timestamp.json"]


def test_that_looking_fetches_no_component(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(SECOND)
    answer = laptop.updater.check()
    assert answer.outcome is Outcome.AVAILABLE
    assert [component.id for component in answer.changed] == ["flexi"]
    assert laptop.uses() == FIRST.signed_set.id
    assert not [path for path in server.asked if path.startswith("targets/calc")]


def test_that_an_update_fetches_only_what_changed(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(SECOND)
    assert laptop.updater.update().installed
    assert laptop.uses() == SECOND.signed_set.id
    fetched = [path.split("/")[1] for path in server.asked if path.startswith("targets/")]
    assert fetched == ["sets", "calc"]


def test_that_a_document_can_bring_the_older_set_it_names(
    tmp_path: Path, server: UpdateServer
) -> None:
    server.publish(SECOND)
    laptop = Laptop(tmp_path / "laptop", server)
    laptop.updater.update()
    assert laptop.updater.fetch_set(FIRST.signed_set.id).outcome is Outcome.AVAILABLE
    assert laptop.uses() == SECOND.signed_set.id
    assert laptop.store.tariff("flexi", 1) == {"content": b"tariff"}
    laptop.store.forget_unused({FIRST.signed_set.id})
    assert laptop.store.tariff("flexi", 1)


def test_that_a_damaged_component_is_mended(laptop: Laptop) -> None:
    for path in (laptop.folder / "files").iterdir():
        path.write_bytes(b"torn")
    answer = laptop.updater.update()
    assert (answer.outcome, len(answer.changed)) == (Outcome.AVAILABLE, 2)
    assert laptop.uses() == FIRST.signed_set.id


def test_that_damaged_metadata_on_the_laptop_is_fetched_again(
    laptop: Laptop, server: UpdateServer
) -> None:
    for path in (laptop.folder / "metadata").rglob("*.json"):
        if not path.is_symlink():
            path.write_bytes(b"torn")
    assert laptop.updater.update().outcome is Outcome.NONE


def test_that_a_lost_pointer_is_mended(laptop: Laptop) -> None:
    (laptop.folder / "current").write_bytes(b"\xff")
    assert laptop.updater.update().installed
    assert laptop.uses() == FIRST.signed_set.id


# Off-line and broken lines: not checked, and never "there are none".


def test_that_off_line_nothing_is_claimed(laptop: Laptop, server: UpdateServer) -> None:
    server.offline = True
    assert _code(laptop, Outcome.NOT_CHECKED) == "SC-CAT-001"
    assert laptop.updater.check_app().outcome is Outcome.NOT_CHECKED


@pytest.mark.parametrize(
    "path", ["metadata/2.root.json", "metadata/timestamp.json", "snapshot", "targets", "calc"]
)
def test_that_a_cut_line_leaves_the_set_in_use_and_the_next_try_succeeds(
    laptop: Laptop, server: UpdateServer, path: str
) -> None:
    server.publish(SECOND)
    newest = server.served.newest(path)
    full = f"metadata/{newest[0]}.{path}.json" if newest else path
    if path == "metadata/2.root.json":
        server.rotate("root-1")
    server.cut(full)
    assert _code(laptop, Outcome.NOT_CHECKED) == "SC-CAT-001"
    server.instead.clear()
    assert laptop.updater.update().installed
    assert laptop.uses() == SECOND.signed_set.id


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_that_a_server_that_answers_no_file_was_not_checked(
    laptop: Laptop, server: UpdateServer, status: int
) -> None:
    server.statuses["metadata/timestamp.json"] = status
    assert _code(laptop, Outcome.NOT_CHECKED) == "SC-CAT-003"


def test_that_a_stopped_update_leaves_the_set_in_use(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(SECOND)
    answer = laptop.updater.update(cancelled=lambda: "targets/sets" in server.asked[-1])
    assert answer.refusal is not None
    assert (answer.outcome, answer.refusal.code) == (Outcome.NOT_CHECKED, "SC-CAT-004")
    assert laptop.uses() == FIRST.signed_set.id


def test_that_two_processes_do_not_update_at_once(laptop: Laptop) -> None:
    other = sqlite3.connect(laptop.folder / "lock", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert _code(laptop, Outcome.NOT_CHECKED) == "SC-CAT-002"
    finally:
        other.close()
    assert laptop.updater.update().outcome is Outcome.NONE


@pytest.mark.parametrize("blocked", ["", "lock", "metadata", "incoming"])
def test_that_a_folder_that_cannot_be_used_is_not_an_update(
    tmp_path: Path, server: UpdateServer, blocked: str
) -> None:
    folder = tmp_path / "laptop"
    if blocked in ("", "metadata", "incoming"):
        (folder / blocked).parent.mkdir(exist_ok=True)
        (folder / blocked).write_text("a file where a folder should be")
    else:
        (folder / blocked).mkdir(parents=True)
    laptop = Laptop(folder, server)
    for answer in (laptop.updater.update(), laptop.updater.check_app()):
        assert answer.outcome is Outcome.NOT_CHECKED
        assert answer.refusal is not None
        assert answer.refusal.code == "SC-CAT-005"


def test_that_a_full_disk_is_told_and_changes_nothing(
    laptop: Laptop, server: UpdateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.publish(SECOND)

    def full(_self: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NoSpace):
        laptop.updater.update()
    monkeypatch.undo()
    assert laptop.uses() == FIRST.signed_set.id


# The attacks that the update framework must hold against.


def test_that_an_arbitrary_file_is_refused(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(SECOND)
    path = server.target_path("calc/flexi-2.zip")
    server.replace(path, bytes(len(server.read(path))))
    assert _code(laptop) == "SC-CAT-015"


def test_that_endless_data_is_refused(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(SECOND)
    for path in ("metadata/timestamp.json", server.target_path("calc/flexi-2.zip")):
        server.instead.clear()
        server.endless(path)
        assert _code(laptop) == "SC-CAT-014"


def test_that_an_older_timestamp_is_refused(laptop: Laptop, server: UpdateServer) -> None:
    older = server.read("metadata/timestamp.json")
    server.publish(SECOND)
    first = laptop.updater.check()
    assert first.outcome is Outcome.AVAILABLE
    server.replace("metadata/timestamp.json", older)
    assert _code(laptop) == "SC-CAT-011"


def test_that_news_whose_time_is_over_is_refused(laptop: Laptop, server: UpdateServer) -> None:
    server.served = type(server.served)(server.served.folder.parent / "frozen")
    server.publish_signed(ago=timedelta(days=2))
    (laptop.folder / "metadata" / "timestamp.json").unlink()
    server.server_time = datetime.now(UTC)
    assert _code(laptop) == "SC-CAT-012"


def test_that_a_wrong_clock_is_told_from_a_freeze(laptop: Laptop, server: UpdateServer) -> None:
    server.served = type(server.served)(server.served.folder.parent / "frozen")
    server.publish_signed(ago=timedelta(days=2))
    (laptop.folder / "metadata" / "timestamp.json").unlink()
    server.server_time = datetime.now(UTC) - timedelta(days=2)
    assert _code(laptop) == "SC-CAT-013"


def test_that_a_mix_of_two_snapshots_is_refused(laptop: Laptop, server: UpdateServer) -> None:
    old = server.read("metadata/1.targets.json")
    server.publish(SECOND)
    server.replace("metadata/2.targets.json", old)
    assert _code(laptop) == "SC-CAT-015"


def test_that_too_few_signatures_are_refused(laptop: Laptop, server: UpdateServer) -> None:
    server.rotate("root-1")
    server.forge("root", lambda _signed: None, {"root-2": server.keys.signer("root-2")})
    assert _code(laptop) == "SC-CAT-010"


def test_that_the_on_line_key_cannot_sign_a_root(laptop: Laptop, server: UpdateServer) -> None:
    server.rotate("root-1")
    online = {name: server.keys.signer(name) for name in ("snapshot", "timestamp")}
    server.forge("root", lambda _signed: None, online)
    assert _code(laptop) == "SC-CAT-010"


def _newest_calc(server: UpdateServer) -> tuple[Path, Metadata[Targets]]:
    path = max((server.signed / "metadata").glob("*.calc.json"))
    return path, Metadata[Targets].from_bytes(path.read_bytes())


def test_that_stolen_on_line_keys_cannot_bring_a_tariff(
    laptop: Laptop, server: UpdateServer
) -> None:
    """With the on-line keys alone an attacker can hide news but not make any."""
    sign_catalogue(SECOND, _repository(server), server.keys, server.now)
    path, metadata = _newest_calc(server)
    metadata.signed.targets["calc/flexi-2.zip"].hashes["sha256"] = "0" * 64
    path.write_bytes(metadata.to_bytes())
    server.publish_unjudged()
    assert _code(laptop) == "SC-CAT-010"


def test_that_the_key_of_forms_cannot_sign_a_tariff(laptop: Laptop, server: UpdateServer) -> None:
    sign_catalogue(SECOND, _repository(server), server.keys, server.now)
    path, metadata = _newest_calc(server)
    metadata.sign(server.keys.signer("forms"))
    path.write_bytes(metadata.to_bytes())
    server.publish_unjudged()
    assert _code(laptop) == "SC-CAT-010"


def test_that_the_role_of_forms_cannot_bring_a_tariff(laptop: Laptop, server: UpdateServer) -> None:
    """Its delegation ends where its folder ends, whatever it signs."""
    sign_catalogue(SECOND, _repository(server), server.keys, server.now)
    (server.signed / "metadata" / "2.calc.json").unlink()
    repository = _repository(server)
    repository.add_targets(
        "forms", {"calc/flexi-2.zip": SECOND.archives["calc/flexi-2.zip"]}, server.now
    )
    repository.sign("forms", server.keys)
    repository.write(["forms"])
    server.publish_unjudged()
    assert _code(laptop) == "SC-CAT-017"


def test_that_a_set_that_names_other_bytes_than_the_role_is_refused(
    laptop: Laptop, server: UpdateServer
) -> None:
    """Every signature is good, but set and role were not made for each other."""
    other = catalogue_of({TARIFF: b"cheaper"}).archives[f"{TARIFF}.zip"]
    mixed = Catalogue(SECOND.signed_set, {**SECOND.archives, "calc/flexi-2.zip": other})
    sign_catalogue(mixed, _repository(server), server.keys, server.now)
    with pytest.raises(BadInput) as refusal:
        server.publish_signed()
    assert refusal.value.code == "SC-CAT-076"
    server.publish_unjudged()
    assert _code(laptop) == "SC-CAT-017"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("metadata/timestamp.json", b""),
        ("metadata/timestamp.json", b'{"signed": 1}'),
        ("metadata/timestamp.json", b"\xff\xfe"),
        ("metadata/2.root.json", b"<html>Welcome to the hotel</html>"),
    ],
)
def test_that_broken_metadata_is_refused(
    laptop: Laptop, server: UpdateServer, file: str, content: bytes
) -> None:
    server.replace(file, content)
    assert _code(laptop) == "SC-CAT-016"


def test_that_a_fast_forward_is_healed_by_new_on_line_keys(
    laptop: Laptop, server: UpdateServer
) -> None:
    """A thief of the on-line keys drives the versions to the end; rotation brings them back."""
    stolen = server.keys.signer("timestamp")
    metadata = Metadata[Timestamp].from_bytes(server.read("metadata/timestamp.json"))
    metadata.signed.version = 2**31
    metadata.sign(stolen)
    server.replace("metadata/timestamp.json", metadata.to_bytes())
    assert laptop.updater.update().outcome is Outcome.NONE
    server.instead.clear()
    server.publish(SECOND)
    assert _code(laptop) == "SC-CAT-011"
    server.rotate("timestamp")
    server.rotate("snapshot")
    assert laptop.updater.update().installed
    assert laptop.uses() == SECOND.signed_set.id


@pytest.mark.parametrize("key", ["root-1", "targets-2", "forms", "calc", "snapshot", "timestamp"])
def test_that_a_laptop_follows_a_replaced_key(
    laptop: Laptop, server: UpdateServer, key: str
) -> None:
    server.rotate(key)
    server.publish(SECOND)
    assert laptop.updater.update().installed
    assert laptop.uses() == SECOND.signed_set.id


def test_that_a_laptop_off_line_for_years_follows_every_root(
    laptop: Laptop, server: UpdateServer
) -> None:
    for key in ("root-1", "root-2", "root-3", "targets-1", "targets-2"):
        server.rotate(key)
    server.publish(SECOND)
    assert laptop.updater.update().installed


# Sets that fit together, and the application itself.


def test_that_a_set_for_a_newer_application_waits(laptop: Laptop, server: UpdateServer) -> None:
    server.publish(catalogue_of({"calc/flexi-3": b"new kind"}, app="0.3.0", min_app="0.3.0"))
    assert _code(laptop) == "SC-CAT-018"
    answer = laptop.updater.check_app()
    assert (answer.outcome, answer.newest) == (Outcome.AVAILABLE, "0.3.0")


def test_that_no_update_is_said_only_after_a_look_that_succeeded(
    laptop: Laptop, server: UpdateServer
) -> None:
    assert laptop.updater.check_app().sentence.happened == (
        "There are no updates of the application."
    )
    for disturb in _disturbances(server):
        disturb()
        answer = laptop.updater.check_app()
        assert answer.outcome in (Outcome.NOT_CHECKED, Outcome.REFUSED)
        assert "There are no updates" not in answer.sentence.happened


def _disturbances(server: UpdateServer) -> list[Callable[[], None]]:
    def offline() -> None:
        server.offline = True

    def empty() -> None:
        server.offline = False
        server.replace("metadata/timestamp.json", b"")

    return [offline, empty]


def test_that_a_newer_application_is_named_with_its_day(
    laptop: Laptop, server: UpdateServer
) -> None:
    server.publish(SECOND)
    answer = laptop.updater.check_app()
    assert (answer.outcome, answer.current, answer.newest) == (Outcome.AVAILABLE, "0.1.0", "0.2.0")
    assert "0.2.0" in answer.sentence.happened
    assert "1.\u00a011.\u00a02026" in answer.sentence.happened
    assert laptop.uses() == FIRST.signed_set.id
