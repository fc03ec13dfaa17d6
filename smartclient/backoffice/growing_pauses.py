"""Trouble that lasts: tried, or told of, after pauses that grow, not at every chance."""

from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=1)
_DOUBLINGS = 20
"""More would only make numbers that no timedelta holds."""


def pause_after(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """The pause after one failure or more: `first`, doubled each time up to `longest`."""
    return min(first * (1 << min(failures - 1, _DOUBLINGS)), longest)


class GrowingPause:
    """Failures in a row, and the pause after the last of them.

    `monotonic` counts seconds and never steps back: a wall clock that does would lengthen a pause
    by what it lost.
    """

    def __init__(self, monotonic: Callable[[], float], longest: timedelta = LONGEST) -> None:
        self._monotonic = monotonic
        self._longest = longest
        self._failures = 0
        self._until = 0.0

    @property
    def is_growing(self) -> bool:
        """Whether it failed the last time."""
        return self._failures > 0

    @property
    def is_over(self) -> bool:
        """Whether it is time again; true as long as nothing failed."""
        return not self.is_growing or self._monotonic() >= self._until

    def grow(self) -> None:
        """It failed: the next pause begins now."""
        self._failures += 1
        pause = pause_after(self._failures, FIRST, self._longest)
        self._until = self._monotonic() + pause.total_seconds()

    def end(self) -> bool:
        """It went well; whether it had failed before."""
        had_failed = self.is_growing
        self._failures = 0
        return had_failed
