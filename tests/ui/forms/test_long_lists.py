"""One of a long list: found by any part of its words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from smartclient.ui.forms.search_control import SearchControl
from smartclient.ui.forms.view import FormView
from tests.ui.forms.fields import message_at
from tests.ui.keyboard import press, write


def listening(control: SearchControl) -> QWidget:
    """Where keys go: to the list of what was found while it is open, as on a real screen."""
    return QApplication.activePopupWidget() or control.list


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
