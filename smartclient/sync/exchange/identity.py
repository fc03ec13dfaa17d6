"""Who talks to the server: an install, proven by its key."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from smartclient.domain.errors import Damaged
from smartclient.domain.ids import InstallId


@dataclass(frozen=True, slots=True)
class Identity:
    """What activation gave this install. `sign` makes an ECDSA signature (SHA-256, DER)."""

    install: InstallId
    scope: str
    server_name: str
    sign: Callable[[bytes], bytes]


def signing_with(pem: bytes) -> Callable[[bytes], bytes]:
    """Sign with an install key given as PEM; Damaged SC-STORE-048 when it is none."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as broken:
        raise Damaged("SC-STORE-048") from broken
    if not isinstance(key, EllipticCurvePrivateKey):
        raise Damaged("SC-STORE-048")

    def sign(message: bytes) -> bytes:
        return key.sign(message, ECDSA(SHA256()))

    return sign
