"""The pad on the screen, behind the port of ink."""

from collections.abc import Iterator, Sequence

import pytest

from smartclient.ink.port import (
    ButtonPressed,
    Disconnected,
    Pad,
    PadButton,
    PadEvent,
    PadPicture,
    Sample,
    ShowsPictures,
)
from smartclient.ui.onscreen_pad import FULL_PRESSURE, MOUSE_PRESSURE, OnScreenPad

DOTS = 96.0


@pytest.fixture
def pad() -> OnScreenPad:
    return OnScreenPad(800, 300, DOTS)


def events_of(
    pad: OnScreenPad, reports: Sequence[tuple[float, float, float | None, bool]]
) -> list[PadEvent]:
    stream: Iterator[PadEvent] = pad.start()
    for at, (x, y, pressure, contact) in enumerate(reports):
        pad.report(at * 5_000, x, y, pressure, contact)
    pad.stop()
    return list(stream)


def test_that_it_is_a_pad_with_a_screen(pad: OnScreenPad) -> None:
    port: Pad = pad
    assert isinstance(port, ShowsPictures)
    assert port.description.screen_width == 800
    assert port.description.has_device_time


def test_that_one_centimetre_of_the_screen_is_one_centimetre_of_the_trace(
    pad: OnScreenPad,
) -> None:
    pixels_per_cm = DOTS / 2.54
    first, second = events_of(pad, [(100, 50, None, True), (100 + pixels_per_cm, 50, None, True)])
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    units = pad.description.units_per_mm_x
    assert (second.x - first.x) / units == pytest.approx(10, abs=0.02)


@pytest.mark.parametrize("dots", [0.0, -1.0, 5_000.0])
def test_that_an_implausible_density_counts_as_an_ordinary_screen(dots: float) -> None:
    assert OnScreenPad(800, 300, dots).description == OnScreenPad(800, 300, 96.0).description


def test_that_a_pen_tells_its_pressure_and_a_mouse_a_constant_one(pad: OnScreenPad) -> None:
    light, hard, mouse, up = events_of(
        pad,
        [(1, 1, 0.1, True), (2, 2, 1.0, True), (3, 3, None, True), (3, 3, None, False)],
    )
    assert [e.pressure for e in (light, hard, mouse, up) if isinstance(e, Sample)] == [
        round(0.1 * FULL_PRESSURE),
        FULL_PRESSURE,
        MOUSE_PRESSURE,
        0,
    ]


def test_that_nothing_is_recorded_outside_a_capture(pad: OnScreenPad) -> None:
    assert not pad.report(0, 1, 1, None, True)
    assert events_of(pad, []) == []


def test_that_what_was_drawn_before_does_not_come_into_the_next_capture(
    pad: OnScreenPad,
) -> None:
    pad.start()
    pad.report(0, 1, 1, None, True)
    (only,) = events_of(pad, [(5, 5, None, True)])
    assert isinstance(only, Sample)
    assert only.sequence == 1


def test_that_a_touch_on_a_button_is_a_press_and_leaves_no_ink(pad: OnScreenPad) -> None:
    button = PadButton("confirm", "Potvrdit", 10, 200, 110, 240)
    pad.show(PadPicture(1, 1, bytes(3)), [button])
    stream = pad.start()
    assert not pad.report(0, 50, 220, None, True)
    assert not pad.report(1, 60, 225, None, True)
    pad.report(2, 60, 225, None, False)
    pad.stop()
    assert list(stream) == [ButtonPressed("confirm")]


def test_that_a_stroke_that_runs_over_a_button_stays_a_stroke(pad: OnScreenPad) -> None:
    pad.show(PadPicture(1, 1, bytes(3)), [PadButton("confirm", "Potvrdit", 10, 200, 110, 240)])
    events = events_of(pad, [(50, 100, None, True), (50, 220, None, True), (50, 220, None, False)])
    assert all(isinstance(event, Sample) for event in events)


def test_that_a_closed_window_ends_the_stream_as_a_lost_pad(pad: OnScreenPad) -> None:
    stream = pad.start()
    pad.unplug()
    assert list(stream) == [Disconnected()]
