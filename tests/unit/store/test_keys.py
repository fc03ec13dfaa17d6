"""The key ring: what opens it, what does not, and that the practice place is never silent."""

import importlib
import json
from pathlib import Path

import keyring.errors
import pytest

from smartclient.domain.errors import Damaged, NotAllowed, Unreachable
from smartclient.domain.mode import Mode
from smartclient.store.database import FILE_NAME, Database
from smartclient.store.keys import FILE, KeyRing
from smartclient.store.os_secret import KeyringSecret, PracticeSecret
from tests.simulators.time_and_ids import CountedIds, SetClock


class SystemStore:
    """A back end of the operating system as `keyring` shows it: in memory, and it may fail."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.kept[(service, username)] = password

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def system() -> SystemStore:
    return SystemStore()


def test_that_the_same_ring_opens_again_with_the_same_data_key(
    folder: Path, system: SystemStore
) -> None:
    made = KeyRing.open(folder, KeyringSecret(system)).data_key
    assert len(made) == 32
    assert KeyRing.open(folder, KeyringSecret(system)).data_key == made


def test_that_two_rings_on_one_computer_do_not_share_a_key(
    tmp_path: Path, system: SystemStore
) -> None:
    one = KeyRing.open(tmp_path / "one", KeyringSecret(system))
    other = KeyRing.open(tmp_path / "other", KeyringSecret(system))
    assert one.data_key != other.data_key


def test_that_neither_the_ring_nor_the_system_holds_the_data_key(
    folder: Path, system: SystemStore
) -> None:
    ring = KeyRing.open(folder, KeyringSecret(system))
    written = (folder / FILE).read_bytes() + "".join(system.kept.values()).encode()
    assert ring.data_key.hex().encode() not in written


def test_that_a_lost_secret_of_the_system_is_said(folder: Path, system: SystemStore) -> None:
    KeyRing.open(folder, KeyringSecret(system))
    system.kept.clear()
    with pytest.raises(NotAllowed, match="SC-STORE-043"):
        KeyRing.open(folder, KeyringSecret(system))


@pytest.mark.parametrize("other", ["00" * 32, "not hexadecimal"])
def test_that_another_secret_does_not_open_the_ring(
    folder: Path, system: SystemStore, other: str
) -> None:
    KeyRing.open(folder, KeyringSecret(system))
    system.kept = dict.fromkeys(system.kept, other)
    with pytest.raises(NotAllowed, match="SC-STORE-045"):
        KeyRing.open(folder, KeyringSecret(system))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format": 1, "id": "x", "wraps": []}'])
def test_that_a_damaged_ring_is_said_and_left_alone(
    folder: Path, system: SystemStore, content: bytes
) -> None:
    KeyRing.open(folder, KeyringSecret(system))
    (folder / FILE).write_bytes(content)
    with pytest.raises(Damaged, match="SC-STORE-044"):
        KeyRing.open(folder, KeyringSecret(system))
    assert (folder / FILE).read_bytes() == content


def test_that_a_ring_of_another_version_with_more_wraps_opens(
    folder: Path, system: SystemStore
) -> None:
    made = KeyRing.open(folder, KeyringSecret(system)).data_key
    ring = json.loads((folder / FILE).read_bytes())
    ring["wraps"].insert(0, {"by": "escrow", "sealed": "00"})
    (folder / FILE).write_text(json.dumps(ring))
    assert KeyRing.open(folder, KeyringSecret(system)).data_key == made


def test_that_no_new_ring_is_made_where_a_database_is(folder: Path, system: SystemStore) -> None:
    ring = KeyRing.open(folder, KeyringSecret(system))
    Database.open(folder, ring.data_key, clock=SetClock(), ids=CountedIds()).close()
    (folder / FILE).unlink()
    with pytest.raises(Damaged, match="SC-STORE-047"):
        KeyRing.open(folder, KeyringSecret(system))
    assert (folder / FILE_NAME).exists()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (keyring.errors.NoKeyringError("none"), "SC-STORE-040"),
        (keyring.errors.KeyringLocked("locked"), "SC-STORE-041"),
        (keyring.errors.PasswordSetError("full"), "SC-STORE-042"),
        (OSError("the bus went away"), "SC-STORE-042"),
    ],
)
def test_that_each_fault_of_the_system_has_its_sentence(
    folder: Path, system: SystemStore, fault: Exception, code: str
) -> None:
    system.fault = fault
    with pytest.raises(Unreachable, match=code):
        KeyRing.open(folder, KeyringSecret(system))
    assert not (folder / FILE).exists()


def test_that_a_computer_without_a_safe_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fail", "null"):
        unsafe = importlib.import_module(f"keyring.backends.{name}").Keyring()
        monkeypatch.setattr("keyring.get_keyring", lambda unsafe=unsafe: unsafe)
        with pytest.raises(Unreachable, match="SC-STORE-040"):
            KeyringSecret()


def test_that_the_practice_place_works_in_practice_and_is_refused_in_production(
    tmp_path: Path,
) -> None:
    place = tmp_path / "practice"
    made = KeyRing.open(tmp_path / "data", PracticeSecret(place, Mode.PRACTICE))
    again = KeyRing.open(tmp_path / "data", PracticeSecret(place, Mode.PRACTICE))
    assert again.data_key == made.data_key
    with pytest.raises(NotAllowed, match="SC-STORE-046"):
        PracticeSecret(place, Mode.PRODUCTION)


def test_that_small_secrets_are_kept_sealed_and_forgotten(
    folder: Path, system: SystemStore
) -> None:
    ring = KeyRing.open(folder, KeyringSecret(system))
    ring.put("install-key", b"a private key")
    assert b"private" not in (folder / "secret-install-key").read_bytes()
    assert KeyRing.open(folder, KeyringSecret(system)).get("install-key") == b"a private key"
    ring.forget("install-key")
    assert ring.get("install-key") is None


def test_that_a_damaged_or_exchanged_small_secret_is_said(
    folder: Path, system: SystemStore
) -> None:
    ring = KeyRing.open(folder, KeyringSecret(system))
    ring.put("install-key", b"one")
    ring.put("seal-key", b"other")
    (folder / "secret-install-key").write_bytes((folder / "secret-seal-key").read_bytes())
    with pytest.raises(Damaged, match="SC-STORE-048"):
        ring.get("install-key")
    (folder / "secret-seal-key").write_bytes(b"short")
    with pytest.raises(Damaged, match="SC-STORE-048"):
        ring.get("seal-key")
