"""The laptop's database: open it, read from it, write to it, hear what changed.

One transaction writes at a time, from whichever thread; readers are never kept waiting and see one
state for the length of their transaction. A commit survives a power cut. After it the subscribers
hear what changed, on the thread that committed; that holds for a pull as well.
"""

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlcipher3 import dbapi2

from smartclient.domain.clock import Clock
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import IdSource
from smartclient.store.changes import Changed
from smartclient.store.connection import (
    connect,
    reading_engine,
    set_durability,
    writing_engine,
)
from smartclient.store.durable import write_durably
from smartclient.store.refusals import SQLITE_NOTADB, refusing
from smartclient.store.transaction import Transaction
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.upgrade import OURS, History, bring_up_to_date

FILE_NAME = "smartclient.db"
CHECK_NAME = "smartclient.check"
_BLOB_FOLDER = "blobs"
_READERS = 4
_CHECK_LENGTH = 32
_SMALL_ENOUGH_TO_CHECK = 2_000_000

Subscriber = Callable[[Changed], None]


def key_check_value(data_key: bytes) -> str:
    """What stands beside the database and tells a wrong key from a damaged file."""
    return hmac.new(data_key, b"smartclient-key-check-v1", hashlib.sha256).hexdigest()[
        :_CHECK_LENGTH
    ]


class Database:
    """The open database of one folder; made by `Database.open`."""

    def __init__(
        self, blobs: Path, engines: tuple[Engine, Engine], clock: Clock, ids: IdSource
    ) -> None:
        self.folder = blobs.parent
        """Where the database and everything beside it lie."""
        self._blobs = blobs
        self._writer, self._reader = engines
        self._clock = clock
        self._ids = ids
        self._subscribers: list[Subscriber] = []
        self._turn = threading.Lock()
        self._writing_thread: int | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        data_key: bytes,
        *,
        clock: Clock,
        ids: IdSource,
        history: History = OURS,
    ) -> "Database":
        """Open the database of `folder`, making it when there is none.

        Raises NotAllowed SC-STORE-001 (another key made it) and SC-STORE-005 (a newer program did),
        Damaged SC-STORE-002 (its beginning cannot be read), SC-STORE-003 (a page is damaged),
        SC-STORE-004 (the file is gone) and SC-STORE-006 (its beginning cannot be read and no key
        check value tells why), NoSpace SC-STORE-010. Nothing is overwritten then.
        """
        file, blobs = folder / FILE_NAME, folder / _BLOB_FOLDER
        with refusing():
            blobs.mkdir(parents=True, exist_ok=True)
            _open_first(file, data_key)
            writer = writing_engine(file, data_key)
            database = cls(blobs, (writer, reading_engine(file, data_key, _READERS)), clock, ids)
            try:
                bring_up_to_date(file, data_key, writer, history)
                _remember_key(file, data_key)
                if file.stat().st_size <= _SMALL_ENOUGH_TO_CHECK:
                    database.check()
                with database.write() as tx:
                    tx.signing.sweep()
                    tx.blobs.sweep()
            except BaseException:
                database.close()
                raise
        return database

    def close(self) -> None:
        """Give the file back; the data key is forgotten with the connections."""
        self._reader.dispose()
        self._writer.dispose()

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
    def write(self, *, durable: bool = True) -> Iterator[Transaction]:
        """One transaction that writes; all of it or nothing is kept.

        `durable=False` is for what a power cut may take back, such as when somebody looked last.
        Raises NoSpace SC-STORE-010 (disk full), Damaged SC-STORE-003, Unreachable SC-STORE-011/012.
        """
        thread = threading.get_ident()
        if self._writing_thread == thread:
            raise RuntimeError("a write inside a write would wait for itself")
        with self._turn:
            self._writing_thread = thread
            try:
                with refusing(), self._writer.connect() as connection:
                    set_durability(connection, durable=durable)
                    with connection.begin():
                        unit = UnitOfWork(connection, self._clock, self._ids, self._blobs)
                        yield Transaction(unit)
            finally:
                self._writing_thread = None
        for changed in unit.changes():
            for callback in tuple(self._subscribers):
                callback(changed)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One state of the database, whatever is written meanwhile."""
        with refusing(), self._reader.begin() as connection:
            yield Transaction(UnitOfWork(connection, self._clock, self._ids, self._blobs))

    def check(self) -> None:
        """Read every page and verify its authentication and order; Damaged SC-STORE-003 if not.

        It takes about a second for 300 MB and holds nobody up.
        """
        with refusing(), self._reader.begin() as connection:
            faulty = connection.execute(text("PRAGMA cipher_integrity_check")).first()
            if faulty is None:
                order = connection.execute(text("PRAGMA quick_check(1)")).scalar()
                faulty = None if order == "ok" else order
        if faulty is not None:
            raise Damaged("SC-STORE-003")


def _known_check(file: Path) -> str | None:
    """The key check value beside the database; None when there is none or it is unreadable."""
    try:
        known = file.with_name(CHECK_NAME).read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return known if len(known) == _CHECK_LENGTH else None


def _open_first(file: Path, data_key: bytes) -> None:
    """Open the file once and let it go; a fault here has its own sentence."""
    known = _known_check(file)
    if known is not None:
        if not hmac.compare_digest(known, key_check_value(data_key)):
            raise NotAllowed("SC-STORE-001")
        if not file.exists():
            raise Damaged("SC-STORE-004")
        if file.stat().st_size == 0:
            raise Damaged("SC-STORE-002")
    try:
        connection = connect(file, data_key, create=known is None)
    except dbapi2.DatabaseError as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF != SQLITE_NOTADB:
            raise
        code = "SC-STORE-006" if known is None else "SC-STORE-002"
        raise Damaged(code) from fault
    connection.close()


def _remember_key(file: Path, data_key: bytes) -> None:
    if _known_check(file) is None:
        write_durably(file.with_name(CHECK_NAME), key_check_value(data_key).encode("ascii"))
