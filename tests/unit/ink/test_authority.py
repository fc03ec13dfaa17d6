"""Biometrics are sealed for the newest valid certificate, and for practice ones only in practice."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.mode import Mode
from smartclient.ink.authority import authority_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(name: str, begins: int, ends: int) -> x509.Certificate:
    """One that is valid from and to a number of days from now."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=begins))
        .not_valid_after(NOW + timedelta(days=ends))
        .sign(KEY, hashes.SHA256())
    )


OLD = certificate("authority 2025", -400, 30)
NEW = certificate("authority 2026", -10, 700)
NEXT = certificate("authority 2027", 10, 1000)
OVER = certificate("authority 2020", -900, -1)
PRACTICE = certificate("PRACTICE independent authority", -1, 1000)


def file_of(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


@pytest.mark.parametrize("mode", Mode)
def test_that_the_newest_certificate_that_is_valid_now_is_taken(mode: Mode) -> None:
    for order in ((OLD, NEW, NEXT, OVER), (OVER, NEXT, NEW, OLD)):
        assert authority_of(file_of(*order), NOW, mode) == NEW
    assert authority_of(file_of(OLD, NEW, NEXT), NOW + timedelta(days=20), mode) == NEXT


@pytest.mark.parametrize("certificates", [(OVER,), (NEXT,), (OVER, NEXT)])
def test_that_nothing_is_sealed_when_no_certificate_is_valid_now(
    certificates: tuple[x509.Certificate, ...],
) -> None:
    with pytest.raises(NotAllowed, match="SC-SIGN-051"):
        authority_of(file_of(*certificates), NOW, Mode.PRODUCTION)


def test_that_production_seals_for_no_practice_authority() -> None:
    assert authority_of(file_of(PRACTICE), NOW, Mode.PRACTICE) == PRACTICE
    with pytest.raises(NotAllowed, match="SC-SIGN-052"):
        authority_of(file_of(PRACTICE), NOW, Mode.PRODUCTION)
    assert authority_of(file_of(OLD, PRACTICE), NOW, Mode.PRODUCTION) == OLD


@pytest.mark.parametrize("pem", [b"", b"no certificate"])
def test_that_a_component_without_a_certificate_is_refused(pem: bytes) -> None:
    with pytest.raises(Damaged, match="SC-SIGN-053"):
        authority_of(pem, NOW, Mode.PRACTICE)
