"""Values that lost a merge of one field: offered at it until someone chooses (invariant 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text
from smartclient.domain.ids import RecordId
from smartclient.store.bodies import as_text, small_json
from smartclient.store.merging import ABSENT, Clash, Leaf, leaf_at, same
from smartclient.store.schema import IN_THE_LIST, client, field_offer, record
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import Json, JsonObject

_VALUE = "value"
OFFERED = select(field_offer.c.id)
"""The records of which something is offered."""
_CLIENTS = client.join(field_offer, field_offer.c.id == client.c.id)
COUNT_OFFERED = (
    select(func.count(field_offer.c.id.distinct()).label("count"))
    .select_from(_CLIENTS)
    .where(IN_THE_LIST)
)
"""How many clients of the list wait for somebody to choose."""


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What someone entered at a field, beside what is shown there."""

    path: str
    other: Leaf
    found_at: datetime


class FieldOffers:
    """The offers of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def keep(self, identity: str, clashes: Sequence[Clash]) -> None:
        """Offer what lost; several values of one field wait for their turn."""
        now = self._unit.now_text()
        lines = [
            {"id": identity, "path": clash.path, "other": _text(clash.other), "found_at": now}
            for clash in clashes
        ]
        if lines:
            written = insert(field_offer).on_conflict_do_nothing()
            self._unit.connection.execute(written, lines)

    def of(self, identity: str) -> tuple[OtherValue, ...]:
        """What is offered of a record, the oldest first."""
        asked = select(field_offer).where(field_offer.c.id == identity)
        in_order = asked.order_by(field_offer.c.found_at, field_offer.c.path, field_offer.c.other)
        return tuple(
            OtherValue(line.path, _leaf(line.other), from_text(line.found_at))
            for line in self._unit.connection.execute(in_order)
        )

    def among(self, identities: Sequence[str]) -> tuple[str, ...]:
        """Those of these records of which something is offered."""
        asked = select(field_offer.c.id).where(field_offer.c.id.in_(identities)).distinct()
        return tuple(self._unit.connection.execute(asked).scalars())

    def in_scope(self, scope: str) -> tuple[RecordId, ...]:
        """The records of a scope of which something is offered."""
        asked = select(record.c.id).where(record.c.scope == scope, record.c.id.in_(OFFERED))
        return tuple(RecordId(name) for name in self._unit.connection.execute(asked).scalars())

    def close(self, identity: str, offered: OtherValue) -> None:
        """Someone chose; harmless when the offer is gone."""
        of_it = (field_offer.c.id == identity) & (field_offer.c.path == offered.path)
        self._unit.connection.execute(
            delete(field_offer).where(of_it, field_offer.c.other == _text(offered.other))
        )

    def close_shown(self, identity: str, body: JsonObject) -> None:
        """What the body shows needs no offer any more."""
        for offered in self.of(identity):
            if same(leaf_at(body, offered.path), offered.other):
                self.close(identity, offered)

    def drop(self, identities: Sequence[str]) -> None:
        """Forget the offers of records that are gone."""
        self._unit.connection.execute(delete(field_offer).where(field_offer.c.id.in_(identities)))


def page_of_offered(limit: int) -> Select[*tuple[object, ...]]:
    """The clients of the list that wait for somebody to choose, and at how many fields."""
    fields = func.count(field_offer.c.path.distinct()).label("fields")
    return (
        select(client.c.id, client.c.given_name, client.c.surname, fields)
        .select_from(_CLIENTS)
        .where(IN_THE_LIST)
        .group_by(field_offer.c.id)  # so that the few offers are read, not all clients
        .order_by(func.min(field_offer.c.found_at), field_offer.c.id)
        .limit(limit)
    )


def _text(leaf: Leaf) -> str:
    said: Json = {} if leaf is ABSENT else {_VALUE: leaf}
    return as_text(said)


def _leaf(text: str) -> Leaf:
    said = small_json(text)
    return said.get(_VALUE, ABSENT) if isinstance(said, dict) else ABSENT
