"""The shape of a signature for the page: what was drawn, and nothing of how it was drawn.

One drawn segment for each report of the pad would give speed and pressure back from the page to
anybody who has the PDF. So each stroke is smoothed along its length, its points stand at one and
the same distance, its width has at most four smoothed levels, it begins at its left end, and the
strokes come from left to right; the pen above the pad leaves nothing. Decision 0014.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smartclient.ink.trace import Trace

STEP_MM = 0.5
"""Distance between the points of a stroke. At least 0.3 mm must remain when a field is small."""
LEVELS = 4
_FINE_MM = 0.2
_SMOOTH_LINE_MM = 0.25
_SMOOTH_WIDTH_MM = 2.0
"""Standard deviations of the smoothing, along the length of the line."""

_Inked = tuple[float, float, float]
"""x and y in millimetres, and the pressure as a fraction."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point in millimetres from the upper left of the signature; width level 1 to 4."""

    x_mm: float
    y_mm: float
    width_level: int


@dataclass(frozen=True, slots=True)
class InkShape:
    """The strokes of a signature from left to right. A stroke of one point is a dot."""

    strokes: tuple[tuple[Point, ...], ...]
    width_mm: float
    height_mm: float


def shape_of(trace: Trace) -> InkShape:
    """The shape of a trace; it has no strokes when the pen never touched the pad."""
    pad = trace.description
    strokes: list[list[_Inked]] = []
    for reports in trace.strokes():
        inked = [
            (
                report.x / pad.units_per_mm_x,
                report.y / pad.units_per_mm_y,
                report.pressure / pad.max_pressure,
            )
            for report in reports
        ]
        strokes.append(_even_width(_evenly(_even_line(_along(inked)))))
    left, top, right, bottom = _box(strokes)
    strongest = max((point[2] for stroke in strokes for point in stroke), default=1.0) or 1.0
    drawn = [
        tuple(
            Point(round(x - left, 3), round(y - top, 3), _level(force / strongest))
            for x, y, force in (stroke if stroke[0][0] <= stroke[-1][0] else stroke[::-1])
        )
        for stroke in strokes
    ]
    drawn.sort(key=lambda stroke: min((point.x_mm, point.y_mm) for point in stroke))
    return InkShape(tuple(drawn), round(right - left, 3), round(bottom - top, 3))


def _along(stroke: Sequence[_Inked]) -> list[_Inked]:
    """The line sampled every fifth of a millimetre of its length, whatever the pen's speed was."""
    sampled = [stroke[0]]
    behind = 0.0
    for start, end in pairwise(stroke):
        length = math.dist(start[:2], end[:2])
        at = _FINE_MM - behind
        while at <= length:
            share = at / length
            sampled.append(
                (
                    start[0] + (end[0] - start[0]) * share,
                    start[1] + (end[1] - start[1]) * share,
                    start[2] + (end[2] - start[2]) * share,
                )
            )
            at += _FINE_MM
        behind = length - (at - _FINE_MM)
    return sampled


def _even_line(line: Sequence[_Inked]) -> list[_Inked]:
    across = _blurred([point[0] for point in line], _SMOOTH_LINE_MM / _FINE_MM)
    down = _blurred([point[1] for point in line], _SMOOTH_LINE_MM / _FINE_MM)
    return list(zip(across, down, (point[2] for point in line), strict=True))


def _even_width(line: Sequence[_Inked]) -> list[_Inked]:
    force = _blurred([point[2] for point in line], _SMOOTH_WIDTH_MM / STEP_MM)
    return [(x, y, smooth) for (x, y, _), smooth in zip(line, force, strict=True)]


def _blurred(values: Sequence[float], deviation: float) -> list[float]:
    """The values weighted by a bell of so many places; both ends stay where they are."""
    reach = round(3 * deviation)
    bell = [math.exp(-((away / deviation) ** 2) / 2) for away in range(reach + 1)]
    last = len(values) - 1
    blurred: list[float] = []
    for at in range(len(values)):
        near = min(reach, at, last - at)
        total, weight = values[at], 1.0
        for away in range(1, near + 1):
            total += bell[away] * (values[at - away] + values[at + away])
            weight += 2 * bell[away]
        blurred.append(total / weight)
    return blurred


def _evenly(line: Sequence[_Inked]) -> list[_Inked]:
    """Points of the line, each exactly one step from the one before; the rest is left out."""
    walked = [line[0]]
    for start, end in pairwise(line):
        while (found := _one_step_away(walked[-1], start, end)) is not None:
            walked.append(found)
            start = found
    return walked


def _one_step_away(centre: _Inked, start: _Inked, end: _Inked) -> _Inked | None:
    """Where the piece from start to end leaves the circle of one step around the centre."""
    if math.dist(centre[:2], end[:2]) < STEP_MM:
        return None
    dx, dy = end[0] - start[0], end[1] - start[1]
    fx, fy = start[0] - centre[0], start[1] - centre[1]
    a, b, c = dx * dx + dy * dy, 2 * (fx * dx + fy * dy), fx * fx + fy * fy - STEP_MM**2
    share = (-b + math.sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a)
    return (
        start[0] + dx * share,
        start[1] + dy * share,
        start[2] + (end[2] - start[2]) * share,
    )


def _level(force: float) -> int:
    return min(LEVELS, 1 + int(force * LEVELS))


def _box(strokes: Sequence[Sequence[_Inked]]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all points."""
    across = [point[0] for stroke in strokes for point in stroke] or [0.0]
    down = [point[1] for stroke in strokes for point in stroke] or [0.0]
    return min(across), min(down), max(across), max(down)
