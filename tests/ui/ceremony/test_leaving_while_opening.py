"""Whoever leaves the ceremony while the pad still opens does not wait for the pad."""

from threading import Event

from pytestqt.qtbot import QtBot

from smartclient.ink.port import PadPicture
from smartclient.signpad.discovery import StuPads
from smartclient.signpad.drivers import choose
from smartclient.signpad.stu.pad import StuPad, Surroundings
from smartclient.ui.ceremony.capture import PadCapture
from tests.simulators.stu.keys import Rsa
from tests.simulators.stu.kinds import STU_430
from tests.unit.signpad.desk import Desk


def test_that_leaving_ends_a_pad_that_still_agrees_on_its_key(qtbot: QtBot) -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    desk.pad.pass_time(2)
    assert isinstance(desk.pad._keys, Rsa)
    desk.pad._keys.is_slow = True
    waits = Event()
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        waits.set()
        assert isinstance(pad, StuPad)
        pad._stopped.wait(10)

    def words(wide: int, high: int) -> tuple[PadPicture, tuple[()]]:
        return PadPicture(wide, high, bytes(3 * wide * high)), ()

    pad = choose([StuPads(desk.bus, Surroundings(bytes, pause))])
    capture = PadCapture(pad, words)
    with qtbot.waitSignal(capture.finished):
        capture.start()
        assert waits.wait(10)
        capture.end()
    assert capture.isFinished()
    assert len(pauses) == 1
    assert not desk.pad.held_by_another
