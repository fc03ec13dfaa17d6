"""Zobrazit konflikty at the screen: both versions, and the adviser's one into a new document."""

from dataclasses import replace
from itertools import product
from typing import cast

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from smartclient.domain.conflict_advice import advice
from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.ids import RecordId
from smartclient.services.forms import ComparedAnswer
from smartclient.store.conflicts import Reason
from smartclient.ui.comparison_table import MARK, ComparisonTable, Line
from smartclient.ui.conflicts_page import ConflictsPage, copied_words
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.text import wrapped_height
from smartclient.ui.widgets.wrapped_list import WrappedList
from tests.ui.desk import Desk
from tests.ui.shell.conftest import Settle


def opened(window: MainWindow, settle: Settle) -> ConflictsPage:
    page = cast("ConflictsPage", window.open_page(Place.CONFLICTS))
    settle()
    return page


def button(page: ConflictsPage, text: str) -> Button:
    (found,) = [
        each for each in page.findChildren(Button) if each.text() == text and each.isVisible()
    ]
    return found


def shown(page: ConflictsPage) -> list[tuple[str, ...]]:
    table = comparison(page).table
    lines = []
    for line in range(table.rowCount()):
        items = [table.item(line, part) for part in range(4)]
        lines.append(tuple(item.text().replace("\u00a0", " ") for item in items if item))
    return lines


def comparison(page: ConflictsPage) -> ComparisonTable:
    assert page.comparison is not None
    return page.comparison


