"""The book in bars, painted by hand, and the same as a table for who will not read bars."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.home import Bar
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind

if TYPE_CHECKING:
    from smartclient.ui.widgets.plain_table import PlainTable

_LINE = 58
_BAR = 22


class Bars(QWidget):
    """One bar a line; a press on one emits its place. Left and right keys are not needed."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._here = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName(_("Documents by state"))

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other counts."""
        self._bars = bars
        told = ", ".join(f"{bar.label} {bar.count}" for bar in bars)
        self.setAccessibleDescription(told)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for each bar."""
        return QSize(look().px(320), max(1, len(self._bars)) * look().px(_LINE))

    def minimumSizeHint(self) -> QSize:
        """The lines may come closer."""
        return QSize(look().px(200), max(1, len(self._bars)) * look().px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words, bars and counts."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look().font())
        words = max(
            (painter.fontMetrics().horizontalAdvance(bar.label) for bar in self._bars), default=0
        )
        most = max((bar.count for bar in self._bars), default=0) or 1
        left = words + look().px(18)
        room = self.width() - left - look().px(48)
        for place, bar in enumerate(self._bars):
            self._paint_bar(painter, place, bar, left, room * bar.count / most)
        painter.end()

    def _line_of(self, place: int) -> QRectF:
        height = min(look().px(_LINE), self.height() / max(1, len(self._bars)))
        return QRectF(0, place * height, self.width(), height)

    def _paint_bar(
        self, painter: QPainter, place: int, bar: Bar, left: float, length: float
    ) -> None:
        line = self._line_of(place)
        if self.hasFocus() and place == self._here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().colour("accent_ground"))
            painter.drawRoundedRect(line.adjusted(-2, 3, 0, -3), 6, 6)
        painter.setPen(look().colour("text" if bar.count else "muted"))
        painter.setFont(look().font())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(line, middle, bar.label)
        thickness = look().px(_BAR)
        top = line.top() + (line.height() - thickness) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour(bar.token))
        drawn = max(length, look().px(4)) if bar.count else look().px(2)
        if not bar.count:
            painter.setBrush(look().colour("line"))
        painter.drawRoundedRect(QRectF(left, top, drawn, thickness), 4, 4)
        painter.setPen(look().colour("text" if bar.count else "muted"))
        painter.setFont(look().font(14, QFont.Weight.DemiBold))
        count = QRectF(left + drawn + look().px(8), line.top(), look().px(60), line.height())
        painter.drawText(count, middle, str(bar.count))

    def event(self, event: QEvent) -> bool:
        """A tooltip tells the count of the bar under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().y())
            if place is not None:
                bar = self._bars[place]
                self.setToolTip(_("{label}: {count}").format(label=bar.label, count=bar.count))
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the documents of the bar."""
        place = self._place_at(event.position().y())
        if place is not None and self._bars[place].count:
            self.pressed.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be pressed."""
        place = self._place_at(event.position().y())
        pressable = place is not None and bool(self._bars[place].count)
        shape = Qt.CursorShape.PointingHandCursor if pressable else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a bar, Enter opens its documents."""
        match event.key():
            case Qt.Key.Key_Down:
                self._here = min(self._here + 1, len(self._bars) - 1)
            case Qt.Key.Key_Up:
                self._here = max(self._here - 1, 0)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                if self._bars and self._bars[self._here].count:
                    self.pressed.emit(self._here)
            case _:
                super().keyPressEvent(event)
        self.update()

    def _place_at(self, y: float) -> int | None:
        for place in range(len(self._bars)):
            line = self._line_of(place)
            if line.top() <= y < line.bottom():
                return place
        return None


class BarChart(QWidget):
    """The bars, and a switch to the same as a table."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Bars()
        self.bars.pressed.connect(self.pressed)
        self._shown: tuple[Bar, ...] = ()
        self._switch = Button(_("Show as a table"), ButtonKind.LINK)
        self._switch.clicked.connect(self._turn)
        self._faces = QStackedWidget()
        self._faces.addWidget(self.bars)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(8))
        layout.addWidget(self._faces, 1)
        layout.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignLeft)

    @cached_property
    def table(self) -> "PlainTable":
        """The same as a table, made when it is first wanted."""
        from smartclient.ui.widgets.plain_table import PlainTable

        table = PlainTable(_("Documents by state"), (_("State"), _("Documents")), (3, 2))
        table.show_lines(_lines(self._shown))
        self._faces.addWidget(table)
        return table

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other counts."""
        self._shown = bars
        self.bars.show_bars(bars)
        if "table" in self.__dict__:
            self.table.show_lines(_lines(bars))

    def _turn(self) -> None:
        bars_shown = self._faces.currentWidget() is self.bars
        self._faces.setCurrentWidget(self.table if bars_shown else self.bars)
        self._switch.rename(_("Show as bars") if bars_shown else _("Show as a table"))


def _lines(bars: tuple[Bar, ...]) -> list[tuple[str, str]]:
    return [(bar.label, str(bar.count)) for bar in bars]
