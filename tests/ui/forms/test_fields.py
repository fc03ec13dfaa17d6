"""Fields of the form renderer: labels, messages, and what is typed into them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from smartclient.forms.layout import FieldLayout, Widget
from smartclient.forms.model import FieldType
from smartclient.forms.states import Severity
from smartclient.ui.forms.cell import control_for
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.message import Tone
from smartclient.ui.forms.options import TickControl
from smartclient.ui.forms.view import FormView
from smartclient.wire.messages import JsonObject
from tests.ui import household_form
from tests.ui.forms.fields import EVA, Shown, line_of, message_at, type_into
from tests.ui.keyboard import press


def test_that_every_field_carries_its_label_and_required_ones_a_star(view: FormView) -> None:
    cells = view.section.cells
    assert cells[f"{EVA}.given_name"].label == "Jméno\u00a0*"
    assert cells[f"{EVA}.title"].label == "Titul"


@pytest.mark.parametrize("section", ["people", "home"])
def test_that_everything_with_a_focus_is_named_by_its_label(view: FormView, section: str) -> None:
    view.show_section(section)
    for cell in view.section.cells.values():
        for widget in cell.control.focusable():
            assert widget.accessibleName().startswith(cell.layout_of.label)
    unnamed = [
        widget
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(view)
        and not widget.accessibleName()
    ]
    assert unnamed == []


def test_that_a_problem_stands_under_its_field_in_words_once_the_field_is_left(
    view: FormView,
) -> None:
    line = type_into(view, f"{EVA}.height", "5")
    cell = view.section.cells[f"{EVA}.height"]
    assert cell.message.text == ""
    press(line, Qt.Key.Key_Tab)
    assert cell._shown is not None
    assert cell._shown.severity is Severity.ERROR
    assert cell.message.text == cell._shown.message != ""
    assert cell.message.isVisible()
    assert line.accessibleDescription() == cell.message.text


def test_that_a_shown_problem_goes_away_with_the_key_that_mends_it(view: FormView) -> None:
    line = type_into(view, f"{EVA}.height", "5")
    press(line, Qt.Key.Key_Tab)
    type_into(view, f"{EVA}.height", "168")
    assert view.section.cells[f"{EVA}.height"]._shown is None


def test_that_a_warning_looks_different_from_an_error_and_does_not_only_differ_by_colour(
    view: FormView,
) -> None:
    line = type_into(view, f"{EVA}.income", "3450000")
    press(line, Qt.Key.Key_Tab)
    message = view.section.cells[f"{EVA}.income"].message
    assert message.text == "Ověřte prosím, že jde o měsíční příjem."
    assert message._tone is Tone.WARNING


def test_that_a_required_declaration_carries_a_star(view: FormView) -> None:
    view.show_section("home")
    tick = view.section.cells["home.agreed"].control
    assert isinstance(tick, TickControl)
    assert tick.box.text().endswith("platí rok.\u00a0*")
    assert not tick.box.accessibleName().endswith("*")


def test_that_inputs_of_a_row_begin_on_one_line_whatever_their_height(view: FormView) -> None:
    view.show_section("home")
    QApplication.processEvents()
    cells = view.section.cells
    total, work = cells["home.total"].control, cells["home.work"].control
    assert total.mapTo(view, total.rect().topLeft()).y() == (
        work.mapTo(view, work.rect().topLeft()).y()
    )


def test_that_what_is_missing_is_told_at_the_fields_only_once_it_is_demanded(
    view: FormView,
) -> None:
    assert message_at(view, f"{EVA}.given_name") == ""
    view.show_section("home")
    assert not view.demand()
    assert view.current_section == "people"
    assert view.section.cells[f"{EVA}.given_name"].control.is_typing()
    assert message_at(view, f"{EVA}.given_name") == "Please fill this in."
    type_into(view, f"{EVA}.given_name", "Eva")
    assert message_at(view, f"{EVA}.given_name") == ""
    view._add_row("insured")
    assert message_at(view, "insured.1.surname") == "Please fill this in."


def test_that_nothing_moves_when_a_message_comes_or_goes(view: FormView) -> None:
    def places() -> dict[str, tuple[int, int]]:
        return {
            path: (cell.mapTo(view, cell.rect().topLeft()).y(), cell.height())
            for path, cell in view.section.cells.items()
            if cell.is_relevant
        }

    before = places()
    line = type_into(view, f"{EVA}.height", "5")
    press(line, Qt.Key.Key_Tab)
    QApplication.processEvents()
    assert message_at(view, f"{EVA}.height")
    assert places() == before


def test_that_the_word_of_help_stands_in_the_same_room_while_the_field_has_the_focus(
    view: FormView,
) -> None:
    view.go_to(f"{EVA}.national_id")
    assert message_at(view, f"{EVA}.national_id") == "Najdete je na občanském průkazu."
    view.go_to(f"{EVA}.given_name")
    assert message_at(view, f"{EVA}.national_id") == ""


def test_that_what_cannot_be_read_is_kept_and_shown_again_as_typed(
    view: FormView, shown: Shown
) -> None:
    type_into(view, f"{EVA}.born", "31. 2. 2026")
    kept: JsonObject = view.session.answers
    again = shown(household_form.session(kept))
    cell = again.section.cells[f"{EVA}.born"]
    assert line_of(cell).text() == "31. 2. 2026"
    assert cell._shown is not None


def test_that_typing_is_never_rewritten_under_the_caret_but_written_well_when_left(
    view: FormView,
) -> None:
    line = type_into(view, f"{EVA}.income", "34500")
    assert line.text() == "34500"
    press(line, Qt.Key.Key_Tab)
    assert line.text().replace("\u00a0", " ").startswith("34 500")


def test_that_a_moment_shows_how_it_is_written(qapp: QApplication) -> None:
    layout = FieldLayout("at", "Kdy", "", "", Widget.LINE, 2, FieldType.DATETIME)
    control = control_for(layout)
    assert isinstance(control, LineControl)
    assert control.line.placeholderText() == "e.g. 9. 3. 2026 14:30"
    control.deleteLater()


def test_that_a_tick_says_true_and_clearing_it_unanswered(view: FormView) -> None:
    view.go_to("home.agreed")
    tick = view.section.cells["home.agreed"].control
    assert isinstance(tick, TickControl)
    press(tick.box, Qt.Key.Key_Space)
    assert view.session.field("home.agreed").value is True
    press(tick.box, Qt.Key.Key_Space)
    assert view.session.field("home.agreed").value is None


def test_that_a_calculated_field_can_be_read_but_not_changed(view: FormView) -> None:
    view.show_section("home")
    line = line_of(view.section.cells["home.total"])
    assert line.isReadOnly()
    assert line.placeholderText() == "", "an example of what to type would look like an answer"
    assert line.text().replace("\u00a0", " ") == "1 200"
