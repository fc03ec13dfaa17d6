"""With which signed sets and components of the catalogue the documents here were made.

Asked after an update of the catalogue, so that what no document needs any more may go.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, bindparam, select

from smartclient.store.bodies import read_back
from smartclient.store.database import Database
from smartclient.store.schema import conflict, document_body
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.values import JsonObject

_AT_ONCE = 500
_COMPONENTS = (
    (ComponentKind.FORM, "form_id", "form_version"),
    (ComponentKind.TARIFF, "tariff_id", "tariff_version"),
    (ComponentKind.TEMPLATE, "template_id", "template_version"),
)


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What one or more documents name."""

    set_id: str
    components: frozenset[tuple[ComponentKind, str, int]]


def made_with(database: Database) -> frozenset[MadeWith]:
    """What every document names: drafts, those being signed, discarded ones, and every conflict.

    Bodies are read by the hundred, each hundred in a transaction of its own; 100,000 take seconds.
    """
    tables = (document_body.c.id, document_body.c.content), (conflict.c.id, conflict.c.content)
    return frozenset(_named(body) for columns in tables for body in _bodies(database, *columns))


def _bodies(
    database: Database, identity: Column[str], content: Column[bytes]
) -> Iterator[JsonObject]:
    asked = select(identity, content).where(identity > bindparam("last")).order_by(identity)
    last = ""
    while True:
        with database.read() as tx:
            rows = tx.unit.connection.execute(asked.limit(_AT_ONCE), {"last": last}).all()
        for _, kept in rows:
            yield read_back(kept)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def _named(body: JsonObject) -> MadeWith:
    found = set[tuple[ComponentKind, str, int]]()
    for kind, name, number in _COMPONENTS:
        identity, version = body.get(name), body.get(number)
        if isinstance(identity, str) and identity and isinstance(version, int):
            found.add((kind, identity, version))
    set_id = body.get("set_id")
    return MadeWith(set_id if isinstance(set_id, str) else "", frozenset(found))
