"""One emulated pad: its states, its screen, its pen. Strict about what is allowed when.

Time passes only by `pass_time`, which tests hand to the driver as its way of waiting.
"""

import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable

from PIL import Image

from tests.simulators.stu import keys
from tests.simulators.stu.kinds import Kind
from tests.simulators.stu.positions import position

READY, IMAGE, CAPTURE, CALCULATING, BOOT, RESETTING = 0, 1, 2, 3, 4, 0xFF
OK, WRONG_STATE, BAD_PARAMETER, WRONG_ENCODING, TOO_LONG, ZLIB_ERROR, WRONG_AREA = (
    0, 2, 4, 0x10, 0x11, 0x12, 0x15,
)  # fmt: skip
_LENGTHS = {
    0x04: 2, 0x13: 17, 0x15: 5, 0x16: 2, 0x20: 2, 0x21: 2, 0x22: 5, 0x23: 11, 0x24: 11, 0x25: 2,
    0x26: 256, 0x27: 2, 0x28: 4, 0x2A: 9, 0x2D: 5, 0x2F: 2, 0x32: 2, 0x40: 68,
}  # fmt: skip
_ONLY_READY = frozenset({0x13, 0x15, 0x20, 0x22, 0x23, 0x24, 0x25, 0x40})
_ONLY_IMAGE = frozenset({0x26, 0x27})
_ONLY_CAPTURE = frozenset({0x16})
_BOOT_SECONDS, _CALCULATING_SECONDS, _RESETTING_SECONDS = 1.0, 0.2, 1.0
_MOST_PRESSURE, _WIDEST_LINE = 0x3FF, 5
_BITS = {0: 1, 2: 16, 4: 24}
"""Of one pixel by encoding; without the compressed one."""
_STEP_MS = 5


