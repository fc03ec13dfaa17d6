"""The log of SQLite is taken into the database beside the requests, not by one of them.

Who commits the ten thousandth page of the log would otherwise copy all of them, flush them, and
only then be answered. What was committed is in the log and on the disk already: nothing depends on
when it is copied. PostgreSQL does this by itself.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from sqlite3 import Error
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from smartclient.backoffice.growing_pauses import GrowingPause

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds."""


@contextmanager
def beside(engine: Engine, every: float = EVERY) -> Iterator[None]:
    """Copy the log again and again while the block runs."""
    if engine.dialect.name != "sqlite":
        yield
        return
    stopped = threading.Event()
    full = GrowingPause(monotonic)

    def again_and_again() -> None:
        while not stopped.wait(every):
            try:
                checkpoint(engine)
            except (SQLAlchemyError, Error) as failed:
                if full.is_over:
                    log.warning("log not copied", extra={"error": type(failed).__name__})
                    full.grow()
            else:
                full.end()

    copier = threading.Thread(target=again_and_again, name="checkpoints", daemon=True)
    copier.start()
    try:
        yield
    finally:
        stopped.set()
        copier.join(timeout=10)


def checkpoint(engine: Engine) -> tuple[int, int]:
    """Copy what no reader needs in the log any more; its pages, and how many of them are copied.

    Waits for nobody and keeps nobody waiting, but for the disk.
    """
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _busy, pages, copied = cursor.fetchone() or (0, 0, 0)
    return pages, copied
