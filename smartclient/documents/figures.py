"""Figures that stand in no field: how a contract's value may develop, and what was paid before.

    projection  {"scenarios": [{"name", "rate", "points": […], "exhausted": year or null,
                 "years": [{"year", "age", "paid", "value", "surrender"}]}]}
    before      {"payable", "frequency", "annual", "difference", "difference_annual", "sign"}

Amounts are written for people, except `points`, the value of each year as decimal text, from which
a template draws. `sign` is "more", "less" or "same" by what is paid in a year; `difference` is
empty where the payments of a year differ in number, since two such amounts cannot be compared.
"""

from decimal import ROUND_HALF_UP, Decimal

from smartclient.domain.presentation import NBSP, money, number
from smartclient.premium.pricing import Premium
from smartclient.premium.projection import Projection, ScenarioResult, YearValue
from smartclient.wire.messages import JsonObject, mapping, text

_PERCENT = Decimal(100)
_CROWN = Decimal(1)


def projected(projection: Projection | None) -> JsonObject | None:
    """The print data of a projection, in whole units of its currency; None without one."""
    if projection is None:
        return None
    scenarios = [_scenario(each, projection.currency) for each in projection.scenarios]
    return {"scenarios": [*scenarios]}


def _scenario(result: ScenarioResult, currency: str) -> JsonObject:
    month = result.exhausted_in
    return {
        "name": result.name,
        "rate": f"{number(result.rate * _PERCENT, _places(result.rate * _PERCENT))}{NBSP}%",
        "points": [str(year.value) for year in result.years],
        "years": [_year(year, currency) for year in result.years],
        "exhausted": None if month is None else (month + 11) // 12,
    }


def _year(year: YearValue, currency: str) -> JsonObject:
    return {
        "year": year.year,
        "age": year.age,
        "paid": _rounded(year.paid_in_all, currency),
        "value": _rounded(year.value, currency),
        "surrender": _rounded(year.surrender, currency),
    }


def paid_before(body: JsonObject, premium: Premium | None) -> JsonObject | None:
    """What the contract cost before the change that a body asks for; None where it says nothing."""
    settings = mapping(body.get("baseline") or {}, "baseline")
    if premium is None or "premium" not in settings:
        return None
    old = mapping(settings["premium"], "premium")
    payable, frequency = Decimal(text(old, "payable", 20)), int(text(old, "frequency", 2))
    difference, annual = premium.payable - payable, premium.annual - payable * frequency
    comparable = _signed(difference, premium.currency) if frequency == premium.frequency else ""
    return {
        "payable": money(payable, premium.currency),
        "frequency": frequency,
        "annual": money(payable * frequency, premium.currency),
        "difference": comparable,
        "difference_annual": _signed(annual, premium.currency),
        "sign": "more" if annual > 0 else "less" if annual < 0 else "same",
    }


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def _rounded(amount: Decimal, currency: str) -> str:
    return money(amount.quantize(_CROWN, ROUND_HALF_UP), currency)


def _places(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))
