"""The signing ceremony on the real store, form and documents, with replayed and drawn pens."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.ink.port import ButtonPressed, Pad
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.services.signing import FieldStanding
from smartclient.ui.ceremony.pad_picture import (
    AGAIN,
    CONFIRM,
    REFUSE,
    PadWords,
    pad_layout,
    picture_of,
)
from smartclient.ui.ceremony.pad_reading import CONTINUE
from smartclient.ui.ceremony.page import CeremonyPage
from smartclient.ui.dialogs import Question
from smartclient.ui.onscreen_pad import OnScreenPad
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from tests.simulators.laptop import Laptop
from tests.ui.ceremony.pens import draw
from tests.ui.keyboard import press
from tests.unit.ink.pens import recorded


@pytest.fixture
def waiting(laptop: Laptop) -> DocumentId:
    return laptop.completed_offer()


class Table:
    """Who sits at the table: the pads that are found, and what is answered to questions."""

    def __init__(self) -> None:
        self.pads: list[Pad | Unreachable] = []
        self.answers: list[bool] = []
        self.asked: list[str] = []

    def choose(self, onscreen: OnScreenPad) -> Pad:
        found = self.pads.pop(0) if self.pads else onscreen
        if isinstance(found, Unreachable):
            raise found
        return found

    def ask(self, _parent: QWidget, question: Question) -> bool:
        self.asked.append(question.headline)
        return self.answers.pop(0)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def page(qtbot: QtBot, laptop: Laptop, tasks: Tasks, table: Table) -> Iterator[CeremonyPage]:
    made = CeremonyPage(laptop.signing, tasks, table.choose, laptop.clock, table.ask)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


def read(qtbot: QtBot, page: CeremonyPage) -> None:
    """Read what will be signed, where there is something to read, and wait for the pen."""
    qtbot.waitUntil(lambda: page.desk.is_read or page.desk.buffer is not None, timeout=10_000)
    while page.desk.is_read:
        page.display.button(CONTINUE).click()
    qtbot.waitUntil(lambda: page.desk.buffer is not None, timeout=10_000)


def stage_of(laptop: Laptop, document_id: DocumentId) -> Stage:
    with laptop.db.read() as tx:
        return tx.documents.get(document_id).row.stage


def confirming(trace: Trace) -> ReplayPad:
    """A pad on which somebody signs and presses Confirm on the pad itself."""
    return ReplayPad(trace, after=(ButtonPressed(CONFIRM),))


def test_that_replayed_pens_sign_the_document_from_the_first_field_to_the_question(
    qtbot: QtBot, page: CeremonyPage, table: Table, laptop: Laptop, waiting: DocumentId
) -> None:
    table.pads = [confirming(recorded("petr")), confirming(recorded("jana"))]
    table.answers = [True]
    with qtbot.waitSignal(page.signed, timeout=15_000) as signed:
        page.open(waiting)
    assert signed.args == [waiting]
    assert table.asked == ["Do you want to save the offer and send it to PČS?"]
    assert stage_of(laptop, waiting) is Stage.SIGNED


def test_that_no_to_the_question_leaves_the_document_open_with_all_signatures(
    qtbot: QtBot, page: CeremonyPage, table: Table, laptop: Laptop, waiting: DocumentId
) -> None:
    table.pads = [confirming(recorded("petr")), confirming(recorded("jana"))]
    table.answers = [False]
    page.open(waiting)
    qtbot.waitUntil(lambda: bool(table.asked), timeout=15_000)
    assert stage_of(laptop, waiting) is Stage.WAITING
    assert page.state is not None
    assert page.state.is_signed_by_all
    table.answers = [True]
    finish = next(b for b in page.findChildren(Button) if b.text() == "Save and send to PČS")
    assert finish.isEnabled()
    with qtbot.waitSignal(page.signed, timeout=15_000):
        finish.click()
    assert stage_of(laptop, waiting) is Stage.SIGNED


def test_that_a_signature_is_drawn_on_the_screen_and_confirmed(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    confirm = page.display.button(CONFIRM)
    assert not confirm.isEnabled()
    draw(page.display, recorded("petr"))
    assert confirm.isEnabled()
    confirm.click()
    qtbot.waitUntil(lambda: _standing(page, 0) is FieldStanding.SIGNED, timeout=10_000)
    read(qtbot, page)
    assert not page.display.has_ink
    assert page.display.words.headline == "Poradce · Jana Dvořáková"


def _standing(page: CeremonyPage, at: int) -> FieldStanding | None:
    return page.state.fields[at].standing if page.state is not None else None


def test_that_a_dot_is_refused_with_the_words_of_the_product_and_the_limit_that_failed(
    qtbot: QtBot, page: CeremonyPage, table: Table, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    draw(page.display, recorded("petr"), share=0.02)
    page.display.button(CONFIRM).click()
    qtbot.waitUntil(lambda: bool(page.display.words.problem), timeout=10_000)
    problem = page.display.words.problem
    assert problem.startswith("The signature is not valid. Please sign again.")
    assert "1 cm" in problem
    assert _standing(page, 0) is FieldStanding.OPEN
    read(qtbot, page)
    assert not page.display.has_ink
    draw(page.display, recorded("petr"), share=0.5)
    assert page.display.words.problem == "", "what was wrong before is past once it is signed again"


def test_that_again_wipes_the_display_and_the_pen_data(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    draw(page.display, recorded("petr"))
    buffer = page.desk.buffer
    assert buffer is not None
    qtbot.waitUntil(lambda: len(buffer) > 0)
    page.display.button(AGAIN).click()
    assert len(buffer) == 0
    assert not page.display.has_ink


def test_that_a_refusal_is_asked_twice_and_leaves_the_document_waiting(
    qtbot: QtBot, page: CeremonyPage, table: Table, laptop: Laptop, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    table.answers = [False]
    page.display.button(REFUSE).click()
    assert _standing(page, 0) is FieldStanding.OPEN
    table.answers = [True]
    page.display.button(REFUSE).click()
    qtbot.waitUntil(lambda: _standing(page, 0) is FieldStanding.REFUSED, timeout=10_000)
    assert stage_of(laptop, waiting) is Stage.WAITING
    assert "refused to sign" in page.banner.words
    card = page.signers.cards["policyholder"]
    assert "refused" in card.words
    card.setFocus()
    press(card, Qt.Key.Key_Return)
    read(qtbot, page)


@pytest.fixture
def free(qtbot: QtBot, tmp_path: Path, tasks: Tasks, table: Table) -> Iterator[CeremonyPage]:
    """The ceremony of an offer whose people sign in any order; it is open."""
    laptop = Laptop(tmp_path / "free", free_order=True)
    made = CeremonyPage(laptop.signing, tasks, table.choose, laptop.clock, table.ask)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.open(laptop.completed_offer())
    yield made
    made.hide()
    tasks.close()
    laptop.close()


def test_that_the_adviser_chooses_who_signs_next_where_the_form_leaves_it_open(
    qtbot: QtBot, free: CeremonyPage
) -> None:
    read(qtbot, free)
    draw(free.display, recorded("petr"))
    buffer = free.desk.buffer
    press(free.signers.cards["adviser"], Qt.Key.Key_Return)
    assert buffer is not None
    assert len(buffer) == 0, "what the other person had begun is wiped"
    assert free.headline == "Field 2 of 2 · Poradce"
    read(qtbot, free)
    draw(free.display, recorded("jana"))
    free.display.button(CONFIRM).click()
    qtbot.waitUntil(lambda: _standing(free, 1) is FieldStanding.SIGNED, timeout=10_000)
    assert _standing(free, 0) is FieldStanding.OPEN
    qtbot.waitUntil(lambda: free.headline == "Field 1 of 2 · Pojistník")
    read(qtbot, free)


def test_that_after_a_refusal_others_may_sign_where_the_order_is_open(
    qtbot: QtBot, free: CeremonyPage, table: Table
) -> None:
    read(qtbot, free)
    draw(free.display, recorded("petr"))
    table.answers = [True]
    free.display.button(REFUSE).click()
    qtbot.waitUntil(lambda: _standing(free, 0) is FieldStanding.REFUSED, timeout=10_000)
    assert "can be chosen at the left" in free.banner.words
    assert not free.display.has_ink, "what was begun is not shown under another person's name"
    press(free.signers.cards["adviser"], Qt.Key.Key_Return)
    read(qtbot, free)
    draw(free.display, recorded("jana"))
    free.display.button(CONFIRM).click()
    qtbot.waitUntil(lambda: _standing(free, 1) is FieldStanding.SIGNED, timeout=10_000)
    after_all = next(b for b in free.banner.findChildren(Button) if b.text() == "Sign after all")
    assert after_all is not None


def test_that_an_absent_pad_is_told_in_the_words_of_the_product_and_can_be_tried_again(
    qtbot: QtBot, page: CeremonyPage, table: Table, waiting: DocumentId
) -> None:
    table.pads = [Unreachable("SC-SIGN-001")]
    page.open(waiting)
    qtbot.waitUntil(page.banner.isVisible, timeout=10_000)
    assert "Check that the SignPad is connected" in page.banner.words
    assert "USB" in page.banner.words
    retry = next(b for b in page.banner.findChildren(Button) if b.text() == "Try again")
    retry.click()
    read(qtbot, page)
    qtbot.waitUntil(page.banner.isHidden)


def test_that_a_pad_lost_in_the_middle_keeps_what_was_signed_before(
    qtbot: QtBot, page: CeremonyPage, table: Table, laptop: Laptop, waiting: DocumentId
) -> None:
    table.pads = [ReplayPad(recorded("petr"), lost_after=40)]
    page.open(waiting)
    qtbot.waitUntil(page.banner.isVisible, timeout=10_000)
    assert "was lost while somebody signed" in page.banner.words
    assert laptop.signing.begin(waiting).fields[0].standing is FieldStanding.OPEN


def test_that_interrupting_keeps_the_given_signature_and_goes_on_later(
    qtbot: QtBot, page: CeremonyPage, laptop: Laptop, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    draw(page.display, recorded("petr"))
    page.display.button(CONFIRM).click()
    qtbot.waitUntil(lambda: _standing(page, 0) is FieldStanding.SIGNED, timeout=10_000)
    with qtbot.waitSignal(page.left):
        page.interrupt()
    laptop.restart()
    again = laptop.signing.begin(waiting)
    assert again.fields[0].standing is FieldStanding.SIGNED
    assert again.next_field is not None
    assert again.next_field.name == "adviser"


def test_that_the_fields_and_where_one_is_are_named_for_eyes_and_screen_readers(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    assert page.headline == "Field 1 of 2 · Pojistník"
    card = page.signers.cards["policyholder"]
    assert card.accessibleName().startswith("1 · Pojistník, Petr Novák · page")
    assert page.display.accessibleDescription().startswith("Pojistník · Petr Novák")
    unnamed = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(page)
        and not widget.accessibleName()
    ]
    assert unnamed == []


def test_that_the_whole_ceremony_goes_by_the_keyboard_but_for_the_pen(
    qtbot: QtBot, page: CeremonyPage, table: Table, laptop: Laptop, waiting: DocumentId
) -> None:
    table.answers = [True]
    page.open(waiting)
    for name in ("petr", "jana"):
        qtbot.waitUntil(lambda: page.desk.is_read, timeout=10_000)
        tab_to(page, page.display.button(CONTINUE))
        press(page.display.button(CONTINUE), Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: page.desk.buffer is not None, timeout=10_000)
        draw(page.display, recorded(name))
        tab_to(page, page.display.button(CONFIRM))
        press(page.display.button(CONFIRM), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: stage_of(laptop, waiting) is Stage.SIGNED, timeout=15_000)


def tab_to(page: CeremonyPage, wanted: QWidget) -> None:
    """Press Tab until the widget has the focus."""
    for _press in range(40):
        if page.focusWidget() is wanted:
            return
        press(page.focusWidget() or page, Qt.Key.Key_Tab)
    raise AssertionError(f"{wanted.accessibleName()} cannot be reached by Tab")


def test_that_who_sees_badly_reads_large_text_and_larger_pages(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    qtbot.waitUntil(lambda: page.desk.is_read, timeout=10_000)
    usual = page.pages.zoom
    page.side.large.click()
    assert page.pages.zoom > usual
    qtbot.waitUntil(lambda: page.desk.is_read, timeout=10_000)
    read(qtbot, page)
    draw(page.display, recorded("petr"))
    page.side.large.click()
    assert page.pages.zoom == usual
    assert page.desk.buffer is not None
    assert page.display.has_ink, "the signature that is being drawn is not disturbed"


def test_that_large_text_also_enlarges_the_words_over_the_signature(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    read(qtbot, page)
    usual = page.display._layout().text
    page.side.large.click()
    qtbot.waitUntil(lambda: page.desk.buffer is not None, timeout=10_000)
    assert page.display._layout().text > usual
    for width, height in ((320, 200), (640, 480), (800, 480)):
        assert pad_layout(width, height, large=True).text > pad_layout(width, height).text


def test_that_the_display_is_reached_by_tab_and_its_keys_press_what_goes_on(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId
) -> None:
    page.open(waiting)
    qtbot.waitUntil(lambda: page.desk.is_read, timeout=10_000)
    tab_to(page, page.display)
    press(page.display, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.desk.buffer is not None, timeout=10_000)
    tab_to(page, page.display)
    press(page.display, Qt.Key.Key_Return)
    assert page.desk.buffer is not None, "nothing was drawn yet, so there is nothing to confirm"
    draw(page.display, recorded("petr"))
    press(page.display, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _standing(page, 0) is FieldStanding.SIGNED, timeout=10_000)


def test_that_what_is_read_before_a_signature_is_spoken(
    qtbot: QtBot, page: CeremonyPage, waiting: DocumentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(
        "smartclient.ui.ceremony.page.announce", lambda _widget, words: spoken.append(words)
    )
    page.open(waiting)
    qtbot.waitUntil(lambda: page.desk.is_read, timeout=10_000)
    assert spoken == [page.display.accessibleDescription()]
    assert "By signing" in spoken[0]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(("width", "height"), [(396, 100), (320, 200), (640, 480), (800, 480)])
def test_that_the_words_the_pen_and_the_buttons_find_room_on_every_pad(
    qtbot: QtBot, width: int, height: int, large: bool
) -> None:
    words = PadWords("Pojistník · Petr Novák", "Podávám nabídku.", "1 223 Kč měsíčně")
    picture, buttons = picture_of(words, width, height, large=large)
    assert len(picture.rgb) == width * height * 3
    layout = pad_layout(width, height, large=large)
    assert layout.sign_area.height() >= 20
    assert layout.sign_area.top() >= layout.words.bottom()
    for left, right in pairwise(buttons):
        assert left.right < right.left
    assert all(button.bottom < height and button.right < width for button in buttons)
    assert all(button.top > layout.sign_area.bottom() for button in buttons)
