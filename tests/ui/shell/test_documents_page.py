"""DOKUMENTY at the screen: rights, keys, filters, notes, the way."""

from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import Action, DocumentKind, ShownState, Stage, permission
from smartclient.domain.ids import DocumentId
from smartclient.services.documents import DocumentItem
from smartclient.store.document_lines import Situation
from smartclient.store.document_rows import DocumentFilter
from smartclient.ui.dialogs import Question
from smartclient.ui.documents_page import DocumentsPage
from smartclient.ui.line_painter import LinePainter
from smartclient.ui.main_window import MainWindow
from smartclient.ui.paged_table import PAGE
from smartclient.ui.places import Place
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import ButtonKind
from smartclient.ui.widgets.text import FlowingText
from tests.ui.desk import Desk
from tests.ui.keyboard import press
from tests.ui.shell.conftest import Settle


@pytest.fixture
def page(window: MainWindow, settle: Settle) -> DocumentsPage:
    shown = cast("DocumentsPage", window.open_page(Place.DOCUMENTS))
    settle()
    return shown


def mark(page: DocumentsPage, state: ShownState) -> DocumentItem:
    """Mark the first document in a state."""
    for row in range(page.table.rowCount()):
        item = page.table.item(row)
        if item is not None and item.shown is state:
            page.view.setCurrentIndex(page.table.index(row, 0))
            return item
    raise AssertionError(state)


def texts(page: DocumentsPage, column: int) -> list[str]:
    return [
        str(page.table.index(row, column).data(Qt.ItemDataRole.DisplayRole))
        for row in range(page.table.rowCount())
    ]


def test_that_the_bar_allows_exactly_what_the_table_of_rights_allows(
    page: DocumentsPage, desk: Desk
) -> None:
    with desk.db.read() as tx:
        rows = {row.id: row for row in tx.documents.page(DocumentFilter(), 0, 100)}
    seen = set()
    for line in range(page.table.rowCount()):
        page.view.setCurrentIndex(page.table.index(line, 0))
        item = page.marked
        assert item is not None
        row = rows[item.id]
        seen.add(row.shown)
        for action in Action:
            given = permission(row.standing(), action)
            button = page.actions_bar.buttons[action.value]
            assert button.isEnabled() is given.allowed, (row.shown, action)
            assert button.toolTip() == given.reason, (row.shown, action)
            assert button.accessibleDescription() == given.reason
    assert len(seen) >= 12, "the desk has documents in nearly all states"


def test_that_each_state_has_a_shape_and_two_lines_in_words(page: DocumentsPage) -> None:
    for line in range(page.table.rowCount()):
        item = page.table.item(line)
        assert item is not None
        assert item.icon
        assert item.note[0]
        assert item.state
    sent = mark(page, ShownState.SIGNED_BACKED_UP)
    page.tell_synchronised("last synchronisation today 18:42")
    page.view.show_note(page.view.currentIndex().row())
    first, second = page.view.note.words
    assert first == sent.note[0]
    assert second == "The offer was sent to PČS · last synchronisation today 18:42"


def test_that_one_action_leads_and_nothing_that_destroys_stands_beside_it(
    page: DocumentsPage,
) -> None:
    for state, lead in (
        (ShownState.DRAFT, Action.EDIT),
        (ShownState.WAITING, Action.SIGN),
        (ShownState.ACCEPTED, Action.SHOW),
    ):
        mark(page, state)
        kinds = {key: button.property("kind") for key, button in page.actions_bar.buttons.items()}
        primary = [key for key, kind in kinds.items() if kind == ButtonKind.PRIMARY]
        assert primary == [lead.value]
        order = list(page.actions_bar.buttons)
        assert order[-2:] == [Action.CANCEL.value, Action.DISCARD.value]


def test_that_a_double_click_edits_what_may_be_edited(page: DocumentsPage, qtbot: QtBot) -> None:
    item = mark(page, ShownState.DRAFT)
    place = page.view.visualRect(page.view.currentIndex()).center()
    with qtbot.waitSignal(page.document_opened) as opened:
        QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [item.id]


def test_that_a_locked_document_opens_for_reading_only(page: DocumentsPage, qtbot: QtBot) -> None:
    item = mark(page, ShownState.EXPORTED)
    edits: list[str] = []
    page.document_opened.connect(edits.append)
    with qtbot.waitSignal(page.preview_requested) as shown:
        press(page.view, Qt.Key.Key_Return)
    assert shown.args == [item.id]
    assert edits == []


