"""The marked line of a long list stays the same thing, wherever news puts it.

A synchronisation changes a list while somebody works with it. Were the mark kept by its place, the
next press would meet another thing; were the list shown from its beginning, the eye would lose its
place. So the mark follows the thing, and what is in sight stays in sight.
"""

from collections.abc import Callable
from typing import Generic

from smartclient.ui.calm_table import CalmTable
from smartclient.ui.paged_table import Index, PagedTable, T


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

    def start(
        self, items: tuple[T, ...], total: int, first: int = 0, *, another: bool = False
    ) -> None:
        """Show another state of the list, of which `items` are page `first`.

        With `another` it is another list: from its beginning, or where the marked thing is.
        """
        here, top = self._here(), self._view.verticalScrollBar().value()
        self._settling = True
        self._table.start(items, total, first)
        row = self._row()
        if row is None:
            row = 0 if another else max(0, min(here, total - 1))
        if total:
            self._view.mark(row)
            if not another and here >= 0:
                self._view.verticalScrollBar().setValue(top)
        self._settling = False
        self._take()

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
            self._view.setCurrentIndex(self._table.index(row, 0))
