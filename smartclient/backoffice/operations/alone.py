"""One process at a time: a lock that the operating system lets go when its holder dies."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from smartclient.domain.errors import NotAllowed

_TAKEN: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_FAULTS: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
}


@contextmanager
def alone(lock: Path, code: str, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock file while the block runs.

    Waits `patience` seconds for another process, then raises NotAllowed with `code`; OSError when
    the disk is full or takes nothing, which is no other process.

    SQLite's file lock is the portable one: it works on Windows as well and leaves nothing behind
    that a crash could make stale.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        held = sqlite3.connect(lock, timeout=patience, isolation_level=None)
    except sqlite3.OperationalError as failed:
        raise disk_fault(failed, lock) from failed
    with closing(held):
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as failed:
            if is_taken(failed):
                raise NotAllowed(code) from failed
            raise disk_fault(failed, lock) from failed
        yield


def is_taken(failed: sqlite3.OperationalError) -> bool:
    """Whether somebody else has the file; anything else is the disk."""
    return failed.sqlite_errorcode & 0xFF in _TAKEN


def disk_fault(failed: sqlite3.OperationalError, path: Path) -> OSError:
    """What the disk did, as every other file would tell it."""
    number = _FAULTS.get(failed.sqlite_errorcode & 0xFF, errno.EIO)
    return OSError(number, os.strerror(number), str(path))
