"""Which pad the signing gets: by the configuration, by the signed set, by what is plugged in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.app.configuration import Configuration, read
from smartclient.app.pads import ON_SCREEN, PLUGGED, TracePad, pad_chooser
from smartclient.domain.errors import SmartClientError
from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import FILE as COMPONENT_FILE
from smartclient.ink.port import Pad
from smartclient.signpad.stu.pad import StuPad
from smartclient.ui.ceremony.words import connected_words
from smartclient.ui.onscreen_pad import OnScreenPad
from tests.simulators.stu.kinds import STU_430, STU_500
from tests.simulators.stu.pad import EmulatedStu
from tests.unit.ink.pens import TRACES
from tests.unit.signpad.desk import Desk

REAL = Path(__file__).parents[3] / "catalogue" / "signer" / "pcs-signosoft" / "1" / COMPONENT_FILE


@pytest.fixture
def screen() -> OnScreenPad:
    return OnScreenPad(640, 200)


def chooser(
    desk: Desk,
    *kinds: str,
    component: Mapping[str, bytes] | None = None,
    mode: Mode = Mode.PRODUCTION,
) -> Callable[[OnScreenPad], Pad]:
    files = {COMPONENT_FILE: REAL.read_bytes()} if component is None else component
    return pad_chooser(kinds, lambda: files, mode, lambda: desk.bus)


def allowing(*models: str) -> dict[str, bytes]:
    return {COMPONENT_FILE: json.dumps({"pads": models}).encode()}


def test_that_a_pad_that_is_plugged_in_comes_before_the_screen(screen: OnScreenPad) -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    assert isinstance(chooser(desk, PLUGGED, ON_SCREEN)(screen), StuPad)


def test_that_the_signed_set_decides_whether_a_cable_may_be_plain(screen: OnScreenPad) -> None:
    desk = Desk(replace(STU_430, refuses=frozenset({0x40, 0x50})))
    desk.usb.plug(desk.pad)
    desk.pad.pass_time(2)  # the picture it shows while it starts
    with pytest.raises(SmartClientError) as refusal:
        chooser(desk, PLUGGED)(screen).open()
    assert refusal.value.code == "SC-SIGN-066"
    said = json.loads(REAL.read_bytes()) | {"allow_plain": True}
    allowed = chooser(desk, PLUGGED, component={COMPONENT_FILE: json.dumps(said).encode()})(screen)
    allowed.open()
    told = connected_words(allowed.description, is_on_screen=False)
    assert told == "STU-430 connected; its cable is not encrypted"
    allowed.close()


def test_that_the_screen_serves_where_it_is_allowed_and_no_pad_is_there(
    screen: OnScreenPad,
) -> None:
    kinds = (PLUGGED, ON_SCREEN)
    allowed = {COMPONENT_FILE: b'{"on_screen_pad": true}'}
    assert chooser(Desk(STU_430), *kinds, component=allowed)(screen) is screen
    assert chooser(Desk(STU_430), *kinds, mode=Mode.PRACTICE)(screen) is screen
    with pytest.raises(SmartClientError) as refusal:  # as published: nobody signs with a mouse
        chooser(Desk(STU_430), *kinds)(screen)
    assert refusal.value.code == "SC-SIGN-001"


def test_that_recorded_pens_sign_in_practice_and_never_in_production(screen: OnScreenPad) -> None:
    kinds = (f"replay:{TRACES}", PLUGGED)
    assert isinstance(chooser(Desk(STU_430), *kinds, mode=Mode.PRACTICE)(screen), TracePad)
    with pytest.raises(SmartClientError) as refusal:
        chooser(Desk(STU_430), *kinds)(screen)
    assert refusal.value.code == "SC-SIGN-001"


def test_that_the_signed_set_decides_which_models_may_be_used(screen: OnScreenPad) -> None:
    desk = Desk(STU_500)
    desk.usb.plug(desk.pad)
    with pytest.raises(SmartClientError) as refusal:
        chooser(desk, PLUGGED)(screen)
    assert refusal.value.code == "SC-SIGN-061"
    assert isinstance(chooser(desk, PLUGGED, component=allowing("STU-500"))(screen), StuPad)


def test_that_a_newer_signed_set_counts_at_the_next_signature(screen: OnScreenPad) -> None:
    desk = Desk(STU_500)
    desk.usb.plug(desk.pad)
    now = [allowing("STU-430"), allowing("STU-500")]
    choose = pad_chooser((PLUGGED,), lambda: now.pop(0), Mode.PRODUCTION, lambda: desk.bus)
    with pytest.raises(SmartClientError):
        choose(screen)
    assert isinstance(choose(screen), StuPad)


DRIVER = """
from smartclient.signpad.drivers import OfferedPad
from smartclient.ui.ceremony.words import connected_words
from smartclient.ui.onscreen_pad import OnScreenPad

