"""Six columns in which the cells of a form flow from left to right.

A cell that is not relevant is hidden and leaves no hole. Below every row stands room for messages,
whether there are any or not, so that nothing moves when a message comes or goes; a message may use
the room of its neighbours as long as they have none. Only one that needs more than two lines all
the same makes its row higher.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

from smartclient.ui.theme import look

COLUMNS = 6
GAP = 16
MESSAGE_ROOM = 32
"""Two lines of a message, and at the same time the distance to the next row."""
ROOM_COMPARED = 39
"""The same where a line above the message tells what the answer was before."""
NARROW_COLUMN = 58
"""Below this width a column is too narrow to type in; spans are widened instead.

All lengths are drawn pixels; the theme scales them.
"""


class Message(Protocol):
    """What stands below a cell."""

    def is_empty(self) -> bool:
        """Nothing is said."""

    def height_for(self, width: int) -> int:
        """How high the words are when they wrap at this width."""

    def place(self, rectangle: QRect) -> None:
        """Take this room; an empty rectangle means none."""


Lead = Callable[[int], int]
"""How far below the top of a cell its input begins at a width."""


@dataclass(slots=True)
class _Cell:
    item: QLayoutItem
    columns: int
    message: Message | None
    own_row: bool
    starts_row: bool
    lead: Lead | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    cell: _Cell
    left: int
    width: int


@dataclass(frozen=True, slots=True)
class _Row:
    placed: list[_Placed]
    top: int
    """Where the messages begin."""
    left: int
    right: int
    room: int


class SixColumnGrid(QLayout):
    """A layout for the cells of one card; its height follows from its width."""

    def __init__(self, parent: QWidget | None = None, *, room: int = MESSAGE_ROOM) -> None:
        super().__init__(parent)
        self._cells: list[_Cell] = []
        self._gap = look().px(GAP)
        self._room = look().px(room)
        self._narrow = look().px(NARROW_COLUMN)
        self._rows: list[_Row] = []
        self._heights: dict[int, int] = {}
        """By the width; Qt asks for the comfortable one and the given one in turn."""
        self.setContentsMargins(0, 0, 0, 0)

    def add_cell(
        self,
        widget: QWidget,
        columns: int,
        message: Message | None = None,
        *,
        own_row: bool = False,
        starts_row: bool = False,
        lead: Lead | None = None,
    ) -> None:
        """Append a cell over 1 to 6 columns; `own_row` starts a row and ends it.

        Cells of a row that tell their `lead` stand so that their inputs begin on one line.
        """
        self.addChildWidget(widget)
        span = max(1, min(COLUMNS, columns))
        self._cells.append(_Cell(QWidgetItem(widget), span, message, own_row, starts_row, lead))
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's way to append; the item gets a row of its own."""
        self._cells.append(_Cell(item, COLUMNS, None, own_row=True, starts_row=True))

    def count(self) -> int:
        """How many cells there are, hidden ones included."""
        return len(self._cells)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The cell of that position, or None."""
        return self._cells[index].item if 0 <= index < len(self._cells) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the cell of that position."""
        if not 0 <= index < len(self._cells):
            return None
        cell = self._cells.pop(index)
        self.invalidate()
        return cell.item

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width it is given and no more height than it needs."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Rows wrap, so the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that all visible rows need at this width."""
        if width not in self._heights:
            self._heights[width] = self._arrange(QRect(0, 0, width, 0), place=False)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """As wide as comfortable, as high as that needs."""
        return QSize(640, self.heightForWidth(640))

    def minimumSize(self) -> QSize:
        """It can be squeezed to two narrow columns."""
        margins = self.contentsMargins()
        return QSize(240 + margins.left() + margins.right(), 40)

    def invalidate(self) -> None:
        """Forget measured heights; Qt calls it when a cell appears, goes or changes its size."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rectangle: QRect) -> None:
        """Place all cells and their messages."""
        super().setGeometry(rectangle)
        self._arrange(rectangle, place=True)

    def place_messages(self) -> None:
        """Share out the room of messages again, after one came or went."""
        if any(self._room_of(row.placed, row.left, row.right) != row.room for row in self._rows):
            self.invalidate()
            parent = self.parentWidget()
            if parent is not None:
                parent.updateGeometry()
            return
        for row in self._rows:
            self._place_messages_of(row)

    def _arrange(self, rectangle: QRect, *, place: bool) -> int:
        margins = self.contentsMargins()
        inner = rectangle.marginsRemoved(margins)
        top = inner.top()
        if place:
            self._rows = []
        for row in self._wrapped(inner.width()):
            placed = self._across(row, inner)
            drops = _drops(placed)
            height = max(
                drop + _height(entry.cell.item, entry.width)
                for entry, drop in zip(placed, drops, strict=True)
            )
            has_messages = any(entry.cell.message is not None for entry in placed)
            left, right = inner.left(), inner.right() + 1
            room = self._room_of(placed, left, right) if has_messages else self._gap
            if place:
                for entry, drop in zip(placed, drops, strict=True):
                    own = _height(entry.cell.item, entry.width)
                    corner = QPoint(entry.left, top + drop)
                    entry.cell.item.setGeometry(QRect(corner, QSize(entry.width, own)))
                if has_messages:
                    self._rows.append(_Row(placed, top + height, left, right, room))
                    self._place_messages_of(self._rows[-1])
            top += height + room
        return top - inner.top() + margins.top() + margins.bottom()

    def _wrapped(self, width: int) -> Iterator[list[_Cell]]:
        """Visible cells, row by row; narrow windows widen the spans until they can be typed in."""
        column = (width - (COLUMNS - 1) * self._gap) / COLUMNS
        widen = self._widened(column)
        row: list[_Cell] = []
        used = 0
        for cell in self._cells:
            if cell.item.isEmpty():
                continue
            columns = min(COLUMNS, cell.columns * widen)
            begins = cell.own_row or cell.starts_row
            if row and (used + columns > COLUMNS or begins or row[-1].own_row):
                yield row
                row, used = [], 0
            row.append(cell)
            used += columns
        if row:
            yield row

    def _widened(self, column: float) -> int:
        if column >= self._narrow:
            return 1
        return 2 if column >= self._narrow / 2 else 3

    def _across(self, row: list[_Cell], inner: QRect) -> list[_Placed]:
        column = (inner.width() - (COLUMNS - 1) * self._gap) / COLUMNS
        widen = self._widened(column)
        placed: list[_Placed] = []
        start = 0
        for cell in row:
            columns = min(COLUMNS, cell.columns * widen)
            left = inner.left() + round(start * (column + self._gap))
            right = inner.left() + round((start + columns) * (column + self._gap) - self._gap)
            placed.append(_Placed(cell, left, max(1, right - left)))
            start += columns
        return placed

    def _room_of(self, placed: list[_Placed], left: int, right: int) -> int:
        """The room below a row: the usual one, or what its longest message needs."""
        needed = (
            message.height_for(end - begin) + look().px(4)
            for message, begin, end in self._shares(placed, left, right)
        )
        return max(self._room, *needed, 0)

    def _shares(
        self, placed: list[_Placed], left: int, right: int
    ) -> list[tuple[Message, int, int]]:
        """The messages of a row, each with the width it may use."""
        said = [
            (entry.cell.message, entry.left)
            for entry in placed
            if entry.cell.message is not None and not entry.cell.message.is_empty()
        ]
        if not said:
            return []
        if len(said) == 1:
            message, begin = said[0]
            fits = message.height_for(right - begin) <= self._room
            return [(message, begin if fits else left, right)]
        ends = [begin - self._gap for _message, begin in said[1:]] + [right]
        return [(message, begin, end) for (message, begin), end in zip(said, ends, strict=True)]

    def _place_messages_of(self, row: _Row) -> None:
        for entry in row.placed:
            if entry.cell.message is not None and entry.cell.message.is_empty():
                entry.cell.message.place(QRect())
        for message, begin, end in self._shares(row.placed, row.left, row.right):
            message.place(QRect(begin, row.top + 2, end - begin, row.room - 2))


def _drops(placed: list[_Placed]) -> list[int]:
    """How far each cell of a row is lowered, so that all inputs begin below the highest label."""
    leads = [entry.cell.lead(entry.width) if entry.cell.lead else 0 for entry in placed]
    deepest = max(leads)
    return [deepest - lead for lead in leads]


def _height(item: QLayoutItem, width: int) -> int:
    if item.hasHeightForWidth():
        return item.heightForWidth(width)
    return item.sizeHint().height()
