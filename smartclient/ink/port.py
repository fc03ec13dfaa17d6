"""The port that every signature pad implements: on-screen, replayed from a trace, or a Wacom STU.

Coordinates are in the pad's own units, origin upper left; time is microseconds of the device clock,
unwrapped, or sample count times period where the device has none. Optional capabilities are
separate protocols; ask with isinstance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PadDescription:
    """What a pad says of itself. Times in Hz, lengths in units per millimetre and pixels."""

    driver: str
    model: str
    serial: str
    firmware: str
    units_per_mm_x: float
    units_per_mm_y: float
    max_x: int
    max_y: int
    max_pressure: int
    nominal_rate: int
    has_device_time: bool
    screen_width: int = 0
    """0 where the pad has no screen."""
    screen_height: int = 0
    is_plain: bool = False
    """Its cable carries what the pen does without encryption; the component has allowed that."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One report of the pen. Out of range (`in_range` False) is not a position."""

    t_us: int
    x: int
    y: int
    pressure: int
    contact: bool
    in_range: bool = True
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """The pad lost `count` reports before the next sample."""

    count: int


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button drawn on the pad was touched."""

    button: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The pad went away; the stream ends."""


PadEvent = Sample | Gap | ButtonPressed | Disconnected


class Pad(Protocol):
    """A pad that was found. `open` and `close` may be called again without harm.

    Raises Unreachable with SC-SIGN-001 (not there), SC-SIGN-002 (held by another program),
    SC-SIGN-003 (no permission), SC-SIGN-004 (lost in the middle).
    """

    @property
    def description(self) -> PadDescription:
        """What the pad says of itself; known after `open`."""

    def open(self) -> None:
        """Take the pad."""

    def close(self) -> None:
        """Give the pad back, from whatever state it is in."""

    def start(self) -> Iterator[PadEvent]:
        """Begin to capture; the events come until `stop` or `Disconnected`."""

    def stop(self) -> None:
        """End the capture; the iterator of `start` ends."""


@dataclass(frozen=True, slots=True)
class PadButton:
    """A button on the pad's screen: id, words, and left, top, right, bottom in pixels."""

    button: str
    text: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PadPicture:
    """What the pad is to show: RGB, three bytes a pixel, rows top to bottom without padding."""

    width: int
    height: int
    rgb: bytes
    sign_area: tuple[int, int, int, int] | None = None
    """Where the pen is meant to write: left, top, right, bottom, inclusive; None is everywhere."""
    to_read: bool = False
    """Nobody writes on it: the pad itself draws no ink."""


@runtime_checkable
class ShowsPictures(Protocol):
    """A pad with a screen."""

    def show(self, picture: PadPicture, buttons: Sequence[PadButton]) -> None:
        """Show the picture; touches inside a button become `ButtonPressed`."""

    def clear(self) -> None:
        """Show nothing."""
