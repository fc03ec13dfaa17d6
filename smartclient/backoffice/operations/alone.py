"""One process at a time: a lock that the operating system lets go when its holder dies."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from smartclient.domain.errors import NotAllowed


@contextmanager
def alone(lock: Path, code: str, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock file while the block runs.

    Waits `patience` seconds for another process, then raises NotAllowed with `code`.

    SQLite's file lock is the portable one: it works on Windows as well and leaves nothing behind
    that a crash could make stale.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = sqlite3.connect(lock, timeout=patience, isolation_level=None)
    with closing(held):
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as busy:
            raise NotAllowed(code) from busy
        yield
