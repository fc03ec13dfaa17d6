"""A disk that takes nothing is told as one: never as another process, never as a defect."""

import errno
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.operations.alone import alone, disk_fault
from smartclient.backoffice.operations.registers import rights
from smartclient.domain.errors import NotAllowed
from tests.simulators.operator_commands import OperatorCommands, refusal_of


def test_that_a_lock_that_cannot_be_written_is_no_other_process(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(OSError, match="Permission denied"), alone(tmp_path / ".lock", "SC-EXP-002"):
        raise AssertionError("never reached")


def test_that_another_process_is_told_as_one(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    second = alone(lock, "SC-EXP-002")
    with alone(lock, "SC-EXP-002"), pytest.raises(NotAllowed, match="SC-EXP-002"), second:
        raise AssertionError("never reached")


def test_that_what_sqlite_says_of_the_disk_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "small") as database:
        database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as failed:
            database.execute("CREATE TABLE t (v)")
    found = disk_fault(failed.value, tmp_path / "small")
    assert (found.errno, found.filename) == (errno.ENOSPC, str(tmp_path / "small"))


def test_that_a_full_disk_at_a_backup_and_a_lost_database_have_their_sentences(
    run: OperatorCommands, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "--certificates", certificates)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "x" / "settings"))

    def away(*_arguments: object) -> None:
        raise OperationalError("COMMIT", {}, RuntimeError("secret host"))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfile", full)
        said = run("backup", tmp_path / "backup", code=2)
    assert refusal_of(said) == "SC-CMD-006"
    assert "settings" in str(said["refusal"])
    with monkeypatch.context() as broken:
        broken.setattr(rights, "create_office", away)
        said = run("office", "create", "brno", "--name", "Brno", code=2)
    assert refusal_of(said) == "SC-CMD-011"
    assert "secret" not in str(said["refusal"])
