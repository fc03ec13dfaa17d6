"""Backups: what one is, how it is made while the office works, and how it is put back.

    BACKUP/
        office.sqlite3     the embedded database, by SQLite's own online backup
        office.dump        or PostgreSQL's, by `pg_dump --format=custom`
        blobs/             large attachments, sealed as they lie; not where a bucket keeps them
        keys/              settings.json, catalogue/ likewise
        backup.json        written last of all: what this is

The database comes first and the blobs after it, so that every blob the database names is there.
The folder `export` (our copies of all batches, the list of erasures, the epochs) is no part of it:
it is what a restore is brought up to date with, and belongs on another disk. The keys are part of
it: guard a backup like the server.
"""

import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from smartclient.backoffice import dumps
from smartclient.backoffice.home import OFFICE_KEY, SETTINGS, Home, Settings, replace_file
from smartclient.backoffice.operations.alone import disk_fault, is_taken
from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.backoffice.operations.observing_health import note_backup
from smartclient.backoffice.tables import counters
from smartclient.backoffice.tables.engine import open_database, reaching
from smartclient.domain.clock import from_text, to_text
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.domain.mode import Mode
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, chosen, mapping, whole
from smartclient.wire.messages import text as text_of

ABOUT: Final = "backup.json"
SQLITE, DUMP = "office.sqlite3", "office.dump"
EPOCHS: Final = "epoch.json"
"""Beside the batches: the highest epoch that ever was."""
COPIED = ("keys", "catalogue")
JUST_NOW: Final = 15
"""Seconds. Servers are asked by their proxy or container every ten whether they are well."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is whole."""

    folder: Path
    made_at: datetime
    epoch: int
    mode: Mode
    database: str
    """`sqlite` or `postgresql`."""

    def to_json(self) -> JsonObject:
        """As it stands in backup.json."""
        return {
            "schema": 1,
            "made_at": to_text(self.made_at),
            "epoch": self.epoch,
            "mode": self.mode.value,
            "database": self.database,
        }

    @classmethod
    def read(cls, folder: Path) -> "Backup":
        """The backup in a folder; BadInput SC-EXP-020 for one that is none or was cut off."""
        try:
            fields = mapping(parse((folder / ABOUT).read_bytes()), "backup")
            whole(fields, "schema", 1, 1)
            found = cls(
                folder,
                from_text(text_of(fields, "made_at", 40)),
                whole(fields, "epoch", 1),
                Mode(chosen(fields, "mode", Mode)),
                text_of(fields, "database", 20),
            )
        except (OSError, ValueError, BadInput) as broken:
            raise BadInput("SC-EXP-020", folder=folder.name) from broken
        if not (folder / (SQLITE if found.database == "sqlite" else DUMP)).exists():
            raise BadInput("SC-EXP-020", folder=folder.name)
        return found


def back_up(home: Home, settings: Settings, target: Path, now: datetime) -> Backup:
    """Make a backup into a new folder, while the office works.

    NotAllowed SC-EXP-021 for a folder that is not empty; Damaged SC-EXP-023 when PostgreSQL's
    program is missing or fails; Unreachable SC-SERV-062 when the database is away.
    """
    if target.exists() and any(target.iterdir()):
        raise NotAllowed("SC-EXP-021", folder=target.name)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = home.direct_database(settings)
    with reaching():
        epoch = _epoch_of(address)
    is_sqlite = address.startswith("sqlite")
    if is_sqlite:
        _copy_sqlite(path_of(address), target / SQLITE)
    else:
        dumps.take(address, target / DUMP)
    if isinstance(settings.blobs, str):
        copy_missing(blob_folder(home, settings), target / "blobs")
    for name in COPIED:
        copy_missing(home.folder / name, target / name)
    shutil.copyfile(home.folder / SETTINGS, target / SETTINGS)
    made = Backup(target, now, epoch, settings.mode, "sqlite" if is_sqlite else "postgresql")
    put_on_disk(target)
    replace_file(target / ABOUT, json.dumps(made.to_json(), indent=2).encode())
    sync_folder(target)
    _note(address, now)
    return made


def _note(address: str, at: datetime) -> None:
    """Let those who watch see how old the newest backup is."""
    engine = open_database(address)
    try:
        # The backup is whole all the same; not noted, it is missed, and somebody looks.
        with suppress(SQLAlchemyError), engine.begin() as connection:
            note_backup(connection, at)
    finally:
        engine.dispose()


def blob_folder(home: Home, settings: Settings) -> Path:
    """Where large blobs lie as files."""
    place = settings.blobs if isinstance(settings.blobs, str) else ""
    return home.folder / "blobs" if place in ("", "folder") else Path(place)


