"""The emulated pads are as strict as the devices: what they tell, take, refuse and wait for."""

import struct

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.signpad.stu.device import StuDevice
from smartclient.signpad.stu.images import Upload
from smartclient.signpad.stu.models import model_of
from smartclient.signpad.stu.reports import Encoding, Rect, State
from tests.simulators.stu.kinds import KINDS, STU_300, STU_430, STU_520, STU_530, Kind
from tests.simulators.stu.pad import BAD_PARAMETER, OK, RESETTING, WRONG_AREA, WRONG_STATE
from tests.unit.signpad.desk import Desk

all_models = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
AREA = Rect(8, 4, 9, 5)


def ready(kind: Kind) -> tuple[Desk, StuDevice]:
    """A pad that has shown its boot picture, and its open device."""
    desk = Desk(kind, "A1")
    desk.usb.plug(desk.pad)
    desk.pad.pass_time(2)
    (entry,) = desk.bus.entries(0x056A)
    model = model_of(entry.product)
    assert model is not None
    return desk, StuDevice(desk.bus.open(entry), model, desk.pad.pass_time, lambda: True)


def result(desk: Desk, report: bytes) -> int:
    """How the pad takes a set."""
    assert desk.pad.knows_set(report[0])
    desk.pad.set(report)
    return desk.pad._result


@all_models
def test_that_a_pad_tells_what_its_model_has_and_no_more(kind: Kind) -> None:
    pad = ready(kind)[0].pad
    told = {each for each in (0x0B, 0x21, 0x22, 0x2A, 0x32) if pad.get(each) is not None}
    assert told == {0x21, 0x22} | (kind.sets & {0x2A, 0x32}) | (
        {0x0B} if kind.cipher == "rsa" else set()
    )
    assert pad.get(0x0B) in (None, b"\x0bA1" + bytes(8))


@all_models
def test_that_a_pad_takes_what_its_model_has_and_no_more(kind: Kind) -> None:
    desk, device = ready(kind)
    area = struct.pack("<4H", 0, 0, 7, 7)
    sets = {0x23: b"\0\1" + area, 0x28: b"\0\0\1", 0x2D: b"\0\0\0\1", 0x2F: b"\0"}
    for report_id, payload in sets.items():
        report = bytes((report_id,)) + payload
        if report_id in kind.sets:
            device.set(report)
            device.wait_for(State.READY)
        else:
            with pytest.raises(Unreachable) as refusal:
                device.set(report)
            assert refusal.value.code == "SC-SIGN-005"
    assert result(desk, struct.pack("<BHH", 0x22, 30, 20)) == OK
    assert device.thresholds() == (30, 20)
    assert result(desk, struct.pack("<BHH", 0x22, 0x400, 20)) == BAD_PARAMETER


def test_that_an_area_off_the_screen_is_not_cleared() -> None:
    desk, _device = ready(STU_430)
    assert result(desk, b"\x23\0\1" + struct.pack("<4H", 0, 0, 320, 7)) == WRONG_AREA


def test_that_a_520_is_not_ready_while_it_clears() -> None:
    desk, device = ready(STU_520)
    assert result(desk, b"\x20\0") == OK
    assert desk.pad.state == State.IMAGE
    assert result(desk, b"\x25\0") == result(desk, b"\x27\1") == WRONG_STATE
    desk.pad.pass_time(0.55)
    assert desk.pad.state == State.IMAGE
    desk.pad.pass_time(0.06)
    assert desk.pad.state == State.READY
    device.clear()
    assert desk.pad.state == State.READY


@all_models
def test_that_a_reset_takes_its_time_and_forgets_what_was_set(kind: Kind) -> None:
    desk, device = ready(kind)
    device.ink(on=False)
    assert result(desk, b"\x04\0") == OK
    assert desk.pad.state == RESETTING
    assert result(desk, b"\x21\0") == WRONG_STATE
    device.wait_for(State.READY)
    assert desk.pad.inking
    device.reset()
    assert device.status().state == State.READY


def test_that_pictures_in_colour_are_shown_as_they_were_sent() -> None:
    desk, device = ready(STU_530)
    red, green, blue, white = b"\xf8\0", b"\x07\xe0", b"\0\x1f", b"\xff\xff"
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    capability = device.capability()
    device.show(Upload(AREA, Encoding.COLOUR_16, red + green + blue + white), capability)
    places = [(8, 4), (9, 4), (8, 5), (9, 5)]
    assert [desk.pad.screen.getpixel(place) for place in places] == colours
    device.clear()
    turned = b"".join(bytes(reversed(colour)) for colour in colours)
    device.show(Upload(AREA, Encoding.COLOUR_24, turned), capability)
    assert [desk.pad.screen.getpixel(place) for place in places] == colours
    with pytest.raises(Unreachable) as short:
        device.show(Upload(AREA, Encoding.COLOUR_24, turned[:-1]), capability)
    assert short.value.values["result"] == str(BAD_PARAMETER)


@pytest.mark.parametrize(
    ("kind", "encoding"), [(STU_300, Encoding.COLOUR_16), (STU_520, Encoding.COLOUR_24)]
)
def test_that_a_picture_in_colours_a_model_does_not_have_is_refused(
    kind: Kind, encoding: Encoding
) -> None:
    _desk, device = ready(kind)
    capability = device.capability()
    area = Rect(0, 0, capability.screen_width - 1, capability.screen_height - 1)
    with pytest.raises(Unreachable) as refusal:
        device.show(Upload(area, encoding, b""), capability)
    assert refusal.value.values["result"] == str(0x10)
