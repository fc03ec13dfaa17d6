"""How the value of a contract may develop, in words and in points for a chart.

The scenarios are those of the tariff; none of them is promised. Amounts are in whole units of the
currency, as a table of years is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import NBSP, money, number
from smartclient.domain.sentences import sentence_for
from smartclient.forms.session import FormSession
from smartclient.premium.projection import Projection, ScenarioResult

_PERCENT = Decimal(100)
_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Curve:
    """One scenario: its name, and the value at the end of each year."""

    name: str
    values: tuple[Decimal, ...]
    is_middle: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """A projection as a person reads it."""

    headline: str
    detail: str
    warning: str
    """Where the value does not suffice; empty mostly."""
    curves: tuple[Curve, ...]
    """From the lowest return to the highest."""
    paid: tuple[Decimal, ...]
    """What was paid in all by the end of each year."""
    currency: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    """The same by year: year, age, paid, the value in each scenario, surrender in the middle."""


def has_outlook(session: FormSession) -> bool:
    """Whether the form speaks of a value at all."""
    pricing = session.package.pricing
    return pricing is not None and pricing.projection is not None


def outlook(session: FormSession) -> Outlook | None:
    """The projection of what is answered now; None while there is none."""
    projection = session.projection
    return None if projection is None else _outlook(projection)


def why_no_outlook(session: FormSession) -> str:
    """What is missing for a projection, in a sentence."""
    problem = session.projection_problem
    if problem is not None:
        return sentence_for(problem).happened
    return _("It appears as soon as something is to be invested and the amounts are filled in.")


def middle_of(projection: Projection) -> ScenarioResult:
    """The scenario between the lowest and the highest."""
    return projection.scenarios[len(projection.scenarios) // 2]


def scenario_name(scenario: ScenarioResult) -> str:
    """The scenario with its return: "middle, 2,5 % a year"."""
    rate = scenario.rate * _PERCENT
    places = max(0, -int(rate.normalize().as_tuple().exponent))
    percent = f"{number(rate, places)}{NBSP}%"
    return _("{scenario}, {percent} a year").format(scenario=short_name(scenario), percent=percent)


def short_name(scenario: ScenarioResult) -> str:
    """The scenario by its name alone, where there is little room."""
    names = {"low": _("low"), "middle": _("middle"), "high": _("high")}
    return names.get(scenario.name, scenario.name)


def rounded(amount: Decimal, currency: str) -> str:
    """An amount in whole units."""
    return money(amount.quantize(_WHOLE, ROUND_HALF_UP), currency)


def _outlook(projection: Projection) -> Outlook:
    middle, currency = middle_of(projection), projection.currency
    last = middle.years[-1]
    after = ngettext(
        "After {years} year {amount} in the middle scenario",
        "After {years} years {amount} in the middle scenario",
        last.year,
    )
    detail = _("{paid} is paid in all. The return is not guaranteed.")
    return Outlook(
        headline=after.format(years=last.year, amount=rounded(last.value, currency)),
        detail=detail.format(paid=rounded(last.paid_in_all, currency)),
        warning=_warning(projection.scenarios),
        curves=tuple(
            Curve(scenario_name(each), tuple(year.value for year in each.years), each is middle)
            for each in projection.scenarios
        ),
        paid=tuple(year.paid_in_all for year in middle.years),
        currency=currency,
        heads=_heads(projection),
        lines=tuple(_lines(projection)),
    )


def _heads(projection: Projection) -> tuple[str, ...]:
    values = (short_name(each) for each in projection.scenarios)
    heads = (_("Year"), _("Age"), _("Paid in all"), *values, _("Surrender, middle"))
    return tuple(head[:1].upper() + head[1:] for head in heads)


def _lines(projection: Projection) -> Sequence[tuple[str, ...]]:
    middle, currency = middle_of(projection), projection.currency
    return [
        (
            str(year.year),
            str(year.age),
            rounded(year.paid_in_all, currency),
            *(rounded(each.years[at].value, currency) for each in projection.scenarios),
            rounded(year.surrender, currency),
        )
        for at, year in enumerate(middle.years)
    ]


def _warning(scenarios: Sequence[ScenarioResult]) -> str:
    spent = [each for each in scenarios if each.exhausted_in is not None]
    if not spent:
        return ""
    first = spent[0]
    month = first.exhausted_in or 0
    return _("In the scenario {scenario} the value does not suffice from year {year} on.").format(
        scenario=scenario_name(first), year=(month + 11) // 12
    )
