"""A pen that no hand holds: draws signatures for practice and for the tour, with a human's speed.

The paths are letters of a school hand, slanted and squeezed. The pen follows them as hands do: slow
where the line bends (speed ~ curvature^-1/3), faster down than up in pressure, lifted between the
strokes. Run `python -m tour.synthetic_pen` to write the CSV files in `tour/traces` again; every one
of them says in its second line that it is synthetic.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from smartclient.ink.port import PadDescription, Sample
from smartclient.ink.trace import Trace

TRACES = Path(__file__).parent / "traces"
LABEL = "# synthetic: drawn by a program for practice, nobody's signature"
PAD = PadDescription(
    driver="trace",
    model="STU-430",
    serial="",
    firmware="",
    units_per_mm_x=100.0,
    units_per_mm_y=100.0,
    max_x=9600,
    max_y=6000,
    max_pressure=1023,
    nominal_rate=200,
    has_device_time=True,
)
PERIOD_US = 5_000
_FINE_MM = 0.05

Place = tuple[float, float]

# Letters as the places the pen passes: x in widths of a letter, y from 0 at the top of a small
# letter to 1 on the line; capitals begin at -1.2, tails end at 2.
LETTERS: dict[str, tuple[Place, ...]] = {
    "a": (
        (0.0, 0.9),
        (0.75, 0.25),
        (0.35, 0.05),
        (0.1, 0.5),
        (0.3, 0.95),
        (0.7, 0.5),
        (0.8, 0.1),
        (0.75, 0.8),
        (1.05, 0.9),
    ),
    "c": ((0.0, 0.95), (0.6, 0.2), (0.35, 0.02), (0.12, 0.5), (0.4, 0.97), (0.95, 0.7)),
    "e": (
        (0.0, 0.95),
        (0.5, 0.55),
        (0.6, 0.15),
        (0.38, 0.05),
        (0.2, 0.5),
        (0.42, 0.97),
        (0.95, 0.75),
    ),
    "k": (
        (0.0, 0.9),
        (0.5, -0.6),
        (0.45, -1.1),
        (0.22, -0.7),
        (0.15, 0.95),
        (0.3, 0.35),
        (0.6, 0.15),
        (0.5, 0.5),
        (0.3, 0.55),
        (0.65, 0.97),
        (0.95, 0.8),
    ),
    "n": ((0.0, 0.9), (0.15, 0.1), (0.17, 0.95), (0.4, 0.15), (0.6, 0.2), (0.62, 0.9), (0.95, 0.8)),
    "o": (
        (0.0, 0.9),
        (0.55, 0.1),
        (0.2, 0.2),
        (0.15, 0.8),
        (0.5, 0.9),
        (0.6, 0.3),
        (0.5, 0.12),
        (0.95, 0.25),
    ),
    "r": ((0.0, 0.9), (0.25, 0.05), (0.35, 0.2), (0.5, 0.15), (0.45, 0.85), (0.8, 0.9)),
    "t": ((0.0, 0.85), (0.35, -0.5), (0.3, -0.85), (0.22, 0.7), (0.4, 0.97), (0.75, 0.75)),
    "v": ((0.0, 0.4), (0.15, 0.05), (0.3, 0.9), (0.45, 0.85), (0.7, 0.1), (0.95, 0.2)),
    "~": ((0.0, 0.85), (0.3, 0.45), (0.55, 0.8), (0.85, 0.5), (1.2, 0.75), (1.6, 0.6)),
}


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes: size and slant, how fast and how hard, and a seed for the trembling."""

    seed: int
    x_height_mm: float
    letter_mm: float
    slant: float
    seconds: float
    """Of the pen on the pad."""
    pressure: float
    left_mm: float = 18.0
    line_mm: float = 34.0
    rise: float = 0.06
    """How much the line climbs a millimetre."""


def signature(hand: Hand, strokes: Sequence[Sequence[Place]]) -> Trace:
    """The trace of strokes given in letter units (x from the left, y from the top of an 'a')."""
    chance = random.Random(hand.seed)
    paths = [_smooth([_placed(hand, place) for place in stroke]) for stroke in strokes]
    lengths = [_length(path) for path in paths]
    samples: list[Sample] = []
    _hover(samples, _shifted(paths[0][0], -4.0, -3.0), paths[0][0], 0.05)
    for at, path in enumerate(paths):
        if at:
            _hover(
                samples,
                paths[at - 1][-1],
                path[0],
                0.09 + math.dist(paths[at - 1][-1], path[0]) / 400,
            )
        _draw(samples, path, hand, hand.seconds * lengths[at] / sum(lengths), chance)
    _hover(samples, paths[-1][-1], _shifted(paths[-1][-1], 5.0, -4.0), 0.06)
    samples.append(Sample(samples[-1].t_us + PERIOD_US, 0, 0, 0, contact=False, in_range=False))
    return Trace(PAD, tuple(samples))


