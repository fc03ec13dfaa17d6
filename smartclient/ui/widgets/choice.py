"""A drop-down list in the theme, with the arrow of the icon set."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView, QStyledItemDelegate, QWidget

from smartclient.ui.icons import paint_icon
from smartclient.ui.theme import look


class Choice(QComboBox):
    """A list to choose one from. The wheel never changes it, so scrolling a form cannot."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setView(QListView())
        self.name(name)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)

    def name(self, name: str) -> None:
        """Call the field and its list by another name."""
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, and its arrow where there is something to choose."""
        super().paintEvent(event)
        if not self.isEnabled():
            return
        painter = QPainter(self)
        side = look().px(16)
        box = QRectF(self.width() - side - look().px(12), (self.height() - side) / 2, side, side)
        paint_icon(painter, "chevron-down", box, "muted")
        painter.end()