class EmulatedStu:
    """A pad of a kind. `screen` is what a person would see on it."""

    def __init__(
        self, kind: Kind, serial: str = "", clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        """`clock` gives seconds, for a driver that waits for real; tests let time pass besides."""
        self._clock = clock
        self.kind = kind
        self.serial = serial
        self.held_by_another = False
        self.is_powered = False
        self.received: list[bytes] = []
        self.captures = 0
        """Encrypted captures that were begun."""
        self.screen = Image.new("RGB", kind.screen, "white")
        self._passed = 0.0
        self._time_ms = 0
        self._sequence = 0
        self._reports: deque[bytes | None] = deque()
        self._something = threading.Event()
        self._keys: keys.DiffieHellman | keys.Rsa | None = None
        self._waiting: tuple[bytes, int] | None = None
        self._area: tuple[int, ...] = ()
        self.handwriting_area: tuple[int, ...] = ()
        self._set_defaults()
        self._state, self._until, self._clear_until = READY, 0.0, 0.0
        self._result = OK

    # --- for tests ---------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds

    def leave_in(self, state: int) -> None:
        """A program crashed and left the pad in this state."""
        self._state, self._until = state, 0.0

    def draw(self, pens: Iterable[tuple[int, int, int]]) -> None:
        """The pen at x, y with a pressure every 5 ms; pressure 0 is a pen that hovers."""
        for x, y, pressure in pens:
            self._move(position(x, y, pressure, touching=pressure > 0))

    def leave(self) -> None:
        """The pen goes out of range: one report of zeros."""
        self._move(bytes(6))

    def lose(self, reports: int) -> None:
        """So many reports never reach the computer."""
        for _each in range(reports):
            self._tick()

    def advance_clock(self, milliseconds: int) -> None:
        """Let the counter of the pad run on."""
        self._time_ms = (self._time_ms + milliseconds) % 65_536

    def break_off(self) -> None:
        """The cable is pulled once the reports so far were read."""
        self._send(None)

    @property
    def _now(self) -> float:
        return self._clock() + self._passed

    @property
    def is_idle(self) -> bool:
        """It is ready, draws no ink and encrypts nothing."""
        return self._state == READY and not self.inking

    # --- the cable ---------------------------------------------------------------------------

    def power_on(self) -> None:
        """Plugged in: it shows its boot picture for a second."""
        self.is_powered, self.held_by_another = True, False
        self._set_defaults()
        self._reports.clear()
        if self._state not in (IMAGE, CAPTURE):
            self._state, self._until = BOOT, self._now + _BOOT_SECONDS

    def power_off(self) -> None:
        """Pulled out."""
        self.is_powered, self._state, self._clear_until = False, READY, 0.0

    def next_report(self, timeout_ms: int) -> bytes:
        """The next input report; nothing when none comes in the time."""
        if not self._reports:
            self._something.clear()
        if not self._reports and not self._something.wait(timeout_ms / 1000):
            self.pass_time(timeout_ms / 1000)
            return b""
        report = self._reports.popleft()
        if report is None:
            self.power_off()
            return b""
        return report

    # --- feature reports ---------------------------------------------------------------------

    def knows_set(self, report_id: int) -> bool:
        """Whether this model takes the report at all."""
        return report_id in self.kind.sets - self.kind.refuses

    def get(self, report_id: int) -> bytes | None:
        """A feature report with its id; None for one the model does not have."""
        payload = None if report_id in self.kind.refuses else self._payload(report_id)
        return None if payload is None else bytes((report_id,)) + payload

    def set(self, report: bytes) -> None:
        """A feature report; the result is told by the status."""
        self.received.append(report)
        self._result = self._take(report)

    def _payload(self, report_id: int) -> bytes | None:
        kind = self.kind
        match report_id:
            case 0x03:
                return bytes((self.state, self._result, 0, 0))
            case 0x08:
                name = kind.name.encode().ljust(9, b"\0")[:9]
                return name + bytes((1, 5, 0, 0, 0, 0, 0))
            case 0x09:
                rate, resolution, flag = kind.told
                sizes = (*kind.size, kind.max_pressure, *kind.screen)
                return struct.pack(">5HBHB2x", *sizes, rate, resolution, flag)
            case 0x0B if kind.cipher == "rsa":
                return self.serial.encode().ljust(10, b"\0")[:10]
            case 0x21:
                return bytes((self.inking,))
            case 0x2A if report_id in kind.sets:
                return struct.pack("<4H", *self.handwriting_area)
            case 0x32 if report_id in kind.sets:
                return bytes((self.option_mode,))
            case 0x14 if isinstance(self._keys, keys.DiffieHellman):
                return None if self.state == CALCULATING else self._keys.public
            case 0x1A if kind.cipher == "dh":
                return kind.prime.to_bytes(16, "big")
            case 0x1B if kind.cipher == "dh":
                return keys.BASE.to_bytes(2, "big")
            case 0x22:
                return struct.pack("<HH", *self.thresholds)
            case 0x40 if isinstance(self._keys, keys.Rsa):
                return self._keys.part()
            case 0x50 if isinstance(self._keys, keys.Rsa):
                return self._keys.status()
            case _:
                return None

    @property
    def state(self) -> int:
        """What it is doing now."""
        if self._state in (BOOT, CALCULATING, RESETTING) and self._now >= self._until:
            self._state = READY
        return IMAGE if self._is_clearing else self._state

    @property
    def _is_clearing(self) -> bool:
        return self._state == READY and self._now < self._clear_until

    def _take(self, report: bytes) -> int:
        report_id, length = report[0], _LENGTHS[report[0]]
        # Windows fills a report up to the longest one of the device.
        if len(report) < length or any(report[length:]):
            return BAD_PARAMETER
        if self.state == RESETTING or (self._is_clearing and report_id in _ONLY_IMAGE):
            return WRONG_STATE
        needs = {READY: _ONLY_READY, IMAGE: _ONLY_IMAGE, CAPTURE: _ONLY_CAPTURE}
        for state, ids in needs.items():
            if report_id in ids and self.state != state:
                return WRONG_STATE
        return self._do(report_id, report[1:length])

    def _do(self, report_id: int, payload: bytes) -> int:
        match report_id:
            case 0x13 if isinstance(self._keys, keys.DiffieHellman):
                self._keys.take(payload)
                self._state, self._until = CALCULATING, self._now + _CALCULATING_SECONDS
            case 0x15:
                self._session, self._state = int.from_bytes(payload, "big"), CAPTURE
                self.captures += 1
            case 0x16:
                self._state = READY
            case 0x20:
                self._clear(0, 0, self.kind.screen[0] - 1, self.kind.screen[1] - 1)
            case 0x21:
                self.inking = bool(payload[0])
            case 0x22:
                return self._take_thresholds(*struct.unpack("<HH", payload))
            case 0x23:
                return self._clear_area(struct.unpack("<4H", payload[2:]))
            case 0x28 | 0x2D if payload[-1] <= _WIDEST_LINE:
                self.thickness = payload[-1]
            case 0x2F if payload[0] in (0, 1):
                self.shows_boot_picture = bool(payload[0])
            case 0x24 | 0x25:
                return self._start_image(payload)
            case 0x26:
                return self._take_block(payload)
            case 0x27:
                return self._end_image(payload[0])
            case 0x2A:
                return self._take_area(struct.unpack("<4H", payload))
            case 0x32 if payload[0] in self.kind.option_modes:
                self.option_mode = payload[0]
            case 0x40 if isinstance(self._keys, keys.Rsa):
                self._keys.command(bytes((report_id,)) + payload)
            case 0x04:
                self._set_defaults()
                self._clear(0, 0, self.kind.screen[0] - 1, self.kind.screen[1] - 1)
                self._state, self._until = RESETTING, self._now + _RESETTING_SECONDS
            case _:
                return BAD_PARAMETER
        return OK

    # --- the screen --------------------------------------------------------------------------

    def _clear(self, left: int, top: int, right: int, bottom: int) -> None:
        self.screen.paste("white", (left, top, right + 1, bottom + 1))
        self._clear_until = self._now + self.kind.clearing_seconds

    def _clear_area(self, area: tuple[int, ...]) -> int:
        if not self._is_on_screen(area):
            return WRONG_AREA
        self._clear(*area)
        return OK

    def _take_thresholds(self, on: int, off: int) -> int:
        if max(on, off) > _MOST_PRESSURE:
            return BAD_PARAMETER
        self.thresholds = on, off
        return OK

    def _start_image(self, payload: bytes) -> int:
        if payload[0] not in self.kind.encodings:
            return WRONG_ENCODING
        area: tuple[int, ...] = (0, 0, self.kind.screen[0] - 1, self.kind.screen[1] - 1)
        if len(payload) > 1:
            area = struct.unpack("<4H", payload[2:])
        if not self._is_on_screen(area):
            return WRONG_AREA
        self._area, self._encoding, self._image = area, payload[0], bytearray()
        self._state = IMAGE
        return OK

    def _take_block(self, payload: bytes) -> int:
        length = payload[0] | payload[1] << 8
        if length > 253 or any(payload[2 + length :]):
            return BAD_PARAMETER
        self._image += payload[2 : 2 + length]
        return TOO_LONG if self._encoding != 1 and len(self._image) > self._size() else OK

    def _end_image(self, abandoned: int) -> int:
        self._state = READY
        if abandoned:
            return OK
        try:
            pixels = zlib.decompress(self._image) if self._encoding == 1 else bytes(self._image)
        except zlib.error:
            return ZLIB_ERROR
        if len(pixels) != self._size():
            return BAD_PARAMETER
        self.screen.paste(self._decoded(pixels), (self._area[0], self._area[1]))
        return OK

    def _decoded(self, pixels: bytes) -> Image.Image:
        left, top, right, bottom = self._area
        size = right - left + 1, bottom - top + 1
        match self._encoding:
            case 2:  # 5-6-5, the high byte first; Pillow wants it last
                turned = bytearray(len(pixels))
                turned[::2], turned[1::2] = pixels[1::2], pixels[::2]
                return Image.frombytes("RGB", size, bytes(turned), "raw", "BGR;16")
            case 4:
                return Image.frombytes("RGB", size, pixels, "raw", "BGR")
            case _:
                return Image.frombytes("1", size, pixels).convert("RGB")

    def _size(self) -> int:
        """Bytes of the picture; rows are padded to whole ones."""
        left, top, right, bottom = self._area
        row = (right - left + 1) * _BITS.get(self._encoding, 1)
        return (row + 7) // 8 * (bottom - top + 1)

    def _take_area(self, area: tuple[int, ...]) -> int:
        if self._is_on_screen(area):
            self.handwriting_area = area
            return OK
        return OK if self.kind.silent_about_areas else WRONG_AREA

    def _is_on_screen(self, area: tuple[int, ...]) -> bool:
        left, top, right, bottom = area
        wide, high = self.kind.screen
        return left <= right < wide and top <= bottom < high

    # --- the pen -----------------------------------------------------------------------------

    def _move(self, pen: bytes) -> None:
        time_ms, sequence = self._tick()
        if self.state == CAPTURE:
            self._send_encrypted(pen, time_ms, sequence)
        elif self.option_mode == 0:
            self._send(b"\x01" + pen)
        elif self.option_mode == 1:
            self._send(b"\x30" + pen + struct.pack(">H", time_ms))
        elif self.option_mode == 2:
            self._send(b"\x30" + pen + struct.pack(">H", sequence))
        else:
            self._send(b"\x34" + pen + struct.pack(">HH", time_ms, sequence))

    def _send(self, report: bytes | None) -> None:
        self._reports.append(report)
        self._something.set()

    def _tick(self) -> tuple[int, int]:
        self._sequence = (self._sequence + 1) % 65_536
        self._time_ms = (self._time_ms + _STEP_MS) % 65_536
        return self._time_ms, self._sequence

    def _send_encrypted(self, pen: bytes, time_ms: int, sequence: int) -> None:
        key = self._keys.key if self._keys else None
        if key is None:
            return
        if self.option_mode == 3:
            plain = keys.block_with_time(self._session, pen, time_ms, sequence)
            self._send(b"\x33" + keys.encrypted(key, plain))
            return
        if self._waiting is None:
            self._waiting = (pen, time_ms)
            return
        (first, first_ms), self._waiting = self._waiting, None
        block = keys.encrypted(key, keys.block_of_pair(self._session, first, pen))
        if self.option_mode == 1:
            self._send(b"\x31" + block + struct.pack(">HH", first_ms, time_ms))
        else:
            self._send(b"\x10" + block)

    def _set_defaults(self) -> None:
        self.inking = True
        self.option_mode = 0
        self.thresholds = (21, 16)
        self.thickness = 2
        self.shows_boot_picture = True
        wide, high = self.kind.screen
        self.handwriting_area = (0, 0, wide - 1, high - 1)
        match self.kind.cipher:
            case "dh":
                self._keys = keys.DiffieHellman()
            case "rsa":
                self._keys = keys.Rsa()
            case _:
                self._keys = None
        self._session = 0
        self._waiting = None
        self._area = ()
        self._encoding, self._image = 0, bytearray()
