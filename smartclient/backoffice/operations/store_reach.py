"""Whether the blob store is worth asking: one file that cannot be read is no store that is away.

Who reads many files goes on behind one that fails. After a few failures in a row the store itself
counts as away: then it is asked once after each growing pause, for everything else would wait for a
time-out of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from smartclient.backoffice.growing_pauses import GrowingPause
from smartclient.domain.errors import Unreachable

STORE_AWAY: Final = "SC-SERV-061"
IN_A_ROW: Final = 5
"""Files of different documents that cannot be read one after the other. Their time-outs together
stay below what the worker may take without a sign of life."""


class NotAsked(Unreachable):
    """The store was let be, so this says nothing of the file."""


class StoreReach:
    """What the last askings have shown. `monotonic` counts seconds and never steps back."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._failures = 0
        self._pause = GrowingPause(monotonic)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask the store within the block; raises NotAsked SC-SERV-061 while it is let be."""
        if not self._pause.is_over:
            raise NotAsked(STORE_AWAY)
        try:
            yield
        except Unreachable:
            self._failures += 1
            if self._failures >= IN_A_ROW:
                self._pause.grow()
            raise
        self._failures = 0
        self._pause.end()
