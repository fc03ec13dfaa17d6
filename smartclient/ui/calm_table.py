"""The table of a long list: what it shows, its notes, and its keys."""

from typing import Generic

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from smartclient.ui.line_painter import Cell, LinePainter
from smartclient.ui.paged_table import Index, PagedTable, T
from smartclient.ui.theme import ROW_HEIGHT, look
from smartclient.ui.widgets.tooltip import TwoLineNote


class CalmTable(QTableView, Generic[T]):
    """Up, Down, Page and Home keys mark; Enter and a double click open; the menu key acts."""

    opened = Signal(int)
    marked = Signal(int)
    menu_wanted = Signal(QPoint)
    removal_wanted = Signal()

    def __init__(
        self, model: PagedTable[T], name: str, sorted_by: int, parent: QWidget | None = None
    ) -> None:
        """`sorted_by` is the column of the first order; -1 - column where it descends."""
        super().__init__(parent)
        self._table = model
        self.setModel(model)
        self._painter = LinePainter(model)
        self._hovered = -1
        self.note = TwoLineNote(self)
        self.setAccessibleName(name)
        self._look_calm()
        self._set_order(sorted_by)
        self.verticalScrollBar().valueChanged.connect(self._expect)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        look().changed.connect(self._measure)
        self._measure()

    def _look_calm(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)
        head.setProperty("kind", "calm")
        head.setSectionsClickable(True)

    def _set_order(self, sorted_by: int) -> None:
        descending = sorted_by < 0
        column = -1 - sorted_by if descending else sorted_by
        self._table.mark_order(column, descending)
        self.horizontalHeader().sectionClicked.connect(self._sort)

    def _sort(self, column: int) -> None:
        if not self._table.columns[column].sortable:
            return
        ordered_by, descending = self._table.order
        down = not descending if column == ordered_by else False
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self._table.sort(column, order)

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(look().px(ROW_HEIGHT))
        self.horizontalHeader().setFixedHeight(look().px(38))
        self._share()

    def mark(self, row: int) -> None:
        """Mark a line and bring it to sight, also one of a list that was put in place just now."""
        self.executeDelayedItemsLayout()  # until then the view believes that there is no line
        self.setCurrentIndex(self._table.index(row, 0))

    def in_sight(self) -> range:
        """The rows of the lines in sight; empty while the list is, or is not shown yet."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return range(max(first, 0), 0 if first < 0 else (last if last >= 0 else self._last) + 1)

    @property
    def _last(self) -> int:
        return self._table.rowCount() - 1

    def be_compact(self, compact: bool) -> None:
        """Leave out what is optional, or show everything."""
        for place, column in enumerate(self._table.columns):
            self.setColumnHidden(place, compact and column.optional)
        self._share()

    def _share(self) -> None:
        columns = self._table.columns
        shown = [column for place, column in enumerate(columns) if not self.isColumnHidden(place)]
        fixed = sum(look().px(column.width) for column in shown if not column.share)
        room = max(0, self.viewport().width() - fixed)
        whole = sum(column.share for column in shown) or 1
        for place, column in enumerate(columns):
            shared = room * column.share // whole
            self.setColumnWidth(place, shared if column.share else look().px(column.width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that have to be painted, all of them in one go."""
        area, whole = event.rect(), self._table.rowCount()
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        if first < 0:
            return
        rows = range(first, (whole if last < 0 else last + 1))
        lines = [(row, self.rowViewportPosition(row), self.rowHeight(row)) for row in rows]
        cells = [
            Cell(spec, self.columnViewportPosition(place), self.columnWidth(place), place == 0)
            for place, spec in enumerate(self._table.columns)
            if not self.isColumnHidden(place)
        ]
        chosen = self.selectionModel().selectedRows()
        marked = chosen[0].row() if chosen else -1
        painter = QPainter(self.viewport())
        self._painter.paint(painter, lines, cells, marked, self._hovered)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns; a marked line that was in sight stays in sight."""
        here = self.currentIndex()
        was_there = self.visualRect(here).intersects(QRect(QPoint(), event.oldSize()))
        super().resizeEvent(event)
        self._share()
        if was_there and event.size().height() < event.oldSize().height():
            self.scrollTo(here)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which line is marked now."""
        super().currentChanged(current, previous)
        self._table.hold(current.row())
        self.marked.emit(current.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the line under the pointer step forward a little."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(int(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self._hover(-1)
        self.note.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete asks for removal, Home and End go to the first and last line."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.currentIndex().isValid():
                    self.opened.emit(self.currentIndex().row())
            case Qt.Key.Key_Delete:
                self.removal_wanted.emit()
            case Qt.Key.Key_Home:
                self._go_to(0)
            case Qt.Key.Key_End:
                self._go_to(self._table.rowCount() - 1)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same actions as above, at the line; the menu key opens them as well."""
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            line = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(line.bottomLeft())
        self.menu_wanted.emit(place)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the note of the line under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.show_note(self.rowAt(event.pos().y()))
            return True
        if event.type() in (QEvent.Type.Wheel, QEvent.Type.MouseButtonPress):
            self.note.hide()
        return super().viewportEvent(event)

    def show_note(self, row: int) -> None:
        """Show both lines that explain a line of the list."""
        item = self._table.item(row)
        first, second = ("", "") if item is None else self._table.note(item)
        if not first:
            self.note.hide()
            return
        line = self.visualRect(self._table.index(row, min(1, len(self._table.columns) - 1)))
        place = self.viewport().mapToGlobal(line.bottomLeft() + QPoint(0, -look().px(8)))
        self.note.show_at(place, first, second)

    def _expect(self) -> None:
        rows = self.in_sight()
        if rows:
            self._table.expect(rows[0], rows[-1])

    def _go_to(self, row: int) -> None:
        if 0 <= row < self._table.rowCount():
            self.setCurrentIndex(self._table.index(row, 0))

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            old, self._hovered = self._hovered, row
            for changed in (old, row):
                if changed >= 0:
                    self._update_row(changed)

    def _update_row(self, row: int) -> None:
        first = self.visualRect(self._table.index(row, 0))
        self.viewport().update(0, first.top(), self.viewport().width(), first.height())
