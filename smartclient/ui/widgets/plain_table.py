"""A short table of words that are only read: components, counts."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from smartclient.ui.theme import look
from smartclient.ui.widgets.text import wrapped_height

_LINE, _ABOVE_AND_BELOW, _PADDING = 42, 20, 24
"""Of a line: its least height, and what the stylesheet leaves free around its words."""


def be_plain(table: QTableWidget) -> None:
    """Only read: no grid, no edits; the keyboard marks whole lines and Tab leaves the table."""
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setHighlightSections(False)
    header.setFixedHeight(look().px(36))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class PlainTable(QTableWidget):
    """Columns share the width as told; the keyboard moves by lines and Tab leaves it."""

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        shares: Sequence[int],
        parent: QWidget | None = None,
        *,
        wraps: bool = False,
    ) -> None:
        """With `wraps`, lines are as high as their words; otherwise long words are shortened."""
        super().__init__(0, len(heads), parent)
        self._shares = tuple(shares)
        self._wraps = wraps
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        be_plain(self)
        self.verticalHeader().setDefaultSectionSize(look().px(_LINE))
        self.setWordWrap(wraps)

    def show_lines(self, lines: Sequence[Sequence[str]]) -> None:
        """Show other lines; long words tell themselves whole in a tooltip."""
        self.setRowCount(len(lines))
        for place, line in enumerate(lines):
            for column, word in enumerate(line):
                item = QTableWidgetItem(word)
                item.setToolTip(word)
                self.setItem(place, column, item)
        self._measure()

    def resizeEvent(self, event: object) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        room, whole = self.viewport().width(), sum(self._shares)
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, room * share // whole)
        self._measure()

    def _measure(self) -> None:
        if not self._wraps:
            return
        for place in range(self.rowCount()):
            highest = 0
            for column in range(self.columnCount()):
                item = self.item(place, column)
                if item is not None:
                    room = self.columnWidth(column) - look().px(_PADDING)
                    highest = max(highest, wrapped_height(item.text(), self.font(), room))
            self.setRowHeight(place, max(look().px(_LINE), highest + look().px(_ABOVE_AND_BELOW)))
