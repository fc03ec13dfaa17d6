"""How the value of a contract may develop: month by month, in the scenarios of the tariff.

Each month, in this order:

    V ← V + allocated part of what is paid
    V ← V - monthly fee - V · management/12 - Σ natural charges        never below nothing
    V ← round_half_up(V · (1 + j)^{1/12}, 0.01)

A natural charge is that of `natural.monthly_charge` with the value after payments and fees. Regular
payments fall due at the beginning of their part of the year, a single one at the very beginning.
The book of a year is kept in hundredths and balances to the last one: what rounding moves is part
of the gain.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from smartclient.domain.errors import BadInput
from smartclient.domain.presentation import number
from smartclient.premium.arithmetic import CONTEXT, ONE, ZERO
from smartclient.premium.covers import NaturalCover
from smartclient.premium.investment import CENT, Investment, Scenario
from smartclient.premium.tariff import Tariff

LONGEST = 1_200
"""Months."""
MOST = Decimal(10) ** 12
"""Of each amount."""
_MOST_LOADING = Decimal(100)
_YEAR = 12
_MONTHS = Decimal(_YEAR)


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A cover paid from the value: the age at the start, the sum, an individual loading.

    `loading` is a fraction. `term` None means that it lasts as long as the tariff lets it.
    """

    age: int
    cover: str
    sum_insured: Decimal
    loading: Decimal = ZERO
    term: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectionRequest:
    """What is paid, how long, and what is deducted; `regular` is one payment of `frequency`."""

    start_age: int
    months: int
    regular: Decimal
    frequency: int
    single: Decimal = ZERO
    charges: tuple[ChargeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class YearValue:
    """One year, the last perhaps shorter: value before + paid - costs - fees - charges + gain."""

    year: int
    age: int
    """At the end of the year."""
    paid: Decimal
    costs: Decimal
    """The part of what was paid that was not invested."""
    fees: Decimal
    charges: Decimal
    gain: Decimal
    value: Decimal
    """At the end of the year, as is `surrender`: what would be paid out on leaving."""
    surrender: Decimal
    paid_in_all: Decimal
    """Since the start."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The years of one supposed return."""

    name: str
    rate: Decimal
    years: tuple[YearValue, ...]
    exhausted_in: int | None = None
    """The first month, counted from 1, in which the value did not suffice for what it owes."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The scenarios from the lowest return to the highest."""

    currency: str
    scenarios: tuple[ScenarioResult, ...]


def project(tariff: Tariff, request: ProjectionRequest) -> Projection:
    """The value year by year, exact to 0.01.

    Raises BadInput SC-PREM-024 for a tariff without a value, 025 for a time that is too long or
    none, 026 for an impossible payment, 016 for the frequency; for a charge 010, 014, 018, 020 and
    027.
    """
    investment = tariff.investment
    if investment is None:
        raise BadInput("SC-PREM-024")
    if not 1 <= request.months <= LONGEST:
        raise BadInput("SC-PREM-025", least=1, most=LONGEST)
    if not (0 <= request.regular <= MOST and 0 <= request.single <= MOST):
        raise BadInput("SC-PREM-026", high=number(MOST))
    if request.frequency not in tariff.frequencies:
        raise BadInput("SC-PREM-016", frequency=request.frequency)
    with localcontext(CONTEXT):
        years = tuple(_years(tariff, investment, request))
        scenarios = tuple(_scenario(each, investment, years) for each in investment.scenarios)
    return Projection(tariff.currency, scenarios)


@dataclass(frozen=True, slots=True)
class _Charge:
    sum_insured: Decimal
    rate: Decimal
    """For one month, loadings included."""
    at_risk: bool


@dataclass(frozen=True, slots=True)
class _Year:
    """What is the same in every scenario."""

    number: int
    age: int
    payments: tuple[tuple[Decimal, Decimal], ...]
    """By month: what is paid and what of it is invested."""
    fee: Decimal
    charges: tuple[_Charge, ...]


@dataclass(slots=True)
class _Book:
    """What happened to the value in one year."""

    value: Decimal
    fees: Decimal = ZERO
    charges: Decimal = ZERO
    short_in: int | None = None


def _years(tariff: Tariff, investment: Investment, request: ProjectionRequest) -> Iterator[_Year]:
    fee = investment.fee_regular if request.regular else investment.fee_single
    for begins in range(0, request.months, _YEAR):
        number = begins // _YEAR + 1
        months = range(begins, min(begins + _YEAR, request.months))
        share = investment.allocated(number)
        due = _YEAR // request.frequency
        payments = [
            (request.regular, request.regular * share) if month % due == 0 else (ZERO, ZERO)
            for month in months
        ]
        if begins == 0 and request.single:
            paid, invested = payments[0]
            asked = investment.fee_of_single(request.single, tariff.unit)
            payments[0] = (paid + request.single, invested + request.single - asked)
        yield _Year(
            number=number,
            age=request.start_age + number - 1 + len(months) // _YEAR,
            payments=tuple(payments),
            fee=fee,
            charges=tuple(_charges(tariff, request, number - 1)),
        )


def _charges(tariff: Tariff, request: ProjectionRequest, elapsed: int) -> Iterator[_Charge]:
    """What is deducted in a year of the contract, for the ages that the persons have then."""
    for line in request.charges:
        cover = tariff.covers.get(line.cover)
        if cover is None:
            raise BadInput("SC-PREM-010", cover=line.cover)
        if not isinstance(cover, NaturalCover):
            raise BadInput("SC-PREM-027", cover=line.cover)
        if not 0 <= line.sum_insured <= MOST:
            raise BadInput("SC-PREM-014", low="0", high=number(MOST))
        if not 0 <= line.loading <= _MOST_LOADING:
            raise BadInput("SC-PREM-020")
        age = line.age + elapsed
        if (line.term is None or elapsed < line.term) and age < cover.limits.end_age:
            loaded = (ONE + cover.loading) * (ONE + line.loading)
            rate = cover.table.rate(age) / _MONTHS * loaded
            yield _Charge(line.sum_insured, rate, cover.sum_at_risk)


def _scenario(
    scenario: Scenario, investment: Investment, years: tuple[_Year, ...]
) -> ScenarioResult:
    growth = ((ONE + scenario.rate).ln() / _MONTHS).exp()
    management = investment.management / _MONTHS
    value = in_all = ZERO
    exhausted_in: int | None = None
    found = []
    for year in years:
        book = _year(year, value, growth, management)
        shown = _shown(year, value, book, in_all)
        found.append(replace(shown, surrender=investment.surrender(book.value, year.number)))
        value, in_all = book.value, shown.paid_in_all
        if exhausted_in is None and book.short_in is not None:
            exhausted_in = (year.number - 1) * _YEAR + book.short_in
    return ScenarioResult(scenario.name, scenario.rate, tuple(found), exhausted_in)


def _year(year: _Year, value: Decimal, growth: Decimal, management: Decimal) -> _Book:
    """The months of a year, in the context that is entered."""
    book = _Book(value)
    for month, (_paid, invested) in enumerate(year.payments, start=1):
        value += invested
        owed = year.fee + value * management
        left = value - owed
        if left < 0:
            owed, left = value, ZERO
            book.short_in = book.short_in or month
        asked = ZERO
        for charge in year.charges:
            at_risk = charge.sum_insured - left if charge.at_risk else charge.sum_insured
            if at_risk > 0:
                asked += at_risk * charge.rate
        if asked > left:
            asked = left
            book.short_in = book.short_in or month
        book.fees += owed
        book.charges += asked
        value = ((left - asked) * growth).quantize(CENT, ROUND_HALF_UP)
    book.value = value
    return book


def _shown(year: _Year, before: Decimal, book: _Book, in_all: Decimal) -> YearValue:
    """The book of the year in hundredths."""
    paid = _cents(sum((each for each, _invested in year.payments), ZERO))
    costs = _cents(sum((each - invested for each, invested in year.payments), ZERO))
    fees, charges = _cents(book.fees), _cents(book.charges)
    return YearValue(
        year=year.number,
        age=year.age,
        paid=paid,
        costs=costs,
        fees=fees,
        charges=charges,
        gain=book.value - before - paid + costs + fees + charges,
        value=book.value,
        surrender=ZERO,
        paid_in_all=in_all + paid,
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
