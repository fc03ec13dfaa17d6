"""In which scopes clients live. Only clients of one scope become one: a merge counts in its own.

A client that was never sent lives nowhere yet; the server says with the token where new ones go,
which is the office, or the own person's scope while no office is proven.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto

from smartclient.domain.ids import ClientId
from smartclient.store.feed import Feed
from smartclient.store.records import Records
from smartclient.store.unit_of_work import UnitOfWork

_OFFICE, _PERSON = "office:", "person:"


class Together(Enum):
    """Whether two clients can become one."""

    YES = auto()
    NO = auto()
    """They live in different scopes."""
    NOT_KNOWN = auto()
    """One was never sent, and where it will live is known after a synchronisation."""


class ClientScopes:
    """Where clients live, in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._records = Records(unit)
        self._feed = Feed(unit)

    def together(self, client: ClientId, others: Sequence[ClientId]) -> Mapping[ClientId, Together]:
        """Whether the client can become one with each of the others."""
        states = self._records.find_all([client, *others])
        home = _home(self._feed.cursors())
        here = states[client].scope if client in states else ""
        return {
            other: _together(here, states[other].scope if other in states else "", home)
            for other in others
        }


def _together(one: str, other: str, home: str) -> Together:
    if one == other:
        return Together.YES
    if not home and not (one and other):
        return Together.NOT_KNOWN
    return Together.YES if (one or home) == (other or home) else Together.NO


def _home(read: Collection[str]) -> str:
    """Where new clients go as far as the scopes tell that are read; empty where they do not."""
    offices = [scope for scope in read if scope.startswith(_OFFICE)]
    persons = [scope for scope in read if scope.startswith(_PERSON)]
    found = offices or persons
    return found[0] if len(found) == 1 else ""
