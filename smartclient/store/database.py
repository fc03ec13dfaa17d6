"""The laptop's database: open it, read from it, write to it, hear what changed.

One transaction writes at a time, from whichever thread; readers are never kept waiting and see one
state for the length of their transaction. A commit survives a power cut. After it the subscribers
hear what changed, on the thread that committed; that holds for a pull as well.
"""

import hashlib
import hmac
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from smartclient.domain.clock import Clock
from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError
from smartclient.domain.ids import IdSource, Op
from smartclient.store.changes import Changed, Subject
from smartclient.store.connection import connect, connect_reader
from smartclient.store.day import Day
from smartclient.store.durable import write_durably
from smartclient.store.refusals import SQLITE_NOTADB, refusing
from smartclient.store.sync_runs import QuietRuns, SyncRun
from smartclient.store.upgrade import OURS, History, bring_up_to_date

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from smartclient.store.transaction import Transaction

FILE_NAME = "smartclient.db"
CHECK_NAME = "smartclient.check"
_BLOB_FOLDER = "blobs"
OPENED_FOLDER = "opened"
"""Attachments lie here readable while somebody looks at them."""
_READERS = 4
_CHECK_LENGTH = 32
_SMALL_ENOUGH_TO_CHECK = 2_000_000
_WORTH_SHRINKING = 20_000_000

Subscriber = Callable[[Changed], None]


def key_check_value(data_key: bytes) -> str:
    """What stands beside the database and tells a wrong key from a damaged file."""
    return hmac.new(data_key, b"smartclient-key-check-v1", hashlib.sha256).hexdigest()[
        :_CHECK_LENGTH
    ]


