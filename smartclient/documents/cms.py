"""One CMS signature by the seal key: CAdES baseline B as PAdES wants it (RFC 5652, EN 319 122).

The key stays open between signatures; pyHanko's stock signer parses and checks the private key anew
each time. The message is put together from parts that asn1crypto encoded: as one tree of objects it
would be encoded again at each level, which costs twenty times the signature itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import algos, core, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2

from smartclient.documents.biometrics import BIOMETRIC_OID
from smartclient.documents.keys import SealKey
from smartclient.domain.asn1 import cms

DIGEST = "sha256"
DIGEST_LENGTH = 32
_LONGEST_P256_SIGNATURE = 72
"""DER of two integers of up to 33 bytes each."""
_KEYS_KEPT = 4
_UNIVERSAL, _CONTEXT, _CONSTRUCTED = 0, 2, 1
_SEQUENCE, _SET = 16, 17
_DIGEST_ALGORITHM: bytes = algos.DigestAlgorithm({"algorithm": DIGEST}).dump()
_SIGNATURE_ALGORITHM: bytes = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
_DATA: bytes = cms.ContentType("data").dump()
_SIGNED_DATA: bytes = cms.ContentType("signed_data").dump()
_VERSION_1: bytes = core.Integer(1).dump()


def signature(key: SealKey, digest: bytes, envelope: bytes | None) -> bytes:
    """The DER of the CMS over the SHA-256 digest of a ByteRange."""
    attributes = _attributes(key, digest, envelope)
    made = key.private_key.sign(_set(*attributes), ECDSA(hashes.SHA256()))
    return assembled(key.certificate, key.chain, attributes, made)


def room_for(key: SealKey, envelope: bytes | None) -> int:
    """The most bytes that `signature` can take with an envelope of this length."""
    attributes = _attributes(key, bytes(DIGEST_LENGTH), envelope)
    longest = bytes(_LONGEST_P256_SIGNATURE)
    return len(assembled(key.certificate, key.chain, attributes, longest))


def assembled(
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    attributes: Sequence[bytes],
    made: bytes,
) -> bytes:
    """The one message for a signer, encoded signed attributes and the signature over them.

    The check of a signature puts the message together again: nothing in it may be otherwise.
    """
    parts = _parts_of(certificate, chain)
    signer_info = _sequence(
        _VERSION_1,
        parts.signer,
        _DIGEST_ALGORITHM,
        _tagged(0, *attributes),
        _SIGNATURE_ALGORITHM,
        core.OctetString(made).dump(),
    )
    signed_data = _sequence(
        _VERSION_1,
        _set(_DIGEST_ALGORITHM),
        _sequence(_DATA),
        parts.certificates,
        _set(signer_info),
    )
    return _sequence(_SIGNED_DATA, _tagged(0, signed_data))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is the same in every signature of a key, encoded."""

    certificates: bytes
    signer: bytes
    """Issuer and serial number."""
    signing_certificate: bytes
    """The attribute that binds the signature to the certificate (RFC 5035)."""


@lru_cache(maxsize=_KEYS_KEPT)
def _parts_of(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> _Parts:
    encoded = [each.public_bytes(Encoding.DER) for each in (certificate, *chain)]
    return _Parts(
        certificates=_tagged(0, *sorted(encoded)),
        signer=_sequence(
            certificate.issuer.public_bytes(), core.Integer(certificate.serial_number).dump()
        ),
        signing_certificate=_attribute(
            cms.CMSAttributeType("signing_certificate_v2").dump(),
            as_signing_certificate_v2(asn1_x509.Certificate.load(encoded[0])).dump(),
        ),
    )


def _attributes(key: SealKey, digest: bytes, envelope: bytes | None) -> list[bytes]:
    """The signed attributes in the order of DER."""
    attributes = [
        _attribute(cms.CMSAttributeType("content_type").dump(), _DATA),
        _attribute(cms.CMSAttributeType("message_digest").dump(), core.OctetString(digest).dump()),
        _parts_of(key.certificate, key.chain).signing_certificate,
    ]
    if envelope is not None:
        kind = core.ObjectIdentifier(BIOMETRIC_OID).dump()
        attributes.append(_attribute(kind, core.OctetString(envelope).dump()))
    return sorted(attributes)


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _sequence(kind, _set(value))


def _sequence(*parts: bytes) -> bytes:
    return _encoded(_UNIVERSAL, _SEQUENCE, parts)


def _set(*parts: bytes) -> bytes:
    return _encoded(_UNIVERSAL, _SET, parts)


def _tagged(tag: int, *parts: bytes) -> bytes:
    return _encoded(_CONTEXT, tag, parts)


def _encoded(kind: int, tag: int, parts: tuple[bytes, ...]) -> bytes:
    encoded: bytes = parser.emit(kind, _CONSTRUCTED, tag, b"".join(parts))
    return encoded
