"""Files sealed for one reader: CMS AuthEnvelopedData (RFC 5083), written and read as a stream.

AES-256-GCM with a fresh key a file (RFC 5084), the key wrapped by RSA-OAEP-SHA-256 for the reader's
certificate. The length of a file is known before it is written, so everything is plain DER and any
CMS library opens it: `openssl cms -decrypt -inform DER -inkey KEY`. Memory holds one chunk, however
large the file. What was read counts only when `open_file` has returned: the tag stands at the end.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO, Final

from asn1crypto import algos, core
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from smartclient.domain.asn1 import cms
from smartclient.domain.errors import BadInput, Damaged

CHUNK: Final = 1 << 20
LEAST_RSA_BITS: Final = 3072
_KEY, _NONCE, _TAG = 32, 12, 16
_HEAD = 16_384
"""Bytes in which everything before the sealed content stands."""
_INTEGER, _OCTETS, _OBJECT, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x30, 0x31
_EXPLICIT_0, _IMPLICIT_0 = 0xA0, 0x80

Random = Callable[[int], bytes]


class _GcmParameters(core.Sequence):  # type: ignore[misc]
    """GCMParameters of RFC 5084, which asn1crypto does not know."""

    _fields = [  # noqa: RUF012 - asn1crypto's own way of describing a sequence
        ("nonce", core.OctetString),
        ("icvlen", core.Integer, {"default": 12}),
    ]


def require_reader(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    """The reader's key; BadInput SC-EXP-014 unless it is RSA of 3072 bits or more."""
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < LEAST_RSA_BITS:
        raise BadInput("SC-EXP-014")
    return public


def sealed_head(size: int, reader: x509.Certificate, random: Random) -> tuple[bytes, bytes, bytes]:
    """Everything before the sealed content of so many bytes; besides, its key and its nonce."""
    key, nonce = random(_KEY), random(_NONCE)
    wrapped = require_reader(reader).encrypt(key, _oaep())
    recipient = _tlv(_SEQUENCE, _named(reader), _oaep_algorithm(), _tlv(_OCTETS, wrapped))
    recipients = _tlv(_SET, recipient)
    algorithm = algos.EncryptionAlgorithm(
        {
            "algorithm": "aes256_gcm",
            "parameters": _GcmParameters({"nonce": nonce, "icvlen": _TAG}),
        }
    )
    about = cms.ContentType("data").dump() + algorithm.dump()
    content = _header(_IMPLICIT_0, size)
    info = _header(_SEQUENCE, len(about) + len(content) + size) + about + content
    version = core.Integer(0).dump()
    after = 2 + _TAG
    inside = len(version) + len(recipients) + len(info) + size + after
    enveloped = _header(_SEQUENCE, inside)
    kind = cms.ContentType("authenticated_enveloped_data").dump()
    explicit = _header(_EXPLICIT_0, len(enveloped) + inside)
    whole = _header(_SEQUENCE, len(kind) + len(explicit) + len(enveloped) + inside)
    return whole + kind + explicit + enveloped + version + recipients + info, key, nonce


def seal_file(
    source: BinaryIO, size: int, target: BinaryIO, reader: x509.Certificate, random: Random
) -> None:
    """Write the `size` bytes of the source, sealed for the reader.

    Raises BadInput SC-EXP-014 for a reader without an RSA key of 3072 bits, Damaged SC-EXP-005
    when the source holds more or less than it should.
    """
    head, key, nonce = sealed_head(size, reader, random)
    target.write(head)
    sealing = Cipher(algorithms.AES256(key), modes.GCM(nonce)).encryptor()
    left = size
    while chunk := source.read(CHUNK):
        left -= len(chunk)
        target.write(sealing.update(chunk))
    if left:
        raise Damaged("SC-EXP-005", batch="")
    target.write(sealing.finalize() + _header(_OCTETS, _TAG) + sealing.tag)


