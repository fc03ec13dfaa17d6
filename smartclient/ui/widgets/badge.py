"""A small rounded count or word beside something else."""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from smartclient.ui.theme import LABEL, look


class Tone(StrEnum):
    """How a badge speaks. Its words carry the meaning, the colour only helps."""

    CALM = "calm"
    ACCENT = "accent"
    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    HERE = "here"
    """On the ground of the marked place."""


_GROUND = {
    Tone.CALM: "line",
    Tone.ACCENT: "accent_ground",
    Tone.GOOD: "good_ground",
    Tone.ATTENTION: "attention_ground",
    Tone.BAD: "bad_ground",
    Tone.HERE: "surface",
}
_INK = {
    Tone.CALM: "text",
    Tone.ACCENT: "accent_text",
    Tone.GOOD: "good",
    Tone.ATTENTION: "text",
    Tone.BAD: "bad",
    Tone.HERE: "accent_text",
}


class Badge(QWidget):
    """A word or a count on a rounded ground; nothing at all when the text is empty."""

    def __init__(
        self, text: str = "", tone: Tone = Tone.CALM, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setVisible(bool(text))
        look().changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show_text(self, text: str, tone: Tone | None = None) -> None:
        """Say something else."""
        if (text, tone or self._tone) == (self._text, self._tone):
            return
        self._text = text
        self._tone = tone or self._tone
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the words and round at the ends."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._text) + look().px(14)
        height = look().px(20)
        return QSize(max(width, look().px(26)), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour(_GROUND[self._tone]))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(look().font(LABEL, QFont.Weight.Medium))
        painter.setPen(look().colour(_INK[self._tone]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
