"""The preview on real frozen documents."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.documents.pages import PageRenderer
from smartclient.domain.admission import REVOKED
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.services.forms import Shown
from smartclient.store.document_lines import Situation
from smartclient.ui.pages.words import PageWords
from smartclient.ui.preview.page import PreviewPage
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.tick import Tick
from tests.simulators.laptop import Laptop
from tests.ui.keyboard import press


class Folder:
    """Where the person saves."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.proposed = ""

    def choose(self, _parent: QWidget, proposed: str) -> Path | None:
        self.proposed = proposed
        return self.path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "nabídka.pdf")


class PrinterOnDesk:
    """A printer that prints into a file; none where the person closes the dialog."""

    def __init__(self, path: Path) -> None:
        self.path: Path | None = path
        self.pages: tuple[int, int] | None = None
        self.asked = ("", 0)

    def choose(self, _parent: QWidget, title: str, pages: int) -> QPrinter | None:
        self.asked = (title, pages)
        if self.path is None:
            return None
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.path))
        if self.pages is not None:
            printer.setFromTo(*self.pages)
        return printer


@pytest.fixture
def printer(tmp_path: Path) -> PrinterOnDesk:
    return PrinterOnDesk(tmp_path / "paper.pdf")


@pytest.fixture
def page(
    qtbot: QtBot, laptop: Laptop, tasks: Tasks, folder: Folder, printer: PrinterOnDesk
) -> Iterator[PreviewPage]:
    made = PreviewPage(laptop.forms, tasks, laptop.signing.note_seen, folder.choose, printer.choose)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


def open_in(qtbot: QtBot, page: PreviewPage, document_id: DocumentId) -> None:
    page.open(document_id)
    qtbot.waitUntil(lambda: page.pages.is_drawn, timeout=10_000)


def look_through(qtbot: QtBot, page: PreviewPage) -> None:
    """Go through all pages by keyboard, waiting for each to be drawn."""
    page.pages.setFocus()
    press(page.pages, Qt.Key.Key_Home)
    for _screen in range(40):
        if not page.pages.unseen:
            return
        qtbot.waitUntil(lambda: page.pages.is_drawn, timeout=10_000)
        press(page.pages, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.pages.unseen, timeout=10_000)


def test_that_signing_opens_only_after_all_pages_were_seen_and_then_by_one_press(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    document_id = laptop.completed_offer(digital=True)
    open_in(qtbot, page, document_id)
    assert not page.sign_button.isEnabled()
    assert page.sign_button.toolTip() == "The client should see all pages first."
    look_through(qtbot, page)
    qtbot.waitUntil(page.sign_button.isEnabled)
    with qtbot.waitSignal(page.signing_requested) as asked:
        page.sign_button.click()
    assert asked.args == [document_id]


def test_that_seen_pages_stay_seen(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, tasks: Tasks
) -> None:
    document_id = laptop.completed_offer(digital=True)
    open_in(qtbot, page, document_id)
    look_through(qtbot, page)
    everything = frozenset(range(page.pages.count))
    page.hide()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert laptop.forms.show(document_id).seen == everything
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.pages.is_drawn, timeout=10_000)
    assert not page.pages.unseen


def test_that_another_document_is_looked_through_anew(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=True))
    look_through(qtbot, page)
    second = laptop.completed_offer(digital=True)
    page.open(second)
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.document_id == second)
    qtbot.waitUntil(lambda: page.pages.is_drawn, timeout=10_000)
    assert not page.sign_button.isEnabled()


