"""What activation gave this install, as one secret in the key ring: all of it or nothing of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from smartclient.documents.certificates import is_seal_profile
from smartclient.documents.keys import SealKey
from smartclient.domain.clock import from_text, to_text
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import HrNumber
from smartclient.sync.activation.keys import InstallKeys, SealKeyPlaces
from smartclient.sync.exchange.identity import Identity
from smartclient.wire.admission import ActivateReply, AdviserUser
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.messages import mapping, text

RENEWED_AFTER = 2 / 3
"""The part of a certificate's life after which it is renewed."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An activated install: who it is, for whom it works, and its keys with their certificates."""

    hr: HrNumber
    user: AdviserUser
    device: str
    activated_at: datetime
    reply: ActivateReply
    keys: InstallKeys

    @property
    def partner_name(self) -> str:
        """The company that the HR number belongs to."""
        return self.reply.partner_name

    def identity(self) -> Identity:
        """What proves this install to the server; signs with the install key alone."""
        return Identity(
            self.reply.install,
            self.reply.scope,
            self.reply.server_name,
            lambda message: self.keys.install.sign(message, ECDSA(SHA256())),
        )

    def seal_key(self) -> SealKey:
        """What documents are sealed with."""
        certificate = _certificate(self.reply.certificate_seal)
        issuers = _chain(self.reply.chain)
        nearest = tuple(each for each in issuers if each.subject == certificate.issuer)
        return SealKey(self.keys.seal, certificate, nearest)

    def is_due_for_renewal(self, now: datetime) -> bool:
        """Whether two thirds of the life of the install certificate are over."""
        certificate = _certificate(self.reply.certificate_install)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        life: timedelta = (end - begin) * RENEWED_AFTER
        return now >= begin + life

    def require_genuine(self, root: x509.Certificate) -> None:
        """Damaged SC-ACT-005 unless both certificates are for our keys and under our root."""
        try:
            issuers = _chain(self.reply.chain)
            for issuer in issuers:
                issuer.verify_directly_issued_by(root)
            pairs: tuple[tuple[str, EllipticCurvePrivateKey], ...] = (
                (self.reply.certificate_install, self.keys.install),
                (self.reply.certificate_seal, self.keys.seal),
            )
            for pem, key in pairs:
                certificate = _certificate(pem)
                issuer = next(each for each in issuers if each.subject == certificate.issuer)
                certificate.verify_directly_issued_by(issuer)
                if certificate.public_key() != key.public_key():
                    raise Damaged("SC-ACT-005")
        except (ValueError, TypeError, StopIteration, InvalidSignature) as wrong:
            raise Damaged("SC-ACT-005") from wrong
        if not is_seal_profile(_certificate(self.reply.certificate_seal)):
            raise Damaged("SC-ACT-005")

    def to_bytes(self) -> bytes:
        """All of it, for the key ring only."""
        return canonical(
            {
                "hr": self.hr,
                "user": self.user.to_json(),
                "device": self.device,
                "activated_at": to_text(self.activated_at),
                "reply": self.reply.to_json(),
                "keys": self.keys.to_json(),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes, places: SealKeyPlaces) -> "Installed":
        """The install of `to_bytes`; Damaged SC-ACT-006 when it cannot be read.

        NotAllowed SC-ACT-033 when its seal key is in a place that this program cannot reach.
        """
        try:
            fields = mapping(parse(content))
            return cls(
                HrNumber(text(fields, "hr", 20)),
                AdviserUser.from_json(fields.get("user")),
                text(fields, "device"),
                from_text(text(fields, "activated_at", 40)),
                ActivateReply.from_json(fields.get("reply")),
                InstallKeys.from_json(fields.get("keys"), places),
            )
        except (BadInput, ValueError) as broken:
            raise Damaged("SC-ACT-006") from broken


def _certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def _chain(pem: str) -> list[x509.Certificate]:
    """The issuing authorities of a chain, without the root."""
    certificates = x509.load_pem_x509_certificates(pem.encode())
    return [each for each in certificates if each.issuer != each.subject]
