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
from smartclient.ui.ceremony.points import InkedPoints
from smartclient.ui.tasks import unexpected

Picture = Callable[[int, int], tuple[PadPicture, tuple[PadButton, ...]]]
"""From the size of a pad's screen in pixels to what it shows."""
PATIENCE_MS = 3_000
_LATE: "set[PadCapture]" = set()
"""Ended, but the pad still keeps their threads; a running thread must not be taken apart."""


def give_back(pad: Pad) -> None:
    """Close a pad: at once, or when the thread that still waits for it has ended."""
    late = _late_reader(pad)
    if late is None:
        pad.close()
    else:
        late.close_pad_at_end()


def _late_reader(pad: Pad) -> "PadCapture | None":
    readers = (each for each in _LATE if each.reads_from(pad) and not each.isFinished())
    return next(readers, None)


class PadCapture(QThread):
    """From `start` until the pad stops; then `buffer` holds what was drawn."""

    ready = Signal(object)
    """The pad is open and waits for the pen; carries its `PadDescription`."""
    inked = Signal()
    """The pen moved; `points` has where."""
    pressed = Signal(str)
    """A button on the pad's own screen."""
    refused = Signal(object)
    """The pad cannot be used, or went away; carries the refusal."""

    def __init__(
        self,
        pad: Pad,
        picture: Picture,
        parent: QObject | None = None,
        *,
        reads: bool = False,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        """`reads`: the person only reads and presses a button; what the pen does is not kept.

        `patience_ms` is how long `end` waits for the pad.
        """
        super().__init__(parent)
        self._pad = pad
        self._picture = picture
        self._reads = reads
        self.buffer: CaptureBuffer | None = None
        self.points = InkedPoints()
        self._turn = Lock()
        self._ended = False
        self._is_begun, self._is_done, self._gives_back = False, False, False
        self._patience_ms = patience_ms
        self.finished.connect(self._settle)

    def run(self) -> None:
        """Read the pad; on its own thread."""
        try:
            self._pad.open()
            if self._ended:
                return
            description = self._pad.description
            self._show_words(description)
            buffer = None if self._reads else CaptureBuffer(description)
            self.buffer = buffer
            self.ready.emit(description)
            self._read(buffer, description)
        except SmartClientError as error:
            self.refused.emit(error)
        except Exception as fault:  # noqa: BLE001 - the last place before it would be lost
            self.refused.emit(unexpected(fault))
        finally:
            with self._turn:
                self._is_done = True
                if self._gives_back:
                    self._pad.close()

    def begin(self) -> None:
        """Start, as soon as a capture before it, whose pad did not answer, has let the pad go."""
        before = _late_reader(self._pad)
        if before is not None:
            before.finished.connect(self._start_once)
        if before is None or before.isFinished():
            self._start_once()

    def end(self) -> None:
        """Stop drawing and wait until the pad has understood it, but not for ever."""
        with self._turn:
            self._ended = True
            self._pad.stop()
        self.wait(self._patience_ms)

    def dispose(self) -> None:
        """Nobody needs it any more; a thread that still waits for its pad is let end first."""
        if self.wait(0):
            self.deleteLater()
        else:
            self.setParent(None)
            _LATE.add(self)

    def _start_once(self) -> None:
        if not self._ended and not self._is_begun:
            self._is_begun = True
            self.start()

    def _settle(self) -> None:
        if self in _LATE:
            _LATE.remove(self)
            self.deleteLater()

    def reads_from(self, pad: Pad) -> bool:
        """Whether this is its pad."""
        return self._pad is pad

    def close_pad_at_end(self) -> None:
        """Close the pad on the thread that still waits for it, once it waits no more."""
        with self._turn:
            self._gives_back = True
            if self._is_done:
                self._pad.close()

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
                    if event.in_range and self.points.add(
                        event.x / across, event.y / down, contact=event.contact
                    ):
                        self.inked.emit()
                case ButtonPressed(button=button):
                    self.pressed.emit(button)
                case Disconnected():
                    raise Unreachable("SC-SIGN-004")
                case Gap() if buffer is not None:
                    buffer.add_gap(event.count)
