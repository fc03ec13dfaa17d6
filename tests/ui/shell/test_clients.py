"""Klienti at the screen: typing, saving, the information duty, the panel."""

from collections.abc import Sequence
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.consents import Decision, newest
from smartclient.store.client_rows import ClientFilter, card_of
from smartclient.ui.clients_flow import ClientsFlow
from smartclient.ui.forms.cell import FieldCell
from smartclient.ui.main_window import MainWindow
from smartclient.ui.paged_table import PAGE
from smartclient.ui.places import Place
from smartclient.wire.values import JsonObject
from tests.ui.desk import Desk
from tests.ui.desk_contents import INFORMATION
from tests.ui.keyboard import CONTROL, NONE, press
from tests.ui.shell.conftest import Settle


@pytest.fixture
def flow(window: MainWindow, settle: Settle) -> ClientsFlow:
    shown = cast("ClientsFlow", window.open_page(Place.CLIENTS))
    settle()
    return shown


def cell_of(flow: ClientsFlow, name: str) -> FieldCell:
    assert flow.form.form is not None
    cells = flow.form.form.section.cells
    return next(cell for path, cell in cells.items() if path.endswith(f".{name}"))


def input_of(flow: ClientsFlow, name: str) -> QWidget:
    return cell_of(flow, name).control.focusable()[0]


def type_in(flow: ClientsFlow, **typed: str) -> None:
    """Type each text over what stands in its field, and leave the field."""
    for name, text in typed.items():
        edit = input_of(flow, name)
        assert isinstance(edit, QLineEdit)
        edit.setFocus()
        edit.setText(text)
        edit.textEdited.emit(text)
        edit.clearFocus()


def tick_foreigner(flow: ClientsFlow) -> None:
    tick = input_of(flow, "foreigner")
    tick.setFocus()
    press(tick, Qt.Key.Key_Space)


VALID = {
    "given_name": "Zbyněk",
    "surname": "Novotný",
    "national_id": "7101012006",
    "house_number": "5",
    "postcode": "53002",
    "city": "Pardubice",
}


