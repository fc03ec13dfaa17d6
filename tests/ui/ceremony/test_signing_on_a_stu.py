"""The ceremony on Wacom pads: the client reads, signs and confirms on the pad itself."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.app.pads import PLUGGED, pad_chooser
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import FILE as COMPONENT_FILE
from smartclient.ink.trace import Trace
from smartclient.services.forms import Snapshot
from smartclient.ui.ceremony.pad_picture import CONFIRM, PadWords, picture_of
from smartclient.ui.ceremony.page import CeremonyPage
from smartclient.ui.dialogs import Question
from smartclient.ui.tasks import Tasks
from tests.simulators.flexi_answers import fill_in
from tests.simulators.laptop import Laptop
from tests.simulators.stu.kinds import KINDS, STU_300, STU_430, STU_530, Kind
from tests.unit.ink.pens import recorded
from tests.unit.signpad.desk import Desk


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def waiting(laptop: Laptop) -> DocumentId:
    identity = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = fill_in(laptop.forms.open(identity).session)
    laptop.forms.keep(identity, Snapshot.of(session, "Petr Novák"))
    laptop.forms.complete(identity)
    return identity


class Room:
    """A pad on the table, the window of the adviser, and the people who sign."""

    def __init__(self, kind: Kind, laptop: Laptop, tasks: Tasks) -> None:
        self.desk = Desk(kind, "A1", monotonic)
        self.kind = kind
        self.usb, self.pad = self.desk.usb, self.desk.pad
        component = {COMPONENT_FILE: f'{{"pads": ["{kind.name}"]}}'.encode()}
        choose = pad_chooser((PLUGGED,), lambda: component, Mode.PRODUCTION, lambda: self.desk.bus)
        self.page = CeremonyPage(laptop.signing, tasks, choose, self._yes)
        self.page.resize(1440, 900)

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
        box = next(each for each in buttons if each.button == button)
        across = self.kind.size[0] / self.kind.screen[0]
        down = self.kind.size[1] / self.kind.screen[1]
        x = round((box.left + box.right) / 2 * across)
        y = round((box.top + box.bottom) / 2 * down)
        self.pad.draw([(x, y, 300), (x, y, 300), (x, y, 0)])
        self.pad.leave()

    def _yes(self, _parent: QWidget, _question: Question) -> bool:
        return True


@pytest.fixture
def room(
    request: pytest.FixtureRequest, qtbot: QtBot, laptop: Laptop, tasks: Tasks
) -> Iterator[Room]:
    made = Room(getattr(request, "param", STU_430), laptop, tasks)
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
    for number, name in enumerate(("petr", "jana"), start=1):
        qtbot.waitUntil(partial(lambda begun: room.pad.captures == begun, number), timeout=10_000)
        room.sign(recorded(name))
        qtbot.waitUntil(lambda: room.page.display.has_ink, timeout=10_000)
        room.press(CONFIRM)
    qtbot.waitUntil(lambda: signed == [waiting], timeout=20_000)
    with laptop.db.read() as tx:
        assert tx.documents.get(waiting).row.stage is Stage.SIGNED
    assert room.pad.is_idle


def test_that_a_cable_pulled_while_somebody_signs_goes_on_by_itself_when_it_is_back(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.usb.plug(room.pad)
    room.page.open(waiting)
    qtbot.waitUntil(lambda: room.pad.captures == 1, timeout=10_000)
    room.sign(recorded("petr"))
    room.pad.break_off()
    qtbot.waitUntil(room.page.banner.isVisible, timeout=10_000)
    assert "was lost while somebody signed" in room.page.banner.words
    room.usb.unplug(room.pad)
    room.usb.plug(room.pad)
    qtbot.waitUntil(lambda: room.page.is_ready, timeout=10_000)
    qtbot.waitUntil(room.page.banner.isHidden)
    assert not room.page.display.has_ink


def test_that_a_pad_plugged_in_late_is_found_without_a_press(
    room: Room, qtbot: QtBot, waiting: DocumentId
) -> None:
    room.page.open(waiting)
    qtbot.waitUntil(room.page.banner.isVisible, timeout=10_000)
    assert "Check that the SignPad is connected" in room.page.banner.words
    room.usb.plug(room.pad)
    qtbot.waitUntil(lambda: room.page.is_ready, timeout=10_000)


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
