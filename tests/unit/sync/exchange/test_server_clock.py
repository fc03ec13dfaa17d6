"""The server's time on a laptop, and what it says of the laptop's own clock."""

from datetime import timedelta

from smartclient.sync.exchange.server_clock import ServerClock
from tests.simulators.time_and_ids import SetClock


def test_that_a_clock_is_uncertain_until_the_server_was_heard_and_while_it_is_off() -> None:
    wall = SetClock()
    clock = ServerClock(wall)
    assert clock.is_uncertain()
    clock.heard(wall.now() + timedelta(minutes=2))
    assert not clock.is_uncertain()
    wall.set(wall.now() - timedelta(seconds=1))
    assert clock.is_uncertain()
    clock.heard(wall.now())
    wall.pass_time(days=3)
    assert not clock.is_uncertain()
