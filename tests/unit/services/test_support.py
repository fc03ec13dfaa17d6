"""What the help desk gets from a laptop, and what nobody gets with it."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from smartclient.domain.errors import NotAllowed
from smartclient.services.support import Support
from smartclient.store.schema import consent_event
from smartclient.store.sync_history import SyncRun
from tests.ui.desk import INSTALL, Desk
from tests.ui.desk_contents import NAMES

CODE = "7K3F9QXM"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.fill()
    now = made.clock.now()
    with made.db.write() as tx:
        tx.sync_history.add(SyncRun(now - timedelta(seconds=3), now, "done", 2, 3, 0, CODE))
    log = tmp_path / "log"
    log.mkdir()
    good = {"time": "2026-11-21T17:42:00.000Z", "level": "info", "logger": "smartclient.x"}
    lines = [
        json.dumps({**good, "event": "synchronised", "sync": CODE}),
        "2026-11-21 18:42:00 ERROR smartclient.ui Petr Novák, C:\\Users\\Jana Dvořáková",
        json.dumps({**good, "event": "x", "client": "Petr Novák"}),
    ]
    (log / "smartclient.log").write_text("\n".join(lines), encoding="utf-8")
    yield made
    made.close()


@pytest.fixture
def support(desk: Desk) -> Support:
    return desk.services().support


def test_that_the_export_tells_versions_sizes_syncs_and_codes(
    desk: Desk, support: Support, tmp_path: Path
) -> None:
    last = support.export(tmp_path / support.export_name())
    assert (last.code, last.when) == ("7K3F-9QXM", "today 18:42")
    with zipfile.ZipFile(tmp_path / "SmartClient-helpdesk-2026-11-21.zip") as archive:
        about = json.loads(archive.read("about.json"))
        syncs = json.loads(archive.read("synchronisations.json"))
        log = archive.read("log/smartclient.log").decode().splitlines()
    assert (about["install"], about["version"]) == (INSTALL, "0.1.0")
    assert about["components"][0] == "2026.11.01-3f2a91c0"
    assert about["database_bytes"] > 0
    assert about["conflicts"] == 1
    assert about["consents"]["recorded"] > 0
    assert about["consents"]["broken_at"] == 0
    assert about["parked_scopes"] == []
    assert about["scopes"] == list(_scopes(desk))
    assert sum(about["documents"].values()) == len(desk.documents)
    assert (syncs[0]["code"], syncs[0]["pushed"]) == ("7K3F-9QXM", 2)
    assert [json.loads(line)["event"] for line in log] == ["synchronised"]


def _scopes(desk: Desk) -> tuple[str, ...]:
    with desk.db.read() as tx:
        return tuple(tx.feed.scopes())


def test_that_the_export_names_nobody(support: Support, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    support.export(path)
    with zipfile.ZipFile(path) as archive:
        said = "".join(archive.read(name).decode() + name for name in archive.namelist())
    for given, surname, _city, number in NAMES:
        assert surname not in said
        assert f'"{given}"' not in said
        assert not number or number not in said
    for mark in ("Dvořáková", "90012345", "7200041", "notebook", str(tmp_path)):
        assert mark not in said


def test_that_a_computer_that_never_synchronised_has_no_code(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    support = desk.services().support
    assert support.last_sync().code == ""
    assert not support.is_revoked()
    support.export(tmp_path / "export.zip")
    desk.close()


def test_that_a_place_that_cannot_be_written_is_told(support: Support, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="SC-HELP-010"):
        support.export(tmp_path / "nowhere" / "export.zip")


def test_that_what_was_not_sent_is_written_sealed(support: Support, tmp_path: Path) -> None:
    done = support.hand_in(tmp_path / support.hand_in_name())
    assert (done.edits, done.file.read_bytes()) == (3, b"sealed")
    assert done.file.suffix == ".schandin"


def test_that_the_export_tells_a_chain_of_consents_that_does_not_fit(
    desk: Desk, tmp_path: Path
) -> None:
    with desk.db.write() as tx:
        fourth = consent_event.c.sequence == 4
        tx.unit.connection.execute(update(consent_event).where(fourth).values(recorded_by="Eva"))
    desk.services().support.export(tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert json.loads(archive.read("about.json"))["consents"]["broken_at"] == 4
