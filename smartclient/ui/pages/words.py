"""A page in words: for who hears it, and for who reads it larger than paper allows.

The words are those of the frozen file, by its tags. It is an ordinary text that cannot be changed,
so a screen reader goes through it by lines, words and letters as through any other.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from smartclient.domain.language import _
from smartclient.ui.theme import FAMILY, look

_TEXT = 16


class PageWords(QPlainTextEdit):
    """The words of one page."""

    turned = Signal(int)
    """Past the end or the beginning by the keys for pages: 1 or -1."""
    read = Signal()
    """The end of the page was reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("surface", "paper")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(_("Words of the page"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.setTabChangesFocus(True)
        self.cursorPositionChanged.connect(self._note_end)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._note_end())

    def show_words(self, words: str, zoom: float) -> None:
        """Show the words of a page from their beginning, in letters of that size."""
        font = QFont(FAMILY)
        font.setPixelSize(max(look().px(_TEXT), round(look().px(_TEXT) * zoom)))
        self.setFont(font)
        if words != self.toPlainText():
            self.setPlainText(words)
        self._note_end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys for pages turn the page where its words end."""
        before = self.textCursor().position(), self.verticalScrollBar().value()
        super().keyPressEvent(event)
        if (self.textCursor().position(), self.verticalScrollBar().value()) != before:
            return
        match event.key():
            case Qt.Key.Key_PageDown:
                self.moveCursor(QTextCursor.MoveOperation.End)
                self.turned.emit(1)
            case Qt.Key.Key_PageUp:
                self.turned.emit(-1)

    def _note_end(self) -> None:
        """The whole page was read, or could be: its last line is in sight or under the cursor."""
        if not self.isVisible() or not self.toPlainText():
            return
        bar = self.verticalScrollBar()
        if bar.value() >= bar.maximum() or self.textCursor().atEnd():
            self.read.emit()
