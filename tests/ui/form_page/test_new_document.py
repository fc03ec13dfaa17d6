"""From the wish for a new document to its id: the choice, the contract, what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import DocumentKind
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.store.document_rows import DocumentFilter, DocumentRow
from smartclient.ui.new_document.choice import KindChoice
from smartclient.ui.new_document.contract import ContractDialog
from smartclient.ui.new_document.flow import NewDocument
from smartclient.ui.tasks import Tasks
from tests.simulators.laptop import Laptop
from tests.ui.keyboard import press


class Wish:
    """Somebody wants a new document for a client."""

    def __init__(self, qtbot: QtBot, laptop: Laptop, tasks: Tasks) -> None:
        self.qtbot, self.laptop, self.tasks = qtbot, laptop, tasks
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.client = laptop.new_client()
        self.refusals: list[SmartClientError] = []
        self.begun: list[str] = []
        self.flow = NewDocument(
            lambda: laptop.forms, self.name_of, tasks, self.window, self.refusals.append
        )
        self.flow.begun.connect(self.begun.append)

    def name_of(self, client: ClientId) -> str:
        with self.laptop.db.read() as tx:
            return tx.clients.get(client).row.name

    def begin(self, kind: str = "", number: str = "") -> None:
        self.flow.begin(self.client, kind, number)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.tasks.is_idle)

    @property
    def choice(self) -> KindChoice:
        assert isinstance(self.flow.dialog, KindChoice)
        return self.flow.dialog

    @property
    def contract(self) -> ContractDialog:
        assert isinstance(self.flow.dialog, ContractDialog)
        return self.flow.dialog

    def row(self) -> DocumentRow:
        (document_id,) = self.begun
        with self.laptop.db.read() as tx:
            found = [
                row for row in tx.documents.page(DocumentFilter(), 0, 10) if row.id == document_id
            ]
        return found[0]

    def ask_for(self, number: str) -> None:
        self.contract.number.setText(number)
        self.contract.go_on.click()
        self.settle()


@pytest.fixture
def wish(qtbot: QtBot, tmp_path: Path, tasks: Tasks) -> Iterator[Wish]:
    laptop = Laptop(tmp_path, every_kind=True)
    yield Wish(qtbot, laptop, tasks)
    laptop.close()


def test_that_the_choice_has_every_form_and_the_keyboard_takes_one(wish: Wish) -> None:
    wish.begin()
    items = wish.choice.items
    assert [item.kind.form_id for item in items] == [
        kind.form_id for kind in wish.laptop.forms.kinds()
    ]
    items[0].setFocus()
    press(wish.choice, Qt.Key.Key_Down)
    press(wish.choice, Qt.Key.Key_Return)
    wish.settle()
    assert wish.row().kind is DocumentKind.MODELLING


def test_that_the_only_form_of_the_wanted_kind_is_begun_without_a_question(wish: Wish) -> None:
    wish.begin("offer")
    assert wish.flow.dialog is None
    assert wish.row().kind is DocumentKind.OFFER


def test_that_what_is_no_number_of_a_contract_is_refused_before_any_call(wish: Wish) -> None:
    wish.laptop.is_online = False
    wish.begin("change_request")
    wish.ask_for("8200000017")
    assert "begins with 7" in wish.contract.field.message
    assert wish.begun == []
    assert wish.refusals == []


def test_that_a_number_that_is_known_is_filled_in_and_one_press_goes_on(wish: Wish) -> None:
    wish.begin("change_request", "7200000017")
    assert wish.contract.number.text() == "7200000017"
    assert wish.contract.field.message.startswith("The number comes from your document.")
    press(wish.contract, Qt.Key.Key_Return)
    wish.settle()
    assert wish.row().kind is DocumentKind.CHANGE_REQUEST


def test_that_off_line_and_unknown_numbers_have_their_own_sentences(wish: Wish) -> None:
    wish.begin("change_request")
    wish.ask_for("7999999999")
    assert "No contract of your partner" in wish.contract.field.message
    wish.laptop.is_online = False
    wish.ask_for("7200000017")
    assert "only on-line" in wish.contract.field.message
    wish.laptop.is_online = True
    wish.ask_for("7200 000 017")
    assert wish.row().kind is DocumentKind.CHANGE_REQUEST


def test_that_a_contract_of_somebody_else_is_confirmed_first(wish: Wish) -> None:
    wish.begin("change_request")
    wish.ask_for("7200000025")
    assert wish.begun == []
    assert "Petr Novák" in wish.contract.words.text()
    wish.contract.go_on.click()
    wish.settle()
    assert len(wish.begun) == 1


def test_that_another_number_is_asked_for_anew(wish: Wish) -> None:
    wish.begin("change_request")
    wish.ask_for("7200000025")
    wish.contract.number.textEdited.emit("7200000017")
    assert not wish.contract.words.isVisible()
    wish.ask_for("7200000017")
    assert len(wish.begun) == 1


def test_that_without_the_information_duty_nothing_is_begun(wish: Wish) -> None:
    wish.client = wish.laptop.new_client(informed=False)
    wish.begin("offer")
    assert [refusal.code for refusal in wish.refusals] == ["SC-OFFER-001"]


def test_that_a_refused_number_says_why_without_covering_the_field(
    tasks: Tasks, qtbot: QtBot
) -> None:
    def nobody(_number: ContractNumber) -> NoReturn:
        raise AssertionError("a number that cannot be one is refused here")

    dialog = ContractDialog(nobody, tasks, "Petr Novák")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.number.setText("8200000017")
    dialog.go_on.click()
    message = dialog.field._message
    qtbot.waitUntil(lambda: message.height() >= message.heightForWidth(message.width()))
    assert message.geometry().top() >= dialog.number.geometry().bottom()
