"""The one form renderer, on a small form with every kind of widget."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from smartclient.forms.layout import FieldLayout, Widget
from smartclient.forms.model import FieldType
from smartclient.forms.session import FormSession
from smartclient.forms.states import FieldState, Severity
from smartclient.ui.forms.cell import FieldCell, control_for
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.message import Tone
from smartclient.ui.forms.options import ButtonsControl, TickControl, TicksControl
from smartclient.ui.forms.repeats import TabbedRows
from smartclient.ui.forms.search_control import SearchControl
from smartclient.ui.forms.view import FormView
from smartclient.ui.widgets.text import FlowingText
from smartclient.wire.messages import JsonObject
from tests.ui import household_form
from tests.ui.keyboard import CONTROL, press, write
from tests.unit.forms import contract_change
from tests.unit.forms.published import answers, form

EVA = "insured.0"
Shown = Callable[[FormSession], FormView]


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Shows a session in a window that has the focus."""

    def show(session: FormSession) -> FormView:
        view = FormView(session)
        qtbot.addWidget(view)
        view.resize(900, 700)
        with qtbot.waitExposed(view):
            view.show()
        view.activateWindow()
        return view

    return show


@pytest.fixture
def view(shown: Shown) -> FormView:
    """A new form."""
    return shown(household_form.session())


def line_of(cell: FieldCell) -> QLineEdit:
    control = cell.control
    assert isinstance(control, LineControl)
    return control.line


def type_into(view: FormView, path: str, text: str) -> QLineEdit:
    """Type key by key, as a person does."""
    assert view.go_to(path)
    line = line_of(view.section.cells[path])
    line.selectAll()
    write(line, text)
    return line


def message_at(view: FormView, path: str) -> str:
    return view.section.cells[path].message.text


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
    assert cell.problem_shown is not None
    assert cell.problem_shown.severity is Severity.ERROR
    assert cell.message.text == cell.problem_shown.message != ""
    assert cell.message.isVisible()
    assert line.accessibleDescription() == cell.message.text


def test_that_a_shown_problem_goes_away_with_the_key_that_mends_it(view: FormView) -> None:
    line = type_into(view, f"{EVA}.height", "5")
    press(line, Qt.Key.Key_Tab)
    type_into(view, f"{EVA}.height", "168")
    assert view.section.cells[f"{EVA}.height"].problem_shown is None


def test_that_a_warning_looks_different_from_an_error_and_does_not_only_differ_by_colour(
    view: FormView,
) -> None:
    line = type_into(view, f"{EVA}.income", "3450000")
    press(line, Qt.Key.Key_Tab)
    message = view.section.cells[f"{EVA}.income"].message
    assert message.text == "Ověřte prosím, že jde o měsíční příjem."
    assert message.tone is Tone.WARNING


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
    assert cell.problem_shown is not None


def test_that_typing_is_never_rewritten_under_the_caret_but_written_well_when_left(
    view: FormView,
) -> None:
    line = type_into(view, f"{EVA}.income", "34500")
    assert line.text() == "34500"
    press(line, Qt.Key.Key_Tab)
    assert line.text().replace("\u00a0", " ").startswith("34 500")


def test_that_a_field_appears_when_it_is_asked_and_the_focus_stays(view: FormView) -> None:
    cell = view.section.cells[f"{EVA}.cigarettes"]
    assert not cell.isVisible()
    smoker = view.section.cells[f"{EVA}.smoker"].control
    assert isinstance(smoker, ButtonsControl)
    yes = smoker.focusable()[0]
    yes.setFocus()
    press(yes, Qt.Key.Key_Space)
    assert cell.isVisible()
    assert yes.hasFocus()
    assert yes.accessibleName() == "Kuřák: Yes"


def test_that_the_field_with_the_focus_stays_where_the_eye_is_when_one_above_appears(
    view: FormView,
) -> None:
    view.resize(900, 420)
    view._add_row(f"{EVA}.covers")
    view.go_to(f"{EVA}.covers.0.sum")
    QApplication.processEvents()
    focused = view.section.cells[f"{EVA}.covers.0.sum"]
    before = focused.mapTo(view, focused.rect().topLeft()).y()
    view._apply(view.session.set(f"{EVA}.smoker", True))
    assert view.section.cells[f"{EVA}.cigarettes"].isVisible()
    assert focused.mapTo(view, focused.rect().topLeft()).y() == before


def test_that_a_group_is_made_when_it_is_asked_and_hidden_when_it_is_not(view: FormView) -> None:
    path = f"{EVA}.habit.since"
    assert path not in view.section.cells
    assert not view.demand()
    view._apply(view.session.set(f"{EVA}.smoker", True))
    cell = view.section.cells[path]
    assert cell.isVisible()
    assert cell.message.text == "Please fill this in.", "it is demanded like all others"
    type_into(view, path, "1. 5. 2010")
    assert view.session.field(path).value == "2010-05-01"
    view._apply(view.session.set(f"{EVA}.smoker", False))
    assert not cell.isVisible()
    view.undo()
    assert cell.isVisible()
    assert line_of(cell).text().replace("\u00a0", " ") == "1. 5. 2010"


