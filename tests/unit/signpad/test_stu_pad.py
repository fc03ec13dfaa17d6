"""Every model of the series from the first report to the last, on pads as strict as the devices."""

from dataclasses import replace
from itertools import pairwise

import pytest

from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.ink.port import ButtonPressed, Disconnected, Gap, ShowsPictures
from smartclient.signpad.discovery import StuPads
from smartclient.signpad.drivers import choose
from smartclient.signpad.stu.pad import Surroundings
from tests.simulators.stu.keys import Rsa
from tests.simulators.stu.kinds import KINDS, STU_300, STU_430, STU_520, STU_530, STU_540, Kind
from tests.simulators.stu.pad import CAPTURE, IMAGE
from tests.unit.signpad.desk import CONFIRM, Desk, page, samples, take

LINE = [(1000 + 10 * step, 1500 + 3 * step, 300) for step in range(40)]
all_models = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@all_models
def test_that_a_pad_says_what_it_is(kind: Kind) -> None:
    pad = Desk(kind, "S1").opened()
    told = pad.description
    assert (told.driver, told.model, told.serial, told.firmware) == (
        "wacom-stu",
        kind.name,
        "S1",
        "1.5",
    )
    assert (told.max_x, told.max_y, told.max_pressure) == (*kind.size, kind.max_pressure)
    assert (told.screen_width, told.screen_height) == kind.screen
    assert (told.units_per_mm_x, told.nominal_rate) == (100, 200)
    assert isinstance(pad, ShowsPictures)


@all_models
def test_that_the_pen_arrives_as_it_was_moved_although_the_cable_is_encrypted(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE)
    found = samples(take(pad, events, len(LINE)))
    assert [(each.x, each.y, each.pressure) for each in found] == LINE
    assert all(each.contact for each in found)
    steps = {after.t_us - before.t_us for before, after in pairwise(found)}
    assert steps == {5_000}
    encrypted = {report[0] for report in desk.pad.received}
    assert 0x15 in encrypted


@all_models
def test_that_ink_begins_and_ends_by_pressure_and_hovering_leaves_none(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    pressures = [0, 20, 21, 300, 16, 15, 300, 0]
    desk.pad.draw((2000, 1000, pressure) for pressure in pressures)
    found = samples(take(pad, events, len(pressures)))
    contact = [each.contact for each in found]
    assert contact == [False, False, True, True, True, False, True, False]


@pytest.mark.parametrize("kind", [STU_430, STU_530, STU_540, STU_520], ids=lambda kind: kind.name)
def test_that_out_of_range_is_no_position(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw([(2000, 1000, 300)])
    desk.pad.leave()
    drawn, left = samples(take(pad, events, 2))
    assert (drawn.in_range, drawn.contact) == (True, True)
    assert (left.in_range, left.contact) == (False, False)


@pytest.mark.parametrize("kind", [STU_430, STU_530, STU_540], ids=lambda kind: kind.name)
def test_that_lost_reports_are_counted(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:2])
    desk.pad.lose(3)
    desk.pad.draw(LINE[2:3])
    first, second, gap, third = take(pad, events, 4)
    assert gap == Gap(3)
    assert [each.t_us for each in samples([first, second, third])] == [0, 5_000, 25_000]


@pytest.mark.parametrize("kind", [STU_430, STU_520, STU_530], ids=lambda kind: kind.name)
def test_that_the_pads_clock_goes_on_where_its_counter_begins_anew(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:1])
    desk.pad.advance_clock(65_520)
    desk.pad.draw(LINE[1:4])
    times = [each.t_us for each in samples(take(pad, events, 4))]
    assert times == [0, 65_525_000, 65_530_000, 65_535_000]


# --- the screen ----------------------------------------------------------------------------------


