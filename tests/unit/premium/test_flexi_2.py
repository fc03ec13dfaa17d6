"""The second FLEXI tariff: every cover by hand, the numbers of the first, and its limits."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.premium import (
    PremiumLine,
    PremiumRequest,
    PricedLine,
    Tariff,
    price,
    price_line,
)
from smartclient.premium.covers import LevelCover, RateCover
from tests.unit.premium.by_hand import ByHand, half_up
from tests.unit.premium.flexi import flexi

HAND = ByHand(2)
NEAR = Fraction(1, 10**22)
CODES = {
    *("DTH", "DTHF", "DTHN", "ADTH", "INV1", "INV2", "INV3", "CI", "TNU", "DNL", "HOSP", "PN"),
    *("WOP", "LTC", "CHTNU", "CHCI", "CHDNL", "CHHOSP", "INVEST"),
}


def line(cover: str, age: int, term: int, amount: int, variant: str = "") -> PremiumLine:
    return PremiumLine(cover, "insured", cover, age, term, None, Decimal(amount), variant)


def middle_amount(cover: str, variant: str) -> int:
    found = flexi(2).covers[cover]
    limits = found.variant_limits.get(variant) if isinstance(found, LevelCover) else None
    least, most = (limits or found.limits).amount
    return int(min(least * 7, most))


def outcome(tariff: Tariff, asked: PremiumLine, frequency: int) -> PricedLine | str:
    """The priced line, or the code of its refusal (a term may be too short for the costs)."""
    try:
        return price_line(tariff, asked, frequency)
    except BadInput as refusal:
        return refusal.code


LEVEL = [
    (code, variant)
    for code, cover in flexi(2).covers.items()
    if isinstance(cover, LevelCover)
    for variant in cover.variants
]
RATED = [
    (code, variant)
    for code, cover in flexi(2).covers.items()
    if isinstance(cover, RateCover)
    for variant in cover.variants
]


def test_that_the_tariff_has_every_cover_of_the_offer() -> None:
    tariff = flexi(2)
    assert (tariff.id, tariff.version, tariff.label) == ("flexi", 2, "2026-11b")
    assert tariff.covers.keys() == CODES
    assert str(flexi(1).valid_to) == "2026-12-31"


@pytest.mark.parametrize(("code", "variant"), LEVEL)
def test_that_a_level_premium_is_that_of_the_fractions(code: str, variant: str) -> None:
    limits = flexi(2).covers[code].limits
    amount = middle_amount(code, variant)
    for age in (limits.entry_age[0], sum(limits.entry_age) // 2, limits.entry_age[1]):
        for term in {limits.end_age - age, min(12, limits.end_age - age)}:
            by_hand = HAND.level(code, variant, age, term, amount)
            priced = price_line(flexi(2), line(code, age, term, amount, variant), 12)
            assert abs(Fraction(priced.gross) - by_hand) < NEAR * amount
            assert priced.instalment == HAND.instalment(by_hand, 12)


@pytest.mark.parametrize(("code", "variant"), RATED)
def test_that_a_rated_premium_is_that_of_the_fractions(code: str, variant: str) -> None:
    cover = flexi(2).covers[code]
    assert isinstance(cover, RateCover)
    amount = middle_amount(code, variant)
    for age in range(cover.limits.entry_age[0], cover.limits.entry_age[1] + 1, 4):
        for group in cover.class_factors:
            asked = replace(line(code, age, 1, amount, variant), occupation_class=group)
            by_hand = HAND.rated(code, variant, age, amount, group)
            priced = price_line(flexi(2), asked, 4)
            assert Fraction(priced.gross) == by_hand
            assert priced.instalment == HAND.instalment(by_hand, 4)


@given(data=st.data(), frequency=st.sampled_from([1, 2, 4, 12]))
def test_that_the_covers_of_the_first_tariff_keep_their_premiums(
    data: st.DataObject, frequency: int
) -> None:
    first, second = flexi(1), flexi(2)
    code = data.draw(st.sampled_from(sorted(first.covers)))
    cover = first.covers[code]
    assert isinstance(cover, LevelCover | RateCover)
    variant = data.draw(st.sampled_from(sorted(cover.variants)))
    age = data.draw(st.integers(*cover.limits.entry_age))
    term = data.draw(st.integers(1, cover.limits.end_age - age))
    amount = data.draw(st.integers(*map(int, cover.limits.amount)))
    asked = line(code, age, term, amount, variant)
    assert outcome(second, asked, frequency) == outcome(first, asked, frequency)


@pytest.mark.parametrize(
    ("table", "a", "b", "c"),
    [
        ("care2", "0.00006", "0.0000045", "1.112"),
        ("care3", "0.00004", "0.0000022", "1.114"),
        ("child_illness", "0.00035", "0.0000110", "1.09"),
    ],
)
def test_that_a_new_table_follows_its_law(table: str, a: str, b: str, c: str) -> None:
    found = flexi(2).tables[table]
    with localcontext(prec=50):
        for age in range(found.first_age, found.last_age + 1):
            power = (
                -Decimal(a) - Decimal(b) * Decimal(c) ** age * (Decimal(c) - 1) / Decimal(c).ln()
            )
            q = (1 - power.exp()).quantize(Decimal("0.000001"), ROUND_HALF_UP)
            assert found.rate(age) == q


def test_that_a_lighter_disability_costs_more_because_it_is_likelier() -> None:
    dearest, middle, cheapest = (
        price_line(flexi(2), line(code, 35, 25, 1_000_000), 12).instalment
        for code in ("INV1", "INV2", "INV3")
    )
    assert dearest > middle > cheapest


def test_that_the_waiver_insures_the_years_premium_of_all_other_lines() -> None:
    death, day = line("DTH", 35, 25, 1_000_000), line("DNL", 35, 25, 300)
    premium = price(flexi(2), PremiumRequest(12, (line("WOP", 35, 25, 0), death, day)))
    waiver, *others = premium.lines
    assert waiver.line.amount == 12 * sum(each.instalment for each in others)
    by_hand = HAND.level("WOP", "premium", 35, 25, int(waiver.line.amount))
    assert waiver.instalment == HAND.instalment(by_hand, 12)
    assert premium.total == sum(each.instalment for each in premium.lines)


def test_that_the_sum_of_a_waiver_is_that_of_the_premiums_still_to_be_paid() -> None:
    """S = amount · n, falling by a year's premium each year."""
    fields = HAND.tariff["covers"]["WOP"]["variants"]["premium"]
    linear = {**fields, "shape": "linear"}
    HAND.tariff["covers"]["BY_SUM"] = {
        **HAND.tariff["covers"]["WOP"],
        "variants": {"premium": linear},
    }
    try:
        by_sum = HAND.level("BY_SUM", "premium", 40, 20, 14_676 * 20)
    finally:
        del HAND.tariff["covers"]["BY_SUM"]
    assert HAND.level("WOP", "premium", 40, 20, 14_676) == by_sum
    priced = price_line(flexi(2), line("WOP", 40, 20, 14_676), 1)
    assert priced.instalment == half_up(by_sum)


