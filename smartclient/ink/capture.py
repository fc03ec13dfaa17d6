"""Where the pen's reports live between the pad and the seal: one buffer that is overwritten.

Python keeps no secret for good: a number that was read stays in freed memory until it is reused.
What can be done is done: no list of reports is built, the reports stand packed in a buffer of our
own, a trace only looks into it, and `wipe` overwrites it and has the freed numbers reused. The
buffer grows by our own hand, because a bytearray that grows by itself leaves its old bytes behind.
Decisions 0013 and 0135.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import overload

from smartclient.domain.errors import NotAllowed
from smartclient.ink.port import PadDescription, Sample
from smartclient.ink.trace import Trace

_ROW = struct.Struct("<qiiiBI")
_CONTACT, _IN_RANGE = 1, 2
_MOST = 60_000
"""Five minutes at 200 reports a second; nobody signs for longer."""
_REUSED = 4_000
_LARGER_THAN_KEPT = 1_000_000
_SIZES = (6, 16, 24)
"""Bytes of what a report is cut into: a position, a block, a report."""
_AT_FIRST = 3_000
"""Fifteen seconds: hardly a signature needs more."""


class CaptureBuffer:
    """The reports of one signature; used by one thread at a time."""

    def __init__(self, description: PadDescription) -> None:
        self.description = description
        self.lost = 0
        """Reports that the pad says it lost."""
        self._packed = bytearray(_AT_FIRST * _ROW.size)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, sample: Sample) -> None:
        """Keep a report; NotAllowed SC-SIGN-021 when somebody rests the pen for minutes."""
        if self._count >= _MOST:
            raise NotAllowed("SC-SIGN-021")
        at = self._count * _ROW.size
        if at == len(self._packed):
            self._enlarge()
        flags = _CONTACT * sample.contact | _IN_RANGE * sample.in_range
        _ROW.pack_into(
            self._packed,
            at,
            sample.t_us,
            sample.x,
            sample.y,
            sample.pressure,
            flags,
            sample.sequence,
        )
        self._count += 1

    def add_gap(self, count: int) -> None:
        """Remember that reports were lost before the next one."""
        self.lost += count

    def trace(self, captured_at: datetime) -> Trace:
        """The trace as a view of this buffer: it is empty once the buffer is wiped."""
        return Trace(self.description, _Reports(self), captured_at, self.lost)

    def wipe(self) -> None:
        """Overwrite every report; then there are none."""
        self._packed[:] = bytes(len(self._packed))
        self._count = 0
        _reuse_what_was_freed()

    def report(self, index: int) -> Sample:
        """The report at an index from 0 on; IndexError beyond the last."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        t_us, x, y, pressure, flags, sequence = _ROW.unpack_from(self._packed, index * _ROW.size)
        return Sample(
            t_us, x, y, pressure, bool(flags & _CONTACT), bool(flags & _IN_RANGE), sequence
        )

    def _enlarge(self) -> None:
        larger = bytearray(2 * len(self._packed))
        larger[: len(self._packed)] = self._packed
        self._packed[:] = bytes(len(self._packed))
        self._packed = larger


def _reuse_what_was_freed() -> None:
    """Fill the memory that single numbers and reports have left with others.

    Python frees a number without overwriting it and gives its place to the next of its size: so
    many of each size that the pen's reports pass through are made and dropped at once.
    """
    floats = [index + 0.5 for index in range(_REUSED)]
    numbers = [_LARGER_THAN_KEPT + index for index in range(_REUSED)]
    octets = [index.to_bytes(size, "big") for index in range(_REUSED) for size in _SIZES]
    del floats, numbers, octets


class _Reports(Sequence[Sample]):
    """The reports of a buffer, unpacked one by one as they are asked for."""

    def __init__(self, buffer: CaptureBuffer) -> None:
        self._buffer = buffer

    def __len__(self) -> int:
        return len(self._buffer)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        if isinstance(index, slice):
            return [self._buffer.report(at) for at in range(*index.indices(len(self)))]
        return self._buffer.report(index if index >= 0 else len(self) + index)
