"""A clock that stands still until it is moved, and ids that are counted."""

from datetime import UTC, datetime, timedelta


class SetClock:
    """A clock that only the test moves."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Where the test put it."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that were let pass."""
        return self._monotonic

    def pass_time(self, **amount: float) -> None:
        """Let time pass, as `timedelta` names it."""
        passed = timedelta(**amount)
        self._now += passed
        self._monotonic += passed.total_seconds()

    def set(self, instant: datetime) -> None:
        """Put the wall clock somewhere; the monotonic counter does not follow."""
        self._now = instant


class WrongClock:
    """The clock of one laptop: it goes as the right one does, `off` from it."""

    def __init__(self, right: SetClock, off: timedelta = timedelta(0)) -> None:
        self._right = right
        self.off = off

    def now(self) -> datetime:
        """What this wall clock shows."""
        return self._right.now() + self.off

    def monotonic(self) -> float:
        """The counter knows nothing of the wall clock."""
        return self._right.monotonic()


class CountedIds:
    """UUIDs in their order: the same test always sees the same ids."""

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._last = 0

    def new(self) -> str:
        """The next id."""
        self._last += 1
        return f"00000000-0000-4000-{0x8000 + self._series:04x}-{self._last:012x}"