def copy_missing(source: Path, target: Path, last: str = "") -> int:
    """Copy what is not there yet, each file whole or not at all; how many there were.

    A file of the name `last` comes after the others.
    """
    copied = 0
    files = source.rglob("*") if source.is_dir() else ()
    for file in sorted(files, key=lambda each: (each.name == last, each)):
        place = target / file.relative_to(source)
        if file.is_dir() or place.exists() or file.name.endswith(".partial"):
            continue
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.partial")
        try:
            shutil.copyfile(file, partial)
        except FileNotFoundError:
            continue  # swept meanwhile: no row names it
        shutil.copymode(file, partial)
        partial.replace(place)
        copied += 1
    return copied


def put_on_disk(folder: Path) -> None:
    """Everything in the folder is on the disk when this returns."""
    if hasattr(os, "sync"):
        os.sync()  # a hundred thousand small files one by one would take minutes
        return
    for file in folder.rglob("*"):
        if file.is_file():
            _flush(file)


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def require_same_office(home: Home, backup: Backup) -> None:
    """Raise Damaged SC-EXP-024 when the backup's key is another one: nothing could be opened."""
    ours, theirs = home.keys / OFFICE_KEY, backup.folder / "keys" / OFFICE_KEY
    if ours.exists() and theirs.exists() and ours.read_bytes() != theirs.read_bytes():
        raise Damaged("SC-EXP-024", folder=backup.folder.name)


def require_nobody_at_work(address: str, *, pooled: bool = False) -> None:
    """Raise NotAllowed SC-EXP-025 while a process of the office has the database open.

    A pooler keeps sessions of processes that ended, and may have none of one that idles: `pooled`
    counts those that were used just now, which a worker does every second.
    """
    if address.startswith("sqlite"):
        is_alone = _is_alone(path_of(address))
    else:
        is_alone = dumps.sessions(address, JUST_NOW if pooled else None) == 0
    if not is_alone:
        raise NotAllowed("SC-EXP-025")


def highest_epoch(archive: Path, backup: Backup, address: str) -> int:
    """The highest epoch that anything remembers: the file, the backup, the database as it lies.

    Raises Damaged SC-SERV-083 when the file cannot be read: an epoch that was forgotten would be
    given a second time, and the laptops that know it would not notice the restore.
    """
    known = [backup.epoch, *_remembered(archive / EPOCHS)]
    if not address.startswith("sqlite") or path_of(address).exists():
        with suppress(Exception):  # the database is why somebody restores: it may be anything
            known.append(_epoch_of(address))
    return max(known)


def _remembered(file: Path) -> tuple[int, ...]:
    """The epoch that the last restore wrote; none before the first one."""
    try:
        written = file.read_bytes()
    except FileNotFoundError:
        return ()
    try:
        return (whole(mapping(parse(written)), "epoch"),)
    except BadInput as broken:
        raise Damaged("SC-SERV-083", file=file.name, line=1) from broken


def remember_epoch(archive: Path, epoch: int) -> None:
    """Write the epoch where no restore forgets it."""
    archive.mkdir(parents=True, exist_ok=True)
    replace_file(archive / EPOCHS, json.dumps({"epoch": epoch}).encode())
    sync_folder(archive)


def require_whole(backup: Backup, address: str) -> None:
    """Raise BadInput SC-EXP-020 unless what was put back is a database of the backup's epoch.

    A file that was cut off may look like a new database, in which nobody is.
    """
    try:
        known = _epoch_of(address)
        is_whole = known >= backup.epoch and _is_sound(address)
    except (SQLAlchemyError, LookupError) as broken:
        raise BadInput("SC-EXP-020", folder=backup.folder.name) from broken
    if not is_whole:
        raise BadInput("SC-EXP-020", folder=backup.folder.name)


def _is_sound(address: str) -> bool:
    if not address.startswith("sqlite"):
        return True  # PostgreSQL took the dump as a whole
    with closing(sqlite3.connect(path_of(address))) as connection:
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False


def put_aside(path: Path, at: datetime) -> None:
    """Keep the embedded database that was there, under another name."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    for suffix in ("", "-wal", "-shm"):
        there = path.with_name(path.name + suffix)
        if there.exists():
            there.replace(path.with_name(f"{path.name}.before-{stamp}{suffix}"))


def close_for_moving(path: Path) -> None:
    """Bring everything into the one file, so that it can be given another name."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    _flush(path)


def _epoch_of(address: str) -> int:
    engine = open_database(address)
    try:
        with engine.connect() as connection:
            return counters.read(connection, counters.EPOCH)
    finally:
        engine.dispose()


def path_of(address: str) -> Path:
    """The file of an embedded database."""
    return Path(make_url(address).database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            # In one go: it sees one state and, thanks to the write-ahead log, keeps nobody waiting.
            read.backup(written)
    except sqlite3.OperationalError as failed:
        raise disk_fault(failed, target) from failed
    target.chmod(0o600)


def _is_alone(path: Path) -> bool:
    """Whether nobody else has the file open: only then does SQLite leave its write-ahead log."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as failed:
            if is_taken(failed):
                return False
            if failed.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY):
                raise disk_fault(failed, path) from failed
            return True
        except sqlite3.DatabaseError:
            return True  # it is damaged, so nobody works with it
    return True
