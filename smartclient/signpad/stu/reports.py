"""The reports of a Wacom STU pad as bytes and as values; pure, nothing here talks to a device.

Byte 0 of every report is its id, and lengths include it. Pen data, information, capability and
keys are big-endian; thresholds, colours, rectangles and image blocks are little-endian.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from smartclient.domain.errors import Unreachable


class ReportId(IntEnum):
    """The reports that are used."""

    PEN = 0x01
    STATUS = 0x03
    RESET = 0x04
    INFORMATION = 0x08
    CAPABILITY = 0x09
    UID2 = 0x0B
    PEN_ENCRYPTED = 0x10
    HOST_PUBLIC_KEY = 0x13
    DEVICE_PUBLIC_KEY = 0x14
    START_CAPTURE = 0x15
    END_CAPTURE = 0x16
    DH_PRIME = 0x1A
    DH_BASE = 0x1B
    CLEAR_SCREEN = 0x20
    INKING_MODE = 0x21
    INK_THRESHOLD = 0x22
    START_IMAGE_AREA = 0x24
    START_IMAGE = 0x25
    IMAGE_BLOCK = 0x26
    END_IMAGE = 0x27
    HANDWRITING_AREA = 0x2A
    PEN_OPTION = 0x30
    PEN_OPTION_ENCRYPTED = 0x31
    OPTION_MODE = 0x32
    PEN_TIMED_ENCRYPTED = 0x33
    PEN_TIMED = 0x34
    ENCRYPTION_COMMAND = 0x40
    ENCRYPTION_STATUS = 0x50


LENGTHS: Final = {
    ReportId.PEN: 7,
    ReportId.STATUS: 5,
    ReportId.RESET: 2,
    ReportId.INFORMATION: 17,
    ReportId.CAPABILITY: 17,
    ReportId.UID2: 11,
    ReportId.PEN_ENCRYPTED: 17,
    ReportId.HOST_PUBLIC_KEY: 17,
    ReportId.DEVICE_PUBLIC_KEY: 17,
    ReportId.START_CAPTURE: 5,
    ReportId.END_CAPTURE: 2,
    ReportId.DH_PRIME: 17,
    ReportId.DH_BASE: 3,
    ReportId.CLEAR_SCREEN: 2,
    ReportId.INKING_MODE: 2,
    ReportId.INK_THRESHOLD: 5,
    ReportId.START_IMAGE_AREA: 11,
    ReportId.START_IMAGE: 2,
    ReportId.IMAGE_BLOCK: 256,
    ReportId.END_IMAGE: 2,
    ReportId.HANDWRITING_AREA: 9,
    ReportId.PEN_OPTION: 9,
    ReportId.PEN_OPTION_ENCRYPTED: 21,
    ReportId.OPTION_MODE: 2,
    ReportId.PEN_TIMED_ENCRYPTED: 17,
    ReportId.PEN_TIMED: 11,
    ReportId.ENCRYPTION_COMMAND: 68,
    ReportId.ENCRYPTION_STATUS: 17,
}
"""Bytes of each report with its id."""
BLOCK_BYTES: Final = 253
"""Picture bytes in one block of 256."""
KEY_BYTES: Final = 64
"""Key bytes in one encryption command."""


class State(IntEnum):
    """What the pad is doing."""

    READY = 0
    IMAGE = 1
    CAPTURE = 2
    CALCULATING = 3
    BOOT_IMAGE = 4
    BUSY = 5
    RESETTING = 0xFF


class OptionMode(IntEnum):
    """What the pad tells with each position of the pen."""

    NONE = 0
    TIME = 1
    SEQUENCE = 2
    TIME_AND_SEQUENCE = 3


class Encoding(IntEnum):
    """How a picture is sent; the pad draws 1 as white, 0 as ink."""

    MONO = 0x00
    MONO_ZLIB = 0x01
    COLOUR_16 = 0x02
    COLOUR_24 = 0x04


@dataclass(frozen=True, slots=True)
class Status:
    """The state, and how the last set went: 0 is well."""

    state: int
    result: int


@dataclass(frozen=True, slots=True)
class Information:
    """What the pad is: "STU-530", "1.5"."""

    model: str
    firmware: str


@dataclass(frozen=True, slots=True)
class Capability:
    """Sizes and limits; 0 where an old model leaves a field empty."""

    max_x: int
    max_y: int
    max_pressure: int
    screen_width: int
    screen_height: int
    report_rate: int
    resolution: int
    """Units per inch."""
    encodings: int
    """Bits: 1 zlib, 2 one bit, 4 sixteen bits, 8 twenty-four bits."""


@dataclass(frozen=True, slots=True)
class Pen:
    """One position. Out of range everything is zero, which is not a position."""

    in_range: bool
    touching: bool
    pressure: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels, zero-based, right and bottom inclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def contains(self, x: float, y: float) -> bool:
        """Whether a point in pixels lies inside."""
        return self.left <= x < self.right + 1 and self.top <= y < self.bottom + 1

    def to_bytes(self) -> bytes:
        """Four little-endian words."""
        return struct.pack("<4H", self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """How the pad stands with its key: each 0 when it is ready, and the result of the command."""

    exponent: int
    modulus: int
    key: int
    result: int


def parse_status(report: bytes) -> Status:
    """Report 03."""
    return Status(report[1], report[2])


def parse_information(report: bytes) -> Information:
    """Report 08: nine letters of a name padded with zeros, then the firmware."""
    name = report[1:10].split(b"\0")[0].decode("ascii", "replace").strip()
    return Information(name, f"{report[10]}.{report[11]}")


def parse_capability(report: bytes) -> Capability:
    """Report 09."""
    return Capability(*struct.unpack(">5HBHB", report[1:15]))


def parse_pen(raw: bytes) -> Pen:
    """Six bytes: in range, touching, pressure, x, y."""
    head, low, x, y = struct.unpack(">BBHH", raw[:6])
    return Pen(bool(head & 0x80), bool(head & 0x70), (head & 0x0F) << 8 | low, x, y)


def parse_thresholds(report: bytes) -> tuple[int, int]:
    """Report 22: the pressures at which ink begins and ends."""
    on, off = struct.unpack("<HH", report[1:5])
    return on, off


def parse_encryption(report: bytes) -> EncryptionState:
    """Report 50."""
    return EncryptionState(report[4], report[5], report[6], report[7])


def simple(report_id: ReportId, value: int = 0) -> bytes:
    """A report of one byte."""
    return bytes((report_id, value))


def start_capture(session: int) -> bytes:
    """Report 15."""
    return struct.pack(">BI", ReportId.START_CAPTURE, session)


def image_block(part: bytes) -> bytes:
    """Report 26: its length, the bytes, and zeros up to 256."""
    head = struct.pack("<BH", ReportId.IMAGE_BLOCK, len(part))
    return (head + part).ljust(LENGTHS[ReportId.IMAGE_BLOCK], b"\0")


def start_image_area(encoding: Encoding, area: Rect) -> bytes:
    """Report 24."""
    return bytes((ReportId.START_IMAGE_AREA, encoding, 1)) + area.to_bytes()


def encryption_command(command: int, parameter: int, length: int, content: bytes = b"") -> bytes:
    """Report 40: command, parameter, length or index, 64 bytes."""
    head = bytes((ReportId.ENCRYPTION_COMMAND, command, parameter, length))
    return head + content.ljust(KEY_BYTES, b"\0")


def require_length(report: bytes, report_id: ReportId) -> bytes:
    """The report as long as it must be; Unreachable SC-SIGN-005 when the pad answers nonsense."""
    length = LENGTHS[report_id]
    if len(report) < length or report[0] != report_id:
        raise Unreachable("SC-SIGN-005", report=f"{report_id:02X}", result=len(report))
    return report[:length]
