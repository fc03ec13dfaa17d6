"""The scrolling area of a form: the room of its bar is always kept, so that nothing moves aside."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget


def form_area(content: QWidget) -> QScrollArea:
    """An area that scrolls downwards only; its bar is idle while everything is in sight."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    bar = area.verticalScrollBar()
    _show_idle(bar, idle=True)
    bar.rangeChanged.connect(lambda _low, high: _show_idle(bar, idle=high == 0))
    return area


def _show_idle(bar: QScrollBar, *, idle: bool) -> None:
    if bar.property("idle") is not idle:
        bar.setProperty("idle", idle)
        bar.style().unpolish(bar)
        bar.style().polish(bar)
