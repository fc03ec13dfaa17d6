"""Reading a JSON object part by part, each fault named by file, field and rule."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.premium.arithmetic import ONE, ZERO

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,28})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHOICE = TypeVar("_CHOICE", bound=StrEnum)


_NAME = re.compile(r"\w[\w-]{0,39}")
_LARGEST_FILE = 1_000_000
_LONGEST_TEXT = 200
_MOST_ENTRIES = 500
"""Of one object or list; what is larger is no tariff but a mistake or an attack."""

OF_TARIFF = "SC-PREM-001"
OF_REQUEST = "SC-PREM-002"


def fault(file: str, where: str, rule: str) -> BadInput:
    """A fault of a tariff; `rule` is a whole sentence in the language that is spoken."""
    return BadInput(OF_TARIFF, file=file, field=where, rule=rule)


def decimal_of(source: object, low: Decimal, high: Decimal) -> Decimal | None:
    """The number of a text such as "0.0125", or a whole one, within its bounds; otherwise None."""
    if isinstance(source, bool) or not isinstance(source, str | int):
        return None
    text = str(source)
    if _DECIMAL.fullmatch(text) is None:
        return None
    number = Decimal(text)
    return number if low <= number <= high else None


def shown(path: str) -> str:
    """A path from a file, fit for a message: printable and not endless."""
    return "".join(each if each.isprintable() else "?" for each in path[:_LONGEST_TEXT])


def source_of(files: Mapping[str, bytes], name: str) -> str:
    """The text of a file of the tariff."""
    if name not in files:
        raise fault(name, "-", _("The file must be in the folder of the tariff."))
    if len(files[name]) > _LARGEST_FILE:
        raise fault(name, "-", _("The file is too large."))
    try:
        return files[name].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fault(name, "-", _("The file must be written in UTF-8.")) from None


def read_root(files: Mapping[str, bytes], name: str) -> "Part":
    """The object that a JSON file holds."""
    try:
        fields: object = json.loads(source_of(files, name), object_pairs_hook=_once)
    except _Twice as found:
        raise fault(name, str(found), _("The field stands there twice.")) from None
    except (ValueError, RecursionError):
        raise fault(name, "-", _("The file must be JSON.")) from None
    return Part(name, "", fields)


class _Twice(Exception):
    """A field of an object is given twice; which one counts would depend on the reader."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(shown(Counter(name for name, _value in pairs).most_common(1)[0][0]))
    return found


def _require_not_too_many(code: str, file: str, path: str, count: int) -> None:
    if count > _MOST_ENTRIES:
        rule = _("It must have at most {most} entries.").format(most=_MOST_ENTRIES)
        raise BadInput(code, file=file, field=path or "-", rule=rule)


