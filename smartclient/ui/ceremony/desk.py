"""The pad on the desk: which one is signed on, and the one signature that is being drawn on it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from smartclient.domain.errors import SmartClientError
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import Pad, PadDescription, ShowsPictures
from smartclient.ui.ceremony.capture import PATIENCE_MS, PadCapture, Picture, give_back
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import PadWords, picture_of
from smartclient.ui.ceremony.pad_reading import (
    CONTINUE,
    PadReading,
    pages_of_pad,
    reading_picture,
)
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
        self.patience_ms = PATIENCE_MS
        """How long the window waits for a pad that is asked to stop."""
        self._choose = choose
        self._display = display
        self._onscreen = OnScreenPad(1, 1)
        self._pad: Pad | None = None
        self._capture: PadCapture | None = None
        self._reads = False
        self._reading, self._page, self._large = PadReading("", ()), 0, False
        self._pages: tuple[PadReading, ...] = ()
        self._model = ""
        self.pressed_on = ""
        """While `pressed` is told: the model of the pad it was pressed on; empty in the window."""

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

    @property
    def is_read(self) -> bool:
        """A person reads on the pad what will be signed."""
        return self._capture is not None and self._reads

    def begin(self, words: PadWords, reading: PadReading | None = None, *, large: bool) -> None:
        """Wipe what was drawn and let a signature be drawn.

        With `reading` the person reads first, where the pad has a screen: then `is_read` is True.
        """
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
        if reading is not None and isinstance(pad, ShowsPictures):
            self._reading, self._large, self._page, self._pages = reading, large, 0, ()
            self._show_page(pad)
        else:
            self._start(pad, partial(picture_of, words, large=large), reads=False)

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
            give_back(pad)

    def _show_page(self, pad: Pad) -> None:
        """Show the page of the reading whose turn it is."""
        picture = partial(reading_picture, self._reading, page=self._page, large=self._large)
        self._start(pad, picture, reads=True)

    def press(self, button: str) -> None:
        """A button on the pad or its mirror: the next page of a reading, or `pressed`."""
        pad = self._pad
        turns = button == CONTINUE and self.is_read and pad is not None
        if pad is None or not turns or self._page + 1 >= len(self._pages):
            self.pressed.emit(button)
            return
        self.end()
        self._page += 1
        self._show_page(pad)

    def _press_on_pad(self, button: str) -> None:
        """A button on the pad's own screen: the hand that signs."""
        self.pressed_on = self._model
        self.press(button)
        self.pressed_on = ""

    def _start(self, pad: Pad, picture: Picture, *, reads: bool) -> None:
        capture = PadCapture(pad, picture, self, reads=reads, patience_ms=self.patience_ms)
        capture.ready.connect(self._be_ready)
        capture.pressed.connect(self._press_on_pad)
        capture.refused.connect(self._refuse)
        if pad is not self._onscreen:
            capture.inked.connect(self._mirror_ink)
        self._capture, self._reads = capture, reads
        capture.begin()

    def _stop(self, capture: PadCapture) -> CaptureBuffer | None:
        capture.disconnect(self)
        capture.end()
        capture.points.take()
        buffer = capture.buffer
        capture.buffer = None
        capture.dispose()
        return buffer

    def _mirror_ink(self) -> None:
        """Draw on the mirror what the pen did since."""
        if self._capture is not None:
            for x, y, contact in self._capture.points.take():
                self._display.draw(x, y, contact)

    def _be_ready(self, description: PadDescription) -> None:
        self._model = description.model
        if not self.is_on_screen:
            self._display.mirror(description)
            if self._reads:
                wide, high = description.screen_width, description.screen_height
                self._pages = pages_of_pad(self._reading, wide, high, large=self._large)
                self._display.turn_to_page(self._pages[self._page])
        self.ready.emit(description)

    def _refuse(self, error: SmartClientError) -> None:
        self.end()
        self.give_back()
        self.refused.emit(error)
