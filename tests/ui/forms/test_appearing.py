"""What comes and goes while a form is filled in, and that nothing else is painted."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from smartclient.forms.session import FormSession
from smartclient.forms.states import FieldState
from smartclient.ui.forms.options import ButtonsControl, TicksControl
from smartclient.ui.forms.view import FormView
from smartclient.ui.widgets.text import FlowingText
from tests.ui import household_form
from tests.ui.forms.fields import EVA, Shown, line_of, type_into
from tests.ui.keyboard import press, write
from tests.unit.forms.published import answers, form


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