def test_that_a_document_that_can_neither_be_edited_nor_shown_says_why(
    page: DocumentsPage,
) -> None:
    mark(page, ShownState.CANCELLED)
    press(page.view, Qt.Key.Key_Return)
    assert "The document is cancelled." in page.banner.words


def test_that_the_keyboard_alone_marks_and_opens(page: DocumentsPage, qtbot: QtBot) -> None:
    assert page.view.hasFocus()
    page.view.setCurrentIndex(page.table.index(5, 0))
    press(page.view, Qt.Key.Key_Home)
    assert page.view.currentIndex().row() == 0
    first = page.marked
    press(page.view, Qt.Key.Key_Down)
    assert page.marked is not None
    assert page.marked != first
    assert page.view.currentIndex().row() == 1
    press(page.view, Qt.Key.Key_End)
    assert page.view.currentIndex().row() == page.table.rowCount() - 1


def test_that_a_discarded_draft_can_be_taken_back(
    page: DocumentsPage, settle: Settle, qtbot: QtBot
) -> None:
    item = mark(page, ShownState.DRAFT)
    before = page.table.rowCount()
    press(page.view, Qt.Key.Key_Delete)
    settle()
    assert page.table.rowCount() == before - 1
    assert item.headline in page.banner.words
    page.removals.restore(item)
    settle()
    assert page.table.rowCount() == before
    assert page.marked is not None
    assert page.marked.id == item.id


def test_that_cancelling_asks_first_and_keeps_what_is_refused(
    page: DocumentsPage, settle: Settle, desk: Desk
) -> None:
    asked: list[Question] = []

    def no(_parent: QWidget, question: Question) -> bool:
        asked.append(question)
        return False

    item = mark(page, ShownState.COMPLETE_HERE)
    page.removals.question = no
    page.act(Action.CANCEL.value)
    settle()
    assert asked[0].destroys
    assert item.headline in asked[0].detail
    page.removals.question = lambda _parent, _question: True
    page.act(Action.CANCEL.value)
    settle()
    with desk.db.read() as tx:
        row = tx.documents.row(item.id)
    assert row is not None
    assert row.stage is Stage.CANCELLED


def test_that_a_document_locked_meanwhile_cannot_be_cancelled(
    page: DocumentsPage, settle: Settle, desk: Desk
) -> None:
    item = mark(page, ShownState.COMPLETE_HERE)
    with desk.db.write() as tx:
        tx.documents.stand(item.id, Situation(Stage.SIGNED, has_pdf=True))
    page.removals.cancel(item)
    settle()
    assert "The client has signed it." in page.banner.words
    assert "SC-PROG-010" in page.banner.words


def test_that_search_and_filters_narrow_the_list_and_say_so(
    page: DocumentsPage, settle: Settle, qtbot: QtBot
) -> None:
    page.search.setText("nova")
    qtbot.waitUntil(lambda: page.table.rowCount() == 2)
    assert set(texts(page, 1)) == {"Petr Novák"}
    assert page.subtitle == "2 documents fit the filter"
    page.search.setText("41675")
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.search.setText("nobody at all")
    qtbot.waitUntil(lambda: page.table.rowCount() == 0)
    page._empty_step()
    qtbot.waitUntil(lambda: page.table.rowCount() == 24)
    page.kind_filter.choose(frozenset({DocumentKind.CHANGE_REQUEST.value}))
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.kind_filter.choose(frozenset())
    page.show_states(frozenset({ShownState.WAITING}))
    qtbot.waitUntil(lambda: page.table.rowCount() == 2)
    assert page.state_filter.accessibleName() == "State: waits for signature"


def test_that_a_head_orders_the_list_and_shows_it(page: DocumentsPage, qtbot: QtBot) -> None:
    page.view._sort(1)
    qtbot.waitUntil(lambda: texts(page, 1)[0] == "Kateřina Benešová")
    assert page.table.headerData(1, Qt.Orientation.Horizontal) == "Client  ↑"
    page.view._sort(1)
    qtbot.waitUntil(lambda: texts(page, 1)[0] == "Šárka Žáková")


def test_that_the_mark_stays_on_its_document_when_the_list_changes(
    page: DocumentsPage, settle: Settle, desk: Desk
) -> None:
    item = mark(page, ShownState.EXPORTED)
    with desk.db.write() as tx:
        tx.documents.create({"schema": 1, "document_kind": "offer", "client_name": "Nový Klient"})
    settle()
    assert page.marked is not None
    assert page.marked.id == item.id


