"""Rows written many at once: the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, insert_one, open_database, upsert
from smartclient.backoffice.tables.schema import metadata

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
