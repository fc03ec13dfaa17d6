"""Rows written many at once: the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from functools import cache

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.array_text import array_text
from smartclient.backoffice.tables.engine import insert_new, insert_one, open_database, upsert
from smartclient.backoffice.tables.membership import beside, one_of
from smartclient.backoffice.tables.schema import metadata
from tests.simulators.postgres import PostgresServer

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def _op(op: str, version: int, sha256: str | None = None) -> dict[str, object]:
    return {
        "scope": "person:1",
        "record": "a",
        "op": op,
        "version": version,
        "sha256": sha256,
        "received_at": NOW,
    }


def _ops(connection: Connection) -> list[tuple[str, int, str | None, datetime]]:
    table = schema.record_op
    query = select(table.c.op, table.c.version, table.c.sha256, table.c.received_at)
    return [tuple(row) for row in connection.execute(query.order_by(table.c.op))]


def test_that_rows_are_replaced_by_their_key_and_the_later_of_two_stays(database: str) -> None:
    engine = open_database(database)
    metadata.create_all(engine)
    with engine.begin() as connection:
        upsert(connection, schema.record_op, [_op("x", 1), _op("y", 1, "d" * 64)])
        upsert(connection, schema.record_op, [_op("x", 2), _op("z", 1), _op("x", 3)])
        assert _ops(connection) == [
            ("x", 3, None, NOW),
            ("y", 1, "d" * 64, NOW),
            ("z", 1, None, NOW),
        ]
    engine.dispose()


def test_that_only_rows_that_are_not_there_are_inserted(database: str) -> None:
    engine = open_database(database)
    metadata.create_all(engine)
    with engine.begin() as connection:
        insert_new(connection, schema.record_op, [_op("x", 1), _op("x", 9)])
        insert_new(connection, schema.record_op, [_op("x", 2), _op("y", 1)])
        insert_new(connection, schema.record_op, [])
        assert [(op, version) for op, version, *_ in _ops(connection)] == [("x", 1), ("y", 1)]
        assert not insert_one(connection, schema.record_op, _op("x", 4))
        assert insert_one(connection, schema.record_op, _op("w", 1))
    engine.dispose()


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))


@given(st.lists(TEXTS | st.none(), max_size=5))
@example(["NULL", "", "null", " a ", "{", "}", ",", '"', "\\", '\\"', "\\x00", "ž\n\t"])
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_texts_come_back_as_they_were_written(
    postgres_server: PostgresServer, texts: list[str | None]
) -> None:
    engine = _postgres(postgres_server.address("postgres"))
    asked = {"texts": array_text(texts)}
    with engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT %(texts)s::VARCHAR[]", asked).scalar_one()
    assert found == texts


def test_that_every_kind_of_value_is_written_as_an_array(postgres_server: PostgresServer) -> None:
    written: list[tuple[list[object], str]] = [
        ([], "BIGINT"),
        ([1, -(2**62), None, 0], "BIGINT"),
        ([True, False, None], "BOOLEAN"),
        ([b"", bytes(range(256)), None, bytearray(b'{"\\x')], "BYTEA"),
        ([1.5, None, -0.25], "FLOAT8"),
    ]
    with _postgres(postgres_server.address("postgres")).begin() as connection:
        for values, kind in written:
            asked = {"values": array_text(values)}
            query = f"SELECT %(values)s::{kind}[]"
            assert connection.exec_driver_sql(query, asked).scalar_one() == values


@cache
def _postgres(address: str) -> Engine:
    return open_database(address)


def test_that_many_values_are_one_condition(database: str) -> None:
    engine = open_database(database)
    metadata.create_all(engine)
    op = schema.record_op
    query = select(op.c.op).where(
        beside(op.c.scope) == "person:1", one_of(op.c.op, "ops"), op.c.version == 1
    )
    with engine.begin() as connection:
        upsert(connection, op, [_op(name, 1) for name in ('"', "\\", "{a,b}", "ž")])
        for wanted in ([], ["\\"], ['"', "ž", "none"], ["{a,b}", "{a", "b}"]):
            found = set(connection.execute(query, {"ops": wanted}).scalars())
            assert found == set(wanted) & {'"', "\\", "{a,b}", "ž"}
    engine.dispose()


def test_that_bytes_and_signs_of_every_kind_are_kept(database: str) -> None:
    engine = open_database(database)
    metadata.create_all(engine)
    bodies = [b"", bytes(range(256)), b'{"a,\\"b"}']
    rows = [
        {"scope": "person:'\"{},\\ž", "id": str(number), "body": body}
        for number, body in enumerate(bodies)
    ]
    with engine.begin() as connection:
        upsert(connection, schema.record_body, rows)
        table = schema.record_body
        found = connection.execute(select(table).order_by(table.c.id)).mappings()
        assert [dict(row) for row in found] == rows
    engine.dispose()
