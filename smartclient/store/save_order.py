"""Saves of what is typed count in the order in which it was typed, whatever order they come in.

Saves of one form come from two threads: the database's line, where they wait their turn, and the
window's, where the last one is made at once because the form or the program closes. So each save
carries the moment of its taking, and one that waited longer than a later one writes nothing.
"""

from itertools import count
from threading import RLock

_MOMENTS = count(1)


def moment() -> int:
    """The place of what is taken now in the order of all that is taken since the program began."""
    return next(_MOMENTS)


class SaveOrder:
    """Which save of a thing, by its id, was taken last. Everything here is done under the `lock`.

    It is held from a save's look at what is kept to the end of its commit. It is taken before the
    store's turn to write and never within a transaction, so two threads cannot wait for each other;
    a subscriber of the store that keeps again does so on the thread that has the lock.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self._kept: dict[str, int] = {}

    def is_late(self, identity: str, taken: int) -> bool:
        """Whether what was taken at this moment was overtaken by a later save, or ended."""
        return taken < self._kept.get(identity, 0)

    def note(self, identity: str, taken: int) -> bool:
        """What was taken at this moment is kept; False where something later is kept by now."""
        if self.is_late(identity, taken):
            return False
        self._kept[identity] = taken
        return True

    def end(self, identity: str, taken: int) -> None:
        """What was typed up to this moment, itself included, is not to be kept any more."""
        self.note(identity, taken + 1)
