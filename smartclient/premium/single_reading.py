"""Reads one line that brings its own data, as if the tariff had one cover more.

LEVEL names a table and loadings of the tariff, or brings them: a table is {"first_age": 35,
"rates": ["0.001037", …]}. RATE brings its rate. NATURAL is no line of a contract but a month's
deduction. A line with "cover" instead of "method" is one of the tariff's own.
"""

from dataclasses import replace
from decimal import Decimal

from smartclient.domain.language import _
from smartclient.premium.arithmetic import ONE, ZERO
from smartclient.premium.cover_reading import LEAST_INTEREST, PAYMENTS
from smartclient.premium.covers import LevelCover, Limits, RateBand, RateCover
from smartclient.premium.level import Basis, Loadings, Shape, Table, ends_by_payment
from smartclient.premium.limits import MOST_EXTRA
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.natural import monthly_charge
from smartclient.premium.part import OF_REQUEST, Part, decimal_of
from smartclient.premium.projection import MOST
from smartclient.premium.reading import read_loadings
from smartclient.premium.request_reading import (
    loading_percent,
    optional,
    premium_term,
    read_line,
)
from smartclient.premium.tables import OLDEST
from smartclient.premium.tariff import Tariff

SINGLE = "line"
"""The code of the cover that a line of its own stands for."""
_ANY = Limits((0, OLDEST), 2 * OLDEST, (ZERO, MOST))


def read_single(tariff: Tariff, fields: object, file: str) -> tuple[Tariff, PremiumRequest]:
    """The tariff with one cover more, and a contract of one line of it, paid yearly by default."""
    part = Part(file, "", fields, OF_REQUEST)
    frequency = part.whole("frequency", 1, 12) if part.has("frequency") else 1
    if part.has("cover") and not part.has("method"):
        line = read_line(part, "1")
        part.require_nothing_else()
        return tariff, PremiumRequest(frequency, (line,))
    method = part.text("method")
    if method == "LEVEL":
        cover: LevelCover | RateCover = LevelCover(SINGLE, _ANY, {"": _basis(tariff, part)}, "")
    elif method == "RATE":
        cover = _rated(part)
    else:
        raise part.fault("method", _("It must be LEVEL, RATE or NATURAL."))
    level = method == "LEVEL"
    line = PremiumLine(
        id=SINGLE,
        person="",
        cover=SINGLE,
        age=part.whole("age", 0, OLDEST) if level or part.has("age") else 0,
        term=part.whole("term", 1, OLDEST) if level or part.has("term") else 1,
        premium_term=premium_term(part),
        amount=part.decimal("amount", ZERO, MOST),
        loading_percent=loading_percent(part),
        flat_extra=optional(part, "flat_extra", ZERO, MOST_EXTRA),
    )
    part.require_nothing_else()
    return replace(tariff, covers={SINGLE: cover}, discounts=()), PremiumRequest(frequency, (line,))


def read_charge(tariff: Tariff, fields: object, file: str) -> Decimal | None:
    """The month's deduction of a NATURAL line, unrounded; None for a line of another method."""
    part = Part(file, "", fields, OF_REQUEST)
    if not part.has("method") or part.text("method") != "NATURAL":
        return None
    value = optional(part, "value", ZERO, MOST)
    at_risk = part.truth("sum_at_risk") if part.has("sum_at_risk") else True
    charge = monthly_charge(
        _table(tariff, part, "table"),
        part.whole("age", 0, OLDEST),
        part.decimal("amount", ZERO, MOST),
        value if at_risk else ZERO,
        optional(part, "loading", ZERO, Decimal(100)),
    )
    part.require_nothing_else()
    return charge


def _rated(part: Part) -> RateCover:
    band = RateBand(0, OLDEST, part.decimal("rate", ZERO, MOST))
    unit = optional(part, "unit", ONE, MOST)
    if not unit:
        raise part.fault("unit", _("It must be more than nothing."))
    return RateCover(
        code=SINGLE,
        limits=_ANY,
        unit=unit,
        variants={"": (band,)},
        usual_variant="",
        class_factors={1: optional(part, "class_factor", ONE, MOST)},
    )


def _basis(tariff: Tariff, part: Part) -> Basis:
    benefit = _table(tariff, part, "table")
    death = _table(tariff, part, "decrement") if part.has("decrement") else benefit
    ends = part.has("ends_by_payment") and part.truth("ends_by_payment")
    shape = part.choice("shape", Shape) if part.has("shape") else Shape.CONSTANT
    pension = shape is Shape.PENSION
    lowest = {Shape.ANNUITY: LEAST_INTEREST, Shape.PENSION: ZERO}.get(shape)
    return Basis(
        interest=optional(part, "interest", tariff.interest, ONE),
        decrement=ends_by_payment(death, benefit) if ends else death,
        benefit=benefit,
        loadings=_loadings(tariff, part),
        shape=shape,
        shape_interest=ZERO if lowest is None else part.decimal("shape_interest", lowest, ONE),
        survival=part.has("survival") and part.truth("survival"),
        middle_of_year=part.has("middle_of_year") and part.truth("middle_of_year"),
        payments=part.one_of("payments", PAYMENTS) if pension else 1,
    )


def _table(tariff: Tariff, part: Part, name: str) -> Table:
    """By the name it has in the tariff, or as an object."""
    if not part.holds_object(name):
        return tariff.tables[part.named(name, tariff.tables)]
    own = part.part(name)
    first_age = own.whole("first_age", 0, OLDEST)
    rates = tuple(decimal_of(each, ZERO, ONE) for each in own.values("rates"))
    found = tuple(rate for rate in rates if rate is not None)
    if not found or len(found) < len(rates):
        raise own.fault("rates", _('It must be a list of numbers from 0 to 1 like "0.001037".'))
    return Table(name, first_age, found)


def _loadings(tariff: Tariff, part: Part) -> Loadings:
    """By the name they have in the tariff, or as an object; unsaid where there is only one set."""
    if len(tariff.loadings) == 1 and not part.has("loadings"):
        return next(iter(tariff.loadings.values()))
    if part.holds_object("loadings"):
        return read_loadings(part.part("loadings"))
    return tariff.loadings[part.named("loadings", tariff.loadings)]
