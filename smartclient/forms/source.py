"""Reading the JSON files of a package: every fault is noted with its place, and reading goes on."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NoReturn, TypeVar

from smartclient.domain.errors import BadInput
from smartclient.forms.faults import fault
from smartclient.wire.messages import Json

E = TypeVar("E", bound=StrEnum)

MAX_FILE = 4_000_000
MAX_FILES = 1_000
MAX_PACKAGE = 16_000_000
"""Bytes of all files together, as they lie unpacked."""
MAX_TEXT = 10_000
MAX_FAULTS = 1_000
_MAX_MAGNITUDE = 28
"""Powers of ten between which a number of a package lies, so that it can be written out."""


class Faults:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self.found: list[BadInput] = []

    @classmethod
    def one(cls, code: str, file: str, field: str, rule: str) -> list[BadInput]:
        """A single fault."""
        faults = cls()
        faults.note(code, file, field, rule)
        return faults.found

    def note(self, code: str, file: str, field: str, rule: str, **values: object) -> None:
        """Remember one fault; what is wrong in a thousand places needs no more of them."""
        if len(self.found) < MAX_FAULTS:
            self.found.append(fault(code, file, field, rule, **values))


class _Doubled(ValueError):
    """A JSON object says the same thing twice."""


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """An object whose names stand once each: the second would silently win over the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise _Doubled(next(name for name in names if names.count(name) > 1))
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


class Source:
    """One JSON object of a file, with its place. A field with a fault reads as its fallback."""

    def __init__(self, file: str, place: str, fields: Mapping[str, Json], faults: Faults) -> None:
        self.file = file
        self.place = place
        self.faults = faults
        self._fields = fields
        self._read: set[str] = set()

    @classmethod
    def of_file(cls, files: Mapping[str, bytes], file: str, faults: Faults) -> "Source":
        """The object of a JSON file; an empty one when it is missing or cannot be read."""
        content = files.get(file)
        fields: Mapping[str, Json] = {}
        if content is None:
            faults.note("SC-FORM-002", file, "", "present")
        elif len(content) > MAX_FILE:
            faults.note("SC-FORM-003", file, "", "JSON", problem=f"> {MAX_FILE}")
        else:
            try:
                value = json.loads(
                    content, parse_float=str, parse_constant=_no_number, object_pairs_hook=_once
                )
            except _Doubled as broken:
                name = str(broken)[:80]
                faults.note("SC-FORM-006", file, name, "unique", doubled=name)
            except (ValueError, RecursionError) as broken:
                faults.note("SC-FORM-003", file, "", "JSON", problem=type(broken).__name__)
            else:
                if isinstance(value, dict):
                    fields = value
                else:
                    faults.note("SC-FORM-004", file, "", "object")
        return cls(file, "", fields, faults)

    def with_fields(self, others: Mapping[str, Json]) -> "Source":
        """The same object where `others` stand for, or beside, its own fields."""
        return Source(self.file, self.place, {**self._fields, **others}, self.faults)

    def named(self, name: str) -> str:
        """The place of a field of this object."""
        return f"{self.place}.{name}" if self.place else name

    def wrong(self, name: str, rule: str) -> None:
        """Note that a field breaks a rule."""
        self.faults.note("SC-FORM-004", self.file, self.named(name), rule)

    def refused(self, code: str, name: str, rule: str, **values: object) -> None:
        """Note a fault of a field under its own code."""
        self.faults.note(code, self.file, self.named(name), rule, **values)

    def has(self, name: str) -> bool:
        """Whether the field is there at all."""
        return self._fields.get(name) is not None

    def raw(self, name: str) -> Json:
        """The field as it stands; null is the same as nothing."""
        value = self._fields.get(name)
        if value is not None:
            self._read.add(name)
        return value

    def text(self, name: str, fallback: str | None = None) -> str:
        """A text; without `fallback` it must be there and not be empty."""
        value = self._fields.get(name)
        if value is None and fallback is not None:
            return fallback
        self._read.add(name)
        if not isinstance(value, str) or (not value and fallback is None):
            self.wrong(name, "text")
            return fallback or ""
        if len(value) > MAX_TEXT:
            self.wrong(name, f"text of at most {MAX_TEXT} characters")
            return fallback or ""
        return value

    def matching(self, name: str, pattern: re.Pattern[str], rule: str) -> str:
        """A text that fits a pattern as a whole; `rule` says it in words."""
        value = self.text(name)
        if value and not pattern.fullmatch(value):
            self.wrong(name, rule)
        return value

    def whole(self, name: str, low: int, high: int, fallback: int | None = None) -> int:
        """A whole number within its bounds."""
        value = self.raw(name)
        if value is None and fallback is not None:
            return fallback
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(name, f"whole number from {low} to {high}")
            return fallback if fallback is not None else low
        return value

    def flag(self, name: str, *, fallback: bool = False) -> bool:
        """True or false."""
        value = self._fields.get(name)
        if value is None:
            return fallback
        self._read.add(name)
        if not isinstance(value, bool):
            self.wrong(name, "true or false")
        return value if isinstance(value, bool) else fallback

    def decimal(self, name: str) -> Decimal | None:
        """A decimal number written as text or whole number, if there."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, str | int) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number.adjusted()) < _MAX_MAGNITUDE:
                return number
        self.wrong(name, "decimal number")
        return None

    def day(self, name: str) -> date | None:
        """A day such as 2026-11-01, if there."""
        value = self.raw(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self.wrong(name, "date such as 2026-11-01")
            return None

    def one_of(self, name: str, kinds: type[E], fallback: E) -> E:
        """A member of an enumeration."""
        value = self._fields.get(name)
        if value is None:
            return fallback
        self._read.add(name)
        try:
            return kinds(str(value))
        except ValueError:
            self.wrong(name, "one of " + ", ".join(kinds))
            return fallback

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when it is not there."""
        value = self.raw(name)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        self.wrong(name, "list of texts")
        return ()

    def child(self, name: str) -> "Source":
        """An object inside this one; an empty one when it is not there."""
        value = self.raw(name)
        if value is not None and not isinstance(value, dict):
            self.wrong(name, "object")
        fields = value if isinstance(value, dict) else {}
        return Source(self.file, self.named(name), fields, self.faults)

    def children(self, name: str, titled: Callable[[Mapping[str, Json]], Json]) -> list["Source"]:
        """The objects of a list; `titled` gives what names one in its place."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(name, "list")
            return []
        found = []
        for index, each in enumerate(value):
            if isinstance(each, dict):
                place = f"{self.named(name)}[{titled(each) or index}]"
                found.append(Source(self.file, place, each, self.faults))
            else:
                self.wrong(f"{name}[{index}]", "object")
        return found

    def items(self) -> Iterator[tuple[str, Json]]:
        """Every field as it stands."""
        return iter(self._fields.items())

    def names(self) -> Iterator[str]:
        """The names of all fields."""
        return iter(self._fields)

    def end(self) -> None:
        """Note every field that nobody asked for: a misspelt one must not pass in silence."""
        if not self._fields.keys() <= self._read:
            for name, value in self._fields.items():
                if value is not None and name not in self._read:
                    self.refused("SC-FORM-005", name, "known")
