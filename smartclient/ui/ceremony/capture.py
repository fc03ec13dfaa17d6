"""One signature being drawn: the pad is read in a thread of its own, into a buffer that is wiped.

The window never waits for a pad. What the pen does goes into the buffer and nowhere else; the
window only hears where ink has to be shown.
"""

from collections.abc import Callable, Iterator
from threading import Lock

from PySide6.QtCore import QObject, QThread, Signal

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import (
    ButtonPressed,
    Disconnected,
    Gap,
    Pad,
    PadButton,
    PadDescription,
    PadEvent,
    PadPicture,
    Sample,
    ShowsPictures,
)

Picture = Callable[[int, int], tuple[PadPicture, tuple[PadButton, ...]]]
"""From the size of a pad's screen in pixels to what it shows."""
_PATIENCE_MS = 3_000


class PadCapture(QThread):
    """From `start` until the pad stops; then `buffer` holds what was drawn."""

    ready = Signal(object)
    """The pad is open and waits for the pen; carries its `PadDescription`."""
    inked = Signal(float, float, bool)
    """The pen as fractions of the pad's width and height, and whether it leaves ink."""
    pressed = Signal(str)
    """A button on the pad's own screen."""
    refused = Signal(object)
    """The pad cannot be used, or went away; carries the refusal."""

    def __init__(
        self, pad: Pad, picture: Picture, parent: QObject | None = None, *, reads: bool = False
    ) -> None:
        """`reads`: the person only reads and presses a button; what the pen does is not kept."""
        super().__init__(parent)
        self._pad = pad
        self._picture = picture
        self._reads = reads
        self.buffer: CaptureBuffer | None = None
        self._turn = Lock()
        self._ended = False

    def run(self) -> None:
        """Read the pad; on its own thread."""
        try:
            self._pad.open()
            description = self._pad.description
            self._show_words(description)
            buffer = None if self._reads else CaptureBuffer(description)
            self.buffer = buffer
            self.ready.emit(description)
            self._read(buffer, description)
        except SmartClientError as error:
            self.refused.emit(error)

    def end(self) -> None:
        """Stop drawing and wait until the pad has understood it."""
        with self._turn:
            self._ended = True
            self._pad.stop()
        self.wait(_PATIENCE_MS)

    def _show_words(self, description: PadDescription) -> None:
        if isinstance(self._pad, ShowsPictures) and description.screen_width:
            picture, buttons = self._picture(description.screen_width, description.screen_height)
            self._pad.show(picture, buttons)

    def _read(self, buffer: CaptureBuffer | None, description: PadDescription) -> None:
        across, down = max(1, description.max_x), max(1, description.max_y)
        with self._turn:
            # Somebody may have pressed Again before the thread came to this point.
            events: Iterator[PadEvent] = iter(()) if self._ended else self._pad.start()
        for event in events:
            match event:
                case Sample() if buffer is not None:
                    buffer.add(event)
                    if event.in_range:
                        self.inked.emit(event.x / across, event.y / down, event.contact)
                case ButtonPressed(button=button):
                    self.pressed.emit(button)
                case Disconnected():
                    raise Unreachable("SC-SIGN-004")
                case Gap() if buffer is not None:
                    buffer.add_gap(event.count)
