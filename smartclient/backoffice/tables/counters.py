"""Numbers of the whole office that only grow."""

from typing import cast

from sqlalchemy import Connection, bindparam, insert, select, update

from smartclient.backoffice.tables import schema

EPOCH = "epoch"
NEXT_NUMBER = "next_document_number"

FIRST_EPOCH = 1
FIRST_NUMBER = 7_200_000_001
"""A contract number begins with 7 (domain facts 3.2)."""

_READ = select(schema.counter.c.value).where(schema.counter.c.name == bindparam("of_name"))


def begin(connection: Connection) -> None:
    """Write the first values into a new database."""
    first = [
        {"name": EPOCH, "value": FIRST_EPOCH},
        {"name": NEXT_NUMBER, "value": FIRST_NUMBER},
    ]
    connection.execute(insert(schema.counter), first)


def read(connection: Connection, name: str) -> int:
    """The value now."""
    return cast("int", connection.execute(_READ, {"of_name": name}).scalar_one())


def take(connection: Connection, name: str, count: int = 1) -> int:
    """The first of `count` values that nobody else gets."""
    table = schema.counter
    grown = (
        update(table)
        .where(table.c.name == name)
        .values(value=table.c.value + count)
        .returning(table.c.value)
    )
    return cast("int", connection.execute(grown).scalar_one()) - count
