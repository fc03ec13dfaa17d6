"""Settings, and what stands before the main window: one instance, a start that cannot go on."""

from datetime import date
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError, Unreachable
from smartclient.domain.sentences import sentence_for
from smartclient.services.settings import Appearance
from smartclient.sync.updates.answers import AppAnswer, Outcome
from smartclient.ui.help_contacts import contacts
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.settings_page import SettingsPage
from smartclient.ui.single_instance import SingleInstance
from smartclient.ui.start_failure import StartFailureWindow
from smartclient.ui.theme import Scheme, dress, look
from smartclient.ui.widgets.text import FlowingText, Text
from tests.ui.desk import Desk
from tests.ui.shell.conftest import Settle


@pytest.fixture
def page(window: MainWindow, settle: Settle) -> SettingsPage:
    shown = cast("SettingsPage", window.open_page(Place.SETTINGS))
    settle()
    return shown


def test_that_there_are_no_updates_is_said_only_after_a_look(
    page: SettingsPage, desk: Desk, settle: Settle
) -> None:
    page.update_button.click()
    settle()
    assert page.update_banner.words == "There are no updates of the application."
    refusal = Unreachable("SC-CAT-001")
    desk.update_answer = AppAnswer(Outcome.NOT_CHECKED, "0.1.0", refusal=refusal)
    page.update_button.click()
    settle()
    assert "SC-CAT-001" in page.update_banner.words
    desk.update_answer = AppAnswer(Outcome.AVAILABLE, "0.1.0", "0.2.0", date(2026, 11, 20))
    page.update_button.click()
    settle()
    assert "0.2.0" in page.update_banner.words


def test_that_activation_can_be_changed_after_a_question(
    page: SettingsPage, window: MainWindow, qtbot: QtBot
) -> None:
    page.open_tab(1)
    with qtbot.waitSignal(window.reactivation_wanted):
        page.change_activation.click()
    page._question = lambda _parent, _question: False
    with qtbot.assertNotEmitted(window.reactivation_wanted):
        page.change_activation.click()


def test_that_the_tabs_stand_under_their_names(page: SettingsPage) -> None:
    tabs = [tab for tab in page.findChildren(QPushButton) if tab.property("kind") == "tab"]
    assert [tab.text() for tab in tabs][:2] == ["Application updates", "Application activation"]


def test_that_the_look_changes_at_once_and_is_kept(
    page: SettingsPage, desk: Desk, settle: Settle
) -> None:
    page.scheme.setCurrentIndex(1)
    settle()
    assert look().scheme is Scheme.DARK
    assert desk.services().settings.appearance() == Appearance("dark", 100, "cs")
    page.scale.setCurrentIndex(2)
    settle()
    assert desk.services().settings.appearance().scale == 130
    assert "after the next start" in page.banner.words
    look().wear(Scheme.LIGHT)


def test_that_everybody_who_can_help_is_named(page: SettingsPage) -> None:
    words = [label.text() for label in page.findChildren(Text)]
    for contact in contacts():
        assert contact.value in words


def test_that_a_second_start_shows_the_first_window(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.take()
    first.listen()
    with qtbot.waitSignal(first.knocked):
        assert not second.take()
    first.give_up()
    assert second.take()
    second.give_up()


def test_that_two_homes_run_beside_each_other(tmp_path: Path) -> None:
    one, other = SingleInstance(tmp_path / "one"), SingleInstance(tmp_path / "other")
    assert one.take()
    assert other.take()
    one.give_up()
    other.give_up()


@pytest.mark.parametrize(
    "error",
    [
        NotAllowed("SC-STORE-001"),
        Damaged("SC-STORE-002"),
        Damaged("SC-STORE-003"),
        NotAllowed("SC-STORE-005"),
    ],
)
def test_that_a_database_that_cannot_be_opened_has_its_own_sentence(
    qtbot: QtBot, error: SmartClientError
) -> None:
    window = StartFailureWindow(error)
    qtbot.addWidget(window)
    window.show()
    words = " ".join(label.text() for label in window.findChildren(Text))
    spoken = sentence_for(error)
    assert spoken.happened in words
    assert spoken.safe in words
    assert error.code in words
    with qtbot.waitSignal(window.closed):
        window.close_button.click()


def test_that_a_failed_start_says_every_word_in_large_letters_too(
    qapp: QApplication, qtbot: QtBot
) -> None:
    dress(qapp, Scheme.LIGHT, 1.5)
    window = StartFailureWindow(SmartClientError("SC-STORE-003"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    for words in window.findChildren(FlowingText):
        assert words.height() >= words.heightForWidth(words.width()), words.text()
