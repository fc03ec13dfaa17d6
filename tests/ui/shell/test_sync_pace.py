"""When a synchronisation begins by itself, on a clock that only the test moves."""

import pytest

from smartclient.domain.errors import NotAllowed, Refused, Unreachable
from smartclient.ui.sync_pace import (
    AFTER_CHANGE,
    AFTER_START,
    AT_MOST,
    EVERY,
    JITTER,
    Due,
    SyncPace,
)
from tests.ui.shell.conftest import Ticks


def paced(ticks: Ticks, fraction: float = 0.0) -> SyncPace:
    pace = SyncPace(ticks, lambda: fraction)
    pace.started()
    pace.succeeded()
    return pace


def test_that_the_program_synchronises_soon_after_its_start(ticks: Ticks) -> None:
    pace = SyncPace(ticks, lambda: 0.5)
    assert pace.wait() is None
    pace.begin()
    assert pace.wait() == AFTER_START
    assert pace.take() is Due.NOTHING
    ticks.now += AFTER_START
    assert (pace.take(), pace.take()) == (Due.RUN, Due.NOTHING)


@pytest.mark.parametrize("fraction", [0.0, 0.5, 1.0])
def test_that_a_change_is_due_half_a_minute_later_with_jitter(
    ticks: Ticks, fraction: float
) -> None:
    pace = paced(ticks, fraction)
    pace.changed()
    assert pace.wait() == AFTER_CHANGE + fraction * JITTER
    ticks.now += AFTER_CHANGE + fraction * JITTER
    assert (pace.take(), pace.take()) == (Due.CHANGES, Due.NOTHING)


def test_that_changes_wait_for_each_other_but_not_for_ever(ticks: Ticks) -> None:
    pace, begun = paced(ticks), ticks.now
    while pace.take() is Due.NOTHING:
        pace.changed()
        ticks.now += 1
    assert ticks.now - begun == AT_MOST


def test_that_a_change_during_a_run_is_not_forgotten(ticks: Ticks) -> None:
    pace = paced(ticks)
    pace.started()
    ticks.now += 5
    pace.changed()
    ticks.now += 5
    pace.succeeded()
    assert pace.wait() == AFTER_CHANGE - 5


def test_that_states_are_asked_for_every_quarter_of_an_hour(ticks: Ticks) -> None:
    pace = paced(ticks, 1.0)
    assert pace.wait() == EVERY + JITTER
    ticks.now += EVERY + JITTER
    assert pace.take() is Due.RUN


def test_that_no_edit_shortens_the_pauses_of_a_server_that_does_not_answer(ticks: Ticks) -> None:
    pace = paced(ticks, 1.0)
    for pause in (0.5, 1.0, 2.0):
        pace.failed(Unreachable("SC-SYNC-020"))
        pace.changed()
        assert pace.wait() == pause
    pace.failed(Refused("SC-SERV-013", retry_after="120"))
    pace.changed()
    assert pace.wait() == 120


def test_that_a_refusal_for_good_is_asked_again_with_the_regular_question(ticks: Ticks) -> None:
    pace = paced(ticks)
    pace.failed(NotAllowed("SC-SERV-006"))
    assert pace.wait() == EVERY


def test_that_an_end_leaves_nothing_due(ticks: Ticks) -> None:
    pace = paced(ticks)
    pace.changed()
    pace.end()
    assert pace.wait() is None
