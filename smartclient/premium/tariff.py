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
from smartclient.premium.level import Basis, LevelFactors, Loadings, Table, factors_of

_REMEMBERED_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cover may be sold for: ages in years, amounts in the tariff's currency."""

    entry_age: tuple[int, int]
    end_age: int
    amount: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class LevelCover:
    """A cover with a level premium from decrement tables; one basis a variant."""

    code: str
    limits: Limits
    variants: Mapping[str, Basis]
    usual_variant: str


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

    def band(self, variant: str, age: int) -> RateBand:
        """The rate of an age; BadInput SC-PREM-011 or SC-PREM-018 where there is none."""
        chosen = variant or self.usual_variant
        if chosen not in self.variants:
            raise BadInput("SC-PREM-011", variant=chosen)
        for band in self.variants[chosen]:
            if band.age_from <= age <= band.age_to:
                return band
        raise BadInput("SC-PREM-018", table=f"{self.code} {chosen}", age=age)


Cover = LevelCover | RateCover


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
