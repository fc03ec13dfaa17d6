"""The ink on the page shows what was drawn and nothing of how."""

import math
from itertools import pairwise
from statistics import correlation

import pytest

from smartclient.ink.port import Sample
from smartclient.ink.shape import STEP_MM, InkShape, Point, shape_of
from smartclient.ink.trace import Trace
from tests.unit.ink.pens import PAD, SIGNATURES, drawn, recorded


def distances(shape: InkShape) -> list[float]:
    return [
        math.dist((a.x_mm, a.y_mm), (b.x_mm, b.y_mm))
        for stroke in shape.strokes
        for a, b in pairwise(stroke)
    ]


def nearest_speed(trace: Trace, left: float, top: float, point: Point) -> float:
    """How fast the pen was where the shape has this point, in millimetres a second."""
    units = trace.description.units_per_mm_x
    x, y = (point.x_mm + left) * units, (point.y_mm + top) * units
    moves = [move for stroke in trace.strokes() for move in pairwise(stroke)]
    a, b = min(moves, key=lambda move: math.dist((move[0].x, move[0].y), (x, y)))
    return math.dist((a.x, a.y), (b.x, b.y)) / units / ((b.t_us - a.t_us) / 1e6)


def test_that_the_step_leaves_three_tenths_of_a_millimetre_in_a_small_field() -> None:
    assert STEP_MM * 0.6 >= 0.3


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_points_stand_at_one_distance_whatever_the_speed_was(name: str) -> None:
    trace = recorded(name)
    shape = shape_of(trace)
    found = distances(shape)
    assert len(found) > 100
    assert max(found) - min(found) < 0.003
    assert min(found) > 0.3
    left = min(sample.x for sample in trace.pen_down) / PAD.units_per_mm_x
    top = min(sample.y for sample in trace.pen_down) / PAD.units_per_mm_y
    points = [a for stroke in shape.strokes for a, _b in pairwise(stroke)][::5]
    speeds = [nearest_speed(trace, left, top, point) for point in points]
    assert max(speeds) > 3 * min(speeds)
    assert abs(correlation(speeds, found[::5])) < 0.3


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_strokes_come_from_left_to_right_with_at_most_four_widths(name: str) -> None:
    shape = shape_of(recorded(name))
    beginnings = [min(point.x_mm for point in stroke) for stroke in shape.strokes]
    assert beginnings == sorted(beginnings)
    assert {point.width_level for stroke in shape.strokes for point in stroke} <= {1, 2, 3, 4}
    assert all(stroke[0].x_mm <= stroke[-1].x_mm for stroke in shape.strokes)


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_the_shape_keeps_the_size_of_the_signature(name: str) -> None:
    trace = recorded(name)
    shape = shape_of(trace)
    across = [sample.x for sample in trace.pen_down]
    down = [sample.y for sample in trace.pen_down]
    assert shape.width_mm == pytest.approx((max(across) - min(across)) / 100, abs=1.0)
    assert shape.height_mm == pytest.approx((max(down) - min(down)) / 100, abs=1.0)
    points = [point for stroke in shape.strokes for point in stroke]
    assert min(point.x_mm for point in points) == 0
    assert min(point.y_mm for point in points) == 0


def test_that_the_same_line_drawn_slowly_and_quickly_has_the_same_shape() -> None:
    def wave(t: float) -> tuple[int, int]:
        return round(1000 + 4000 * t), round(3000 + 600 * math.sin(9 * t))

    slow = drawn([wave(at / 400) for at in range(401)])
    hurried = drawn([wave((at / 400) ** 2) for at in range(401)])
    for one, other in zip(shape_of(slow).strokes[0], shape_of(hurried).strokes[0], strict=False):
        assert math.dist((one.x_mm, one.y_mm), (other.x_mm, other.y_mm)) < 0.1


def test_that_the_order_in_which_strokes_were_drawn_is_gone() -> None:
    left = [Sample(at * 5_000, 1000 + at * 20, 2000, 500, True) for at in range(50)]
    lift = [Sample(255_000, 3000, 2000, 0, False)]
    right = [Sample(260_000 + at * 5_000, 4000 + at * 20, 2000, 500, True) for at in range(50)]
    usual = shape_of(Trace(PAD, (*left, *lift, *right)))
    reversed_order = shape_of(Trace(PAD, (*right, *lift, *left)))
    assert usual == reversed_order


def test_that_a_dot_of_the_pen_stays_a_dot() -> None:
    shape = shape_of(drawn([(500, 500), (501, 500)]))
    assert [len(stroke) for stroke in shape.strokes] == [1]


def test_that_a_trace_without_ink_has_no_strokes() -> None:
    assert shape_of(drawn([(1, 1)], contact=False)) == InkShape((), 0.0, 0.0)
