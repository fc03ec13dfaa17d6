"""The ways through a form: links, Enter, Tab, and keys that must not change anything."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit

from smartclient.ui.forms.options import TickControl
from smartclient.ui.forms.view import FormView
from tests.ui.forms.fields import EVA
from tests.ui.keyboard import CONTROL, press


def test_that_a_link_to_a_field_opens_its_section_its_tab_and_puts_the_focus_there(
    view: FormView,
) -> None:
    view._add_row("insured")
    view._add_row("insured.1.covers")
    view.show_section("home")
    assert view.go_to("insured.1.covers.0.cover")
    assert view.current_section == "people"
    cell = view.section.cells["insured.1.covers.0.cover"]
    assert cell.isVisible()
    assert cell.control.is_typing()


def test_that_enter_goes_from_the_first_field_to_the_last_and_on_to_the_next_section(
    view: FormView,
) -> None:
    view.focus_first()
    visited: list[str] = []
    for _step in range(60):
        focused = QApplication.focusWidget()
        assert focused is not None
        visited.append(focused.accessibleName())
        if view.current_section == "home":
            break
        press(focused, Qt.Key.Key_Return)
    assert view.current_section == "home"
    assert visited[:3] == ["Jméno", "Příjmení", "Titul"]


def test_that_a_section_begins_with_its_first_field_though_its_rows_are_made_last(
    view: FormView,
) -> None:
    view.show_section("home")
    view.show_section("people")
    view.focus_first()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Jméno"


def test_that_tab_reaches_every_field_of_a_row_made_later_in_the_order_of_the_eye(
    view: FormView,
) -> None:
    view._add_row(f"{EVA}.covers")
    view.go_to(f"{EVA}.covers.0.cover")
    focused = QApplication.focusWidget()
    assert isinstance(focused, QComboBox)
    press(focused, Qt.Key.Key_Tab)
    assert view.section.cells[f"{EVA}.covers.0.sum"].control.is_typing()


def test_that_enter_makes_a_new_line_in_a_long_text_and_ctrl_enter_goes_on(view: FormView) -> None:
    view.go_to("home.note")
    text = view.section.cells["home.note"].control.focusable()[0]
    assert isinstance(text, QPlainTextEdit)
    press(text, Qt.Key.Key_Return)
    assert text.toPlainText() == "\n"
    press(text, Qt.Key.Key_Return, CONTROL)
    tick = view.section.cells["home.agreed"].control
    assert isinstance(tick, TickControl)
    assert tick.box.hasFocus()


def test_that_the_wheel_never_changes_a_choice(view: FormView) -> None:
    choice = view.section.cells[f"{EVA}.country"].control.focusable()[0]
    assert isinstance(choice, QComboBox)
    assert choice.currentIndex() == -1
    view._apply(view.session.set(f"{EVA}.country", "CZ"), anyway=True)
    assert choice.currentText() == "Česká republika"


def test_that_a_choice_is_cleared_by_delete(view: FormView) -> None:
    view._apply(view.session.set(f"{EVA}.country", "CZ"), anyway=True)
    choice = view.section.cells[f"{EVA}.country"].control.focusable()[0]
    press(choice, Qt.Key.Key_Delete)
    assert view.session.field(f"{EVA}.country").value is None
