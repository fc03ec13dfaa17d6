"""Held: after a restore nothing is exported until a person has looked and released it."""

from sqlalchemy import delete, select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.domain.errors import NotAllowed

_HELD = "exporter_held"


def is_held(desk: Desk) -> bool:
    """Whether the export is held."""
    table = schema.counter
    query = select(table.c.value).where(table.c.name == _HELD)
    return desk.connection.execute(query).first() is not None


def hold(desk: Desk) -> None:
    """Hold the export; held already, it stays so."""
    insert_new(desk.connection, schema.counter, [{"name": _HELD, "value": 1}])


def release(desk: Desk) -> bool:
    """Let the export go on; False when it was not held."""
    table = schema.counter
    done = desk.connection.execute(delete(table).where(table.c.name == _HELD))
    return done.rowcount == 1


def require_free(desk: Desk) -> None:
    """Raise NotAllowed SC-EXP-012 while the export is held."""
    if is_held(desk):
        raise NotAllowed("SC-EXP-012")
