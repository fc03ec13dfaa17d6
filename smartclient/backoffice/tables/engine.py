"""How a database is opened, and how a transaction begins on each kind of it."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, Engine, Insert, Select, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

WRITES = "smartclient_writes"
"""Execution option of a connection that is going to write."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # A push of thousands of bodies took half the time once checkpoints came this seldom.
    "PRAGMA wal_autocheckpoint = 10000",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA foreign_keys = ON",
)


def open_database(url: str) -> Engine:
    """The engine for a database address; `sqlite://` is a database in memory, for tests."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    alone = {"poolclass": StaticPool} if url == "sqlite://" else {}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **alone)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # None hands the transactions over to us: sqlite3 would begin them late and never IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader cannot wait for another writer: it fails at once.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


Row = Mapping[str, object]


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, or replace all other columns of those whose primary key is there.

    Rows are written one after another, so of two with one key the later stays.
    """
    if rows:
        connection.execute(_upsert(table, connection.dialect.name, tuple(rows[0])), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose primary key is not there yet."""
    if rows:
        connection.execute(_insert_new(table, connection.dialect.name), rows)


def insert_one(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row; False when a unique key of it is there already."""
    statement = _insert_new(table, connection.dialect.name)
    # Of an INSERT, SQLAlchemy keeps the count only when it is asked to.
    done = connection.execute(statement, row, execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


def insert_from(connection: Connection, table: Table, rows: Select[tuple[object, ...]]) -> None:
    """Insert what the query finds, in the order of the table's columns, where it is not yet."""
    names = [column.name for column in table.columns]
    insert = _insert(table, connection.dialect.name).from_select(names, rows)
    connection.execute(insert.on_conflict_do_nothing())


def _insert(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


# Putting a statement together costs more than running it, so each is made once.


@cache
def _insert_new(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    return _insert(table, dialect).on_conflict_do_nothing()


@cache
def _upsert(table: Table, dialect: str, names: tuple[str, ...]) -> Insert:
    statement = _insert(table, dialect)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)
