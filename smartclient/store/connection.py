"""Connections to the encrypted file: the raw key first, then what makes commits durable.

WAL lets readers go on while one writes; synchronous=FULL makes a commit survive a power cut.
"""

from pathlib import Path
from typing import cast

from sqlcipher3 import dbapi2

KEY_BYTES = 32
_CHECKPOINT_PAGES = 10_000
_BUSY_MS = 5_000
_CACHE_KIB = 16_384


def _apply(connection: dbapi2.Connection, data_key: bytes) -> None:
    if len(data_key) != KEY_BYTES:
        raise ValueError("the data key must be 256 bits")
    connection.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")
    for pragma in (
        "cipher_log_level=NONE",  # SQLCipher would write to stderr what we say in a sentence
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",  # a large sort may not leave a plain file
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        f"cache_size=-{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def connect(file: Path, data_key: bytes, *, create: bool) -> dbapi2.Connection:
    """A connection without implicit transactions; `create` allows a new file."""
    mode = "rwc" if create else "rw"
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    connection = dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        _apply(connection, data_key)
    except BaseException:
        connection.close()
        raise
    return cast("dbapi2.Connection", connection)


def connect_reader(file: Path, data_key: bytes) -> dbapi2.Connection:
    """A connection that cannot write."""
    connection = connect(file, data_key, create=False)
    connection.execute("PRAGMA query_only=ON")
    return connection
