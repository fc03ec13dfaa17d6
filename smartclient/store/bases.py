"""What a dirty record of the register was before the edit: the base of a three-way merge.

A clean record is what the server has, so only a dirty one needs its base, and it is kept from the
first edit to the answer. A server that was restored may have lost it; then there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.ids import Op
from smartclient.store.bodies import read_back, stored
from smartclient.store.schema import record_base
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import JsonObject


@dataclass(frozen=True, slots=True)
class Base:
    """A body that the server had, and the edit that it was."""

    op: Op
    body: JsonObject


class Bases:
    """The bases of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def of(self, identities: Sequence[str]) -> Mapping[str, Base]:
        """The bases of those records that have one."""
        asked = select(record_base).where(record_base.c.id.in_(identities))
        found = self._unit.connection.execute(asked)
        return {line.id: Base(Op(line.op), read_back(line.content)) for line in found}

    def keep(self, identity: str, base: Base) -> None:
        """Keep what the record was at the server."""
        columns = {"op": base.op, "content": stored(base.body)}
        self._unit.connection.execute(
            insert(record_base)
            .values(id=identity, **columns)
            .on_conflict_do_update(index_elements=["id"], set_=columns)
        )

    def drop(self, identities: Sequence[str]) -> None:
        """Forget the bases of records that are what the server has."""
        self._unit.connection.execute(delete(record_base).where(record_base.c.id.in_(identities)))

    def drop_all(self) -> None:
        """The server was restored: nobody knows what it still has."""
        self._unit.connection.execute(delete(record_base))