def test_that_a_commit_elsewhere_is_shown_by_itself(
    page: DocumentsPage, desk: Desk, qtbot: QtBot
) -> None:
    item = mark(page, ShownState.WAITING)
    with desk.db.write() as tx:
        tx.documents.stand(DocumentId(item.id), Situation(Stage.SIGNED, has_pdf=True))

    def is_signed() -> bool:
        marked = page.marked
        return marked is not None and marked.shown is ShownState.SIGNED_HERE

    qtbot.waitUntil(is_signed)
    assert page.actions_bar.buttons[Action.EDIT.value].isEnabled() is False


def test_that_the_way_shows_how_far_the_document_has_come(page: DocumentsPage) -> None:
    mark(page, ShownState.SIGNED_BACKED_UP)
    assert page.way.steps.accessibleName() == "sent (3/5)"
    rejected = mark(page, ShownState.REJECTED)
    assert "rodné číslo nesouhlasí" in rejected.warning
    mark(page, ShownState.CANCELLED)
    assert page.way.steps.isHidden()


def test_that_the_marked_document_stays_marked_where_the_order_changes(
    page: DocumentsPage, desk: Desk, settle: Settle
) -> None:
    mine = mark(page, ShownState.COMPLETE_BACKED_UP)
    with desk.db.write() as tx:  # news: a document of last month is the newest now
        tx.documents.save(
            desk.documents[21], tx.documents.get(desk.documents[21]).body, Stage.DRAFT
        )
    settle()
    first = page.table.item(0)
    assert first is not None
    assert first.id == desk.documents[21]
    assert page.marked is not None
    assert page.marked.id == mine.id, "the next press must not meet another document"


def test_that_a_document_far_down_the_list_is_marked_and_in_sight(
    page: DocumentsPage, desk: Desk, settle: Settle
) -> None:
    wanted = desk.documents[20]
    desk.clock.pass_time(days=1)
    with desk.db.write() as tx:
        body = tx.documents.get(desk.documents[1]).body
        for number in range(2 * PAGE):
            tx.documents.create({**body, "number": f"72000{number:05}"}, Stage.DRAFT)
    settle()
    page.mark(wanted)
    settle()
    assert page.marked is not None
    assert page.marked.id == wanted
    row = page.view.currentIndex().row()
    assert row > 2 * PAGE
    assert page.view.viewport().rect().intersects(page.view.visualRect(page.view.currentIndex()))


