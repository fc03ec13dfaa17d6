"""What an activation leaves for the exchange."""

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select, update

from smartclient.backoffice.tables import schema
from smartclient.sync.exchange.identity import Identity
from tests.simulators.inprocess import SERVER_NAME, InProcessServer, Installed


def identity_of(installed: Installed) -> Identity:
    """What the engine needs to know of an activation."""
    key = installed.install_key

    def sign(message: bytes) -> bytes:
        return key.sign(message, ECDSA(SHA256()))

    return Identity(installed.id, installed.scope, SERVER_NAME, sign)


def another_of(server: InProcessServer, identity: Identity) -> Identity:
    """Another computer of the same adviser, who works in the same scope on it."""
    other, install = server.activate(), schema.install
    asked = select(install.c.person, install.c.scope).where(install.c.id == identity.install)
    with server.office.writing() as desk:
        mine = dict(desk.connection.execute(asked).mappings().one())
        desk.connection.execute(update(install).where(install.c.id == other.id).values(mine))
    return identity_of(other)
