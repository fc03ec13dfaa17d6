"""The pen's points on their way from the thread that reads the pad to the mirror of its display.

A signal with the places in it would leave a copy of each in Qt's freed memory. So they stand in one
buffer that is overwritten as they are taken, and the signal says only that there are some.
"""

import struct
from threading import Lock

_ROW = struct.Struct("<dd?")
_MOST = 2_000
"""Ten seconds: a window that is so late has other troubles than the mirror."""

Point = tuple[float, float, bool]
"""Fractions of the pad's width and height, and whether it leaves ink."""


class InkedPoints:
    """Put in by one thread, taken by another."""

    def __init__(self) -> None:
        self._packed = bytearray(_MOST * _ROW.size)
        self._count = 0
        self._turn = Lock()

    def add(self, x: float, y: float, *, contact: bool) -> bool:
        """Keep a point; True for the first one since they were taken. A full buffer takes none."""
        with self._turn:
            if self._count < _MOST:
                _ROW.pack_into(self._packed, self._count * _ROW.size, x, y, contact)
                self._count += 1
            return self._count == 1

    def take(self) -> list[Point]:
        """All points, oldest first; their places are overwritten."""
        with self._turn:
            end = self._count * _ROW.size
            points = list(_ROW.iter_unpack(memoryview(self._packed)[:end]))
            self._packed[:end] = bytes(end)
            self._count = 0
        return points