@all_models
def test_that_the_screen_shows_the_picture_and_the_ink_stays_in_the_signing_area(
    kind: Kind,
) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    wide, high = kind.screen
    pad.show(page(wide, high, (8, 8, 39, 23)), ())
    assert desk.pad.screen.getpixel((8, 8)) == desk.pad.screen.getpixel((39, 23)) == (0, 0, 0)
    assert desk.pad.screen.getpixel((7, 8)) == desk.pad.screen.getpixel((40, 23)) == (255, 255, 255)
    if 0x2A in kind.sets:
        assert desk.pad.handwriting_area == (0, 0, wide - 1, high // 2)


@pytest.mark.parametrize("kind", [STU_430, STU_530], ids=lambda kind: kind.name)
def test_that_only_what_differs_is_sent_again(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    wide, high = kind.screen
    pad.show(page(wide, high, (8, 8, 39, 23)), ())
    desk.pad.received.clear()
    pad.show(page(wide, high, (8, 8, 47, 23)), ())
    (area,) = [report for report in desk.pad.received if report[0] == 0x24]
    assert desk.pad.screen.getpixel((47, 23)) == (0, 0, 0)
    assert sum(report[0] == 0x26 for report in desk.pad.received) == 1
    desk.pad.received.clear()
    pad.show(page(wide, high, (8, 8, 47, 23)), ())
    assert not [report for report in desk.pad.received if report[0] in (0x24, 0x25, 0x26)]
    assert area[2] == 1


def test_that_a_new_picture_interrupts_the_capture_and_ink_is_wiped_off() -> None:
    desk = Desk(STU_530)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:1])
    take(pad, events, 1)
    pad.show(page(800, 480), ())
    assert desk.pad.is_idle
    assert any(report[0] == 0x25 for report in desk.pad.received)


def test_that_a_touch_of_a_button_is_the_button_and_leaves_no_ink() -> None:
    desk = Desk(STU_300)
    pad = desk.opened()
    pad.show(page(396, 100), [CONFIRM])
    events = pad.start()
    desk.pad.draw([(2000, 500, 300), (2000, 510, 0)])
    desk.pad.draw([(875, 2000, 300), (880, 2000, 300), (880, 2000, 0), (2000, 500, 300)])
    found = take(pad, events, 4)
    assert found[2] == ButtonPressed("confirm")
    assert [each.x for each in samples(found)] == [2000, 2000, 2000]


def test_that_a_stroke_that_ends_over_a_button_stays_ink() -> None:
    desk = Desk(STU_300)
    pad = desk.opened()
    pad.show(page(396, 100), [CONFIRM])
    events = pad.start()
    desk.pad.draw([(875, 500, 300), (875, 2000, 300)])
    found = take(pad, events, 2)
    assert [each.y for each in samples(found)] == [500, 2000]


# --- in and out -----------------------------------------------------------------------------------


@all_models
@pytest.mark.parametrize("state", [CAPTURE, IMAGE])
def test_that_a_pad_a_crashed_program_left_behind_is_usable(kind: Kind, state: int) -> None:
    desk = Desk(kind)
    desk.pad.leave_in(state)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:2])
    assert len(samples(take(pad, events, 2))) == 2


@all_models
def test_that_a_pad_is_given_back_with_a_white_screen_and_without_ink(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    pad.show(page(*kind.screen, (8, 8, 39, 23)), ())
    events = pad.start()
    pad.stop()
    assert list(events) == []
    pad.close()
    pad.close()
    assert desk.pad.is_idle
    assert not desk.pad.held_by_another
    assert desk.pad.screen.getextrema() == ((255, 255), (255, 255), (255, 255))


@all_models
def test_that_a_pulled_cable_ends_the_capture_and_the_pad_is_found_again(kind: Kind) -> None:
    desk = Desk(kind, "A7")
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:2])
    desk.pad.break_off()
    found = list(events)
    assert found[-1] == Disconnected()
    assert len(samples(found)) == 2
    desk.usb.unplug(desk.pad)
    with pytest.raises(Unreachable) as refusal:
        pad.open()
    assert refusal.value.code == "SC-SIGN-001"
    desk.usb.plug(desk.pad)
    pad.open()
    events = pad.start()
    desk.pad.draw(LINE[:2])
    assert len(samples(take(pad, events, 2))) == 2


