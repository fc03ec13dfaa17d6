"""The server's time on this computer: only it decides the lock (rule 11).

It is what the server said last plus what the monotonic counter has moved since, so that a wall
clock that is wrong, or is being set, changes nothing. The wall clock is only reported when off.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from smartclient.domain.clock import Clock
from smartclient.store.feed import Clocks

TOLERATED = timedelta(minutes=2)


class ServerClock:
    """The server's time as far as it was heard."""

    def __init__(self, clock: Clock, kept: Callable[[], Clocks | None] = lambda: None) -> None:
        """`kept` is what was kept of a contact before this start."""
        self._clock = clock
        self._kept = kept
        self._before: Clocks | None = None
        self._heard: tuple[datetime, float] | None = None

    def heard(self, server_time: datetime) -> None:
        """The server told its time just now."""
        self._heard = (server_time, self._clock.monotonic())

    def now(self) -> datetime | None:
        """The server's time, None while it was never heard since the start."""
        if self._heard is None:
            return None
        said, counter = self._heard
        return said + timedelta(seconds=self._clock.monotonic() - counter)

    def until(self, instant: datetime) -> timedelta:
        """How long until `instant`, never negative; touches no disk.

        While nothing was heard since the start it goes by the wall clock, which counts as slow by
        what it was slow by at the last contact, and is never before that contact (`recall`).
        """
        now = self.now() or self._by_wall_clock()
        return max(instant - now, timedelta(0))

    def recall(self) -> None:
        """Read what was kept of a contact before this start, until the server is heard."""
        if self._heard is None:
            self._before = self._kept()

    def _by_wall_clock(self) -> datetime:
        now, before = self._clock.now(), self._before
        if before is None:
            return now
        slow = before.server - before.wall
        corrected = now + slow if slow > TOLERATED else now
        return max(corrected, before.server)

    def wall_clock_off(self) -> timedelta | None:
        """How far this computer's clock is ahead (or behind, negative), if by over two minutes."""
        now = self.now()
        if now is None:
            return None
        off = self._clock.now() - now
        return off if abs(off) > TOLERATED else None

    def clocks(self) -> Clocks | None:
        """Both clocks now, None while the server was never heard since the start."""
        now = self.now()
        return None if now is None else Clocks(now, self._clock.now())

    def is_uncertain(self) -> bool:
        """Whether nobody can vouch for this computer's clock.

        It is known to be off, or was at the last contact before this start; it stands before that
        contact; or there never was one. Who works for days without a network keeps a clock that was
        right (domain facts: after a restart the wall clock, but never earlier than the last known).
        """
        if self._heard is not None:
            return self.wall_clock_off() is not None
        before = self._kept()
        if before is None or abs(before.wall - before.server) > TOLERATED:
            return True
        return self._clock.now() < before.server - TOLERATED
