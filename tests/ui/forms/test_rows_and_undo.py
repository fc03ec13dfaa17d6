"""Rows of repeats as tabs, and steps taken back and made again."""

from PySide6.QtCore import Qt

from smartclient.ui.forms.repeats import TabbedRows
from smartclient.ui.forms.view import FormView
from tests.ui.forms.fields import EVA, line_of, type_into
from tests.ui.keyboard import CONTROL, press


def test_that_ctrl_z_takes_the_last_step_back_and_goes_there(view: FormView) -> None:
    line = type_into(view, f"{EVA}.surname", "Černá")
    press(line, Qt.Key.Key_Tab)
    view.show_section("home")
    view.go_to("home.owner")
    buttons = view.section.cells["home.owner"].control.focusable()
    press(buttons[0], Qt.Key.Key_Z, CONTROL)
    assert view.current_section == "people"
    surname = line_of(view.section.cells[f"{EVA}.surname"])
    assert surname.text() == ""
    assert surname.hasFocus()


def test_that_a_redone_step_is_there_again(view: FormView) -> None:
    line = type_into(view, f"{EVA}.surname", "Černá")
    view.undo()
    assert line.text() == ""
    view.redo()
    assert line.text() == "Černá"


def test_that_rows_are_tabs_with_the_name_of_the_person(view: FormView) -> None:
    rows = view.section.repeats["insured"]
    assert isinstance(rows, TabbedRows)
    type_into(view, f"{EVA}.given_name", "Eva")
    type_into(view, f"{EVA}.surname", "Černá")
    assert [tab.text() for tab in rows._tabs] == ["1. Eva Černá"]
    view._add_row("insured")
    assert [tab.text() for tab in rows._tabs] == ["1. Eva Černá", "2. osoba"]
    assert rows.current == 1
    assert view.section.cells["insured.1.given_name"].isVisible()
    assert line_of(view.section.cells["insured.1.given_name"]).hasFocus()


def test_that_no_more_rows_than_allowed_can_be_added_and_the_reason_is_told(
    view: FormView,
) -> None:
    view._add_row("insured")
    view._add_row("insured")
    rows = view.section.repeats["insured"]
    assert isinstance(rows, TabbedRows)
    assert not rows._add.isEnabled()
    assert rows._add.toolTip() == "There can be at most 3."


def test_that_a_removed_person_comes_back_whole_by_undo(view: FormView) -> None:
    view._add_row("insured")
    type_into(view, "insured.1.surname", "Černý")
    view.session.finish_typing()
    view._remove_row("insured", 1)
    assert "insured.1.surname" not in view.section.cells
    view.undo()
    rows = view.section.repeats["insured"]
    rows.reveal(1)
    assert line_of(view.section.cells["insured.1.surname"]).text() == "Černý"


def test_that_what_is_wrong_with_the_rows_as_a_whole_is_told_where_rows_are_added(
    view: FormView,
) -> None:
    rows = view.section.repeats["insured"]
    assert isinstance(rows, TabbedRows)
    type_into(view, f"{EVA}.national_id", "8001014560")
    view._add_row("insured")
    assert rows.note.text() == ""
    type_into(view, "insured.1.national_id", "8001014560")
    assert rows.note.text() == "Dvě osoby mají stejné rodné číslo."
    assert [item.path for item in view.session.wrong()] == ["insured"]
    view.show_section("home")
    assert view.go_to("insured")
    assert view.current_section == "people"
    assert rows._add.hasFocus()
    view.go_to("insured.1.national_id")
    line = line_of(view.section.cells["insured.1.national_id"])
    line.selectAll()
    press(line, Qt.Key.Key_Delete)
    assert rows.note.text() == ""
