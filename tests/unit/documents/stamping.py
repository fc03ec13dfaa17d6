"""A time stamp authority of the test house, and the signed offer with its proof and time stamp."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from smartclient.backoffice.practice_tsa import PracticeTsa
from smartclient.documents.certificates import Issuer, root_certificate, time_stamp_certificate
from smartclient.documents.long_term import Stamp, kept_for_long
from smartclient.documents.revocation import Proof, revocation_list
from smartclient.documents.time_stamp import request_for, token_of
from tests.unit.documents.workshop import NOW, house, seal_key, signed

STAMPED_AT = NOW + timedelta(minutes=30)
NONCE = 20261121


class FixedClock:
    """Always the same instant."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def monotonic(self) -> float:
        return 0.0


@cache
def stamp_root() -> Issuer:
    """The root under which the authority stands: another one than the insurer's."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Issuer(key, root_certificate(key, "stamp root", NOW))


def authority(at: datetime = STAMPED_AT, root: Issuer | None = None) -> PracticeTsa:
    """An authority whose clock stands at an instant."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = root or stamp_root()
    certificate = time_stamp_certificate(key.public_key(), "stamps", issuer, NOW)
    return PracticeTsa(key, certificate, FixedClock(at))


@cache
def tsa() -> PracticeTsa:
    """The authority that the server asks."""
    return authority()


def asked_of(asked: PracticeTsa) -> Stamp:
    """What gets a token from an authority."""

    def stamp(digest: bytes) -> bytes:
        return token_of(asked.answer(request_for(digest, NONCE)), digest, NONCE)

    return stamp


def proof(
    *more: x509.Certificate, lists: tuple[x509.CertificateRevocationList, ...] | None = None
) -> Proof:
    """What the server keeps with the seal."""
    issuer = house().issuer
    of_house = (revocation_list(issuer, (), NOW, timedelta(days=7)),)
    certificates = (seal_key().certificate, issuer.certificate, house().root)
    of_stamp = (tsa().certificate, stamp_root().certificate)
    return Proof((*certificates, *of_stamp, *more), of_house if lists is None else lists)


def stamped_with(
    kept: Proof | None = None, stamp: Stamp | None = None, pdf: Callable[[], bytes] | None = None
) -> bytes:
    """The signed offer with its time stamp, made otherwise than the server does."""
    source = signed().pdf if pdf is None else pdf()
    return kept_for_long(source, kept or proof(), stamp or asked_of(tsa()))


@cache
def stamped() -> bytes:
    """The signed offer with its proof and time stamp."""
    return stamped_with()
