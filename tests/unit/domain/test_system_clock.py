"""The clock of the machine itself."""

import sys
import time

import pytest

from smartclient.domain.clock import SystemClock


@pytest.mark.skipif(sys.platform != "linux", reason="each system names its counter otherwise")
def test_that_the_counter_goes_on_while_the_computer_sleeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock since the start of the computer does; the one Python takes stands still."""
    asleep = {time.CLOCK_BOOTTIME: 36_000.0, time.CLOCK_MONOTONIC: 7_200.0}
    monkeypatch.setattr(time, "clock_gettime", asleep.__getitem__)
    monkeypatch.setattr(time, "monotonic", lambda: asleep[time.CLOCK_MONOTONIC])
    assert SystemClock().monotonic() == 36_000.0


def test_that_the_counter_never_steps_back() -> None:
    clock = SystemClock()
    counted = [clock.monotonic() for _each in range(100)]
    assert counted == sorted(counted)
