"""What follows for clients from their events: informed, hidden, part of another client.

The events stand among the appended records and in the ledger of consents; here they end in the
lines of the list. A merge or a hiding that the server refused counts nowhere, so it does not count
here. What follows depends on the set of events, not on their order (invariant 7), and is worked out
again whenever an event or a client comes.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from smartclient.domain.client_events import (
    HideEvent,
    MergeEvent,
    deciding_merge,
    effective_at,
    is_hidden,
    survivors,
)
from smartclient.domain.consents import INFORMATION_DUTY, ConsentEvent, is_informed
from smartclient.domain.ids import ClientId, EventId
from smartclient.store.appends import Appended, Appends
from smartclient.store.changes import Subject
from smartclient.store.client_rows import Aside
from smartclient.store.client_table import ClientStanding, ClientTable, standing_of
from smartclient.store.consent_rows import event_of
from smartclient.store.records import Records
from smartclient.store.schema import client, consent_event
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import ClientHide, ClientMerge


class ClientLife:
    """What follows for the clients of one transaction."""

    def __init__(
        self, unit: UnitOfWork, table: ClientTable, appends: Appends, records: Records
    ) -> None:
        self._unit = unit
        self._table = table
        self._appends = appends
        self._records = records

    def follow(self, touched: Iterable[str]) -> None:
        """Work out how these clients stand, and whoever shares their lives now or did before.

        A merge moves more than its two clients: whoever was part of the loser moves along.
        """
        became, was = self._survivors(), self._part_of()
        moved = {name for name in {*became, *was} if became.get(name) != was.get(name)}
        asked = moved | {ClientId(name) for name in touched}
        families = {
            survivor for of in (became, was) for name, survivor in of.items() if name in asked
        }
        lines = self._table.lines(asked | families)
        if not lines:
            return
        parts = {name: (name, *_parts_of(name, became)) for name in lines}
        told = self._told({each for family in parts.values() for each in family})
        hidden = self._hidden(list(lines))
        changed: dict[str, ClientStanding] = {}
        for name, line in lines.items():
            survivor = became.get(ClientId(name))
            aside = Aside.HIDDEN if name in hidden else Aside.IN_THE_LIST
            now = ClientStanding(
                is_informed(event for each in parts[name] for event in told.get(each, ())),
                aside if survivor is None else Aside.MERGED,
                survivor,
            )
            if now != standing_of(line):
                changed[name] = now
        self._table.stand(changed)
        parted = [
            name
            for name, line in lines.items()
            if line["survivor"] and name in changed and changed[name].survivor is None
        ]
        self._offer_again(parted)

    def _offer_again(self, parted: Sequence[str]) -> None:
        """A client that stands for itself again, and that the server has never had, is offered."""
        for name, state in self._records.find_all(parted).items():
            if not (state.dirty or state.doubted or state.version):
                self._records.edited(name, RecordKind.CLIENT)

    def family(self, identity: ClientId) -> tuple[ClientId, ...]:
        """The client and all that became part of it."""
        asked = select(client.c.id).where(client.c.survivor == identity)
        return (identity, *map(ClientId, self._unit.connection.execute(asked).scalars()))

    def near(self, identities: Sequence[str]) -> frozenset[str]:
        """The clients whose standing may follow from events of these: who is part of whom."""
        is_part = client.c.id.in_(identities) | client.c.survivor.in_(identities)
        asked = select(client.c.id, client.c.survivor).where(is_part)
        found = self._unit.connection.execute(asked).all()
        return frozenset(str(each) for line in found for each in line if each is not None)

    def touch(self, identity: str) -> None:
        """Something of a client changed that its line does not show."""
        self._unit.touch(Subject.CLIENT, identity)

    def _part_of(self) -> Mapping[ClientId, ClientId]:
        """Who is shown as part of whom."""
        asked = select(client.c.id, client.c.survivor).where(client.c.survivor.is_not(None))
        return {line.id: line.survivor for line in self._unit.connection.execute(asked)}

    def deciding_merge(self, loser: ClientId) -> MergeEvent | None:
        """Of the merges of a client the one that decides."""
        merges = self._appends.all_of(RecordKind.CLIENT_MERGE)
        counting = (_merge_event(each) for each in merges if not each.parked)
        return deciding_merge(event for event in counting if event.loser == loser)

    def _survivors(self) -> Mapping[ClientId, ClientId]:
        merges = self._appends.all_of(RecordKind.CLIENT_MERGE)
        return survivors(_merge_event(each) for each in merges if not each.parked)

    def _told(self, clients: Iterable[str]) -> Mapping[str, list[ConsentEvent]]:
        """The events of the information duty of these clients."""
        of_them = consent_event.c.client_id.in_(list(clients))
        asked = select(consent_event).where(
            of_them, consent_event.c.option_code == INFORMATION_DUTY
        )
        found: dict[str, list[ConsentEvent]] = {}
        for line in self._unit.connection.execute(asked).mappings():
            found.setdefault(line["client_id"], []).append(event_of(line))
        return found

    def _hidden(self, clients: Sequence[str]) -> frozenset[str]:
        events: dict[str, list[HideEvent]] = {}
        for each in self._appends.of_kind(RecordKind.CLIENT_HIDE, clients):
            if not each.parked:
                events.setdefault(each.parent, []).append(_hide_event(each))
        return frozenset(name for name, of_it in events.items() if is_hidden(of_it))


def _parts_of(client_id: str, became: Mapping[ClientId, ClientId]) -> tuple[ClientId, ...]:
    return tuple(loser for loser, survivor in became.items() if survivor == client_id)


def _merge_event(record: Appended) -> MergeEvent:
    merge = ClientMerge.from_json(record.body)
    at = effective_at(merge.occurred_at, record.at)
    return MergeEvent(EventId(record.op), merge.loser, merge.survivor, merge.undo, at)


def _hide_event(record: Appended) -> HideEvent:
    hide = ClientHide.from_json(record.body)
    at = effective_at(hide.occurred_at, record.at)
    return HideEvent(EventId(record.op), hide.client_id, hide.hidden, at)
