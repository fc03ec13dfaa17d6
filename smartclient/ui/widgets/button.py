"""Buttons: one primary a screen, quiet ones for the rest."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from smartclient.ui.icons import icon
from smartclient.ui.theme import look


class ButtonKind(StrEnum):
    """How much a button calls for attention."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"
    ALARM = "alarm"
    LINK = "link"
    ICON = "icon"
    SMALL = "small"
    """A small one inside a tile, for example the plus."""
    INLINE = "inline"
    """Within a line of small words."""


_INK = {
    ButtonKind.PRIMARY: "on_accent",
    ButtonKind.QUIET: "accent",
    ButtonKind.LINK: "accent",
    ButtonKind.DANGER: "bad",
    ButtonKind.ALARM: "bad",
    ButtonKind.ICON: "muted",
    ButtonKind.INLINE: "accent",
}
_ICON_SIDE = 18
_ICON_GAP = 6
_ICON_SIDE_INLINE = 13


class Button(QPushButton):
    """A button of the theme. A name is needed where it shows only an icon."""

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        icon_name: str = "",
        name: str = "",
        pressed: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind, self._icon_name = kind, icon_name
        self._refusal: str | None = None
        self._held = ""
        self.setProperty("kind", kind.value)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName(name or text)
        self._name_shown = name if name and not text else ""
        """An icon alone says in its tooltip what it does, unless it says why it may not."""
        self.setToolTip(self._name_shown)
        if icon_name:
            self._redraw()
            look().changed.connect(self._redraw)
        if pressed is not None:
            self.clicked.connect(lambda: pressed())

    def rename(self, text: str) -> None:
        """Change the words; the accessible name follows."""
        self.setText(text)
        self.setAccessibleName(text)

    def show_icon(self, name: str) -> None:
        """Show another icon; the button must have had one from the beginning."""
        if name != self._icon_name:
            self._icon_name = name
            self._redraw()

    def set_kind(self, kind: ButtonKind) -> None:
        """Call for more or less attention."""
        if kind is self._kind:
            return
        self._kind = kind
        self.setProperty("kind", kind.value)
        self.style().unpolish(self)
        self.style().polish(self)
        if self._icon_name:
            self._redraw()

    def allow(self, allowed: bool, reason: str = "") -> None:
        """Enable it, or disable it and say why in its tooltip and to screen readers."""
        self._refusal = None if allowed else reason
        self._fit_allowed()

    def hold(self, reason: str) -> None:
        """Keep it disabled for this reason, whatever `allow` says; an empty one lets it go."""
        if reason != self._held:
            self._held = reason
            self._fit_allowed()

    def _fit_allowed(self) -> None:
        self.setEnabled(self._refusal is None and not self._held)
        told = self._held or self._refusal or ""
        self.setToolTip(told or self._name_shown)
        self.setAccessibleDescription(told)

    def _redraw(self) -> None:
        inline = self._kind is ButtonKind.INLINE
        side = _ICON_SIDE_INLINE if inline else _ICON_SIDE
        gap = _ICON_GAP if self.text() and not inline else 0
        ink = _INK.get(self._kind, "text")
        self.setIcon(icon(self._icon_name, ink, side, gap=gap))
        self.setIconSize(QSize(look().px(side + gap), look().px(side)))
