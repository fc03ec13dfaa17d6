"""What a synchronisation is doing, by name, and what it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from smartclient.domain.language import N_
from smartclient.wire.kinds import RecordKind


class Phase(StrEnum):
    """The phases in their order."""

    CONNECTING = "connecting"
    SENDING_FILES = "sending_files"
    SENDING = "sending"
    RECEIVING = "receiving"
    FINISHED = "finished"


PHASE_NAMES: Mapping[Phase, str] = MappingProxyType(
    {
        Phase.CONNECTING: N_("Connecting to the server"),
        Phase.SENDING_FILES: N_("Sending files"),
        Phase.SENDING: N_("Sending changes"),
        Phase.RECEIVING: N_("Receiving news from the server"),
        Phase.FINISHED: N_("Synchronised"),
    }
)
"""The names as source texts for `_`."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a synchronisation is; `total` is 0 while nobody can know it."""

    phase: Phase
    done: int = 0
    total: int = 0
    kinds: frozenset[RecordKind] = frozenset()
    """What is on its way just now, where records are."""


Report = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class StoppedByPerson(Exception):
    """The person pressed Cancel; everything that was answered is kept."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a synchronisation came to."""

    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    busy: int = 0
    """Sealed for the export at this moment; offered again at the next try."""
    parked: int = 0
    """Refused by the server, each with its code; a person must look at them."""
    handed_in: int = 0
    """Of those pushed: given to a person at the back office, because the right was lost."""
    cancelled: bool = False
    catalogue_etag: str = ""
    catalogue_changed: bool = False
    """The server's catalogue is not the one in use here (`tx.feed.catalogue_taken`)."""
    next_lock_at: datetime | None = None
    """By the server's clock."""
    clock_off: timedelta | None = None
    """How far this computer's clock is ahead of the server's, if by over two minutes."""
    notice: str = ""
    """A code the adviser must be told of, for example that the partner is blocked."""