class Driver:
    name = "example"
    def pads(self):
        return [OfferedPad("1", "Example", "", OnScreenPad({width}, 100))]

def driver():
    return Driver()
"""


def with_driver(source: str) -> dict[str, bytes]:
    rules = {"drivers": {"example": "drivers/example.py"}}
    return {COMPONENT_FILE: json.dumps(rules).encode(), "drivers/example.py": source.encode()}


def test_that_a_newer_driver_counts_although_the_rules_stayed(screen: OnScreenPad) -> None:
    now = [with_driver(DRIVER.replace("{width}", width)) for width in ("100", "200")]
    desk = Desk(STU_430)
    choose = pad_chooser((PLUGGED,), lambda: now.pop(0), Mode.PRODUCTION, lambda: desk.bus)
    older, newer = (choose(screen).description.max_x for _each in range(2))
    assert newer == 2 * older


def test_that_a_driver_that_fails_is_named_where_no_other_pad_is_there(
    screen: OnScreenPad, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSH_CONNECTION", "SESSIONNAME"):
        monkeypatch.delenv(name, raising=False)
    desk = Desk(STU_430)
    choose = chooser(desk, PLUGGED, component=with_driver("import nothing_of_this_name"))
    with pytest.raises(SmartClientError) as refusal:
        choose(screen)
    told = (refusal.value.code, refusal.value.values)
    assert told == ("SC-SIGN-065", {"driver": "example"})
    desk.usb.plug(desk.pad)
    assert isinstance(choose(screen), StuPad)


def test_that_the_same_pad_stays_the_same(screen: OnScreenPad) -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    choose = chooser(desk, PLUGGED)
    assert choose(screen) is choose(screen)


def test_that_of_several_pads_the_one_of_the_configuration_is_taken(
    screen: OnScreenPad, tmp_path: Path
) -> None:
    desk, other = Desk(STU_430, "A1"), EmulatedStu(STU_430, "B2")
    desk.usb.plug(desk.pad)
    desk.usb.plug(other)
    other.pass_time(2)
    Configuration(
        home=tmp_path,
        mode=Mode.PRODUCTION,
        server="https://localhost:1",
        server_ca=tmp_path / "ca",
        catalogue_root=tmp_path / "root",
        document_root=tmp_path / "documents",
        pads=(PLUGGED,),
        pad_serial="B2",
    ).write()
    serial = read(tmp_path).pad_serial
    files = {COMPONENT_FILE: REAL.read_bytes()}
    choose = pad_chooser((PLUGGED,), lambda: files, Mode.PRODUCTION, lambda: desk.bus, serial)
    choose(screen).open()
    assert (desk.pad.held_by_another, other.held_by_another) == (False, True)


def test_that_no_pad_at_all_is_told(screen: OnScreenPad, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SESSIONNAME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SmartClientError) as refusal:
        chooser(Desk(STU_430), PLUGGED)(screen)
    assert refusal.value.code == "SC-SIGN-001"
