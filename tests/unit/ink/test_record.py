"""The record after ISO/IEC 19794-7:2007, full format."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput, Damaged
from smartclient.ink.port import Sample
from smartclient.ink.record import RecordPoint, read_iso, write_iso
from smartclient.ink.trace import Trace
from tests.unit.ink.pens import PAD, SIGNATURES, recorded

EXAMPLE = bytes.fromhex(
    "534449002031 3000 C140 00000000 00 00 000002 806480C80000012C 7FFB80C900050136"
)


def traced(*samples: Sample) -> Trace:
    return Trace(PAD, samples)


def test_that_the_example_of_the_standard_is_written_to_the_byte() -> None:
    trace = traced(Sample(0, 100, 200, 300, True), Sample(5_000, -5, 201, 310, True))
    assert len(EXAMPLE) == 35
    assert bytes(write_iso(trace)) == EXAMPLE


def test_that_the_example_of_the_standard_is_read() -> None:
    assert read_iso(EXAMPLE) == (RecordPoint(100, 200, 0, 300), RecordPoint(-5, 201, 5, 310))


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_a_signature_survives_the_record(name: str) -> None:
    trace = recorded(name)
    kept = [sample for sample in trace.samples if sample.in_range]
    points = read_iso(bytes(write_iso(trace)))
    assert [(point.x, point.y) for point in points] == [(sample.x, sample.y) for sample in kept]
    assert [point.t_ms for point in points] == [sample.t_us // 1000 for sample in kept]
    assert [point.force for point in points] == [sample.pressure for sample in kept]


def test_that_the_pen_above_the_pad_has_no_force_and_out_of_range_is_left_out() -> None:
    trace = traced(
        Sample(9_000, 1, 1, 500, True),
        Sample(14_000, 2, 1, 64, False),
        Sample(19_000, 0, 0, 0, False, False),
    )
    assert read_iso(bytes(write_iso(trace))) == (RecordPoint(1, 1, 0, 500), RecordPoint(2, 1, 5, 0))


def test_that_a_recording_longer_than_the_clock_of_the_record_keeps_its_times() -> None:
    trace = traced(*(Sample(at * 10_000_000, at, 1, 500, True) for at in range(12)))
    points = read_iso(bytes(write_iso(trace)))
    assert [point.t_ms for point in points] == [at * 10_000 for at in range(12)]


@pytest.mark.parametrize(
    "samples",
    [
        (),
        (Sample(0, 40_000, 1, 1, True),),
        (Sample(0, 1, 1, 70_000, True),),
        (Sample(0, 1, 1, 1, True), Sample(70_000_000, 1, 1, 1, True)),
        (Sample(0, 0, 0, 0, False, False),),
    ],
)
def test_that_what_no_record_can_hold_is_refused(samples: tuple[Sample, ...]) -> None:
    with pytest.raises(BadInput) as refusal:
        write_iso(traced(*samples))
    assert refusal.value.code == "SC-SIGN-022"


def test_that_attributes_other_channels_and_extended_data_are_passed_over() -> None:
    # X with scaling and mean, Y, Z constant, DT, F; extended data of two bytes.
    record = bytes.fromhex(
        "53444900 20313000 E0C0"
        "90 1000 0064"
        "00 04 00 00"
        "00 01 000002"
        "8001 8002 0007 0009"
        "8003 8004 0007 000A"
        "0002 ABCD"
    )
    assert read_iso(record) == (RecordPoint(1, 2, 7, 9), RecordPoint(3, 4, 14, 10))


@pytest.mark.parametrize("length", range(len(EXAMPLE)))
def test_that_a_record_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(Damaged) as refusal:
        read_iso(EXAMPLE[:length])
    assert refusal.value.code == "SC-SIGN-023"


@pytest.mark.parametrize(
    "record",
    [
        EXAMPLE + b"\x00",
        EXAMPLE.replace(b" 10", b" 20"),
        EXAMPLE[:8] + b"\x01\x40" + EXAMPLE[10:],
        EXAMPLE[:8] + b"\xc1\x60" + EXAMPLE[10:],
    ],
)
def test_that_another_edition_or_unusable_channels_are_refused(record: bytes) -> None:
    with pytest.raises(Damaged):
        read_iso(record)


@given(st.binary(max_size=80))
def test_that_any_bytes_are_read_or_refused(tail: bytes) -> None:
    with contextlib.suppress(Damaged):
        read_iso(EXAMPLE[:8] + tail)


@st.composite
def _pens(draw: st.DrawFn) -> Trace:
    """A pen on a pad whose contact flag is never set, always set, honest, or without pressure."""
    flag = draw(st.sampled_from(["never", "always", "honest", "no pressure"]))
    samples = []
    for at in range(draw(st.integers(1, 30))):
        is_down, in_range = draw(st.booleans()), draw(st.booleans())
        x, y = draw(st.integers(0, 9_600)), draw(st.integers(0, 6_000))
        force = draw(st.integers(1, 1_023)) if is_down and flag != "no pressure" else 0
        contact = {"never": False, "always": True}.get(flag, is_down)
        samples.append(
            Sample(at * 5_000, x, y, force, contact)
            if in_range
            else Sample(at * 5_000, 0, 0, 0, False, False)
        )
    return Trace(PAD, tuple(samples))


@given(_pens())
def test_that_the_record_has_the_strokes_of_the_page_whatever_the_contact_flag_says(
    trace: Trace,
) -> None:
    assume(any(sample.in_range for sample in trace.samples))
    points = read_iso(bytes(write_iso(trace)))
    read = Trace(
        PAD,
        tuple(Sample(p.t_ms * 1_000, p.x, p.y, p.force, p.force > 0) for p in points),
    )
    measured = trace.pressure_measured
    drawn = [
        [(s.x, s.y, s.pressure if measured else 1) for s in stroke] for stroke in trace.strokes()
    ]
    assert [[(s.x, s.y, s.pressure) for s in stroke] for stroke in read.strokes()] == drawn
