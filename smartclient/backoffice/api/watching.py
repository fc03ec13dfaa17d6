"""What is noted of each request once it is answered: a log line, a count, its synchronisation."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from smartclient.backoffice.operations.observing_health import Surroundings
from smartclient.backoffice.operations.observing_syncs import Notes, SyncBook

log = logging.getLogger("smartclient.backoffice.api")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and its answer."""

    method: str
    route: str
    """The address as it was declared: what was asked for may name a blob or a person."""
    status: int
    seconds: float
    sync: str
    """The support code of its synchronisation; empty where it has none."""
    sizes: tuple[int, int]
    """Bytes of the bodies that came and went."""


class Counts(Protocol):
    """Where visits are counted."""

    def served(self, visit: Visit, notes: Notes) -> None:
        """A request was answered."""


class NoCounts:
    """Counts nothing: for a process that nobody measures."""

    def served(self, visit: Visit, notes: Notes) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the API tells to those who watch it."""

    counts: Counts = field(default_factory=NoCounts)
    book: SyncBook = field(default_factory=SyncBook)
    around: Surroundings | None = None
    """None where only the database is looked at, as in tests."""

    def visited(self, visit: Visit, notes: Notes, now: Callable[[], datetime]) -> None:
        """Note a request that was answered."""
        said: dict[str, object] = {
            "method": visit.method,
            "route": visit.route,
            "status": visit.status,
            "milliseconds": round(visit.seconds * 1000, 1),
        }
        named = {"sync": visit.sync, "install": notes.install, "code": notes.code}
        said |= {name: value for name, value in named.items() if value}
        log.info("served", extra=said)
        self.counts.served(visit, notes)
        self.book.note(visit.sync, notes, visit.sizes, now())
