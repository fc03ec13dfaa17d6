"""From the pad's input reports to samples: time unwrapped, losses counted, ink cut by pressure.

Out of range every value of a report is zero; that is no position. Whether there is ink is decided
here, as the maker's own code decides it: it begins at one pressure and ends below another.
"""

import struct
from collections.abc import Iterator
from typing import Final

from smartclient.ink.port import Gap, Sample
from smartclient.signpad.stu.encryption import BLOCK, CableCipher
from smartclient.signpad.stu.reports import OptionMode, Pen, ReportId, parse_pen, require_length

_OF_THE_PEN: Final = frozenset(
    {
        ReportId.PEN,
        ReportId.PEN_OPTION,
        ReportId.PEN_TIMED,
        ReportId.PEN_ENCRYPTED,
        ReportId.PEN_OPTION_ENCRYPTED,
        ReportId.PEN_TIMED_ENCRYPTED,
    }
)
_WRAP: Final = 65_536
_MICRO: Final = 1_000_000


class PenStream:
    """One capture. Feed it the reports in their order."""

    def __init__(
        self, rate: int, thresholds: tuple[int, int], mode: OptionMode, cipher: CableCipher | None
    ) -> None:
        """`rate` in reports a second; `mode` says what the option word of an older pad means."""
        self._period_us = _MICRO // rate
        self._on, self._off = thresholds
        self._mode = mode
        self._cipher = cipher
        self._down = False
        self._count = 0
        self._last_ms: int | None = None
        self._elapsed_ms = 0
        self._last_sequence: int | None = None

    def feed(self, report: bytes) -> Iterator[Sample | Gap]:
        """What a report tells; nothing for a report that is none of the pen's.

        Raises Unreachable SC-SIGN-006 for an encrypted report of another session, SC-SIGN-005 for
        one that is too short.
        """
        if report[0] in _OF_THE_PEN:
            report = require_length(report, ReportId(report[0]))
        match report[0]:
            case ReportId.PEN | ReportId.PEN_OPTION | ReportId.PEN_TIMED if self._cipher:
                return  # from before the capture; nobody can slip plain reports into it
            case ReportId.PEN:
                yield self._plain(report[1:7])
            case ReportId.PEN_OPTION:
                yield from self._with_option(report[1:7], struct.unpack(">H", report[7:9])[0])
            case ReportId.PEN_TIMED:
                time_ms, sequence = struct.unpack(">HH", report[7:11])
                yield from self._timed(report[1:7], time_ms, sequence)
            case ReportId.PEN_ENCRYPTED if self._cipher:
                for raw in self._cipher.pair(report[1 : 1 + BLOCK]):
                    yield self._plain(raw)
            case ReportId.PEN_OPTION_ENCRYPTED if self._cipher:
                options = struct.unpack(">HH", report[17:21])
                for raw, option in zip(
                    self._cipher.pair(report[1 : 1 + BLOCK]), options, strict=True
                ):
                    yield from self._with_option(raw, option)
            case ReportId.PEN_TIMED_ENCRYPTED if self._cipher:
                yield from self._timed(*self._cipher.timed(report[1 : 1 + BLOCK]))
            case _:
                return

    def _plain(self, raw: bytes) -> Sample:
        """No time in the report: the count of reports times their period."""
        self._count += 1
        return self._sample(parse_pen(raw), (self._count - 1) * self._period_us, self._count)

    def _with_option(self, raw: bytes, option: int) -> Iterator[Sample | Gap]:
        match self._mode:
            case OptionMode.TIME:
                self._count += 1
                yield self._sample(parse_pen(raw), self._time_us(option), self._count)
            case OptionMode.SEQUENCE:
                yield from self._lost(option)
                self._count += 1
                yield self._sample(parse_pen(raw), (self._count - 1) * self._period_us, option)
            case _:
                yield self._plain(raw)

    def _timed(self, raw: bytes, time_ms: int, sequence: int) -> Iterator[Sample | Gap]:
        yield from self._lost(sequence)
        yield self._sample(parse_pen(raw), self._time_us(time_ms), sequence)

    def _time_us(self, time_ms: int) -> int:
        """The pad's counter goes back to 0 after 65 seconds."""
        if self._last_ms is not None:
            self._elapsed_ms += (time_ms - self._last_ms) % _WRAP
        self._last_ms = time_ms
        return self._elapsed_ms * 1000

    def _lost(self, sequence: int) -> Iterator[Gap]:
        expected = None if self._last_sequence is None else (self._last_sequence + 1) % _WRAP
        self._last_sequence = sequence
        if expected is not None and sequence != expected:
            count = (sequence - expected) % _WRAP
            self._count += count
            yield Gap(count)

    def _sample(self, pen: Pen, t_us: int, sequence: int) -> Sample:
        limit = self._off if self._down else self._on
        self._down = pen.in_range and pen.pressure >= limit
        return Sample(t_us, pen.x, pen.y, pen.pressure, self._down, pen.in_range, sequence)
