"""How the pen moved: place, pressure, speed and acceleration over time, from the opened record.

Speed is the central difference of the place, acceleration the central difference of the speed,
each within one stroke only: between strokes the pen is off the pad and nothing is known. A pad
tells places in steps of a hundredth of a millimetre, so a place is first averaged over five
reports, fewer at the ends of a stroke; the columns of the place itself are as they were recorded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Final

from smartclient.ink.port import Sample
from smartclient.ink.trace import Trace

WINDOW: Final = 5
_MILLI: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One report with the pen on the pad. Speed and acceleration are None where a stroke is too
    short for them."""

    stroke: int
    """From 1."""
    t_ms: float
    x_mm: float
    y_mm: float
    pressure: float
    """Of the pad's largest pressure, 0 to 1."""
    speed: float | None
    """Millimetres a second."""
    acceleration: float | None
    """Millimetres a second squared; negative where the pen slows down."""


def dynamics_of(trace: Trace) -> tuple[Moment, ...]:
    """Every report with the pen on the pad, in order."""
    pad = trace.description
    found: list[Moment] = []
    for number, stroke in enumerate(trace.strokes(), start=1):
        times = [sample.t_us / _MILLI for sample in stroke]
        places = [(s.x / pad.units_per_mm_x, s.y / pad.units_per_mm_y) for s in stroke]
        speeds = _speeds(times, _averaged(places))
        slopes = _slopes(times, speeds)
        for at, sample in enumerate(stroke):
            found.append(
                Moment(
                    number,
                    times[at],
                    *places[at],
                    _relative(sample, pad.max_pressure),
                    speeds[at],
                    slopes[at],
                )
            )
    return tuple(found)


def to_csv(moments: Sequence[Moment]) -> str:
    """The table for the expert's own tools; empty cells where nothing is known."""
    lines = ["stroke,t_ms,x_mm,y_mm,pressure,speed_mm_s,acceleration_mm_s2"]
    for each in moments:
        numbers = (each.x_mm, each.y_mm, each.pressure, each.speed, each.acceleration)
        cells = ("" if number is None else f"{number:.4f}" for number in numbers)
        lines.append(",".join((str(each.stroke), f"{each.t_ms:.1f}", *cells)))
    return "\n".join(lines) + "\n"


def strokes_of(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    """The moments stroke by stroke."""
    for number in sorted({each.stroke for each in moments}):
        yield [each for each in moments if each.stroke == number]


def _relative(sample: Sample, most: int) -> float:
    return min(1.0, sample.pressure / most)


def _averaged(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    averaged = []
    for at in range(len(places)):
        reach = min(WINDOW // 2, at, len(places) - 1 - at)
        near = places[at - reach : at + reach + 1]
        averaged.append(
            (sum(x for x, _y in near) / len(near), sum(y for _x, y in near) / len(near))
        )
    return averaged


def _speeds(times: list[float], places: list[tuple[float, float]]) -> list[float | None]:
    speeds: list[float | None] = [None] * len(times)
    for at in range(1, len(times) - 1):
        (x1, y1), (x2, y2) = places[at - 1], places[at + 1]
        elapsed = times[at + 1] - times[at - 1]
        if elapsed > 0:
            speeds[at] = hypot(x2 - x1, y2 - y1) / elapsed * _MILLI
    return speeds


def _slopes(times: list[float], speeds: list[float | None]) -> list[float | None]:
    slopes: list[float | None] = [None] * len(times)
    for at in range(1, len(times) - 1):
        before, after = speeds[at - 1], speeds[at + 1]
        elapsed = times[at + 1] - times[at - 1]
        if before is not None and after is not None and elapsed > 0:
            slopes[at] = (after - before) / elapsed * _MILLI
    return slopes
