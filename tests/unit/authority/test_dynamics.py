"""How the pen moved: speed and acceleration of movements whose answer is known by hand."""

from itertools import pairwise
from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.authority.dynamics import dynamics_of, strokes_of, to_csv
from smartclient.authority.plots import Axis, plot
from smartclient.ink.port import PadDescription, Sample
from smartclient.ink.trace import Trace

PAD = PadDescription("test", "pad", "", "1", 100.0, 50.0, 10_000, 5_000, 1_000, 200, True)


def trace(*places: tuple[float, float, float]) -> Trace:
    """Reports every 5 ms at places in millimetres; a pressure of 0 lifts the pen."""
    samples = tuple(
        Sample(5_000 * at, round(x * 100), round(y * 50), round(p * 1_000), contact=p > 0)
        for at, (x, y, p) in enumerate(places)
    )
    return Trace(PAD, samples)


def test_that_an_even_movement_has_one_speed_and_no_acceleration() -> None:
    moments = dynamics_of(trace(*((at * 0.5, 0.0, 0.5) for at in range(20))))
    assert {round(each.speed, 6) for each in moments[1:-1] if each.speed is not None} == {100.0}
    inner = [each.acceleration for each in moments if each.acceleration is not None]
    assert inner
    assert max(abs(each) for each in inner) < 1e-6
    assert moments[0].speed is moments[-1].speed is None


def test_that_the_two_directions_have_their_own_scales() -> None:
    moments = dynamics_of(trace(*((0.0, at * 0.4, 1.0) for at in range(9))))
    assert moments[4].speed == pytest.approx(80.0)
    assert moments[4].y_mm == pytest.approx(1.6)


def test_that_speeding_up_is_a_positive_acceleration() -> None:
    places = ((10 + 2_000 / 2 * (at * 0.005) ** 2, 0.0, 0.5) for at in range(40))
    inner = [each.acceleration for each in dynamics_of(trace(*places))[6:-6]]
    assert all(each is not None and each > 0 for each in inner)
    known = [each for each in inner if each is not None]
    assert sum(known) / len(known) == pytest.approx(2_000, rel=0.05)


def test_that_a_circle_has_the_speed_of_its_radius() -> None:
    turn = [
        (20 + 5 * cos(2 * pi * at / 200), 20 + 5 * sin(2 * pi * at / 200), 0.5) for at in range(200)
    ]
    speeds = [each.speed for each in dynamics_of(trace(*turn))[5:-5] if each.speed is not None]
    assert sum(speeds) / len(speeds) == pytest.approx(2 * pi * 5 / 1.0, rel=0.01)


def test_that_nothing_is_claimed_between_strokes() -> None:
    two = [(0.0, 0.0, 0.5)] * 5 + [(0.0, 0.0, 0.0)] * 3 + [(30.0, 0.0, 0.5)] * 5
    moments = dynamics_of(trace(*two))
    assert [len(stroke) for stroke in strokes_of(moments)] == [5, 5]
    assert max(each.speed for each in moments if each.speed is not None) == 0


def test_that_the_table_has_a_line_a_moment_and_empty_cells_where_nothing_is_known() -> None:
    moments = dynamics_of(trace((1.0, 2.0, 0.25), (1.5, 2.0, 0.5)))
    assert to_csv(moments).splitlines() == [
        "stroke,t_ms,x_mm,y_mm,pressure,speed_mm_s,acceleration_mm_s2",
        "1,0.0,1.0000,2.0000,0.2500,,",
        "1,5.0,1.5000,2.0000,0.5000,,",
    ]


@given(st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90), st.sampled_from([0.0, 0.3, 1.0]))))
def test_that_no_trace_breaks_the_plots(places: list[tuple[float, float, float]]) -> None:
    moments = dynamics_of(trace(*places))
    for value in (lambda m: m.speed, lambda m: m.acceleration, lambda m: m.pressure):
        drawn = plot(moments, value, "Speed <mm/s>", "ms")
        assert drawn.startswith("<svg")
        assert "nan" not in drawn
        assert "&lt;mm/s&gt;" in drawn


@given(st.floats(-1e6, 0), st.floats(0.001, 1e6))
def test_that_an_axis_covers_its_values_with_round_numbers(low: float, high: float) -> None:
    axis = Axis.over(low, high)
    assert axis.lowest <= low + 1e-9
    assert axis.highest >= high - 1e-9
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 9
    assert all(after > before for before, after in pairwise(ticks))
