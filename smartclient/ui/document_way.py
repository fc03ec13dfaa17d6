"""The way of the marked document: in progress, signed, sent, exported, accepted."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from smartclient.services.documents import DocumentItem
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import Card
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role

_SIDE = 24
_GAP = 6
_LINE = 14
_LEAST_WORDS = 420
"""Room for what the document is, before its way is shortened."""


class Steps(QWidget):
    """Numbered circles with words; what was passed carries a tick, what was reached stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._reached = -1
        self._short = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_way(self, names: tuple[str, ...], reached: int) -> None:
        """Show another way."""
        self._names, self._reached = names, reached
        here = names[reached] if 0 <= reached < len(names) else ""
        self.setAccessibleName(f"{here} ({reached + 1}/{len(names)})" if here else "")
        self.setVisible(bool(names))
        self.updateGeometry()
        self.update()

    def be_short(self, short: bool) -> None:
        """Name only the step that was reached."""
        self._short = short
        self.updateGeometry()
        self.update()

    def whole_width(self) -> int:
        """The width with all words."""
        short, self._short = self._short, False
        width = self.sizeHint().width()
        self._short = short
        return width

    def sizeHint(self) -> QSize:
        """Circles, words and lines beside each other."""
        width = sum(self._width_of(place) for place in range(len(self._names)))
        lines = max(0, len(self._names) - 1) * look().px(_LINE + 2 * _GAP)
        return QSize(width + lines + 2, look().px(_SIDE + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the way."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 1.0
        for place in range(len(self._names)):
            if place:
                left = self._paint_line(painter, left, place)
            left = self._paint_step(painter, left, place)
        painter.end()

    def _font(self, place: int) -> QFont:
        here = place == self._reached
        return look().font(weight=QFont.Weight.Bold if here else QFont.Weight.Normal)

    def _named(self, place: int) -> bool:
        return not self._short or place == self._reached

    def _width_of(self, place: int) -> int:
        if not self._named(place):
            return look().px(_SIDE)
        self.setFont(self._font(place))
        words = self.fontMetrics().horizontalAdvance(self._names[place])
        return look().px(_SIDE + _GAP) + words

    def _paint_line(self, painter: QPainter, left: float, place: int) -> float:
        gap, length = look().px(_GAP), look().px(_LINE)
        token = "good" if place <= self._reached else "line"
        painter.setPen(QPen(look().colour(token), look().px(2)))
        middle = self.height() / 2
        painter.drawLine(QPointF(left + gap, middle), QPointF(left + gap + length, middle))
        return left + 2 * gap + length

    def _paint_step(self, painter: QPainter, left: float, place: int) -> float:
        side = look().px(_SIDE)
        circle = QRectF(left, (self.height() - side) / 2, side, side).adjusted(1, 1, -1, -1)
        passed, here = place < self._reached, place == self._reached
        ink = look().colour("good" if passed or here else "muted")
        painter.setPen(QPen(ink, look().px(1.8)))
        painter.setBrush(ink if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if passed:
            points = ((0.28, 0.52), (0.44, 0.68), (0.73, 0.35))
            spots = [
                QPointF(circle.left() + circle.width() * x, circle.top() + circle.height() * y)
                for x, y in points
            ]
            painter.drawPolyline(QPolygonF(spots))
        else:
            painter.setFont(look().font(13, QFont.Weight.DemiBold))
            painter.setPen(look().colour("surface") if here else ink)
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        if not self._named(place):
            return left + side
        painter.setFont(self._font(place))
        painter.setPen(look().colour("good" if here else "text" if passed else "muted"))
        start = left + side + look().px(_GAP)
        words = painter.fontMetrics().horizontalAdvance(self._names[place])
        box = QRectF(start, 0, words + 2, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, flags, self._names[place])
        return start + words


class DocumentWay(Card):
    """What the marked document is, how far it has come, and below what is wrong with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=4, parent=parent)
        self._headline = ElidedText("", Role.STRONG)
        self._detail = ElidedText("", Role.MUTED)
        self._icon = IconView("documents", 22, "muted")
        self.steps = Steps()
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        line = QHBoxLayout()
        line.setSpacing(look().px(14))
        line.addWidget(self._icon)
        line.addLayout(words, 1)
        line.addWidget(self.steps)
        self._told = FlowingText("", Role.BODY)
        below = QHBoxLayout()
        below.addSpacing(look().px(22 + 14))  # under the words, not under the picture
        below.addWidget(self._told, 1)
        self.content.addLayout(line)
        self.content.addLayout(below)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_document(None)

    @property
    def told(self) -> str:
        """What a person should know about the document; empty mostly."""
        return self._told.text()

    def show_document(self, item: DocumentItem | None) -> None:
        """Show another document, or hide where none is marked."""
        self.setVisible(item is not None)
        if item is None:
            return
        self._icon.show_icon(item.icon, "muted")
        self._headline.setText(item.headline)
        # What is cut off where there is little room stands in the list as well.
        self._detail.setText(f"{item.detail} · {item.title}")
        self._told.setText(item.warning or ("" if item.way else item.note[0]))
        calm = Role.BODY if item.warning else Role.MUTED
        self._told.set_role(Role.BAD if item.warning and item.is_urgent else calm)
        self._told.setVisible(bool(self._told.text()))
        self.steps.show_way(item.way, item.step)
        self._fit()
        self.setAccessibleName(f"{item.headline}, {item.state}")

    def be_compact(self, compact: bool) -> None:
        """Use less room."""
        edge = look().px(10 if compact else 16)
        self.content.setContentsMargins(look().px(16), edge, look().px(16), edge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the document is comes before the words of its way."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        words = look().px(_LEAST_WORDS)
        self.steps.be_short(self.steps.whole_width() + words > self.width())
