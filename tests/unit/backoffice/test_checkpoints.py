"""The embedded database: how large its pages are, and when its log is copied into it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from smartclient.backoffice.tables import checkpoints
from smartclient.backoffice.tables.engine import WRITES, open_database

_PAGES = 40


@contextmanager
def _written(path: Path, *, checkpoints_beside: bool = True) -> Iterator[Engine]:
    """A database with some pages that are only in its log."""
    engine = open_database(f"sqlite:///{path}", checkpoints_beside=checkpoints_beside)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(text("CREATE TABLE body (content BLOB)"))
            one = {"content": bytes(8192)}
            connection.execute(text("INSERT INTO body VALUES (:content)"), [one] * _PAGES)
        yield engine
    finally:
        engine.dispose()


def _rows(path: Path) -> int:
    """How many bodies stand in the file itself, without its log."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as alone:
        try:
            count: int = alone.execute("SELECT count(*) FROM body").fetchone()[0]
        except sqlite3.DatabaseError:
            return 0
        return count


def test_that_a_checkpoint_copies_the_whole_log(tmp_path: Path) -> None:
    path = tmp_path / "office.sqlite3"
    with _written(path) as engine:
        assert _rows(path) == 0
        pages, copied = checkpoints.checkpoint(engine)
        assert pages == copied >= _PAGES
        assert _rows(path) == _PAGES


def test_that_the_log_is_copied_again_and_again_whatever_fails_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "office.sqlite3"
    copy, tries, copied = checkpoints.checkpoint, count(), threading.Event()

    def at_the_second_try(engine: Engine) -> tuple[int, int]:
        if not next(tries):
            raise sqlite3.OperationalError
        told = copy(engine)
        copied.set()
        return told

    monkeypatch.setattr(checkpoints, "checkpoint", at_the_second_try)
    with _written(path) as engine:
        with checkpoints.beside(engine, every=0.001):
            assert copied.wait(20)
        assert _rows(path) == _PAGES


def test_that_a_reader_of_an_older_state_holds_up_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "office.sqlite3"
    with _written(path) as engine, engine.begin() as reader:
        assert reader.execute(text("SELECT count(*) FROM body")).scalar_one() == _PAGES
        with engine.execution_options(**{WRITES: True}).begin() as writer:
            writer.execute(text("DELETE FROM body"))
        pages, copied = checkpoints.checkpoint(engine)
        assert copied < pages
        assert reader.execute(text("SELECT count(*) FROM body")).scalar_one() == _PAGES
    assert _rows(path) == 0


@pytest.mark.parametrize(("beside", "pages"), [(True, 30_000), (False, 10_000)])
def test_that_a_commit_copies_the_log_at_the_latest(
    tmp_path: Path, *, beside: bool, pages: int
) -> None:
    path = tmp_path / "office.sqlite3"
    with _written(path, checkpoints_beside=beside) as engine, engine.begin() as connection:
        assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar_one() == pages
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_that_a_new_database_has_large_pages_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(old)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE before (of_us TEXT)")
    for path, size in ((tmp_path / "new.sqlite3", 8192), (old, 4096)):
        with _written(path) as engine, engine.begin() as connection:
            assert connection.execute(text("PRAGMA page_size")).scalar_one() == size
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
