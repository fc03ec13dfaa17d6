"""Time comes in from outside: the wall clock in UTC and a counter that never steps back."""

import sys
import time
from datetime import UTC, datetime
from typing import Protocol

_AWAKE_AND_ASLEEP = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}
_COUNTER: int | None = getattr(time, _AWAKE_AND_ASLEEP.get(sys.platform, ""), None)


class Clock(Protocol):
    """Where a program reads time. All instants are aware and in UTC."""

    def now(self) -> datetime:
        """The wall clock."""

    def monotonic(self) -> float:
        """Seconds of a counter that never steps back and goes on while the computer sleeps."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The wall clock of this machine."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The monotonic counter of this machine.

        A laptop that slept over the lock has to know it. Python's own counter stands still during
        sleep, but on Windows.
        """
        return time.monotonic() if _COUNTER is None else time.clock_gettime(_COUNTER)


def to_text(instant: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as stored and sent: 2026-11-21T17:58:03.120Z."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    said = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return said.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The instant of `to_text`; raises ValueError for anything without a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
