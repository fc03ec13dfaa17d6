"""Traces and their CSV form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.ink.port import Sample
from smartclient.ink.trace import Trace
from tests.unit.ink.pens import PAD, SIGNATURES, recorded

HEAD = "# units_per_mm_x=100 units_per_mm_y=100 max_pressure=1023 model=STU-430\n"
COLUMNS = "t_ms,x,y,pressure,contact\n"


def test_that_a_trace_is_read_with_what_the_first_line_says_of_the_pad() -> None:
    text = "# units_per_mm_x=13.5 units_per_mm_y=12 max_pressure=511 model=On this screen\n"
    trace = Trace.from_csv(text + "# any comment\n" + COLUMNS + "0,10,20,0,0\n5.5,11,21,300,1\n")
    pad = trace.description
    assert (pad.units_per_mm_x, pad.units_per_mm_y, pad.max_pressure) == (13.5, 12.0, 511)
    assert pad.model == "On this screen"
    assert trace.samples == (Sample(0, 10, 20, 0, False), Sample(5500, 11, 21, 300, True))


def test_that_a_line_of_zeros_is_a_report_out_of_range() -> None:
    trace = Trace.from_csv(HEAD + COLUMNS + "0,10,20,300,1\n5,0,0,0,0\n")
    assert [sample.in_range for sample in trace.samples] == [True, False]


def test_that_strokes_are_cut_where_the_pen_is_lifted() -> None:
    rows = "0,1,1,9,1\n5,2,1,9,1\n10,3,1,0,0\n15,4,1,9,1\n20,0,0,0,0\n25,5,1,9,1\n"
    strokes = list(Trace.from_csv(HEAD + COLUMNS + rows).strokes())
    assert [[sample.x for sample in stroke] for stroke in strokes] == [[1, 2], [4], [5]]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.integers(1, 10_800),
            st.integers(0, 6_480),
            st.integers(0, 1023),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_that_a_written_trace_is_read_back_unchanged(
    rows: list[tuple[int, int, int, int, bool]],
) -> None:
    samples, t_us = [], 0
    for wait, x, y, pressure, contact in rows:
        t_us += wait
        samples.append(Sample(t_us, x, y, pressure, contact))
    trace = Trace(PAD, tuple(samples))
    again = Trace.from_csv(trace.to_csv())
    assert again.samples == trace.samples
    assert again.description.units_per_mm_x == PAD.units_per_mm_x


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("", 1, "describe the pad"),
        ("t_ms,x,y,pressure,contact\n", 1, "describe the pad"),
        ("# model=x\n" + COLUMNS, 1, "units_per_mm_x must be a number"),
        (HEAD.replace("100 ", "0 ", 1) + COLUMNS, 1, "greater than zero"),
        (HEAD.replace("1023", "NaN") + COLUMNS, 1, "max_pressure"),
        (HEAD, 1, "columns"),
        (HEAD + "x,y\n", 2, "columns"),
        (HEAD + COLUMNS + "0,1,2,3\n", 3, "five values"),
        (HEAD + COLUMNS + "0,1,2,x,1\n", 3, "numbers"),
        (HEAD + COLUMNS + "Infinity,1,2,3,1\n", 3, "numbers"),
        (HEAD + COLUMNS + "0,1,2,3,2\n", 3, "outside"),
        (HEAD + COLUMNS + "-1,1,2,3,1\n", 3, "outside"),
        (HEAD + COLUMNS + "\n5,1,2,3,1\n0,1,2,3,1\n", 5, "go back"),
    ],
)
def test_that_a_fault_is_named_by_line_and_rule(text: str, line: int, rule: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Trace.from_csv(text, "pen.csv")
    assert refusal.value.code == "SC-SIGN-020"
    assert refusal.value.values["file"] == "pen.csv"
    assert refusal.value.values["line"] == str(line)
    assert rule in refusal.value.values["rule"]


@pytest.mark.parametrize("name", [*SIGNATURES, "dot"])
def test_that_the_traces_of_the_tour_look_like_a_pad_and_have_no_gaps(name: str) -> None:
    trace = recorded(name)
    assert {b.t_us - a.t_us for a, b in zip(trace.samples, trace.samples[1:], strict=False)} == {
        5000
    }
    assert not trace.samples[-1].in_range
    assert any(not sample.contact and sample.in_range for sample in trace.samples)
