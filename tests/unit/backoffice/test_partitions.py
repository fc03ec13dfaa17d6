"""Dividing the tables of scopes on a real PostgreSQL: nothing is lost, queries stay what they were."""

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from smartclient.backoffice.tables.engine import READS, Connections, open_database
from smartclient.backoffice.tables.partitions import divide, divided_tables, partition_name
from smartclient.backoffice.tables.schema import metadata
from smartclient.backoffice.tables.upgrade import migrate, upgrade
from tests.simulators.postgres import PostgresServer

UNDIVIDED_STEP = "0004"
"""The last step of which no table was divided."""
SCOPES = 40
ROWS_EACH = 3
_NUMBERS = count()

Rows = list[tuple[object, ...]]


@pytest.fixture
def engine(postgres_server: PostgresServer) -> Engine:
    """An empty database of a real PostgreSQL."""
    return open_database(postgres_server.new_database(f"partitions_{next(_NUMBERS)}"))


@pytest.fixture(scope="module")
def divided(postgres_server: PostgresServer) -> Iterator[Engine]:
    """A database of today whose tables of scopes have four partitions."""
    engine = open_database(postgres_server.new_database("divided"))
    upgrade(engine, partitions=4)
    yield engine
    engine.dispose()


def test_that_a_database_with_rows_is_divided_and_keeps_them_all(engine: Engine) -> None:
    migrate(engine, UNDIVIDED_STEP)
    with engine.begin() as connection:
        tables = {name: _reflected(connection, name) for name in _names(connection)}
        for table in tables.values():
            connection.execute(insert(table), _rows(table))
        before = {name: _content(connection, table) for name, table in tables.items()}
    upgrade(engine, partitions=4)
    with engine.begin() as connection:
        after = {name: _content(connection, table) for name, table in tables.items()}
        kinds = {name: _partitions(connection, name) for name in tables}
        spread = [_size(connection, partition_name("record", number)) for number in range(4)]
    engine.dispose()
    assert {"record", "record_body", "record_op", "record_blob", "blob", "blob_content"} <= {
        *tables
    }
    assert after == before
    assert kinds == dict.fromkeys(tables, 4)
    assert sum(spread) == SCOPES * ROWS_EACH
    assert all(spread)


def test_that_an_upgraded_database_is_not_divided_again(divided: Engine) -> None:
    with divided.begin() as connection:
        assert divide(connection, metadata, 8) == []
        assert _partitions(connection, "record") == 4


def test_that_a_table_of_a_later_step_is_divided_by_the_next_upgrade(divided: Engine) -> None:
    later = MetaData()
    Table(
        "added",
        later,
        Column("scope", String(80), primary_key=True),
        Column("id", Integer, primary_key=True),
    )
    Table("of_the_office", later, Column("id", Integer, primary_key=True))
    with divided.begin() as connection:
        later.create_all(connection)
        assert divide(connection, later, 2) == ["added"]


def test_that_a_query_of_one_scope_looks_into_one_partition(divided: Engine) -> None:
    query = "SELECT * FROM record WHERE scope = 'person:1' AND seq > 5 ORDER BY seq LIMIT 1000"
    with divided.begin() as connection:
        plan = "\n".join(connection.execute(text(f"EXPLAIN {query}")).scalars())
    assert sum(partition_name("record", number) in plan for number in range(4)) == 1


def test_that_keys_stay_unique_in_divided_tables(divided: Engine) -> None:
    with divided.connect() as connection:
        table = _reflected(connection, "record")
    row = _rows(table)[0]
    with pytest.raises(IntegrityError), divided.begin() as connection:
        connection.execute(insert(table), [row, {**row, "id": "another, with the same seq"}])


def test_that_every_unique_key_of_a_divided_table_holds_the_scope() -> None:
    """PostgreSQL can promise uniqueness only inside a partition."""
    for table in divided_tables(metadata):
        for index in table.indexes:
            assert not index.unique or "scope" in index.columns, index.name
        assert not table.foreign_keys, table.name


def test_that_every_transaction_says_how_long_it_waits(divided: Engine) -> None:
    address = divided.url.render_as_string(hide_password=False)
    hurried = open_database(address, Connections(lock=1, statement=2, idle=5))
    with hurried.begin() as connection:
        limits = [
            connection.execute(text(f"SHOW {name}_timeout")).scalar_one()
            for name in ("lock", "statement", "idle_in_transaction_session")
        ]
    hurried.dispose()
    assert limits == ["1s", "2s", "5s"]


def test_that_who_reads_sees_one_state_and_writes_nothing(divided: Engine) -> None:
    reading = divided.execution_options(**{READS: True})
    with reading.begin() as connection:
        found = [
            connection.execute(text(f"SHOW transaction_{name}")).scalar_one()
            for name in ("isolation", "read_only")
        ]
    assert found == ["repeatable read", "on"]


def _names(connection: Connection) -> list[str]:
    there = set(inspect(connection).get_table_names())
    return [table.name for table in divided_tables(metadata) if table.name in there]


def _reflected(connection: Connection, name: str) -> Table:
    """The table as the step made it, which may be narrower than today's."""
    return Table(name, MetaData(), autoload_with=connection)


def _rows(table: Table) -> list[dict[str, object]]:
    one_each = len(table.primary_key) == 1
    return [
        {column.name: _value(column, scope, row) for column in table.columns}
        for scope in range(SCOPES)
        for row in range(1 if one_each else ROWS_EACH)
    ]


def _value(column: Column[object], scope: int, row: int) -> object:
    if column.name == "scope":
        return f"person:{scope:04}"
    if column.nullable and row == 0:
        return None
    match column.type:
        case Boolean():
            return row == 1
        case BigInteger() | Integer():
            return scope * ROWS_EACH + row
        case Float():
            return row / 2
        case LargeBinary():
            return bytes([scope, 0, row, 255])
        case _:
            return f"{scope}-{row}-{column.name}"[: getattr(column.type, "length", None) or 40]


def _content(connection: Connection, table: Table) -> Rows:
    rows = connection.execute(select(table).order_by(*table.primary_key))
    return [tuple(row) for row in rows]


def _partitions(connection: Connection, table: str) -> int:
    query = text("SELECT count(*) FROM pg_inherits WHERE inhparent = cast(:table AS regclass)")
    found: int = connection.execute(query, {"table": table}).scalar_one()
    return found


def _size(connection: Connection, table: str) -> int:
    found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found
