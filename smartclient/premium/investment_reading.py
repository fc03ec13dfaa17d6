"""Reads what a tariff says of the value of a contract."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from smartclient.domain.language import _
from smartclient.premium.arithmetic import ZERO
from smartclient.premium.cover_reading import MOST
from smartclient.premium.investment import Allocation, Investment, Scenario, SurrenderFee
from smartclient.premium.part import Part

SCENARIOS = 3
_RETURNS = (Decimal("-0.5"), Decimal("0.3"))
"""What grows faster for a hundred years has more digits than are computed with."""


def read_investment(part: Part) -> Investment:
    """The parameters of the value; later years are never worse for the client than earlier ones."""
    monthly = part.part("monthly_fee")
    return Investment(
        fee_regular=monthly.decimal("regular", ZERO, MOST),
        fee_single=monthly.decimal("single", ZERO, MOST),
        management=part.fraction("management"),
        single_fee=_tiers(part, "single_fee"),
        allocation=_allocation(part, "allocation"),
        surrender_fee=_surrender_fees(part, "surrender_fee"),
        scenarios=_scenarios(part, "scenarios"),
    )


def _tiers(part: Part, name: str) -> tuple[tuple[Decimal, Decimal], ...]:
    tiers = tuple(
        (each.decimal("up_to", ZERO, MOST), each.fraction("fraction")) for each in part.listed(name)
    )
    if any(high <= low for (low, _part), (high, _next) in pairwise(tiers)):
        raise part.fault(name, _("The bounds must rise."))
    return tiers


def _allocation(part: Part, name: str) -> tuple[Allocation, ...]:
    found = tuple(
        Allocation(_to_year(each), each.fraction("fraction")) for each in part.listed(name)
    )
    _require_years(part, name, [each.to_year for each in found])
    if any(later.fraction < earlier.fraction for earlier, later in pairwise(found)):
        raise part.fault(name, _("Of a later year no less may be invested than of an earlier one."))
    return found


def _surrender_fees(part: Part, name: str) -> tuple[SurrenderFee, ...]:
    found = tuple(
        SurrenderFee(_to_year(each), each.fraction("fraction"), each.decimal("least", ZERO, MOST))
        for each in part.listed(name)
    )
    _require_years(part, name, [each.to_year for each in found])
    return found


def _to_year(part: Part) -> int | None:
    return part.whole("to_year", 1, 100) if part.has("to_year") else None


def _require_years(part: Part, name: str, years: Sequence[int | None]) -> None:
    """They rise, and the last entry, and only it, is for all later years."""
    *bounded, last = years or [0]
    numbers = [year for year in bounded if year is not None]
    if last is not None or len(numbers) < len(bounded):
        raise part.fault(name, _("The last entry, and only it, has no to_year."))
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise part.fault(name, _("The years must rise."))


def _scenarios(part: Part, name: str) -> tuple[Scenario, ...]:
    found = tuple(
        Scenario(each.text("name"), each.decimal("rate", *_RETURNS)) for each in part.listed(name)
    )
    rising = all(lower.rate < higher.rate for lower, higher in pairwise(found))
    if len(found) != SCENARIOS or not rising or len({each.name for each in found}) < SCENARIOS:
        raise part.fault(name, _("There must be three scenarios whose rates rise."))
    return found
