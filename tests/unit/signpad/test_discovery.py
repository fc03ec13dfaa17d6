"""Pads that are there, those that may be used, and why others may not."""

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from smartclient.domain.errors import SmartClientError
from smartclient.signpad.discovery import StuPads, is_remote_session
from smartclient.signpad.drivers import choose
from smartclient.signpad.hid import node_of, system_bus
from smartclient.signpad.stu.models import DEFAULT_ALLOWED, VENDOR, model_of
from smartclient.signpad.stu.pad import StuPad
from tests.simulators.stu.kinds import STU_300, STU_430, STU_500, STU_530
from tests.simulators.stu.pad import EmulatedStu
from tests.unit.documents.workshop import REPOSITORY
from tests.unit.signpad.desk import Desk


def _code(pads: StuPads, serial: str = "", *, remote: bool = False) -> str:
    with pytest.raises(SmartClientError) as refusal:
        choose([pads], serial, is_remote=lambda: remote).open()
    return refusal.value.code


def test_that_every_pad_is_found_once() -> None:
    desk = Desk(STU_430, "A1")
    desk.usb.plug(desk.pad)
    (found,) = desk.pads.pads()
    assert (found.model, found.serial, found.problem) == ("STU-430", "A1", None)


def test_that_a_computer_without_the_library_for_pads_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "hid", None)
    with pytest.raises(SmartClientError) as refusal:
        system_bus()
    assert refusal.value.code == "SC-SIGN-003"


def test_that_no_pad_is_told() -> None:
    assert _code(Desk(STU_430).pads) == "SC-SIGN-001"


def test_that_a_pad_another_program_holds_is_told_apart_from_none() -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    desk.pad.held_by_another = True
    assert _code(desk.pads) == "SC-SIGN-002"


def test_that_a_model_the_insurer_does_not_allow_is_named() -> None:
    desk = Desk(STU_500)
    desk.usb.plug(desk.pad)
    pads = StuPads(desk.bus, desk.around, allowed=DEFAULT_ALLOWED)
    (found,) = pads.pads()
    assert found.problem is not None
    assert (found.problem.code, found.problem.values) == ("SC-SIGN-061", {"model": "STU-500"})
    assert _code(pads) == "SC-SIGN-061"


def test_that_of_several_pads_the_one_of_the_serial_number_is_taken() -> None:
    desk = Desk(STU_430, "A1")
    other = EmulatedStu(STU_530, "B2")
    desk.usb.plug(desk.pad)
    desk.usb.plug(other)
    desk.pad.pass_time(2)
    other.pass_time(2)
    chosen = desk.chosen("B2")
    chosen.open()
    assert chosen.description.model == "STU-530"
    assert _code(desk.pads, "C3") == "SC-SIGN-001"


def test_that_an_allowed_pad_is_preferred_to_one_that_is_not() -> None:
    desk = Desk(STU_300)
    desk.usb.plug(EmulatedStu(STU_500))
    desk.usb.plug(desk.pad)
    pad = choose([StuPads(desk.bus, desk.around, allowed=DEFAULT_ALLOWED)])
    pad.open()
    assert pad.description.model == "STU-300"


def test_that_two_pads_with_the_same_placeholder_are_two() -> None:
    desk = Desk(STU_300, "000000")
    other = EmulatedStu(STU_300, "000000", clock=lambda: desk.pad._now)
    desk.usb.plug(desk.pad)
    desk.usb.plug(other)
    one, two = (offered.pad for offered in desk.pads.pads())
    assert isinstance(one, StuPad)
    assert isinstance(two, StuPad)
    assert one is not two
    one.open()
    two.open()
    assert desk.pad.held_by_another
    assert other.held_by_another
    one.close()
    desk.usb.unplug(desk.pad)
    with pytest.raises(SmartClientError) as refusal:
        one.open()  # the other is not taken for it
    assert refusal.value.code == "SC-SIGN-001"


def test_that_a_pad_with_a_placeholder_is_the_same_in_another_socket() -> None:
    desk = Desk(STU_300, "000000")
    desk.usb.plug(desk.pad)
    before = desk.chosen()
    desk.usb.unplug(desk.pad)
    desk.usb.plug(desk.pad)
    assert desk.chosen() is before
    before.open()
    assert desk.pad.held_by_another


def test_that_a_pad_switched_to_its_serial_port_is_explained() -> None:
    desk = Desk(STU_430)
    pads = StuPads(desk.bus, desk.around, serial_ports=lambda: [(0x056A, 0xA6), (0x1234, 0xA6)])
    (found,) = pads.pads()
    assert found.model == "STU-430V"
    assert _code(pads) == "SC-SIGN-062"


def test_that_a_remote_session_is_explained() -> None:
    desk = Desk(STU_430)
    assert _code(desk.pads, remote=True) == "SC-SIGN-063"


def test_that_a_placeholder_is_no_serial_number() -> None:
    desk = Desk(STU_300, "000000")
    desk.usb.plug(desk.pad)
    assert desk.pads.pads()[0].serial == ""


@pytest.mark.parametrize(
    ("environ", "remote"),
    [
        ({"SESSIONNAME": "RDP-Tcp#3"}, True),
        ({"SESSIONNAME": "Console"}, False),
        ({"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, True),
        ({}, False),
    ],
)
def test_that_remote_sessions_are_known_by_what_the_system_says(
    environ: dict[str, str], remote: bool
) -> None:
    assert is_remote_session(environ) is remote


@pytest.mark.parametrize(
    ("path", "node"),
    [
        (b"/dev/hidraw3", Path("/dev/hidraw3")),
        (b"0001:0004:00", Path("/dev/bus/usb/001/004")),
        (b"\\\\?\\hid#vid_056a&pid_00a4", None),
    ],
)
def test_that_the_node_behind_a_path_is_known(path: bytes, node: Path | None) -> None:
    assert node_of(path) == node


def test_that_the_rule_for_linux_covers_every_model_that_is_driven() -> None:
    rules = (REPOSITORY / "signosoft" / "60-smartclient-stu.rules").read_text("utf-8")
    assert {int(each, 16) for each in re.findall(r'idVendor}=="(\w+)"', rules)} == {VENDOR}
    (products,) = {*re.findall(r'idProduct}=="(\S+?)"', rules)}
    for product in range(0xA1, 0xB0):
        model = model_of(product)
        assert model is not None
        assert fnmatchcase(f"{product:04x}", products) == model.is_driven
