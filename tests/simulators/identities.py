"""What an activation leaves for the exchange."""

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from smartclient.sync.exchange.identity import Identity
from tests.simulators.inprocess import SERVER_NAME, Installed


def identity_of(installed: Installed) -> Identity:
    """What the engine needs to know of an activation."""
    key = installed.install_key

    def sign(message: bytes) -> bytes:
        return key.sign(message, ECDSA(SHA256()))

    return Identity(installed.id, installed.scope, SERVER_NAME, sign)
