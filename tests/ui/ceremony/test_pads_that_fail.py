"""Pads that do not answer in time, and pads that fail in a way that nobody foresaw."""

from collections.abc import Iterator
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from smartclient.domain.errors import SmartClientError
from smartclient.ink.port import PadDescription, PadEvent
from smartclient.ink.replay import ReplayPad
from smartclient.ui.ceremony.desk import PadDesk
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import PadWords
from tests.unit.ink.pens import recorded

WORDS = PadWords("", "", "")


class SlowPad:
    """A pad that takes as long to open as a test wants; it tells how it was treated."""

    def __init__(self) -> None:
        self._inner = ReplayPad(recorded("petr"))
        self.answers = Event()
        self.opened, self.closed_while_opening, self.closed = 0, 0, 0
        self._is_opening = False

    @property
    def description(self) -> PadDescription:
        return self._inner.description

    def open(self) -> None:
        self._is_opening = True
        self.opened += 1
        assert self.answers.wait(10)
        self._is_opening = False

    def close(self) -> None:
        self.closed += 1
        self.closed_while_opening += self._is_opening

    def start(self) -> Iterator[PadEvent]:
        return self._inner.start()

    def stop(self) -> None:
        self._inner.stop()


@pytest.fixture
def display(qtbot: QtBot) -> PadDisplay:
    made = PadDisplay()
    qtbot.addWidget(made)
    return made


def test_that_a_pad_left_while_it_opens_is_closed_when_it_has_opened(
    qtbot: QtBot, display: PadDisplay
) -> None:
    pad = SlowPad()
    desk = PadDesk(lambda _screen: pad, display)
    desk.patience_ms = 10
    desk.begin(WORDS, large=False)
    qtbot.waitUntil(lambda: pad.opened == 1)
    desk.end()
    desk.give_back()
    assert pad.closed == 0
    pad.answers.set()
    qtbot.waitUntil(lambda: pad.closed == 1)
    assert pad.closed_while_opening == 0


def test_that_a_pad_begun_again_while_it_opens_is_not_opened_twice_at_once(
    qtbot: QtBot, display: PadDisplay
) -> None:
    pad = SlowPad()
    desk = PadDesk(lambda _screen: pad, display)
    desk.patience_ms = 10
    desk.begin(WORDS, large=False)
    qtbot.waitUntil(lambda: pad.opened == 1)
    desk.begin(WORDS, large=False)
    assert pad.opened == 1
    with qtbot.waitSignal(desk.ready):
        pad.answers.set()
    assert pad.opened == 2
    assert pad.closed_while_opening == 0
    desk.end()
    desk.give_back()


class OddPad(ReplayPad):
    """A pad whose driver has a fault."""

    def open(self) -> None:
        raise ZeroDivisionError("Petr Novák")


def test_that_a_fault_nobody_foresaw_is_told_and_no_data_of_it_are_logged(
    qtbot: QtBot, display: PadDisplay, caplog: pytest.LogCaptureFixture
) -> None:
    desk = PadDesk(lambda _screen: OddPad(recorded("petr")), display)
    with qtbot.waitSignal(desk.refused) as refused:
        desk.begin(WORDS, large=False)
    assert refused.args is not None
    error = refused.args[0]
    assert isinstance(error, SmartClientError)
    assert error.code == "SC-PROG-002"
    assert not desk.is_capturing
    assert [record.message for record in caplog.records] == ["unexpected"]
    assert "Novák" not in str(caplog.records[0].__dict__)
