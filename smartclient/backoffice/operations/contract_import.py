"""The insurer's list of contracts, read entry by entry: a bad one is named and leaves the others.

    {"number": "7200000017", "hr": "90012345", "product": "flexi", "tariff_version": 2,
     "policyholder": "Petr Novák", "settings": {…}}

One entry a line, or a JSON list of entries. `settings` are answers under the paths of the offer's
form: amounts as texts, days as YYYY-MM-DD, rows that are to be changed later with a `key`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from smartclient.backoffice.operations.contracts import RegisterEntry, Saved, save
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.partners import find_partner, require_hr
from smartclient.domain.contract_number import ContractNumber, contract_number
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import HrNumber
from smartclient.wire import encoding
from smartclient.wire.messages import Json, JsonObject, is_storable, mapping, text, whole

MAX_ENTRIES: Final = 2_000_000
MAX_ENTRY_BYTES: Final = 400_000
MAX_DEPTH: Final = 12
MAX_ROWS: Final = 1_000
MAX_TEXT: Final = 20_000
AT_ONCE: Final = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NUMBER_RULE = "ten digits, the first 7"
_PARTNER_RULE = "an HR number of the list of partners"


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that was left out; it says where and which rule, never what stood there."""

    line: int
    """Of the file, or the number of the entry in a list, from 1."""
    field: str
    rule: str

    def to_json(self) -> JsonObject:
        """The entry for the report."""
        return {"line": self.line, "field": self.field, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry that can be read, with its place in the file."""

    line: int
    entry: RegisterEntry


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list."""

    new: int
    changed: int
    unchanged: int
    refused: tuple[BadEntry, ...]


def entries_of_lines(lines: Iterable[bytes]) -> Iterator[NumberedEntry | BadEntry]:
    """One entry a line; empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if number > MAX_ENTRIES:
            yield BadEntry(number, "", f"at most {MAX_ENTRIES} lines")
            return
        if not line.strip():
            continue
        if len(line) > MAX_ENTRY_BYTES:
            yield BadEntry(number, "", f"at most {MAX_ENTRY_BYTES} bytes")
            continue
        try:
            source = encoding.parse(line)
        except BadInput:
            yield BadEntry(number, "", "JSON")
            continue
        yield _read(number, source)


def entries_of_list(content: bytes) -> Iterator[NumberedEntry | BadEntry]:
    """The entries of a JSON list; one bad entry stands for a file that is none."""
    try:
        entries = encoding.parse(content)
    except BadInput:
        entries = None
    if not isinstance(entries, list):
        yield BadEntry(1, "", "a JSON list, or one JSON object a line")
        return
    for number, source in enumerate(entries, 1):
        yield _read(number, source)


def import_contracts(office: Office, entries: Iterable[NumberedEntry | BadEntry]) -> Imported:
    """Take the entries over, some in each transaction; done again, it changes nothing.

    A number that stands twice is taken twice, in the order of the list.
    """
    counts = dict.fromkeys(Saved, 0)
    refused: list[BadEntry] = []
    remaining = iter(entries)
    while some := list(islice(remaining, AT_ONCE)):
        refused += [each for each in some if isinstance(each, BadEntry)]
        good = [each for each in some if isinstance(each, NumberedEntry)]
        with office.writing() as desk:
            known = _known_partners(desk, good)
            refused += [
                BadEntry(each.line, "hr", _PARTNER_RULE)
                for each in good
                if each.entry.hr not in known
            ]
            # In the order of their numbers: who changes several contracts waits for no waiter.
            for each in sorted(good, key=lambda numbered: numbered.entry.number):
                if each.entry.hr in known:
                    counts[save(desk, each.entry)] += 1
    counted = (counts[Saved.NEW], counts[Saved.CHANGED], counts[Saved.UNCHANGED])
    return Imported(*counted, tuple(sorted(refused, key=lambda bad: bad.line)))


def _known_partners(desk: Desk, entries: Sequence[NumberedEntry]) -> set[HrNumber]:
    asked = {each.entry.hr for each in entries}
    return {hr for hr in asked if find_partner(desk, hr) is not None}


def _read(line: int, source: Json) -> NumberedEntry | BadEntry:
    try:
        fields = mapping(source, "entry")
        settings = mapping(fields.get("settings"), "settings")
        entry = RegisterEntry(
            number=_number(fields),
            hr=_hr(fields),
            product=_named(fields, "product", 80),
            tariff_version=whole(fields, "tariff_version", 1, 10**6),
            policyholder=_named(fields, "policyholder", 200),
            settings=settings,
        )
        _require_plain(settings, "settings", 0)
        _require_same_number(settings, entry.number)
    except BadInput as refusal:
        return BadEntry(line, refusal.values["field"], refusal.values["rule"])
    if len(encoding.canonical(settings)) > MAX_ENTRY_BYTES:
        return BadEntry(line, "settings", f"at most {MAX_ENTRY_BYTES} bytes")
    return NumberedEntry(line, entry)


def _number(fields: Mapping[str, Json]) -> ContractNumber:
    stated = fields.get("number")
    try:
        number = contract_number(stated) if isinstance(stated, str) else None
    except BadInput:
        number = None
    if number is None or number != stated:
        raise _bad("number", _NUMBER_RULE)
    return number


def _hr(fields: Mapping[str, Json]) -> HrNumber:
    try:
        return require_hr(text(fields, "hr", 40))
    except BadInput as refusal:
        raise _bad("hr", _PARTNER_RULE) from refusal


def _named(fields: Mapping[str, Json], name: str, limit: int) -> str:
    stated = text(fields, name, limit)
    if not stated.strip():
        raise _bad(name, "not empty")
    return stated


def _require_same_number(settings: JsonObject, number: ContractNumber) -> None:
    contract = settings.get("contract")
    stated = contract.get("number") if isinstance(contract, dict) else None
    if stated not in (None, number):
        raise _bad("settings.contract.number", "the number of the entry")


def _require_plain(value: Json, path: str, depth: int) -> None:
    """Raise BadInput unless the value is what answers of a form can be."""
    match value:
        case None | bool():
            pass
        case int():
            if abs(value) > 2**53:
                raise _bad(path, "whole numbers up to 2^53")
        case float():
            raise _bad(path, "amounts as texts")
        case str():
            if len(value) > MAX_TEXT or not is_storable(value):
                raise _bad(path, f"text of at most {MAX_TEXT} characters")
        case list():
            _require_rows(value, path, depth)
        case dict():
            if depth >= MAX_DEPTH:
                raise _bad(path, f"at most {MAX_DEPTH} groups inside one another")
            for name, inner in value.items():
                if not _NAME.fullmatch(name):
                    raise _bad(path, "names of fields in small letters, digits and _")
                _require_plain(inner, f"{path}.{name}", depth + 1)


def _require_rows(rows: list[Json], path: str, depth: int) -> None:
    if len(rows) > MAX_ROWS or depth >= MAX_DEPTH:
        raise _bad(path, f"at most {MAX_ROWS} rows, {MAX_DEPTH} deep")
    keys = [row["key"] for row in rows if isinstance(row, dict) and "key" in row]
    if keys and (len(keys) < len(rows) or len({str(key) for key in keys}) < len(keys)):
        raise _bad(path, "a key of its own for each row, or for none")
    if not all(isinstance(key, str) and key for key in keys):
        raise _bad(path, "keys as texts")
    for index, row in enumerate(rows):
        _require_plain(row, f"{path}.{index}", depth + 1)


def _bad(field: str, rule: str) -> BadInput:
    return BadInput("SC-SYNC-010", field=field, value="…", rule=rule)
