"""Opening the database: every way in which it can be wrong has its own code, nothing is changed."""

import os
import sqlite3
from pathlib import Path

import pytest

from smartclient.domain.errors import Damaged, NoSpace, NotAllowed, SmartClientError
from smartclient.store.database import CHECK_NAME, FILE_NAME, Database
from smartclient.wire.messages import JsonObject
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.conftest import KEY
from tests.unit.store.documents import offer

OTHER_KEY = bytes(32)


def _open(folder: Path, key: bytes = KEY) -> Database:
    return Database.open(folder, key, clock=SetClock(), ids=CountedIds(9))


def _filled(folder: Path, count: int = 3) -> None:
    database = _open(folder)
    with database.write() as tx:
        for number in range(count):
            tx.documents.create(offer(number=f"72000{number:05}"))
    database.close()


def _refusal(folder: Path, key: bytes = KEY) -> SmartClientError:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(SmartClientError) as refused:
        _open(folder, key)
    after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert after == before, "nothing may be overwritten"
    return refused.value


def test_that_what_was_committed_is_there_after_opening_again(folder: Path) -> None:
    _filled(folder, 2)
    database = _open(folder)
    with database.read() as tx:
        assert sum(tx.documents.counts_by_state().values()) == 2
    database.close()


def test_that_the_file_shows_nothing_without_the_key(folder: Path) -> None:
    _filled(folder)
    content = (folder / FILE_NAME).read_bytes()
    for shown in (b"7200000001", b"document_body", b"SQLite format"):
        assert shown not in content
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(folder / FILE_NAME).execute("SELECT * FROM sqlite_master")


def test_that_a_wrong_key_is_told_from_damage(folder: Path) -> None:
    _filled(folder)
    refusal = _refusal(folder, OTHER_KEY)
    assert isinstance(refusal, NotAllowed)
    assert refusal.code == "SC-STORE-001"


@pytest.mark.parametrize("place", [0, 20, 100, 4000])
def test_that_a_damaged_beginning_is_told_from_a_wrong_key(folder: Path, place: int) -> None:
    _filled(folder)
    _flip(folder / FILE_NAME, place)
    refusal = _refusal(folder)
    assert isinstance(refusal, Damaged)
    assert refusal.code == "SC-STORE-002"


def test_that_damage_anywhere_in_a_small_file_is_found_at_opening(folder: Path) -> None:
    _filled(folder, 40)
    size = (folder / FILE_NAME).stat().st_size
    _flip(folder / FILE_NAME, size - 2000)
    assert _refusal(folder).code == "SC-STORE-003"


def test_that_damage_in_a_large_file_is_found_by_the_whole_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartclient.store.database._SMALL_ENOUGH_TO_CHECK", 0)
    _filled(folder, 40)
    _flip(folder / FILE_NAME, (folder / FILE_NAME).stat().st_size - 2000)
    database = _open(folder)
    with pytest.raises(Damaged, match="SC-STORE-003"):
        database.check()
    database.close()


def test_that_a_file_cut_to_nothing_is_damage_and_not_a_new_start(folder: Path) -> None:
    _filled(folder)
    (folder / FILE_NAME).write_bytes(b"")
    assert _refusal(folder).code == "SC-STORE-002"


def test_that_a_missing_file_is_said_and_not_replaced_by_an_empty_one(folder: Path) -> None:
    _filled(folder)
    (folder / FILE_NAME).unlink()
    assert _refusal(folder).code == "SC-STORE-004"


def test_that_without_a_check_value_nobody_guesses_why_it_does_not_open(folder: Path) -> None:
    _filled(folder)
    (folder / CHECK_NAME).unlink()
    assert _refusal(folder, OTHER_KEY).code == "SC-STORE-006"


def test_that_a_lost_check_value_is_written_again_by_the_right_key(folder: Path) -> None:
    _filled(folder)
    (folder / CHECK_NAME).unlink()
    _open(folder).close()
    assert _refusal(folder, OTHER_KEY).code == "SC-STORE-001"


def test_that_a_full_disk_refuses_the_write_and_keeps_what_was_there(database: Database) -> None:
    with database.write() as tx:
        kept = tx.documents.create(offer(number="7200000001"))
        pages = tx.unit.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.unit.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    too_much: JsonObject = {**offer(), "answers": {"noise": os.urandom(400_000).hex()}}
    with pytest.raises(NoSpace, match="SC-STORE-010"), database.write() as tx:
        tx.documents.create(too_much)
    with database.read() as tx:
        assert tx.documents.get(kept.id).row.number == "7200000001"
        assert sum(tx.documents.counts_by_state().values()) == 1


def test_that_a_write_inside_a_write_is_a_fault_of_the_program(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass


def _flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(content)