def test_that_a_document_marked_from_elsewhere_is_in_sight_when_the_list_opens(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    window.mark_document(desk.documents[17])
    settle()
    view = window.shelf.documents.view
    assert view.currentIndex().row() > 10
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_that_news_leave_in_sight_what_somebody_reads(
    page: DocumentsPage, desk: Desk, settle: Settle
) -> None:
    mine = mark(page, ShownState.COMPLETE_BACKED_UP)
    bar = page.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    with desk.db.write() as tx:
        body = tx.documents.get(desk.documents[21]).body
        tx.documents.create({**body, "number": "7200049999"}, Stage.DRAFT)
    settle()
    assert page.table.rowCount() == 25
    assert bar.value() > 0, "the list does not jump to its beginning"
    assert page.marked is not None
    assert page.marked.id == mine.id


def test_that_a_document_is_marked_in_a_list_that_is_shown_already(
    page: DocumentsPage, desk: Desk, settle: Settle
) -> None:
    for wanted in (desk.documents[12], desk.documents[17]):
        page.mark(wanted)
        settle()
        assert page.marked is not None
        assert page.marked.id == wanted


def test_that_a_warning_is_never_cut_off(
    page: DocumentsPage, window: MainWindow, settle: Settle
) -> None:
    for width in (1_440, 760):
        window.resize(width, 620)
        settle()
        for state in (ShownState.REJECTED, ShownState.LATE_SIGNED, ShownState.CANCELLED):
            mark(page, state)
            settle()
            told = page.way.findChildren(FlowingText)[0]
            assert told.text() == page.way.told != ""
            assert told.height() >= told.heightForWidth(told.width())
            assert told.width() <= page.way.contentsRect().width()


def test_that_the_filters_are_read_whole_in_the_smallest_window(
    window: MainWindow, page: DocumentsPage, settle: Settle
) -> None:
    window.resize(window.minimumSize())
    settle()
    for tool in (page.state_filter, page.kind_filter, page.begin_small):
        assert tool.width() >= tool.sizeHint().width()
    assert page.search.geometry().right() < page.state_filter.geometry().left()


def test_that_actions_that_do_not_fit_are_in_a_menu_with_their_reasons(
    page: DocumentsPage, window: MainWindow, settle: Settle
) -> None:
    window.resize(760, 480)
    settle()
    mark(page, ShownState.EXPORTED)
    hidden = [key for key, button in page.actions_bar.buttons.items() if button.isHidden()]
    assert Action.DISCARD.value in hidden
    entries = {action.text(): action for action in page.actions_bar.menu(hidden).actions()}
    assert entries["Discard"].isEnabled() is False
    assert (
        entries["Discard"].toolTip()
        == "Only a draft can be discarded; what is complete can be cancelled."
    )


def test_that_the_table_behaves_as_qt_expects(
    page: DocumentsPage, qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(page.table)  # type: ignore[no-untyped-call]


def test_that_only_the_pages_that_are_shown_are_read(
    page: DocumentsPage, desk: Desk, settle: Settle, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        for place in range(400):
            body = {"schema": 1, "document_kind": "offer", "client_name": f"Klient {place:03}"}
            tx.documents.create(body)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: page.table.rowCount() == 424)
    assert page.table._pages.keys() == {0}
    page.view.scrollToBottom()
    page.view.viewport().repaint()
    qtbot.waitUntil(lambda: 7 in page.table._pages)
    assert 3 not in page.table._pages
    assert page.view.rowAt(QPoint(10, 10).y()) > 100


def test_that_the_marked_document_keeps_its_actions_however_far_the_list_is_scrolled(
    page: DocumentsPage, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        for place in range(700):
            body = {"schema": 1, "document_kind": "offer", "client_name": f"Klient {place:03}"}
            tx.documents.create(body)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: page.table.rowCount() == 724)
    marked = page.marked
    assert marked is not None
    for row in range(0, 724, 12):
        page.view.scrollTo(page.table.index(row, 0))
        page.view.viewport().repaint()
        qtbot.waitUntil(lambda row=row: page.table.item(row) is not None)  # type: ignore[misc]
    assert page.marked == marked


@pytest.mark.parametrize("news", [7, pytest.param(2 * PAGE, marks=pytest.mark.long)])
def test_that_the_lines_in_sight_stay_there_while_a_synchronisation_brings_news(
    page: DocumentsPage,
    desk: Desk,
    settle: Settle,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    news: int,
) -> None:
    def bring(count: int) -> None:
        desk.clock.pass_time(seconds=1)
        with desk.db.write() as tx:
            for place in range(count):
                body = {"schema": 1, "document_kind": "offer", "client_name": f"Klient {place:03}"}
                tx.documents.create(body)  # type: ignore[arg-type]

    bring(400)
    qtbot.waitUntil(lambda: page.table.rowCount() == 424)
    page.view.verticalScrollBar().setValue(250 * page.view.rowHeight(0) + 7)
    qtbot.waitUntil(lambda: page.table.item(250) is not None)
    settle()
    seen, marked = page.table.item(250), page.marked
    bars: list[int] = []
    monkeypatch.setattr(LinePainter, "_paint_waiting", lambda *_: bars.append(1))
    bring(news)
    qtbot.waitUntil(lambda: page.table.rowCount() == 424 + news)
    page.view.viewport().repaint()
    settle()
    row = page.view.rowAt(0)
    assert row == 250 + news
    assert page.table.item(row) == seen
    assert page.view.rowViewportPosition(row) == -7
    assert not bars, "no line in sight was empty for a moment"
    assert page.marked == marked
    assert page.view.currentIndex().row() == news, "out of sight the mark stays on its document"


def test_that_the_page_that_follows_is_brought_before_it_is_scrolled_to(
    page: DocumentsPage, desk: Desk, qtbot: QtBot
) -> None:
    with desk.db.write() as tx:
        for place in range(400):
            body = {"schema": 1, "document_kind": "offer", "client_name": f"Klient {place:03}"}
            tx.documents.create(body)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: page.table.rowCount() == 424)
    page.view.scrollTo(page.table.index(PAGE - 20, 0))
    qtbot.waitUntil(lambda: 1 in page.table._pages)
    assert page.view.rowAt(page.view.viewport().height() - 1) < PAGE


def test_that_the_name_of_an_offer_and_its_number_are_whole(
    window: MainWindow, page: DocumentsPage, settle: Settle
) -> None:
    words = look().font()
    for width, title in ((1_440, "Nabídka FLEXI životní pojištění"), (911, "7200041873")):
        window.resize(width, 700)
        settle()
        column = 2 if width > 1_000 else 3
        assert page.view.columnWidth(column) >= QFontMetrics(words).horizontalAdvance(title) + 18
