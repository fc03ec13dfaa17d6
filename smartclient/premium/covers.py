"""The covers of a tariff as values: how each is priced, and what it may be sold for.

LEVEL from decrement tables, RATE by a rate a year, NATURAL by a deduction from the value of the
contract each month, INVESTED as what is paid into that value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from smartclient.domain.errors import BadInput
from smartclient.premium.arithmetic import ZERO, add, divide, multiply
from smartclient.premium.level import Basis, Table

_DAYS_OF_A_MONTH = Decimal(30)
NO_CLASSES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class IncomeLimit:
    """The most for a person's net income a month: so many months or days of it.

    Up to `free_to` the income does not matter.
    """

    months: Decimal
    days: Decimal
    free_to: Decimal

    def most(self, income: Decimal) -> Decimal:
        """The highest amount for an income a month."""
        of_days = divide(multiply(self.days, income), _DAYS_OF_A_MONTH)
        return max(self.free_to, add(multiply(self.months, income), of_days))


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """From this age at entry on the amount is at most so much."""

    from_age: int
    most: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cover may be sold for: ages in years, amounts in the tariff's currency."""

    entry_age: tuple[int, int]
    end_age: int
    amount: tuple[Decimal, Decimal]
    by_age: tuple[AgeLimit, ...] = ()
    income: IncomeLimit | None = None


@dataclass(frozen=True, slots=True)
class LevelCover:
    """A cover with a level premium from decrement tables; one basis a variant."""

    code: str
    limits: Limits
    variants: Mapping[str, Basis]
    usual_variant: str
    variant_limits: Mapping[str, Limits] = field(default_factory=dict)
    """Where they differ from the cover's own."""
    excluded_classes: frozenset[int] = NO_CLASSES
    waives_premium: bool = False
    """The amount is a year's premium of all other lines; nobody types it."""


@dataclass(frozen=True, slots=True)
class RateBand:
    """The rate a year for the cover's unit, for ages from and to, both included."""

    age_from: int
    age_to: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RateCover:
    """A cover priced by a rate; an occupation class without a factor cannot be insured."""

    code: str
    limits: Limits
    unit: Decimal
    variants: Mapping[str, tuple[RateBand, ...]]
    usual_variant: str
    class_factors: Mapping[int, Decimal]
    excluded_classes: frozenset[int] = NO_CLASSES
    """Always empty: a class without a factor is excluded already."""

    def band(self, variant: str, age: int) -> RateBand:
        """The rate of an age; BadInput SC-PREM-011 or SC-PREM-018 where there is none."""
        chosen = variant or self.usual_variant
        if chosen not in self.variants:
            raise BadInput("SC-PREM-011", variant=chosen)
        for band in self.variants[chosen]:
            if band.age_from <= age <= band.age_to:
                return band
        raise BadInput("SC-PREM-018", table=f"{self.code} {chosen}", age=age)


@dataclass(frozen=True, slots=True)
class NaturalCover:
    """A cover paid by a deduction from the value of the contract each month."""

    code: str
    limits: Limits
    table: Table
    sum_at_risk: bool
    """Only what the sum exceeds the value by is insured."""
    loading: Decimal = ZERO
    """λ, a fraction of the risk."""
    excluded_classes: frozenset[int] = NO_CLASSES


@dataclass(frozen=True, slots=True)
class InvestedCover:
    """What is paid into the value of the contract; the amount is that of a month."""

    code: str
    limits: Limits
    excluded_classes: frozenset[int] = NO_CLASSES


Cover = LevelCover | RateCover | NaturalCover | InvestedCover
