"""The frame of the window: places, search, countdown, size, closing."""

from datetime import timedelta
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.admission import REVOKED
from smartclient.domain.document_life import Stage
from smartclient.store.document_lines import Situation
from smartclient.ui.clients_flow import ClientsFlow
from smartclient.ui.dialogs import Question
from smartclient.ui.documents_page import DocumentsPage
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import SIGNS, Place
from smartclient.ui.settings_page import SettingsPage
from smartclient.ui.synchronisation_page import SynchronisationPage
from tests.ui.desk import Desk
from tests.ui.desk_contents import EVENING
from tests.ui.keyboard import CONTROL, press, write
from tests.ui.shell.conftest import Settle

STILL_WORKS = (
    "You can fill in, complete, show and sign documents",
    "Filling in, completing and signing still work.",
)
"""In the first days, and from the third day on."""
BLOCKED = "SC-SERV-015"


def test_that_the_frame_shows_work_in_counts_and_who_works_here(window: MainWindow) -> None:
    buttons = tuple(window.navigation._buttons.values())
    names = [button.accessibleName() for button in buttons]
    assert names == ["Home", "Clients", "Documents", "Synchronisation", "Settings"]
    told = [button.accessibleDescription() for button in buttons]
    assert told == ["", "22 items", "24 items", "2 items", ""]
    assert window.navigation.foot._who.text() == "Jana Dvořáková"
    assert window.navigation.foot._number.text() == "HR 90012345"
    assert window.navigation.foot._synchronised.text() == "synchronised today 18:42"
    assert window.top._conflicts.text() == "Show conflicts (1)"


