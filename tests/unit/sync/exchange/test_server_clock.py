"""The server's time on a laptop, and what it says of the laptop's own clock."""

from datetime import timedelta

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.store.feed import Clocks
from smartclient.sync.exchange.server_clock import ServerClock
from smartclient.wire.transport import Reply, Request
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.time_and_ids import SetClock
from tests.unit.sync.exchange.registers import Adviser


class NoNetwork:
    """Nobody answers."""

    def send(self, _request: Request) -> Reply:
        """Off-line."""
        raise Unreachable("SC-SYNC-020")


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


@pytest.mark.parametrize(
    ("off_then", "since", "is_uncertain"),
    [
        (timedelta(0), timedelta(days=5), False),
        (timedelta(minutes=1), timedelta(0), False),
        (timedelta(minutes=3), timedelta(days=5), True),
        (timedelta(minutes=-3), timedelta(days=5), True),
        (timedelta(0), timedelta(hours=-1), True),
    ],
    ids=["right for days", "nearly right", "was ahead", "was behind", "set back since"],
)
def test_that_after_a_start_the_last_contact_vouches_for_the_clock(
    off_then: timedelta, since: timedelta, *, is_uncertain: bool
) -> None:
    wall = SetClock()
    before = Clocks(wall.now() - since, wall.now() - since + off_then)
    assert ServerClock(wall, lambda: before).is_uncertain() is is_uncertain


def test_that_a_laptop_without_a_network_keeps_the_clock_of_its_last_synchronisation(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    assert laptop.engine.server_clock.is_uncertain()
    laptop.synchronise()
    clock.pass_time(days=4)
    laptop.restart()
    assert laptop.engine.server_clock.now() is None
    assert not laptop.engine.server_clock.is_uncertain()


@pytest.mark.parametrize(
    ("off_then", "off_now", "left"),
    [
        (timedelta(0), timedelta(0), timedelta(hours=3)),
        (timedelta(hours=-2), timedelta(hours=-2), timedelta(hours=3)),
        (timedelta(hours=2), timedelta(hours=2), timedelta(hours=1)),
        (timedelta(0), timedelta(days=-9), timedelta(hours=5)),
    ],
    ids=["right", "slow as before", "fast: rather too early", "set back: the last contact"],
)
def test_that_after_a_start_a_slow_clock_does_not_put_the_lock_off(
    off_then: timedelta, off_now: timedelta, left: timedelta
) -> None:
    """The last contact was two hours ago, and five hours before the lock."""
    wall = SetClock()
    contact, lock = wall.now() - timedelta(hours=2), wall.now() + timedelta(hours=3)
    wall.set(wall.now() + off_now)
    clock = ServerClock(wall, lambda: Clocks(contact, contact + off_then))
    clock.recall()
    assert clock.until(lock) == left
    clock.heard(lock - timedelta(minutes=1))
    assert clock.until(lock) == timedelta(minutes=1)


def test_that_a_laptop_started_off_line_knows_how_slow_its_clock_is(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    laptop.synchronise()
    true_time, slow = clock.now(), timedelta(hours=2)
    with laptop.database.write() as tx:
        tx.feed.note_clocks(Clocks(true_time, true_time - slow))
    clock.set(true_time - slow)
    laptop._network = NoNetwork()
    laptop.restart()
    with pytest.raises(Unreachable):
        laptop.synchronise()
    assert laptop.engine.server_clock.until(true_time + slow) == slow


@pytest.mark.parametrize("quiet", [False, True], ids=["never quiet", "quiet before"])
def test_that_a_contact_is_remembered_when_the_clock_went_wrong(
    jana: Adviser, *, quiet: bool
) -> None:
    """Also one that had nothing to write, and the one at which the clock was right again."""
    for _ in range(3 if quiet else 1):
        jana.laptop.synchronise()
    for off, is_uncertain in ((timedelta(hours=5), True), (timedelta(0), False)):
        jana.wall.off = off
        jana.laptop.synchronise()
        jana.laptop.restart()
        assert jana.laptop.engine.server_clock.is_uncertain() is is_uncertain
        for _ in range(2 if quiet else 0):
            jana.laptop.synchronise()
