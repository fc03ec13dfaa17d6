"""A tile of the home page: the number that matters, what it means, and a plus."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, row
from smartclient.ui.widgets.text import Role, Text


class Tile(Card):
    """Pressed as a whole it opens its place; the plus, where there is one, adds."""

    opened = Signal()
    add_pressed = Signal()

    def __init__(self, title: str, *, add: str = "", parent: QWidget | None = None) -> None:
        super().__init__(padding=5, spacing=1, parent=parent)
        self._title = title
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        head = row()
        head.addWidget(Text(title, Role.STRONG))
        head.addStretch()
        head.addSpacing(1)
        head.addStrut(look().px(30))
        self.plus = Button("", ButtonKind.SMALL, icon_name="plus", name=add)
        self.plus.clicked.connect(self.add_pressed)
        self.plus.setVisible(bool(add))
        head.addWidget(self.plus)
        self._figure = Text("–", Role.FIGURE)
        self._detail = Text("", Role.MUTED, wrap=True)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._detail.setMinimumHeight(look().px(38))
        self.content.addLayout(head)
        self.content.addWidget(self._figure)
        self.content.addWidget(self._detail)
        self.content.addStretch()

    def be_compact(self, compact: bool) -> None:
        """Use less room, so that all tiles stand beside each other on a small screen."""
        edge = look().px(12 if compact else 20)
        self.content.setContentsMargins(edge, edge, edge, edge)

    def show_count(self, figure: str, detail: str) -> None:
        """Show the number and what it means."""
        self._figure.setText(figure)
        self._detail.setText(detail)
        self.setAccessibleDescription(f"{figure} {detail}")

    @property
    def figure(self) -> str:
        """The number that is shown."""
        return self._figure.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the place of the tile."""
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and inside:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the place of the tile with Enter or the space bar."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
            return
        super().keyPressEvent(event)
