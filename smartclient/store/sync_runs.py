"""One synchronisation as the history tells it, and those that are not written down yet.

A synchronisation that moved nothing is no reason to write to the disk. It is kept in memory and
written with whatever is written next, with the first quiet one that ends an hour later, or when the
database is closed. Readers see it at once. A crash takes away at most the quiet ones of the last
hour: the history then tells of an earlier success than there was, and never of a later one.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

DONE = "done"
CANCELLED = "cancelled"
UNWRITTEN = timedelta(hours=1)
"""The longest that quiet synchronisations stay in memory while others follow."""


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One synchronisation. `outcome` is `done`, `cancelled` or the code of the refusal."""

    started_at: datetime
    ended_at: datetime
    outcome: str
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    code: str = ""
    """Its support code; empty for those of a program that gave none."""


class QuietRuns:
    """The quiet synchronisations of an open database that are not written yet."""

    def __init__(self) -> None:
        self._runs: tuple[SyncRun, ...] = ()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> tuple[SyncRun, ...]:
        """Those that are not written yet, the oldest first."""
        return self._runs

    @property
    def last(self) -> datetime | None:
        """When the newest of them ended."""
        return self._runs[-1].ended_at if self._runs else None

    def add(self, run: SyncRun) -> bool:
        """Remember one, which has its support code; tells whether it is time to write them."""
        with self._turn:
            self._runs = (*self._runs, run)
            return run.ended_at - self._runs[0].ended_at >= UNWRITTEN

    def forget(self, written: Collection[SyncRun]) -> None:
        """These are on the disk."""
        with self._turn:
            self._runs = tuple(run for run in self._runs if run not in written)
