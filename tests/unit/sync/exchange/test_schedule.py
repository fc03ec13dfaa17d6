"""When to try again, and what is worth it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import Damaged, Refused, Unreachable
from smartclient.sync.exchange.schedule import RETRY_AFTER, Schedule, is_worth_retrying

NO_NETWORK = Unreachable("SC-SYNC-020")


def test_that_pauses_double_up_to_a_minute_and_begin_again_after_success() -> None:
    schedule = Schedule(lambda: 1.0, background=False)
    pauses = [schedule.failed(NO_NETWORK) for _ in range(9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    schedule.succeeded()
    assert schedule.failed(NO_NETWORK) == 0.5


def test_that_pauses_in_the_background_grow_to_ten_minutes() -> None:
    schedule = Schedule(lambda: 1.0, background=True)
    assert [schedule.failed(NO_NETWORK) for _ in range(40)][-1] == 600


@given(st.floats(0, 1), st.integers(0, 200))
def test_that_jitter_spreads_over_the_whole_pause(fraction: float, failures: int) -> None:
    schedule = Schedule(lambda: fraction, background=False)
    for _ in range(failures):
        schedule.failed(NO_NETWORK)
    assert 0 <= schedule.failed(NO_NETWORK) <= 60


@pytest.mark.parametrize(
    ("wish", "pause"), [("7", 7), ("0", 0.25), ("-3", 0.25), ("soon", 0.25), ("999999", 3600)]
)
def test_that_the_server_is_left_alone_as_long_as_it_asks(wish: str, pause: float) -> None:
    schedule = Schedule(lambda: 0.5, background=False)
    assert schedule.failed(Unreachable("SC-SYNC-024", **{RETRY_AFTER: wish})) == pause


def test_that_only_what_may_mend_itself_is_tried_again() -> None:
    assert is_worth_retrying(NO_NETWORK)
    assert is_worth_retrying(Damaged("SC-SYNC-014"))
    assert is_worth_retrying(Refused("SC-SERV-012", **{RETRY_AFTER: "30"}))
    assert not is_worth_retrying(Refused("SC-SERV-006"))
