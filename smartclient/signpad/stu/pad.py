"""A Wacom STU pad behind the port of `ink`: pictures, buttons, signing area, samples.

While an encrypted capture runs the pad takes no picture: it is ended, the picture is sent, and it
begins again. A touch that begins inside a button is the button's and never part of the signature.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.ink.port import (
    ButtonPressed,
    Disconnected,
    PadButton,
    PadDescription,
    PadEvent,
    PadPicture,
    Sample,
)
from smartclient.signpad.hid import HidBus, HidEntry
from smartclient.signpad.stu.device import StuDevice, session_of
from smartclient.signpad.stu.encryption import CableCipher, agreed_key
from smartclient.signpad.stu.images import black_and_white, upload, whole_screen
from smartclient.signpad.stu.models import Model
from smartclient.signpad.stu.reports import Capability, OptionMode, Rect
from smartclient.signpad.stu.stream import PenStream

DRIVER: Final = "wacom-stu"
_MM_PER_INCH: Final = 25.4
_READ_MS: Final = 50
_SESSION_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a pad needs of its surroundings."""

    random: Callable[[int], bytes]
    """So many unpredictable bytes."""
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds."""
    allow_plain: bool = False
    """A pad that cannot encrypt its cable may be signed on all the same."""


class StuPad:
    """One pad that was found; `locate` gives its present place, which changes when it is replugged.

    `open` and the events of `start` run on one thread; `stop` may be called from another.
    """

    def __init__(
        self, bus: HidBus, model: Model, locate: Callable[[], HidEntry], around: Surroundings
    ) -> None:
        self._bus = bus
        self._model = model
        self._locate = locate
        self._around = around
        self._device: StuDevice | None = None
        self._capability: Capability | None = None
        self._description: PadDescription | None = None
        self._key: bytes | None = None
        self._mode = OptionMode.NONE
        self._buttons: tuple[PadButton, ...] = ()
        self._shown: Image.Image | None = None
        self._inks = True
        self._stopped = threading.Event()
        self._opening = False

    @property
    def description(self) -> PadDescription:
        """What the pad says of itself; NotAllowed SC-SIGN-008 before it was opened once."""
        if self._description is None:
            raise NotAllowed("SC-SIGN-008")
        return self._description

    def open(self) -> None:
        """Take the pad and bring it into a known state; nothing happens when it is open.

        The pad may take seconds to make a key: NotAllowed SC-SIGN-008 when `stop` came meanwhile.
        """
        if self._device is not None:
            return
        self._stopped.clear()
        entry = self._locate()
        handle = self._bus.open(entry)
        device = StuDevice(handle, self._model, self._pause, lambda: self._bus.is_there(entry))
        self._opening = True
        try:
            self._prepare(device, entry)
        except BaseException:
            device.close()
            raise
        finally:
            self._opening = False
        self._device = device

    def close(self) -> None:
        """Give the pad back with a white screen; nothing happens when it is not open."""
        self.stop()
        device, self._device = self._device, None
        self._shown, self._key = None, None
        if device is None:
            return
        try:
            device.recover()
            device.ink(on=False)
            if self._mode is not OptionMode.NONE:
                device.option_mode(OptionMode.NONE)
            device.clear()
        except Unreachable:
            pass  # it is gone; there is nothing left to tidy up
        finally:
            device.close()

    def show(self, picture: PadPicture, buttons: Sequence[PadButton]) -> None:
        """Show the picture in black and white; only what differs is sent where the pad can."""
        device, capability = self._opened()
        page = black_and_white(picture, capability)
        device.recover()
        known = self._shown if self._model.has_area_updates else None
        sent = upload(page, capability, known)
        self._shown = None  # until the pad has all of it
        device.ink(on=False)
        if sent is not None:
            device.show(sent, capability)
        self._shown = page
        self._buttons, self._inks = tuple(buttons), not picture.to_read
        if self._model.has_handwriting_area:
            device.handwriting_area(_inside(picture, capability))

    def clear(self) -> None:
        """Show nothing."""
        device, capability = self._opened()
        device.recover()
        device.clear()
        self._buttons = ()
        self._shown = Image.new("1", (capability.screen_width, capability.screen_height), 1)

    def start(self) -> Iterator[PadEvent]:
        """Begin to capture; events come until `stop` or until the pad goes away."""
        self._stopped.clear()
        device, capability = self._opened()
        cipher = self._begin(device)
        stream = PenStream(capability.report_rate, device.thresholds(), self._mode, cipher)
        touches = _Touches(self._buttons, capability)
        return self._events(device, stream, touches)

    def stop(self) -> None:
        """End the capture or the opening; the events end within a moment."""
        self._stopped.set()

    # --- inside ------------------------------------------------------------------------------

    def _pause(self, seconds: float) -> None:
        """Give the pad time; whoever leaves while it opens does not wait for it."""
        if self._opening and self._stopped.is_set():
            raise NotAllowed("SC-SIGN-008")
        self._around.pause(seconds)

    def _prepare(self, device: StuDevice, entry: HidEntry) -> None:
        device.recover()
        capability, information = device.capability(), device.information()
        device.ink(on=False)
        self._mode = self._model.option_mode
        if self._mode is not OptionMode.NONE:
            device.option_mode(self._mode)
        self._key = agreed_key(device, self._around.random)
        if self._key is None and not self._around.allow_plain:
            raise NotAllowed("SC-SIGN-066", model=self._model.name)
        self._capability = capability
        per_mm = capability.resolution / _MM_PER_INCH
        self._description = PadDescription(
            driver=DRIVER,
            model=information.model or self._model.name,
            serial=entry.serial,
            firmware=information.firmware,
            units_per_mm_x=per_mm,
            units_per_mm_y=per_mm,
            max_x=capability.max_x,
            max_y=capability.max_y,
            max_pressure=capability.max_pressure,
            nominal_rate=capability.report_rate,
            has_device_time=self._mode in (OptionMode.TIME, OptionMode.TIME_AND_SEQUENCE),
            screen_width=capability.screen_width,
            screen_height=capability.screen_height,
            is_plain=self._key is None,
        )

    def _opened(self) -> tuple[StuDevice, Capability]:
        if self._device is None or self._capability is None:
            raise NotAllowed("SC-SIGN-008")
        return self._device, self._capability

    def _begin(self, device: StuDevice) -> CableCipher | None:
        device.recover()
        device.ink(on=self._inks)
        device.drain()
        if self._key is None:
            return None
        session = session_of(self._around.random(_SESSION_BYTES))
        device.begin_capture(session)
        return CableCipher(self._key, session)

    def _events(
        self, device: StuDevice, stream: PenStream, touches: "_Touches"
    ) -> Iterator[PadEvent]:
        try:
            while not self._stopped.is_set():
                report = device.read(_READ_MS)
                for told in stream.feed(report) if report else ():
                    event = touches.judge(told) if isinstance(told, Sample) else told
                    if event is not None:
                        yield event
        except Unreachable as gone:
            if gone.code != "SC-SIGN-004":
                raise
            self._lose()
            yield Disconnected()
            return
        finally:
            self._end(device)

    def _end(self, device: StuDevice) -> None:
        if self._device is not device:
            return
        self._shown = None  # there is ink on the screen
        try:
            device.recover()
            device.ink(on=False)
        except Unreachable:
            self._lose()

    def _lose(self) -> None:
        device, self._device = self._device, None
        self._shown, self._key = None, None
        if device is not None:
            device.close()


class _Touches:
    """Tells the pen's touches of buttons from its ink."""

    def __init__(self, buttons: Sequence[PadButton], capability: Capability) -> None:
        self._boxes = [
            (each.button, Rect(each.left, each.top, each.right, each.bottom)) for each in buttons
        ]
        self._across = capability.screen_width / max(1, capability.max_x)
        self._down = capability.screen_height / max(1, capability.max_y)
        self._in_contact = False
        self._pressing = False

    def judge(self, sample: Sample) -> PadEvent | None:
        """The sample, the button it presses, or nothing while a button is being pressed."""
        began = sample.contact and not self._in_contact
        self._in_contact = sample.contact
        if began:
            button = self._button_at(sample)
            self._pressing = button is not None
            return ButtonPressed(button) if button is not None else sample
        if not self._pressing:
            return sample
        self._pressing = sample.contact
        return None

    def _button_at(self, sample: Sample) -> str | None:
        x, y = sample.x * self._across, sample.y * self._down
        return next((name for name, box in self._boxes if box.contains(x, y)), None)


def _inside(picture: PadPicture, capability: Capability) -> Rect:
    """The signing area of the picture, kept on the screen; the pad ignores a wrong one silently."""
    screen = whole_screen(capability)
    if picture.sign_area is None:
        return screen
    left, top, right, bottom = picture.sign_area
    return Rect(max(0, left), max(0, top), min(screen.right, right), min(screen.bottom, bottom))
