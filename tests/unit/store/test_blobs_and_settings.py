"""Blobs, settings, numbers and the history of synchronisations."""

import errno
import os
from pathlib import Path

import pytest

from smartclient.domain.errors import BadInput, Damaged, NoSpace, NotAllowed
from smartclient.domain.ids import Sha256
from smartclient.store.database import Database
from smartclient.store.sync_history import SyncRun
from smartclient.wire.encoding import sha256
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.conftest import KEY

PDF = b"%PDF-1.7 the offer of Petr Novak"


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "blobs").iterdir())


def test_that_a_blob_comes_back_and_its_file_shows_nothing(
    database: Database, folder: Path
) -> None:
    with database.write() as tx:
        digest = tx.blobs.put(PDF)
        assert tx.blobs.put(PDF) == digest == sha256(PDF)
    (file,) = _files(folder)
    assert b"PDF" not in file.read_bytes()
    assert digest not in file.name
    with database.read() as tx:
        assert tx.blobs.get(digest) == PDF


def test_that_a_damaged_or_missing_blob_is_said(database: Database, folder: Path) -> None:
    with database.write() as tx:
        digest = tx.blobs.put(PDF)
    (file,) = _files(folder)
    content = bytearray(file.read_bytes())
    content[5] ^= 1
    file.write_bytes(content)
    with database.read() as tx:
        with pytest.raises(Damaged, match="SC-STORE-007"):
            tx.blobs.get(digest)
        file.unlink()
        with pytest.raises(Damaged, match="SC-STORE-007"):
            tx.blobs.get(digest)
        with pytest.raises(NotAllowed, match="SC-STORE-022"):
            tx.blobs.get(Sha256("0" * 64))


def test_that_files_of_a_transaction_that_failed_go_at_the_next_opening(
    database: Database, folder: Path
) -> None:
    with database.write() as tx:
        kept = tx.blobs.put(PDF)
    with pytest.raises(NotAllowed), database.write() as tx:
        tx.blobs.get(Sha256(tx.blobs.put(b"never committed")[::-1]))
    assert len(_files(folder)) == 2
    database.close()
    again = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(5))
    again.warm_up()
    assert len(_files(folder)) == 1
    with again.read() as tx:
        assert tx.blobs.get(kept) == PDF
    again.close()


def test_that_a_disk_full_while_a_blob_is_written_keeps_everything_else(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoSpace, match="SC-STORE-010"), database.write() as tx:
        tx.blobs.put(PDF)
    assert _files(folder) == []


def test_that_settings_keep_json(database: Database) -> None:
    with database.write() as tx:
        tx.settings.set("user", {"name": "Jana", "numbers": [1, None, True]})
        tx.settings.set("user", {"name": "Jana Nová"})
    with database.read() as tx:
        assert tx.settings.get("user") == {"name": "Jana Nová"}
        assert tx.settings.get("missing", "default") == "default"


def test_that_each_leased_number_is_given_once_in_order_and_then_no_more(
    database: Database,
) -> None:
    with database.write() as tx:
        tx.numbers.lease("b", {"first": "7200040101", "last": "7200040102"})
        tx.numbers.lease("a", {"first": "7200040001", "last": "7200040002"})
        assert tx.numbers.left() == 4
        taken = [tx.numbers.take() for _ in range(3)]
        tx.numbers.lease("a", {"first": "7200040001", "last": "7200040002"})
        taken.append(tx.numbers.take())
        with pytest.raises(NotAllowed, match="SC-STORE-030"):
            tx.numbers.take()
    assert taken == ["7200040001", "7200040002", "7200040101", "7200040102"]


@pytest.mark.parametrize(
    ("first", "last"), [("2", "1"), ("1", "10"), ("a", "b"), (1, 2), ("", ""), ("١", "٢")]
)
def test_that_a_block_that_is_none_is_refused(
    database: Database, first: str | int, last: str | int
) -> None:
    with database.write() as tx, pytest.raises(BadInput, match="SC-STORE-031"):
        tx.numbers.lease("x", {"first": first, "last": last})


def test_that_the_last_synchronisation_and_the_last_whole_one_are_known(
    database: Database, clock: SetClock
) -> None:
    with database.write() as tx:
        tx.sync_history.add(SyncRun(clock.now(), clock.now(), "done", pushed=3))
        tx.sync_history.add(SyncRun(clock.now(), clock.now(), "SC-SYNC-020"))
        last, done = tx.sync_history.last(), tx.sync_history.last_done()
    assert last is not None
    assert last.outcome == "SC-SYNC-020"
    assert done is not None
    assert done.pushed == 3
