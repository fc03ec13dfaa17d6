"""The biometrics sealed for the independent authority, bound to one signature of one document.

CMS AuthEnvelopedData (RFC 5083): AES-256-GCM with a fresh key, the key wrapped by RSA-OAEP-SHA-256
for the authority's certificate, content id-data, no authenticated attributes, because OpenSSL
cannot read a message that has some. What binds it to its signature is therefore inside: the digest
of the document's ByteRange stands in the plaintext beside the record. Decision 0011.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from asn1crypto import algos, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smartclient.domain.asn1 import cms
from smartclient.domain.errors import BadInput, Damaged
from smartclient.ink.record import FORMAT, write_iso
from smartclient.ink.trace import Trace

PLAINTEXT_VERSION = 1
PAD_TIME = "pad"
"""The times are of the pad's own clock; otherwise they are counted by its usual rate."""
NONCE_LENGTH = 12
TAG_LENGTH = 16
KEY_LENGTH = 32
_LEAST_RSA_BITS = 3072
_LEAST_CIPHERTEXT, _MOST_CIPHERTEXT = 500, 1_000_000
"""Bytes: from a handful of points to the five minutes that a capture may last."""
_SEQUENCE, _SET, _EXPLICIT_0, _IMPLICIT_0 = 0x30, 0x31, 0xA0, 0x80
"""Tags of DER."""
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PADDING = ord("=")


class GcmParameters(core.Sequence):  # type: ignore[misc]
    """GCMParameters of RFC 5084, which asn1crypto does not know."""

    _fields = [  # noqa: RUF012 - asn1crypto's own way of describing a sequence
        ("nonce", core.OctetString),
        ("icvlen", core.Integer, {"default": 12}),
    ]


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom the content key is wrapped, and how."""

    subject_key_id: str
    """Hexadecimal; empty where the certificate is named by issuer and serial number."""
    serial_number: int | None
    key_algorithm: str
    key_hash: str


@dataclass(frozen=True, slots=True)
class EnvelopeFacts:
    """What can be said of an envelope without opening it."""

    recipients: tuple[Recipient, ...]
    content_algorithm: str
    content_type: str
    tag_length: int
    has_authenticated_attributes: bool
    ciphertext_length: int
    size: int


def seal(
    trace: Trace,
    *,
    field: str,
    digest_algorithm: str,
    byte_range_digest: bytes,
    recipient: x509.Certificate,
    captured_at: datetime,
) -> bytes:
    """The envelope (DER) of a trace for the holder of the recipient's RSA key.

    Buffers that held the record in clear are overwritten before this returns; the trace's own
    buffer is the caller's to wipe. BadInput SC-SIGN-022 for a trace that no record can hold,
    SC-SIGN-024 for a recipient without an RSA key of 3072 bits.
    """
    public = recipient.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < _LEAST_RSA_BITS:
        raise BadInput("SC-SIGN-024")
    binding = {
        "version": PLAINTEXT_VERSION,
        "field": field,
        "digest_algorithm": digest_algorithm,
        "byte_range_digest": byte_range_digest.hex(),
        "captured_at": captured_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "pad": _pad(trace),
        "format": FORMAT,
    }
    before = json.dumps(binding, ensure_ascii=False).encode()[:-1] + b', "record": "'
    record = write_iso(trace)
    plaintext = _around_base64(before, record, b'"}')
    try:
        return _enveloped(plaintext, public, recipient)
    finally:
        record[:] = bytes(len(record))
        plaintext[:] = bytes(len(plaintext))


def inspect(der: bytes) -> EnvelopeFacts:
    """What an envelope says of itself, without opening it; Damaged SC-SIGN-025 when it is none."""
    try:
        enveloped = enveloped_of(der)
        content = enveloped["auth_encrypted_content_info"]
        algorithm = content["content_encryption_algorithm"]
        ciphertext: bytes = content["encrypted_content"].native or b""
        return EnvelopeFacts(
            recipients=tuple(_recipient(info) for info in enveloped["recipient_infos"]),
            content_algorithm=algorithm["algorithm"].native,
            content_type=content["content_type"].native,
            tag_length=len(enveloped["mac"].native),
            has_authenticated_attributes=len(enveloped["auth_attrs"]) > 0,
            ciphertext_length=len(ciphertext),
            size=len(der),
        )
    except (ValueError, TypeError, KeyError) as broken:
        raise Damaged("SC-SIGN-025") from broken


def problem_with(der: bytes, authority: x509.Certificate) -> str:
    """What is wrong with an envelope, as far as it can be seen without opening it; "" if nothing.

    It must be sealed as `seal` does, for this authority alone, and be as long as a signature is.
    """
    try:
        facts = inspect(der)
    except Damaged:
        return "it is no sealed envelope"
    algorithms = (facts.content_algorithm, facts.content_type, facts.tag_length)
    if algorithms != ("aes256_gcm", "data", TAG_LENGTH) or facts.has_authenticated_attributes:
        return "it is sealed in another way"
    if len(facts.recipients) != 1:
        return "it is not sealed for exactly one recipient"
    (recipient,) = facts.recipients
    if (recipient.key_algorithm, recipient.key_hash) != ("rsaes_oaep", "sha256"):
        return "its key is wrapped in another way"
    if not _names(recipient, authority):
        return "it is sealed for somebody else"
    if not _LEAST_CIPHERTEXT <= facts.ciphertext_length <= _MOST_CIPHERTEXT:
        return "it is not as long as a signature is"
    return ""


def enveloped_of(der: bytes) -> cms.AuthEnvelopedData:
    """The parsed AuthEnvelopedData; raises ValueError for anything else."""
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "authenticated_enveloped_data":
        raise ValueError("not an authenticated envelope")
    return info["content"]


def _pad(trace: Trace) -> dict[str, str | float | int | bool]:
    pad = trace.description
    return {
        "driver": pad.driver,
        "model": pad.model,
        "serial": pad.serial,
        "firmware": pad.firmware,
        "units_per_mm_x": pad.units_per_mm_x,
        "units_per_mm_y": pad.units_per_mm_y,
        "max_pressure": pad.max_pressure,
        "pressure_measured": trace.pressure_measured,
        "lost_reports": trace.lost_reports,
        "time_source": PAD_TIME if pad.has_device_time else f"assumed {pad.nominal_rate}/s",
    }


def _around_base64(before: bytes, source: bytearray, after: bytes) -> bytearray:
    """The base64 of the source between two texts, in one buffer of its full length.

    The library would leave a copy of the base64 that cannot be overwritten.
    """
    length = (len(source) + 2) // 3 * 4
    target = bytearray(len(before) + length + len(after))
    target[: len(before)] = before
    target[len(before) + length :] = after
    at = len(before)
    for first in range(0, len(source), 3):
        rest = len(source) - first
        bits = source[first] << 16
        bits |= source[first + 1] << 8 if rest > 1 else 0
        bits |= source[first + 2] if rest > 2 else 0
        target[at] = _BASE64[bits >> 18]
        target[at + 1] = _BASE64[bits >> 12 & 63]
        target[at + 2] = _BASE64[bits >> 6 & 63] if rest > 1 else _PADDING
        target[at + 3] = _BASE64[bits & 63] if rest > 2 else _PADDING
        at += 4
    return target


def _enveloped(
    plaintext: bytearray, public: rsa.RSAPublicKey, recipient: x509.Certificate
) -> bytes:
    """The message, put together from parts that asn1crypto encoded.

    Handing it one tree of objects costs ten milliseconds a signature, because it encodes each level
    again for the level above.
    """
    key, nonce = secrets.token_bytes(KEY_LENGTH), secrets.token_bytes(NONCE_LENGTH)
    sealed = AESGCM(key).encrypt(nonce, plaintext, None)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    version, named = _recipient_identifier(recipient)
    wrapped_key = core.OctetString(public.encrypt(key, oaep)).dump()
    algorithm = algos.EncryptionAlgorithm(
        {
            "algorithm": "aes256_gcm",
            "parameters": GcmParameters({"nonce": nonce, "icvlen": TAG_LENGTH}),
        }
    )
    content = _encoded(
        _SEQUENCE,
        cms.ContentType("data").dump(),
        algorithm.dump(),
        _encoded(_IMPLICIT_0, sealed[:-TAG_LENGTH]),
    )
    recipient_info = _encoded(_SEQUENCE, version, named, _oaep_algorithm(), wrapped_key)
    enveloped = _encoded(
        _SEQUENCE,
        core.Integer(0).dump(),
        _encoded(_SET, recipient_info),
        content,
        core.OctetString(sealed[-TAG_LENGTH:]).dump(),
    )
    content_type = cms.ContentType("authenticated_enveloped_data").dump()
    return _encoded(_SEQUENCE, content_type, _encoded(_EXPLICIT_0, enveloped))


def _encoded(tag: int, *parts: bytes) -> bytes:
    """The DER of a constructed value, or of an implicitly tagged string."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


