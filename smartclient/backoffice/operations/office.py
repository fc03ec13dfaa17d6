"""What every operation stands on: the office, and a desk for one transaction of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, select

from smartclient.backoffice.operations.at_rest import DataKeys, Random
from smartclient.backoffice.operations.blob_store import BlobStore
from smartclient.backoffice.tables.engine import READS, WRITES
from smartclient.domain.clock import Clock
from smartclient.domain.ids import IdSource

_PATIENCE: Final = 30.0
"""Seconds, as SQLite has them for a place that another process holds."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One transaction: its connection, the instant it began, and what makes new things."""

    connection: Connection
    now: datetime
    ids: IdSource
    random: Random
    keys: DataKeys
    blobs: BlobStore
    outside: Path
    """The folder of what outlives the database: batches, erasures, rights, epochs."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """Done once the transaction is committed, and only then."""


@dataclass(frozen=True, slots=True)
class Office:
    """The database with everything that comes in from outside."""

    engine: Engine
    clock: Clock
    ids: IdSource
    random: Random
    keys: DataKeys
    blobs: BlobStore
    outside: Path

    @property
    def has_one_writer(self) -> bool:
        """Whether a writing transaction keeps all others waiting from its beginning."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Desk]:
        """A transaction that sees one state of the database and changes nothing."""
        with _beginning(self.engine, READS).begin() as connection:
            yield self._desk(connection)

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        """A transaction that is committed when the block ends, or leaves no trace.

        On SQLite it holds the only place for writers; on PostgreSQL, who writes a record takes the
        row of its scope first.
        """
        turn = _turn(self.engine) if self.has_one_writer else nullcontext()
        with turn, _beginning(self.engine, WRITES).begin() as connection:
            desk = self._desk(connection)
            yield desk
        for each in desk.afterwards:
            each()

    def reach(self) -> None:
        """Ask the database for nothing; raises one of `engine.PASSING` when it does not answer."""
        with self.reading() as desk:
            desk.connection.execute(select(1))

    def _desk(self, connection: Connection) -> Desk:
        now, made = self.clock.now(), (self.ids, self.random)
        return Desk(connection, now, *made, self.keys, self.blobs, self.outside)


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """The writers of this process, one after another.

    SQLite lets who finds the place taken look again after 1, 2, 5 and up to 100 ms; here the next
    goes on at once. Who waits too long asks SQLite, which refuses as ever.
    """
    lock = _lock_of(engine)
    is_ours = lock.acquire(timeout=_PATIENCE)
    try:
        yield
    finally:
        if is_ours:
            lock.release()


@lru_cache(maxsize=8)
def _lock_of(_engine: Engine) -> threading.Lock:
    return threading.Lock()


@lru_cache(maxsize=8)
def _beginning(engine: Engine, option: str) -> Engine:
    """The engine whose transactions begin in this way: making it took a third of a transaction."""
    return engine.execution_options(**{option: True})
