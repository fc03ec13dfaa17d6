"""How a database is opened, and how a transaction begins on each kind of it.

Nothing is kept in a PostgreSQL session: every transaction says by itself how it begins and how
long it may wait. So a pooler that gives each transaction another session (PgBouncer in transaction
mode) may stand between.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from smartclient.backoffice.tables.row_writing import Row as Row
from smartclient.backoffice.tables.row_writing import insert_all as insert_all
from smartclient.backoffice.tables.row_writing import insert_from as insert_from
from smartclient.backoffice.tables.row_writing import insert_new as insert_new
from smartclient.backoffice.tables.row_writing import insert_one as insert_one
from smartclient.backoffice.tables.row_writing import upsert as upsert
from smartclient.domain.errors import Unreachable

WRITES = "smartclient_writes"
"""Execution option of a connection that is going to write."""
READS = "smartclient_reads"
"""Execution option of a connection that only reads: it sees one state from its first query on."""

PASSING = (OperationalError, InterfaceError, NoneFree)
"""The database is not there, is full, is busy or was restarted.

Whoever tries again later is served; after a failed COMMIT the transaction may have counted.
"""

_PRAGMAS = (
    # Of a database that is made now: a file of 150 KB costs half as much as in pages of 4 KB.
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # What a push of 200 lines changes fits in; SQLite's own 2 MB are written out half-way.
    "PRAGMA cache_size = -16384",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA foreign_keys = ON",
)
_CHECKPOINT_AT: Final = 10_000
"""Pages of the log. A push of thousands of bodies took half the time once it came this seldom."""
_CHECKPOINT_AT_LATEST: Final = 30_000
"""Where it is done beside the requests, so that this is reached under constant writing only."""
_NETWORK: Final = {
    # A server that vanished is noticed within half a minute, not after hours.
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 30_000,
    "application_name": "smartclient",
}
_ASKED_AFTER: Final = 1.0
"""Seconds that a connection lay idle."""
_USED_AT: Final = "smartclient_used_at"
_OLDEST_CONNECTION: Final = 1800
"""Seconds; then it is made anew, so that a server that was added gets its share."""


@dataclass(frozen=True, slots=True)
class Connections:
    """How one process talks to PostgreSQL; all times are seconds, 0 for no limit."""

    most: int = 20
    """Connections at the same time; who finds none free waits."""
    wait: int = 10
    """For a free connection."""
    lock: int = 10
    """For a row or a table that another transaction holds."""
    statement: int = 0
    idle: int = 0
    """Of a transaction in which nothing happens, until the server ends it."""
    prepares: bool = False
    """Statements are prepared in the session. Not behind a pooler that does not know of them."""


def open_database(
    url: str, connections: Connections | None = None, *, checkpoints_beside: bool = False
) -> Engine:
    """The engine for a database address; `sqlite://` is a database in memory, for tests.

    `checkpoints_beside` promises that the caller does what `checkpoints.beside` does.
    """
    if not url.startswith("sqlite"):
        return _open_postgresql(url, connections or Connections())
    # The connection that was used last knows most pages of the database still.
    pool = {"poolclass": StaticPool} if url == "sqlite://" else {"pool_use_lifo": True}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **pool)
    event.listen(engine, "connect", _prepare_sqlite(checkpoints_beside))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reaching() -> Iterator[None]:
    """For who cannot go on without the database: Unreachable SC-SERV-062 when it passes."""
    try:
        yield
    except PASSING as away:
        raise Unreachable("SC-SERV-062") from away


def _open_postgresql(url: str, connections: Connections) -> Engine:
    prepares = {} if connections.prepares else {"prepare_threshold": None}
    engine = create_engine(
        url,
        # Begun by our own BEGIN: psycopg would begin with the first statement and set nothing.
        connect_args={**_NETWORK, **prepares, "autocommit": True},
        pool_size=connections.most,
        max_overflow=0,
        pool_timeout=connections.wait,
        pool_recycle=_OLDEST_CONNECTION,
        # The fewest that suffice stay in use; a pooler or the server may close the others.
        pool_use_lifo=True,
        use_native_hstore=False,
    )
    event.listen(engine, "begin", _begin_postgresql(connections))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _require_alive)
    return engine


def _note_use(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = monotonic()


def _require_alive(
    connection: DBAPIConnection, entry: ConnectionPoolEntry, _lent: PoolProxiedConnection
) -> None:
    """A connection that lay idle may have lost its server: it is asked before it is lent.

    One that was used a moment ago is not: asking costs a tenth of a small transaction. If it was
    lost in that moment, one request is refused as passing, and all connections are made anew.
    """
    if monotonic() - entry.info.get(_USED_AT, monotonic()) < _ASKED_AFTER:
        return
    from psycopg import Error as DriverError  # the embedded database needs no driver of ours

    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("")
    except DriverError as lost:
        raise DisconnectionError from lost


def _begin_postgresql(connections: Connections) -> Callable[[Connection], None]:
    limits = {
        "lock_timeout": connections.lock,
        "statement_timeout": connections.statement,
        "idle_in_transaction_session_timeout": connections.idle,
    }
    local = "".join(
        f"; SET LOCAL {name} = {seconds * 1000}" for name, seconds in limits.items() if seconds
    )
    writing = f"BEGIN{local}"
    reading = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{local}"

    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql(reading if reads else writing)

    return begin


def _prepare_sqlite(
    checkpoints_beside: bool,
) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    at = _CHECKPOINT_AT_LATEST if checkpoints_beside else _CHECKPOINT_AT

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # None hands the transactions over to us: sqlite3 would begin them late, never IMMEDIATE.
        connection.isolation_level = None
        with closing(connection.cursor()) as cursor:
            for pragma in (*_PRAGMAS, f"PRAGMA wal_autocheckpoint = {at}"):
                cursor.execute(pragma)

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader cannot wait for another writer: it fails at once.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
