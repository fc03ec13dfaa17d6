"""Links in a narrow column: they shorten themselves and tell the whole in their tooltip."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind


class ElidedLink(Button):
    """A link as wide as its column, never wider than its words."""

    def __init__(self, pressed: Callable[[], object]) -> None:
        super().__init__("", ButtonKind.LINK, pressed=pressed)
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """All that it says, shortened or not."""
        return self._words

    def say(self, words: str) -> None:
        """Say something else; screen readers hear the whole."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self._fit()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the whole words."""
        wide = self.fontMetrics().horizontalAdvance(self._words) + look().px(6)
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It can be as narrow as it must."""
        return QSize(look().px(40), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - look().px(6)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        if self.text() != shown:
            self.setText(shown)
        self.setToolTip(self._words if shown != self._words else "")
