"""Registers in the exchange: clients with their list, and the kinds that have only bodies as yet.

All of them are merged by field (`store.merging`), here and nowhere else.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import select

from smartclient.domain.ids import ClientId, RecordId
from smartclient.store.bases import Bases
from smartclient.store.client_life import ClientLife
from smartclient.store.client_rows import card_of
from smartclient.store.client_table import ClientTable
from smartclient.store.field_offers import FieldOffers
from smartclient.store.kept_bodies import KeptBodies, KeptBody
from smartclient.store.replaced import Accepted, Came, Part
from smartclient.store.schema import client_body
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import canonical, unpack
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject


class RegisterTable(Protocol):
    """Where the bodies of one register stand."""

    def ages(self, identities: Sequence[str]) -> Mapping[str, str]:
        """When each of these records was edited."""

    def contents(self, identities: Sequence[str]) -> Mapping[str, bytes]:
        """The canonical bytes of these bodies."""

    def write(self, bodies: Mapping[RecordId, JsonObject], parents: Mapping[str, str]) -> None:
        """Write bodies, new or in place of the old ones, with what they hang on."""

    def drop(self, identities: Sequence[str]) -> None:
        """Forget these records and whatever shows them."""


class RegisterExchange:
    """The records of one register in one transaction, as the exchange sees them."""

    def __init__(self, table: RegisterTable, bases: Bases, offers: FieldOffers) -> None:
        self.table = table
        self._bases = bases
        self._offers = offers

    def ages(self, dirty: Sequence[str]) -> Mapping[str, str]:
        """All of them."""
        return self.table.ages(dirty)

    def parts(self, identities: Sequence[str]) -> Mapping[str, Part]:
        """Their bodies; a register has neither stage nor form."""
        contents = self.table.contents(identities)
        return {name: Part(content) for name, content in contents.items()}

    def accepted(self, taken: Sequence[Accepted]) -> Collection[str]:
        """What is here is what the server has, so no base is needed."""
        self._bases.drop([each.offer.id for each in taken])
        return ()

    def parked(self, codes: Mapping[str, str]) -> None:
        """The record itself says so."""

    def set_aside(self, identities: Sequence[str]) -> None:
        """A register has no conflicts."""

    def came(self, records: Sequence[Came]) -> int:
        """Write what came; an offer of what is shown now is closed."""
        bodies = {each.row.id: each.body for each in records if each.body is not None}
        parents: dict[str, str] = {each.row.id: each.row.parent for each in records}
        self.show(bodies, parents)
        return len(bodies)

    def show(self, bodies: Mapping[RecordId, JsonObject], parents: Mapping[str, str]) -> None:
        """Write bodies that were pulled or merged."""
        if bodies:
            self.table.write(bodies, parents)
            for identity in self._offers.among(list(bodies)):
                self._offers.close_shown(identity, bodies[RecordId(identity)])

    def unsent(self, identities: Sequence[str]) -> None:
        """The record itself says so."""

    def gone(self, identities: Sequence[str]) -> frozenset[str]:
        """Registers are not archived."""
        return frozenset(identities) - self.table.contents(identities).keys()

    def wipe(self, identities: Sequence[str]) -> None:
        """Bodies, lists, words, bases and offers."""
        self.table.drop(identities)
        self._bases.drop(identities)
        self._offers.drop(identities)


class ClientRegister:
    """Clients: a body, and the line of the list that follows from it."""

    def __init__(self, unit: UnitOfWork, table: ClientTable, life: ClientLife) -> None:
        self._unit = unit
        self._table = table
        self._life = life

    def ages(self, identities: Sequence[str]) -> Mapping[str, str]:
        """By the lines of the list."""
        return {name: line["changed_at"] for name, line in self._table.lines(identities).items()}

    def contents(self, identities: Sequence[str]) -> Mapping[str, bytes]:
        """The bodies as they are kept."""
        asked = select(client_body).where(client_body.c.id.in_(identities))
        return {line.id: unpack(line.content) for line in self._unit.connection.execute(asked)}

    def write(self, bodies: Mapping[RecordId, JsonObject], parents: Mapping[str, str]) -> None:  # noqa: ARG002 - a client hangs on nothing
        """Bodies, lines and words; events that came before their client count now."""
        clients = {ClientId(name): (card_of(body), body) for name, body in bodies.items()}
        self._table.write(clients)
        self._life.follow(clients)

    def drop(self, identities: Sequence[str]) -> None:
        """Lines, bodies and words."""
        self._table.drop(identities)


class PlainRegister:
    """A register without a list of its own."""

    def __init__(self, kind: RecordKind, bodies: KeptBodies) -> None:
        self._kind = kind
        self._bodies = bodies

    def ages(self, identities: Sequence[str]) -> Mapping[str, str]:
        """By what their bodies say."""
        found = self._bodies.find_all(identities)
        return {name: str(kept.body.get("changed_at", "")) for name, kept in found.items()}

    def contents(self, identities: Sequence[str]) -> Mapping[str, bytes]:
        """The bodies as they are kept."""
        found = self._bodies.find_all(identities)
        return {name: canonical(kept.body) for name, kept in found.items()}

    def write(self, bodies: Mapping[RecordId, JsonObject], parents: Mapping[str, str]) -> None:
        """The bodies alone."""
        self._bodies.write(
            [
                KeptBody(name, self._kind, parents.get(name, ""), body)
                for name, body in bodies.items()
            ]
        )

    def drop(self, identities: Sequence[str]) -> None:
        """The bodies alone."""
        self._bodies.drop(identities)
