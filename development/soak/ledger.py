"""What the soak knows by itself: every word that was typed and every one the server acknowledged.

A word is one edit or one event (`development.soak.words`). The ledger hears of them from the
laptops' processes, after each commit and each whole reply, and never reads the product's own books.

What may be gone: what somebody who saw it typed over or decided against; what stood on no disk but
those that were lost; and what hung on a client that was erased.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from development.soak.chronicle import Chronicle
from smartclient.wire.messages import Json


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where words were found."""

    server: frozenset[str]
    exported: frozenset[str]
    laptops: Mapping[str, frozenset[str]]
    """Everything on each laptop."""
    beside: frozenset[str] = frozenset()
    """In Show conflicts of any laptop, or offered at a field."""

    @property
    def everywhere(self) -> frozenset[str]:
        """All of it."""
        return self.server | self.exported | frozenset().union(*self.laptops.values())


@dataclass(slots=True)
class Ledger:
    """Filled by several threads."""

    typed: dict[str, str] = field(default_factory=dict)
    """Each word, and the laptop it was typed on."""
    about: dict[str, frozenset[str]] = field(default_factory=dict)
    """The clients that a word is about."""
    settled: set[str] = field(default_factory=set)
    """Typed over or decided against by somebody who saw them."""
    acknowledged: set[str] = field(default_factory=set)
    at_risk: set[str] = field(default_factory=set)
    """Acknowledged, then lost by a server that was restored: with the laptops until offered."""
    gone: set[str] = field(default_factory=set)
    """Lost with the disks that alone held them."""
    old_disks: set[str] = field(default_factory=set)
    """Laptops whose disk was put back to an older state."""
    erased: set[str] = field(default_factory=set)
    """Stood in the records of clients that were erased."""
    erased_clients: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    restless: set[str] = field(default_factory=set)
    chronicle: Chronicle = field(default_factory=Chronicle)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, laptop: str, said: Mapping[str, Json]) -> None:
        """One line of a laptop."""
        self.chronicle.note(laptop, dict(said))
        with self._lock:
            match said:
                case {"typed": str(word)}:
                    self._typed(laptop, word, said.get("about"))
                case {"over": str(word)}:
                    self.settled.add(word)
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

    def _typed(self, laptop: str, word: str, about: Json) -> None:
        self.typed[word] = laptop
        if isinstance(about, list):
            self.about[word] = frozenset(map(str, about))
        if " " in word:
            self.counts["events of clients" if word in self.about else "signed packages"] += 1
        else:
            self.counts["edits of " + ("clients" if word in self.about else "documents")] += 1

    def server_restored(self, before: Whereabouts, after: Whereabouts) -> None:
        """A server forgot what came after its backup; nothing else happened in between.

        What it had acknowledged is with the laptops now. What no disk but the server's held,
        because its laptop's own was put back before, is gone with both.
        """
        with self._lock:
            self.at_risk |= self.acknowledged - after.server - after.exported
            of_old_disks = {*self.old_disks, ""} if self.old_disks else set()
            nowhere = before.everywhere - after.everywhere
            gone = {word for word in nowhere if self.typed.get(word, "") in of_old_disks}
            self.gone |= gone
        forgot = before.server - after.server
        self._note("server restored", forgot=forgot, gone=gone)

    def disk_lost(self, laptop: str, before: Iterable[str], found: Whereabouts) -> None:
        """A disk was put back to an older state: what stood on it alone is gone with it.

        Only what was not acknowledged, or what the restored server had lost, may go so.
        """
        with self._lock:
            self.old_disks.add(laptop)
            alone = set(before) - found.everywhere
            gone = alone & (self.at_risk | (alone - self.acknowledged))
            self.gone |= gone
        self._note(f"disk of {laptop} put back", alone=alone, gone=gone)

    def client_erased(self, clients: Iterable[str], words: Iterable[str]) -> None:
        """The back office erased these clients, with the words that stood in their records."""
        with self._lock:
            new = set(clients) - self.erased_clients
            self.erased_clients |= new
            self.erased |= set(words)
        if new:
            self._note("clients erased", clients=new)

    def lost(self, found: Whereabouts) -> list[str]:
        """What ought to be somewhere and is nowhere, when everything has calmed down."""
        of_erased = {word for word, about in self.about.items() if about & self.erased_clients}
        excused = self.gone | self.settled | self.erased | of_erased
        safe = found.server | found.exported | found.beside | excused
        acknowledged = sorted(self.acknowledged - safe)
        only_typed = sorted(set(self.typed) - self.acknowledged - safe)
        return [f"acknowledged and lost: {word}" for word in acknowledged] + [
            f"typed on {self.typed[word]} and nowhere: {word}" for word in only_typed
        ]

    def _note(self, what: str, **words: Iterable[str]) -> None:
        told: dict[str, Json] = {name: list[Json](sorted(of)) for name, of in words.items()}
        self.chronicle.note("office", {"what": what, **told})