def test_that_saving_refuses_what_is_missing_and_goes_there(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.add_client()
    settle()
    flow.form.save()
    settle()
    assert cell_of(flow, "given_name").message.text == "Please fill this in."
    assert cell_of(flow, "city").message.text == "Please fill this in."
    assert cell_of(flow, "street")._shown is None
    assert input_of(flow, "given_name").hasFocus()
    with desk.db.read() as tx:
        assert tx.clients.count(ClientFilter()) == 22


def test_that_the_birth_number_tells_birth_date_and_sex(flow: ClientsFlow, settle: Settle) -> None:
    flow.add_client()
    settle()
    type_in(flow, national_id="845612/1234")
    born = cast("QLineEdit", input_of(flow, "birth_date"))
    assert born.text().replace("\u00a0", " ") == "12. 6. 1984"
    assert born.isReadOnly()
    assert input_of(flow, "sex").property("currentText") == "woman"


def test_that_a_foreigner_needs_a_birth_date_instead(flow: ClientsFlow, settle: Settle) -> None:
    flow.add_client()
    settle()
    type_in(flow, **{**VALID, "national_id": ""})
    tick_foreigner(flow)
    flow.form.save()
    settle()
    asked = cell_of(flow, "birth_date").message.text
    assert asked == "Please fill this in. Write it for example as 9. 3. 1984."
    assert input_of(flow, "birth_date").hasFocus()
    assert not cell_of(flow, "national_id").isVisible()
    type_in(flow, birth_date="9.3.1984")
    flow.form.save()
    settle()
    assert flow.currentWidget() is flow.information


def test_that_what_is_typed_survives_and_is_offered_again(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.add_client()
    settle()
    type_in(flow, given_name="Alžběta", national_id="84", city="Brn")
    flow.form.keep_now()
    settle()
    flow.form._go_back()
    settle()
    assert flow.currentWidget() is flow.list
    assert "Alžběta" in flow.list.draft_banner.words
    flow.list.draft_banner._step.click()
    settle()
    typed = flow.form.typed
    assert (typed["given_name"], typed["city"]) == ("Alžběta", "Brn")
    assert cast("QLineEdit", input_of(flow, "national_id")).text() == "84"
    with desk.db.read() as tx:
        assert tx.clients.count(ClientFilter()) == 22, "no client exists before it is saved"


def test_that_leaving_the_page_in_the_middle_of_a_word_keeps_it(
    flow: ClientsFlow, window: MainWindow, settle: Settle, desk: Desk
) -> None:
    flow.add_client()
    settle()
    type_in(flow, given_name="Bohumil")
    window.open_page(Place.HOME)
    settle()
    with desk.db.read() as tx:
        assert "Bohumil" in [draft.typed.get("given_name") for draft in tx.clients.drafts()]


def test_that_what_was_typed_can_be_discarded_after_a_question(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.resume("draft-1")
    settle()
    flow.form._question = lambda _parent, _question: False
    flow.form.discard()
    settle()
    assert flow.currentWidget() is flow.form
    flow.form._question = lambda _parent, _question: True
    flow.form.discard()
    settle()
    assert flow.currentWidget() is flow.list
    assert flow.list.draft_banner.isHidden()
    with desk.db.read() as tx:
        assert tx.clients.drafts() == ()


def test_that_a_saved_client_is_informed_before_anything_else(
    flow: ClientsFlow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    flow.add_client()
    settle()
    type_in(flow, **VALID)
    flow.form.save()
    settle()
    assert flow.currentWidget() is flow.information
    page = flow.information
    assert "Kdo vaše údaje zpracovává" in page.reading.toPlainText()
    assert not page.tick.isChecked(), "never ticked in advance"
    assert not page._next.isEnabled()
    with desk.db.read() as tx:
        assert len(tx.clients.drafts()) == 1, "the draft of the saved client is gone"
    page.reading.verticalScrollBar().setValue(page.reading.verticalScrollBar().maximum())
    page.tick.click()
    assert page._next.isEnabled()
    page._next.click()
    settle()
    assert flow.currentWidget() is flow.panel
    assert flow.panel.new_document.isEnabled()
    client_id = flow.panel.client_id
    assert client_id is not None
    with desk.db.read() as tx:
        event = newest(tx.consents.of(client_id), "PROC")
    assert event is not None
    assert event.decision.decision is Decision.INFORMED
    assert event.decision.text_version_id == INFORMATION.version_id
    assert INFORMATION.digest in event.decision.proof
    assert event.decision.recorded_by == "Jana Dvořáková"


def test_that_the_tick_waits_until_the_whole_text_was_shown(
    flow: ClientsFlow, window: MainWindow, settle: Settle, desk: Desk
) -> None:
    window.resize(853, 480)
    flow.inform(desk.clients[7])
    settle()
    page = flow.information
    bar = page.reading.verticalScrollBar()
    assert bar.maximum() > 0
    assert not page.tick.isEnabled()
    assert page._reason.isVisible()
    bar.setValue(bar.maximum())
    assert page.tick.isEnabled()
    bar.setValue(0)
    assert page.tick.isEnabled(), "who has read it may scroll back"


def test_that_no_offer_can_start_before_the_information(
    flow: ClientsFlow, window: MainWindow, settle: Settle, desk: Desk
) -> None:
    begun: list[tuple[str, str]] = []
    window.document_requested.connect(lambda client, kind: begun.append((client, kind)))
    flow.open_client(desk.clients[7])
    settle()
    assert not flow.panel.new_document.isEnabled()
    assert "information" in flow.panel.new_document.toolTip()
    flow.panel._start_document()
    assert begun == []
    flow.start_document(desk.clients[7])
    settle()
    assert flow.currentWidget() is flow.information
    flow.open_client(desk.clients[0])
    settle()
    flow.panel.new_document.click()
    settle()
    assert begun == [(desk.clients[0], "")]


def test_that_a_client_chosen_for_a_document_begins_it_at_once(
    flow: ClientsFlow, window: MainWindow, settle: Settle, desk: Desk
) -> None:
    begun: list[tuple[str, str]] = []
    window.document_requested.connect(lambda client, kind: begun.append((client, kind)))
    window.choose_client("change_request")
    settle()
    assert "Choose the client" in flow.list.banner.words
    flow.list.client_opened.emit(desk.clients[0])
    settle()
    assert begun == [(desk.clients[0], "change_request")]
    window.open_page(Place.CLIENTS)
    flow.list.client_opened.emit(desk.clients[0])
    settle()
    assert len(begun) == 1
    assert flow.currentWidget() is flow.panel


def test_that_the_same_person_is_not_saved_twice(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.add_client()
    settle()
    type_in(flow, **{**VALID, "national_id": "845612/1234"})
    flow.form.save()
    settle()
    assert flow.currentWidget() is flow.form
    assert "Eva Černá" in flow.form.banner.words
    flow.form.banner._step.click()
    settle()
    assert flow.currentWidget() is flow.panel
    assert flow.panel.title == "Eva Černá"


def test_that_ctrl_z_takes_back_what_was_typed_last_and_goes_there(
    flow: ClientsFlow, settle: Settle
) -> None:
    flow.add_client()
    settle()
    type_in(flow, given_name="Zbyněk", city="Brno")
    input_of(flow, "given_name").setFocus()
    press(input_of(flow, "given_name"), Qt.Key.Key_Z, CONTROL)
    assert flow.form.typed["city"] == ""
    assert flow.form.typed["given_name"] == "Zbyněk"
    assert input_of(flow, "city").hasFocus()


def test_that_enter_leads_from_the_first_field_to_the_button_that_saves(
    flow: ClientsFlow, settle: Settle
) -> None:
    flow.add_client()
    settle()
    visited: list[str] = []
    for _step in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        visited.append(focused.accessibleName())
        if visited[-1] == "Save the client":
            break
        long_text = isinstance(focused, QPlainTextEdit)
        press(focused, Qt.Key.Key_Return, CONTROL if long_text else NONE)
    assert visited[:3] == ["Given name", "Surname", "Birth number"]
    assert visited[-2:] == ["Note", "Save the client"]


def test_that_the_postcode_and_the_phone_are_those_of_the_country(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.change_client(desk.clients[1])
    settle()
    country = cast("QComboBox", input_of(flow, "country"))
    place = country.findData("PL")
    country.setCurrentIndex(place)
    country.activated.emit(place)
    type_in(flow, postcode="00950", phone="512 345 678")
    flow.form.save()
    settle()
    with desk.db.read() as tx:
        body = tx.clients.get(desk.clients[1]).body
    assert (body["postcode"], body["phone"]) == ("00-950", "+48512345678")


def test_that_a_client_can_be_changed(flow: ClientsFlow, settle: Settle, desk: Desk) -> None:
    flow.change_client(desk.clients[1])
    settle()
    assert flow.form.title == "Change of data: Eva Černá"
    type_in(flow, phone="608 123 456", email="eva@nova.cz")
    flow.form.save()
    settle()
    assert flow.currentWidget() is flow.panel
    with desk.db.read() as tx:
        card = tx.clients.get(desk.clients[1]).row.card
    assert (card.phone, card.email) == ("+420608123456", "eva@nova.cz")


def test_that_the_list_shows_who_is_not_informed(flow: ClientsFlow, qtbot: QtBot) -> None:
    flow.list.uninformed.setChecked(True)
    qtbot.waitUntil(lambda: flow.list.table.rowCount() == 2)
    names = [flow.list.table.index(row, 0).data() for row in range(2)]
    assert set(names) == {"Nguyen Thi Lan Huong", "Pavel Růžička"}


def test_that_enter_opens_the_marked_client(
    flow: ClientsFlow, settle: Settle, qtbot: QtBot
) -> None:
    flow.list.search.setText("sedl")
    qtbot.waitUntil(lambda: flow.list.table.rowCount() == 1)
    press(flow.list.view, Qt.Key.Key_Return)
    settle()
    assert flow.panel.title == "Jan Sedlák"


def test_that_the_marked_client_stays_marked_when_another_one_comes(
    flow: ClientsFlow, desk: Desk, settle: Settle
) -> None:
    listed = flow.list
    listed.view.setCurrentIndex(listed.table.index(5, 0))
    marked = listed.table.item(5)
    assert marked is not None
    body: JsonObject = {"kind": "person", "given_name": "Adam", "surname": "Adamec"}
    with desk.db.write() as tx:
        tx.clients.create(card_of(body), body)
    settle()
    here = listed.table.item(listed.view.currentIndex().row())
    assert here is not None
    assert here.id == marked.id
    assert listed.view.currentIndex().row() == 6


def test_that_clients_in_sight_stay_there_when_others_come_above_them(
    flow: ClientsFlow, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    def bring(names: Sequence[str]) -> None:
        bodies: list[JsonObject] = [{"kind": "person", "surname": name} for name in names]
        with desk.db.write() as tx:
            for body in bodies:
                tx.clients.create(card_of(body), body)

    listed = flow.list
    bring([f"Novotný {place:03}" for place in range(200)])
    qtbot.waitUntil(lambda: listed.table.rowCount() == 222)
    listed.view.verticalScrollBar().setValue(150 * listed.view.rowHeight(0) + 5)
    qtbot.waitUntil(lambda: listed.table.item(150) is not None)
    settle()
    seen = listed.table.item(150)
    bring([f"Adamec {place:03}" for place in range(9)])
    qtbot.waitUntil(lambda: listed.table.rowCount() == 231)
    row = listed.view.rowAt(0)
    assert row == 159
    assert listed.table.item(row) == seen
    assert listed.view.rowViewportPosition(row) == -5


def test_that_the_clients_in_sight_stay_there_whatever_comes_above_and_below_them(
    flow: ClientsFlow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    """The list is in the order of names: of what comes most stands above, some below."""
    page = flow.list

    def bring(**counts: int) -> None:
        with desk.db.write() as tx:
            for letter, place in (
                (each, n) for each, count in counts.items() for n in range(count)
            ):
                body: JsonObject = {
                    "schema": 1,
                    "kind": "person",
                    "given_name": "Jan",
                    "surname": f"{letter}{place:04}",
                }
                tx.clients.create(card_of(body), body)

    bring(M=400)
    qtbot.waitUntil(lambda: page.table.rowCount() == 422)
    page.view.verticalScrollBar().setValue(210 * page.view.rowHeight(0) + 7)
    qtbot.waitUntil(lambda: page.table.item(210) is not None)
    settle()
    seen = page.table.item(210)
    bring(L=3 * PAGE, N=4 * PAGE)
    qtbot.waitUntil(lambda: page.table.rowCount() == 422 + 7 * PAGE)
    settle()
    row = page.view.rowAt(0)
    assert page.table.item(row) == seen
    assert row == 210 + 3 * PAGE
    assert page.view.rowViewportPosition(row) == -7
