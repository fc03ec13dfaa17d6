"""A hand on the on-screen pad: it draws a recorded signature with the mouse."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from smartclient.ink.trace import Trace
from smartclient.ui.ceremony.pad_display import PadDisplay

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def draw(display: PadDisplay, trace: Trace, *, share: float = 0.5) -> None:
    """Draw a signature over a share of the width of the display's signing area."""
    area = display._layout().sign_area.translated(display._screen_box().topLeft())
    across = [sample.x for sample in trace.pen_down]
    down = [sample.y for sample in trace.pen_down]
    scale = min(
        area.width() * share / (max(across) - min(across)),
        area.height() * 0.9 / (max(down) - min(down)),
    )
    touching, time = False, 1_000
    for sample in trace.samples:
        at = QPointF(
            area.left() + (sample.x - min(across)) * scale,
            area.top() + (sample.y - min(down)) * scale,
        )
        time += 5
        if sample.contact:
            kind = QEvent.Type.MouseMove if touching else QEvent.Type.MouseButtonPress
            _send(display, kind, at, time)
        elif touching:
            _send(display, QEvent.Type.MouseButtonRelease, at, time)
        touching = sample.contact
    if touching:
        _send(display, QEvent.Type.MouseButtonRelease, at, time + 5)


def _send(display: PadDisplay, kind: QEvent.Type, at: QPointF, milliseconds: int) -> None:
    held = _NONE if kind is QEvent.Type.MouseButtonRelease else _LEFT
    button = _NONE if kind is QEvent.Type.MouseMove else _LEFT
    event = QMouseEvent(
        kind, at, display.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier
    )
    event.setTimestamp(milliseconds)
    QApplication.sendEvent(display, event)
