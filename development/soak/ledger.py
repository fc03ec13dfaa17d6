"""What the soak knows by itself: every word that was typed and every one the server acknowledged.

A word is one edit; it stands in the body of every version that holds the edit. `package ID` is a
signed package. The ledger hears of them from the laptops' processes, after each commit and each
whole reply, and never reads the product's own books.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from smartclient.wire.messages import Json


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where words were found."""

    server: frozenset[str]
    exported: frozenset[str]
    laptops: Mapping[str, frozenset[str]]
    """In the documents and in Show conflicts of each laptop."""
    conflicts: frozenset[str] = frozenset()
    """In Show conflicts of any laptop."""


@dataclass(slots=True)
class Ledger:
    """Filled by several threads."""

    typed: dict[str, str] = field(default_factory=dict)
    """Each word, and the laptop it was typed on."""
    acknowledged: set[str] = field(default_factory=set)
    at_risk: set[str] = field(default_factory=set)
    """Acknowledged, then lost by a server that was restored: with the laptops until offered."""
    gone: set[str] = field(default_factory=set)
    """Nowhere but on disks that were lost, and not acknowledged by what the server has."""
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    restless: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, laptop: str, said: Mapping[str, Json]) -> None:
        """One line of a laptop."""
        with self._lock:
            match said:
                case {"typed": str(word)}:
                    self.typed[word] = laptop
                    self.counts["edits and packages"] += 1
                case {"acknowledged": list(words)}:
                    now = {str(word) for word in words}
                    self.acknowledged |= now
                    self.at_risk -= now
                case {"begun": _}:
                    self.counts["sessions"] += 1
                case {"synchronised": _, "conflicts": int(conflicts)}:
                    self.counts["sessions that came to their end"] += 1
                    self.counts["conflicts"] += conflicts
                case {"refused": str(code)}:
                    self.refusals[code] += 1
                case {"calm": bool(is_calm)} if not is_calm:
                    self.restless.add(laptop)

    def server_restored(self, found: Whereabouts) -> None:
        """What the server acknowledged and has not any more is at risk until it is offered.

        What a laptop had sent before its own disk was put back is gone with both disks.
        """
        with self._lock:
            self.at_risk |= self.acknowledged - found.server - found.exported
            held = {word for words in found.laptops.values() for word in words}
            self.gone |= self.at_risk - held

    def disk_lost(self, before: Iterable[str], found: Whereabouts) -> None:
        """A disk was put back to an older state: what stood on it alone is gone with it.

        Only what was not acknowledged, or what the restored server had lost, may go so.
        """
        with self._lock:
            safe = found.server | found.exported
            safe |= {word for words in found.laptops.values() for word in words}
            alone = set(before) - safe
            self.gone |= alone & (self.at_risk | (alone - self.acknowledged))

    def lost(self, found: Whereabouts) -> list[str]:
        """What ought to be somewhere and is nowhere, when everything has calmed down."""
        safe = found.server | found.exported | found.conflicts
        acknowledged = sorted(self.acknowledged - safe - self.gone)
        only_typed = sorted(set(self.typed) - self.acknowledged - safe - self.gone)
        return [f"acknowledged and lost: {word}" for word in acknowledged] + [
            f"typed on {self.typed[word]} and nowhere: {word}" for word in only_typed
        ]
