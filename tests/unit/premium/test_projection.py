"""The value of a contract: by hand in fractions, and what holds whatever is paid."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.premium import ChargeLine, Projection, ProjectionRequest, Tariff, project
from smartclient.premium.investment import Allocation, Investment, Scenario, SurrenderFee
from tests.unit.premium.flexi import flexi

ROOT_DIGITS = 40
REGULAR = ProjectionRequest(35, 24, Decimal(1_000), 12)
DEATH = ChargeLine(35, "DTHN", Decimal(1_000_000))


def investment() -> Investment:
    found = flexi(2).investment
    assert found is not None
    return found


def with_investment(**changed: object) -> Tariff:
    return replace(flexi(2), investment=replace(investment(), **changed))  # type: ignore[arg-type]


def plain(rate: str) -> Tariff:
    """Everything is invested, nothing is deducted; the middle scenario has the rate."""
    return with_investment(
        fee_regular=Decimal(0),
        fee_single=Decimal(0),
        management=Decimal(0),
        single_fee=(),
        allocation=(Allocation(None, Decimal(1)),),
        surrender_fee=(SurrenderFee(None, Decimal(0), Decimal(0)),),
        scenarios=(Scenario("middle", Decimal(rate)),),
    )


def twelfth_root(value: Fraction) -> Fraction:
    """By Newton on whole numbers, to forty digits."""
    target = value.numerator * 10 ** (12 * ROOT_DIGITS) // value.denominator
    root = 10 ** (ROOT_DIGITS + 1)
    while True:
        nearer = (11 * root + target // root**11) // 12
        if nearer >= root:
            return Fraction(root, 10**ROOT_DIGITS)
        root = nearer


def cents(value: Fraction) -> Fraction:
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def by_hand(request: ProjectionRequest, rate: Decimal) -> Iterator[Fraction]:
    """The value at the end of each month, as the rule says it, from the tariff's own numbers."""
    growth = twelfth_root(1 + Fraction(rate))
    table = flexi(2).tables["death"]
    shares = {1: "0.40", 2: "0.40", 3: "0.85", 4: "0.85", 5: "0.85"}
    value = Fraction(0)
    for month in range(request.months):
        year = month // 12 + 1
        if month == 0:
            single = Fraction(request.single)
            lower, upper = Fraction(2_000_000), Fraction(5_000_000)
            fee = min(single, lower) * Fraction("0.015")
            fee += max(Fraction(0), min(single, upper) - lower) * Fraction("0.0075")
            value += single - int(fee + Fraction(1, 2))
        if month % (12 // request.frequency) == 0:
            value += Fraction(request.regular) * Fraction(shares.get(year, "0.97"))
        value -= (0 if request.regular else 5) + value * Fraction("0.006") / 12
        asked = Fraction(0)
        for charge in request.charges:
            q = Fraction(table.rate(charge.age + year - 1))
            loaded = Fraction("1.20") * (1 + Fraction(charge.loading))
            asked += max(Fraction(0), Fraction(charge.sum_insured) - value) * q / 12 * loaded
        value = cents((value - asked) * growth)
        yield value


@pytest.mark.parametrize(
    "request_",
    [
        replace(REGULAR, months=96),
        replace(REGULAR, months=61, regular=Decimal(12_000), frequency=1),
        replace(REGULAR, months=40, regular=Decimal("3000.50"), frequency=4),
        replace(REGULAR, months=36, regular=Decimal(0), single=Decimal("3456789.10")),
        replace(REGULAR, months=120, single=Decimal(250_000), charges=(DEATH,)),
        replace(
            REGULAR,
            months=100,
            single=Decimal(400_000),
            charges=(DEATH, replace(DEATH, age=52, loading=Decimal("0.25"))),
        ),
    ],
)
def test_that_each_year_ends_with_the_value_of_the_fractions(request_: ProjectionRequest) -> None:
    for scenario in project(flexi(2), request_).scenarios:
        months = list(by_hand(request_, scenario.rate))
        for year in scenario.years:
            last = min(12 * year.year, request_.months)
            assert Fraction(year.value) == months[last - 1]


def test_that_a_payment_of_a_thousand_grows_as_on_a_savings_account() -> None:
    """1 % a month: 1000 · (1.01 + … + 1.01^12) = 12 809.33; each month rounded it is .34."""
    rate = str(Decimal("1.01") ** 12 - 1)
    value = Fraction(0)
    for _month in range(12):
        value = cents((value + 1000) * Fraction("1.01"))
    projected = project(plain(rate), replace(REGULAR, months=12))
    (year,) = projected.scenarios[0].years
    assert Fraction(year.value) == value
    assert year.value == Decimal("12809.34")
    assert year.gain == year.value - 12_000


def test_that_three_months_of_a_hundred_thousand_can_be_followed_with_a_pencil() -> None:
    """100 000 - 1.5 % = 98 500; a month: - 5 - 0.05 % - (1 000 000 - V) · 0.001037/12 · 1.2."""
    request = ProjectionRequest(35, 3, Decimal(0), 12, Decimal(100_000), (DEATH,))
    low = project(flexi(2), request).scenarios[0]
    # 98 500.00 - 54.25 - 93.49 = 98 352.26; - 54.18 - 93.51 = 98 204.58; - 54.10 - 93.52
    assert low.rate == 0
    assert low.years[0].value == Decimal("98056.96")
    assert low.years[0].paid == 100_000
    assert low.years[0].costs == 1_500
    assert low.years[0].age == 35


requests = st.builds(
    ProjectionRequest,
    start_age=st.integers(18, 60),
    months=st.integers(1, 180),
    regular=st.decimals("0", "20000", places=2),
    frequency=st.sampled_from([1, 2, 4, 12]),
    single=st.decimals("0", "6000000", places=2),
    charges=st.lists(
        st.builds(
            ChargeLine,
            age=st.integers(18, 70),
            cover=st.just("DTHN"),
            sum_insured=st.decimals("0", "5000000", places=0),
            loading=st.decimals("0", "3", places=2),
            term=st.none() | st.integers(1, 20),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=60)
@given(request_=requests)
def test_that_the_book_of_every_year_balances_and_the_value_is_never_negative(
    request_: ProjectionRequest,
) -> None:
    for scenario in project(flexi(2), request_).scenarios:
        before = in_all = Decimal(0)
        for year in scenario.years:
            flows = year.paid - year.costs - year.fees - year.charges + year.gain
            assert before + flows == year.value
            assert 0 <= year.surrender <= year.value
            assert year.value == year.value.quantize(Decimal("0.01"))
            assert min(year.costs, year.fees, year.charges) >= 0
            in_all += year.paid
            assert year.paid_in_all == in_all
            before = year.value
        payments = (request_.months * request_.frequency + 11) // 12
        assert in_all == request_.single + request_.regular * payments


@settings(max_examples=60)
@given(request_=requests)
def test_that_a_higher_return_never_leaves_less(request_: ProjectionRequest) -> None:
    low, middle, high = (each.years for each in project(flexi(2), request_).scenarios)
    for lower, higher in ((low, middle), (middle, high)):
        assert all(a.value <= b.value for a, b in zip(lower, higher, strict=True))
        assert all(a.surrender <= b.surrender for a, b in zip(lower, higher, strict=True))


@settings(max_examples=30)
@given(request_=requests, more=st.integers(1, 100_000))
def test_that_paying_more_never_leaves_less(request_: ProjectionRequest, more: int) -> None:
    richer = replace(request_, single=request_.single + more, regular=request_.regular + 1)
    if not request_.regular:
        richer = replace(richer, regular=request_.regular)
    for less, rich in zip(
        project(flexi(2), request_).scenarios, project(flexi(2), richer).scenarios, strict=True
    ):
        assert all(a.value <= b.value for a, b in zip(less.years, rich.years, strict=True))


def test_that_less_is_invested_in_the_first_years() -> None:
    years = project(flexi(2), replace(REGULAR, months=84)).scenarios[0].years
    assert [year.costs for year in years] == [7200, 7200, 1800, 1800, 1800, 360, 360]


def test_that_leaving_early_costs_at_least_the_least_fee() -> None:
    years = project(flexi(2), replace(REGULAR, months=72)).scenarios[1].years
    assert years[0].surrender == years[0].value - 1_000
    assert years[4].surrender == years[4].value - max(
        Decimal(500), round(years[4].value * Decimal("0.05"), 2)
    )
    assert years[5].surrender == years[5].value


def test_that_nothing_is_paid_out_where_the_fee_is_higher_than_the_value() -> None:
    (year,) = project(flexi(2), replace(REGULAR, months=2)).scenarios[0].years
    assert 0 < year.value < 1_000
    assert year.surrender == 0


def test_that_a_value_that_cannot_carry_its_charges_says_since_when() -> None:
    request = replace(REGULAR, months=60, regular=Decimal(50), charges=(DEATH,))
    low = project(flexi(2), request).scenarios[0]
    assert low.exhausted_in == 1
    assert all(year.value == 0 for year in low.years)
    assert project(flexi(2), REGULAR).scenarios[0].exhausted_in is None


def test_that_a_charge_ends_with_its_term_and_with_the_last_age_of_its_cover() -> None:
    request = replace(REGULAR, months=60, single=Decimal(900_000))
    for charge in (replace(DEATH, term=2), replace(DEATH, age=83)):
        years = project(flexi(2), replace(request, charges=(charge,))).scenarios[0].years
        assert [year.charges > 0 for year in years] == [True, True, False, False, False]


def test_that_a_short_last_year_keeps_the_age_of_its_beginning() -> None:
    years = project(flexi(2), replace(REGULAR, months=30)).scenarios[0].years
    assert [(year.year, year.age) for year in years] == [(1, 36), (2, 37), (3, 37)]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(REGULAR, months=0), "SC-PREM-025"),
        (replace(REGULAR, months=1_201), "SC-PREM-025"),
        (replace(REGULAR, regular=Decimal(-1)), "SC-PREM-026"),
        (replace(REGULAR, single=Decimal(-1)), "SC-PREM-026"),
        (replace(REGULAR, regular=Decimal(10) ** 40), "SC-PREM-026"),
        (replace(REGULAR, charges=(replace(DEATH, sum_insured=Decimal(-1)),)), "SC-PREM-014"),
        (replace(REGULAR, charges=(replace(DEATH, sum_insured=Decimal(10) ** 13),)), "SC-PREM-014"),
        (replace(REGULAR, charges=(replace(DEATH, loading=Decimal(101)),)), "SC-PREM-020"),
        (replace(REGULAR, frequency=3), "SC-PREM-016"),
        (replace(REGULAR, charges=(replace(DEATH, cover="XXX"),)), "SC-PREM-010"),
        (replace(REGULAR, charges=(replace(DEATH, cover="DTH"),)), "SC-PREM-027"),
        (replace(REGULAR, charges=(replace(DEATH, age=-1),)), "SC-PREM-018"),
        (replace(REGULAR, charges=(replace(DEATH, loading=Decimal(-1)),)), "SC-PREM-020"),
    ],
)
def test_that_what_cannot_be_projected_is_refused_with_a_whole_sentence(
    request_: ProjectionRequest, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        project(flexi(2), request_)
    assert refusal.value.code == code
    assert text_for(refusal.value).endswith(".")
    assert "{" not in text_for(refusal.value)


def test_that_a_tariff_without_a_value_projects_nothing() -> None:
    with pytest.raises(BadInput) as refusal:
        project(flexi(1), REGULAR)
    assert refusal.value.code == "SC-PREM-024"


def test_that_the_largest_request_in_the_steepest_scenario_still_comes_to_a_result() -> None:
    steep = with_investment(scenarios=(Scenario("steep", Decimal("0.3")),))
    most = Decimal(10) ** 12
    projected = project(steep, ProjectionRequest(0, 1_200, most, 12, most))
    assert projected.scenarios[0].years[-1].value > most


def test_that_the_scenarios_are_those_of_the_tariff() -> None:
    found: Projection = project(flexi(2), REGULAR)
    assert [(each.name, each.rate) for each in found.scenarios] == [
        ("low", Decimal(0)),
        ("middle", Decimal("0.025")),
        ("high", Decimal("0.05")),
    ]
