"""Ticks and choices whose words may run over several lines."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy, QWidget

from smartclient.ui.theme import look

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    # What both have in common is mixed in; Qt allows one of its classes above a widget.
    _Button = object

_SIDE = 20
_GAP = 10
_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)


def _words_box(button: QAbstractButton) -> QRect:
    left = look().px(_SIDE + _GAP)
    return button.rect().adjusted(left, 0, 0, 0)


def _height_for(button: QAbstractButton, width: int) -> int:
    room = max(1, width - look().px(_SIDE + _GAP))
    height = _height_of_words(button.text(), room, button.font(), look().scale)
    return max(height, look().px(_SIDE)) + look().px(8)


@lru_cache(maxsize=1_000)
def _height_of_words(words: str, room: int, font: QFont, scale: float) -> int:
    """Wrapped words are measured once: a layout asks for the same heights again and again."""
    del scale  # a part of the key
    space = QRect(0, 0, room, 10_000)
    return QFontMetrics(font).boundingRect(space, _FLAGS, words).height()


def _size_hint(button: QAbstractButton) -> QSize:
    width = button.fontMetrics().horizontalAdvance(button.text()) + look().px(_SIDE + _GAP + 2)
    return QSize(width, look().px(_SIDE + 8))


def _sign_box(button: QAbstractButton) -> QRectF:
    side = look().px(_SIDE)
    first_line = min(button.height(), button.fontMetrics().height() + look().px(8))
    words = button.fontMetrics().boundingRect(_words_box(button), _FLAGS, button.text())
    top = words.top() if words.height() > first_line else (button.height() - side) / 2
    return QRectF(1.0, max(1.0, top), side - 2, side - 2)


def _paint_words(button: QAbstractButton, painter: QPainter) -> None:
    painter.setPen(look().colour("text" if button.isEnabled() else "faint"))
    painter.drawText(_words_box(button), _FLAGS, button.text())


def _frame_pen(button: QAbstractButton) -> QPen:
    if not button.isEnabled():
        return QPen(look().colour("line"), 1)
    strong = button.hasFocus() or button.isChecked()
    return QPen(look().colour("accent" if strong else "edge"), 2 if button.hasFocus() else 1.2)


def _set_up(button: QAbstractButton) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    button.setSizePolicy(policy)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAccessibleName(button.text())
    look().changed.connect(button.update)


def _paint_box(button: QAbstractButton, painter: QPainter, box: QRectF) -> None:
    ground = "accent" if button.isChecked() and button.isEnabled() else "surface"
    painter.setBrush(look().colour(ground))
    radius = look().px(5)
    painter.drawRoundedRect(box, radius, radius)
    if not button.isChecked():
        return
    pen = QPen(look().colour("on_accent" if button.isEnabled() else "muted"), look().px(2))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    left, top, side = box.left(), box.top(), box.width()
    points = ((0.24, 0.53), (0.43, 0.72), (0.77, 0.31))
    painter.drawPolyline(QPolygonF([QPointF(left + side * x, top + side * y) for x, y in points]))


def _paint_circle(button: QAbstractButton, painter: QPainter, box: QRectF) -> None:
    painter.setBrush(look().colour("surface"))
    painter.drawEllipse(box)
    if button.isChecked():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("accent" if button.isEnabled() else "muted"))
        inner = box.width() * 0.27
        painter.drawEllipse(box.adjusted(inner, inner, -inner, -inner))


class _Worded(_Button):
    """A sign with words beside it that may run over several lines; a click on either counts."""

    def sizeHint(self) -> QSize:
        """On one line, if there is room."""
        return _size_hint(self)

    def minimumSizeHint(self) -> QSize:
        """Narrow; the words wrap."""
        return QSize(look().px(120), look().px(_SIDE + 8))

    def hasHeightForWidth(self) -> bool:
        """The words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the wrapped words."""
        return _height_for(self, width)

    def hitButton(self, pos: object) -> bool:
        """Words and sign are one."""
        del pos
        return True

    def _paint(self, sign: Callable[[QAbstractButton, QPainter, QRectF], None]) -> None:
        """Paint the sign, with its mark when it is chosen, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_frame_pen(self))
        sign(self, painter, _sign_box(self))
        _paint_words(self, painter)
        painter.end()


class Tick(_Worded, QCheckBox):
    """A box to tick. The space bar and a click anywhere on its words change it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        _set_up(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box and its words."""
        del event
        self._paint(_paint_box)


class Alternative(_Worded, QRadioButton):
    """One of several ways; exactly one of its neighbours is chosen."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        _set_up(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A circle and its words."""
        del event
        self._paint(_paint_circle)
