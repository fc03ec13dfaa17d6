"""The premium of a form as it stands now."""

from dataclasses import dataclass, field
from typing import Protocol

from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.presentation import money
from smartclient.forms.binding import Bound
from smartclient.forms.guards import Value
from smartclient.forms.model import Key
from smartclient.forms.package import FormPackage
from smartclient.forms.premium_values import text_of
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.pricing import Premium, price
from smartclient.premium.tariff import Tariff


@dataclass(frozen=True, slots=True)
class RowLine:
    """The line of the premium that a row makes, or why it makes none."""

    line: PremiumLine | None = None
    refusal: SmartClientError | None = field(default=None, compare=False)
    reason: str = ""
    """The refusal as text; two refusals are the same when they say the same."""


class PricedRows(Protocol):
    """The lines of a form as they stand."""

    lines: dict[Key, RowLine]

    def evaluate(self, bound: Bound, indices: tuple[int, ...]) -> Value:
        """An expression for the row at `indices`; raises ExpressionRefused."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A premium, and why a line or the whole cannot be priced."""

    premium: Premium | None = None
    problems: tuple[SmartClientError, ...] = ()

    def says_the_same_as(self, other: "Quote") -> bool:
        """Whether a person would see no difference."""
        ours, theirs = (tuple(map(str, each.problems)) for each in (self, other))
        return self.premium == other.premium and ours == theirs


def quoted(package: FormPackage, evaluation: PricedRows, tariff: Tariff | None) -> Quote:
    """The premium of all lines that can be priced; unfinished lines are left out.

    A line that is refused, and a total below the tariff's minimum, are problems.
    """
    if package.pricing is None or tariff is None:
        return Quote()
    rows = [evaluation.lines[key] for key in sorted(evaluation.lines)]
    problems = [row.refusal for row in rows if row.refusal is not None]
    lines = tuple(row.line for row in rows if row.line is not None and row.refusal is None)
    try:
        frequency = evaluation.evaluate(package.pricing.frequency, ())
        if not lines or not isinstance(frequency, int):
            return Quote(None, tuple(problems))
        way = package.pricing.payment_way
        paid_by = "" if way is None else text_of("payment_way", evaluation.evaluate(way, ()))
        premium = price(tariff, PremiumRequest(frequency, lines, paid_by))
    except SmartClientError as refusal:
        return Quote(None, (*problems, refusal))
    if premium.is_below_minimum:
        problems.append(
            BadInput(
                "SC-FORM-206",
                payable=money(premium.payable, premium.currency),
                minimum=money(premium.minimum, premium.currency),
            )
        )
    return Quote(premium, tuple(problems))
