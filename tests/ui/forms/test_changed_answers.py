"""A form that is opened on present settings: what an answer was, and taking it back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from smartclient.ui.forms.view import FormView
from tests.ui.forms.fields import Shown, type_into
from tests.ui.keyboard import press
from tests.unit.forms import contract_change


@pytest.fixture
def change(shown: Shown) -> FormView:
    """A change request on a contract."""
    view = shown(contract_change.change_request())
    view.resize(1000, 800)
    return view


def test_that_a_changed_answer_tells_what_it_was_and_can_be_taken_back(change: FormView) -> None:
    line = type_into(change, "holder.surname", "Dvořák")
    press(line, Qt.Key.Key_Tab)
    cell = change.section.cells["holder.surname"]
    former = cell.message.former
    assert former is not None
    assert former.words == "until now: Novák"
    assert former.button.accessibleName() == "Take back Surname: Novák"
    assert "until now: Novák" in line.accessibleDescription()
    former.button.click()
    assert line.text() == "Novák"
    assert line.hasFocus()
    assert cell.message.former is None
    assert change.session.differences() == ()
    change.undo()
    assert line.text() == "Dvořák", "taking back is a step like every other"


def test_that_what_is_as_it_was_says_nothing_of_it(change: FormView) -> None:
    assert all(cell.message.former is None for cell in change.section.cells.values())


def test_that_nothing_moves_when_an_answer_is_changed(change: FormView) -> None:
    def places() -> list[int]:
        return [
            cell.mapTo(change, cell.rect().topLeft()).y() for cell in change.section.cells.values()
        ]

    QApplication.processEvents()
    before = places()
    line = type_into(change, "holder.surname", "Dvořák")
    press(line, Qt.Key.Key_Tab)
    QApplication.processEvents()
    assert places() == before
