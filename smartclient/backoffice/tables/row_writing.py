"""Rows written many at a time, by statements that are put together once and given to the driver.

Going through SQLAlchemy for each row costs more than the row: it makes its parameters one by one.
SQLite gets one statement and the values of each row. PostgreSQL gets all rows of a call in one
statement, each column as an array, and plans it once; row by row it spent three times as long,
because where nothing may be prepared, it plans each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ARRAY,
    Connection,
    Dialect,
    Insert,
    LargeBinary,
    Select,
    Table,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from smartclient.backoffice.tables.array_text import array_text

Row = Mapping[str, object]
Names = tuple[str, ...]
Processor = Callable[[object], object]
_Statement = postgresql.Insert | sqlite.Insert


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as the driver takes it, and how the value of each column is given to it."""

    sql: str
    columns: tuple[tuple[str, Processor | None], ...]
    """In the order of their places."""

    def values(self, rows: Sequence[Row]) -> list[list[object]]:
        """The values of the rows, column by column."""
        return [
            [row[name] for row in rows]
            if processor is None
            else _processed(processor, [row[name] for row in rows])
            for name, processor in self.columns
        ]


def _processed(processor: Processor, values: Sequence[object]) -> list[object]:
    """Each value as the driver takes it; the rows of a call share most of their instants."""
    first = values[0]
    as_given = processor(first)
    return [as_given if value is first else processor(value) for value in values]


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, or replace all other columns of those whose primary key is there.

    Of two rows with one key the later stays. All rows name the same columns.
    """
    if rows and connection.dialect.name == "postgresql":
        keys = [each.name for each in table.primary_key]
        rows = [*{tuple(row[key] for key in keys): row for row in rows}.values()]
    _write(connection, table, rows, _replacing)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose primary key is not there yet. All rows name the same columns."""
    _write(connection, table, rows, _leaving)


def insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, none of which may be there. All rows name the same columns."""
    _write(connection, table, rows, _refusing)


def insert_one(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row; False when a unique key of it is there already."""
    statement = _insert_new(table, connection.dialect.name)
    # Of an INSERT, SQLAlchemy keeps the count only when it is asked to.
    done = connection.execute(statement, row, execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


def insert_from(
    connection: Connection,
    table: Table,
    rows: Select[tuple[object, ...]],
    given: Row | None = None,
) -> None:
    """Insert what the query finds, in the order of the table's columns, where it is not yet.

    `given` are the values of the query's own parameters.
    """
    names = [each.name for each in table.columns]
    insert = _insert(table, connection.dialect.name).from_select(names, rows)
    connection.execute(insert.on_conflict_do_nothing(), dict(given or {}))


Rule = Callable[[_Statement, Table, Names], Insert]
"""Adds to an insert what becomes of a row whose key is there."""


def _write(connection: Connection, table: Table, rows: Sequence[Row], rule: Rule) -> None:
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        arrays = _of_arrays(table, names, rule, connection.dialect)
        given = zip(arrays.columns, map(array_text, arrays.values(rows)), strict=True)
        connection.exec_driver_sql(arrays.sql, {name: values for (name, _), values in given})
        return
    one = _of_one(table, names, rule, connection.dialect)
    connection.exec_driver_sql(one.sql, list(zip(*one.values(rows), strict=True)))


def _replacing(statement: _Statement, table: Table, names: Names) -> Insert:
    keys = [each.name for each in table.primary_key]
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def _leaving(statement: _Statement, _table: Table, _names: Names) -> Insert:
    return statement.on_conflict_do_nothing()


def _refusing(statement: _Statement, _table: Table, _names: Names) -> Insert:
    return statement


def _insert(table: Table, dialect: str) -> _Statement:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _insert_new(table: Table, dialect: str) -> Insert:
    return _insert(table, dialect).on_conflict_do_nothing()


_prepared: dict[tuple[str, Table, Names, Rule], _Prepared] = {}


def _of_one(table: Table, names: Names, rule: Rule, dialect: Dialect) -> _Prepared:
    """The insert of one row, its values in the order of the names."""
    key = (dialect.name, table, names, rule)
    if key not in _prepared:
        statement = rule(sqlite.insert(table), table, names)
        compiled = statement.compile(dialect=dialect, column_keys=names)
        order = compiled.positiontup or ()
        columns = tuple((name, _processor(table, name, dialect)) for name in order)
        _prepared[key] = _Prepared(str(compiled), columns)
    return _prepared[key]


def _of_arrays(table: Table, names: Names, rule: Rule, dialect: Dialect) -> _Prepared:
    """The insert of all rows of a call, each column an array."""
    key = (dialect.name, table, names, rule)
    if key not in _prepared:
        arrays = (bindparam(name, type_=ARRAY(table.c[name].type)) for name in names)
        columns = (column(name, table.c[name].type) for name in names)
        given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
        rows = select(*(given.c[each] for each in names))
        statement = rule(postgresql.insert(table).from_select(names, rows), table, names)
        compiled = statement.compile(dialect=dialect)
        # Bytes are written into the array as they are, without the driver's wrapping.
        plain = {name for name in names if isinstance(table.c[name].type, LargeBinary)}
        of_each = tuple(
            (name, None if name in plain else _processor(table, name, dialect)) for name in names
        )
        _prepared[key] = _Prepared(str(compiled), of_each)
    return _prepared[key]


def _processor(table: Table, name: str, dialect: Dialect) -> Processor | None:
    """What makes of a value what the driver takes; None where it takes it as it is."""
    processor: Processor | None = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return processor
