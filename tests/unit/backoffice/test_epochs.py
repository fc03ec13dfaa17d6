"""A restore begins an epoch that nobody has known before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from smartclient.backoffice.backups import EPOCHS, Backup, highest_epoch, remember_epoch
from smartclient.domain.errors import Damaged
from smartclient.domain.mode import Mode

NO_DATABASE = "sqlite:////nowhere/office.sqlite3"


def backup_of(folder: Path, epoch: int) -> Backup:
    made_at = datetime(2026, 11, 21, 18, tzinfo=UTC)
    return Backup(folder, made_at, epoch, Mode.PRACTICE, "sqlite")


def test_that_what_the_last_restore_wrote_is_remembered(tmp_path: Path) -> None:
    assert highest_epoch(tmp_path, backup_of(tmp_path, 3), NO_DATABASE) == 3
    remember_epoch(tmp_path, 7)
    assert highest_epoch(tmp_path, backup_of(tmp_path, 3), NO_DATABASE) == 7
    assert highest_epoch(tmp_path, backup_of(tmp_path, 9), NO_DATABASE) == 9


@pytest.mark.parametrize("content", [b"", b"{", b'{"epoch": "7"}', b"\xff"])
def test_that_an_epoch_that_cannot_be_read_is_never_given_again(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / EPOCHS).write_bytes(content)
    with pytest.raises(Damaged) as refusal:
        highest_epoch(tmp_path, backup_of(tmp_path, 3), NO_DATABASE)
    assert refusal.value.code == "SC-SERV-083"
