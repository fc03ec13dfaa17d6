"""Two versions of a document side by side, answer by answer, with the differences marked.

A difference is marked by a sign and by weight, never by colour alone; each line tells itself whole
to a screen reader. The table is as high as its lines, so that the page scrolls and not the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from smartclient.domain.language import _, ngettext
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import column, row
from smartclient.ui.widgets.plain_table import be_plain
from smartclient.ui.widgets.text import Role, Text, wrapped_height

MARK, NOTHING = "≠", "–"
_SHARES = (30, 35, 35)
_MARK_WIDTH = 34
_LOWEST, _ABOVE_AND_BELOW = 37, 16
_PADDING = 24
"""What the stylesheet leaves free beside the words of an item, and a little more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value in both versions; `section` is the part of the form that it belongs to."""

    section: str
    label: str
    yours: str
    valid: str

    @property
    def differs(self) -> bool:
        """Whether the two versions do not share it."""
        return self.yours != self.valid


class ComparisonTable(QWidget):
    """Emits where the keyboard is, so that the page around can bring it to sight."""

    line_reached = Signal(int, int)
    """The upper edge and the height of the line, in this widget."""

    def __init__(self, heads: tuple[str, str], parent: QWidget | None = None) -> None:
        """`heads` name the two versions, the person's own first."""
        super().__init__(parent)
        self._heads = heads
        self._lines: tuple[Line, ...] | None = None
        box = column(self, spacing=2)
        self._told = Text("", Role.STRONG)
        self.only = Button("", ButtonKind.SMALL)
        self.every = Button(_("All values"), ButtonKind.SMALL)
        group = QButtonGroup(self)
        tools = row(spacing=2)
        tools.addWidget(self._told, 1)
        for button in (self.only, self.every):
            button.setCheckable(True)
            group.addButton(button)
            tools.addWidget(button)
        self.only.setChecked(True)
        group.buttonClicked.connect(lambda _button: self._fill())
        self.table = _Table(heads)
        self.table.currentCellChanged.connect(self._reached)
        box.addLayout(tools)
        box.addWidget(self.table)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other values; only those that differ, until all are asked for.

        The same ones again leave the keyboard where it is.
        """
        if self._lines == tuple(lines):
            return
        self._lines = tuple(lines)
        count = sum(line.differs for line in self._lines)
        told = ngettext("{count} value differs", "{count} values differ", count)
        self._told.setText(told.format(count=count) if count else _("No value differs"))
        self.only.rename(_("Only differences ({count})").format(count=count))
        self._fill()

    @property
    def told(self) -> str:
        """How many values differ, in words."""
        return self._told.text()

    def _fill(self) -> None:
        only = self.only.isChecked()
        shown = tuple(line for line in self._lines or () if line.differs or not only)
        self.table.show_lines(shown)
        self.table.setVisible(bool(shown))

    def _reached(self, line: int, _column: int, _before: int, _from: int) -> None:
        if line < 0:
            return  # nothing is marked while other values are put in
        index: QModelIndex = self.table.model().index(line, 0)
        box = self.table.visualRect(index)
        top = self.table.viewport().mapTo(self, box.topLeft()).y()
        self.line_reached.emit(top, box.height())


class _Table(QTableWidget):
    def __init__(self, heads: tuple[str, str]) -> None:
        super().__init__(0, 4)
        self._heads = heads
        self.setAccessibleName(_("Both versions side by side"))
        self.setHorizontalHeaderLabels(["", _("Field"), *heads])
        be_plain(self)
        self.verticalHeader().setMinimumSectionSize(look().px(_LOWEST))
        self.setWordWrap(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these, below the names of their sections."""
        self.clearSpans()
        self.setRowCount(0)
        placed = list(_with_sections(lines))
        self.setRowCount(len(placed))
        for place, line in enumerate(placed):
            if isinstance(line, str):
                self._put_section(place, line)
            else:
                self._put_line(place, line)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns; the height follows from the words."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _put_section(self, place: int, name: str) -> None:
        item = QTableWidgetItem(name)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setFont(look().font(13, QFont.Weight.DemiBold))
        item.setForeground(look().colour("muted"))
        self.setItem(place, 0, item)
        self.setSpan(place, 0, 1, 4)

    def _put_line(self, place: int, line: Line) -> None:
        spoken = _spoken(line, self._heads)
        words = (MARK if line.differs else "", line.label, line.yours, line.valid)
        for part, word in enumerate(words):
            shown = word if part < 2 else word or NOTHING
            item = QTableWidgetItem(shown)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            if line.differs and part != 1:
                item.setFont(look().font(weight=QFont.Weight.DemiBold))
            if part == 0:
                item.setForeground(look().colour("attention"))
            if part == 1:
                item.setForeground(look().colour("text" if line.differs else "muted"))
            self.setItem(place, part, item)

    def _fit(self) -> None:
        mark = look().px(_MARK_WIDTH)
        room, whole = self.viewport().width() - mark, sum(_SHARES)
        self.setColumnWidth(0, mark)
        for part, share in enumerate(_SHARES, start=1):
            self.setColumnWidth(part, room * share // whole)
        heights = [self._height_of(place) for place in range(self.rowCount())]
        for place, height in enumerate(heights):
            self.setRowHeight(place, height)
        self.setFixedHeight(sum(heights) + self.horizontalHeader().height() + 2)

    def _height_of(self, place: int) -> int:
        """The height at which every word of a line can be read."""
        highest = 0
        for part in range(1, self.columnCount()):
            item = self.item(place, part)
            if item is not None:
                room = self.columnWidth(part) - look().px(_PADDING)
                highest = max(highest, wrapped_height(item.text(), item.font(), room))
        return max(look().px(_LOWEST), highest + look().px(_ABOVE_AND_BELOW))


def _with_sections(lines: Sequence[Line]) -> Iterator[Line | str]:
    here = ""
    for line in lines:
        if line.section and line.section != here:
            here = line.section
            yield here
        yield line


def _spoken(line: Line, heads: tuple[str, str]) -> str:
    told = _("{label}: {first} {yours}, {second} {valid}, {verdict}")
    return told.format(
        label=line.label,
        first=heads[0],
        yours=line.yours or _("not filled in"),
        second=heads[1],
        valid=line.valid or _("not filled in"),
        verdict=_("differs") if line.differs else _("the same"),
    )
