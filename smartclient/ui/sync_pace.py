"""When the next synchronisation begins by itself: a pure object that a timer asks.

What was saved is sent half a minute later, together with what was saved in the meantime, and at the
latest after two minutes of work without a pause, so that the last hour before the lock is not one
rush of everybody's day. A failure is tried again by the pauses of the exchange.
"""

from collections.abc import Callable
from enum import Enum, auto

from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.schedule import Schedule, is_worth_retrying

AFTER_START = 1.5
"""Seconds: the libraries of the network come in only when the first page is painted."""
AFTER_CHANGE = 30.0
"""Seconds that a change waits for others, so that typing does not synchronise at each pause."""
AT_MOST = 120.0
"""Seconds after the first change, however busily somebody goes on typing."""
EVERY = 15 * 60.0
"""Seconds between questions for states that others decide: export, acceptance."""
JITTER = 10.0
"""At most so many seconds more, so that many laptops do not come in step."""


class Due(Enum):
    """What the time has come for."""

    NOTHING = auto()
    CHANGES = auto()
    """A run, if anything is unsent: what changed may have come from the server."""
    RUN = auto()


class SyncPace:
    """What is due next. `now` is a monotonic clock in seconds; `fraction` gives 0 to 1."""

    def __init__(self, now: Callable[[], float], fraction: Callable[[], float]) -> None:
        self._now, self._fraction = now, fraction
        self._schedule = Schedule(fraction, background=True)
        self._first_change: float | None = None
        self._change_due: float | None = None
        self._run_due: float | None = None
        self._fails = False

    def begin(self) -> None:
        """Synchronise soon after the start."""
        self._run_due = self._now() + AFTER_START

    def end(self) -> None:
        """Nothing is due any more."""
        self._first_change = self._change_due = self._run_due = None

    def changed(self) -> None:
        """Something was saved, also while a synchronisation runs that may have missed it.

        While the server does not answer, the pauses of the exchange decide and not the next edit:
        everybody's edits would keep a server that comes back from coming back.
        """
        if self._fails:
            return
        now = self._now()
        if self._first_change is None:
            self._first_change = now
        due = min(now + AFTER_CHANGE, self._first_change + AT_MOST)
        self._change_due = due + self._jitter()

    def started(self) -> None:
        """A synchronisation begins; it takes along what was saved so far."""
        self.end()

    def succeeded(self) -> None:
        """It came to its end."""
        self._schedule.succeeded()
        self._fails = False
        self._run_due = self._now() + EVERY + self._jitter()

    def failed(self, error: SmartClientError) -> None:
        """It did not; what may succeed later is tried again."""
        again = self._schedule.failed(error) if is_worth_retrying(error) else EVERY
        self._run_due = self._now() + again
        self._fails = True
        self._first_change = self._change_due = None

    def wait(self) -> float | None:
        """The seconds until something is due, 0 when it is; None when nothing is."""
        due = [each for each in (self._change_due, self._run_due) if each is not None]
        return max(0.0, min(due) - self._now()) if due else None

    def take(self) -> Due:
        """What is due now; it is told once."""
        now = self._now()
        if self._run_due is not None and self._run_due <= now:
            self.end()
            return Due.RUN
        if self._change_due is not None and self._change_due <= now:
            self._first_change = self._change_due = None
            return Due.CHANGES
        return Due.NOTHING

    def _jitter(self) -> float:
        return JITTER * self._fraction()
