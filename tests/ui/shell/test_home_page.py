"""Domů at the screen: tiles, the day with its steps, the bars and the same as a table."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import ShownState
from smartclient.services.home import Step
from smartclient.store.merging import Clash
from smartclient.ui.documents_page import DocumentsPage
from smartclient.ui.home_page import HomePage, TodoLine
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.empty_state import EmptyState
from tests.ui.desk import Desk
from tests.ui.keyboard import press
from tests.ui.shell.conftest import Settle


def home(window: MainWindow) -> HomePage:
    return cast("HomePage", window.open_page(Place.HOME))


def test_that_the_tiles_count_the_book(window: MainWindow) -> None:
    page = home(window)
    assert [tile.figure for tile in page.tiles] == ["22", "3", "0", "2"]
    assert page.title == "Good evening"
    assert page.subtitle == "2 documents wait to be sent. 2 h 18 min is left until the lock."


def test_that_each_line_of_the_day_has_one_button_that_does_it(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    page = home(window)
    lines = page.findChildren(TodoLine)
    assert len(lines) == 6
    buttons = [line.findChildren(Button) for line in lines]
    assert all(len(found) == 1 for found in buttons)
    with qtbot.waitSignal(window.signing_requested) as asked:
        buttons[0][0].click()
    assert asked.args == [desk.documents[0]]


def test_that_the_rest_of_the_day_can_be_shown(window: MainWindow, settle: Settle) -> None:
    page = home(window)
    page._show_all()
    settle()
    steps = {todo.step for todo in page._overview.todos} if page._overview else set()
    assert steps == set(Step) - {Step.SEE_REFUSED, Step.CHOOSE, Step.UNDERSTOOD}


def test_that_each_step_leads_to_its_place(window: MainWindow, desk: Desk, settle: Settle) -> None:
    page = home(window)
    overview = page._overview
    assert overview is not None
    places = {
        Step.CORRECT_CONTACT: Place.CLIENTS,
        Step.SHOW: Place.DOCUMENTS,
        Step.COMPARE: Place.CONFLICTS,
        Step.CONTINUE_CLIENT: Place.CLIENTS,
        Step.INFORM: Place.CLIENTS,
    }
    for todo in overview.todos:
        if todo.step in places:
            page._take(todo)
            settle()
            assert window.stack.currentWidget() is window.shelf.page(places[todo.step])


def test_that_what_needs_a_person_stands_first_with_its_number_and_a_way(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        for document in desk.documents[4:6]:
            state = tx.records.find(document)
            assert state is not None
            tx.records.keep([replace(state, parked="SC-SYNC-029")])
        for client, fields in ((desk.clients[3], ("phone", "city")), (desk.clients[0], ("phone",))):
            tx.field_offers.keep(client, [Clash(field, "1", "2") for field in fields])
            desk.clock.pass_time(minutes=1)
    page = home(window)
    page.refresh()
    settle()
    overview = page._overview
    assert overview is not None
    refused, other = overview.todos[:2]
    assert refused.headline == "The server did not take 2 records"
    assert (other.headline, other.about) == ("Other values for 2 clients", "Marie Veselá")
    assert "in 2 fields" in other.detail
    page._take(refused)
    settle()
    assert window.stack.currentWidget() is window.shelf.page(Place.SYNCHRONISATION)
    page._take(other)
    settle()
    assert window.shelf.clients.panel.client_id == desk.clients[3]


def test_that_what_was_handed_in_is_told_until_somebody_read_it(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        for _push in range(2):
            tx.feed.note_handed_in(2)
    page = home(window)
    settle()
    first = page.findChildren(TodoLine)[0]
    assert page._overview is not None
    assert page._overview.todos[0].headline == "4 records went to the insurer"
    first.findChildren(Button)[0].click()
    settle()
    assert Step.UNDERSTOOD not in {todo.step for todo in page._overview.todos}


def test_that_a_bar_opens_its_documents(window: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    page = home(window)
    page.chart.bars.setFocus()
    press(page.chart.bars, Qt.Key.Key_Down)
    press(page.chart.bars, Qt.Key.Key_Return)
    settle()
    documents = cast("DocumentsPage", window.stack.currentWidget())
    qtbot.waitUntil(lambda: documents.table.rowCount() == 2)
    assert documents.state_filter.keys == {ShownState.WAITING.value}


def test_that_the_bars_can_be_read_as_a_table(window: MainWindow) -> None:
    chart = home(window).chart
    chart._switch.click()
    table = chart.table
    lines = [
        tuple(item.text() for column in range(2) if (item := table.item(row, column)))
        for row in range(table.rowCount())
    ]
    assert ("wait for signature", "2") in lines
    assert chart._switch.text() == "Show as bars"
    assert "wait for signature 2" in chart.bars.accessibleDescription()


def test_that_an_empty_day_says_so_and_offers_the_first_step(
    window: MainWindow, settle: Settle, qtbot: QtBot
) -> None:
    page = home(window)
    overview = page._overview
    assert overview is not None
    page._show(replace(overview, todos=()))
    settle()
    assert all(line.isHidden() for line in page.findChildren(TodoLine))
    shown = [line for line in page.findChildren(EmptyState) if line.isVisible()]
    with qtbot.waitSignal(page.document_wanted):
        shown[0].findChildren(Button)[0].click()