def open_file(source: BinaryIO, target: BinaryIO, key: rsa.RSAPrivateKey) -> None:
    """Write what `seal_file` sealed; Damaged SC-EXP-015 for anything else, and for another key.

    The target holds unproven bytes until this returns: throw them away when it raises.
    """
    try:
        wrapped, nonce, start, size = _read_head(source)
        content_key = key.decrypt(wrapped, _oaep())
        opening = Cipher(algorithms.AES256(content_key), modes.GCM(nonce)).decryptor()
        source.seek(start)
        left = size
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                raise ValueError("cut off")
            left -= len(chunk)
            target.write(opening.update(chunk))
        opening.finalize_with_tag(_read_tag(source))
    except (InvalidTag, ValueError, TypeError, KeyError, IndexError) as broken:
        raise Damaged("SC-EXP-015") from broken


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _header(tag, len(content)) + content


def _header(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    told = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(told))) + told


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


@lru_cache(maxsize=1)
def _oaep_algorithm() -> bytes:
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": sha256})
    parameters = algos.RSAESOAEPParams({"hash_algorithm": sha256, "mask_gen_algorithm": mask})
    algorithm = cms.KeyEncryptionAlgorithm({"algorithm": "rsaes_oaep", "parameters": parameters})
    return bytes(algorithm.dump())


def _named(reader: x509.Certificate) -> bytes:
    """Version and name of the reader: its subject key id, or else issuer and serial number."""
    try:
        found = reader.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        serial = core.Integer(reader.serial_number).dump()
        by_issuer = _tlv(_SEQUENCE, reader.issuer.public_bytes(), serial)
        return bytes(core.Integer(0).dump()) + by_issuer
    return bytes(core.Integer(2).dump()) + _tlv(_IMPLICIT_0, found.value.digest)


class _Reading:
    """The beginning of a message, tag by tag; ValueError when it is not as it should be."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self.at = 0

    def enter(self, tag: int) -> int:
        """Step into a value; its length."""
        if self._head[self.at] != tag:
            raise ValueError("another message")
        first = self._head[self.at + 1]
        self.at += 2
        if first < 0x80:
            return first
        count = first & 0x7F
        if not 1 <= count <= 8:
            raise ValueError("no definite length")
        length = int.from_bytes(self._head[self.at : self.at + count], "big")
        self.at += count
        return length

    def take(self, tag: int) -> bytes:
        """The content of a value that stands in the beginning as a whole."""
        length = self.enter(tag)
        content = self._head[self.at : self.at + length]
        if len(content) != length:
            raise ValueError("cut off")
        self.at += length
        return content


def _read_head(source: BinaryIO) -> tuple[bytes, bytes, int, int]:
    """Wrapped key, nonce, and where the sealed content begins and how long it is."""
    begun = source.tell()
    reading = _Reading(source.read(_HEAD))
    reading.enter(_SEQUENCE)
    if cms.ContentType.load(_tlv(_OBJECT, reading.take(_OBJECT))).native != (
        "authenticated_enveloped_data"
    ):
        raise ValueError("another message")
    reading.enter(_EXPLICIT_0)
    reading.enter(_SEQUENCE)
    reading.take(_INTEGER)
    recipients = cms.RecipientInfos.load(_tlv(_SET, reading.take(_SET)), strict=True)
    if len(recipients) != 1 or recipients[0].name != "ktri":
        raise ValueError("not for one reader")
    wrapped: bytes = recipients[0].chosen["encrypted_key"].native
    reading.enter(_SEQUENCE)
    reading.take(_OBJECT)
    nonce = _gcm_of(reading.take(_SEQUENCE))
    size = reading.enter(_IMPLICIT_0)
    return wrapped, nonce, begun + reading.at, size


def _gcm_of(algorithm: bytes) -> bytes:
    """The nonce of AES-256-GCM with a tag of 16 bytes."""
    reading = _Reading(algorithm)
    named = algos.EncryptionAlgorithmId.load(_tlv(_OBJECT, reading.take(_OBJECT))).native
    parameters = _GcmParameters.load(algorithm[reading.at :], strict=True)
    if named != "aes256_gcm" or parameters["icvlen"].native != _TAG:
        raise ValueError("sealed in another way")
    nonce: bytes = parameters["nonce"].native
    return nonce


def _read_tag(source: BinaryIO) -> bytes:
    rest = source.read(_HEAD)
    if len(rest) != 2 + _TAG or rest[:2] != _header(_OCTETS, _TAG):
        raise ValueError("something else behind the content")
    return rest[2:]
