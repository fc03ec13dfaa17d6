"""A trace: what one pad reported while one person signed, and its CSV form.

The CSV begins with `# units_per_mm_x=… units_per_mm_y=… max_pressure=… model=…`, further comment
lines may follow; then `t_ms,x,y,pressure,contact`, one report a line. A line that is zero but for
its time is a report out of range, which is not a position.

A trace is biometric data: it is written to disk only by commands that a person points at a file,
by the authority, and for practice with traces that no person drew.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.ink.port import PadDescription, Sample

COLUMNS = "t_ms,x,y,pressure,contact"
_TOLD = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")
"""A name and its value, up to the next name; a model may have spaces."""
_LARGEST = 2**31
_MOST_SAMPLES = 200_000
_USUAL_RATE = 200


@dataclass(frozen=True, slots=True)
class Trace:
    """The reports of one signature in the order in which they came."""

    description: PadDescription
    samples: Sequence[Sample]
    captured_at: datetime | None = None
    """When the pen was lifted for the last time; None for a trace read from CSV."""
    lost_reports: int = 0
    """Reports that the pad says it lost."""

    @property
    def pen_down(self) -> list[Sample]:
        """The reports with the pen on the pad."""
        is_down = self.pen_down_rule()
        return [sample for sample in self.samples if is_down(sample)]

    def strokes(self) -> Iterator[list[Sample]]:
        """The runs of reports between the pen going down and up."""
        is_down = self.pen_down_rule()
        stroke: list[Sample] = []
        for sample in self.samples:
            if is_down(sample):
                stroke.append(sample)
            elif stroke:
                yield stroke
                stroke = []
        if stroke:
            yield stroke

    @property
    def pressure_measured(self) -> bool:
        """Whether the pad told any pressure; one that tells none knows only pen down or up."""
        return any(sample.in_range and sample.pressure > 0 for sample in self.samples)

    def pen_down_rule(self) -> Callable[[Sample], bool]:
        """How this pad tells ink from hovering; page, quality and sealed record all go by it.

        By its contact flag, unless that contradicts the pressure: a flag that never comes although
        there is pressure, or that stays without any, is no flag. Then the pressure tells.
        """
        inside = [sample for sample in self.samples if sample.in_range]
        touched = any(sample.contact for sample in inside)
        idle = any(sample.contact and sample.pressure <= 0 for sample in inside)
        if self.pressure_measured and (idle or not touched):
            return lambda sample: sample.in_range and sample.pressure > 0
        return lambda sample: sample.in_range and sample.contact

    def to_csv(self) -> str:
        """The trace as CSV; `from_csv` reads it back."""
        pad = self.description
        head = (
            f"# units_per_mm_x={pad.units_per_mm_x:g} units_per_mm_y={pad.units_per_mm_y:g} "
            f"max_pressure={pad.max_pressure} model={pad.model}"
        )
        return "\n".join([head, COLUMNS, *(_line(sample) for sample in self.samples), ""])

    @classmethod
    def from_csv(cls, text: str, file: str = "CSV") -> "Trace":
        """The trace of a CSV; BadInput SC-SIGN-020 names file, line and the rule it breaks."""
        return _CsvReader(file, text).trace()


class _CsvReader:
    """Reads one CSV file; every fault by file, line and rule."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.removeprefix("\ufeff").splitlines()

    def trace(self) -> Trace:
        """The trace of the file."""
        description = self._description()
        numbered = enumerate(self._lines, start=1)
        table = [(number, line) for number, line in numbered if line.strip() and line[0] != "#"]
        if not table or table[0][1].replace(" ", "") != COLUMNS:
            rule = _("The columns must be {columns}.").format(columns=COLUMNS)
            raise self._fault(table[0][0] if table else len(self._lines), rule)
        if len(table) > _MOST_SAMPLES:
            raise self._fault(table[_MOST_SAMPLES][0], _("A signature has fewer lines than this."))
        samples = tuple(self._sample(number, line) for number, line in table[1:])
        for at, (earlier, later) in enumerate(pairwise(samples), start=2):
            if later.t_us < earlier.t_us:
                raise self._fault(table[at][0], _("Time must not go back."))
        return Trace(description, samples)

    def _fault(self, line: int, rule: str) -> BadInput:
        return BadInput("SC-SIGN-020", file=self._file, line=line, rule=rule)

    def _description(self) -> PadDescription:
        head = self._lines[0] if self._lines else ""
        if not head.startswith("#"):
            raise self._fault(1, _("The first line must describe the pad after a #."))
        told = dict(_TOLD.findall(head))
        return PadDescription(
            driver="trace",
            model=told.get("model", "").strip(),
            serial="",
            firmware="",
            units_per_mm_x=self._positive(told, "units_per_mm_x"),
            units_per_mm_y=self._positive(told, "units_per_mm_y"),
            max_x=0,
            max_y=0,
            max_pressure=int(self._positive(told, "max_pressure")),
            nominal_rate=_USUAL_RATE,
            has_device_time=True,
        )

    def _positive(self, told: dict[str, str], name: str) -> float:
        try:
            value = Decimal(told.get(name, ""))
        except InvalidOperation:
            value = Decimal(0)
        if not value.is_finite() or not 0 < value < _LARGEST:
            rule = _("{name} must be a number greater than zero.").format(name=name)
            raise self._fault(1, rule)
        return float(value)

    def _sample(self, number: int, line: str) -> Sample:
        cells = line.split(",")
        if len(cells) != 5:
            raise self._fault(number, _("The line must have five values."))
        try:
            t_us = int(Decimal(cells[0].strip()) * 1000)
            x, y, pressure, contact = (int(cell) for cell in cells[1:])
        except (InvalidOperation, ValueError, OverflowError):
            raise self._fault(number, _("The values must be numbers.")) from None
        within = 0 <= t_us < _LARGEST * 1000 and max(abs(x), abs(y), pressure) < _LARGEST
        if not within or pressure < 0 or contact not in (0, 1):
            raise self._fault(number, _("A value is outside what a pad can report."))
        in_range = bool(x or y or pressure or contact)
        return Sample(t_us, x, y, pressure, bool(contact), in_range)


def _line(sample: Sample) -> str:
    milliseconds = f"{Decimal(sample.t_us) / 1000:f}"
    if not sample.in_range:
        return f"{milliseconds},0,0,0,0"
    return f"{milliseconds},{sample.x},{sample.y},{sample.pressure},{sample.contact:d}"
