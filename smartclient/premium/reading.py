"""Reads a tariff folder: tariff.json and its tables as CSV; every fault by file, field and rule.

Decimals are texts, so that nothing passes through a float. A field that is not known is a fault
too: a misspelt loading would otherwise be priced as none. Schema 2 adds covers that are paid from
or into the value of the contract, pensions, the waiver of the premium and finer limits.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from smartclient.domain.language import _
from smartclient.premium.ages import AgeRule
from smartclient.premium.arithmetic import ZERO
from smartclient.premium.cover_reading import CENT, MOST, Covers
from smartclient.premium.covers import InvestedCover, NaturalCover
from smartclient.premium.investment import Investment
from smartclient.premium.investment_reading import read_investment
from smartclient.premium.level import Loadings
from smartclient.premium.part import Part, read_root
from smartclient.premium.tables import read_table
from smartclient.premium.tariff import DiscountTier, Frequency, Tariff

MAIN_FILE = "tariff.json"
SCHEMA = 2
"""The newest that is read."""
_FREQUENCIES = {"1": 1, "2": 2, "4": 4, "12": 12}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_tariff(files: Mapping[str, bytes]) -> Tariff:
    """The tariff of the files; BadInput SC-PREM-001 for the first fault."""
    root = read_root(files, MAIN_FILE)
    extended = root.whole("schema", 1, SCHEMA) > 1
    root.has("$schema")  # For editors; nothing is read from it.
    tables = {
        part.name: read_table(files, part.name, part.text("file"), part.text("column"))
        for part in root.parts("tables")
    }
    interest = root.fraction("interest")
    loadings = {part.name: read_loadings(part) for part in root.parts("loadings")}
    covers = Covers(files, tables, loadings, interest, extended=extended)
    valid_from, valid_to = _validity(root)
    tariff = Tariff(
        id=root.matching(
            "id", _ID, _("It must be letters, digits, - and _, at most 40 characters.")
        ),
        version=root.whole("version", 1, 99_999),
        label=root.text("label"),
        valid_from=valid_from,
        valid_to=valid_to,
        currency=root.matching("currency", _CURRENCY, _("It must be three capital letters.")),
        interest=interest,
        age_rule=root.choice("age_rule", AgeRule),
        unit=root.decimal("unit", CENT, Decimal(1000)),
        frequencies=_frequencies(root),
        discounts=tuple(
            DiscountTier(part.whole("from_lines", 0, 1000), part.fraction("fraction"))
            for part in root.parts("discounts")
        ),
        monthly_fee=root.decimal("monthly_fee", ZERO, MOST),
        covers={part.name: covers.read(part) for part in root.parts("covers")},
        tables=tables,
        loadings=loadings,
        collection_fees=_collection_fees(root) if extended else {},
        investment=_investment(root) if extended else None,
    )
    _require_value_for_covers(root, tariff)
    root.require_nothing_else()
    return tariff


def _validity(root: Part) -> tuple[date, date | None]:
    first = root.day("valid_from")
    last = root.day("valid_to") if root.has("valid_to") else None
    if last is not None and last < first:
        raise root.fault("valid_to", _("It must not be before valid_from."))
    return first, last


def _collection_fees(root: Part) -> dict[str, Decimal]:
    if not root.has("collection_fees"):
        return {}
    return root.decimals("collection_fees", ZERO, MOST)


def _investment(root: Part) -> Investment | None:
    return read_investment(root.part("investment")) if root.has("investment") else None


def _require_value_for_covers(root: Part, tariff: Tariff) -> None:
    """What is paid from or into the value needs to know how the value is kept."""
    of_value = (NaturalCover, InvestedCover)
    if tariff.investment is None and any(
        isinstance(cover, of_value) for cover in tariff.covers.values()
    ):
        rule = _("Covers paid from or into the value of the contract need its parameters.")
        raise root.fault("investment", rule)


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
        minimum = part.decimal("minimum", ZERO, MOST)
        found[instalments] = Frequency(instalments, part.fraction("surcharge"), minimum)
    return found
