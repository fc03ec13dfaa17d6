"""The buffer between the pad and the seal, and the pad that replays."""

from datetime import UTC, datetime

import pytest

from smartclient.domain.errors import NotAllowed
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import ButtonPressed, Disconnected, Sample
from smartclient.ink.quality import judge
from smartclient.ink.replay import ReplayPad
from smartclient.ink.shape import shape_of
from tests.unit.ink.pens import PAD, recorded

NOW = datetime(2026, 11, 21, 17, 21, tzinfo=UTC)


def captured(name: str) -> CaptureBuffer:
    pad = ReplayPad(recorded(name))
    pad.open()
    buffer = CaptureBuffer(pad.description)
    for event in pad.start():
        assert isinstance(event, Sample)
        buffer.add(event)
    return buffer


def test_that_what_was_captured_is_the_trace() -> None:
    trace = captured("petr").trace(NOW)
    assert list(trace.samples) == list(recorded("petr").samples)
    assert trace.captured_at == NOW
    assert judge(trace) == judge(recorded("petr"))
    assert shape_of(trace) == shape_of(recorded("petr"))


def test_that_the_view_of_a_buffer_behaves_as_a_sequence() -> None:
    samples = captured("dot").trace(NOW).samples
    whole = recorded("dot").samples
    assert samples[-1] == whole[-1]
    assert samples[3:6] == list(whole[3:6])
    with pytest.raises(IndexError):
        samples[len(whole)]


def test_that_wiping_overwrites_the_bytes_and_empties_the_trace() -> None:
    buffer = captured("petr")
    trace = buffer.trace(NOW)
    packed = memoryview(buffer._packed)
    assert any(packed)
    buffer.wipe()
    assert not any(packed)
    assert len(buffer) == 0
    assert list(trace.samples) == []


def test_that_a_buffer_that_grew_leaves_nothing_behind() -> None:
    buffer = CaptureBuffer(PAD)
    sample = Sample(1, 2, 3, 4, True)
    for _ in range(3_000):
        buffer.add(sample)
    small = memoryview(buffer._packed)
    buffer.add(sample)
    assert not any(small)
    assert list(buffer.trace(NOW).samples) == [sample] * 3_001


def test_that_a_wiped_buffer_can_be_used_again() -> None:
    buffer = captured("petr")
    buffer.wipe()
    sample = Sample(1, 2, 3, 4, True)
    buffer.add(sample)
    assert list(buffer.trace(NOW).samples) == [sample]


def test_that_gaps_are_counted() -> None:
    buffer = CaptureBuffer(PAD)
    buffer.add_gap(3)
    buffer.add_gap(1)
    assert buffer.lost == 4


def test_that_a_pen_left_on_the_pad_for_minutes_is_refused() -> None:
    buffer = CaptureBuffer(PAD)
    sample = Sample(0, 1, 1, 1, True)
    for _ in range(60_000):
        buffer.add(sample)
    with pytest.raises(NotAllowed) as refusal:
        buffer.add(sample)
    assert refusal.value.code == "SC-SIGN-021"


def test_that_a_replay_ends_with_what_was_asked_for() -> None:
    pad = ReplayPad(recorded("dot"), after=(ButtonPressed("confirm"),))
    *samples, last = pad.start()
    assert len(samples) == len(recorded("dot").samples)
    assert last == ButtonPressed("confirm")
    assert len(list(pad.start())) == len(samples) + 1


def test_that_a_stopped_replay_gives_no_more_reports() -> None:
    pad = ReplayPad(recorded("petr"))
    events = pad.start()
    next(events)
    pad.stop()
    assert list(events) == []


def test_that_a_pad_can_be_lost_in_the_middle() -> None:
    events = list(ReplayPad(recorded("petr"), lost_after=10).start())
    assert len(events) == 11
    assert events[-1] == Disconnected()


def test_that_a_replay_can_keep_the_pace_of_the_hand() -> None:
    waited: list[float] = []
    list(ReplayPad(recorded("petr"), wait=waited.append).start())
    seconds = recorded("petr").samples[-1].t_us / 1_000_000
    assert sum(waited) == pytest.approx(seconds)


def test_that_a_replayed_pad_is_large_enough_for_its_trace() -> None:
    description = ReplayPad(recorded("lenka")).description
    assert description.max_x >= 5_500
    assert description.driver == "replay"
