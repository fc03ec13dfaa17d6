"""Plots over time as SVG: a line a stroke, nothing between strokes, axes with round numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from smartclient.authority.dynamics import Moment, strokes_of

_WIDE, _HIGH = 720, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 26, 12, 34
_TICKS = 5
_INK, _LINE, _WORDS = "#102060", "#d5dbe2", "#3c4756"


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from a round number to a round number."""

    lowest: float
    highest: float
    step: float

    @classmethod
    def over(cls, lowest: float, highest: float) -> "Axis":
        """The axis on which both numbers lie."""
        if highest <= lowest:
            highest = lowest + 1.0
        span = highest - lowest
        rough = span / _TICKS
        power = 10.0 ** floor(log10(rough))
        step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
        return cls(floor(lowest / step) * step, ceil(highest / step) * step, step)

    def ticks(self) -> list[float]:
        """The numbers that are written."""
        count = round((self.highest - self.lowest) / self.step)
        return [self.lowest + self.step * place for place in range(count + 1)]

    def share(self, value: float) -> float:
        """Where a value lies between 0 and 1."""
        return (value - self.lowest) / (self.highest - self.lowest)


def plot(
    moments: Sequence[Moment], value: Callable[[Moment], float | None], title: str, time: str
) -> str:
    """An SVG of a value over time; `title` names it with its unit, `time` the axis of the time."""
    known = [each for each in (value(moment) for moment in moments) if each is not None]
    across = Axis.over(0.0, max((each.t_ms for each in moments), default=1.0))
    up = Axis.over(min(0.0, *known), max(known)) if known else Axis.over(0.0, 1.0)
    inner_wide, inner_high = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM

    def x(t_ms: float) -> float:
        return _LEFT + across.share(t_ms) * inner_wide

    def y(number: float) -> float:
        return _TOP + (1 - up.share(number)) * inner_high

    lines = [
        (
            f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(title)}" '
            f'font-size="11" fill="{_WORDS}">'
        )
    ]
    for tick in up.ticks():
        lines.append(f'<path d="M{_LEFT} {y(tick):.1f}H{_WIDE - _RIGHT}" stroke="{_LINE}"/>')
        lines.append(
            f'<text x="{_LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    lines.extend(
        f'<text x="{x(tick):.1f}" y="{_HIGH - 18}" text-anchor="middle">{tick:g}</text>'
        for tick in across.ticks()
    )
    lines.append(
        f'<text x="{_WIDE - _RIGHT}" y="{_HIGH - 4}" text-anchor="end">{escape(time)}</text>'
    )
    for stroke in strokes_of(moments):
        points = [(moment.t_ms, value(moment)) for moment in stroke]
        path = " ".join(f"{x(t):.1f},{y(n):.1f}" for t, n in points if n is not None)
        if path:
            lines.append(
                f'<polyline points="{path}" fill="none" stroke="{_INK}" stroke-width="1.4"/>'
            )
    lines.append("</svg>")
    return "".join(lines)
