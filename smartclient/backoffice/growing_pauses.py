"""Trouble that lasts: tried, or told of, after 1, 2, 4 seconds and so on, not at every chance."""

from collections.abc import Callable

FIRST = 1.0
LONGEST = 60.0
"""Seconds, as all times here."""


class GrowingPause:
    """The pause after a failure, twice as long after each further one, up to `longest`.

    `monotonic` counts seconds and never steps back: a wall clock that does would lengthen a pause
    by what it lost.
    """

    def __init__(self, monotonic: Callable[[], float], longest: float = LONGEST) -> None:
        self._monotonic = monotonic
        self._longest = longest
        self._pause = self._until = 0.0

    @property
    def is_growing(self) -> bool:
        """Whether it failed the last time."""
        return self._pause > 0

    @property
    def is_over(self) -> bool:
        """Whether it is time again; true as long as nothing failed."""
        return not self.is_growing or self._monotonic() >= self._until

    def grow(self) -> None:
        """It failed: the next pause begins now."""
        self._pause = min(self._pause * 2 or FIRST, self._longest)
        self._until = self._monotonic() + self._pause

    def end(self) -> bool:
        """It went well; whether it had failed before."""
        had_failed = self.is_growing
        self._pause = 0.0
        return had_failed
