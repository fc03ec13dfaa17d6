"""Lines and contracts: limits, loadings, the order of rounding, and what is remembered."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.premium import PremiumLine, PremiumRequest, price, price_line
from smartclient.premium.arithmetic import round_half_up
from tests.unit.premium.flexi import flexi

DTH = PremiumLine("1", "insured", "DTH", 35, 25, None, Decimal(1_000_000))
DNL = PremiumLine("2", "insured", "DNL", 35, 25, None, Decimal(300))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(DTH, cover="XXX"), "SC-PREM-010"),
        (replace(DTH, variant="rising"), "SC-PREM-011"),
        (replace(DNL, variant="from_day_2"), "SC-PREM-011"),
        (replace(DTH, age=17), "SC-PREM-012"),
        (replace(DTH, age=71, term=5), "SC-PREM-012"),
        (replace(DTH, term=0), "SC-PREM-013"),
        (replace(DTH, age=60, term=26), "SC-PREM-013"),
        (replace(DTH, amount=Decimal(9_999)), "SC-PREM-014"),
        (replace(DTH, amount=Decimal(20_000_001)), "SC-PREM-014"),
        (replace(DNL, occupation_class=4), "SC-PREM-015"),
        (replace(DTH, premium_term=26), "SC-PREM-019"),
        (replace(DTH, premium_term=0), "SC-PREM-019"),
        (replace(DTH, loading_percent=Decimal(-1)), "SC-PREM-020"),
        (replace(DTH, loading_percent=Decimal(10) ** 40), "SC-PREM-020"),
        (replace(DTH, flat_extra=Decimal(10) ** 40), "SC-PREM-020"),
        (replace(DTH, amount=Decimal(10) ** 40), "SC-PREM-014"),
    ],
)
def test_that_a_line_outside_the_tariff_is_refused_with_a_whole_sentence(
    line: PremiumLine, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        price_line(flexi(), line, 12)
    assert refusal.value.code == code
    assert (refusal.value.values["line"], refusal.value.values["cover"]) == (line.id, line.cover)
    assert text_for(refusal.value).endswith(".")


@pytest.mark.parametrize("age", [18, 70])
def test_that_the_limits_themselves_are_allowed(age: int) -> None:
    line = replace(DTH, age=age, term=85 - age, amount=Decimal(10_000))
    assert price_line(flexi(), line, 12).instalment > 0


def test_that_three_instalments_a_year_are_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        price(flexi(), PremiumRequest(3, (DTH,)))
    assert refusal.value.code == "SC-PREM-016"


def test_that_a_child_pays_the_rate_of_its_band() -> None:
    child = replace(DNL, age=6, term=12)
    assert price_line(flexi(), child, 1).gross == Decimal("1965.00")
    assert price_line(flexi(), replace(child, age=18), 1).gross == Decimal("1872.00")


def test_that_loadings_are_added_before_the_instalment_is_rounded() -> None:
    loaded = replace(DNL, loading_percent=Decimal("12.5"), flat_extra=Decimal("7"))
    priced = price_line(flexi(), loaded, 12)
    assert priced.gross == Decimal("1872.00")
    assert priced.gross_loaded == Decimal("1872.00") * Decimal("1.125") + Decimal("2.1")
    assert priced.instalment == 184  # 2108.1 · 1.05 / 12 = 184.46


def test_that_premiums_paid_for_fewer_years_are_higher() -> None:
    short = price_line(flexi(), replace(DTH, premium_term=10), 12)
    assert short.instalment > price_line(flexi(), DTH, 12).instalment


def test_that_lines_are_rounded_before_they_are_added_and_discounted() -> None:
    lines = (DTH, replace(DTH, id="2", term=20), DNL)
    premium = price(flexi(), PremiumRequest(12, lines))
    assert premium.total == sum(line.instalment for line in premium.lines)
    exact = premium.total * Decimal("0.05")
    assert premium.discount == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert premium.payable == premium.total - premium.discount + premium.fee


def test_that_a_contract_below_the_least_premium_says_so() -> None:
    little = replace(DNL, amount=Decimal(100))
    assert price(flexi(), PremiumRequest(12, (little,))).is_below_minimum
    assert not price(flexi(), PremiumRequest(12, (DTH,))).is_below_minimum


def test_that_a_changed_sum_is_priced_from_the_remembered_sums_of_the_table() -> None:
    tariff = replace(flexi())
    first = price_line(tariff, DTH, 12)
    double = price_line(tariff, replace(DTH, amount=2 * DTH.amount), 12)
    assert double.annuity is first.annuity
    assert double.gross == pytest.approx(2 * first.gross)


def test_that_a_copy_of_a_tariff_with_another_cover_remembers_nothing() -> None:
    first = price_line(flexi(), DTH, 12)
    dearer = replace(flexi(), covers={"DTH": replace(flexi().covers["INV3"], code="DTH")})
    assert price_line(dearer, DTH, 12).gross != first.gross


@given(st.decimals("0", "100000", places=6), st.sampled_from(["1", "0.01", "5", "0.5"]))
def test_that_rounding_takes_the_nearest_multiple_and_halves_up(
    value: Decimal, unit_text: str
) -> None:
    unit = Decimal(unit_text)
    rounded = round_half_up(value, unit)
    assert rounded % unit == 0
    assert -unit / 2 < value - rounded <= unit / 2 or value - rounded == -unit / 2
    assert round_half_up(rounded + unit / 2, unit) == rounded + unit


@given(
    age=st.integers(18, 60),
    term=st.integers(1, 25),
    thousands=st.integers(10, 20_000),
    more=st.integers(1, 500),
)
def test_that_a_higher_sum_never_costs_less(age: int, term: int, thousands: int, more: int) -> None:
    line = replace(DTH, age=age, term=term, amount=Decimal(thousands) * 1000)
    higher = replace(line, amount=line.amount + more)
    if higher.amount <= 20_000_000:
        assert price_line(flexi(), higher, 12).gross > price_line(flexi(), line, 12).gross
