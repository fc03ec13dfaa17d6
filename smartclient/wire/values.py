"""JSON as the house passes it on, and its parts as they are read: each refused unless it fits.

What does not fit raises BadInput SC-SYNC-010 naming field, value and rule. The messages of the
protocol stand on these; who only keeps or reads a small JSON value needs no message.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TypeVar

from smartclient.domain.clock import from_text
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Sha256

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]

T = TypeVar("T")
MAX_WHOLE = 2**53
"""The largest whole number that every reader of JSON keeps."""

_SHOWN = 60
_SHA256 = re.compile("[0-9a-f]{64}")
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def bad_field(field: str, value: Json, rule: str) -> BadInput:
    """The refusal of a field that does not fit, in words that any reply can carry.

    Where a message names its fields itself, as the scopes of a cursor, a name may be anything.
    """
    named = field if len(field) <= _SHOWN and is_storable(field) else ascii(field)[:_SHOWN]
    is_simple = not isinstance(value, list | dict)
    shown = repr(value)[:_SHOWN] if is_simple else type(value).__name__
    return BadInput("SC-SYNC-010", field=named, value=shown, rule=rule)


def text(source: Mapping[str, Json], name: str, limit: int = 200) -> str:
    """A text field of a message, refused when absent, longer than `limit` or not storable.

    A NUL or half of a surrogate pair is JSON, but neither UTF-8 nor a value of PostgreSQL.
    """
    value = source.get(name)
    if not isinstance(value, str) or len(value) > limit or not is_storable(value):
        raise bad_field(name, value, f"text of at most {limit} characters")
    return value


def is_storable(value: str) -> bool:
    """Whether the text is Unicode without NUL, as databases and UTF-8 want it."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return "\x00" not in value


def whole(source: Mapping[str, Json], name: str, low: int = 0, high: int = MAX_WHOLE) -> int:
    """A whole number of a message within its bounds."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise bad_field(name, value, f"whole number from {low} to {high}")
    return value


def truth(source: Mapping[str, Json], name: str) -> bool:
    """A true or false of a message."""
    value = source.get(name)
    if not isinstance(value, bool):
        raise bad_field(name, value, "true or false")
    return value


def listed(
    source: Mapping[str, Json], name: str, each: Callable[[Json], T], limit: int
) -> tuple[T, ...]:
    """A list of a message with at most `limit` entries."""
    value = source.get(name)
    if not isinstance(value, list) or len(value) > limit:
        raise bad_field(name, type(value).__name__, f"list of at most {limit}")
    return tuple(each(entry) for entry in value)


def mapping(source: Json, name: str = "message") -> JsonObject:
    """An object of a message."""
    if not isinstance(source, dict):
        raise bad_field(name, type(source).__name__, "object")
    return source


def sha256_text(value: Json) -> Sha256:
    """A SHA-256 as 64 lower-case hexadecimal characters."""
    if not isinstance(value, str) or _SHA256.fullmatch(value) is None:
        raise bad_field("sha256", value, "64 hexadecimal characters")
    return Sha256(value)


def uuid_text(source: Mapping[str, Json], name: str) -> str:
    """A UUID in lower case with hyphens."""
    value = source.get(name)
    if isinstance(value, str) and _UUID.fullmatch(value) is not None:
        return value
    raise bad_field(name, text(source, name, 36), "UUID in lower case")


def chosen(source: Mapping[str, Json], name: str, of: type[StrEnum]) -> str:
    """A value of an enumeration, given as text."""
    value = source.get(name)
    if not isinstance(value, str) or value not in _values(of):
        raise bad_field(name, value, "one of " + ", ".join(of))
    return value


@cache
def _values(of: type[StrEnum]) -> frozenset[str]:
    return frozenset(str(member) for member in of)


def instant(source: Mapping[str, Json], name: str) -> datetime:
    """An aware instant of a message."""
    said = text(source, name, 40)
    try:
        return from_text(said)
    except (ValueError, OverflowError) as broken:
        raise bad_field(name, said, "instant with its zone") from broken
