"""The room that a screen leaves for a window."""

from PySide6.QtWidgets import QWidget


def show_fitted(window: QWidget) -> None:
    """Show a window at the size it asks for, but no larger than the room of its screen.

    On a laptop of 1366 × 768 the drawn size would lie beyond the edge, with its buttons.
    """
    room = window.screen().availableGeometry().size()
    window.resize(window.size().boundedTo(room))
    window.show()
