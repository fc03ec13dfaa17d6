"""What SQLite says of a fault becomes a refusal with its sentence; nothing is overwritten.

The primary result code decides. A page whose authentication fails in the middle of the file is
damage; the same answer for the first page may also mean a wrong key, which `Database.open` tells
apart by the key check value.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2

from smartclient.domain.errors import Damaged, NoSpace, SmartClientError, Unreachable

SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_IOERR = 5, 6, 8, 10
SQLITE_CORRUPT, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_NOTADB = 11, 13, 14, 26
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ACCESS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)


def _refusal_of(fault: BaseException) -> SmartClientError | None:
    if isinstance(fault, OSError):
        if fault.errno in _NO_ACCESS:
            return Unreachable("SC-STORE-011")
        return NoSpace("SC-STORE-010") if fault.errno in _NO_SPACE else None
    match getattr(fault, "sqlite_errorcode", 0) & 0xFF:
        case code if code == SQLITE_FULL:
            return NoSpace("SC-STORE-010")
        case code if code in (SQLITE_CORRUPT, SQLITE_NOTADB):
            return Damaged("SC-STORE-003")
        case code if code in (SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY):
            return Unreachable("SC-STORE-011")
        case code if code in (SQLITE_BUSY, SQLITE_LOCKED):
            return Unreachable("SC-STORE-012")
        case _:
            return None


@contextmanager
def refusing() -> Iterator[None]:
    """Raise faults of the disk and of the database inside as refusals; others pass unchanged.

    Raises NoSpace SC-STORE-010, Damaged SC-STORE-003, Unreachable SC-STORE-011 (the disk does not
    read or write) and SC-STORE-012 (another program holds the database).
    """
    try:
        yield
    except Exception as fault:
        original = getattr(fault, "orig", fault)  # SQLAlchemy's faults carry the driver's
        known = isinstance(original, dbapi2.DatabaseError | OSError)
        refusal = _refusal_of(original) if known else None
        if refusal is None:
            raise
        raise refusal from fault
