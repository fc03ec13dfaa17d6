"""The full-text tables: which words a line is found by, and what a typed text asks for.

Words are folded before they are indexed, because SQLite's tokenizer knows no ł, ø or đ. A number is
indexed twice, forwards and, behind a mark, backwards: so its last digits are a beginning, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVarTuple

from sqlalchemy import Column, Select, literal_column
from sqlalchemy import text as sql

from smartclient.store.folding import digits, fold, words
from smartclient.store.unit_of_work import UnitOfWork

Shown = TypeVarTuple("Shown")
BACKWARDS = "x"
Lines = Mapping[int, str]
"""The words of lines by their `row`."""
_SHORTEST_ENDING = 2
_MANY: Final = 500
"""Matches beyond which walking the index of an order is cheaper than fetching every match."""
_SURELY_MANY: Final = 2
"""Letters that match so many lines that counting them first would be wasted."""


def document_words(number: str, client_name: str) -> str:
    """The words by which a document is found."""
    return " ".join([*words(client_name), *_number_words([number])])


def client_words(names: Sequence[str], numbers: Sequence[str]) -> str:
    """The words by which a client is found: names, places and addresses, and numbers."""
    plain = [word for name in names for word in words(name)]
    return " ".join([*plain, *_number_words(numbers)])


def _number_words(numbers: Iterable[str]) -> list[str]:
    found: list[str] = []
    for number in numbers:
        figures = digits(number)
        if figures:
            found += [figures, BACKWARDS + figures[::-1]]
    return found


def matching(typed: str) -> str:
    """The FTS5 expression of a typed text: each word a beginning, each number also an ending.

    Empty when nothing was typed that could be found. Digits in groups (603 123 456) are one number.
    """
    terms: list[str] = []
    for word in _joined(words(typed)):
        if word.isascii() and word.isdigit() and len(word) >= _SHORTEST_ENDING:
            terms.append(f'("{word}"* OR "{BACKWARDS}{word[::-1]}"*)')
        else:
            terms.append(f'"{word}"*')
    return " AND ".join(terms)


def _joined(typed: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for word in typed:
        figures = word.isascii() and word.isdigit()
        if figures and joined and joined[-1].isascii() and joined[-1].isdigit():
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def narrowed(
    unit: UnitOfWork, asked: Select[*Shown], place: Column[int], typed: str
) -> Select[*Shown] | None:
    """The query narrowed to the lines that `typed` finds; None when it can find nothing.

    A text that matches few lines is answered from these; one that matches many is left to the index
    of the wanted order, which stops when the page is full.
    """
    if not typed.strip():
        return asked
    expression = matching(typed)
    if not expression:
        return None
    table = f"{place.table.name}_words"
    matches = f"SELECT rowid FROM {table} WHERE {table} MATCH :words"  # noqa: S608 - a table of ours
    if len(fold(typed).strip()) > _SURELY_MANY:
        few = unit.connection.execute(sql(f"{matches} LIMIT {_MANY}"), {"words": expression})
        found = few.scalars().all()
        if len(found) < _MANY:
            return asked.where(place.in_(found)) if found else None
    every = sql(matches).bindparams(words=expression).columns(literal_column("rowid"))
    # The addition keeps SQLite from fetching every match by its row instead.
    return asked.where((place + 0).in_(every))


def index_words(unit: UnitOfWork, table: str, new: Lines, changed: Lines) -> None:
    """Index the words of lines that are new, and those that now have other words.

    The two are told apart because taking words out writes a segment of the index each time.
    """
    for lines, verb in ((new, "INSERT"), (changed, "INSERT OR REPLACE")):
        if lines:
            text = f"{verb} INTO {table}(rowid, words) VALUES (?, ?)"
            unit.connection.exec_driver_sql(text, list(lines.items()))
