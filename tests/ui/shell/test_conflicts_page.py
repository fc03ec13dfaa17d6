"""Zobrazit konflikty at the screen: both versions, and the adviser's one into a new document."""

from typing import cast

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from smartclient.services.forms import Deviation
from smartclient.ui.conflicts_page import ConflictsPage
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.widgets.button import Button
from tests.ui.desk import Desk
from tests.ui.shell.conftest import Settle


def opened(window: MainWindow, settle: Settle) -> ConflictsPage:
    page = cast("ConflictsPage", window.open_page(Place.CONFLICTS))
    settle()
    return page


def button(page: ConflictsPage, text: str) -> Button:
    (found,) = [each for each in page.findChildren(Button) if each.text() == text]
    return found


def test_that_both_versions_stand_side_by_side(window: MainWindow, settle: Settle) -> None:
    page = opened(window, settle)
    words = " ".join(label.text() for label in page.findChildren(QLabel)).replace("\u00a0", " ")
    assert "2 610 Kč / month" in words
    assert "2 480 Kč / month" in words


def test_that_the_answers_that_differ_are_asked_for_and_shown(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    with qtbot.waitSignal(window.shelf.comparison_wanted) as asked:
        page = opened(window, settle)
    assert asked.args == [conflict.id]
    found = tuple(Deviation(f"Field {n}", "Eva", str(n), "") for n in range(14))
    page.show_deviations(conflict.id, found)
    words = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "14 answers differ" in words
    assert "Field 0 · Eva" in words
    assert "not filled in" in words
    assert "and 2 more" in words
    page.show_deviations("another", found)


def test_that_the_advisers_version_can_be_copied(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    page = opened(window, settle)
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    copy = button(page, "Copy my version")
    assert "number of its own" in copy.toolTip()
    with qtbot.waitSignal(window.conflict_copy_requested) as asked:
        copy.click()
    assert asked.args == [conflict.id]


def test_that_a_conflict_that_was_copied_leaves_the_page(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    page = opened(window, settle)
    with desk.db.write() as tx:
        (conflict,) = tx.conflicts.open()
        tx.conflicts.copied(conflict.id, desk.documents[0])
    settle()
    words = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "There is no conflict" in words
