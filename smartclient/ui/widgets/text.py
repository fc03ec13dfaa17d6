"""Words on the screen: labels by their role, labels that shorten themselves, field labels."""

from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from smartclient.domain.presentation import NBSP
from smartclient.ui.theme import dress_again


class Role(StrEnum):
    """What a text is; the theme gives it size, weight and colour."""

    TITLE = "title"
    HEADING = "heading"
    HEADING_SMALL = "heading-small"
    STRONG = "strong"
    BODY = "body"
    MUTED = "muted"
    LABEL = "label"
    SMALL = "small"
    SMALL_STRONG = "small-strong"
    HERE = "here"
    """The place where the person is."""
    FIGURE = "figure"
    BRAND = "brand"
    PROBLEM = "problem"
    WARNING = "problem-warning"
    BAD = "bad"
    GOOD = "good"


_PROPORTIONAL = (Role.FIGURE, Role.TITLE, Role.HEADING)
"""Large figures stand alone; only columns need them of one width."""


class Text(QLabel):
    """Plain words that wrap where they must; never markup from outside."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role.value)
        if role in _PROPORTIONAL:
            font = self.font()
            font.setFeature(QFont.Tag("tnum"), 0)
            self.setFont(font)
        self.setWordWrap(wrap)
        if wrap:
            self.setMinimumWidth(1)

    def minimumSizeHint(self) -> QSize:
        """Wrapped words may be narrow, but never lower than one line."""
        if not self.wordWrap():
            return super().minimumSizeHint()
        return QSize(1, self.fontMetrics().lineSpacing())

    def set_role(self, role: Role) -> None:
        """Show it as something else from now on."""
        if self.property("role") == role.value:
            return
        self.setProperty("role", role.value)
        dress_again(self)


class FlowingText(Text):
    """Words that wrap inside an area that scrolls: their height follows from their width alone."""

    def __init__(
        self, text: str = "", role: Role = Role.BODY, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, role, wrap=True, parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class ElidedText(Text):
    """One line that ends with … when it does not fit, and then tells the whole in its tooltip."""

    def __init__(
        self, text: str = "", role: Role = Role.BODY, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """It can be as narrow as it must."""
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shortened words."""
        del event
        painter = QPainter(self)  # begins with the font and the colour of this label
        middle = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.contentsRect(), middle, self._shortened())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the whole only when something is missing."""
        super().resizeEvent(event)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """The font may have changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._tell()

    def setText(self, text: str) -> None:
        """Show other words."""
        super().setText(text)
        self._tell()

    def _shortened(self) -> str:
        width = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def _tell(self) -> None:
        if not self.isVisible():
            return  # told when it is shown: it is given its size then
        whole = self.text()
        self.setToolTip(whole if self._shortened() != whole else "")


class FieldLabel(Text):
    """The label above a field; a mandatory one carries the star."""

    def __init__(self, text: str, *, required: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, Role.LABEL, parent=parent)
        self._plain = text
        self.mark(required)

    def mark(self, required: bool) -> None:
        """Show or take away the star."""
        # The star never stands alone on a line of its own.
        self.setText(f"{self._plain}{NBSP}*" if required else self._plain)


def wrapped_height(words: str, font: QFont, width: int) -> int:
    """How high words stand when they wrap in this width.

    Qt's own views leave out of account the padding that the stylesheet gives an item, so that
    what fits in their reckoning is cut off on the screen. Most words fit in one line, which is
    remembered: a table of hundreds of lines asks for each of them at every change of its width.
    """
    named = font.toString()
    if "\n" not in words and _advance(words, named) < width:
        return _line_height(named)
    return _wrapped(words, named, max(1, width))


@lru_cache(maxsize=64)
def _metrics(font: str) -> QFontMetrics:
    asked = QFont()
    asked.fromString(font)
    return QFontMetrics(asked)


@lru_cache(maxsize=4_096)
def _advance(words: str, font: str) -> int:
    return _metrics(font).horizontalAdvance(words)


@lru_cache(maxsize=64)
def _line_height(font: str) -> int:
    return _wrapped("X", font, 10_000)


def _wrapped(words: str, font: str, width: int) -> int:
    room, flags = QRect(0, 0, width, 10_000), int(Qt.TextFlag.TextWordWrap)
    return _metrics(font).boundingRect(room, flags, words).height()


def rule(parent: QWidget | None = None) -> QWidget:
    """A thin line between two things."""
    line = QFrame(parent)
    line.setProperty("surface", "line")
    line.setFixedHeight(1)
    return line