def test_that_a_revoked_install_shows_the_pages_and_neither_signs_nor_edits(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    document_id = laptop.completed_offer(digital=True)
    open_in(qtbot, page, document_id)
    assert page._edit.isEnabled()
    with laptop.db.write() as tx:
        tx.feed.set_notice(REVOKED)
    page.open(document_id, to_sign=True)
    qtbot.waitUntil(lambda: not page._edit.isEnabled())
    with qtbot.assertNotEmitted(page.signing_requested):
        look_through(qtbot, page)
    why = "The activation of this computer was revoked."
    assert (page.sign_button.isEnabled(), page.sign_button.toolTip()) == (False, why)
    assert page._edit.toolTip() == why
    assert page._print.isEnabled()
    assert page._save.isEnabled()


def test_that_what_was_handed_over_is_not_offered_to_be_edited(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    document_id = laptop.completed_offer(digital=False)
    with laptop.db.write() as tx:
        stands = Situation(Stage.COMPLETE, ServerState.LOCKED, backed_up=True, has_pdf=True)
        tx.documents.stand(document_id, stands)
    open_in(qtbot, page, document_id)
    assert not page._edit.isEnabled()
    assert page._edit.toolTip() == "The document is locked, PČS already has it."


def test_that_a_document_on_the_paper_way_offers_no_signing(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    assert page.sign_button.isHidden()


def test_that_the_saved_pdf_is_byte_for_byte_what_is_shown(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, folder: Folder
) -> None:
    document_id = laptop.completed_offer(digital=True)
    open_in(qtbot, page, document_id)
    page.save_as_pdf()
    qtbot.waitUntil(lambda: page.banner.words.startswith("Saved as"))
    assert folder.path is not None
    assert folder.path.read_bytes() == laptop.forms.show(document_id).pdf
    assert folder.proposed == "Nabídka FLEXI životní pojištění 7200040001.pdf"


def test_that_a_folder_that_cannot_be_written_is_told_and_nothing_is_lost(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, folder: Folder, tmp_path: Path
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=True))
    folder.path = tmp_path / "nowhere" / "nabídka.pdf"
    page.save_as_pdf()
    qtbot.waitUntil(page.banner.isVisible)
    assert "could not be saved there" in page.banner.words
    assert "is safe" in page.banner.words


def printed(path: Path | None) -> list[tuple[float, float]]:
    """The sizes of the sheets that came out, in points."""
    assert path is not None
    with PageRenderer(path.read_bytes()) as sheets:
        return [sheets.size(index) for index in range(sheets.count)]


def test_that_all_pages_are_printed_at_their_size(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, printer: PrinterOnDesk
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    with qtbot.waitSignal(page.printing.finished, timeout=20_000):
        press(page.pages, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert printer.asked == ("Nabídka FLEXI životní pojištění 7200040001", page.pages.count)
    sheets = printed(printer.path)
    assert len(sheets) == page.pages.count
    assert all(size == pytest.approx((595.3, 841.9), abs=1) for size in sheets)
    assert "given to the printer" in page.banner.words
    assert not page.printing.is_running


def test_that_only_the_chosen_pages_are_printed(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, printer: PrinterOnDesk
) -> None:
    printer.pages = (2, 3)
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    with qtbot.waitSignal(page.printing.finished, timeout=20_000) as told:
        page.print_pages()
    assert told.args == [2]
    assert len(printed(printer.path)) == 2


def test_that_printing_can_be_stopped(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, tasks: Tasks
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    with qtbot.waitSignal(page.printing.progressed, timeout=20_000):
        page.print_pages()
    page._stop_printing()
    assert not page.printing.is_running
    assert page.banner.words == "Printing was stopped."
    qtbot.waitUntil(lambda: tasks.is_idle, timeout=10_000)


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_that_a_printer_that_cannot_be_used_is_told_and_the_document_is_safe(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, printer: PrinterOnDesk, tmp_path: Path
) -> None:
    printer.path = tmp_path / "nowhere" / "paper.pdf"
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    with qtbot.waitSignal(page.printing.refused, timeout=20_000):
        page.print_pages()
    assert "The printer cannot be used." in page.banner.words
    assert "SC-DOC-090" in page.banner.words


def test_that_nothing_is_printed_when_the_dialog_is_closed(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, printer: PrinterOnDesk
) -> None:
    printer.path = None
    open_in(qtbot, page, laptop.completed_offer(digital=False))
    page.print_pages()
    assert not page.printing.is_running


def test_that_the_size_of_the_pages_follows_the_keyboard(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=True))
    before = page.pages.zoom
    press(page.pages, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert page.pages.zoom < before
    press(page.pages, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    press(page.pages, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert page.pages.zoom > before
    press(page.pages, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert page.pages.zoom == pytest.approx(before)


def test_that_pages_signed_elsewhere_are_fetched_and_shown(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = laptop.completed_offer(digital=True)
    shown = laptop.forms.show(document_id)
    brought: list[DocumentId] = []

    def show(_document: DocumentId) -> Shown:
        if not brought:
            raise NotAllowed("SC-STORE-022")
        return shown

    monkeypatch.setattr(laptop.forms, "show", show)
    monkeypatch.setattr(laptop.forms, "bring_pages", brought.append)
    open_in(qtbot, page, document_id)
    assert brought == [document_id]
    assert page.shown == shown
    assert not page.banner.isVisible()


def spoken(widget: QWidget, kind: QAccessible.Text) -> str:
    """What a screen reader is told of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(kind)


def test_that_a_screen_reader_is_told_what_the_page_in_sight_says(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=True))

    def told() -> str:
        return spoken(page.pages, QAccessible.Text.Description)

    qtbot.waitUntil(lambda: "Nabídka FLEXI životní pojištění" in told(), timeout=10_000)
    assert told().startswith("page 1 of ")
    assert "Pojistník Petr Novák" in told()
    press(page.pages, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "Ověřil jsem totožnost klienta" in told(), timeout=10_000)


def begins_with(words: PageWords, text: str) -> bool:
    return words.toPlainText().startswith(text)


def test_that_who_cannot_see_reads_all_pages_in_words_and_may_then_sign(
    qtbot: QtBot, page: PreviewPage, laptop: Laptop
) -> None:
    open_in(qtbot, page, laptop.completed_offer(digital=True))
    switch = next(each for each in page.findChildren(Tick) if each.text() == "Pages in words")
    switch.click()
    words = page.pages.words
    qtbot.waitUntil(lambda: "Pojistník Petr Novák" in words.toPlainText(), timeout=10_000)
    interface = QAccessible.queryAccessibleInterface(words)
    assert interface is not None
    assert interface.role() is QAccessible.Role.EditableText
    assert interface.state().readOnly
    read = spoken(words, QAccessible.Text.Value)
    assert read.startswith("page 1 of ")
    assert read == spoken(page.pages, QAccessible.Text.Description)
    assert not page.sign_button.isEnabled()
    for number in range(page.pages.count):
        where = f"page {number + 1} of "
        qtbot.waitUntil(partial(begins_with, words, where), timeout=10_000)
        qtbot.waitUntil(lambda: "\n" in words.toPlainText(), timeout=10_000)
        for _screen in range(20):
            press(words, Qt.Key.Key_PageDown)
            if not words.toPlainText().startswith(where):
                break
    qtbot.waitUntil(page.sign_button.isEnabled, timeout=10_000)
    switch.click()
    assert words.isHidden()