def test_that_a_waiver_without_anything_to_waive_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        price(flexi(2), PremiumRequest(12, (line("WOP", 35, 25, 0),)))
    assert refusal.value.code == "SC-PREM-023"
    assert "the other covers make 0" in text_for(refusal.value)


def test_that_a_waiver_alone_costs_nothing_until_its_premium_is_known() -> None:
    assert price_line(flexi(2), line("WOP", 35, 25, 0), 12).instalment == 0


def test_that_what_is_invested_carries_neither_surcharge_nor_discount() -> None:
    lines = (line("DTH", 35, 25, 1_000_000), line("INVEST", 35, 25, 500))
    for frequency in (1, 2, 4, 12):
        alone = price(flexi(2), PremiumRequest(frequency, lines[:1]))
        both = price(flexi(2), PremiumRequest(frequency, lines))
        assert both.lines[1].instalment == Decimal(500 * 12 // frequency)
        assert both.discount == alone.discount
        assert both.payable == alone.payable + 500 * 12 // frequency


def test_that_a_cover_paid_from_the_value_has_no_instalment() -> None:
    lines = (line("DTH", 35, 25, 1_000_000), line("DTHN", 35, 25, 1_000_000))
    premium = price(flexi(2), PremiumRequest(12, lines))
    assert premium.lines[1].instalment == 0
    assert premium.lines[1].gross == Decimal("0.001037") * 1_000_000 * Decimal("1.20")
    assert premium.payable == price(flexi(2), PremiumRequest(12, lines[:1])).payable


def test_that_a_postal_order_costs_ten_crowns_each_time() -> None:
    lines = (line("DTH", 35, 25, 1_000_000),)
    usual = price(flexi(2), PremiumRequest(4, lines, "direct_debit"))
    postal = price(flexi(2), PremiumRequest(4, lines, "postal"))
    assert usual.collection == 0
    assert postal.collection == 10
    assert postal.fee == usual.fee + 10
    assert postal.payable == usual.payable + 10
    assert [step.amount for step in postal.steps][-2:] == [10, postal.payable]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (replace(line("INV1", 35, 25, 500_000), occupation_class=4), "SC-PREM-015"),
        (replace(line("WOP", 35, 25, 14_676), occupation_class=4), "SC-PREM-015"),
        (replace(line("PN", 35, 25, 300), occupation_class=4), "SC-PREM-015"),
        (line("WOP", 35, 25, 1_000), "SC-PREM-023"),
        (line("INV1", 50, 15, 3_000_001), "SC-PREM-022"),
        (line("LTC", 60, 20, 1_000_001), "SC-PREM-022"),
        (line("INV1", 35, 25, 999), "SC-PREM-014"),
        (line("INV1", 35, 25, 999, "pension"), "SC-PREM-014"),
        (line("INV1", 35, 25, 100_001, "pension"), "SC-PREM-014"),
        (replace(line("PN", 35, 25, 1_001), income=Decimal(30_000)), "SC-PREM-021"),
        (replace(line("PN", 35, 25, 301), income=Decimal(0)), "SC-PREM-021"),
        (replace(line("INV2", 35, 25, 3_600_001), income=Decimal(30_000)), "SC-PREM-021"),
        (
            replace(line("INV3", 35, 25, 18_001, "pension"), income=Decimal(30_000)),
            "SC-PREM-021",
        ),
        (line("CHDNL", 18, 8, 300), "SC-PREM-012"),
        (line("CHCI", 10, 17, 500_000), "SC-PREM-013"),
        (line("CHTNU", 10, 10, 99_999), "SC-PREM-014"),
        (line("INVEST", 35, 25, 299), "SC-PREM-014"),
        (replace(line("DTH", 35, 25, 10_000), variant="linear"), "SC-PREM-011"),
    ],
)
def test_that_a_line_outside_the_limits_is_refused_with_a_whole_sentence(
    asked: PremiumLine, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        price_line(flexi(2), asked, 12)
    assert refusal.value.code == code
    assert (refusal.value.values["line"], refusal.value.values["cover"]) == (asked.id, asked.cover)
    assert text_for(refusal.value).endswith(".")
    assert "{" not in text_for(refusal.value)


@pytest.mark.parametrize(
    "asked",
    [
        replace(line("PN", 35, 25, 1_000), income=Decimal(30_000)),
        replace(line("PN", 35, 25, 300), income=Decimal(0)),
        replace(line("INV2", 35, 25, 3_600_000), income=Decimal(30_000)),
        replace(line("INV2", 35, 25, 1_000_000), income=Decimal(0)),
        line("INV1", 50, 15, 3_000_000),
        line("INV1", 49, 15, 5_000_000),
        line("PN", 35, 25, 3_000),
    ],
)
def test_that_the_limits_themselves_are_allowed(asked: PremiumLine) -> None:
    assert price_line(flexi(2), asked, 12).instalment > 0


LIVES = (
    ("DTH", "constant", 2_000_000),
    ("DTHF", "annuity", 1_500_000),
    ("INV2", "pension", 12_000),
    ("CI", "repeated", 400_000),
    ("LTC", "from_degree_3", 300_000),
)
DAYS = (("ADTH", "standard", 900_000), ("DNL", "from_day_15", 300), ("PN", "from_day_57", 450))


@settings(max_examples=25, deadline=None)
@given(
    age=st.integers(18, 50),
    term=st.integers(8, 15),
    frequency=st.sampled_from([1, 2, 4, 12]),
    way=st.sampled_from(["postal", "sipo"]),
    invested=st.integers(300, 5_000),
    order=st.randoms(use_true_random=False),
)
def test_that_a_whole_contract_is_that_of_the_fractions_in_any_order(
    age: int, term: int, frequency: int, way: str, invested: int, order: Random
) -> None:
    lines = [line(code, age, term, amount, variant) for code, variant, amount in (*LIVES, *DAYS)]
    lines += [
        line("WOP", age, term, 0),
        line("INVEST", age, term, invested),
        line("DTHN", age, term, 500_000),
    ]
    order.shuffle(lines)
    premium = price(flexi(2), PremiumRequest(frequency, tuple(lines), way))

    instalments = [
        HAND.instalment(HAND.level(code, variant, age, term, amount), frequency)
        for code, variant, amount in LIVES
    ]
    instalments += [
        HAND.instalment(HAND.rated(code, variant, age, amount, 1), frequency)
        for code, variant, amount in DAYS
    ]
    each_time = half_up(Fraction(invested * 12, frequency))
    waived = (sum(instalments) + each_time) * frequency
    waiver = HAND.level("WOP", "premium", age, term, waived)
    instalments.append(HAND.instalment(waiver, frequency))
    assert premium.payable == HAND.payable(frequency, instalments, each_time, way)
