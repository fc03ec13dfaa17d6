"""The two keys of an install, and the requests for their certificates."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AttributeOID

from smartclient.domain.errors import Damaged
from smartclient.wire.messages import Json, JsonObject, mapping, text

_MAX_PEM = 2_000


@dataclass(frozen=True, slots=True)
class InstallKeys:
    """The install key (tokens, nothing else) and the seal key (documents, nothing else): P-256."""

    install: EllipticCurvePrivateKey
    seal: EllipticCurvePrivateKey

    @classmethod
    def made(cls) -> "InstallKeys":
        """Two new keys."""
        return cls(generate_private_key(SECP256R1()), generate_private_key(SECP256R1()))

    def to_json(self) -> JsonObject:
        """The keys as JSON: for the key ring only."""
        return {"install_key": _pem(self.install), "seal_key": _pem(self.seal)}

    @classmethod
    def from_json(cls, source: Json) -> "InstallKeys":
        """The keys of `to_json`; Damaged SC-ACT-006 when one cannot be read."""
        fields = mapping(source, "keys")
        return cls(_read(fields, "install_key"), _read(fields, "seal_key"))


def certificate_request(key: EllipticCurvePrivateKey, challenge: bytes) -> str:
    """A request for a certificate (PEM) that carries the challenge of this one activation.

    The subject is empty: who the install is, the server writes.
    """
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge)
        .sign(key, SHA256())
    )
    return request.public_bytes(Encoding.PEM).decode("ascii")


def _pem(key: EllipticCurvePrivateKey) -> str:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode("ascii")


def _read(fields: JsonObject, name: str) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(text(fields, name, _MAX_PEM).encode(), password=None)
    except ValueError as broken:
        raise Damaged("SC-ACT-006") from broken
    if not isinstance(key, EllipticCurvePrivateKey):
        raise Damaged("SC-ACT-006")
    return key
