"""Reads what is to be priced from JSON; a fault is BadInput SC-PREM-002 with file, field and rule.

A contract is {"frequency": 12, "payment_way": "…", "lines": [{"id", "person", "cover", "age", …}],
"projection": {"start_age", "months", "regular", "single", "charges": […]}}; the last is a request
of its own as well. One line with its own data is read by `single_reading`.
"""

from dataclasses import dataclass
from decimal import Decimal

from smartclient.premium.arithmetic import ZERO
from smartclient.premium.limits import MOST_EXTRA, MOST_PERCENT
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.part import OF_REQUEST, Part
from smartclient.premium.projection import LONGEST, MOST, ChargeLine, ProjectionRequest
from smartclient.premium.tables import OLDEST

_MOST_LOADING = Decimal(100)


@dataclass(frozen=True, slots=True)
class Asked:
    """A contract to price, and a projection where one is asked for."""

    request: PremiumRequest
    projection: ProjectionRequest | None = None


def read_request(fields: object, file: str) -> Asked:
    """The contract of a JSON value that came from `file`."""
    root = Part(file, "", fields, OF_REQUEST)
    frequency = root.whole("frequency", 1, 12)
    lines = tuple(read_line(part, str(at)) for at, part in enumerate(root.listed("lines"), start=1))
    way = root.text("payment_way") if root.has("payment_way") else ""
    projected = root.part("projection") if root.has("projection") else None
    projection = None if projected is None else _projection(projected, frequency)
    root.require_nothing_else()
    return Asked(PremiumRequest(frequency, lines, way), projection)


def read_line(part: Part, number: str) -> PremiumLine:
    """A line of a contract; `number` is its id where it has none of its own."""
    return PremiumLine(
        id=part.text("id") if part.has("id") else number,
        person=part.text("person") if part.has("person") else "",
        cover=part.text("cover"),
        age=part.whole("age", 0, OLDEST),
        term=part.whole("term", 1, OLDEST),
        premium_term=premium_term(part),
        amount=part.decimal("amount", ZERO, MOST),
        variant=part.text("variant") if part.has("variant") else "",
        occupation_class=part.whole("occupation_class", 1, 4)
        if part.has("occupation_class")
        else 1,
        loading_percent=loading_percent(part),
        flat_extra=optional(part, "flat_extra", ZERO, MOST_EXTRA),
        income=part.decimal("income", ZERO, MOST) if part.has("income") else None,
    )


def read_projection(fields: object, file: str) -> ProjectionRequest:
    """The request of a projection that stands alone; paid monthly unless it says otherwise."""
    root = Part(file, "", fields, OF_REQUEST)
    request = _projection(root, 12)
    root.require_nothing_else()
    return request


def _projection(part: Part, usual_frequency: int) -> ProjectionRequest:
    frequency = part.has("frequency")
    return ProjectionRequest(
        start_age=part.whole("start_age", 0, OLDEST),
        months=part.whole("months", 1, LONGEST),
        regular=optional(part, "regular", ZERO, MOST),
        frequency=part.whole("frequency", 1, 12) if frequency else usual_frequency,
        single=optional(part, "single", ZERO, MOST),
        charges=tuple(map(_charge, part.listed("charges"))) if part.has("charges") else (),
    )


def _charge(part: Part) -> ChargeLine:
    return ChargeLine(
        age=part.whole("age", 0, OLDEST),
        cover=part.text("cover"),
        sum_insured=part.decimal("sum_insured", ZERO, MOST),
        loading=optional(part, "loading", ZERO, _MOST_LOADING),
        term=part.whole("term", 1, OLDEST) if part.has("term") else None,
    )


def premium_term(part: Part) -> int | None:
    """How many years premiums are paid; None for the whole term."""
    return part.whole("premium_term", 1, OLDEST) if part.has("premium_term") else None


def loading_percent(part: Part) -> Decimal:
    """The underwriting loading in percent; zero where none is given."""
    return optional(part, "loading_percent", ZERO, MOST_PERCENT)


def optional(part: Part, name: str, usual: Decimal, most: Decimal) -> Decimal:
    """A number that is not negative, where it is given."""
    return part.decimal(name, ZERO, most) if part.has(name) else usual