class Database:
    """The open database of one folder; made by `Database.open`.

    The connection that opened it reads the day for the first page. SQLAlchemy is imported at the
    first transaction; `warm_up` does it ahead.
    """

    def __init__(
        self, file: Path, data_key: bytes, opened: dbapi2.Connection, clock: Clock, ids: IdSource
    ) -> None:
        self.folder = file.parent
        """Where the database and everything beside it lie."""
        self._file = file
        self._data_key = data_key
        self._opened = opened
        self._clock = clock
        self._ids = ids
        self._subscribers: list[Subscriber] = []
        self._turn = threading.Lock()
        self._day_turn = threading.Lock()
        self._making = threading.Lock()
        self._engines: tuple[Engine, Engine] | None = None
        self._sound: Future[None] | None = None
        self._writing_thread: int | None = None
        self._quiet = QuietRuns()
        self._made_here: dict[str, Op] = {}

    @classmethod
    def open(
        cls,
        folder: Path,
        data_key: bytes,
        *,
        clock: Clock,
        ids: IdSource,
        history: History = OURS,
        wait: bool = True,
    ) -> "Database":
        """Open the database of `folder`, making it when there is none.

        Raises NotAllowed SC-STORE-001 (another key made it) and SC-STORE-005 (a newer program did),
        Damaged SC-STORE-002 (its beginning cannot be read), SC-STORE-003 (a page is damaged),
        SC-STORE-004 (the file is gone) and SC-STORE-006 (its beginning cannot be read and no key
        check value tells why), NoSpace SC-STORE-010. Nothing is overwritten then.

        A small file is checked page by page. Without `wait` that goes on beside, and what it finds
        is raised by `require_sound`, at the latest before the first transaction.
        """
        file = folder / FILE_NAME
        with refusing():
            (folder / _BLOB_FOLDER).mkdir(parents=True, exist_ok=True)
            opened = _open_first(file, data_key)
            database = cls(file, data_key, opened, clock, ids)
            try:
                bring_up_to_date(file, data_key, opened, history)
                _remember_key(file, data_key)
                opened.execute("PRAGMA query_only=ON")
                if file.stat().st_size <= _SMALL_ENOUGH_TO_CHECK:
                    database._sound = _beside(database.check)
                if wait:
                    database.require_sound()
            except BaseException:
                database.close()
                raise
        return database

    def require_sound(self) -> None:
        """Wait for the check that opening began; Damaged SC-STORE-003 when it found a fault."""
        if self._sound is not None:
            self._sound.result()

    def warm_up(self) -> None:
        """Be ready for transactions: import SQLAlchemy, make its engines, clear what has ended.

        Without it the first transaction does the same. Raises what `write` raises.
        """
        self._ready()

    def close(self) -> None:
        """Give the file back; the data key is forgotten with the connections."""
        if self._sound is not None:
            self._sound.exception()  # it reads with the key that is forgotten now
        with suppress(SmartClientError):  # a full disk must not keep anybody from leaving
            self._write_quiet()
        engines, self._engines = self._engines, None
        for engine in engines or ():
            engine.dispose()
        self._data_key = b""
        shutil.rmtree(self.folder / OPENED_FOLDER, ignore_errors=True)
        self._opened.close()

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback` after each commit, on its thread; the answer ends the subscription.

        The callback must not raise: the commit has happened.
        """
        self._subscribers.append(callback)

        def end() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return end

    @contextmanager
    def write(self, *, durable: bool = True) -> "Iterator[Transaction]":
        """One transaction that writes; all of it or nothing is kept.

        `durable=False` is for what a power cut may take back: when somebody looked last, or an
        answer that the server will give again. The next durable commit makes it durable as well.
        Raises NoSpace SC-STORE-010 (disk full), Damaged SC-STORE-003, Unreachable SC-STORE-011/012.
        """
        quiet: tuple[SyncRun, ...] = ()
        with self._writing(self._ready()[0], durable=durable) as tx:
            if quiet := self._quiet.waiting:
                tx.sync_history.add_all(quiet)
            yield tx
        self._quiet.forget(quiet)
        for changed in tx.unit.changes():
            self._tell(changed)

    @contextmanager
    def read(self) -> "Iterator[Transaction]":
        """One state of the database, whatever is written meanwhile."""
        reader = self._ready()[1]
        with refusing(), reader.begin() as connection:
            yield self._transaction(connection, lambda: self._quiet.waiting)

    @contextmanager
    def day(self) -> Iterator[Day]:
        """One state of what the first page shows; needs no SQLAlchemy."""
        with refusing(), self._day_turn:
            self._opened.execute("BEGIN")
            try:
                yield Day(self._opened, self._quiet.last)
            finally:
                self._opened.execute("ROLLBACK")

    def state(self) -> int:
        """A number that is another one after any commit, whoever made it; reads no page."""
        with refusing(), self._day_turn:
            (state,) = self._opened.execute("PRAGMA data_version").fetchone()
        return int(state)

    def note_quiet(self, run: SyncRun) -> None:
        """Remember a synchronisation that moved nothing, as `store.sync_runs` says.

        The subscribers hear of it as of one that was written. Raises what `write` raises.
        """
        if self._quiet.add(run):
            self._write_quiet()
        else:
            self._tell(Changed(Subject.SYNC.value, frozenset(("history",))))

    def check(self) -> None:
        """Read every page and verify its authentication and order; Damaged SC-STORE-003 if not.

        It takes about a second for 300 MB and holds nobody up.
        """
        with refusing():
            connection = connect_reader(self._file, self._data_key)
            try:
                _check(connection)
            finally:
                connection.close()

    def shrink(self, least: int = _WORTH_SHRINKING) -> bool:
        """Write the file anew without its free pages, where they are `least` bytes and a quarter.

        Tells whether it did. Writers wait meanwhile, about a second for 100 MB; readers do not.
        """
        with self._turn, refusing():
            connection = connect(self._file, self._data_key, create=False)
            try:
                pages, free, size = (
                    int(connection.execute(f"PRAGMA {name}").fetchone()[0])
                    for name in ("page_count", "freelist_count", "page_size")
                )
                if free * size < least or free * 4 < pages:
                    return False
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return True
            finally:
                connection.close()

    # --- inside ------------------------------------------------------------------------------

    def _ready(self) -> "tuple[Engine, Engine]":
        with self._making:
            if self._engines is None:
                self.require_sound()
                from smartclient.store.engines import reading_engine, writing_engine

                writer = writing_engine(self._file, self._data_key)
                engines = writer, reading_engine(self._file, self._data_key, _READERS)
                with self._writing(writer, durable=True) as tx:
                    tx.signing.sweep()
                    tx.blobs.sweep()
                self._engines = engines
            return self._engines

    @contextmanager
    def _writing(self, writer: "Engine", *, durable: bool) -> "Iterator[Transaction]":
        from smartclient.store.engines import set_durability

        thread = threading.get_ident()
        if self._writing_thread == thread:
            raise RuntimeError("a write inside a write would wait for itself")
        with self._turn:
            self._writing_thread = thread
            try:
                with refusing(), writer.connect() as connection:
                    set_durability(connection, durable=durable)
                    with connection.begin():
                        yield self._transaction(connection)
            finally:
                self._writing_thread = None

    def _write_quiet(self) -> None:
        if self._quiet.waiting:
            with self.write(durable=False):
                pass  # they go with whatever is written

    def _tell(self, changed: Changed) -> None:
        for callback in tuple(self._subscribers):
            callback(changed)

    def _transaction(
        self, connection: "Connection", waiting: Callable[[], Sequence[SyncRun]] = tuple
    ) -> "Transaction":
        from smartclient.store.transaction import Transaction
        from smartclient.store.unit_of_work import UnitOfWork

        blobs = self.folder / _BLOB_FOLDER
        unit = UnitOfWork(connection, self._clock, self._ids, blobs, self._made_here, waiting)
        return Transaction(unit)


def _beside(work: Callable[[], None]) -> Future[None]:
    """The work, done in a thread of its own: most of it is not Python's."""
    outcome: Future[None] = Future()

    def do() -> None:
        try:
            work()
            outcome.set_result(None)
        except BaseException as fault:  # noqa: BLE001 - raised where it is waited for
            outcome.set_exception(fault)

    threading.Thread(target=do, name="check").start()
    return outcome


def _check(connection: dbapi2.Connection) -> None:
    faulty = connection.execute("PRAGMA cipher_integrity_check").fetchone()
    if faulty is None:
        order = connection.execute("PRAGMA quick_check(1)").fetchone()
        faulty = None if order is not None and order[0] == "ok" else order
    if faulty is not None:
        raise Damaged("SC-STORE-003")


def _known_check(file: Path) -> str | None:
    """The key check value beside the database; None when there is none or it is unreadable."""
    try:
        known = file.with_name(CHECK_NAME).read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return known if len(known) == _CHECK_LENGTH else None


def _open_first(file: Path, data_key: bytes) -> dbapi2.Connection:
    """The first connection to the file; a fault here has its own sentence."""
    known = _known_check(file)
    if known is not None:
        if not hmac.compare_digest(known, key_check_value(data_key)):
            raise NotAllowed("SC-STORE-001")
        if not file.exists():
            raise Damaged("SC-STORE-004")
        if file.stat().st_size == 0:
            raise Damaged("SC-STORE-002")
    try:
        return connect(file, data_key, create=known is None)
    except dbapi2.DatabaseError as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF != SQLITE_NOTADB:
            raise
        code = "SC-STORE-006" if known is None else "SC-STORE-002"
        raise Damaged(code) from fault


def _remember_key(file: Path, data_key: bytes) -> None:
    if _known_check(file) is None:
        write_durably(file.with_name(CHECK_NAME), key_check_value(data_key).encode("ascii"))
