"""The two engines of SQLAlchemy on the encrypted file: one connection that writes, a few that read.

They are made at the first transaction, because importing SQLAlchemy takes longer than everything
else that the first page needs.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from smartclient.store.connection import connect, connect_reader


def _engine(creator: Callable[[], dbapi2.Connection], size: int, begin: str) -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=creator,
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # they are personal data, and an error text may end in a log
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def writing_engine(file: Path, data_key: bytes) -> Engine:
    """One connection; a transaction takes the writer's place when it begins, not when it writes."""
    return _engine(lambda: connect(file, data_key, create=False), 1, "BEGIN IMMEDIATE")


def reading_engine(file: Path, data_key: bytes, readers: int) -> Engine:
    """Connections that see one state of the database for the length of a transaction."""
    return _engine(lambda: connect_reader(file, data_key), readers, "BEGIN")


def set_durability(connection: Connection, *, durable: bool) -> None:
    """Whether the next commit waits for the disk; said to the driver, before a transaction."""
    level = "FULL" if durable else "NORMAL"
    connection.connection.execute(f"PRAGMA synchronous={level}")
