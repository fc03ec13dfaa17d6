"""A client's window besides the fields: files, history, other values, hide, merge, erase, gone."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from smartclient.domain.ids import Op
from smartclient.services.clients import Attachment
from smartclient.store.merging import Clash
from smartclient.ui.client_attachments import PurposeDialog, size_text, state_text
from smartclient.ui.client_merging import MergeDialog
from smartclient.ui.client_panel import ClientPanelPage
from smartclient.ui.clients_flow import ClientsFlow
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.reason_dialog import ReasonDialog
from smartclient.ui.widgets.button import Button
from smartclient.wire.register_bodies import Purpose
from tests.ui.desk import Desk
from tests.ui.shell.conftest import Settle
from tests.ui.shell.test_clients import type_in


@pytest.fixture
def flow(window: MainWindow, settle: Settle) -> ClientsFlow:
    shown = cast("ClientsFlow", window.open_page(Place.CLIENTS))
    settle()
    return shown


@pytest.fixture
def panel(flow: ClientsFlow, desk: Desk, settle: Settle) -> ClientPanelPage:
    flow.open_client(desk.clients[0])
    settle()
    return flow.panel


def offered(desk: Desk) -> None:
    clashes = [
        Clash("phone", "+420777123456", "+420608111222"),
        Clash("surname", "Novák", "Nováček"),
    ]
    with desk.db.write() as tx:
        tx.field_offers.keep(desk.clients[0], clashes)
        tx.client_life.touch(desk.clients[0])


def words_of(panel: ClientPanelPage, line: int) -> list[str]:
    table = panel.files.table
    items = [table.item(line, column) for column in range(table.columnCount())]
    return [item.text() for item in items if item]


# --- files -----------------------------------------------------------------------------------


def test_that_a_file_is_added_with_its_purpose_and_waits_to_be_sent(
    panel: ClientPanelPage, settle: Settle, tmp_path: Path
) -> None:
    file = tmp_path / "card.pdf"
    file.write_bytes(b"%PDF-1.7 " * 500)
    panel.acts._choose_file = lambda _parent: file
    panel.files.add.click()
    dialog = panel.acts.dialog
    assert isinstance(dialog, PurposeDialog)
    assert not dialog.yes.isEnabled(), "nobody adds a file without saying what it is"
    dialog.choose(Purpose.IDENTITY)
    dialog.yes.click()
    settle()
    assert words_of(panel, 0) == ["card.pdf (4 kB)", "Identity card", "today 18:42", "waits"]
    assert panel.files._told.text() == "1 to be sent"
    assert panel.tabs.button(1).text() == "Files (1)"
    assert "The file was added: card.pdf" in panel.banner.words


def test_that_a_file_is_opened_by_button_and_by_keyboard(
    panel: ClientPanelPage, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    file = tmp_path / "card.pdf"
    file.write_bytes(b"%PDF-1.7 card")
    desk.services().matters.attach(desk.clients[0], file, Purpose.OTHER)
    settle()
    seen: list[bytes] = []
    panel.acts._show_file = lambda path: seen.append(path.read_bytes())
    panel.tabs.button(1).click()
    panel.files.open.click()
    settle()
    panel.files.table.setFocus()
    QTest.keyClick(panel.files.table, Qt.Key.Key_Return)
    settle()
    assert seen == [b"%PDF-1.7 card"] * 2


def test_that_a_file_of_another_kind_is_refused_with_its_sentence(
    panel: ClientPanelPage, settle: Settle, tmp_path: Path
) -> None:
    file = tmp_path / "program.exe"
    file.write_bytes(b"MZ")
    panel.acts._choose_file = lambda _parent: file
    panel.files.add.click()
    dialog = cast("PurposeDialog", panel.acts.dialog)
    dialog.choose(Purpose.OTHER)
    dialog.yes.click()
    settle()
    assert "SC-CLI-004" in panel.banner.words
    assert panel.files.table.rowCount() == 0


def test_that_sizes_and_states_are_words() -> None:
    def file(*, backed_up: bool = False, refused: str = "") -> Attachment:
        op, name = Op("00000000-0000-4000-8000-000000000001"), "a.pdf"
        return Attachment(op, name, Purpose.OTHER, 1, "", True, backed_up, refused)

    assert [size_text(size) for size in (1, 2_048, 3_145_728)] == ["1 kB", "2 kB", "3 MB"]
    assert state_text(file()) == "waits"
    assert state_text(file(backed_up=True)) == "sent"
    assert state_text(file(refused="SC-SERV-022")) == "refused (SC-SERV-022)"


# --- values of another device ----------------------------------------------------------------


def test_that_another_value_is_a_quiet_mark_and_a_name_is_always_asked(
    panel: ClientPanelPage, desk: Desk, settle: Settle
) -> None:
    offered(desk)
    settle()
    assert panel.details.panels["surname"].isVisible()
    assert not panel.details.panels["phone"].isVisible()
    panel.details.marks["phone"].click()
    assert panel.details.panels["phone"].isVisible()
    with desk.db.write() as tx:
        tx.field_offers.keep(desk.clients[0], [Clash("note", "", "Calls in the evening")])
        tx.client_life.touch(desk.clients[0])
    settle()
    assert "note" in panel.details.panels
    assert panel.details.panels["phone"].isVisible(), "news does not close what was opened"
    panel.details.marks["phone"].click()
    assert not panel.details.panels["phone"].isVisible()


def test_that_the_other_value_can_be_taken_and_the_shown_one_kept(
    panel: ClientPanelPage, desk: Desk, settle: Settle
) -> None:
    offered(desk)
    settle()
    steps = panel.details.panels["surname"].findChildren(Button)
    assert [step.text() for step in steps] == ["Keep Novák", "Take Nováček"]
    steps[1].click()
    settle()
    assert panel.title == "Petr Nováček"
    assert "surname" not in panel.details.panels
    panel.details.panels["phone"].findChildren(Button)[0].click()
    settle()
    assert panel.details.panels == {}
    with desk.db.read() as tx:
        assert tx.clients.get(desk.clients[0]).body["phone"] == "+420777123456"


# --- out of sight ----------------------------------------------------------------------------


def test_that_a_client_is_hidden_with_a_reason_and_found_behind_a_filter(
    flow: ClientsFlow, panel: ClientPanelPage, desk: Desk, settle: Settle
) -> None:
    panel._hide_or_show()
    dialog = cast("ReasonDialog", panel.acts.dialog)
    assert not dialog.yes.isEnabled()
    dialog.edit.setPlainText("Does not want to be contacted.")
    dialog.yes.click()
    settle()
    assert "This client is hidden" in panel.standing.words
    flow.open_list()
    settle()
    assert flow.list.table.rowCount() == 21
    flow.list.hidden.setChecked(True)
    settle()
    assert flow.list.table.rowCount() == 1
    assert flow.list.subtitle == "1 hidden client"
    flow.open_client(desk.clients[0])
    settle()
    desk.clock.pass_time(minutes=1)  # of two events at one instant hiding wins
    panel._hide_or_show()
    settle()
    assert panel.standing.isHidden()


def test_that_the_step_after_hiding_takes_it_back(
    panel: ClientPanelPage, desk: Desk, settle: Settle
) -> None:
    panel._hide_or_show()
    dialog = cast("ReasonDialog", panel.acts.dialog)
    dialog.edit.setPlainText("A mistake")
    dialog.yes.click()
    settle()
    desk.clock.pass_time(minutes=1)
    panel.banner._step.click()
    settle()
    assert panel.standing.isHidden()


# --- two clients are one person --------------------------------------------------------------


def merge(panel: ClientPanelPage, settle: Settle, qtbot: QtBot, *, stays: int = 0) -> MergeDialog:
    panel._merge()
    dialog = cast("MergeDialog", panel.acts.dialog)
    dialog.search.setText("Eva Čern")
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    dialog.go_on.click()
    settle()
    dialog.choices[stays].click()
    return dialog


def test_that_two_clients_are_compared_merged_and_parted_again(
    panel: ClientPanelPage, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    dialog = merge(panel, settle, qtbot)
    assert dialog.comparison.told.endswith("values differ")
    assert "Eva Černá becomes part of Petr Novák" in dialog._note.text()
    dialog.go_on.click()
    settle()
    assert panel.title == "Petr Novák"
    assert "Eva Černá became part of this client." in panel.standing.words
    assert panel.table.rowCount() == 4, "the documents of both stand there"
    panel.standing.undo_wanted.emit(desk.clients[1])
    settle()
    assert panel.standing.isHidden()
    assert panel.table.rowCount() == 2


def test_that_a_client_of_another_office_is_not_offered_and_the_reason_stands_there(
    panel: ClientPanelPage, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        for client, scope in ((desk.clients[0], "office:a"), (desk.clients[1], "office:b")):
            state = tx.records.find(client)
            assert state is not None
            tx.records.keep([replace(state, scope=scope)])
    panel._merge()
    dialog = cast("MergeDialog", panel.acts.dialog)
    dialog.search.setText("Eva Čern")
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    item = dialog.list.item(0)
    assert item is not None
    assert "belongs to another office" in item.text()
    assert not dialog.go_on.isEnabled()
    assert "belongs to another office" in dialog.go_on.toolTip()
    dialog.list.itemActivated.emit(item)
    assert dialog._steps.currentIndex() == 0
    dialog.reject()


def test_that_the_other_one_can_be_the_one_that_stays(
    flow: ClientsFlow, panel: ClientPanelPage, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    merge(panel, settle, qtbot, stays=1).go_on.click()
    settle()
    assert panel.title == "Eva Černá", "the window goes on with the client that stays"
    flow.open_client(desk.clients[0])
    settle()
    assert "became part of that client" in panel.standing.words
    assert not panel.new_document.isEnabled()
    assert not panel.edit.isEnabled()
    assert not panel.files.add.isEnabled()
    with qtbot.waitSignal(panel.client_wanted) as wanted:
        panel.standing.client_wanted.emit(desk.clients[1])
    assert wanted.args == [desk.clients[1]]


# --- the end ---------------------------------------------------------------------------------


def test_that_an_erasure_is_asked_for_once_and_with_a_reason(
    panel: ClientPanelPage, settle: Settle
) -> None:
    panel._erase()
    dialog = cast("ReasonDialog", panel.acts.dialog)
    dialog.edit.setPlainText("The client asks for it.")
    dialog.yes.click()
    settle()
    assert "The insurer was asked to erase this client." in panel.standing.words
    assert not panel._erasing.isEnabled()
    assert panel.new_document.isEnabled(), "until the decision everything works"


def erase(desk: Desk) -> None:
    """As when an erasure comes from the server."""
    with desk.db.write() as tx:
        tx.outgoing._wiping.erase([desk.clients[0]])


def test_that_a_client_erased_while_it_is_open_leaves_a_sentence_and_an_exit(
    flow: ClientsFlow, panel: ClientPanelPage, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    erase(desk)
    panel.changed("client")
    settle()
    assert "This client is not on this computer any more" in panel.standing.words
    assert panel.details.isHidden()
    assert not panel.edit.isEnabled()
    assert "Novák" not in panel.title
    (out,) = [
        each for each in panel.standing.findChildren(Button) if each.text() == "Back to clients"
    ]
    out.click()
    assert flow.currentWidget() is flow.list
    flow.open_client(desk.clients[1])
    settle()
    assert panel.title == "Eva Černá"
    assert panel.details.isVisible()


def test_that_a_client_erased_while_it_is_changed_keeps_nothing_typed(
    flow: ClientsFlow, desk: Desk, settle: Settle
) -> None:
    flow.change_client(desk.clients[0])
    settle()
    flow.form.keep_now()
    settle()
    erase(desk)
    flow.form.changed("client")
    settle()
    assert "not on this computer any more" in flow.form.banner.words
    assert not flow.form._save.isEnabled()
    assert not flow.form.is_open
    flow.form.banner._step.click()
    assert flow.currentWidget() is flow.list
    with desk.db.read() as tx:
        assert all(draft.changes != desk.clients[0] for draft in tx.clients.drafts())


def test_that_a_client_whose_right_is_lost_while_it_is_changed_hands_in_the_last_word(
    flow: ClientsFlow, desk: Desk, settle: Settle
) -> None:
    client, scope = desk.clients[0], "office:brno"
    with desk.db.write() as tx:
        state = tx.records.find(client)
        assert state is not None
        tx.records.keep([replace(state, dirty=False, scope=scope)])
    flow.change_client(client)
    settle()
    type_in(flow, city="Brno")
    flow.form.keep_now()
    settle()
    with desk.db.write() as tx:
        assert tx.departures.leave(scope)
        assert tx.departures.end()
    settle()
    assert not flow.form.banner.isVisible(), "it is not handed in yet"
    type_in(flow, city="Brno-Líšeň")  # in the moment of the answer
    with desk.db.write() as tx:
        state = tx.records.find(client)
        assert state is not None
        tx.records.keep([replace(state, dirty=False)])
        tx.departures.leave(scope)
    settle()
    assert "not on this computer any more" in flow.form.banner.words
    assert "was handed in" in flow.form.banner.words
    assert flow.form.title == "Client"
    assert flow.form.banner.y() < 150, "it stands at the top, and nothing is left to be pressed"
    assert not flow.form._save.isVisible()
    assert not flow.form.is_open
    with desk.db.read() as tx:
        (late,) = (draft for draft in tx.clients.drafts() if draft.changes == client)
        assert late.typed["city"] == "Brno-Líšeň"
        assert tx.feed.departed() == (scope,), "the next synchronisation hands it in"


def test_that_a_client_merged_while_it_is_changed_leads_to_the_one_that_stays(
    flow: ClientsFlow, desk: Desk, settle: Settle
) -> None:
    flow.change_client(desk.clients[0])
    settle()
    desk.services().matters.merge(desk.clients[0], desk.clients[1])
    settle()
    assert "became part of Eva Černá" in flow.form.banner.words
    assert not flow.form._save.isEnabled()
    flow.form.banner._step.click()
    settle()
    assert flow.panel.title == "Eva Černá"
