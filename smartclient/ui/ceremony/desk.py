"""The pad on the desk: which one is signed on, and the one signature that is being drawn on it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from smartclient.domain.errors import SmartClientError
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import Pad, PadDescription
from smartclient.ui.ceremony.capture import PadCapture
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import PadWords, picture_of
from smartclient.ui.onscreen_pad import OnScreenPad

ChoosePad = Callable[[OnScreenPad], Pad]
"""The pad for the next signature, given the one on this screen; Unreachable SC-SIGN-001 if none.

It may be the same pad each time.
"""


class PadDesk(QObject):
    """Begins and ends captures; what was drawn and is not taken is wiped."""

    ready = Signal(object)
    """The pad waits for the pen; carries its `PadDescription`."""
    pressed = Signal(str)
    """A button on the pad's own screen."""
    refused = Signal(object)
    """The pad cannot be used, or went away; carries the refusal. No capture runs then."""

    def __init__(
        self, choose: ChoosePad, display: PadDisplay, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._display = display
        self._onscreen = OnScreenPad(1, 1)
        self._pad: Pad | None = None
        self._capture: PadCapture | None = None

    @property
    def is_on_screen(self) -> bool:
        """It is signed on this screen."""
        return self._pad is self._onscreen

    @property
    def is_capturing(self) -> bool:
        """A signature is being drawn, or may be."""
        return self._capture is not None

    @property
    def buffer(self) -> CaptureBuffer | None:
        """What is drawn so far; None until the pad is ready."""
        return self._capture.buffer if self._capture is not None else None

    def is_there(self) -> bool:
        """Whether a pad is there to be used now; may be called from any thread."""
        try:
            self._choose(self._onscreen)
        except SmartClientError:
            return False
        return True

    def begin(self, words: PadWords) -> None:
        """Wipe what was drawn and let a signature be drawn."""
        self.end()
        try:
            pad = self._choose(self._onscreen)
        except SmartClientError as error:
            self._refuse(error)
            return
        if pad is not self._pad:
            self.give_back()
        self._pad = pad
        self._display.attach(self._onscreen if pad is self._onscreen else None)
        self._display.clear_ink()
        capture = PadCapture(pad, lambda width, height: picture_of(words, width, height), self)
        capture.ready.connect(self._be_ready)
        capture.pressed.connect(self.pressed)
        capture.refused.connect(self._refuse)
        if pad is not self._onscreen:
            capture.inked.connect(self._display.draw)
        self._capture = capture
        capture.start()

    def take(self) -> CaptureBuffer | None:
        """End the capture and hand over what was drawn; who takes it has to wipe it."""
        capture, self._capture = self._capture, None
        if capture is None:
            return None
        return self._stop(capture)

    def end(self) -> None:
        """End the capture and wipe what was drawn."""
        buffer = self.take()
        if buffer is not None:
            buffer.wipe()

    def give_back(self) -> None:
        """Let others have the pad."""
        pad, self._pad = self._pad, None
        if pad is not None:
            pad.close()

    def _stop(self, capture: PadCapture) -> CaptureBuffer | None:
        capture.disconnect(self)
        capture.disconnect(self._display)
        capture.end()
        buffer = capture.buffer
        capture.buffer = None
        capture.deleteLater()
        return buffer

    def _be_ready(self, description: PadDescription) -> None:
        if not self.is_on_screen:
            self._display.mirror(description)
        self.ready.emit(description)

    def _refuse(self, error: SmartClientError) -> None:
        self.end()
        self.give_back()
        self.refused.emit(error)
