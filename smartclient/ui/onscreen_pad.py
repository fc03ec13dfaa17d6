"""The pad on the screen: pen, touch or mouse on a drawn surface, behind the port of `ink`.

It is on by configuration in practice mode; in production signing with a mouse is off by default,
because a mouse gives no pressure and few characteristics. A surface (a widget) reports what the
pen does; whoever captures reads the events in another thread. Nothing is kept here: an event is
handed over once and forgotten.
"""

from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue

from smartclient.ink.port import (
    ButtonPressed,
    Disconnected,
    PadButton,
    PadDescription,
    PadEvent,
    PadPicture,
    Sample,
)

UNITS_PER_MM = 100
FULL_PRESSURE = 1023
MOUSE_PRESSURE = 511
"""What a mouse or a finger reports while it touches: constant, because nothing was measured."""
PLAUSIBLE_DOTS_PER_INCH = (60.0, 400.0)
MM_PER_INCH = 25.4


class OnScreenPad:
    """A pad whose surface is a widget of `width` by `height` pixels.

    `dots_per_inch` is that of the screen; an implausible one (some drivers report 0) counts as 96,
    so that one centimetre on the paper is about one centimetre of the hand.
    """

    def __init__(self, width: int, height: int, dots_per_inch: float = 96.0) -> None:
        self._events: SimpleQueue[PadEvent | None] = SimpleQueue()
        self._buttons: tuple[PadButton, ...] = ()
        self._capturing = False
        self._pressed: PadButton | None = None
        self._drawing = False
        self._sequence = 0
        self.resize(width, height, dots_per_inch)

    @property
    def description(self) -> PadDescription:
        """What the surface can tell: hundredths of a millimetre, times of the window system."""
        return self._description

    def resize(self, width: int, height: int, dots_per_inch: float) -> None:
        """The surface has another size or stands on another screen; not during a capture."""
        low, high = PLAUSIBLE_DOTS_PER_INCH
        dots = dots_per_inch if low <= dots_per_inch <= high else 96.0
        self._units_per_pixel = MM_PER_INCH / dots * UNITS_PER_MM
        self._description = PadDescription(
            driver="on-screen",
            model="On-screen pad",
            serial="",
            firmware="",
            units_per_mm_x=float(UNITS_PER_MM),
            units_per_mm_y=float(UNITS_PER_MM),
            max_x=round(width * self._units_per_pixel),
            max_y=round(height * self._units_per_pixel),
            max_pressure=FULL_PRESSURE,
            nominal_rate=125,
            has_device_time=True,
            screen_width=width,
            screen_height=height,
        )

    def open(self) -> None:
        """Nothing has to be taken."""

    def close(self) -> None:
        """End a running capture."""
        self.stop()

    def start(self) -> Iterator[PadEvent]:
        """Events of the surface, until `stop`; what was reported before is thrown away."""
        while True:
            try:
                self._events.get_nowait()
            except Empty:
                break
        self._sequence = 0
        self._pressed, self._drawing = None, False
        self._capturing = True
        return self._stream()

    def stop(self) -> None:
        """End the capture."""
        if self._capturing:
            self._capturing = False
            self._events.put(None)

    def unplug(self) -> None:
        """The surface went away in the middle, because its window was closed."""
        if self._capturing:
            self._capturing = False
            self._events.put(Disconnected())

    def show(self, picture: PadPicture, buttons: Sequence[PadButton]) -> None:
        """Remember where the buttons are; the surface draws the picture itself."""
        del picture
        self._buttons = tuple(buttons)

    def clear(self) -> None:
        """Show nothing."""
        self._buttons = ()

    def report(self, t_us: int, x: float, y: float, pressure: float | None, contact: bool) -> bool:
        """The pen is at (x, y) in pixels of the surface; pressure 0 to 1, None when not measured.

        Returns whether it left ink: outside a capture and on a button it does not.
        """
        if not self._capturing:
            return False
        if self._on_button(x, y, contact):
            return False
        if contact:
            level = MOUSE_PRESSURE if pressure is None else round(pressure * FULL_PRESSURE)
        else:
            level = 0
        self._sequence += 1
        self._events.put(
            Sample(
                t_us=t_us,
                x=self._within(x, self._description.max_x),
                y=self._within(y, self._description.max_y),
                pressure=max(1, level) if contact else 0,
                contact=contact,
                sequence=self._sequence,
            )
        )
        return contact

    def _within(self, pixels: float, highest: int) -> int:
        return max(0, min(highest, round(pixels * self._units_per_pixel)))

    def _on_button(self, x: float, y: float, contact: bool) -> bool:
        """A touch that begins on a button belongs to it until the pen is lifted."""
        under = next(
            (b for b in self._buttons if b.left <= x <= b.right and b.top <= y <= b.bottom), None
        )
        if self._pressed is not None:
            if not contact:
                if under == self._pressed:
                    self._events.put(ButtonPressed(self._pressed.button))
                self._pressed = None
            return True
        if contact and under is not None and not self._drawing:
            self._pressed = under
            return True
        self._drawing = contact
        return False

    def _stream(self) -> Iterator[PadEvent]:
        while True:
            event = self._events.get()
            if event is None:
                return
            yield event
            if isinstance(event, Disconnected):
                return
