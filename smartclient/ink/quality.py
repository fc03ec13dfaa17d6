"""Whether a trace is a signature: loose limits, and the name of the one that failed.

Only the pen on the pad counts; hovering and reports out of range draw nothing. The width of 1 cm
is the product's own rule (DS-22), the other limits are loose enough for short genuine signatures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from smartclient.domain.errors import NotAllowed
from smartclient.ink.port import Sample
from smartclient.ink.trace import Trace

LimitName = Literal["strokes", "width", "points", "seconds"]

_CODES: dict[LimitName, str] = {
    "strokes": "SC-SIGN-011",
    "width": "SC-SIGN-010",
    "points": "SC-SIGN-012",
    "seconds": "SC-SIGN-013",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The least a signature must have; settings may change them."""

    width_mm: float = 10.0
    points: int = 25
    """Different places of the pen."""
    seconds: float = 0.3
    strokes: int = 1


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured, and the first limit that failed."""

    accepted: bool
    limit: LimitName | None
    width_mm: float
    points: int
    seconds: float

    def refusal(self) -> NotAllowed | None:
        """What to tell the person who signs, or None for a signature that is good."""
        return None if self.limit is None else NotAllowed(_CODES[self.limit])


def judge(trace: Trace, limits: Limits | None = None) -> Quality:
    """Measure a trace and hold it against the limits."""
    least = limits or Limits()
    strokes, inked = sum(1 for _stroke in trace.strokes()), trace.pen_down
    width = _width_mm(inked, trace.description.units_per_mm_x)
    points = len({(sample.x, sample.y) for sample in inked})
    seconds = (inked[-1].t_us - inked[0].t_us) / 1_000_000 if inked else 0.0
    found: tuple[tuple[LimitName, bool], ...] = (
        ("strokes", strokes >= least.strokes),
        ("width", width >= least.width_mm),
        ("points", points >= least.points),
        ("seconds", seconds >= least.seconds),
    )
    failed = next((name for name, kept in found if not kept), None)
    return Quality(failed is None, failed, round(width, 2), points, round(seconds, 3))


def _width_mm(inked: Sequence[Sample], units_per_mm: float) -> float:
    across = [sample.x for sample in inked]
    return (max(across) - min(across)) / units_per_mm if across else 0.0