def test_that_a_cable_pulled_during_a_picture_is_told() -> None:
    desk = Desk(STU_530)
    pad = desk.opened()
    desk.usb.unplug(desk.pad)
    with pytest.raises(Unreachable) as refusal:
        pad.show(page(800, 480), ())
    assert refusal.value.code == "SC-SIGN-004"


def test_that_a_report_of_another_session_is_not_used() -> None:
    desk = Desk(STU_430)
    pad = desk.opened()
    events = pad.start()
    desk.pad._session ^= 1
    desk.pad.draw(LINE[:1])
    with pytest.raises(Unreachable) as refusal:
        next(events)
    assert refusal.value.code == "SC-SIGN-006"


@all_models
def test_that_what_nobody_read_of_the_last_capture_is_not_in_the_next_one(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:8])
    take(pad, events, 2)
    desk.pad.draw([(9, 9, 300)])
    events = pad.start()
    desk.pad.draw(LINE[20:24])
    found = samples(take(pad, events, 4))
    assert [(each.x, each.y, each.pressure) for each in found] == LINE[20:24]


@all_models
def test_that_plain_reports_cannot_be_slipped_into_an_encrypted_capture(kind: Kind) -> None:
    desk = Desk(kind)
    pad = desk.opened()
    events = pad.start()
    desk.pad._send(b"\x01" + bytes.fromhex("92 64 14 DB 0D C8"))
    desk.pad._send(b"\x34" + bytes.fromhex("92 64 14 DB 0D C8 00 05 00 01"))
    desk.pad.draw(LINE[:2])
    found = samples(take(pad, events, 2))
    assert [(each.x, each.y, each.pressure) for each in found] == LINE[:2]


def test_that_a_pad_that_refuses_a_report_is_not_taken_for_one_that_is_gone() -> None:
    desk = Desk(replace(STU_430, refuses=frozenset({0x32})))
    with pytest.raises(Unreachable) as set_refused:
        desk.opened()
    assert (set_refused.value.code, set_refused.value.values["report"]) == ("SC-SIGN-005", "32")
    desk = Desk(replace(STU_430, refuses=frozenset({0x09})))
    with pytest.raises(Unreachable) as get_refused:
        desk.opened()
    assert (get_refused.value.code, get_refused.value.values["report"]) == ("SC-SIGN-005", "09")
    assert not desk.pad.held_by_another


CANNOT_ENCRYPT = pytest.mark.parametrize(
    ("kind", "report"),
    [
        (replace(STU_430, refuses=frozenset({0x40, 0x50})), 0x34),
        (replace(STU_300, refuses=frozenset({0x1A})), 0x01),
        (replace(STU_300, prime=0), 0x01),
    ],
    ids=["no status", "no prime", "prime of zeros"],
)


@CANNOT_ENCRYPT
def test_that_a_pad_that_cannot_encrypt_is_refused_before_anything_is_written(
    kind: Kind, report: int
) -> None:
    desk = Desk(kind)
    with pytest.raises(NotAllowed) as refusal:
        desk.opened()
    assert (refusal.value.code, refusal.value.values["model"]) == ("SC-SIGN-066", kind.name)
    assert not desk.pad.held_by_another
    assert report not in {waiting[0] for waiting in desk.pad._reports if waiting}


@CANNOT_ENCRYPT
def test_that_a_pad_that_cannot_encrypt_is_signed_on_where_the_insurer_allows_it(
    kind: Kind, report: int
) -> None:
    desk = Desk(kind, allow_plain=True)
    pad = desk.opened()
    assert pad.description.is_plain
    events = pad.start()
    desk.pad.draw(LINE[:2])
    assert {waiting[0] for waiting in desk.pad._reports if waiting} == {report}
    found = samples(take(pad, events, 2))
    assert [(each.x, each.y, each.pressure) for each in found] == LINE[:2]


