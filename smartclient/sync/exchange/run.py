"""What the steps of one synchronisation share, and what they have come to so far."""

from dataclasses import dataclass, field

from smartclient.domain.clock import Clock
from smartclient.domain.ids import InstallId, RecordId
from smartclient.store.database import Database
from smartclient.store.sent import Taken
from smartclient.sync.exchange.conversation import Conversation
from smartclient.sync.exchange.progress import (
    Cancelled,
    Phase,
    Progress,
    Report,
    StoppedByPerson,
)
from smartclient.wire.kinds import RecordKind


@dataclass(slots=True)
class Run:
    """One synchronisation under way."""

    database: Database
    conversation: Conversation
    install: InstallId
    clock: Clock
    report: Report
    cancelled: Cancelled
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    busy: int = 0
    parked: int = 0
    handed_in: int = 0
    """Records that went to a person at the back office, because the right to them was lost."""
    archived: int = 0
    """Documents that the server's archive took here."""
    files_missing: bool = False
    """The server lacks a file that it had or should have; they are offered once more."""
    stale: set[RecordId] = field(default_factory=set)
    """Records of registers that met another edit, and are to be merged by field."""
    departed: bool = False
    """Something of a scope that was left is still here."""
    offer_again: bool = False
    """Something may be offered now that could not before: an edit went over to another client, or
    a scope came that was refused."""

    def show(
        self,
        phase: Phase,
        done: int = 0,
        total: int = 0,
        kinds: frozenset[RecordKind] = frozenset(),
    ) -> None:
        """Tell where the synchronisation is; raises StoppedByPerson between two calls."""
        self.report(Progress(phase, done, total, kinds))
        if self.cancelled():
            raise StoppedByPerson

    def count(self, taken: Taken) -> None:
        """Add what the answers to a push did."""
        self.pushed += taken.accepted
        self.conflicts += taken.conflicts
        self.busy = taken.busy + self.busy
        self.parked += taken.parked
        self.handed_in += taken.handed_in
        self.files_missing = self.files_missing or bool(taken.missing)
        self.stale |= taken.stale
        self.offer_again = self.offer_again or bool(taken.rebased)
