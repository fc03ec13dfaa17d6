"""The certificates of an install: checked requests in, install and seal certificate out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AttributeOID, ExtendedKeyUsageOID, NameOID

from smartclient.backoffice.operations.office import Desk
from smartclient.documents.certificates import BACKDATED, Issuer, key_usage, seal_certificate
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import HrNumber, InstallId

INSTALL_LIFE = timedelta(days=90)
P256 = SECP256R1.name
_HASHES = (SHA256, SHA384, SHA512)


@dataclass(frozen=True, slots=True)
class Issuers:
    """The authorities the back office issues with; the root's key is not among them."""

    install: Issuer
    document: Issuer
    root: x509.Certificate
    crl_url: str

    @property
    def chain(self) -> str:
        """Both authorities and the root as PEM."""
        every = (self.install.certificate, self.document.certificate, self.root)
        return "".join(pem(certificate) for certificate in every)


def pem(certificate: x509.Certificate) -> str:
    """The certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def require_request(source: str, challenge: bytes) -> x509.CertificateSigningRequest:
    """A certificate request as PEM; BadInput SC-SERV-016 naming the rule it breaks.

    It must be for a key on P-256, signed by that key with SHA-2, and carry the challenge, so that
    it cannot come from another request.
    """
    try:
        request = x509.load_pem_x509_csr(source.encode())
        public_key = request.public_key()
        hashed = request.signature_hash_algorithm
        is_signed = request.is_signature_valid
        carried = request.attributes.get_attribute_for_oid(AttributeOID.CHALLENGE_PASSWORD).value
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as broken:
        raise BadInput("SC-SERV-016", rule="request") from broken
    except x509.AttributeNotFound as missing:
        raise BadInput("SC-SERV-016", rule="challenge") from missing
    if not isinstance(public_key, EllipticCurvePublicKey) or public_key.curve.name != P256:
        raise BadInput("SC-SERV-016", rule="P-256")
    if not is_signed or not isinstance(hashed, _HASHES):
        raise BadInput("SC-SERV-016", rule="signature")
    if carried != challenge:
        raise BadInput("SC-SERV-016", rule="challenge")
    return request


def public_key_bytes(request: x509.CertificateSigningRequest) -> bytes:
    """The public key of a request as DER."""
    key = request.public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def install_certificate(
    desk: Desk,
    request: x509.CertificateSigningRequest,
    install: InstallId,
    hr: HrNumber,
    issuer: Issuer,
) -> x509.Certificate:
    """The certificate of an install key: 90 days, clientAuth, for tokens and nothing else."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"HR {hr}"),
            x509.NameAttribute(NameOID.COMMON_NAME, install),
        ]
    )
    issuer_key = issuer.private_key.public_key()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key)
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(request.public_key())
        .serial_number(_serial(desk))
        .not_valid_before(desk.now - BACKDATED)
        .not_valid_after(_end(desk.now, issuer))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(identifier, critical=False)
        .sign(issuer.private_key, SHA256())
    )


def issue_seal_certificate(
    desk: Desk, request: x509.CertificateSigningRequest, install: InstallId, issuers: Issuers
) -> x509.Certificate:
    """The certificate of a seal key, as `documents.certificates` lays it down."""
    return seal_certificate(request, install, issuers.document, desk.now, issuers.crl_url)


def _serial(desk: Desk) -> int:
    return int.from_bytes(desk.random(19), "big") | 1


def _end(now: datetime, issuer: Issuer) -> datetime:
    return min(now + INSTALL_LIFE, issuer.certificate.not_valid_after_utc)
