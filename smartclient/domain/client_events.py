"""What follows from the events of clients: who was merged into whom, and who is hidden.

Both are functions of the set of events, whatever the order in which they came: laptop and server
that hold the same events say the same. Of the events of one client the latest decides; one that
claims to be later than its receipt counts as of its receipt. Source: invariants 7, 9 and 10 of the
synchronisation.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from smartclient.domain.ids import ClientId, EventId


@dataclass(frozen=True, slots=True)
class MergeEvent:
    """Somebody found that two clients are one person, or took that back."""

    id: EventId
    loser: ClientId
    survivor: ClientId
    undo: bool
    at: datetime
    """When it happened, never later than its receipt."""


@dataclass(frozen=True, slots=True)
class HideEvent:
    """Somebody took a client out of sight, or back into it."""

    id: EventId
    client_id: ClientId
    hidden: bool
    at: datetime
    """When it happened, never later than its receipt."""


def effective_at(occurred_at: datetime, received_at: datetime) -> datetime:
    """The instant by which an event counts: a clock that runs ahead wins nothing.

    To the millisecond, as instants are stored and sent: what is compared before it is written must
    compare the same afterwards.
    """
    at = min(occurred_at, received_at)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def deciding_merge(events: Iterable[MergeEvent]) -> MergeEvent | None:
    """Of the merges of one loser the one that decides: the latest; in a tie the undo."""
    return max(events, key=lambda event: (event.at, event.undo, event.id), default=None)


def is_hidden(events: Iterable[HideEvent]) -> bool:
    """Whether a client is hidden, by the latest of its events; in a tie it is."""
    deciding = max(events, key=lambda event: (event.at, event.hidden, event.id), default=None)
    return deciding is not None and deciding.hidden


def survivor_of(
    client: ClientId, deciding: Callable[[ClientId], MergeEvent | None]
) -> ClientId | None:
    """Into whom a client was merged in the end, None where it stands for itself.

    `deciding` tells the event that decides of a loser. Merges in a ring (two people who merged the
    same two clients, each the other way round) leave the survivor of the latest of them.
    """
    way: list[MergeEvent] = []
    here = client
    while (event := _live(deciding(here))) is not None:
        way.append(event)
        here = event.survivor
        begins = next((place for place, each in enumerate(way) if each.loser == here), None)
        if begins is not None:
            latest = max(way[begins:], key=lambda each: (each.at, each.id))
            here = latest.survivor
            break
    return None if here == client else here


def _live(event: MergeEvent | None) -> MergeEvent | None:
    return None if event is None or event.undo else event


def survivors(events: Iterable[MergeEvent]) -> Mapping[ClientId, ClientId]:
    """Every client that was merged, with the one it became part of."""
    of: dict[ClientId, list[MergeEvent]] = {}
    for event in events:
        of.setdefault(event.loser, []).append(event)
    decided = {loser: deciding_merge(of_it) for loser, of_it in of.items()}
    found = ((loser, survivor_of(loser, decided.get)) for loser in decided)
    return {loser: survivor for loser, survivor in found if survivor is not None}