class Part:
    """One object of the JSON; reading a field marks it as known."""

    def __init__(
        self, file: str, path: str, fields: object, code: str = OF_TARIFF, name: str = ""
    ) -> None:
        if not isinstance(fields, dict):
            rule = _("It must be an object with named fields.")
            raise BadInput(code, file=file, field=path or "-", rule=rule)
        _require_not_too_many(code, file, path, len(fields))
        self.file = file
        self.path = path
        self.name = name
        """The name under which this part stands."""
        self.code = code
        self._fields: dict[str, object] = fields
        self._known: set[str] = set()
        self._children: list[Part] = []

    def where(self, name: str) -> str:
        """The path of a field of this part."""
        return shown(f"{self.path}.{name}" if self.path else name)

    def fault(self, name: str, rule: str) -> BadInput:
        """A fault of a field of this part."""
        return BadInput(self.code, file=self.file, field=self.where(name), rule=rule)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        self._known.add(name)
        return self._fields.get(name) is not None

    def holds_object(self, name: str) -> bool:
        """Whether the field holds an object, where a name may stand as well."""
        return isinstance(self._fields.get(name), dict)

    def text(self, name: str) -> str:
        """A text that is not empty, in one line."""
        value = self._value(name)
        if not isinstance(value, str) or not value:
            raise self.fault(name, _("It must be a text that is not empty."))
        if len(value) > _LONGEST_TEXT or not value.isprintable():
            rule = _("It must be one line of at most {most} characters.")
            raise self.fault(name, rule.format(most=_LONGEST_TEXT))
        return value

    def matching(self, name: str, pattern: re.Pattern[str], rule: str) -> str:
        """A text of a pattern; `rule` says it in words."""
        value = self.text(name)
        if pattern.fullmatch(value) is None:
            raise self.fault(name, rule)
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from low to high."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            rule = _("It must be a whole number from {low} to {high}.")
            raise self.fault(name, rule.format(low=low, high=high))
        return value

    def one_of(self, name: str, numbers: Sequence[int]) -> int:
        """One of the listed whole numbers."""
        value = self.whole(name, min(numbers), max(numbers))
        if value not in numbers:
            rule = _("It must be one of: {choices}.")
            raise self.fault(name, rule.format(choices=", ".join(map(str, numbers))))
        return value

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise self.fault(name, _("It must be true or false."))
        return value

    def decimal(self, name: str, low: Decimal, high: Decimal) -> Decimal:
        """A decimal number, written as a text."""
        number = decimal_of(self._value(name), low, high)
        if number is None:
            rule = _('It must be a number from {low} to {high}, written as a text like "0.05".')
            raise self.fault(name, rule.format(low=low, high=high))
        return number

    def fraction(self, name: str) -> Decimal:
        """A decimal number from 0 to 1."""
        return self.decimal(name, ZERO, ONE)

    def day(self, name: str) -> date:
        """A date written 2026-11-01."""
        text = self.text(name)
        try:
            if _DAY.fullmatch(text) is None:
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError:
            raise self.fault(name, _("It must be a date written like 2026-11-01.")) from None

    def choice(self, name: str, choices: type[_CHOICE]) -> _CHOICE:
        """One of the listed words."""
        try:
            return choices(self.text(name))
        except ValueError:
            rule = _("It must be one of: {choices}.")
            listed = ", ".join(choice.value for choice in choices)
            raise self.fault(name, rule.format(choices=listed)) from None

    def named(self, name: str, known: Mapping[str, object]) -> str:
        """A text that names something defined elsewhere in the tariff."""
        value = self.text(name)
        if value not in known:
            rule = _("It must be one of: {choices}.")
            raise self.fault(name, rule.format(choices=", ".join(known)))
        return value

    def part(self, name: str) -> "Part":
        """The object under a field."""
        return self._child(name, self._value(name))

    def parts(self, name: str) -> tuple["Part", ...]:
        """The objects of an object, in the order of the file; at least one."""
        parent = self.part(name)
        if not parent._fields:
            raise self.fault(name, _("It must not be empty."))
        for key in parent._fields:
            if _NAME.fullmatch(key) is None:
                rule = _("A name is letters, digits, - and _, at most 40 characters.")
                raise parent.fault(key, rule)
        return tuple(parent.part(key) for key in parent._fields)

    def listed(self, name: str) -> tuple["Part", ...]:
        """The objects of a list."""
        entries = self._list(name)
        return tuple(self._child(f"{name}.{at}", entry) for at, entry in enumerate(entries))

    def wholes(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """The whole numbers of a list, each from low to high."""
        entries = self._list(name)
        for entry in entries:
            if isinstance(entry, bool) or not isinstance(entry, int) or not low <= entry <= high:
                rule = _("It must be a list of whole numbers from {low} to {high}.")
                raise self.fault(name, rule.format(low=low, high=high))
        return tuple(entry for entry in entries if isinstance(entry, int))

    def decimals(self, name: str, low: Decimal, high: Decimal) -> dict[str, Decimal]:
        """The decimal numbers of an object."""
        parent = self.part(name)
        return {key: parent.decimal(key, low, high) for key in parent._fields}

    def require_nothing_else(self) -> None:
        """Raise for the first field, here or below, that nobody asked for."""
        for name in self._fields:
            if name not in self._known:
                raise self.fault(name, _("This field is not known."))
        for child in self._children:
            child.require_nothing_else()

    def _child(self, name: str, fields: object) -> "Part":
        child = Part(self.file, self.where(name), fields, self.code, name)
        self._children.append(child)
        return child

    def values(self, name: str) -> tuple[object, ...]:
        """The entries of a list as they stand."""
        return tuple(self._list(name))

    def _list(self, name: str) -> list[object]:
        entries = self._value(name)
        if not isinstance(entries, list):
            raise self.fault(name, _("It must be a list."))
        _require_not_too_many(self.code, self.file, self.where(name), len(entries))
        return entries

    def _value(self, name: str) -> object:
        self._known.add(name)
        if name not in self._fields:
            raise self.fault(name, _("The field is missing."))
        return self._fields[name]