def word(text: str, at: float) -> tuple[list[Place], float]:
    """The places of joined letters that begin at `at`, and where they end."""
    places: list[Place] = []
    for letter in text:
        shape = LETTERS[letter]
        places.extend((at + x, y) for x, y in shape[:-1])
        at += shape[-1][0]
    places.append((at, LETTERS[text[-1]][-1][1]))
    return places, at


def _placed(hand: Hand, place: Place) -> Place:
    x, y = place
    down = y * hand.x_height_mm
    across = x * hand.letter_mm - (y - 1) * hand.x_height_mm * hand.slant
    return hand.left_mm + across, hand.line_mm + down - across * hand.rise


def _shifted(place: Place, dx: float, dy: float) -> Place:
    return place[0] + dx, place[1] + dy


def _smooth(places: Sequence[Place]) -> list[Place]:
    """A centripetal Catmull-Rom curve through the places, at about equal small distances."""
    ends = [_extended(places[1], places[0]), *places, _extended(places[-2], places[-1])]
    curve: list[Place] = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        pieces = max(4, int(math.dist(p1, p2) / _FINE_MM))
        curve.extend(_between(p0, p1, p2, p3, step / pieces) for step in range(pieces))
    return [*curve, places[-1]]


def _extended(inner: Place, end: Place) -> Place:
    return 2 * end[0] - inner[0], 2 * end[1] - inner[1]


def _between(p0: Place, p1: Place, p2: Place, p3: Place, share: float) -> Place:
    t0 = 0.0
    t1 = t0 + max(1e-6, math.dist(p0, p1) ** 0.5)
    t2 = t1 + max(1e-6, math.dist(p1, p2) ** 0.5)
    t3 = t2 + max(1e-6, math.dist(p2, p3) ** 0.5)
    t = t1 + (t2 - t1) * share

    def mix(a: Place, b: Place, ta: float, tb: float) -> Place:
        part = (t - ta) / (tb - ta)
        return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part

    a1, a2, a3 = mix(p0, p1, t0, t1), mix(p1, p2, t1, t2), mix(p2, p3, t2, t3)
    return mix(mix(a1, a2, t0, t2), mix(a2, a3, t1, t3), t1, t2)


def _length(path: Sequence[Place]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(path))


def _durations(path: Sequence[Place]) -> list[float]:
    """Relative time for each small piece: longer where the line bends and at both ends."""
    reach = 6
    slowness: list[float] = []
    for at in range(len(path) - 1):
        before, here, after = (
            path[max(0, at - reach)],
            path[at],
            path[min(len(path) - 1, at + reach)],
        )
        turn = abs(_angle(before, here) - _angle(here, after))
        turn = min(turn, 2 * math.pi - turn)
        span = max(0.2, math.dist(before, here) + math.dist(here, after))
        bend = max(0.03, turn / span)
        slowness.append(bend ** (1 / 3))
    smooth = _averaged(slowness, 12)
    last = len(smooth)
    edge = [1.0 + 1.6 * math.exp(-min(at, last - at) * _FINE_MM / 0.7) for at in range(last)]
    return [
        math.dist(a, b) * slow * end
        for (a, b), slow, end in zip(pairwise(path), smooth, edge, strict=True)
    ]


def _angle(start: Place, end: Place) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])


def _averaged(values: Sequence[float], reach: int) -> list[float]:
    averaged = []
    for at in range(len(values)):
        near = values[max(0, at - reach) : at + reach + 1]
        averaged.append(sum(near) / len(near))
    return averaged


def _draw(
    samples: list[Sample], path: Sequence[Place], hand: Hand, seconds: float, chance: random.Random
) -> None:
    """Add the reports of one stroke of `seconds`."""
    pieces = _durations(path)
    scale = seconds / sum(pieces)
    count = max(6, round(seconds * 1_000_000 / PERIOD_US))
    tremble = [chance.uniform(0.0, 2 * math.pi) for _ in range(4)]
    passed, index = 0.0, 0
    for number in range(count):
        now = number / (count - 1) * seconds
        while index < len(pieces) - 1 and passed + pieces[index] * scale < now:
            passed += pieces[index] * scale
            index += 1
        x, y = path[index]
        x += 0.03 * math.sin(58 * now + tremble[0]) + chance.gauss(0, 0.004)
        y += 0.03 * math.sin(61 * now + tremble[1]) + chance.gauss(0, 0.004)
        ahead = path[min(len(path) - 1, index + 8)]
        downward = math.sin(_angle(path[max(0, index - 8)], ahead))
        ramp = min(1.0, 0.25 + now / 0.05, 0.2 + (seconds - now) / 0.06)
        force = hand.pressure * ramp * (1 + 0.28 * downward + 0.07 * math.sin(9 * now + tremble[2]))
        _report(samples, x, y, min(1.0, max(0.04, force + chance.gauss(0, 0.012))))


