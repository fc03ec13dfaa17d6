"""The seal key in the key ring: opened with the secret of the system, used in memory."""

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from smartclient.domain.errors import Damaged
from smartclient.sync.activation.seal_places.handles import PLACE
from smartclient.wire.values import JsonObject, text

_MAX_PEM = 2_000
_PEM = "pem"


class RingPlace:
    """The key ring itself: its handle is the key, and nothing but the key ring keeps it."""

    @property
    def name(self) -> str:
        """As it stands in the handle."""
        return "ring"

    def make(self, label: str) -> JsonObject:  # noqa: ARG002 - the ring names nothing
        """A new key, whole."""
        return {PLACE: self.name, _PEM: pem_of(generate_private_key(SECP256R1()))}

    def open(self, handle: JsonObject) -> EllipticCurvePrivateKey:
        """The key; Damaged SC-ACT-006 when it cannot be read."""
        return key_of_pem(text(handle, _PEM, _MAX_PEM))


def pem_of(key: EllipticCurvePrivateKey) -> str:
    """A key as PEM, for the key ring only."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode("ascii")


def key_of_pem(pem: str) -> EllipticCurvePrivateKey:
    """The key of `pem_of`; Damaged SC-ACT-006 when it cannot be read."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except ValueError as broken:
        raise Damaged("SC-ACT-006") from broken
    if not isinstance(key, EllipticCurvePrivateKey):
        raise Damaged("SC-ACT-006")
    return key
