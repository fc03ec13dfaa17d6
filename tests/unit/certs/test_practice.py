"""Practice keys: made once, named so, and never in production."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store

from certs import practice
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.mode import Mode

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class _Clock:
    def __init__(self, now: datetime) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "practice"
    practice.make(folder, mode=Mode.PRACTICE, clock=_Clock(NOON))
    return folder


def _copy(made: Path, to: Path) -> Path:
    to.mkdir()
    for name, content in _contents(made).items():
        (to / name).write_bytes(content)
    return to


def test_that_only_the_owner_can_read_the_practice_files(made: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_that_every_subject_says_practice(made: Path) -> None:
    for path in made.glob("*.pem"):
        if "-key" not in path.name:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            assert "PRACTICE" in certificate.subject.rfc4514_string()


def test_that_a_second_call_changes_nothing(made: Path) -> None:
    before = _contents(made)
    practice.make(made, mode=Mode.PRACTICE, clock=_Clock(NOON + timedelta(days=100)))
    assert _contents(made) == before


def test_that_a_client_that_pins_the_root_accepts_the_server_under_its_local_name(
    made: Path,
) -> None:
    root = x509.load_pem_x509_certificate((made / "root.pem").read_bytes())
    leaf, server_ca = x509.load_pem_x509_certificates((made / "server.pem").read_bytes())
    verifier = PolicyBuilder().store(Store([root])).time(NOON)
    for name in (x509.DNSName("localhost"), practice.LOOPBACK):
        assert verifier.build_server_verifier(name).verify(leaf, [server_ca])


def test_that_the_document_ca_may_issue_no_further_ca(made: Path) -> None:
    certificate = x509.load_pem_x509_certificate((made / "document-ca.pem").read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)


def test_that_the_authority_key_has_3072_bits(made: Path) -> None:
    key = load_pem_private_key((made / "authority-key.pem").read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 3072


def test_that_a_lost_certificate_is_made_again_for_the_same_key(made: Path, tmp_path: Path) -> None:
    folder = _copy(made, tmp_path / "copy")
    key = (folder / "authority-key.pem").read_bytes()
    (folder / "authority.pem").unlink()
    practice.make(folder, mode=Mode.PRACTICE, clock=_Clock(NOON))
    assert (folder / "authority.pem").exists()
    assert (folder / "authority-key.pem").read_bytes() == key


def test_that_a_server_certificate_nearly_over_is_renewed_alone(made: Path, tmp_path: Path) -> None:
    folder = _copy(made, tmp_path / "copy")
    before = _contents(folder)
    practice.make(folder, mode=Mode.PRACTICE, clock=_Clock(NOON + timedelta(days=380)))
    changed = {name for name, content in _contents(folder).items() if before[name] != content}
    assert changed == {"server.pem"}


def test_that_a_damaged_key_is_named_and_left_as_it_is(made: Path, tmp_path: Path) -> None:
    folder = _copy(made, tmp_path / "copy")
    (folder / "core-key.pem").write_bytes(b"torn")
    with pytest.raises(Damaged) as refusal:
        practice.make(folder, mode=Mode.PRACTICE, clock=_Clock(NOON))
    assert refusal.value.code == "SC-ACT-091"
    assert refusal.value.values == {"file": "core-key.pem"}
    assert (folder / "core-key.pem").read_bytes() == b"torn"


def test_that_production_mode_makes_no_practice_key(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed) as refusal:
        practice.make(tmp_path / "keys", mode=Mode.PRODUCTION, clock=_Clock(NOON))
    assert refusal.value.code == "SC-ACT-090"
    assert not (tmp_path / "keys").exists()
