"""Surfaces: cards, and lines that put things beside or below each other in steps of the theme."""

from enum import StrEnum

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from smartclient.ui.theme import SPACE, dress_again, look


class Surface(StrEnum):
    """What lies under the words."""

    CARD = "card"
    ATTENTION = "attention"
    BAD = "bad"
    GOOD = "good"
    ACCENT = "accent"


class Card(QFrame):
    """A rounded surface with a column of things; `content` is its layout."""

    def __init__(
        self,
        surface: Surface = Surface.CARD,
        *,
        padding: int = 5,
        spacing: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", surface.value)
        self.content = QVBoxLayout(self)
        set_gaps(self.content, padding=padding, spacing=spacing)

    def set_surface(self, surface: Surface) -> None:
        """Lay another surface under the words."""
        self.setProperty("surface", surface.value)
        dress_again(self)


def set_gaps(layout: QBoxLayout, *, padding: int = 0, spacing: int = 0) -> None:
    """Distances of a layout in steps of the theme (4 drawn pixels each)."""
    edge = look().px(padding * SPACE)
    layout.setContentsMargins(edge, edge, edge, edge)
    layout.setSpacing(look().px(spacing * SPACE))


def column(parent: QWidget | None = None, *, padding: int = 0, spacing: int = 0) -> QVBoxLayout:
    """Things below each other."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    set_gaps(layout, padding=padding, spacing=spacing)
    return layout


def row(parent: QWidget | None = None, *, padding: int = 0, spacing: int = 2) -> QHBoxLayout:
    """Things beside each other."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    set_gaps(layout, padding=padding, spacing=spacing)
    return layout


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; it is gone from the screen at once."""
    while (taken := layout.takeAt(0)) is not None:
        widget = taken.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
