"""A button that narrows a list: several things of a kind can be ticked in its menu."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from smartclient.domain.language import _
from smartclient.ui.icons import paint_icon
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be ticked."""

    key: str
    text: str


class _TickMenu(QMenu):
    """Stays open while things are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
            return
        super().keyPressEvent(event)


class FilterButton(Button):
    """Says what is let through; emits `chosen` after each tick."""

    chosen = Signal()

    def __init__(
        self, title: str, all_text: str, options: Sequence[Option], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._title, self._all_text = title, all_text
        self._menu = _TickMenu(self)
        self._actions: dict[str, QAction] = {}
        self._everything = self._menu.addAction(all_text)
        self._everything.triggered.connect(lambda: self.choose(frozenset()))
        self._menu.addSeparator()
        for option in options:
            action = self._menu.addAction(option.text)
            action.setCheckable(True)
            action.triggered.connect(self._tell)
            self._actions[option.key] = action
        self.clicked.connect(self._open)
        self._say()

    @property
    def keys(self) -> frozenset[str]:
        """What is ticked; nothing means everything."""
        return frozenset(key for key, action in self._actions.items() if action.isChecked())

    def choose(self, keys: frozenset[str]) -> None:
        """Tick exactly these."""
        for key, action in self._actions.items():
            action.setChecked(key in keys)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button and its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = look().px(16)
        left = self.width() - side - look().px(10)
        paint_icon(painter, "chevron-down", QRectF(left, (self.height() - side) / 2, side, side))
        painter.end()

    def _tell(self) -> None:
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        ticked = [action.text() for action in self._actions.values() if action.isChecked()]
        match ticked:
            case []:
                said = self._all_text
            case [only]:
                said = only
            case _:
                said = _("{count} chosen").format(count=len(ticked))
        text = _("{title}: {chosen}").format(title=self._title, chosen=said)
        self.rename(text)
        self.setText(f"{text}      ")
        self.setChecked(bool(ticked))
        self.setProperty("filtering", bool(ticked))
        self.style().unpolish(self)
        self.style().polish(self)

    def _open(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))
