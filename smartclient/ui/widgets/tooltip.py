"""The dark note with two lines: what is, and below it, quieter, what that means."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from smartclient.ui.theme import RADIUS_FIELD, look

_FONT = 14
_WIDTH = 420
_PADDING = 12
_WRAP = int(Qt.TextFlag.TextWordWrap)


class TwoLineNote(QWidget):
    """One such note for a view; it shows at most once at a time and hides by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._first = self._second = ""

    @property
    def words(self) -> tuple[str, str]:
        """Both lines that are shown."""
        return self._first, self._second

    def show_at(self, place: QPoint, first: str, second: str = "") -> None:
        """Show both lines with the upper left corner at a place of the screen, inside it."""
        self._first, self._second = first, second
        self.resize(self.sizeHint())
        screen = self.screen().availableGeometry()
        x = min(place.x(), screen.right() - self.width())
        y = place.y()
        if y + self.height() > screen.bottom():
            y = place.y() - self.height() - look().px(40)
        self.move(max(screen.left(), x), max(screen.top(), y))
        self.setAccessibleName(f"{first} {second}".strip())
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as both lines, wrapped at a readable width."""
        first, second = self._boxes()
        right = max(first.right(), second.right())
        padding = look().px(_PADDING)
        return QSize(right + padding, second.bottom() + look().px(9))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the note."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("tip_ground"))
        radius = look().px(RADIUS_FIELD)
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setFont(look().font(_FONT))
        first, second = self._boxes()
        painter.setPen(look().colour("tip_text"))
        painter.drawText(first, _WRAP, self._first)
        painter.setPen(look().colour("tip_muted"))
        painter.drawText(second, _WRAP, self._second)
        painter.end()

    def _boxes(self) -> tuple[QRect, QRect]:
        metrics = QFontMetrics(look().font(_FONT))
        padding, top = look().px(_PADDING), look().px(9)
        space = QRect(padding, top, look().px(_WIDTH), 2_000)
        first = metrics.boundingRect(space, _WRAP, self._first)
        below = space.translated(0, first.height() + look().px(3))
        second = metrics.boundingRect(below, _WRAP, self._second)
        return first, second if self._second else QRect(first.bottomLeft(), QSize(0, 1))
