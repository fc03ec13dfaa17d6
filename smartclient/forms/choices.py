"""Code lists of a package: what can be chosen, with labels by language and validity.

A list is a CSV file: `code`, one column a language, optionally `valid_from` and `valid_to`, and
further columns that expressions read by `lookup` or, in a filter, as `option.<column>`. Their cells
are yes / no, numbers, texts, or empty for none.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from smartclient.forms.assembly import FOLDER as PARTS
from smartclient.forms.guards import Value
from smartclient.forms.source import MAX_FILE, Faults

FOLDER = "choices/"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
MAX_OPTIONS = 20_000
_FIXED = ("code", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the code stands in the answers, the label on the screen."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a code list."""

    code: str
    labels: Mapping[str, str]
    cells: Mapping[str, Value]
    valid_from: date | None
    valid_to: date | None

    def is_valid(self, day: date) -> bool:
        """Whether it may be chosen on a day; both ends count."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list in its order."""

    name: str
    options: Mapping[str, Option]
    columns: frozenset[str]

    def label(self, code: str, language: str) -> str:
        """The label of a code; the code itself when the list does not have it."""
        option = self.options.get(code)
        return option.labels[language] if option else code


def cells_of(lists: Mapping[str, CodeList]) -> dict[str, dict[str, Mapping[str, Value]]]:
    """List → code → column → value, for `lookup`."""
    return {
        name: {code: option.cells for code, option in found.options.items()}
        for name, found in lists.items()
    }


def read_lists(
    files: Mapping[str, bytes], languages: tuple[str, ...], faults: Faults
) -> dict[str, CodeList]:
    """Every list below choices/, of the package and of its parts, by its name.

    A part may bring a list that the package, or another part, has as well, if it is the same.
    """
    found: dict[str, CodeList] = {}
    read: dict[str, bytes] = {}
    for file in sorted(files, key=lambda name: (name.startswith(PARTS), name)):
        folder, name = file.rpartition("/")[::2]
        of_part = folder.startswith(PARTS) and folder.endswith(FOLDER[:-1])
        if not (f"{folder}/" == FOLDER or of_part) or not name.endswith(".csv"):
            continue
        name = name.removesuffix(".csv")
        if name not in found:
            found[name] = _read_list(file, files[file], languages, faults)
            read[name] = files[file]
        elif read[name] != files[file]:
            faults.note("SC-FORM-006", file, "", "the same list wherever it stands", doubled=name)
    return found


def _read_list(file: str, content: bytes, languages: tuple[str, ...], faults: Faults) -> CodeList:
    options: dict[str, Option] = {}
    rows, columns = _rows(file, content, faults)
    for language in ("code", *languages):
        if language not in columns:
            faults.note("SC-FORM-004", file, language, "column")
    extra = frozenset(columns) - {*_FIXED, *languages}
    for line, row in enumerate(rows, start=2):
        code = row.get("code") or ""
        if not _CODE.fullmatch(code):
            faults.note("SC-FORM-004", file, f"line {line}: code", "letters, digits, _ . -")
        elif code in options:
            faults.note("SC-FORM-006", file, f"line {line}: code", "unique", doubled=code)
        else:
            options[code] = _option(file, line, row, languages, extra, faults)
    return CodeList(file.rpartition("/")[2].removesuffix(".csv"), options, extra)


def _rows(file: str, content: bytes, faults: Faults) -> tuple[list[dict[str, str]], list[str]]:
    if len(content) > MAX_FILE:
        faults.note("SC-FORM-003", file, "", "CSV", problem=f"> {MAX_FILE}")
        return [], []
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as broken:
        faults.note("SC-FORM-003", file, "", "CSV", problem=type(broken).__name__)
        return [], []
    if len(rows) > MAX_OPTIONS:
        faults.note("SC-FORM-004", file, "", f"at most {MAX_OPTIONS} lines")
        return [], list(reader.fieldnames or ())
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            faults.note("SC-FORM-004", file, f"line {line}", "as many cells as the first line")
    return rows, list(reader.fieldnames or ())


def _option(
    file: str,
    line: int,
    row: Mapping[str, str | None],
    languages: tuple[str, ...],
    extra: frozenset[str],
    faults: Faults,
) -> Option:
    for language in languages:
        if not row.get(language):
            faults.note("SC-FORM-004", file, f"line {line}: {language}", "text")
    return Option(
        row["code"] or "",
        {language: row.get(language) or "" for language in languages},
        {column: cell_value(row.get(column) or "") for column in extra},
        _day(file, line, row, "valid_from", faults),
        _day(file, line, row, "valid_to", faults),
    )


def _day(
    file: str, line: int, row: Mapping[str, str | None], name: str, faults: Faults
) -> date | None:
    written = row.get(name)
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        faults.note("SC-FORM-004", file, f"line {line}: {name}", "date such as 2026-11-01")
        return None


def cell_value(written: str) -> Value:
    """What a cell means to expressions."""
    if written in ("yes", "no"):
        return written == "yes"
    if _NUMBER.fullmatch(written):
        return Decimal(written) if "." in written else int(written)
    return written or None
