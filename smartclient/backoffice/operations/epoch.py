"""The epoch: raised when the server was restored, so that no older answer counts."""

from sqlalchemy import Connection

from smartclient.backoffice.tables import counters
from smartclient.domain.errors import Refused


def current_epoch(connection: Connection) -> int:
    """The epoch now."""
    return counters.read(connection, counters.EPOCH)


def require_epoch(connection: Connection, claimed: int) -> None:
    """Raise Refused SC-SERV-009 naming the epoch of today for any other."""
    require_same(claimed, current_epoch(connection))


def require_same(claimed: int, epoch: int) -> None:
    """The same for who has read the epoch of today already."""
    if claimed != epoch:
        raise Refused("SC-SERV-009", epoch=epoch)


def raise_epoch(connection: Connection, above: int) -> int:
    """Begin an epoch above `above` and above every one of this database; the new one.

    The database was put back, so it may have forgotten epochs: `above` comes from outside of it.
    """
    step = max(above - current_epoch(connection), 0) + 1
    return counters.take(connection, counters.EPOCH, step) + step
