"""A row of actions; what does not fit goes to a menu at its end, never out of reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from smartclient.domain.language import _
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: what identifies it, its words, and whether it takes something away."""

    key: str
    text: str
    destroys: bool = False


class ActionBar(QWidget):
    """Buttons from the left; those that destroy stand apart at the end."""

    def __init__(
        self,
        specs: Sequence[ActionSpec],
        pressed: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pressed = pressed
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(look().px(8))
        self.buttons: dict[str, Button] = {}
        self._specs = sorted(specs, key=lambda spec: spec.destroys)
        for spec in self._specs:
            kind = ButtonKind.DANGER if spec.destroys else ButtonKind.SECONDARY
            button = Button(spec.text, kind, pressed=lambda key=spec.key: pressed(key))  # type: ignore[misc]
            first_that_destroys = spec.destroys and not any(
                self._is_destroying(key) for key in self.buttons
            )
            if first_that_destroys:
                self._layout.addSpacing(look().px(16))
            self._layout.addWidget(button)
            self.buttons[spec.key] = button
        self._more = Button(_("More"), ButtonKind.SECONDARY, icon_name="more")
        self._more.clicked.connect(self._open_more)
        self._layout.addWidget(self._more)
        self._layout.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def allow(self, key: str, allowed: bool, reason: str = "") -> None:
        """Enable an action, or disable it and say why."""
        self.buttons[key].allow(allowed, reason)

    def lead_with(self, key: str) -> None:
        """Make one action the primary one; none for an empty key."""
        for spec in self._specs:
            plain = ButtonKind.DANGER if spec.destroys else ButtonKind.SECONDARY
            self.buttons[spec.key].set_kind(ButtonKind.PRIMARY if spec.key == key else plain)
        self._fit()

    def menu(self, keys: Sequence[str] | None = None) -> QMenu:
        """The actions as a menu, with the same reasons."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        parted = False
        for spec in self._specs:
            if keys is not None and spec.key not in keys:
                continue
            if spec.destroys and not parted and menu.actions():
                menu.addSeparator()
                parted = True
            button = self.buttons[spec.key]
            action = menu.addAction(spec.text)
            action.setEnabled(button.isEnabled())
            action.setToolTip(button.toolTip() or spec.text)
            action.triggered.connect(lambda _on=False, key=spec.key: self._pressed(key))
        return menu

    def sizeHint(self) -> QSize:
        """As high as a button."""
        return QSize(look().px(200), self._more.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As high as a button, and narrow."""
        return QSize(look().px(100), self._more.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many buttons as fit."""
        super().resizeEvent(event)
        self._fit()

    def _is_destroying(self, key: str) -> bool:
        return any(spec.key == key and spec.destroys for spec in self._specs)

    def _fit(self) -> None:
        gap = look().px(8)
        widths = [self.buttons[spec.key].sizeHint().width() + gap for spec in self._specs]
        room = self.width() - look().px(16)
        if sum(widths) <= room:
            shown = len(widths)
        else:
            room -= self._more.sizeHint().width()
            shown = 0
            while shown < len(widths) and sum(widths[: shown + 1]) <= room:
                shown += 1
        for place, spec in enumerate(self._specs):
            self.buttons[spec.key].setVisible(place < shown)
        self._more.setVisible(shown < len(widths))

    def _open_more(self) -> None:
        hidden = [spec.key for spec in self._specs if self.buttons[spec.key].isHidden()]
        menu = self.menu(hidden)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))
