"""Bringing the tables to this version's state, or refusing a database this version cannot read.

`user_version` of the file is the number of the last step that was not additive: a program that
knows at least that many steps can work with the file, even when newer additive steps have run. That
lets the launcher return to the previous version of the program after an update.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from smartclient.domain.errors import NotAllowed
from smartclient.store import migrations
from smartclient.store.connection import connect


@dataclass(frozen=True, slots=True)
class History:
    """The steps this program knows, oldest first, and where their scripts are."""

    steps: Sequence[str]
    scripts: Path


OURS = History(migrations.HISTORY, Path(migrations.__file__).parent)
_IS_THERE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"


def _revision(connection: dbapi2.Connection) -> str | None:
    if connection.execute(_IS_THERE).fetchone() is None:
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])


def _needed(connection: dbapi2.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def pending_steps(connection: dbapi2.Connection, history: History) -> tuple[str, ...]:
    """The steps still to run; NotAllowed SC-STORE-005 when the file needs a newer program."""
    revision = _revision(connection)
    if revision is None:
        return tuple(history.steps)
    if revision in history.steps:
        done = list(history.steps).index(revision) + 1
        return tuple(history.steps[done:])
    if _needed(connection) > len(history.steps):
        raise NotAllowed("SC-STORE-005")
    return ()


def _additive(history: History, step: str) -> bool:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(history.scripts)).get_revision(step)
    return bool(getattr(script.module, "ADDITIVE", False))


def _copy_before(file: Path, data_key: bytes, step: str) -> None:
    """Copy the file as it is, with what the write-ahead log still holds."""
    connection: dbapi2.Connection = connect(file, data_key, create=False)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    copy = file.with_name(f"{file.stem}-before-{step}{file.suffix}")
    if copy.exists():
        return  # made by an upgrade that did not get through; it is the older and the right one
    unfinished = copy.with_suffix(".part")
    shutil.copyfile(file, unfinished)
    with unfinished.open("rb+") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(copy)


def _run(file: Path, data_key: bytes, history: History, needed: int) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    from smartclient.store.engines import writing_engine

    config = Config()
    config.set_main_option("script_location", str(history.scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    writer = writing_engine(file, data_key)
    try:
        with writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, history.steps[-1])
            connection.execute(text(f"PRAGMA user_version = {needed}"))
    finally:
        writer.dispose()


def bring_up_to_date(
    file: Path, data_key: bytes, opened: dbapi2.Connection, history: History
) -> None:
    """Run the pending steps in one transaction, after a copy when one of them is not additive.

    A file of today is told by `opened` alone; only steps that are pending need more.
    """
    pending = pending_steps(opened, history)
    if not pending:
        return
    fresh, needed = _revision(opened) is None, _needed(opened)
    breaking = [step for step in pending if not _additive(history, step)]
    if breaking:
        needed = list(history.steps).index(breaking[-1]) + 1
    if breaking and not fresh:
        _copy_before(file, data_key, breaking[0])
    _run(file, data_key, history, needed)
