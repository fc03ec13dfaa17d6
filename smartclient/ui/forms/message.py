"""What stands below a field: what it was before, a problem in words, a word of help, or nothing.

It is painted instead of being a label, because a label that changes its text makes the whole form
measure itself again at every key press.
"""

from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from smartclient.ui.forms.former import FormerAnswer
from smartclient.ui.icons import paint_icon
from smartclient.ui.theme import LABEL, look

_ICON = 14


class Tone(StrEnum):
    """How a message is meant; also the name of its colour in the theme."""

    ERROR = "bad"
    WARNING = "attention"
    HELP = "muted"


class FieldMessage(QWidget):
    """The message of one field; the grid gives it its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone = Tone.HELP
        self._former: FormerAnswer | None = None
        self.hide()

    @property
    def text(self) -> str:
        """What is said now."""
        return self._text

    @property
    def former(self) -> FormerAnswer | None:
        """The line about what it was before; None where nothing changed."""
        return self._former

    def show_former(self, former: FormerAnswer | None) -> bool:
        """Let a line stand above the words; returns whether the room has to be shared out again."""
        if former is self._former:
            return False
        if self._former is not None:
            self._former.hide()
            self._former.deleteLater()
        self._former = former
        return True

    def is_empty(self) -> bool:
        """Nothing is said."""
        return not self._text and self._former is None

    def height_for(self, width: int) -> int:
        """How high the words are when they wrap at this width."""
        if not self._text:
            return self._above()
        metrics = QFontMetrics(look().font(LABEL))
        left = self._indent()
        space = QRect(0, 0, max(1, width - left), 10_000)
        words = metrics.boundingRect(space, int(Qt.TextFlag.TextWordWrap), self._text).height()
        return words + self._above()

    def say(self, text: str, tone: Tone) -> bool:
        """Say something else; returns whether the room has to be shared out again."""
        if (text, tone) == (self._text, self._tone):
            return False
        moves = text != self._text
        self._text, self._tone = text, tone
        self.setToolTip(text)
        self.update()
        return moves

    def place(self, rectangle: QRect) -> None:
        """Take this room; an empty rectangle means none."""
        if rectangle.isEmpty():
            self.hide()
            return
        self.setGeometry(rectangle)
        if self._former is not None:
            self._former.setGeometry(0, 0, rectangle.width(), self._above())
            self._former.show()
        self.show()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(80, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words; a warning has a sign before them, so that colour alone tells nothing."""
        del event
        painter = QPainter(self)
        painter.setFont(look().font(LABEL))
        painter.setPen(look().colour(self._tone.value))
        words = QRectF(self.rect())
        words.setTop(self._above())
        if self._tone is Tone.WARNING:
            side = look().px(_ICON)
            paint_icon(
                painter, "attention", QRectF(0, words.top() + 1, side, side), self._tone.value
            )
            words.setLeft(self._indent())
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, int(flags), self._text)
        painter.end()

    def _above(self) -> int:
        """The room of the line about what it was before."""
        return self._former.sizeHint().height() if self._former is not None else 0

    def _indent(self) -> int:
        """The room of the sign before a warning."""
        return look().px(_ICON + 4) if self._tone is Tone.WARNING else 0