@cache
def _oaep_algorithm() -> bytes:
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": sha256})
    parameters = algos.RSAESOAEPParams({"hash_algorithm": sha256, "mask_gen_algorithm": mask})
    algorithm = cms.KeyEncryptionAlgorithm({"algorithm": "rsaes_oaep", "parameters": parameters})
    return bytes(algorithm.dump())


def _recipient_identifier(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Version and name of the recipient: its subject key id, or else issuer and serial number."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        issuer = certificate.issuer.public_bytes()
        serial = core.Integer(certificate.serial_number).dump()
        return core.Integer(0).dump(), _encoded(_SEQUENCE, issuer, serial)
    return core.Integer(2).dump(), _encoded(_IMPLICIT_0, found.value.digest)


def _names(recipient: Recipient, authority: x509.Certificate) -> bool:
    """Whether the recipient is named as `seal` names this certificate."""
    try:
        found = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return recipient.serial_number == authority.serial_number
    return recipient.subject_key_id == found.value.digest.hex()


def _recipient(info: cms.RecipientInfo) -> Recipient:
    if info.name != "ktri":
        raise ValueError("a recipient without a wrapped key")
    chosen = info.chosen
    by_key = chosen["rid"].name == "subject_key_identifier"
    identifier = chosen["rid"].chosen
    algorithm = chosen["key_encryption_algorithm"]
    is_oaep = algorithm["algorithm"].native == "rsaes_oaep"
    return Recipient(
        subject_key_id=identifier.native.hex() if by_key else "",
        serial_number=None if by_key else identifier["serial_number"].native,
        key_algorithm=algorithm["algorithm"].native,
        key_hash=algorithm["parameters"]["hash_algorithm"]["algorithm"].native if is_oaep else "",
    )
