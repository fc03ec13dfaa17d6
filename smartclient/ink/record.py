"""The signature as ISO/IEC 19794-7:2007, full format: what the independent authority reads.

Channels X, Y, T and F in the pad's own units without scaling, because a pad's pressure cannot be
converted to newton; the units per millimetre stand beside the record in the envelope. Times are
milliseconds from the first report. Above 65.5 s, where T overflows, DT is written instead. Reports
out of range are left out; the pen above the pad stays, with F = 0. F is above 0 exactly where the
trace's own rule says that the pen was down; a pad without pressure gets F = 1 there. Where the pen
left the range between two strokes and nothing else tells them apart, one point of F = 0 stands at
the place where it left. Decision 0012.
"""

import struct
from dataclasses import dataclass

from smartclient.domain.errors import BadInput, Damaged
from smartclient.ink.trace import Trace

FORMAT = "ISO/IEC 19794-7:2007"
_HEAD = b"SDI\x00 10\x00"
_CHANNELS = (
    "X",
    "Y",
    "Z",
    "VX",
    "VY",
    "AX",
    "AY",
    "T",
    "DT",
    "F",
    "S",
    "TX",
    "TY",
    "Az",
    "El",
    "R",
)
_SIGNED = frozenset({"X", "Y", "VX", "VY", "AX", "AY", "TX", "TY"})
_POINT = struct.Struct(">HHHH")
_OFFSET = 32_768
_LARGEST = 65_535
_MOST_POINTS = 0xFFFFFF
_CONSTANT = 0x04
_ATTRIBUTES = (0x80, 0x40, 0x20, 0x10, 0x08)
"""Preamble bits that carry two bytes each: scaling, min, max, mean, standard deviation."""


@dataclass(frozen=True, slots=True)
class RecordPoint:
    """One point: place in pad units, milliseconds from the first, force in pad units."""

    x: int
    y: int
    t_ms: int
    force: int


def write_iso(trace: Trace) -> bytearray:
    """The record, in a buffer that the caller overwrites; BadInput SC-SIGN-022 where none fits."""
    points = _points_of(trace)
    if not 0 < len(points) <= _MOST_POINTS:
        raise BadInput("SC-SIGN-022")
    start = points[0][2]
    long = points[-1][2] - start > _LARGEST * 1000
    channels = ("X", "Y", "DT" if long else "T", "F")
    head = _HEAD + struct.pack(">H", sum(_bit(name) for name in channels)) + bytes(len(channels))
    head += b"\x00\x00" + len(points).to_bytes(3, "big")
    # Made at its full length: a bytearray that grows leaves copies behind.
    record = bytearray(len(head) + _POINT.size * len(points))
    record[: len(head)] = head
    last_ms = 0
    try:
        for at, (x, y, t_us, force) in enumerate(points):
            now_ms = round((t_us - start) / 1000)
            time = now_ms - last_ms if long else now_ms
            last_ms = now_ms
            place = len(head) + _POINT.size * at
            _POINT.pack_into(record, place, x + _OFFSET, y + _OFFSET, time, force)
    except struct.error:
        record[:] = bytes(len(record))
        raise BadInput("SC-SIGN-022") from None
    return record


def _points_of(trace: Trace) -> list[tuple[int, int, int, int]]:
    """x, y, microseconds and force of each point of the record."""
    is_down = trace.pen_down_rule()
    points: list[tuple[int, int, int, int]] = []
    left_at: int | None = None
    for sample in trace.samples:
        if not sample.in_range:
            left_at = sample.t_us if left_at is None else left_at
            continue
        # Where the pen is down without pressure, the pad measures none.
        force = (sample.pressure or 1) if is_down(sample) else 0
        if left_at is not None and force and points and points[-1][3]:
            points.append((*points[-1][:2], left_at, 0))
        left_at = None
        points.append((sample.x, sample.y, sample.t_us, force))
    return points


def read_iso(record: bytes) -> tuple[RecordPoint, ...]:
    """The points of a record; Damaged SC-SIGN-023 for anything that is none.

    Channels other than X, Y, T, DT and F are skipped. S is refused: implementations disagree on
    its length.
    """
    try:
        return _Reader(record).points()
    except (struct.error, ValueError) as broken:
        raise Damaged("SC-SIGN-023") from broken


def _bit(name: str) -> int:
    return 0x8000 >> _CHANNELS.index(name)


class _Reader:
    """Walks through a record once; raises struct.error or ValueError where it is none."""

    def __init__(self, record: bytes) -> None:
        self._record = record
        self._at = 0

    def points(self) -> tuple[RecordPoint, ...]:
        """All points; the record must end with them or with its extended data."""
        if self._take(len(_HEAD)) != _HEAD:
            raise ValueError("not a record of this edition")
        included = self._number()
        channels = [name for name in _CHANNELS if included & _bit(name)]
        timed = "T" in channels or "DT" in channels
        if not {"X", "Y"} <= set(channels) or not timed or "S" in channels:
            raise ValueError("channels")
        varying = [name for name in channels if not self._is_constant()]
        self._take(1)
        extended = self._take(1) != b"\x00"
        count = int.from_bytes(self._take(3), "big")
        found: list[RecordPoint] = []
        for _ in range(count):
            values = {name: self._value(name) for name in varying}
            elapsed = found[-1].t_ms if found else 0
            time = values["T"] if "T" in values else elapsed + values.get("DT", 0)
            found.append(
                RecordPoint(values.get("X", 0), values.get("Y", 0), time, values.get("F", 0))
            )
        if extended:
            self._take(self._number())
        if self._at != len(self._record):
            raise ValueError("more bytes than the record has")
        return tuple(found)

    def _is_constant(self) -> bool:
        preamble = self._take(1)[0]
        self._take(2 * sum(1 for bit in _ATTRIBUTES if preamble & bit))
        return bool(preamble & _CONSTANT)

    def _value(self, name: str) -> int:
        return self._number() - (_OFFSET if name in _SIGNED else 0)

    def _number(self) -> int:
        number: int = struct.unpack(">H", self._take(2))[0]
        return number

    def _take(self, length: int) -> bytes:
        taken = self._record[self._at : self._at + length]
        if len(taken) != length:
            raise ValueError("too short")
        self._at += length
        return taken
