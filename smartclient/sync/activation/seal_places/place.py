"""The one interface of a seal key, and of the places that keep one.

The interface of the key is the one of `cryptography` itself: whoever signs a document or asks for a
certificate calls `sign` and never learns where the key is. A key that stays where it was made is a
`StayingKey`; it signs digests and cannot be taken out. A place makes a key once, at activation, and
opens it again by the handle that it gave; the handle is kept in the key ring and holds the key
itself only in the place that is the key ring.
"""

from abc import abstractmethod
from typing import NoReturn, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
    EllipticCurvePrivateNumbers,
    EllipticCurvePublicKey,
    EllipticCurveSignatureAlgorithm,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    PrivateFormat,
)

from smartclient.wire.values import JsonObject

Buffer = bytes | bytearray | memoryview
COORDINATE_BYTES = 32
"""Of a point, and of each half of a signature, on P-256."""


class SealKeyPlace(Protocol):
    """A place where the seal key is made and stays."""

    @property
    def name(self) -> str:
        """Under which the handle finds its place again: "ring", "token", "windows"."""

    def make(self, label: str) -> JsonObject:
        """Make a P-256 key and give its handle; `label` is new each time.

        Raises Unreachable SC-ACT-030 when the place is not there, NotAllowed SC-ACT-031 when it
        refuses.
        """

    def open(self, handle: JsonObject) -> EllipticCurvePrivateKey:
        """The key of a handle; asks the place only when something is signed.

        Raises Damaged SC-ACT-006 for a handle that cannot be read. `sign` of the key raises
        Unreachable SC-ACT-030 and NotAllowed SC-ACT-031 as `make`, and SC-ACT-032 when the place
        does not know the key any more.
        """


class StayingKey(EllipticCurvePrivateKey):
    """A P-256 private key that signs where it is and cannot be taken out."""

    def __init__(self, public: EllipticCurvePublicKey) -> None:
        self._public = public

    @abstractmethod
    def sign_digest(self, digest: bytes) -> bytes:
        """ECDSA over a SHA-256 digest: r and s, 32 bytes each, big-endian (IEEE P1363)."""

    def sign(self, data: Buffer, signature_algorithm: EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA with SHA-256 as DER; nothing else is signed with a seal key."""
        algorithm = signature_algorithm.algorithm
        hashed = isinstance(algorithm, Prehashed)
        fits = algorithm.digest_size == SHA256.digest_size if hashed else _is_sha256(algorithm)
        if not isinstance(signature_algorithm, ECDSA) or not fits:
            raise UnsupportedAlgorithm("a seal key signs by ECDSA with SHA-256 only")
        raw = self.sign_digest(bytes(data) if hashed else _sha256(data))
        if len(raw) != 2 * COORDINATE_BYTES:
            raise ValueError("the place gave something else than a signature on P-256")
        halves = raw[:COORDINATE_BYTES], raw[COORDINATE_BYTES:]
        r, s = (int.from_bytes(half, "big") for half in halves)
        return encode_dss_signature(r, s)

    def public_key(self) -> EllipticCurvePublicKey:
        """Its public half, known without asking the place."""
        return self._public

    @property
    def curve(self) -> EllipticCurve:
        """P-256."""
        return SECP256R1()

    @property
    def key_size(self) -> int:
        """256 bits."""
        return 256

    def exchange(self, _algorithm: ECDH, _peer: EllipticCurvePublicKey) -> NoReturn:
        """Refused: a seal key signs, nothing else."""
        raise _stays()

    def private_numbers(self) -> EllipticCurvePrivateNumbers:
        """Refused: the key stays where it is."""
        raise _stays()

    def private_bytes(
        self, _encoding: Encoding, _format: PrivateFormat, _encryption: KeySerializationEncryption
    ) -> bytes:
        """Refused: the key stays where it is."""
        raise _stays()

    def __copy__(self) -> "StayingKey":
        """Itself: there is only one."""
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "StayingKey":
        """Itself: there is only one."""
        return self


def _is_sha256(algorithm: object) -> bool:
    return isinstance(algorithm, SHA256)


def _sha256(content: Buffer) -> bytes:
    digest = Hash(SHA256())
    digest.update(content)
    return digest.finalize()


def _stays() -> UnsupportedAlgorithm:
    return UnsupportedAlgorithm("the key stays where it was made and only signs")
