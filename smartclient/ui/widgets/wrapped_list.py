"""A list of a few things in words that wrap: each stands whole in a frame as wide as the list."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from smartclient.ui.theme import look
from smartclient.ui.widgets.text import wrapped_height

_BESIDE, _ABOVE = 13, 9
"""Frame and padding of an item in the stylesheet, in the drawing's pixels."""
_BELOW = 6
_MARGIN = 3
"""What Qt keeps free at both sides of words besides, at every size."""


class WrappedList(QListWidget):
    """Scrolls downwards only.

    Qt reckons the room of a wrapped item without the padding that the stylesheet gives it, and
    makes the item wider than the list; so the height is told here, and the width is the list's.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader says of it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def put(self, words: str, spoken: str = "") -> QListWidgetItem:
        """Add a thing in words; `spoken` is how a screen reader says it, where that differs."""
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken or words)
        self.addItem(item)
        self._measure(item)
        return item

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap elsewhere in another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure_all()

    def showEvent(self, event: QShowEvent) -> None:
        """Only what is shown knows its font."""
        super().showEvent(event)
        self._measure_all()

    def _measure_all(self) -> None:
        for place in range(self.count()):
            self._measure(self.item(place))

    def _measure(self, item: QListWidgetItem) -> None:
        room = self.viewport().width() - 2 * (look().px(_BESIDE) + _MARGIN)
        words = wrapped_height(item.text(), self.font(), room)
        item.setSizeHint(QSize(1, words + 2 * look().px(_ABOVE) + look().px(_BELOW)))
