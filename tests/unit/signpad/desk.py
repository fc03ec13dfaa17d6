"""Pads on a desk: emulated ones at the boundary of hidapi, driven by the product's own driver."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import cast

from smartclient.ink.port import PadButton, PadEvent, PadPicture, Sample
from smartclient.signpad.discovery import StuPads
from smartclient.signpad.drivers import choose
from smartclient.signpad.hid import HidBus, HidModule
from smartclient.signpad.stu.pad import StuPad, Surroundings
from tests.simulators.stu.hid_module import EmulatedHid
from tests.simulators.stu.kinds import Kind
from tests.simulators.stu.pad import EmulatedStu

ALL = frozenset({"STU-300", "STU-430", "STU-500", "STU-520", "STU-530", "STU-540"})


class Desk:
    """One computer with a pad of a kind, not yet plugged in."""

    def __init__(
        self,
        kind: Kind,
        serial: str = "",
        clock: Callable[[], float] = lambda: 0.0,
        *,
        allow_plain: bool = False,
    ) -> None:
        self.pad = EmulatedStu(kind, serial, clock)
        self.usb = EmulatedHid()
        self.around = Surroundings(Random(7).randbytes, self.pad.pass_time, allow_plain)
        self.bus = HidBus(cast("HidModule", self.usb))
        self.pads = StuPads(self.bus, self.around, allowed=ALL)

    def opened(self) -> StuPad:
        """The pad plugged in, chosen and opened."""
        self.usb.plug(self.pad)
        chosen = self.chosen()
        chosen.open()
        return chosen

    def chosen(self, serial: str = "") -> StuPad:
        """The pad of this serial number, or the first."""
        pad = choose([self.pads], serial)
        assert isinstance(pad, StuPad)
        return pad


def take(pad: StuPad, events: Iterator[PadEvent], count: int) -> list[PadEvent]:
    """So many of the events; then the capture is ended."""
    found: list[PadEvent] = []
    for event in events:
        found.append(event)
        if len(found) == count:
            pad.stop()
    return found


def samples(events: Sequence[PadEvent]) -> list[Sample]:
    """Only the positions."""
    return [event for event in events if isinstance(event, Sample)]


def page(width: int, height: int, ink: tuple[int, int, int, int] | None = None) -> PadPicture:
    """A white page with a black box."""
    rgb = bytearray(b"\xff" * (3 * width * height))
    if ink:
        left, top, right, bottom = ink
        for line in range(top, bottom + 1):
            start = 3 * (line * width + left)
            rgb[start : start + 3 * (right - left + 1)] = bytes(3 * (right - left + 1))
    return PadPicture(width, height, bytes(rgb), (0, 0, width - 1, height // 2))


CONFIRM = PadButton("confirm", "Potvrdit", 10, 70, 60, 95)
