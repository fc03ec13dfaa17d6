"""The server's time on this computer: only it decides the lock (rule 11).

It is what the server said last plus what the monotonic counter has moved since, so that a wall
clock that is wrong, or is being set, changes nothing. The wall clock is only reported when off.
"""

from datetime import datetime, timedelta

from smartclient.domain.clock import Clock

TOLERATED = timedelta(minutes=2)


class ServerClock:
    """The server's time as far as it was heard."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
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
        """How long until `instant`, never negative; by the wall clock while nothing was heard."""
        now = self.now() or self._clock.now()
        return max(instant - now, timedelta(0))

    def wall_clock_off(self) -> timedelta | None:
        """How far this computer's clock is ahead (or behind, negative), if by over two minutes."""
        now = self.now()
        if now is None:
            return None
        off = self._clock.now() - now
        return off if abs(off) > TOLERATED else None

    def is_uncertain(self) -> bool:
        """Whether nobody can vouch for this computer's clock: not heard yet, or known to be off."""
        return self.now() is None or self.wall_clock_off() is not None
