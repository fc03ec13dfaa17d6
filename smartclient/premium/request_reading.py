"""Reads what is to be priced from JSON; a fault is BadInput SC-PREM-002 with file, field and rule.

A contract is {"frequency": 12, "lines": [{"id", "person", "cover", "age", "term", "amount", …}]}.
One line of its own names its method, and for LEVEL a table and loadings of the tariff; it is priced
as if the tariff had one cover more. NATURAL is no line of a contract but a month's deduction.
"""

from dataclasses import replace
from decimal import Decimal

from smartclient.domain.language import _
from smartclient.premium.arithmetic import ONE, ZERO
from smartclient.premium.cover_reading import LEAST_INTEREST
from smartclient.premium.covers import LevelCover, Limits, RateBand, RateCover
from smartclient.premium.level import Basis, Loadings, Shape, Table, ends_by_payment
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.natural import monthly_charge
from smartclient.premium.part import OF_REQUEST, Part
from smartclient.premium.reading import read_loadings
from smartclient.premium.tables import OLDEST
from smartclient.premium.tariff import Tariff

SINGLE = "line"
"""The code of the cover that a line of its own stands for."""
_MOST = Decimal(10) ** 12
_MOST_PERCENT = Decimal(10_000)
_ANY = Limits((0, OLDEST), 2 * OLDEST, (ZERO, _MOST))


def read_request(fields: object, file: str) -> PremiumRequest:
    """The contract of a JSON value that came from `file`."""
    root = Part(file, "", fields, OF_REQUEST)
    frequency = root.whole("frequency", 1, 12)
    lines = tuple(_line(part, str(at)) for at, part in enumerate(root.listed("lines"), start=1))
    root.require_nothing_else()
    return PremiumRequest(frequency, lines)


def _line(part: Part, number: str) -> PremiumLine:
    return PremiumLine(
        id=part.text("id") if part.has("id") else number,
        person=part.text("person") if part.has("person") else "",
        cover=part.text("cover"),
        age=part.whole("age", 0, OLDEST),
        term=part.whole("term", 1, OLDEST),
        premium_term=_premium_term(part),
        amount=part.decimal("amount", ZERO, _MOST),
        variant=part.text("variant") if part.has("variant") else "",
        occupation_class=part.whole("occupation_class", 1, 4)
        if part.has("occupation_class")
        else 1,
        loading_percent=_optional(part, "loading_percent", ZERO, _MOST_PERCENT),
        flat_extra=_optional(part, "flat_extra", ZERO, _MOST),
    )


def read_single(tariff: Tariff, fields: object, file: str) -> tuple[Tariff, PremiumRequest]:
    """The tariff with one cover more, and a contract of one line of it, paid yearly by default."""
    part = Part(file, "", fields, OF_REQUEST)
    method = part.text("method")
    if method == "LEVEL":
        basis = _basis(tariff, part)
        cover: LevelCover | RateCover = LevelCover(SINGLE, _ANY, {"": basis}, "")
    elif method == "RATE":
        cover = _rated(part)
    else:
        raise part.fault("method", _("It must be LEVEL, RATE or NATURAL."))
    line = PremiumLine(
        id=SINGLE,
        person="",
        cover=SINGLE,
        age=part.whole("age", 0, OLDEST) if method == "LEVEL" or part.has("age") else 0,
        term=part.whole("term", 1, OLDEST) if method == "LEVEL" or part.has("term") else 1,
        premium_term=_premium_term(part),
        amount=part.decimal("amount", ZERO, _MOST),
        loading_percent=_optional(part, "loading_percent", ZERO, _MOST_PERCENT),
        flat_extra=_optional(part, "flat_extra", ZERO, _MOST),
    )
    frequency = part.whole("frequency", 1, 12) if part.has("frequency") else 1
    part.require_nothing_else()
    return replace(tariff, covers={SINGLE: cover}, discounts=()), PremiumRequest(frequency, (line,))


def read_charge(tariff: Tariff, fields: object, file: str) -> Decimal | None:
    """The month's deduction of a NATURAL line, unrounded; None for a line of another method."""
    part = Part(file, "", fields, OF_REQUEST)
    if part.text("method") != "NATURAL":
        return None
    charge = monthly_charge(
        _table(tariff, part, "table"),
        part.whole("age", 0, OLDEST),
        part.decimal("amount", ZERO, _MOST),
        _optional(part, "value", ZERO, _MOST),
        _optional(part, "loading", ZERO, Decimal(100)),
    )
    part.require_nothing_else()
    return charge


def _rated(part: Part) -> RateCover:
    band = RateBand(0, OLDEST, part.decimal("rate", ZERO, _MOST))
    return RateCover(
        code=SINGLE,
        limits=_ANY,
        unit=_optional(part, "unit", ONE, _MOST),
        variants={"": (band,)},
        usual_variant="",
        class_factors={1: _optional(part, "class_factor", ONE, _MOST)},
    )


def _basis(tariff: Tariff, part: Part) -> Basis:
    benefit = _table(tariff, part, "table")
    death = _table(tariff, part, "decrement") if part.has("decrement") else benefit
    ends = part.has("ends_by_payment") and part.truth("ends_by_payment")
    shape = part.choice("shape", Shape) if part.has("shape") else Shape.CONSTANT
    loan = shape is Shape.ANNUITY
    return Basis(
        interest=_optional(part, "interest", tariff.interest, ONE),
        decrement=ends_by_payment(death, benefit) if ends else death,
        benefit=benefit,
        loadings=_loadings(tariff, part),
        shape=shape,
        shape_interest=part.decimal("shape_interest", LEAST_INTEREST, ONE) if loan else ZERO,
        survival=part.has("survival") and part.truth("survival"),
        middle_of_year=part.has("middle_of_year") and part.truth("middle_of_year"),
    )


def _table(tariff: Tariff, part: Part, name: str) -> Table:
    return tariff.tables[part.named(name, tariff.tables)]


def _loadings(tariff: Tariff, part: Part) -> Loadings:
    """By the name they have in the tariff, or as an object; unsaid where there is only one set."""
    if len(tariff.loadings) == 1 and not part.has("loadings"):
        return next(iter(tariff.loadings.values()))
    if part.holds_object("loadings"):
        return read_loadings(part.part("loadings"))
    return tariff.loadings[part.named("loadings", tariff.loadings)]


def _premium_term(part: Part) -> int | None:
    return part.whole("premium_term", 1, OLDEST) if part.has("premium_term") else None


def _optional(part: Part, name: str, usual: Decimal, most: Decimal) -> Decimal:
    return part.decimal(name, ZERO, most) if part.has(name) else usual
