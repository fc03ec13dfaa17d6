"""The offer page on the real form, tariff and store."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NoSpace
from smartclient.domain.ids import DocumentId
from smartclient.services.forms import Snapshot
from smartclient.store.document_rows import DocumentRow
from smartclient.ui.dialogs import Question
from smartclient.ui.form_page.page import FormPage
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.options import ButtonsControl
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from tests.simulators.flexi_answers import fill_in
from tests.simulators.laptop import Laptop, lock
from tests.ui.keyboard import CONTROL, press, write
from tests.unit.ink.pens import captured, recorded

SUM = "insured.0.covers.0.sum"
MISSING = ("insured.0.height", "insured.0.health.organs.answer")


@pytest.fixture
def document_id(laptop: Laptop) -> DocumentId:
    """An offer in which two answers are missing."""
    return laptop.filled_offer(without=MISSING)


@pytest.fixture
def page(qtbot: QtBot, laptop: Laptop, tasks: Tasks, document_id: DocumentId) -> Iterator[FormPage]:
    """The offer on the screen."""
    made = FormPage(laptop.forms, tasks, laptop.clock)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.open(document_id)
    qtbot.waitUntil(lambda: made.form is not None)
    yield made
    made.close_form()


def line_at(page: FormPage, path: str) -> QLineEdit:
    assert page.form is not None
    page.form.go_to(path)
    control = page.form.section.cells[path].control
    assert isinstance(control, LineControl)
    return control.line


def type_over(page: FormPage, path: str, text: str) -> QLineEdit:
    line = line_at(page, path)
    line.selectAll()
    write(line, text)
    return line


def complete_by_hand(page: FormPage) -> None:
    """Answer what is missing."""
    assert page.form is not None
    type_over(page, "insured.0.height", "182")
    page.form.go_to("insured.0.health.organs.answer")
    control = page.form.section.cells["insured.0.health.organs.answer"].control
    assert isinstance(control, ButtonsControl)
    press(control.focusable()[1], Qt.Key.Key_Space)


def row_of(laptop: Laptop, document_id: DocumentId) -> DocumentRow:
    with laptop.db.read() as tx:
        return tx.documents.get(document_id).row


def test_that_the_premium_follows_every_key(page: FormPage) -> None:
    before = page.premium.amount.text()
    line = line_at(page, SUM)
    line.selectAll()
    write(line, "150000")
    partly = page.premium.amount.text()
    write(line, "0")
    assert len({before, partly, page.premium.amount.text()}) == 3
    assert "against the change before" in page.premium.note


def test_that_the_difference_is_told_against_the_last_change_and_not_the_last_key(
    page: FormPage, qtbot: QtBot
) -> None:
    session = page.opened.session if page.opened is not None else None
    assert session is not None
    first = session.premium
    type_over(page, SUM, "1500000")
    second = session.premium
    assert first is not None
    assert second is not None
    assert f"{first.payable - second.payable}" in page.premium.note.replace("\u00a0", "")
    type_over(page, "insured.0.covers.1.sum", "1000000")
    third = session.premium
    assert third is not None
    assert f"{second.payable - third.payable}" in page.premium.note.replace("\u00a0", "")


def test_that_what_is_missing_are_links_that_go_to_the_field(page: FormPage) -> None:
    links = page.premium.missing.links
    assert [link.text() for link in links] == ["Výška · Petr Novák", "Dotaz 4 · Petr Novák"]
    links[0].click()
    assert page.form is not None
    assert page.form.current_section == "persons"
    assert page.form.section.cells["insured.0.height"].control.is_typing()


def test_that_an_error_is_among_what_is_missing_and_marks_its_section(
    page: FormPage, qtbot: QtBot
) -> None:
    type_over(page, "insured.0.weight", "9999")
    texts = [link.text() for link in page.premium.missing.links]
    assert "Hmotnost · Petr Novák" in texts
    item = page.side.sections.items["persons"]
    assert "1 error" in item.accessibleName()


def test_that_the_offer_can_be_completed_only_when_nothing_is_missing(
    page: FormPage, qtbot: QtBot
) -> None:
    button = page.premium.complete
    assert not button.isEnabled()
    assert button.toolTip() == "Fill in what is missing first."
    complete_by_hand(page)
    qtbot.waitUntil(button.isEnabled)
    assert page.premium.missing.isHidden()


def test_that_completing_a_digital_offer_leads_to_its_pages(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId
) -> None:
    complete_by_hand(page)
    qtbot.waitUntil(page.premium.complete.isEnabled)
    with qtbot.waitSignal(page.preview_requested) as shown:
        page.premium.complete.click()
    assert shown.args == [document_id]
    assert row_of(laptop, document_id).stage is Stage.WAITING
    assert page.opened is None


def test_that_there_is_one_primary_button(page: FormPage, qtbot: QtBot) -> None:
    def primaries() -> list[str]:
        return [
            button.text()
            for button in page.findChildren(Button)
            if button.property("kind") == "primary" and button.isVisible()
        ]

    assert len(primaries()) == 1
    complete_by_hand(page)
    qtbot.waitUntil(page.premium.complete.isEnabled)
    assert primaries() == [page.premium.complete.text()]


def test_that_typing_is_kept_by_itself_and_the_words_about_it_are_true(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId
) -> None:
    type_over(page, "insured.0.occupation", "ředitel školy")
    assert page.side._saved.text() == "Saving…"
    assert not page.is_kept
    qtbot.waitUntil(lambda: page.is_kept, timeout=5_000)
    assert page.side._saved.text() == "Saved 0 s ago"
    with laptop.db.read() as tx:
        assert "ředitel školy" in str(tx.documents.get(document_id).body)


def test_that_leaving_a_section_keeps_at_once(page: FormPage, qtbot: QtBot) -> None:
    type_over(page, "insured.0.occupation", "ředitel školy")
    assert page.form is not None
    page.form.show_section("payment")
    assert page._autosave is not None
    assert not page._autosave._dirty
    qtbot.waitUntil(lambda: page.is_kept)


def test_that_closing_keeps_what_was_typed_before_it_returns(
    page: FormPage, laptop: Laptop, document_id: DocumentId
) -> None:
    type_over(page, "aml.document_valid_to", "31. 2. 2031")
    page.close_form()
    laptop.restart()
    again = laptop.forms.open(document_id).session
    assert again.field("aml.document_valid_to").typed == "31. 2. 2031"


def test_that_ctrl_z_takes_back_and_the_premium_with_it(page: FormPage) -> None:
    before = page.premium.amount.text()
    line = type_over(page, SUM, "1500000")
    assert page.premium.amount.text() != before
    press(line, Qt.Key.Key_Z, CONTROL)
    assert page.premium.amount.text() == before


def test_that_a_complete_offer_on_the_paper_way_is_complete(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId
) -> None:
    complete_by_hand(page)
    assert page.form is not None
    page.form.go_to("signing.digital")
    press(page.form.section.cells["signing.digital"].control.focusable()[0], Qt.Key.Key_Space)
    qtbot.waitUntil(page.premium.complete.isEnabled)
    with qtbot.waitSignal(page.preview_requested):
        page.premium.complete.click()
    assert row_of(laptop, document_id).stage is Stage.COMPLETE


def test_that_the_choice_of_digital_signing_tells_why_it_needs_the_contacts(
    page: FormPage, qtbot: QtBot
) -> None:
    line = line_at(page, "contact.email")
    line.selectAll()
    press(line, Qt.Key.Key_Delete)
    press(line, Qt.Key.Key_Tab)
    assert page.form is not None
    cell = page.form.section.cells["contact.email"]
    assert cell.label.endswith("*")
    assert "nebude možné nabídku zplatnit" in cell.message.text
    qtbot.waitUntil(lambda: cell.message.height_for(cell.message.width()) <= cell.message.height())
    assert "E-mail" in [link.text() for link in page.premium.missing.links]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (853, 480)])
def test_that_the_premium_stays_in_sight_on_every_screen(
    page: FormPage, width: int, height: int
) -> None:
    page.resize(width, height)
    QApplication.processEvents()
    shown = [
        label
        for label in page.findChildren(QWidget)
        if getattr(label, "text", None) and label.isVisible()
    ]
    amounts = [label for label in shown if page.premium.amount.text() == label.text()]  # type: ignore[attr-defined]
    assert amounts
    assert all(label.visibleRegion().boundingRect().height() > 10 for label in amounts)


def test_that_an_offer_that_cannot_be_opened_says_why_and_leads_back(
    qtbot: QtBot, laptop: Laptop, tasks: Tasks
) -> None:
    page = FormPage(laptop.forms, tasks, laptop.clock)
    qtbot.addWidget(page)
    page.show()
    page.open(DocumentId("00000000-0000-4000-8000-ffffffffffff"))
    qtbot.waitUntil(page.banner.isVisible)
    assert "is not on this computer any more" in page.banner.words
    with qtbot.waitSignal(page.left):
        page.banner.findChildren(Button)[0].click()


def test_that_a_lock_that_came_meanwhile_is_told_and_what_was_typed_is_among_the_conflicts(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId
) -> None:
    lock(laptop, document_id)
    type_over(page, "insured.0.occupation", "ředitel školy")
    qtbot.waitUntil(page.banner.isVisible, timeout=5_000)
    assert "kept under Show conflicts" in page.banner.words
    assert page.form is not None
    assert not page.form.isEnabled()
    with laptop.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    assert "ředitel školy" in str(conflict.body)


def test_that_another_devices_version_that_came_meanwhile_is_told_and_stays(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId
) -> None:
    with laptop.db.write() as tx:
        theirs = {**tx.documents.get(document_id).body, "answers": {}}
        tx.documents.save(document_id, theirs, Stage.DRAFT)
    type_over(page, "insured.0.occupation", "ředitel školy")
    qtbot.waitUntil(page.banner.isVisible, timeout=5_000)
    assert "changed on another device" in page.banner.words
    assert page.form is not None
    assert not page.form.isEnabled()
    with laptop.db.read() as tx:
        (conflict,) = tx.conflicts.open()
        assert tx.documents.get(document_id).body["answers"] == {}
    assert "ředitel školy" in str(conflict.body)


def test_that_an_edit_of_a_signed_page_is_asked_before_signatures_are_thrown_away(
    qtbot: QtBot, laptop: Laptop, tasks: Tasks, document_id: DocumentId
) -> None:
    session = fill_in(laptop.forms.open(document_id).session)
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    laptop.forms.complete(document_id)
    laptop.signing.begin(document_id)
    laptop.signing.sign(document_id, "policyholder", captured(recorded("petr")))
    asked: list[str] = []

    def no(_parent: QWidget, question: Question) -> bool:
        asked.append(question.headline)
        return False

    page = FormPage(laptop.forms, tasks, laptop.clock, no)
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(page.left):
        page.open(document_id)
    assert asked == ["1 person has already signed this document. Edit it all the same?"]
    assert page.form is None
    assert laptop.signing.begin(document_id).fields[0].at is not None


def test_that_a_failed_save_never_completes_older_answers(
    page: FormPage,
    qtbot: QtBot,
    laptop: Laptop,
    document_id: DocumentId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    complete_by_hand(page)
    qtbot.waitUntil(page.premium.complete.isEnabled)
    qtbot.waitUntil(lambda: page.is_kept, timeout=5_000)
    type_over(page, SUM, "1500000")

    def full(*_args: object) -> None:
        raise NoSpace("SC-STORE-010")

    monkeypatch.setattr(laptop.forms, "keep", full)
    page.premium.complete.click()
    qtbot.waitUntil(page.banner.isVisible)
    assert "no space left" in page.banner.words
    assert row_of(laptop, document_id).stage is Stage.DRAFT
    assert page.form is not None
    assert page.form.isEnabled()
    monkeypatch.undo()
