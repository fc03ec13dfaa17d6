"""On PostgreSQL, tables whose key begins with the scope are hash partitions by scope.

Which tables these are is read from the metadata, so a new one is divided by the next upgrade. A
query names the table as before: one that names a scope looks into one partition.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, MetaData, Table, text

PARTITIONS: Final = 16
MOST_PARTITIONS: Final = 256
_COLUMN = "scope"
_WHOLE = "_undivided"


def partition_name(table: str, number: int) -> str:
    """What a partition is called."""
    return f"{table}_p{number:03}"


def divided_tables(metadata: MetaData) -> list[Table]:
    """The tables that are divided: the first column of their key is the scope."""
    tables = metadata.sorted_tables
    return [table for table in tables if next(iter(table.primary_key)).name == _COLUMN]


def divide(connection: Connection, metadata: MetaData, count: int = PARTITIONS) -> list[str]:
    """Divide what is there and not yet divided; the names of the tables that were.

    The rows are copied inside the caller's transaction, under a lock that keeps everybody else
    out: a table is divided whole or not at all. Nothing happens on SQLite: it has no partitions.
    """
    if connection.dialect.name != "postgresql":
        return []
    whole = [table.name for table in divided_tables(metadata) if _is_whole(connection, table.name)]
    for name in whole:
        _divide_one(connection, name, count)
    return whole


def _is_whole(connection: Connection, table: str) -> bool:
    kind = text(
        "SELECT relkind FROM pg_class "
        "WHERE relname = :table AND relnamespace = current_schema()::regnamespace"
    )
    return connection.execute(kind, {"table": table}).scalar_one_or_none() == "r"


@dataclass(frozen=True, slots=True)
class _Index:
    """An index or key of a table, with the statement that makes it again."""

    name: str
    constraint: str
    statement: str


def _divide_one(connection: Connection, table: str, count: int) -> None:
    indexes = _indexes(connection, table)
    whole = table + _WHOLE
    _run(connection, f'ALTER TABLE "{table}" RENAME TO "{whole}"')
    for index in indexes:
        _run(connection, f'ALTER INDEX "{index.name}" RENAME TO "{index.name}{_WHOLE}"')
    _run(
        connection,
        f'CREATE TABLE "{table}" (LIKE "{whole}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS '
        f"INCLUDING STORAGE INCLUDING COMPRESSION) PARTITION BY HASH ({_COLUMN})",
    )
    for number in range(count):
        _run(
            connection,
            f'CREATE TABLE "{partition_name(table, number)}" PARTITION OF "{table}" '
            f"FOR VALUES WITH (MODULUS {count}, REMAINDER {number})",
        )
    # The keys come after the rows: so each is built once instead of row by row.
    copy = f'INSERT INTO "{table}" SELECT * FROM "{whole}"'  # noqa: S608 - names of our own
    _run(connection, copy)
    for index in indexes:
        _run(connection, index.statement)
    _run(connection, f'DROP TABLE "{whole}"')
    _run(connection, f'ANALYZE "{table}"')


def _indexes(connection: Connection, table: str) -> list[_Index]:
    """Keys first. An index keeps its name: the metadata and later migrations know it by that."""
    found = connection.execute(
        text(
            "SELECT i.relname AS name, pg_get_indexdef(x.indexrelid) AS definition, "
            "c.conname AS constraint, pg_get_constraintdef(c.oid) AS key "
            "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
            "LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.conrelid = x.indrelid "
            "WHERE x.indrelid = cast(:table AS regclass) ORDER BY x.indisprimary DESC, i.relname"
        ),
        {"table": f'"{table}"'},
    )
    return [
        _Index(
            row.name,
            row.constraint or "",
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{row.constraint}" {row.key}'
            if row.constraint
            else row.definition,
        )
        for row in found
    ]


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
