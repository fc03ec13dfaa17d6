"""Merges and hides of clients, as the events of a scope say, in whatever order they came."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.domain.client_events import (
    HideEvent,
    MergeEvent,
    deciding_merge,
    effective_at,
    is_hidden,
    survivor_of,
)
from smartclient.domain.ids import ClientId, EventId, Op, RecordId
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import ClientHide, ClientMerge


class Merges:
    """The merges of one scope, read as far as somebody asks, with those that arrive meanwhile."""

    def __init__(self, desk: Desk, scope: str) -> None:
        self._desk = desk
        self._scope = scope
        self._of: dict[ClientId, list[MergeEvent]] = {}
        self._new: list[MergeEvent] = []

    def load(self, clients: Iterable[ClientId]) -> None:
        """Read the merges of these losers in advance."""
        wanted = sorted(set(clients) - self._of.keys())
        if not wanted:
            return
        table = schema.merge_event
        query = select(table).where(table.c.scope == self._scope, table.c.loser.in_(wanted))
        self._of.update({client: [] for client in wanted})
        for row in self._desk.connection.execute(query):
            event = MergeEvent(row.id, row.loser, row.survivor, row.undo, row.at)
            self._of[row.loser].append(event)

    def add(self, record: RecordId, said: ClientMerge) -> None:
        """A merge arrived."""
        self.load([said.loser])
        at = effective_at(said.occurred_at, self._desk.now)
        event = MergeEvent(EventId(record), said.loser, said.survivor, said.undo, at)
        self._of[said.loser].append(event)
        self._new.append(event)

    def survivor_of(self, client: ClientId) -> ClientId | None:
        """Into whom the client was merged in the end; None where it stands for itself."""
        return survivor_of(client, self._deciding)

    def flush(self) -> None:
        """Write what arrived."""
        insert_new(
            self._desk.connection,
            schema.merge_event,
            [
                {
                    "scope": self._scope,
                    "id": event.id,
                    "loser": event.loser,
                    "survivor": event.survivor,
                    "undo": event.undo,
                    "at": event.at,
                }
                for event in self._new
            ],
        )

    def _deciding(self, client: ClientId) -> MergeEvent | None:
        self.load([client])
        return deciding_merge(self._of[client])


def apart(
    records: ScopeRecords, ever: Collection[str], merges: Mapping[Op, ClientMerge]
) -> frozenset[Op]:
    """The merges of which one client is of another scope than the other, as far as is known here.

    A merge counts in one scope: nobody changes a scope through another one. A client that is
    nowhere yet may still come, and scopes that the writer could never read tell nothing. An undo
    is always taken.
    """
    asked = {op: {merge.loser, merge.survivor} for op, merge in merges.items() if not merge.undo}
    if not asked:
        return frozenset()
    record, clients = schema.record, sorted(set().union(*asked.values()))
    query = select(record.c.id, record.c.scope).where(
        record.c.scope.in_(sorted({*ever, records.scope})),
        record.c.id.in_(clients),
        record.c.kind == RecordKind.CLIENT.value,
    )
    found = records.desk.connection.execute(query).all()
    here = {row.id for row in found if row.scope == records.scope}
    elsewhere = {row.id for row in found} - here
    return frozenset(op for op, clients in asked.items() if elsewhere & clients)


@dataclass(frozen=True, slots=True)
class Hide:
    """A hide that arrived."""

    record: RecordId
    said: ClientHide


def note_hides(records: ScopeRecords, hides: Sequence[Hide]) -> None:
    """Keep the hides that arrived."""
    now = records.desk.now
    rows = [
        {
            "scope": records.scope,
            "id": hide.record,
            "client": hide.said.client_id,
            "hidden": hide.said.hidden,
            "at": effective_at(hide.said.occurred_at, now),
        }
        for hide in hides
    ]
    insert_new(records.desk.connection, schema.hide_event, rows)


def hidden_since(desk: Desk, scope: str, clients: Collection[str]) -> dict[ClientId, datetime]:
    """Those of the clients that are out of sight in the scope, with the instant that counts."""
    table = schema.hide_event
    query = select(table).where(table.c.scope == scope, table.c.client.in_(sorted(clients)))
    of: dict[ClientId, list[HideEvent]] = {}
    for row in desk.connection.execute(query):
        event = HideEvent(row.id, row.client, row.hidden, row.at)
        of.setdefault(row.client, []).append(event)
    return {
        client: max(event.at for event in events)
        for client, events in of.items()
        if is_hidden(events)
    }