def test_that_the_countdown_stands_only_while_something_waits(
    window: MainWindow, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    countdown = window.top.countdown
    assert countdown.isVisible()
    assert countdown._left.text() == "2 h 18 min"
    desk.clock.pass_time(hours=2)
    countdown.tick()
    assert countdown._left.text() == "18 min"
    with desk.db.write() as tx:
        for place in (4, 5):
            tx.documents.stand(desk.documents[place], Situation(Stage.DRAFT))
    qtbot.waitUntil(countdown.isHidden)


def test_that_every_place_opens_by_keyboard(window: MainWindow, settle: Settle) -> None:
    for number, place in enumerate(SIGNS, start=1):
        press(window, Qt.Key(Qt.Key.Key_0.value + number), CONTROL)
        settle()
        assert window.navigation._buttons[place].isChecked()
        assert window.stack.currentWidget() is window.shelf.page(place)


def test_that_pages_are_made_at_their_first_use(window: MainWindow) -> None:
    assert len(window.shelf.pages) == 1


def test_that_the_search_finds_clients_and_documents_and_opens_them(
    window: MainWindow, settle: Settle, qtbot: QtBot
) -> None:
    window.activateWindow()
    press(window, Qt.Key.Key_K, CONTROL)
    search = window.top.search
    assert search.hasFocus()
    write(search, "novák")
    qtbot.waitUntil(search.results.isVisible)
    names = [line.name for line in search.results.model.lines]
    assert names == ["Petr Novák", "Petr Novák", "Petr Novák"]
    kinds = [line.kind for line in search.results.model.lines]
    assert kinds == ["client", "document", "document"]
    press(search, Qt.Key.Key_Down)
    press(search, Qt.Key.Key_Return)
    settle()
    page = cast("DocumentsPage", window.stack.currentWidget())
    assert page.marked is not None
    assert page.marked.client == "Petr Novák"
    assert search.results.isHidden()


def test_that_a_name_nobody_has_can_be_added_from_the_search(
    window: MainWindow, settle: Settle, qtbot: QtBot
) -> None:
    window.activateWindow()
    search = window.top.search
    search.setFocus()
    write(search, "Zbyněk Novotný")
    qtbot.waitUntil(search.results.isVisible)
    assert [line.kind for line in search.results.model.lines] == ["add"]
    press(search, Qt.Key.Key_Return)
    settle()
    flow = cast("ClientsFlow", window.stack.currentWidget())
    assert flow.currentWidget() is flow.form
    assert flow.form.typed["given_name"] == "Zbyněk"
    assert flow.form.typed["surname"] == "Novotný"


def test_that_escape_leaves_the_search(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    search = window.top.search
    search.setFocus()
    write(search, "99999999")
    qtbot.waitUntil(search.results.isVisible)
    assert [line.kind for line in search.results.model.lines] == ["nothing"]
    press(search, Qt.Key.Key_Escape)
    assert search.results.isHidden()
    assert search.text() == ""


def test_that_every_page_fits_a_small_screen(window: MainWindow, settle: Settle) -> None:
    window.resize(853, 480)
    for place in Place:
        page = window.open_page(place)
        settle()
        assert (window.width(), window.height()) == (853, 480), place
        assert page.width() <= window.width()
    assert window.navigation.width() < 100


def test_that_closing_names_what_was_not_sent(
    window: MainWindow, settle: Settle, qtbot: QtBot
) -> None:
    asked: list[Question] = []

    def stay(_parent: QWidget, question: Question) -> bool:
        asked.append(question)
        return False

    window._question = stay
    window.close()
    settle()
    assert window.isVisible()
    assert asked[0].headline == "2 documents have not been sent yet"
    assert "Offer 7200041855 · Lucie Bílá" in asked[0].detail
    assert window.navigation._buttons[Place.SYNCHRONISATION].isChecked()
    window._question = lambda _parent, _question: True
    with qtbot.waitSignal(window.closed):
        window.close()
    assert window.isHidden()


def test_that_closing_a_revoked_install_leads_to_handing_in(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        tx.feed.set_notice(REVOKED)
    settle()
    asked: list[Question] = []

    def stay(_parent: QWidget, question: Question) -> bool:
        asked.append(question)
        return False

    window._question = stay
    window.close()
    settle()
    assert "until you hand them in" in asked[0].detail
    assert asked[0].no == "Help and contacts"
    assert window.stack.currentWidget() is window.shelf.page(Place.SETTINGS)


def test_that_closing_counts_all_that_was_not_sent_and_names_a_few(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        body = tx.documents.get(desk.documents[4]).body
        for number in range(30):
            tx.documents.create({**body, "number": f"72000{number:05}"}, Stage.COMPLETE)
    asked: list[Question] = []

    def stay(_parent: QWidget, question: Question) -> bool:
        asked.append(question)
        return False

    window._question = stay
    window.close()
    settle()
    assert asked[0].headline == "32 documents have not been sent yet"
    assert asked[0].detail.count("•") == 7
    assert "and 26 more" in asked[0].detail


def test_that_closing_asks_nothing_when_everything_is_sent(
    window: MainWindow, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        for place in (4, 5):
            tx.documents.stand(desk.documents[place], Situation(Stage.DRAFT))
    asked: list[Question] = []

    def remember(_parent: QWidget, question: Question) -> bool:
        asked.append(question)
        return False

    window._question = remember
    with qtbot.waitSignal(window.closed):
        window.close()
    assert asked == []


def test_that_a_page_of_work_takes_the_room_of_the_places(
    window: MainWindow, settle: Settle
) -> None:
    work = QWidget()
    window.show_work(work)
    assert window.navigation.isHidden()
    assert window.top.isVisible()
    window.show_work(work, alone=True)
    assert window.top.isHidden()
    window.leave_work()
    settle()
    assert window.navigation.isVisible()
    assert window.top.isVisible()


def test_that_a_place_is_named_whole_beside_a_large_count(
    window: MainWindow, settle: Settle
) -> None:
    button = window.navigation._buttons[Place.SYNCHRONISATION]
    for count in (128, 888, 5_000):
        window.navigation.show_count(Place.SYNCHRONISATION, count)
        for here in (True, False):
            button.setChecked(here)
            settle()
            words = button._words
            assert words.width() >= words.fontMetrics().horizontalAdvance(words.text())
            assert button._badge.text in (str(count), "999+", "99+")
            assert button.accessibleDescription() == f"{count} items"
    assert button.toolTip() == "Synchronisation (5000)"


def test_that_off_line_is_a_calm_line_and_too_long_is_said_louder(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    line = window.standing
    assert line.isHidden()
    window._services.synchronisation.is_online = False
    surfaces = {}
    for days in (0, 1, 3, 7):
        desk.clock.set(EVENING + timedelta(days=days))
        window.refresh_frame()
        settle()
        assert line.isVisible()
        surfaces[days] = line.property("surface")
        assert STILL_WORKS[days >= 3] in line.words, "who is away for days needs it most"
    assert surfaces == {0: "calm-line", 1: "calm-line", 3: "attention-line", 7: "bad-line"}
    assert line.words.startswith("You are off-line. You have not synchronised for 7 days.")
    window._services.synchronisation.is_online = True
    for days, shown in ((2, False), (5, True)):
        desk.clock.set(EVENING + timedelta(days=days))
        window.refresh_frame()
        settle()
        assert line.isVisible() is shown
    assert STILL_WORKS[True] not in line.words, "nobody doubts it on-line"
    window.open_page(Place.SYNCHRONISATION)
    assert line.isHidden(), "the page says it at length"
    window.open_page(Place.DOCUMENTS)
    assert line.isVisible()


def test_that_a_blocked_partner_is_promised_no_work_off_line(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        tx.feed.set_notice(BLOCKED)
    window._services.synchronisation.is_online = False
    for days in (0, 7):
        desk.clock.set(EVENING + timedelta(days=days))
        window.refresh_frame()
        settle()
        assert window.standing.words.startswith("You are off-line. ") or days == 0
        assert not any(words in window.standing.words for words in STILL_WORKS)


def test_that_a_revoked_install_is_told_on_every_screen_and_where_to_go(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    assert window.top.countdown.isVisible()
    with desk.db.write() as tx:
        tx.feed.set_notice(REVOKED)
    settle()
    line = window.standing
    assert line.words.startswith("The activation of this computer was revoked")
    assert window.top.countdown.isHidden(), "nothing of it is taken at 21:00"
    page = cast("SynchronisationPage", window.open_page(Place.SYNCHRONISATION))
    settle()
    assert line.isVisible(), "the page does not say it"
    assert page.state.detail.startswith("Nothing is sent any more.")
    line.step.click()
    settle()
    settings = cast("SettingsPage", window.stack.currentWidget())
    assert settings is window.shelf.page(Place.SETTINGS)
    with desk.db.write() as tx:
        tx.feed.set_notice("")
    settle()
    assert line.isHidden()
    assert window.top.countdown.isVisible()


def test_that_the_step_of_a_message_opens_the_place_that_helps(
    window: MainWindow, settle: Settle
) -> None:
    page = cast("SynchronisationPage", window.open_page(Place.SYNCHRONISATION))
    settle()
    for remedy, place in (
        ("update", Place.SETTINGS),
        ("help", Place.SETTINGS),
        ("conflicts", Place.CONFLICTS),
        ("open", Place.DOCUMENTS),
    ):
        page.remedy_wanted.emit(remedy)
        settle()
        assert window.stack.currentWidget() is window.shelf.page(place)