def _hover(samples: list[Sample], start: Place, end: Place, seconds: float) -> None:
    """Add the reports of the pen in the air, speeding up and slowing down."""
    count = max(3, round(seconds * 1_000_000 / PERIOD_US))
    for number in range(1, count):
        t = number / count
        share = t * t * t * (10 - 15 * t + 6 * t * t)
        x = start[0] + (end[0] - start[0]) * share
        y = start[1] + (end[1] - start[1]) * share - 1.2 * math.sin(math.pi * share)
        _report(samples, x, y, 0.0)


def _report(samples: list[Sample], x: float, y: float, force: float) -> None:
    t_us = samples[-1].t_us + PERIOD_US if samples else 0
    samples.append(
        Sample(
            t_us=t_us,
            x=round(x * PAD.units_per_mm_x),
            y=round(y * PAD.units_per_mm_y),
            pressure=round(force * PAD.max_pressure),
            contact=force > 0,
        )
    )


def petr() -> Trace:
    """A tall P with its bowl, a short word, and a line below."""
    hand = Hand(7, x_height_mm=4.2, letter_mm=5.1, slant=0.35, seconds=1.9, pressure=0.55)
    capital = [(0.1, -1.0), (0.2, 0.0), (0.0, 1.2), (-0.1, 0.9), (0.25, -0.9), (0.7, -1.35)]
    capital += [(1.45, -1.0), (1.3, -0.25), (0.6, 0.1), (0.35, -0.05)]
    letters, end = word("etr", 1.15)
    novak, far = word("nov", end + 0.8)
    tail = [
        (far + 0.4, -0.6),
        (far + 0.55, -1.1),
        (far + 0.3, 0.9),
        (far + 0.9, 0.3),
        (far + 1.5, 0.9),
    ]
    flourish = [(far + 1.2, 1.75), (4.0, 2.0), (1.4, 2.15), (2.5, 2.3), (far + 0.6, 2.05)]
    bar = [(end - 1.55, -0.28), (end - 1.0, -0.34)]
    return signature(hand, [capital, [*letters[:-1], *novak, *tail], bar, flourish])


def lenka() -> Trace:
    """A looped L that runs into the name, and an accent."""
    hand = Hand(
        11, x_height_mm=3.6, letter_mm=4.8, slant=0.45, seconds=1.95, pressure=0.45, rise=0.09
    )
    capital = [(0.1, -0.5), (0.6, -1.2), (0.85, -1.5), (0.45, -0.4), (0.2, 0.8), (-0.25, 0.95)]
    capital += [(-0.1, 0.7), (0.6, 1.05)]
    letters, end = word("enka", 1.1)
    second, far = word("nov~", end + 0.3)
    swing = [
        (far + 0.3, 0.1),
        (far + 0.1, -0.7),
        (far - 0.8, -0.5),
        (far - 0.2, 0.6),
        (far + 1.3, 0.4),
    ]
    accent = [(end + 2.3, -0.75), (end + 2.6, -1.15)]
    return signature(hand, [[*capital, *letters[1:-1], *second[1:], *swing], accent])


def jana() -> Trace:
    """A J below the line, a round word, a wide D crossed by the last stroke."""
    hand = Hand(
        23, x_height_mm=3.9, letter_mm=4.7, slant=0.2, seconds=1.85, pressure=0.62, rise=0.03
    )
    capital = [(0.2, -0.8), (0.75, -1.2), (0.7, 0.2), (0.55, 1.7), (0.1, 2.1), (-0.15, 1.7)]
    capital += [(0.5, 1.05)]
    letters, end = word("ana", 0.8)
    stem = [(end + 0.5, -1.1), (end + 0.45, 0.0), (end + 0.35, 1.0)]
    bowl = [
        (end + 0.1, -0.9),
        (end + 0.9, -1.3),
        (end + 1.9, -0.5),
        (end + 1.6, 0.7),
        (end + 0.3, 1.1),
    ]
    bowl += [(end + 0.2, 0.85), (end + 1.5, 0.8)]
    more, far = word("vo~", end + 1.6)
    return signature(hand, [[*capital, *letters[1:]], stem, [*bowl, *more, (far + 1.2, 0.2)]])


def dot() -> Trace:
    """A tap of the pen: what must be refused as a signature."""
    hand = Hand(3, x_height_mm=1.0, letter_mm=1.0, slant=0.0, seconds=0.12, pressure=0.5)
    return signature(replace(hand, left_mm=45.0), [[(0.0, 0.0), (0.3, 0.2), (0.1, 0.35)]])


SIGNATURES = {"petr": petr, "lenka": lenka, "jana": jana, "dot": dot}


def labelled_csv(trace: Trace) -> str:
    """The CSV of a trace with the line that says that nobody drew it."""
    head, rest = trace.to_csv().split("\n", 1)
    return f"{head}\n{LABEL}\n{rest}"


def main() -> None:
    """Write every trace again."""
    TRACES.mkdir(exist_ok=True)
    for name, drawn in SIGNATURES.items():
        (TRACES / f"{name}.csv").write_text(labelled_csv(drawn()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
