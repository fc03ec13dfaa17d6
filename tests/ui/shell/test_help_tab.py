"""NASTAVENÍ – help: the code to read out, the export, and what a revoked install hands in."""

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from smartclient.store.sync_history import SyncRun
from smartclient.ui.help_tab import HelpTab
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.settings_page import SettingsPage
from tests.ui.desk import Desk
from tests.ui.shell.conftest import Settle


@pytest.fixture
def tab(window: MainWindow, desk: Desk, settle: Settle, tmp_path: Path) -> HelpTab:
    now = desk.clock.now()
    with desk.db.write() as tx:
        tx.sync_history.add(SyncRun(now - timedelta(seconds=3), now, "done", 2, 3, 0, "7K3F9QXM"))
    page = cast("SettingsPage", window.open_page(Place.SETTINGS))
    page.open_tab(3)
    settle()
    page.help._choose = lambda _parent, name: tmp_path / name
    return page.help


def test_that_the_code_of_the_last_synchronisation_can_be_read_out(tab: HelpTab) -> None:
    assert tab.code.text() == "Code of the last synchronisation (today 18:42): 7K3F-9QXM"
    assert tab._hand_in_row.isHidden()


def test_that_the_export_is_written_and_says_what_to_do_with_it(
    tab: HelpTab, settle: Settle, tmp_path: Path
) -> None:
    tab.export_button.click()
    settle()
    assert "7K3F-9QXM" in tab.banner.words
    with zipfile.ZipFile(tmp_path / "SmartClient-helpdesk-2026-11-21.zip") as archive:
        assert "about.json" in archive.namelist()


def test_that_who_changes_their_mind_writes_nothing(
    tab: HelpTab, settle: Settle, tmp_path: Path
) -> None:
    tab._choose = lambda _parent, _name: None
    tab.export_button.click()
    settle()
    assert tab.banner.isHidden()
    assert not list(tmp_path.glob("*.zip"))


def test_that_a_place_that_cannot_be_written_is_told(
    tab: HelpTab, settle: Settle, tmp_path: Path
) -> None:
    tab._choose = lambda _parent, name: tmp_path / "nowhere" / name
    tab.export_button.click()
    settle()
    assert "SC-HELP-010" in tab.banner.words
    assert tab.export_button.isEnabled()


def test_that_a_revoked_install_offers_to_hand_in_what_was_not_sent(
    tab: HelpTab, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    with desk.db.write() as tx:
        tx.feed.set_notice("SC-SERV-006")
    tab.refresh()
    settle()
    assert not tab._hand_in_row.isHidden()
    tab.hand_in_button.click()
    settle()
    assert "3 edits are in the file." in tab.banner.words
    assert [file.read_bytes() for file in tmp_path.glob("*.schandin")] == [b"sealed"]
