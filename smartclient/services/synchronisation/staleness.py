"""How long ago the last synchronisation was, and when that has to be said."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from smartclient.domain.language import ngettext


class Staleness(IntEnum):
    """How urgently a person should synchronise; each step is said louder than the one before."""

    FRESH = 0
    DAY = 1
    DAYS = 2
    WEEK = 3


AFTER: Mapping[Staleness, timedelta] = MappingProxyType(
    {
        Staleness.WEEK: timedelta(days=7),
        Staleness.DAYS: timedelta(days=3),
        Staleness.DAY: timedelta(days=1),
    }
)
"""From which age on."""


def staleness_of(last: datetime | None, now: datetime) -> Staleness:
    """By the age of the last successful synchronisation; fresh before the first one.

    A last synchronisation that lies ahead of the clock of this computer is fresh: the clock was
    set back, and the server's clock decides what matters.
    """
    if last is None:
        return Staleness.FRESH
    age = now - last
    return next((step for step, after in AFTER.items() if age >= after), Staleness.FRESH)


def days_since(last: datetime | None, now: datetime) -> int:
    """Whole days since then, never less than none."""
    return 0 if last is None else max(0, (now - last).days)


def stale_words(staleness: Staleness, days: int) -> str:
    """What is said of it, louder with the days; empty while it is fresh."""
    if staleness is Staleness.FRESH:
        return ""
    if staleness is Staleness.DAY:
        told = ngettext(
            "You last synchronised {count} day ago.",
            "You last synchronised {count} days ago.",
            days,
        )
    elif staleness is Staleness.DAYS:
        told = ngettext(
            "You have not synchronised for {count} day: states of documents and rates here may "
            "be out of date.",
            "You have not synchronised for {count} days: states of documents and rates here may "
            "be out of date.",
            days,
        )
    else:
        told = ngettext(
            "You have not synchronised for {count} day. PČS does not have what waits here. "
            "Connect to the internet today; if that does not work, call the help desk.",
            "You have not synchronised for {count} days. PČS does not have what waits here. "
            "Connect to the internet today; if that does not work, call the help desk.",
            days,
        )
    return told.format(count=days)
