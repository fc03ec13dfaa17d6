"""A picture of an opened signature, at the scale of paper: 300 dots an inch, width by pressure."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

from smartclient.ink.port import Sample
from smartclient.ink.trace import Trace

DOTS_PER_MM = 300 / 25.4
_MARGIN_MM = 3.0
_FINER = 3
"""Drawn so many times larger and then reduced, for smooth edges."""
_THIN_MM, _THICK_MM = 0.25, 0.75
_INK = (16, 32, 96)
_MOST_MM = 150.0


def picture_of(trace: Trace) -> bytes:
    """The ink of a trace as PNG; a trace larger than any pad is drawn reduced."""
    pad = trace.description
    strokes = [
        [(s.x / pad.units_per_mm_x, s.y / pad.units_per_mm_y, s) for s in stroke]
        for stroke in trace.strokes()
    ]
    places = [(x, y) for stroke in strokes for x, y, _sample in stroke] or [(0.0, 0.0)]
    left, top = min(x for x, _y in places), min(y for _x, y in places)
    width, height = max(x for x, _y in places) - left, max(y for _x, y in places) - top
    scale = DOTS_PER_MM * _FINER * min(1.0, _MOST_MM / max(width, height, 1.0))
    size = (round((width + 2 * _MARGIN_MM) * scale), round((height + 2 * _MARGIN_MM) * scale))
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        line = [
            ((x - left + _MARGIN_MM) * scale, (y - top + _MARGIN_MM) * scale, sample)
            for x, y, sample in stroke
        ]
        _draw(draw, line, pad.max_pressure, scale)
    reduced = image.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.LANCZOS)
    png = BytesIO()
    reduced.save(png, "PNG", dpi=(300, 300))
    return png.getvalue()


def _draw(
    draw: ImageDraw.ImageDraw,
    line: Sequence[tuple[float, float, Sample]],
    max_pressure: int,
    scale: float,
) -> None:
    for x, y, sample in line:
        radius = _width(sample, max_pressure) * scale / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_INK)
    for (x1, y1, _one), (x2, y2, other) in pairwise(line):
        width = max(1, round(_width(other, max_pressure) * scale))
        draw.line((x1, y1, x2, y2), fill=_INK, width=width)


def _width(sample: Sample, max_pressure: int) -> float:
    return _THIN_MM + (_THICK_MM - _THIN_MM) * min(1.0, sample.pressure / max_pressure)
