"""A tariff as values: what covers there are, what each is computed from, what the contract adds.

It is read from files by `reading`; a document remembers id and version, and is computed again with
exactly that version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from smartclient.domain.errors import BadInput
from smartclient.premium.ages import AgeRule
from smartclient.premium.arithmetic import ONE, ZERO, add
from smartclient.premium.covers import Cover, LevelCover
from smartclient.premium.investment import Investment
from smartclient.premium.level import LevelFactors, Loadings, Table, factors_of

_REMEMBERED_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class DiscountTier:
    """A discount as a fraction of the total, for contracts of at least so many lines."""

    from_lines: int
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class Frequency:
    """Paying so many times a year: the surcharge as a fraction, the least that may be payable."""

    instalments: int
    surcharge: Decimal
    minimum: Decimal

    factor: Decimal = field(init=False, repr=False)
    """One and the surcharge."""
    divisor: Decimal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", add(ONE, self.surcharge))
        object.__setattr__(self, "divisor", Decimal(self.instalments))


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a tariff."""

    id: str
    version: int
    label: str
    valid_from: date
    valid_to: date | None
    currency: str
    interest: Decimal
    age_rule: AgeRule
    unit: Decimal
    """Instalments, discount and fee are rounded to it."""
    frequencies: Mapping[int, Frequency]
    discounts: tuple[DiscountTier, ...]
    monthly_fee: Decimal
    covers: Mapping[str, Cover]
    tables: Mapping[str, Table]
    loadings: Mapping[str, Loadings]
    collection_fees: Mapping[str, Decimal] = field(default_factory=dict)
    """By the way of payment: what each payment costs."""
    investment: Investment | None = None
    """Of the value of a contract, where the tariff has one."""
    _remembered: dict[tuple[str, str, int, int, int], LevelFactors] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """By cover, variant, age and both terms; a copy with other covers begins with none."""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "Tariff":
        """The tariff of tariff.json and its tables; a fault is BadInput SC-PREM-001."""
        # `reading` makes tariffs, so it stands above this module.
        from smartclient.premium.reading import read_tariff

        return read_tariff(files)

    def discount_for(self, lines: int) -> Decimal:
        """The discount as a fraction of the total of so many lines."""
        fitting = [tier.fraction for tier in self.discounts if tier.from_lines <= lines]
        return max(fitting, default=ZERO)

    def level_factors(
        self, cover: LevelCover, variant: str, age: int, term: int, premium_term: int
    ) -> LevelFactors:
        """The factors of a level cover, computed once for each age and terms."""
        key = (cover.code, variant, age, term, premium_term)
        found = self._remembered.get(key)
        if found is None:
            if variant not in cover.variants:
                raise BadInput("SC-PREM-011", variant=variant)
            if len(self._remembered) >= _REMEMBERED_AT_MOST:
                self._remembered.clear()
            found = factors_of(cover.variants[variant], age, term, premium_term)
            self._remembered[key] = found
        return found
