"""Which pad the signing gets, by the configuration and by what is plugged in."""

import pytest

from smartclient.app.pads import pad_chooser
from smartclient.domain.errors import SmartClientError
from smartclient.signpad.stu.pad import StuPad
from smartclient.ui.onscreen_pad import OnScreenPad
from tests.simulators.stu.kinds import STU_430, STU_500
from tests.unit.signpad.desk import Desk


@pytest.fixture
def screen() -> OnScreenPad:
    return OnScreenPad(640, 200)


def test_that_a_pad_that_is_plugged_in_comes_before_the_screen(screen: OnScreenPad) -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    assert isinstance(pad_chooser(("stu", "onscreen"), lambda: desk.bus)(screen), StuPad)


def test_that_the_screen_serves_where_it_is_allowed_and_no_pad_is_there(
    screen: OnScreenPad,
) -> None:
    desk = Desk(STU_430)
    assert pad_chooser(("stu", "onscreen"), lambda: desk.bus)(screen) is screen


def test_that_a_pad_that_may_not_be_used_is_named_where_nothing_else_serves(
    screen: OnScreenPad,
) -> None:
    desk = Desk(STU_500)
    desk.usb.plug(desk.pad)
    with pytest.raises(SmartClientError) as refusal:
        pad_chooser(("stu",), lambda: desk.bus)(screen)
    assert refusal.value.code == "SC-SIGN-030"
    assert isinstance(pad_chooser(("stu:STU-500",), lambda: desk.bus)(screen), StuPad)


def test_that_no_pad_at_all_is_told(screen: OnScreenPad) -> None:
    desk = Desk(STU_430)
    with pytest.raises(SmartClientError) as refusal:
        pad_chooser(("stu",), lambda: desk.bus)(screen)
    assert refusal.value.code == "SC-SIGN-001"