def test_that_the_pad_decides_how_its_cable_is_encrypted_and_not_its_product_id() -> None:
    desk = Desk(replace(STU_300, product=STU_430.product, sets=STU_300.sets | {0x2A, 0x32}))
    desk.pad.kind = replace(desk.pad.kind, option_modes=frozenset({0, 3}))
    pad = desk.opened()
    events = pad.start()
    desk.pad.draw(LINE[:2])
    assert len(samples(take(pad, events, 2))) == 2
    assert 0x13 in {report[0] for report in desk.pad.received}


@pytest.mark.parametrize(("spoils", "key"), [(True, bytes(16)), (False, b"short")])
def test_that_a_key_that_is_none_is_refused(spoils: bool, key: bytes) -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    assert isinstance(desk.pad._keys, Rsa)
    desk.pad._keys.spoils_the_key, desk.pad._keys.key_bytes = spoils, key
    with pytest.raises(Unreachable) as refusal:
        desk.chosen().open()
    assert (refusal.value.code, refusal.value.values["report"]) == ("SC-SIGN-005", "40")
    assert not desk.pad.held_by_another


def test_that_a_prime_that_is_none_is_refused() -> None:
    desk = Desk(replace(STU_300, prime=2))
    with pytest.raises(Unreachable) as refusal:
        desk.opened()
    assert (refusal.value.code, refusal.value.values["report"]) == ("SC-SIGN-005", "1A")


@pytest.mark.parametrize("report", [b"\x33\x01", b"\x10", b"\x31" + bytes(17), b"\x34\x80"])
def test_that_a_report_that_is_cut_off_is_refused(report: bytes) -> None:
    desk = Desk(STU_430)
    pad = desk.opened()
    events = pad.start()
    desk.pad._send(report)
    with pytest.raises(Unreachable) as refusal:
        next(events)
    assert refusal.value.code == "SC-SIGN-005"
    assert desk.pad.is_idle


def test_that_a_pad_that_was_not_opened_says_so() -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    pad = desk.chosen()
    for asked in (lambda: pad.description, pad.start, pad.clear):
        with pytest.raises(NotAllowed) as refusal:
            asked()
        assert refusal.value.code == "SC-SIGN-008"


def test_that_a_pad_that_never_gets_ready_is_not_waited_for_without_end() -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    desk.pad._until = float("inf")
    with pytest.raises(Unreachable) as refusal:
        desk.chosen().open()
    assert (refusal.value.code, refusal.value.values["state"]) == ("SC-SIGN-007", "4")
    assert not desk.pad.held_by_another


def test_that_whoever_leaves_does_not_wait_for_the_pads_key() -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    desk.pad.pass_time(2)
    made = desk.pad._keys
    assert isinstance(made, Rsa)
    made.is_slow = True
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            pad.stop()

    pad = choose([StuPads(desk.bus, Surroundings(bytes, pause))])
    with pytest.raises(NotAllowed) as refusal:
        pad.open()
    assert refusal.value.code == "SC-SIGN-008"
    assert pauses == [0.05] * 3
    assert not desk.pad.held_by_another
    made.is_slow = False
    pad.open()
    assert desk.pad.held_by_another


def test_that_whoever_leaves_does_not_wait_for_the_boot_picture() -> None:
    desk = Desk(STU_430)
    desk.usb.plug(desk.pad)
    desk.pad._until = float("inf")
    pad = choose([StuPads(desk.bus, Surroundings(bytes, lambda _seconds: pad.stop()))])
    with pytest.raises(NotAllowed) as refusal:
        pad.open()
    assert refusal.value.code == "SC-SIGN-008"
    assert not desk.pad.held_by_another


def test_that_opening_twice_harms_nothing() -> None:
    desk = Desk(STU_430)
    pad = desk.opened()
    pad.open()
    events = pad.start()
    desk.pad.draw(LINE[:1])
    assert len(samples(take(pad, events, 1))) == 1


def test_that_a_signature_can_be_given_again() -> None:
    desk = Desk(STU_530)
    pad = desk.opened()
    for _each in range(3):
        events = pad.start()
        desk.pad.draw(LINE[:5])
        assert len(samples(take(pad, events, 5))) == 5
