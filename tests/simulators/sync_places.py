"""The places of the world of documents, what was seen at them, and what the harness itself knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from smartclient.domain.ids import Op, PersonId
from smartclient.store.database import Database
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.network import Network

Seen = TypeVar("Seen")


class Lost(AssertionError):
    """An invariant of the protocol does not hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """A laptop with its network and its person's hands."""

    name: str
    laptop: ExchangingLaptop
    network: Network
    person: PersonId
    scope: str
    """Where its documents live."""

    @property
    def database(self) -> Database:
        """What is on its disk."""
        return self.laptop.database

    def state(self) -> tuple[Database, int]:
        """Another one after any change of what is on its disk."""
        return self.database, self.database.state()


class Looks:
    """What was seen at a place, for as long as nothing changes there."""

    def __init__(self) -> None:
        self._last: dict[object, tuple[object, object]] = {}

    def at(self, what: object, state: object, look: Callable[[], Seen]) -> Seen:
        """What `look` sees now; it looks again only after `state` has changed."""
        known = self._last.get(what)
        if known is None or known[0] != state:
            known = self._last[what] = (state, look())
        return cast("Seen", known[1])


@dataclass(slots=True)
class Ledger:
    """What the harness knows by itself."""

    typed: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    packages: set[Op] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    """Conflicts that were found to be right when they arose."""
