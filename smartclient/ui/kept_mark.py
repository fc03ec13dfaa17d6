"""The marked line of a long list stays the same thing, wherever news puts it.

A synchronisation changes a list while somebody works with it. Were the mark kept by its place, the
next press would meet another thing; were the list shown from its beginning, the eye would lose its
place. So the mark follows the thing, and what is in sight stays where it is: news that comes above
it moves the list under it by as much, and its lines are brought before the list is put in place.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from smartclient.ui.calm_table import CalmTable
from smartclient.ui.paged_table import PAGE, Identified, Index, PagedTable, T

_AROUND = 1
"""Pages beyond those in sight: news mostly moves the lines by less."""


class Asked(Protocol):
    """Some lines of a list, and how many it has altogether."""

    @property
    def items(self) -> Sequence[Identified]:
        """The lines."""

    @property
    def total(self) -> int:
        """Of the whole list."""


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True, slots=True)
class Sight:
    """The pages of a list that are to be asked for: those in sight and around, and what is seen."""

    first: int
    pages: int
    seen: tuple[str, ...] = ()
    """What is in sight, from above."""

    def asked(
        self, ask: Callable[[int, int], A], place: Callable[[str], int | None]
    ) -> tuple[A, int]:
        """The pages, and the number of the first; `ask` takes an offset and how many lines.

        Where most of what was seen is not among them, news moved it: then its own pages are asked
        for. `place` tells how many lines stand before a thing.
        """
        page = ask(self.first * PAGE, self.pages * PAGE)
        here = {item.id for item in page.items}
        if 2 * sum(each in here for each in self.seen) >= len(self.seen):
            return page, self.first
        moved_to = self._place(place)
        if moved_to is None:
            return page, self.first
        first = max(0, moved_to // PAGE - _AROUND)
        return ask(first * PAGE, self.pages * PAGE), first

    def _place(self, place: Callable[[str], int | None]) -> int | None:
        """Where what was seen stands now: a single thing may have gone elsewhere by itself."""
        some = {self.seen[0], self.seen[len(self.seen) // 2], self.seen[-1]}
        found = sorted(stands for each in some if (stands := place(each)) is not None)
        return found[len(found) // 2] if found else None


AT_THE_BEGINNING = Sight(0, 1)


class KeptMark(Generic[T]):
    """Keeps the mark of one list."""

    def __init__(
        self,
        table: PagedTable[T],
        view: CalmTable[T],
        tell: Callable[[T | None], None] = lambda _item: None,
    ) -> None:
        """`tell` is called whenever another thing is marked, or says something else now."""
        self._table, self._view, self._tell = table, view, tell
        self._settling = False
        """Another state of the list is put in place: a line may be another thing just now."""
        self.identity: str | None = None
        """The id of the marked thing; whoever sets it marks that thing with the next `start`."""
        table.dataChanged.connect(self._changed)
        view.marked.connect(self._moved)

    @property
    def item(self) -> T | None:
        """The marked thing, None while its page is on the way."""
        return self._table.item(self._here())

    def sight(self, *, another: bool) -> Sight:
        """What has to be asked for again, so that what is in sight can stay there.

        The list that stands at its beginning stays at its beginning, and shows what is new there.
        """
        rows = self._view.in_sight()
        if another or not rows or self._view.verticalScrollBar().value() == 0:
            return AT_THE_BEGINNING
        first = max(0, rows[0] // PAGE - _AROUND)
        pages = rows[-1] // PAGE + _AROUND - first + 1
        return Sight(first, pages, tuple(self._in_sight()))

    def start(
        self, items: tuple[T, ...], total: int, first: int = 0, *, another: bool = False
    ) -> None:
        """Show another state of the list, of which `items` are the pages from `first` on.

        With `another` it is another list: from its beginning, or where the marked thing is.
        """
        here, top = self._here(), self._view.verticalScrollBar().value()
        stood = {} if another or top == 0 else self._in_sight()
        self._settling = True
        self._table.start(items, total, first)
        moved = self._moved_by(stood)
        row = self._row()
        if row is None:
            row = 0 if another else max(0, min(here + moved, total - 1))
        if total:
            self._view.mark(row)
            if not another and here >= 0:
                height = self._view.verticalHeader().defaultSectionSize()
                self._view.verticalScrollBar().setValue(top + moved * height)
        self._settling = False
        self._take()

    def _in_sight(self) -> Mapping[str, int]:
        """The rows of the things in sight."""
        found = ((row, self._table.item(row)) for row in self._view.in_sight())
        return {item.id: row for row, item in found if item is not None}

    def _moved_by(self, stood: Mapping[str, int]) -> int:
        """By how many lines the things stand lower now; most of them, for some are elsewhere."""
        now = ((row, self._table.row_of(identity)) for identity, row in stood.items())
        moves = Counter(there - row for row, there in now if there is not None)
        return moves.most_common(1)[0][0] if moves else 0

    def _here(self) -> int:
        return self._view.currentIndex().row()

    def _row(self) -> int | None:
        return None if self.identity is None else self._table.row_of(self.identity)

    def _take(self) -> None:
        """What stands in the marked line is marked, as soon as it is here."""
        item = self.item
        if item is not None:
            self.identity = item.id
        self._tell(item)

    def _moved(self, row: int) -> None:
        if self._settling:
            return
        if row >= 0 and self._table.item(row) is None:
            self.identity = None  # somebody went to a line that is on its way
        self._take()

    def _changed(self, top: Index, bottom: Index) -> None:
        here = self._here()
        if self._settling or not top.row() <= here <= bottom.row():
            return
        row = self._row()
        if row is None or row == here:
            self._take()
        else:
            scrolled = self._view.verticalScrollBar().value()
            was_in_sight = here in self._view.in_sight()
            self._view.setCurrentIndex(self._table.index(row, 0))
            if not was_in_sight:
                self._view.verticalScrollBar().setValue(scrolled)  # somebody looks elsewhere
