"""Lists of revoked certificates (RFC 5280), and what a seal is proved with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from smartclient.documents.certificates import Issuer


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that counts no more from a moment on."""

    serial_number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a seal and a time stamp can be judged by later; each thing once."""

    certificates: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...] = ()


def revocation_list(
    issuer: Issuer, revoked: Iterable[Revoked], now: datetime, life: timedelta
) -> x509.CertificateRevocationList:
    """The list of an authority as it stands now; its number grows with the time."""
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + life)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(key_id, critical=False)
    )
    for each in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(each.serial_number)
            .revocation_date(each.at)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.private_key, hashes.SHA256())


def is_list_of(listed: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    """Whether this authority signed the list."""
    if listed.issuer != authority.subject:
        return False
    key = authority.public_key()
    return listed.is_signature_valid(key)  # type: ignore[arg-type]


def revoked_at(
    certificate: x509.Certificate, listed: x509.CertificateRevocationList
) -> datetime | None:
    """Since when the list revokes the certificate; None when it does not, or is another's."""
    if listed.issuer != certificate.issuer:
        return None
    entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
    return None if entry is None else entry.revocation_date_utc
