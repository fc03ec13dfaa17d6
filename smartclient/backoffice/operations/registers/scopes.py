"""Scopes that no activation makes: those of offices, and the portal."""

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one


def make_scope(desk: Desk, scope: str) -> None:
    """Make an empty scope with a data key of its own, where there is none yet."""
    row = {
        "scope": scope,
        "head": 0,
        "retained_from": 0,
        "data_key": desk.keys.new(scope, desk.random),
    }
    insert_one(desk.connection, schema.scope, row)
