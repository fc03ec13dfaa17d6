"""The ink on the page: the shape of the signature as vector paths, and nothing else of it.

No time, speed or pressure reaches the page: `ink.shape` gives points at equal distances and four
widths of line. Here they are only scaled into the field and rounded to 0.1 pt. DeviceRGB without
transparency, so that the file stays PDF/A.
"""

from itertools import pairwise

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NumberObject,
    StreamObject,
    pdf_name,
)

from smartclient.ink.shape import InkShape

POINTS_PER_MM = 72 / 25.4
COLOUR = "0.051 0.157 0.365 RG"
"""Dark blue, as a pen on paper."""
LINE_WIDTHS = {1: 0.7, 2: 1.0, 3: 1.3, 4: 1.6}
"""Points, by the level of the shape."""
_MARGIN = 3.0
"""Points between the ink and the edge of its field."""


def empty_form() -> StreamObject:
    """The appearance of a field that is not signed yet; PDF/A wants one."""
    return _form(b"", 1, 1)


def ink_form(ink: InkShape, width: float, height: float) -> StreamObject:
    """The ink, centred in a field of `width` × `height` points and never enlarged."""
    return _form(_paths(ink, width, height).encode("ascii"), width, height)


def _form(content: bytes, width: float, height: float) -> StreamObject:
    form = StreamObject(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): ArrayObject(
                    [NumberObject(0), NumberObject(0), _length(width), _length(height)]
                ),
                pdf_name("/Resources"): DictionaryObject(),
            }
        ),
        stream_data=content,
    )
    if content:
        form.compress()
    return form


def _length(value: float) -> FloatObject:
    return FloatObject(f"{value:.2f}")


def _paths(ink: InkShape, width: float, height: float) -> str:
    widest, highest = max(ink.width_mm, 0.1), max(ink.height_mm, 0.1)
    room_x, room_y = width - 2 * _MARGIN, height - 2 * _MARGIN
    scale = min(POINTS_PER_MM, room_x / widest, room_y / highest)
    left = (width - widest * scale) / 2
    top = height - (height - highest * scale) / 2
    lines = ["q", "1 J 1 j", COLOUR]
    for stroke in ink.strokes:
        # The shape counts from the upper left, a form from the lower left.
        points = [
            (f"{left + point.x_mm * scale:.1f} {top - point.y_mm * scale:.1f}", point.width_level)
            for point in stroke
        ]
        lines.extend(_stroke(points))
    lines.append("Q")
    return "\n".join(lines)


def _stroke(points: list[tuple[str, int]]) -> list[str]:
    """One path for each run of the same width; a single point becomes a dot."""
    if not points:
        return []
    if len(points) == 1:
        place, level = points[0]
        return [f"{LINE_WIDTHS[level]} w {place} m {place} l S"]
    lines: list[str] = []
    drawn = 0
    for (start, _), (end, level) in pairwise(points):
        if level != drawn:
            if lines:
                lines.append("S")
            lines.append(f"{LINE_WIDTHS[level]} w {start} m")
            drawn = level
        lines.append(f"{end} l")
    lines.append("S")
    return lines
