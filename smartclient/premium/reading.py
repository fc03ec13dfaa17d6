"""Reads a tariff folder: tariff.json and its tables as CSV; every fault by file, field and rule.

Decimals are texts, so that nothing passes through a float. A field that is not known is a fault
too: a misspelt loading would otherwise be priced as none.
"""

from collections.abc import Mapping
from decimal import Decimal

from smartclient.domain.language import _
from smartclient.premium.ages import AgeRule
from smartclient.premium.arithmetic import ONE, ZERO
from smartclient.premium.level import Basis, Loadings, Shape, Table, ends_by_payment
from smartclient.premium.part import Part, read_root
from smartclient.premium.tables import OLDEST, read_bands, read_table
from smartclient.premium.tariff import (
    Cover,
    DiscountTier,
    Frequency,
    LevelCover,
    Limits,
    RateCover,
    Tariff,
)

MAIN_FILE = "tariff.json"
SCHEMA = 1
_CENT = Decimal("0.01")
LEAST_INTEREST = Decimal("0.0001")
_MOST = Decimal(10) ** 12
_FREQUENCIES = {"1": 1, "2": 2, "4": 4, "12": 12}
_CLASSES = {"1": 1, "2": 2, "3": 3, "4": 4}


def read_tariff(files: Mapping[str, bytes]) -> Tariff:
    """The tariff of the files; BadInput SC-PREM-001 for the first fault."""
    root = read_root(files, MAIN_FILE)
    root.whole("schema", SCHEMA, SCHEMA)
    tables = {
        part.name: read_table(files, part.name, part.text("file"), part.text("column"))
        for part in root.parts("tables")
    }
    interest = root.fraction("interest")
    loadings = {part.name: read_loadings(part) for part in root.parts("loadings")}
    covers = _Covers(files, tables, loadings, interest)
    tariff = Tariff(
        id=root.text("id"),
        version=root.whole("version", 1, 10**6),
        label=root.text("label"),
        valid_from=root.day("valid_from"),
        valid_to=root.day("valid_to") if root.has("valid_to") else None,
        currency=root.text("currency"),
        interest=interest,
        age_rule=root.choice("age_rule", AgeRule),
        unit=root.decimal("unit", _CENT, Decimal(1000)),
        frequencies=_frequencies(root),
        discounts=tuple(
            DiscountTier(part.whole("from_lines", 0, 1000), part.fraction("fraction"))
            for part in root.parts("discounts")
        ),
        monthly_fee=root.decimal("monthly_fee", ZERO, _MOST),
        covers={part.name: covers.read(part) for part in root.parts("covers")},
        tables=tables,
        loadings=loadings,
    )
    root.require_nothing_else()
    return tariff


def read_loadings(part: Part) -> Loadings:
    """The four loadings of an object."""
    return Loadings(
        alpha=part.fraction("alpha"),
        beta=part.fraction("beta"),
        gamma1=part.fraction("gamma1"),
        gamma2=part.fraction("gamma2"),
    )


def _frequencies(root: Part) -> dict[int, Frequency]:
    found: dict[int, Frequency] = {}
    for part in root.parts("frequencies"):
        if part.name not in _FREQUENCIES:
            raise root.fault("frequencies", _("Only 1, 2, 4 and 12 instalments a year are known."))
        instalments = _FREQUENCIES[part.name]
        minimum = part.decimal("minimum", ZERO, _MOST)
        found[instalments] = Frequency(instalments, part.fraction("surcharge"), minimum)
    return found


class _Covers:
    """Reads the covers that stand on the tables and loadings of one tariff."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        tables: Mapping[str, Table],
        loadings: Mapping[str, Loadings],
        interest: Decimal,
    ) -> None:
        self._files = files
        self._tables = tables
        self._loadings = loadings
        self._interest = interest

    def read(self, part: Part) -> Cover:
        """One cover by its method."""
        match part.text("method"):
            case "LEVEL":
                return self._level(part)
            case "RATE":
                return self._rated(part)
            case _:
                raise part.fault("method", _("It must be LEVEL or RATE."))

    def _level(self, part: Part) -> LevelCover:
        variants = {variant.name: self._basis(part, variant) for variant in part.parts("variants")}
        usual = part.named("usual_variant", variants)
        return LevelCover(part.name, _limits(part), variants, usual)

    def _basis(self, cover: Part, variant: Part) -> Basis:
        death = self._tables[cover.named("decrement", self._tables)]
        benefit = self._tables[variant.named("benefit", self._tables)]
        shape = variant.choice("shape", Shape)
        falls_as_loan = shape is Shape.ANNUITY
        return Basis(
            interest=self._interest,
            decrement=ends_by_payment(death, benefit) if cover.truth("ends_by_payment") else death,
            benefit=benefit,
            loadings=self._loadings[cover.named("loadings", self._loadings)],
            shape=shape,
            shape_interest=variant.decimal("shape_interest", LEAST_INTEREST, ONE)
            if falls_as_loan
            else ZERO,
            survival=cover.truth("survival"),
            middle_of_year=cover.truth("middle_of_year"),
        )

    def _rated(self, part: Part) -> RateCover:
        variants = read_bands(self._files, part.text("rates"))
        factors = part.decimals("class_factors", ZERO, Decimal(100))
        if not factors.keys() <= _CLASSES.keys():
            raise part.fault("class_factors", _("Only the occupation classes 1 to 4 are known."))
        return RateCover(
            code=part.name,
            limits=_limits(part),
            unit=part.decimal("unit", _CENT, _MOST),
            variants=variants,
            usual_variant=part.named("usual_variant", variants),
            class_factors={_CLASSES[name]: factor for name, factor in factors.items()},
        )


def _limits(part: Part) -> Limits:
    youngest = part.whole("entry_age_from", 0, OLDEST)
    least = part.decimal("amount_from", ZERO, _MOST)
    return Limits(
        entry_age=(youngest, part.whole("entry_age_to", youngest, OLDEST)),
        end_age=part.whole("end_age", youngest, OLDEST),
        amount=(least, part.decimal("amount_to", least, _MOST)),
    )
