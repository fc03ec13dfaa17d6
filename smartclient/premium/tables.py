"""Reads the tables of a tariff: CSV with a header line, ages without gaps, decimals as written."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice

from smartclient.domain.language import _
from smartclient.premium.arithmetic import ONE, ZERO
from smartclient.premium.covers import RateBand
from smartclient.premium.level import Table
from smartclient.premium.part import decimal_of, fault, source_of

OLDEST = 120
HIGHEST_RATE = Decimal(10) ** 9
_MOST_LINES = 5_000


def read_table(files: Mapping[str, bytes], name: str, file: str, column: str) -> Table:
    """A table of yearly probabilities: columns `age` and `column`, ages rising by one."""
    rows = _rows(files, file, ("age", column))
    first_age = _age(file, *rows[0], "age")
    rates: list[Decimal] = []
    for line, row in rows:
        if _age(file, line, row, "age") != first_age + len(rates):
            raise fault(file, _place(line, "age"), _("Ages must rise by one, without gaps."))
        rate = decimal_of(row[column], ZERO, ONE)
        if rate is None:
            raise fault(file, _place(line, column), _("It must be a number from 0 to 1."))
        rates.append(rate)
    return Table(name, first_age, tuple(rates))


def read_bands(files: Mapping[str, bytes], file: str) -> dict[str, tuple[RateBand, ...]]:
    """Rates by variant and band of ages: columns `variant`, `age_from`, `age_to`, `rate`."""
    found: dict[str, tuple[RateBand, ...]] = {}
    for line, row in _rows(files, file, ("variant", "age_from", "age_to", "rate")):
        low, high = _age(file, line, row, "age_from"), _age(file, line, row, "age_to")
        rate = decimal_of(row["rate"], ZERO, HIGHEST_RATE)
        if rate is None:
            raise fault(file, _place(line, "rate"), _("It must be a number that is not negative."))
        bands = found.get(row["variant"], ())
        if high < low or (bands and low <= bands[-1].age_to):
            raise fault(file, _place(line, "age_from"), _("Ages must rise and not overlap."))
        found[row["variant"]] = (*bands, RateBand(low, high, rate))
    return found


def _rows(
    files: Mapping[str, bytes], file: str, columns: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV file with their numbers; at least one, each with every column."""
    reader = csv.DictReader(source_of(files, file).splitlines(), strict=True)
    try:
        header = list(reader.fieldnames or ())
        rows = [(number, row) for number, row in enumerate(islice(reader, _MOST_LINES + 1), 2)]
    except csv.Error:
        rule = _("The file must be a table with commas between the columns.")
        raise fault(file, "-", rule) from None
    for column in columns:
        if header.count(column) != 1:
            rule = _("The column stands there twice.") if column in header else ""
            raise fault(file, column, rule or _("The column is missing."))
    if len(rows) > _MOST_LINES:
        rule = _("It must have at most {most} entries.").format(most=_MOST_LINES)
        raise fault(file, "-", rule)
    for number, row in rows:
        if None in row or None in row.values():
            raise fault(file, _place(number, "-"), _("Each line must have every column."))
    if not rows:
        raise fault(file, "-", _("The table must have at least one line."))
    return rows


def _age(file: str, line: int, row: dict[str, str], column: str) -> int:
    text = row[column]
    if not text.isascii() or not text.isdigit() or int(text) > OLDEST:
        rule = _("It must be an age from 0 to {oldest}.").format(oldest=OLDEST)
        raise fault(file, _place(line, column), rule)
    return int(text)


def _place(line: int, column: str) -> str:
    return f"{line}:{column}"
