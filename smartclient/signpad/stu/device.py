"""An open STU pad: its commands, each checked by the status the pad gives afterwards.

A pad may be left in the middle of something by a program that crashed; `recover` brings it back.
The waiting times are those the maker's own code uses.
"""

import struct
from collections.abc import Callable
from typing import Final

from smartclient.domain.errors import Unreachable
from smartclient.signpad.hid import HidHandle, octets
from smartclient.signpad.stu.images import Upload, whole_screen
from smartclient.signpad.stu.models import Model, filled_in
from smartclient.signpad.stu.reports import (
    BLOCK_BYTES,
    LENGTHS,
    Capability,
    Encoding,
    Information,
    OptionMode,
    Rect,
    ReportId,
    State,
    Status,
    image_block,
    parse_capability,
    parse_information,
    parse_status,
    parse_thresholds,
    require_length,
    simple,
    start_capture,
    start_image_area,
)

_POLLS, _EVERY = 25, 0.05
_BEFORE_END, _AFTER_CAPTURE = 0.08, 0.02
_ABANDON: Final = 1
_NO_TRANSFER: Final = -1
"""What hidapi tells instead of a result when a transfer failed."""
_LONGEST_READ: Final = 64
_MOST_WAITING: Final = 1_000
"""Systems keep some dozens of input reports; a pen on the pad adds two hundred a second."""


class StuDevice:
    """One open device. Its calls raise Unreachable SC-SIGN-004 once the pad is gone.

    Used by one thread at a time; `pause` is called with seconds wherever the pad needs time.
    `is_there` tells a report that the pad refused from a pad that is gone: hidapi tells neither.
    """

    def __init__(
        self,
        handle: HidHandle,
        model: Model,
        pause: Callable[[float], None],
        is_there: Callable[[], bool],
    ) -> None:
        self._handle = handle
        self.model = model
        self.pause = pause
        self._is_there = is_there

    # --- reports -----------------------------------------------------------------------------

    def get(self, report_id: ReportId) -> bytes:
        """A report of the pad; Unreachable SC-SIGN-005 when it does not give it."""
        try:
            told = self._handle.get_feature_report(report_id, LENGTHS[report_id])
        except (OSError, ValueError) as failed:
            raise self._refused(report_id) from failed
        return require_length(octets(told), report_id)

    def offered(self, report_id: ReportId) -> bytes | None:
        """A report that not every model has; None when this one does not give it."""
        try:
            return self.get(report_id)
        except Unreachable as refused:
            if refused.code != "SC-SIGN-005":
                raise
            return None

    def set(self, report: bytes) -> None:
        """Give the pad a report; Unreachable SC-SIGN-005 with the result it tells."""
        self._send(report)
        result = self.status().result
        if result:
            raise Unreachable("SC-SIGN-005", report=f"{report[0]:02X}", result=result)

    def read(self, timeout_ms: int) -> bytes:
        """The next input report; empty when none came in time."""
        try:
            return octets(self._handle.read(_LONGEST_READ, timeout_ms))
        except (OSError, ValueError) as gone:
            raise Unreachable("SC-SIGN-004") from gone

    def drain(self) -> None:
        """Forget reports that nobody read, so that a new capture begins with its own."""
        for _report in range(_MOST_WAITING):
            if not self.read(1):
                return

    def close(self) -> None:
        """Give the device back."""
        self._handle.close()

    # --- what it is --------------------------------------------------------------------------

    def status(self) -> Status:
        """What it is doing, and how the last set went."""
        return parse_status(self.get(ReportId.STATUS))

    def information(self) -> Information:
        """Model and firmware."""
        return parse_information(self.get(ReportId.INFORMATION))

    def capability(self) -> Capability:
        """Sizes and limits, with the model's own where the pad tells none."""
        return filled_in(parse_capability(self.get(ReportId.CAPABILITY)), self.model)

    def thresholds(self) -> tuple[int, int]:
        """The pressures at which ink begins and ends."""
        return parse_thresholds(self.get(ReportId.INK_THRESHOLD))

    # --- what it does ------------------------------------------------------------------------

    def recover(self) -> None:
        """Bring a pad back that a crashed program left in a capture or in a picture."""
        match self.status().state:
            case State.CAPTURE:
                self.end_capture()
            case State.IMAGE:
                self._send(simple(ReportId.END_IMAGE, _ABANDON))
            case _:
                pass
        self.wait_for(State.READY)

    def wait_for(self, state: State) -> None:
        """Wait until the pad is in this state; Unreachable SC-SIGN-007 when it does not come to it.

        A boot picture goes by itself within a second; a clear takes the 520 up to 600 ms.
        """
        for _poll in range(_POLLS):
            if self.status().state == state:
                return
            self.pause(_EVERY)
        raise Unreachable("SC-SIGN-007", state=self.status().state)

    def begin_capture(self, session: int) -> None:
        """From now the pen's reports are encrypted, and no picture can be shown."""
        self.set(start_capture(session))
        self.pause(_AFTER_CAPTURE)
        self.wait_for(State.CAPTURE)

    def end_capture(self) -> None:
        """The pen's reports are plain again."""
        self.pause(_BEFORE_END)
        self.set(simple(ReportId.END_CAPTURE))
        self.pause(_AFTER_CAPTURE)

    def ink(self, *, on: bool) -> None:
        """Whether the pad itself draws what the pen does."""
        self.set(simple(ReportId.INKING_MODE, int(on)))

    def option_mode(self, mode: OptionMode) -> None:
        """What it tells with each position."""
        self.set(simple(ReportId.OPTION_MODE, mode))

    def handwriting_area(self, area: Rect) -> None:
        """Where the pad draws ink."""
        self.set(bytes((ReportId.HANDWRITING_AREA,)) + area.to_bytes())

    def clear(self) -> None:
        """Show nothing."""
        self.set(simple(ReportId.CLEAR_SCREEN))
        self.wait_for(State.READY)

    def show(self, upload: Upload, capability: Capability) -> None:
        """Send a picture; a failure in the middle abandons it, so that the pad is usable again."""
        self.wait_for(State.READY)
        if upload.area == whole_screen(capability):
            self.set(simple(ReportId.START_IMAGE, upload.encoding))
        else:
            self.set(start_image_area(Encoding(upload.encoding), upload.area))
        self.wait_for(State.IMAGE)
        try:
            for start in range(0, len(upload.content), BLOCK_BYTES):
                self._send(image_block(upload.content[start : start + BLOCK_BYTES]))
            self.set(simple(ReportId.END_IMAGE))
        except Unreachable:
            self._send(simple(ReportId.END_IMAGE, _ABANDON))
            raise
        self.wait_for(State.READY)

    def reset(self) -> None:
        """Everything to its default, the screen white, the ink on."""
        self._send(simple(ReportId.RESET))
        self.pause(1.1)

    def _send(self, report: bytes) -> None:
        try:
            sent = self._handle.send_feature_report(report)
        except (OSError, ValueError) as failed:
            raise self._refused(report[0]) from failed
        if sent < 0:
            raise self._refused(report[0])

    def _refused(self, report_id: int) -> Unreachable:
        """Trying a report again helps when the pad was gone, and never when it refuses it."""
        if not self._is_there():
            return Unreachable("SC-SIGN-004")
        return Unreachable("SC-SIGN-005", report=f"{report_id:02X}", result=_NO_TRANSFER)


def session_of(raw: bytes) -> int:
    """A session id from four unpredictable bytes; never 0."""
    return int(struct.unpack(">I", raw)[0]) or 1
