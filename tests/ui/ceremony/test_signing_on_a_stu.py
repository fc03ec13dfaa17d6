"""The ceremony on Wacom pads: the client reads, signs and confirms on the pad itself."""

from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.app.pads import PLUGGED, pad_chooser
from smartclient.documents.record import SigningRecord
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import FILE as COMPONENT_FILE
from smartclient.ink.port import PadButton
from smartclient.ink.trace import Trace
from smartclient.services.signing import FieldStanding
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import CONFIRM, REFUSE, PadWords, picture_of
from smartclient.ui.ceremony.pad_reading import (
    CONTINUE,
    PadReading,
    pages_of_pad,
    reading_picture,
)
from smartclient.ui.ceremony.page import CeremonyPage
from smartclient.ui.ceremony.words import reading_of
from smartclient.ui.dialogs import Question
from smartclient.ui.tasks import Tasks
from tests.simulators.laptop import Laptop
from tests.simulators.stu.kinds import KINDS, STU_300, STU_430, STU_530, Kind
from tests.unit.ink.pens import recorded
from tests.unit.signpad.desk import Desk


@pytest.fixture
def waiting(laptop: Laptop) -> DocumentId:
    return laptop.completed_offer()


class Room:
    """A pad on the table, the window of the adviser, and the people who sign."""

    def __init__(self, kind: Kind, laptop: Laptop, tasks: Tasks, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._captures = 0
        self.answer = True
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens while the adviser is asked."""
        self.desk = Desk(kind, "A1", monotonic)
        self.kind = kind
        self.usb, self.pad = self.desk.usb, self.desk.pad
        component = {COMPONENT_FILE: f'{{"pads": ["{kind.name}"]}}'.encode()}
        choose = pad_chooser((PLUGGED,), lambda: component, Mode.PRODUCTION, lambda: self.desk.bus)
        self.page = CeremonyPage(laptop.signing, tasks, choose, laptop.clock, self._yes)
        self.page.resize(1440, 900)

    @property
    def words(self) -> PadReading:
        """What the person whose turn it is reads before signing."""
        state = self.page.state
        assert state is not None
        assert state.next_field is not None
        return reading_of(state, state.next_field)

    def begin(self, document: DocumentId) -> None:
        """Plug the pad in and open a document; the first page to read stands on the pad."""
        self.usb.plug(self.pad)
        self.page.open(document)
        self._qtbot.waitUntil(lambda: self.pad.captures == 1, timeout=10_000)

    def read_and_sign(self, name: str) -> None:
        """Read to the end and draw a recorded signature; the window shows its ink."""
        self.read()
        self.sign(recorded(name))
        self._qtbot.waitUntil(lambda: self.page.display.has_ink, timeout=10_000)

    def sign(self, trace: Trace) -> None:
        """Draw a signature into the middle of the signing area."""
        down = trace.pen_down
        left, top = min(s.x for s in down), min(s.y for s in down)
        wide, high = self.kind.size
        room = high * 0.4
        scale = min(1.0, room / (max(s.y for s in down) - top))
        self.pad.draw(
            (
                round(wide * 0.2 + (sample.x - left) * scale),
                round(high * 0.35 + (sample.y - top) * scale),
                sample.pressure * self.kind.max_pressure // 1023 if sample.contact else 0,
            )
            for sample in trace.samples
            if sample.in_range
        )
        self.pad.leave()

    def press(self, button: str) -> None:
        """Touch a button on the pad and lift the pen."""
        _picture, buttons = picture_of(PadWords("", "", ""), *self.kind.screen)
        self.touch(next(each for each in buttons if each.button == button))

    def read(self) -> int:
        """Read page after page on the pad and go on to the signature; how many pages there were."""
        words = self.words
        pages = pages_of_pad(words, *self.kind.screen)
        for number in range(len(pages)):
            self.await_capture()
            _picture, buttons = reading_picture(words, *self.kind.screen, page=number)
            self.touch(next(each for each in buttons if each.button == CONTINUE))
        self.await_capture()
        return len(pages)

    def await_capture(self) -> None:
        """The next step stands on the pad and waits for the pen."""
        self._qtbot.waitUntil(lambda: self.pad.captures > self._captures, timeout=10_000)
        self._captures += 1

    def touch(self, box: PadButton) -> None:
        """Touch a place of the screen and lift the pen."""
        across = self.kind.size[0] / self.kind.screen[0]
        down = self.kind.size[1] / self.kind.screen[1]
        x = round((box.left + box.right) / 2 * across)
        y = round((box.top + box.bottom) / 2 * down)
        self.pad.draw([(x, y, 300), (x, y, 300), (x, y, 0)])
        self.pad.leave()

    def _yes(self, _parent: QWidget, _question: Question) -> bool:
        self.meanwhile()
        return self.answer


@pytest.fixture
def room(
    request: pytest.FixtureRequest, qtbot: QtBot, laptop: Laptop, tasks: Tasks
) -> Iterator[Room]:
    made = Room(getattr(request, "param", STU_430), laptop, tasks, qtbot)
    qtbot.addWidget(made.page)
    with qtbot.waitExposed(made.page):
        made.page.show()
    yield made
    made.page.hide()


@pytest.mark.parametrize("room", [STU_300, STU_430, STU_530], ids=lambda k: k.name, indirect=True)
def test_that_a_document_is_signed_and_confirmed_on_the_pad_itself(
    room: Room, qtbot: QtBot, laptop: Laptop, waiting: DocumentId
) -> None:
    room.usb.plug(room.pad)
    room.page.open(waiting)
    signed: list[str] = []
    room.page.signed.connect(signed.append)
    for name in ("petr", "jana"):
        qtbot.waitUntil(lambda: room.page.desk.is_read, timeout=10_000)
        room.read_and_sign(name)
        room.press(CONFIRM)
    qtbot.waitUntil(lambda: signed == [waiting], timeout=20_000)
    with laptop.db.read() as tx:
        assert tx.documents.get(waiting).row.stage is Stage.SIGNED
        package = tx.appends.signed_package(waiting)
    assert package is not None
    readings = SigningRecord.from_json(package.record).readings
    assert [each.read_on for each in readings] == [room.pad.kind.name] * 2
    assert all(each.read_at is not None for each in readings)
    assert room.pad.is_idle


def test_that_a_cable_pulled_while_somebody_signs_goes_on_by_itself_when_it_is_back(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.begin(waiting)
    room.read()
    room.sign(recorded("petr"))
    room.pad.break_off()
    qtbot.waitUntil(room.page.banner.isVisible, timeout=10_000)
    assert "was lost while somebody signed" in room.page.banner.words
    room.usb.unplug(room.pad)
    room.usb.plug(room.pad)
    qtbot.waitUntil(lambda: room.page.desk.buffer is not None, timeout=10_000)
    qtbot.waitUntil(room.page.banner.isHidden)
    assert not room.page.display.has_ink


def test_that_a_pad_plugged_in_late_is_found_without_a_press(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.page.open(waiting)
    qtbot.waitUntil(room.page.banner.isVisible, timeout=10_000)
    assert "Check that the SignPad is connected" in room.page.banner.words
    room.usb.plug(room.pad)
    qtbot.waitUntil(lambda: room.page.desk.is_read, timeout=10_000)
    room.read()
    qtbot.waitUntil(lambda: room.page.desk.buffer is not None, timeout=10_000)


def test_that_a_person_reads_on_the_pad_what_the_signature_will_mean_and_leaves_no_ink(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.begin(waiting)
    room.sign(recorded("petr"))  # scribbling over the text
    assert room.page.desk.buffer is None
    assert not room.pad.inking
    spoken = room.page.display.accessibleDescription()
    for said in ("Pojistník · Petr Novák", "7200", "měsíčně", "By signing"):
        assert said in spoken
    room.read()
    qtbot.waitUntil(lambda: room.page.desk.buffer is not None, timeout=10_000)
    assert room.pad.inking


def test_that_who_refuses_while_reading_is_asked_and_nothing_is_signed(
    room: Room, qtbot: QtBot, laptop: Laptop, waiting: DocumentId
) -> None:
    room.begin(waiting)
    words = room.words
    _picture, buttons = reading_picture(words, *room.kind.screen)
    room.await_capture()
    room.touch(next(each for each in buttons if each.button == REFUSE))
    qtbot.waitUntil(
        lambda: "refused" in room.page.signers.cards["policyholder"].words, timeout=10_000
    )
    with laptop.db.read() as tx:
        assert tx.documents.get(waiting).row.stage is Stage.WAITING


@pytest.mark.parametrize("refuses", [True, False])
def test_that_nobody_signs_while_the_adviser_is_asked_about_a_refusal(
    room: Room, qtbot: QtBot, waiting: DocumentId, refuses: bool
) -> None:
    room.begin(waiting)
    room.read_and_sign("petr")
    drawn = room.page.desk.buffer
    assert drawn is not None
    seen: list[tuple[bool, int]] = []

    def change_mind() -> None:
        room.press(CONFIRM)
        room.page.desk.pressed.emit(CONFIRM)  # one that was still on its way
        seen.append((room.page.desk.is_capturing, len(drawn)))

    room.meanwhile, room.answer = change_mind, refuses
    room.press(REFUSE)
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    assert seen == [(False, 0)]
    if refuses:
        card = room.page.signers.cards["policyholder"]
        qtbot.waitUntil(lambda: "refused" in card.words, timeout=10_000)
    else:
        qtbot.waitUntil(lambda: room.page.desk.buffer is not None, timeout=10_000)
        assert not room.page.display.has_ink
    assert room.page.state is not None
    assert room.page.state.fields[0].standing is not FieldStanding.SIGNED


def test_that_a_window_that_changes_its_size_leaves_the_signature_on_the_pad_alone(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.begin(waiting)
    room.read_and_sign("petr")
    drawn, captures = room.page.desk.buffer, room.pad.captures
    assert drawn is not None
    qtbot.waitUntil(lambda: len(drawn) > 100)
    before = room.page.display.size()
    room.page.resize(1100, 700)
    qtbot.waitUntil(lambda: room.page.display.size() != before)
    assert room.page.desk.buffer is drawn
    assert len(drawn) > 100
    assert room.page.display.has_ink
    assert room.pad.captures == captures
    room.press(CONFIRM)
    page = room.page
    qtbot.waitUntil(
        lambda: page.state is not None and page.state.fields[0].standing is FieldStanding.SIGNED,
        timeout=10_000,
    )


@pytest.mark.parametrize("room", [STU_300], ids=lambda kind: kind.name, indirect=True)
def test_that_the_mirror_shows_and_turns_the_page_that_stands_on_the_pad(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.begin(waiting)
    display = room.page.display
    pages = pages_of_pad(room.words, *room.kind.screen)
    assert len(pages) > 1
    for page in pages:
        qtbot.waitUntil(partial(_shows, display, page), timeout=10_000)
        assert room.page.desk.is_read
        display.button(CONTINUE).click()
    qtbot.waitUntil(lambda: room.page.desk.buffer is not None, timeout=10_000)
    assert display._reading is None


def _shows(display: PadDisplay, page: PadReading) -> bool:
    words = display._reading
    return words is not None and display._shown_page(words) == page


LONG = PadReading(
    "Pojistník · Ing. Petr Novák",
    (
        "FLEXI životní pojištění, číslo 7200000017",
        "1 223 Kč měsíčně na 30 let",
        "Smrt 600 000 Kč, závažná onemocnění 200 000 Kč, pobyt v nemocnici 200 Kč",
        "Podpisem: Podávám nabídku na uzavření pojistné smlouvy a potvrzuji prohlášení.",
    ),
)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_that_no_word_of_what_is_read_is_lost_on_a_small_screen(
    kind: Kind, large: bool, laptop: Laptop
) -> None:
    del laptop
    pages = pages_of_pad(LONG, *kind.screen, large=large)
    read = " ".join(line for page in pages for line in page.lines)
    assert read == " ".join(LONG.lines)
    for number in range(len(pages)):
        picture, buttons = reading_picture(LONG, *kind.screen, page=number, large=large)
        assert picture.to_read
        onwards, refuse = buttons
        assert onwards.right < refuse.left
        assert refuse.right < kind.screen[0]
        assert refuse.bottom < kind.screen[1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_that_the_pads_screen_shows_who_signs_what_with_the_buttons(
    kind: Kind, laptop: Laptop
) -> None:
    del laptop
    desk = Desk(kind)
    pad = desk.opened()
    words = PadWords("Pojistník · Petr Novák", "Souhlasím s nabídkou.", "Smrt 2 000 000 Kč", "")
    picture, buttons = picture_of(words, *kind.screen)
    pad.show(picture, buttons)
    seen = desk.pad.screen.convert("1")
    for button in buttons:
        box = (button.left, button.top, button.right + 1, button.bottom + 1)
        assert seen.crop(box).histogram()[0] > 0
    assert seen.crop((0, 0, kind.screen[0], kind.screen[1] // 3)).histogram()[0] > 0
