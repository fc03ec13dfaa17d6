"""What the soak calls a word: one edit, wherever it stands, and what is written once, by its op.

A document keeps the word of every edit behind those it stands on. A client keeps one word in each
field that was edited. `package OP` and `event OP` stand for what is written once.
"""

import re
from collections.abc import Iterator

from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject
from tests.simulators.words import words_of

ONCE = (
    RecordKind.CONSENT_EVENT,
    RecordKind.ATTACHMENT,
    RecordKind.CLIENT_MERGE,
    RecordKind.CLIENT_HIDE,
    RecordKind.ERASE_REQUEST,
)
_WORD = re.compile(r"[A-Z]\.\d+\.\d+")


def words_in(kind: RecordKind, op: str, body: JsonObject) -> frozenset[str]:
    """The words of one record."""
    if kind is RecordKind.DOCUMENT:
        return words_of(body)
    if kind is RecordKind.CLIENT:
        return frozenset(_of_fields(body))
    if kind is RecordKind.SIGNED_PACKAGE:
        return frozenset({f"package {op}"})
    return frozenset({event(op)} if kind in ONCE else ())


def event(op: str) -> str:
    """The word of what is written once to a client."""
    return f"event {op}"


def is_word(value: object) -> bool:
    """Whether a value is what somebody typed into a field here."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _of_fields(body: JsonObject) -> Iterator[str]:
    return (str(value) for value in body.values() if is_word(value))
