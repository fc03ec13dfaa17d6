"""A statement that is run for many lines, and a condition for many ids, at the cost of few.

SQLAlchemy looks at every parameter of every line, which takes longer than SQLite takes to write
them. Here it makes the text of the statement, once; the driver gets the lines as they are. So only
columns that the driver itself can store are written this way: text, whole numbers, bytes, nothing.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import itemgetter
from typing import cast

from sqlalchemy import ClauseElement, ColumnElement, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from smartclient.store.unit_of_work import UnitOfWork

Stored = str | int | bytes | None
Line = Mapping[str, Stored]
_SQLITE = sqlite.dialect(paramstyle="qmark")
IDS = "ids"
"""The parameter of `among`."""


class Many:
    """An insert, update or delete that is run for many lines at once."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._made: tuple[str, Callable[[Line], tuple[Stored, ...]]] | None = None

    def run(self, unit: UnitOfWork, lines: Collection[Line]) -> int:
        """Run it for each line, which has a value under the name of each parameter.

        Tells how many rows that wrote or deleted.
        """
        if not lines:
            return 0
        text, values = self._made or self._make()
        return unit.connection.exec_driver_sql(text, [values(line) for line in lines]).rowcount

    def _make(self) -> tuple[str, Callable[[Line], tuple[Stored, ...]]]:
        compiled = cast("SQLCompiler", self._statement.compile(dialect=_SQLITE))
        names = compiled.positiontup or []
        if len(names) < 2:
            raise ValueError("a line has two parameters at least")
        self._made = str(compiled), itemgetter(*names)
        return self._made


def among(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the column is one of the ids of `given`: one parameter, however many there are."""
    each = func.json_each(bindparam(IDS)).table_valued("value")
    return column.in_(select(each.c.value))


def given(ids: Iterable[str]) -> dict[str, str]:
    """The parameter of `among`."""
    return {IDS: json.dumps(list(ids))}
