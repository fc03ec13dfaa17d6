"""Which traces are accepted as signatures, and which limit names the refusal."""

from dataclasses import replace

import pytest

from smartclient.domain.sentences import text_for
from smartclient.ink.quality import Limits, judge
from smartclient.ink.shape import shape_of
from smartclient.ink.trace import Trace
from tests.unit.ink.pens import SIGNATURES, drawn, recorded

WAVE = [(1000 + 40 * at, 2000 + (at * 37) % 300) for at in range(80)]


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_a_natural_signature_is_accepted(name: str) -> None:
    quality = judge(recorded(name))
    assert quality.accepted
    assert quality.refusal() is None
    assert 40 <= quality.width_mm <= 60
    assert 1.5 <= quality.seconds <= 2.5


def test_that_a_dot_is_refused_for_its_width() -> None:
    quality = judge(recorded("dot"))
    assert (quality.accepted, quality.limit) == (False, "width")


def test_that_the_width_must_reach_one_centimetre() -> None:
    slim = [(1000 + 13 * at, 2000 + (at * 37) % 300) for at in range(77)]  # 9.88 mm
    assert judge(drawn(slim)).limit == "width"
    assert judge(drawn([*slim, (2000, 2000)])).accepted


def test_that_a_pen_that_only_hovers_has_no_stroke() -> None:
    quality = judge(drawn(WAVE, contact=False))
    assert (quality.limit, quality.width_mm, quality.points) == ("strokes", 0.0, 0)


def test_that_hovering_does_not_widen_a_signature() -> None:
    ink = drawn([(1000 + at, 2000 + at * 5) for at in range(100)])
    swept = drawn([(at * 100, 3000) for at in range(100)], contact=False)
    whole = Trace(ink.description, (*ink.samples, *swept.samples))
    assert judge(whole).width_mm == 0.99


def with_flags(source: Trace, *, contact: bool | None = None, pressure: int | None = None) -> Trace:
    """The same pen, told by a pad whose contact flag or pressure means nothing."""
    changed = (
        replace(
            sample,
            contact=sample.contact if contact is None else contact,
            pressure=sample.pressure if pressure is None or not sample.pressure else pressure,
        )
        for sample in source.samples
    )
    return Trace(source.description, tuple(changed))


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("flag", [True, False])
def test_that_a_contact_flag_that_never_changes_neither_makes_nor_loses_ink(
    name: str, flag: bool
) -> None:
    whole = recorded(name)
    told = with_flags(whole, contact=flag)
    assert judge(told) == judge(whole)
    assert shape_of(told) == shape_of(whole)


@pytest.mark.parametrize("name", SIGNATURES)
def test_that_a_pressure_at_its_maximum_throughout_is_no_reason_to_refuse(name: str) -> None:
    assert judge(with_flags(recorded(name), pressure=1023)).accepted


def test_that_a_pad_without_any_pressure_is_judged_by_its_contact() -> None:
    flat = tuple(replace(sample, pressure=0) for sample in drawn(WAVE).samples)
    hovering = tuple(replace(sample, contact=False) for sample in flat)
    assert judge(Trace(drawn(WAVE).description, flat)).accepted
    assert judge(Trace(drawn(WAVE).description, hovering)).limit == "strokes"


def test_that_one_short_stroke_over_a_centimetre_is_a_signature() -> None:
    stroke = [(1000 + 17 * at, 2000 + (at % 7) * 3) for at in range(61)]  # 10.2 mm in 0.3 s
    assert judge(drawn(stroke)).accepted


def test_that_a_quick_flick_is_refused_for_its_time() -> None:
    assert judge(drawn(WAVE, period_us=2_000)).limit == "seconds"


def test_that_a_pen_resting_in_few_places_is_refused_for_its_points() -> None:
    few = [(1000 + 600 * (at // 40), 2000) for at in range(120)]
    assert judge(drawn(few)).limit == "points"


def test_that_the_limits_can_be_set() -> None:
    assert judge(recorded("petr"), Limits(strokes=9)).limit == "strokes"
    assert judge(recorded("dot"), Limits(0.1, 1, 0.01, 1)).accepted


def test_that_the_refusal_begins_with_the_sentence_of_the_seed_and_ends_with_the_advice() -> None:
    refusal = judge(recorded("dot")).refusal()
    assert refusal is not None
    assert refusal.code == "SC-SIGN-010"
    sentence = text_for(refusal)
    assert sentence.startswith("The signature is not valid. Please sign again.")
    assert "wider than 1 cm" in sentence


def test_that_an_empty_trace_is_refused() -> None:
    assert judge(drawn([])).limit == "strokes"
