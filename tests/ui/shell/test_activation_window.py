"""Activation at the screen, against the real back office in the test's process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from smartclient.domain.errors import Unreachable
from smartclient.services.activation import Account
from smartclient.ui.activation_window import ActivationWindow
from smartclient.ui.help_contacts import HELP_DESK
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.text import Text
from tests.simulators.inprocess import BLOCKED_HR, KNOWN_HR
from tests.ui.shell.conftest import Settle
from tests.ui.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(site: Site, tasks: Tasks, qtbot: QtBot) -> Iterator[ActivationWindow]:
    opened = ActivationWindow(site.activation, tasks)
    opened.show()
    qtbot.waitExposed(opened)
    yield opened
    opened.deleteLater()


def verify(window: ActivationWindow, number: str, settle: Settle) -> None:
    window.way._edit.setText(number)
    window.way._changed()
    window.way.check.click()
    settle()


def fill_user(window: ActivationWindow, **typed: str) -> None:
    for name, text in typed.items():
        edit = window.user.fields[name].widget
        assert isinstance(edit, QLineEdit)
        edit.setText(text)


def words_of(window: ActivationWindow) -> str:
    return " ".join(part.text() for part in window.findChildren(Text) if part.isVisible())


def test_that_the_whole_way_leads_to_an_open_application_without_a_further_press(
    window: ActivationWindow, site: Site, tasks: Tasks, settle: Settle, qtbot: QtBot
) -> None:
    runner = SyncRunner(site.synchronisation, tasks, window, fraction=lambda: 0.5)
    window.activated.connect(lambda: window.synchronise_with(runner))
    verify(window, KNOWN_HR, settle)
    told = window.way._verdict.text()
    assert told == "The identification of the partner was verified successfully\nPartner & syn"
    window.way.next.click()
    fill_user(window, name="Jana Dvořáková", identification="dvorakova.j", cnb_number="012345PPZ")
    with qtbot.waitSignal(window.completed, timeout=20_000):
        window.user.ok.click()
    account = site.activation.account()
    assert account is not None
    assert (account.hr, account.name) == (KNOWN_HR, "Jana Dvořáková")
    current = site.catalogue.current
    assert current is not None
    assert len(current.components) == 2
    assert site.synchronisation.is_online
    assert site.synchronisation.seconds_to_lock() is not None


@pytest.mark.parametrize("number", ["", "12345678", "9001234A", "devět"])
def test_that_a_number_that_cannot_be_one_is_refused_before_any_call(
    window: ActivationWindow, site: Site, settle: Settle, number: str
) -> None:
    verify(window, number, settle)
    assert site.wire.asked == []
    assert window.way.number.message
    assert not window.way.next.isEnabled()
    assert window.way._edit.text() == number


def test_that_unknown_blocked_and_unreachable_are_told_apart(
    window: ActivationWindow, site: Site, settle: Settle
) -> None:
    told = []
    for number in ("99999999", BLOCKED_HR):
        verify(window, number, settle)
        told.append(window.banner.words)
    site.wire.fault = Unreachable("SC-SYNC-020")
    verify(window, KNOWN_HR, settle)
    told.append(window.banner.words)
    assert len(set(told)) == 3
    assert "SC-ACT-002" in told[2]
    assert not window.way.next.isEnabled()


def test_that_another_number_must_be_verified_again(
    window: ActivationWindow, settle: Settle
) -> None:
    verify(window, KNOWN_HR, settle)
    assert window.way.next.isEnabled()
    window.way._edit.setText("90099998")
    window.way._changed()
    assert not window.way.next.isEnabled()


def test_that_the_way_by_certificate_says_honestly_that_it_is_not_served(
    window: ActivationWindow,
) -> None:
    window.way.by_certificate.setChecked(True)
    assert "This way is not served by SmartClient yet." in words_of(window)
    assert HELP_DESK in words_of(window)
    assert not window.way.next.isEnabled()


def test_that_three_fields_of_the_user_are_mandatory(
    window: ActivationWindow, settle: Settle, site: Site
) -> None:
    verify(window, KNOWN_HR, settle)
    window.way.next.click()
    asked = len(site.wire.asked)
    window.user.ok.click()
    settle()
    missing = [name for name, field in window.user.fields.items() if "fill" in field.message]
    assert missing == ["name", "identification", "cnb_number"]
    assert len(site.wire.asked) == asked
    assert window.user.fields["name"].widget.hasFocus()


def test_that_a_broken_first_synchronisation_can_be_tried_again(
    window: ActivationWindow, site: Site, tasks: Tasks, settle: Settle, qtbot: QtBot
) -> None:
    runner = SyncRunner(site.synchronisation, tasks, window, fraction=lambda: 0.5)
    window.activated.connect(lambda: window.synchronise_with(runner))
    site.updates.offline = True
    verify(window, KNOWN_HR, settle)
    window.way.next.click()
    fill_user(window, name="Jana Dvořáková", identification="dvorakova.j", cnb_number="012345PPZ")
    window.user.ok.click()
    qtbot.waitUntil(lambda: "SC-CAT" in window.banner.words)
    assert window.first._again.isVisible()
    site.updates.offline = False
    with qtbot.waitSignal(window.completed, timeout=20_000):
        window.first._again.click()


def test_that_who_is_off_line_at_the_first_start_is_told_what_is_missing_and_sees_the_button(
    window: ActivationWindow, site: Site, tasks: Tasks, settle: Settle, qtbot: QtBot
) -> None:
    runner = SyncRunner(site.synchronisation, tasks, window, fraction=lambda: 0.5)

    def lose_the_network() -> None:
        site.wire.fault = Unreachable("SC-SYNC-020")
        window.synchronise_with(runner)

    window.activated.connect(lose_the_network)
    verify(window, KNOWN_HR, settle)
    window.way.next.click()
    fill_user(window, name="Jana Dvořáková", identification="dvorakova.j", cnb_number="012345PPZ")
    window.user.ok.click()
    qtbot.waitUntil(lambda: "SC-SYNC-020" in window.banner.words)
    settle()
    assert "there are no forms to work with" in window.banner.words
    again = window.first._again
    assert again.visibleRegion().boundingRect() == again.rect(), "no scrolling to the next step"
    assert window.first.steps._bar.maximum() == 1, "nothing looks as if it went on"


def test_that_it_fits_a_small_screen_drawn_large(window: ActivationWindow) -> None:
    assert window.minimumSizeHint().height() <= 480  # 1280 × 720 at 150 %


def test_that_a_change_of_activation_can_be_given_up(
    site: Site, tasks: Tasks, qtbot: QtBot
) -> None:
    before = Account("90012345", "Partner", "Jana Dvořáková", "dvorakova.j", "012345PPZ")
    window = ActivationWindow(site.activation, tasks, previous=before)
    name = window.user.fields["name"].widget
    assert isinstance(name, QLineEdit)
    assert name.text() == "Jana Dvořáková"
    with qtbot.waitSignal(window.abandoned):
        window.way.abandoned.emit()
    window.deleteLater()
