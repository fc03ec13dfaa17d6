"""A long list as Qt's table wants it: it holds pages, and asks for those it must show.

Search and order are made by the database. What a column says is told by its `ColumnSpec`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

Index = QModelIndex | QPersistentModelIndex
PAGE = 60
"""Lines that are read at once: more than any screen shows."""
_KEPT_PAGES = 8
_AHEAD = PAGE // 2
"""Lines beyond those in sight that are brought before anybody scrolls to them."""
_ASKED_ROLES = frozenset(
    {
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
        int(Qt.ItemDataRole.AccessibleDescriptionRole),
    }
)


class Identified(Protocol):
    """A line that knows what it stands for."""

    @property
    def id(self) -> str:
        """The id of the thing."""


T = TypeVar("T", bound=Identified)


@dataclass(frozen=True, slots=True)
class ColumnSpec(Generic[T]):
    """One column: its head, its share of the width, and what it says of a line."""

    head: str
    share: int
    """Of the width that is left; 0 for a column of `width` drawn pixels."""
    words: Callable[[T], str]
    width: int = 0
    strong: bool = False
    muted: bool = False
    icon: Callable[[T], tuple[str, str]] | None = None
    """Icon and token of its ink; with it the words are only for screen readers."""
    sortable: bool = True
    optional: bool = False
    """Left out where there is little room."""


class PagedTable(QAbstractTableModel, Generic[T]):
    """Emits `page_needed` once for each page that is not here yet."""

    page_needed = Signal(int)
    sorted_by = Signal(int, bool)
    """Column and whether it descends."""

    def __init__(
        self,
        columns: Sequence[ColumnSpec[T]],
        note: Callable[[T], tuple[str, str]],
        parent: QObject | None = None,
    ) -> None:
        """`note` tells the two lines that explain a line of the list."""
        super().__init__(parent)
        self.columns = tuple(columns)
        self.note = note
        self._total = 0
        self._pages: dict[int, tuple[T, ...]] = {}
        self._needed: set[int] = set()
        self._held = 0
        self._order = (-1, False)

    @property
    def order(self) -> tuple[int, bool]:
        """The column of the order, and whether it descends."""
        return self._order

    def mark_order(self, column: int, descending: bool) -> None:
        """Show in the heads by which column the list is ordered."""
        self._order = (column, descending)
        last = len(self.columns) - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def start(self, items: tuple[T, ...], total: int, first: int = 0) -> None:
        """Show another list; `items` are its pages from number `first` on.

        A list of the same length is taken for the same list, so that its place on the screen and
        the marked line stay.
        """
        cuts = range(0, max(len(items), 1), PAGE)
        pages = {first + cut // PAGE: items[cut : cut + PAGE] for cut in cuts}
        if total != self._total:
            self.beginResetModel()
            self._total, self._pages, self._needed = total, pages, set()
            self.endResetModel()
            return
        self._pages, self._needed = pages, set()
        if total:
            self.dataChanged.emit(self.index(0, 0), self.index(total - 1, len(self.columns) - 1))

    def put(self, number: int, items: tuple[T, ...]) -> None:
        """A page that was needed has come; the farthest from it goes, the held one stays."""
        while len(self._pages) >= _KEPT_PAGES:
            farthest = max(
                (kept for kept in self._pages if kept != self._held),
                key=lambda kept: abs(kept - number),
            )
            del self._pages[farthest]
        self._pages[number] = items
        self._needed.discard(number)
        top, bottom = number * PAGE, min(self._total, (number + 1) * PAGE) - 1
        if bottom >= top:
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(self.columns) - 1))

    def hold(self, row: int) -> None:
        """Keep the page of this line, wherever the list goes: the marked line is on it."""
        if row >= 0:
            self._held = row // PAGE

    def expect(self, first: int, last: int) -> None:
        """These lines are in sight: bring what follows before it comes to sight."""
        for row in (first - _AHEAD, last + _AHEAD):
            if 0 <= row < self._total:
                self._bring(row // PAGE)

    def item(self, row: int) -> T | None:
        """The thing of a line, or None while its page is on the way."""
        if not 0 <= row < self._total:
            return None
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._bring(number)
            return None
        return page[place] if place < len(page) else None

    def _bring(self, number: int) -> None:
        if number not in self._pages and number not in self._needed:
            self._needed.add(number)
            self.page_needed.emit(number)

    def row_of(self, identity: str) -> int | None:
        """The line of a thing, if its page is here."""
        for number, page in self._pages.items():
            for place, item in enumerate(page):
                if item.id == identity:
                    return number * PAGE + place
        return None

    # --- what Qt asks ------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many lines the whole list has."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The head of a column, with an arrow at the one that orders the list."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            column, descending = self._order
            arrow = "  ↓" if descending else "  ↑"
            return self.columns[section].head + (arrow if section == column else "")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a line says in a role; its page is read when it is asked for."""
        if role not in _ASKED_ROLES:
            return None
        item = self.item(index.row())
        if item is None:
            return None
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return " ".join(self.note(item)).strip()
        return self.columns[index.column()].words(item)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """The order is made by the database; the page asks it."""
        descending = order is Qt.SortOrder.DescendingOrder
        self.mark_order(column, descending)
        self.sorted_by.emit(column, descending)