def words(page: ConflictsPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def answers() -> tuple[ComparedAnswer, ...]:
    return (
        ComparedAnswer("Policyholder", "Surname", "", "Šťastný", "Šťastný"),
        ComparedAnswer("Policyholder", "E-mail", "", "o@example.cz", ""),
        ComparedAnswer("Covers", "Sum insured", "Eva", "500 000", "600 000"),
    )


def test_that_both_versions_stand_side_by_side_with_the_differences_marked(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    with qtbot.waitSignal(window.shelf.comparison_wanted) as asked:
        page = opened(window, settle)
    assert asked.args == [conflict.id]
    assert (MARK, "Premium", "2 610 Kč / month", "2 480 Kč / month") in shown(page)
    page.show_compared(conflict.id, answers())
    assert shown(page)[-4:] == [
        ("Policyholder",),
        (MARK, "E-mail", "o@example.cz", "–"),
        ("Covers",),
        (MARK, "Sum insured · Eva", "500 000", "600 000"),
    ]
    assert comparison(page).told == "4 values differ"
    comparison(page).every.click()
    assert ("", "Surname", "Šťastný", "Šťastný") in shown(page)
    comparison(page).only.click()
    assert ("", "Surname", "Šťastný", "Šťastný") not in shown(page)
    page.show_compared("another", ())
    assert comparison(page).told == "4 values differ"


def test_that_a_line_tells_itself_whole_to_a_screen_reader(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    page = opened(window, settle)
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    page.show_compared(conflict.id, answers())
    table = comparison(page).table
    last = table.item(table.rowCount() - 1, 2)
    assert last is not None
    assert last.data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Sum insured · Eva: Your version 500 000, The version that holds 600 000, differs"
    )


def test_that_the_keyboard_walks_through_the_differences(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    page = opened(window, settle)
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    many = [ComparedAnswer("Covers", f"Field {n}", "", str(n), "") for n in range(60)]
    page.show_compared(conflict.id, tuple(many))
    qtbot.waitUntil(lambda: page._area.verticalScrollBar().maximum() > 1_000)
    table = comparison(page).table
    table.setFocus()
    table.setCurrentCell(1, 1)
    for _each in range(40):
        QTest.keyClick(table, Qt.Key.Key_Down)
    settle()
    assert table.currentRow() == 41
    box = table.visualRect(table.model().index(41, 0))
    seen = table.viewport().mapTo(page, box.center())
    assert page.rect().contains(seen), "the page scrolls with the keyboard"


def test_that_the_keyboard_stays_on_the_page_whatever_is_shown_anew(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    page = opened(window, settle)
    assert comparison(page).table.hasFocus(), "the only conflict has no list before it"
    page.refresh()
    settle()
    assert comparison(page).table.hasFocus()
    with desk.db.write() as tx:
        for conflict in page._conflicts:
            tx.conflicts.drop(conflict.id)
    page.refresh()
    settle()
    assert page._back.hasFocus(), "nothing is left but the way back"


def test_that_the_page_begins_at_its_top_and_stays_where_somebody_reads(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    window.resize(1_100, 640)
    page = opened(window, settle)
    page.take_focus()
    many = tuple(ComparedAnswer("Covers", f"Field {n}", "", str(n), "") for n in range(60))
    page.show_compared(page._here, many)
    bar = page._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1_000)
    assert comparison(page).table.hasFocus()
    assert bar.value() == 0, "what stands above the table is to be read first"
    comparison(page).table.setCurrentCell(40, 1)
    bar.setValue(900)
    with qtbot.waitSignal(window.shelf.comparison_wanted):
        page.refresh()
    page.show_compared(page._here, many)
    settle()
    assert (bar.value(), comparison(page).table.currentRow()) == (900, 40)
    with desk.db.write() as tx:
        tx.feed.set_notice("SC-SERV-015")
    settle()
    assert not button(page, "Copy my version").isEnabled(), "shown anew where that changes"


def test_that_it_is_said_what_goes_on_and_that_nothing_comes_back(
    window: MainWindow, settle: Settle
) -> None:
    page = opened(window, settle)
    told = " ".join(words(page))
    assert "You changed it after PČS had taken it." in told
    assert "go to PČS and are processed the usual way" in told
    assert "cannot come back to Documents" in told
    assert all("back to Documents" not in each.text() for each in page.findChildren(Button))


def test_that_the_advisers_version_can_be_copied(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    page = opened(window, settle)
    with desk.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    assert any("a number of its own" in each for each in words(page))
    with qtbot.waitSignal(window.conflict_copy_requested) as asked:
        button(page, "Copy my version").click()
    assert asked.args == [conflict.id]


def test_that_a_change_request_is_offered_for_an_exported_offer(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    page = opened(window, settle)
    with qtbot.waitSignal(window.change_requested) as asked:
        button(page, "Ask for a change").click()
    assert asked.args == [desk.clients[14], "7200041655"], "nobody types what the document knows"


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_that_each_kind_says_what_a_copy_makes(kind: DocumentKind) -> None:
    exported = advice(kind, locked=True, digital=False)
    assert "signed print" in exported.goes_on
    assert exported.copy.startswith("Your values go into a new")
    assert bool(exported.change) is (kind is DocumentKind.OFFER)
    elsewhere = advice(kind, locked=False, digital=True)
    assert elsewhere.change == ""
    assert "other device" in elsewhere.goes_on
    assert "cannot come back to Documents" in exported.goes_on + elsewhere.goes_on


def test_that_what_a_copy_leaves_behind_is_named_before_it_is_made(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    page = opened(window, settle)
    assert not any("do not go into a new document" in each for each in words(page))
    page.show_left("another", ("Health questions",))
    page.show_left(page._here, ())
    assert not any("do not go into a new document" in each for each in words(page))
    page.show_left(page._here, ("Health questions", "Signature"))
    (told,) = [each for each in words(page) if "do not go into a new document" in each]
    assert told.endswith("ask the client for them anew: Health questions, Signature.")


def test_that_the_copy_names_what_it_left_behind() -> None:
    assert copied_words(()) == ""
    told = copied_words(("Health questions", "Signature"))
    assert "did not go along" in told
    assert "Health questions, Signature." in told


def test_that_a_copied_conflict_stays_reachable_with_all_its_values(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        (conflict,) = tx.conflicts.open()
        tx.conflicts.copied(conflict.id, desk.documents[0])
    settle()
    assert window.top._conflicts.text() == "Settled conflicts (1)"
    with qtbot.waitSignal(window.shelf.comparison_wanted) as asked:
        window.top._conflicts.click()
        settle()
    assert asked.args == [conflict.id]
    page = cast("ConflictsPage", window.stack.currentWidget())
    assert page.subtitle == "There is nothing to decide; settled conflicts are kept here"
    assert "Settled: your version was copied into document 7200041873." in words(page)
    assert (
        "It is kept here until its document is in the archive and you have synchronised."
        in words(page)
    )
    page.show_compared(conflict.id, answers())
    page.show_left(conflict.id, ("Health questions",))
    assert any("Health questions." in each for each in words(page))
    assert comparison(page).told == "4 values differ"
    button(page, "Take back").click()
    settle()
    assert window.top._conflicts.text() == "Show conflicts (1)"
    assert button(page, "Copy my version").isEnabled()


def test_that_ones_own_values_stand_alone_until_the_version_that_holds_has_come(
    window: MainWindow, settle: Settle, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        (conflict,) = tx.conflicts.open()
        state = tx.records.find(RecordId(conflict.document_id))
        assert state is not None
        tx.records.keep([replace(state, awaited=True)])
    with qtbot.waitSignal(window.shelf.comparison_wanted):
        page = opened(window, settle)
    assert "The version that holds comes with the next synchronisation." in words(page)
    assert (MARK, "Premium", "2 610 Kč / month", "–") in shown(page)
    assert not any(each.text() == "Show the valid version" for each in page.findChildren(Button))


def test_that_values_set_aside_can_be_taken_back(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    page = opened(window, settle)
    button(page, "I do not need my values").click()
    settle()
    assert "Settled: taken off the list, your values are kept here." in words(page)
    assert window.top._conflicts.text() == "Settled conflicts (1)"
    page.banner._step.click()
    settle()
    assert "You changed it after PČS had taken it. The exported version holds." in words(page)
    assert window.top._conflicts.text() == "Show conflicts (1)"


def test_that_several_conflicts_are_chosen_from_a_list(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    desk.clock.pass_time(minutes=5)
    with desk.db.write() as tx:
        stored = tx.documents.get(desk.documents[6])
        body = {**stored.body, "premium": None}
        tx.conflicts.keep(desk.documents[6], Reason.STALE, body, Stage.DRAFT)
    page = opened(window, settle)
    assert page.list.count() == 2
    assert "It was changed on another device first. That version holds." in words(page)
    assert not any(each.text() == "Ask for a change" for each in page.findChildren(Button))
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    settle()
    assert "You changed it after PČS had taken it. The exported version holds." in words(page)


def test_that_many_conflicts_are_shown_whole_beside_the_scroll_bar(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    name = "PhDr. Maximiliána Alexandra Wolfgangová z Lichtenštejna-Kastelkornu, Ph.D., MBA"
    with desk.db.write() as tx:
        for document in desk.documents[:12]:
            body = {**tx.documents.get(document).body, "client_name": name}
            tx.conflicts.keep(document, Reason.STALE, body, Stage.DRAFT)
    page = opened(window, settle)
    whole = page.list.viewport().width()
    assert page.list.verticalScrollBar().maximum() > 0
    for place in range(page.list.count()):
        assert page.list.visualItemRect(page.list.item(place)).right() < whole


def test_that_words_that_just_fit_or_just_do_not_are_never_shortened(qtbot: QtBot) -> None:
    listed = WrappedList("Conflicts")
    qtbot.addWidget(listed)
    listed.setFixedWidth(300)
    for wide, narrow in product(range(24, 40), range(4)):
        listed.put(f"Nabídka FLEXI\n{'x' * wide}{'i' * narrow} y")
    listed.show()
    option = QStyleOptionViewItem()
    listed.initViewItemOption(option)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
    style, margin = listed.style(), QStyle.PixelMetric.PM_FocusFrameHMargin
    for place in range(listed.count()):
        item = listed.item(place)
        option.rect, option.text = listed.visualItemRect(item), item.text()
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, listed)
        width = room.width() - 2 * (style.pixelMetric(margin, option, listed) + 1)
        needed = wrapped_height(item.text(), listed.font(), width)
        assert item.sizeHint().height() >= needed + 2 * 9


def test_that_long_values_of_both_versions_are_shown_whole(qtbot: QtBot) -> None:
    table = ComparisonTable(("Your version", "The version that holds"))
    qtbot.addWidget(table)
    table.resize(640, 400)
    table.show()
    table.show_lines([Line("", "Address", "Široká 12, 530 02", "Široká 12, 530 02 Hradec Králové")])
    item = table.table.item(0, 3)
    assert item is not None
    shown = table.table.visualItemRect(item)
    padding = 24
    width, line = shown.width() - padding, QFontMetrics(item.font()).lineSpacing()
    assert QFontMetrics(item.font()).horizontalAdvance(item.text()) > width, "it has to wrap"
    assert shown.height() >= 2 * line


@pytest.mark.parametrize("words", ["", "a", "Pojistná částka 600 000 Kč", "slovo " * 30, "dva\nři"])
def test_that_words_stand_as_high_as_qt_draws_them_in_every_width(
    qapp: QApplication, words: str
) -> None:
    font = qapp.font()
    for width in range(10, 500, 7):
        room, flags = QRect(0, 0, width, 10_000), int(Qt.TextFlag.TextWordWrap)
        drawn = QFontMetrics(font).boundingRect(room, flags, words).height()
        assert wrapped_height(words, font, width) == drawn