def test_that_a_group_of_a_row_that_is_gone_is_forgotten(view: FormView) -> None:
    view._add_row("insured")
    view._remove_row("insured", 1)
    view._apply(view.session.set(f"{EVA}.smoker", True))
    assert view.section.cells[f"{EVA}.habit.since"].isVisible()
    assert "insured.1.habit.since" not in view.section.cells


def test_that_only_what_changed_is_repainted(view: FormView) -> None:
    painted: list[str] = []
    for path, cell in view.section.cells.items():
        original = cell.show_state

        def noted(
            state: FieldState,
            *,
            anyway: bool = False,
            path: str = path,
            show: Callable[..., None] = original,
        ) -> None:
            painted.append(path)
            show(state, anyway=anyway)

        cell.show_state = noted  # type: ignore[method-assign]
    type_into(view, f"{EVA}.height", "1")
    painted.clear()
    write(line_of(view.section.cells[f"{EVA}.height"]), "7")
    assert set(painted) == {f"{EVA}.height"}


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


def listening(control: SearchControl) -> QWidget:
    """Where keys go: to the list of what was found while it is open, as on a real screen."""
    return QApplication.activePopupWidget() or control.list


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


def test_that_a_moment_shows_how_it_is_written(qapp: QApplication) -> None:
    layout = FieldLayout("at", "Kdy", "", "", Widget.LINE, 2, FieldType.DATETIME)
    control = control_for(layout)
    assert isinstance(control, LineControl)
    assert control.line.placeholderText() == "e.g. 9. 3. 2026 14:30"
    control.deleteLater()


def work_of(view: FormView) -> SearchControl:
    view.go_to("home.work")
    control = view.section.cells["home.work"].control
    assert isinstance(control, SearchControl)
    return control


@pytest.mark.parametrize(
    ("typed", "found"),
    [("řidič", "DRV"), ("RIDIC", "DRV"), ("sestra", "NUR"), ("Učitel", "TEA"), ("zahr", "GAR")],
)
def test_that_a_long_list_is_searched_without_accents_by_any_part_of_its_words(
    view: FormView, typed: str, found: str
) -> None:
    work = work_of(view)
    write(work.list, typed)
    press(listening(work), Qt.Key.Key_Tab)
    assert view.session.field("home.work").value == found
    label = view.session.field("home.work").typed
    assert work.list.currentText() == label


def test_that_what_is_not_on_a_long_list_stays_as_typed_with_a_problem(view: FormView) -> None:
    work = work_of(view)
    write(work.list, "kosmonaut")
    assert message_at(view, "home.work") == ""
    press(listening(work), Qt.Key.Key_Tab)
    assert work.list.currentText() == "kosmonaut"
    assert message_at(view, "home.work") == "Choose one of the options."
    assert view.session.answers["home"] == {"work": {"$typed": "kosmonaut"}, "total": "1200"}


def test_that_enter_takes_what_was_found_and_goes_on(view: FormView) -> None:
    work = work_of(view)
    write(work.list, "pek")
    press(listening(work), Qt.Key.Key_Return)
    assert view.session.field("home.work").value == "BAK"


def test_that_a_long_list_offers_what_contains_the_typed_words(view: FormView) -> None:
    work = work_of(view)
    write(work.list, "uci")
    finder = work.list.completer()
    assert finder is not None
    found = finder.completionModel()
    assert [found.index(row, 0).data() for row in range(found.rowCount())] == [
        "Učitel",
        "Učitel plavání",
    ]


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


def test_that_only_what_can_be_ticked_now_is_in_sight(shown: Shown) -> None:
    claim = FormSession.begun_with(
        form("other-claim"), answers("other-claim", "accident"), today=household_form.TODAY
    )
    view = shown(claim)
    assert view.go_to("enclosed.documents")
    ticks = view.section.cells["enclosed.documents"].control
    assert isinstance(ticks, TicksControl)
    in_sight = [box.accessibleName() for box in ticks.focusable()]
    assert len(in_sight) == 6
    assert not any("death certificate" in name or "úmrtní" in name for name in in_sight)
    claim.set("claim.kind", "death")
    ticks.show_state(claim.field("enclosed.documents"))
    assert ticks.focusProxy() is ticks.focusable()[0]
    names = [box.accessibleName() for box in ticks.focusable()]
    assert len(names) == 5, "those of a death, and the two ticked before"


def test_that_a_heading_over_rows_stands_above_their_tabs(shown: Shown) -> None:
    """It went with the card before it, where nothing stood below it any more."""
    view = shown(
        FormSession(
            form("flexi-change"),
            {},
            today=household_form.TODAY,
            baseline=answers("flexi-change", "contract"),
        )
    )
    view.show_section("part_a")
    (pledges,) = [each for each in view.section.repeats.values() if each.path == "pledges"]
    headings = [
        each
        for each in view.section.findChildren(FlowingText)
        if each.text() == "Zajištění úvěru" and each.isVisible()
    ]
    assert len(headings) == 1
    assert headings[0].mapTo(view, headings[0].rect().bottomLeft()).y() < (
        pledges.mapTo(view, pledges.rect().topLeft()).y()
    )
