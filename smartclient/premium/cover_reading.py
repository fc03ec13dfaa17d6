"""Reads the covers of a tariff, each by its method, and finds that its tables reach far enough."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from smartclient.domain.language import _
from smartclient.premium.arithmetic import ONE, ZERO
from smartclient.premium.covers import (
    NO_CLASSES,
    AgeLimit,
    Cover,
    IncomeLimit,
    InvestedCover,
    LevelCover,
    Limits,
    NaturalCover,
    RateBand,
    RateCover,
)
from smartclient.premium.level import Basis, Loadings, Shape, Table, ends_by_payment
from smartclient.premium.part import Part
from smartclient.premium.tables import OLDEST, read_bands

CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
LEAST_INTEREST = Decimal("0.0001")
_HIGHEST_LOADING = Decimal(100)
_CLASSES = {"1": 1, "2": 2, "3": 3, "4": 4}
PAYMENTS = (1, 12)
"""How often a pension may be paid a year."""


class Covers:
    """Reads the covers that stand on the tables and loadings of one tariff.

    `extended` allows what came with schema 2; in schema 1 such a field is not known.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        tables: Mapping[str, Table],
        loadings: Mapping[str, Loadings],
        interest: Decimal,
        *,
        extended: bool,
    ) -> None:
        self._files = files
        self._tables = tables
        self._loadings = loadings
        self._interest = interest
        self._extended = extended

    def read(self, part: Part) -> Cover:
        """One cover by its method."""
        methods: dict[str, Callable[[Part], Cover]] = {"LEVEL": self._level, "RATE": self._rated}
        if self._extended:
            methods |= {"NATURAL": self._natural, "INVESTED": self._invested}
        return methods[part.named("method", methods)](part)

    def _level(self, part: Part) -> LevelCover:
        own = self._limits(part)
        variants = part.parts("variants")
        bases = {variant.name: self._basis(part, variant) for variant in variants}
        for variant in variants:
            basis = bases[variant.name]
            for table in (basis.decrement, basis.benefit):
                _require_reaching(variant, "benefit", table, own)
        return LevelCover(
            code=part.name,
            limits=own,
            variants=bases,
            usual_variant=part.named("usual_variant", bases),
            variant_limits={
                variant.name: self._amounts(variant, own)
                for variant in variants
                if self._extended and variant.has("amount_from")
            },
            excluded_classes=self._excluded(part),
            waives_premium=self._waives(part, bases),
        )

    def _basis(self, cover: Part, variant: Part) -> Basis:
        death = self._tables[cover.named("decrement", self._tables)]
        benefit = self._tables[variant.named("benefit", self._tables)]
        shape = self._shape(variant)
        lowest = {Shape.ANNUITY: LEAST_INTEREST, Shape.PENSION: ZERO}.get(shape)
        ends = self._overridden(cover, variant, "ends_by_payment")
        return Basis(
            interest=self._interest,
            decrement=ends_by_payment(death, benefit) if ends else death,
            benefit=benefit,
            loadings=self._loadings[cover.named("loadings", self._loadings)],
            shape=shape,
            shape_interest=ZERO
            if lowest is None
            else variant.decimal("shape_interest", lowest, ONE),
            survival=self._overridden(cover, variant, "survival"),
            middle_of_year=cover.truth("middle_of_year"),
            payments=variant.one_of("payments", PAYMENTS) if shape is Shape.PENSION else 1,
        )

    def _shape(self, variant: Part) -> Shape:
        shape = variant.choice("shape", Shape)
        if shape is Shape.PENSION and not self._extended:
            raise variant.fault("shape", _("A pension needs a tariff of schema 2."))
        return shape

    def _overridden(self, cover: Part, variant: Part, name: str) -> bool:
        """What the cover says, or the variant where it says otherwise."""
        usual = cover.truth(name)
        return variant.truth(name) if self._extended and variant.has(name) else usual

    def _waives(self, part: Part, variants: Mapping[str, Basis]) -> bool:
        if not (self._extended and part.has("amount_is")):
            return False
        part.named("amount_is", {"premium": None})
        if any(each.shape is not Shape.PENSION or each.payments != 1 for each in variants.values()):
            rule = _("A waiver of the premium is a pension paid once a year.")
            raise part.fault("amount_is", rule)
        return True

    def _rated(self, part: Part) -> RateCover:
        variants = read_bands(self._files, part.text("rates"))
        factors = part.decimals("class_factors", ZERO, Decimal(100))
        if not factors.keys() <= _CLASSES.keys():
            raise part.fault("class_factors", _("Only the occupation classes 1 to 4 are known."))
        limits = self._limits(part)
        for bands in variants.values():
            _require_bands_for_entry(part, bands, limits)
        return RateCover(
            code=part.name,
            limits=limits,
            unit=part.decimal("unit", CENT, MOST),
            variants=variants,
            usual_variant=part.named("usual_variant", variants),
            class_factors={_CLASSES[name]: factor for name, factor in factors.items()},
        )

    def _natural(self, part: Part) -> NaturalCover:
        limits = self._limits(part)
        table = self._tables[part.named("table", self._tables)]
        _require_reaching(part, "table", table, limits)
        return NaturalCover(
            code=part.name,
            limits=limits,
            table=table,
            sum_at_risk=part.truth("sum_at_risk"),
            loading=part.decimal("loading", ZERO, _HIGHEST_LOADING),
            excluded_classes=self._excluded(part),
        )

    def _invested(self, part: Part) -> InvestedCover:
        return InvestedCover(part.name, self._limits(part))

    def _excluded(self, part: Part) -> frozenset[int]:
        if not (self._extended and part.has("excluded_classes")):
            return NO_CLASSES
        return frozenset(part.wholes("excluded_classes", 1, len(_CLASSES)))

    def _limits(self, part: Part) -> Limits:
        youngest = part.whole("entry_age_from", 0, OLDEST)
        oldest = part.whole("entry_age_to", youngest, OLDEST)
        # Somebody who enters at the highest age must have a year left.
        ages = Limits((youngest, oldest), part.whole("end_age", oldest + 1, OLDEST), (ZERO, ZERO))
        return self._amounts(part, ages)

    def _amounts(self, part: Part, ages: Limits) -> Limits:
        """The limits of the amounts in a part, with the ages of the cover."""
        least = part.decimal("amount_from", ZERO, MOST)
        return Limits(
            entry_age=ages.entry_age,
            end_age=ages.end_age,
            amount=(least, part.decimal("amount_to", least, MOST)),
            by_age=self._by_age(part, least),
            income=_income(part.part("income")) if self._has(part, "income") else None,
        )

    def _by_age(self, part: Part, least: Decimal) -> tuple[AgeLimit, ...]:
        if not self._has(part, "amount_by_age"):
            return ()
        return tuple(
            AgeLimit(each.whole("from_age", 0, OLDEST), each.decimal("amount_to", least, MOST))
            for each in part.listed("amount_by_age")
        )

    def _has(self, part: Part, name: str) -> bool:
        return self._extended and part.has(name)


def _income(part: Part) -> IncomeLimit:
    named = [name for name in ("months", "days") if part.has(name)]
    if len(named) != 1:
        raise part.fault("months", _("Either months or days of the income must be given."))
    free_to = part.decimal("free_to", ZERO, MOST)
    times = part.decimal(named[0], ZERO, MOST)
    return IncomeLimit(*((times, ZERO) if named[0] == "months" else (ZERO, times)), free_to)


def _require_reaching(part: Part, name: str, table: Table, limits: Limits) -> None:
    """From the first age at entry to the year before the last age."""
    first, last = limits.entry_age[0], limits.end_age - 1
    if table.first_age > first or table.last_age < last:
        rule = _("The table {table} must reach from the age of {first} to the age of {last}.")
        raise part.fault(name, rule.format(table=table.name, first=first, last=last))


def _require_bands_for_entry(part: Part, bands: tuple[RateBand, ...], limits: Limits) -> None:
    """Each age at entry lies in a band."""
    expected, oldest = limits.entry_age
    for band in bands:
        if band.age_from <= expected <= band.age_to:
            expected = band.age_to + 1
    if expected <= oldest:
        rule = _("The rates have no price at the age of {age}, though one may enter at it.")
        raise part.fault("rates", rule.format(age=expected))
