"""What the server takes no more is not offered: the buttons say why before anybody presses them."""

from typing import cast

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from smartclient.domain.admission import REVOKED
from smartclient.domain.document_life import Action
from smartclient.ui.conflicts_page import ConflictsPage
from smartclient.ui.home_page import HomePage
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.widgets.button import Button
from tests.ui.desk import Desk
from tests.ui.keyboard import CONTROL, press, write
from tests.ui.shell.conftest import Settle

BLOCKED = "SC-SERV-015"
WHY = "The activation of this computer was revoked."


@pytest.fixture
def told(window: MainWindow, desk: Desk, settle: Settle, request: pytest.FixtureRequest) -> str:
    """The server had something to say to this install; every page was open before it did."""
    for place in (Place.CLIENTS, Place.DOCUMENTS, Place.CONFLICTS, Place.SYNCHRONISATION):
        window.open_page(place)
    window.open_client(desk.clients[0])
    settle()
    notice = str(getattr(request, "param", REVOKED))
    with desk.db.write() as tx:
        tx.feed.set_notice(notice)
    settle()
    return notice


def _is_held(step: Button) -> bool:
    assert step.isEnabled() == (step.accessibleDescription() == "")
    if not step.isEnabled():
        assert step.toolTip() == step.accessibleDescription()
    return not step.isEnabled()


@pytest.mark.usefixtures("told")
def test_that_a_revoked_install_begins_nothing_from_home(
    window: MainWindow, settle: Settle
) -> None:
    home = cast("HomePage", window.open_page(Place.HOME))
    settle()
    for tile in (home.clients, home.offers, home.requests):
        assert _is_held(tile.plus)
        assert tile.plus.toolTip() == WHY
    home._show_all()
    named = {step.text(): _is_held(step) for step in home.findChildren(Button) if step.text()}
    assert named["New document"]
    assert named["Sign"]
    assert named["Continue"] is False, "what was typed of a client can be looked at"
    assert named["Compare"] is False


@pytest.mark.usefixtures("told")
def test_that_a_revoked_install_shows_its_documents_and_changes_none(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    page = window.shelf.documents
    for place in range(len(desk.documents)):
        window.mark_document(desk.documents[place])
        settle()
        assert page.marked is not None
        allowed = [action for action in Action if page.marked.may(action)]
        assert set(allowed) <= {Action.SHOW}
        for action in Action:
            assert _is_held(page.actions_bar.buttons[action.value]) == (action not in allowed)
    assert _is_held(page.begin)
    assert _is_held(page.begin_small)


@pytest.mark.usefixtures("told")
def test_that_a_revoked_install_changes_no_client(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    flow = window.shelf.clients
    window.open_client(desk.clients[7])
    settle()
    panel = flow.panel
    steps = (panel.new_document, panel.edit, panel.files.add, panel.duty.inform, flow.list.add)
    assert [step.toolTip() for step in steps] == [WHY] * 5
    assert all(_is_held(step) for step in steps)
    acts = [act for act in panel.menu.actions() if act.text()]
    assert [(act.isEnabled(), act.toolTip()) for act in acts] == [(False, WHY)] * 3
    press(window, Qt.Key.Key_N, CONTROL)
    settle()
    assert flow.currentWidget() is flow.list
    assert flow.list.banner.words.startswith(WHY)


@pytest.mark.usefixtures("told")
def test_that_what_was_typed_of_a_client_can_be_read_and_not_saved(
    window: MainWindow, settle: Settle
) -> None:
    flow = window.shelf.clients
    flow.resume("draft-1")
    settle()
    assert flow.form.typed["surname"] == "Dobrá"
    assert _is_held(flow.form._save)
    assert _is_held(flow.information._next)


@pytest.mark.usefixtures("told")
def test_that_a_revoked_install_compares_a_conflict_and_copies_nothing(
    window: MainWindow, settle: Settle
) -> None:
    page = cast("ConflictsPage", window.open_page(Place.CONFLICTS))
    settle()
    named = {step.text(): _is_held(step) for step in page.findChildren(Button) if step.text()}
    assert named["Copy my version"]
    assert named["Show the valid version"] is False


@pytest.mark.parametrize("told", [BLOCKED], indirect=True)
@pytest.mark.usefixtures("told")
def test_that_a_blocked_partner_begins_no_document_and_still_keeps_clients(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    home = cast("HomePage", window.open_page(Place.HOME))
    settle()
    assert _is_held(home.offers.plus)
    assert home.offers.plus.toolTip() == "The insurer has blocked this partner (HR)."
    assert not _is_held(home.clients.plus)
    page = window.shelf.documents
    window.mark_document(desk.documents[4])
    settle()
    held = {each for each in Action if _is_held(page.actions_bar.buttons[each.value])}
    assert {Action.EDIT, Action.COPY} <= held
    assert Action.CANCEL not in held


@pytest.mark.usefixtures("told")
def test_that_all_is_offered_again_once_the_server_answers(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    with desk.db.write() as tx:
        tx.feed.set_notice("")
    settle()
    home = cast("HomePage", window.open_page(Place.HOME))
    settle()
    assert home.clients.plus.isEnabled()
    assert home.clients.plus.toolTip() == "Add a client"
    window.mark_document(desk.documents[4])
    settle()
    assert window.shelf.documents.actions_bar.buttons[Action.EDIT.value].isEnabled()


@pytest.mark.usefixtures("told")
def test_that_the_search_of_a_revoked_install_offers_no_new_client(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    search = window.top.search
    search.setFocus()
    write(search, "nikdo takový")
    qtbot.waitUntil(search.results.isVisible)
    assert [line.kind for line in search.results.model.lines] == ["nothing"]
