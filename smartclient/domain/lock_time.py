"""When the insurer's core system takes what is there: about 21:00 in Prague, every day.

The cut-off is computed from the business date and the time-zone data, so that a late worker and a
second worker use the same instant; days of 23 and 25 hours need no special case.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PRAGUE = ZoneInfo("Europe/Prague")
LOCK_AT = time(21, 0)


def cutoff(business_date: date) -> datetime:
    """The instant (UTC) at which the documents of `business_date` are sealed."""
    return datetime.combine(business_date, LOCK_AT, tzinfo=PRAGUE).astimezone(UTC)


def next_cutoff(now: datetime) -> datetime:
    """The first cut-off (UTC) that is later than `now`."""
    today = now.astimezone(PRAGUE).date()
    first = cutoff(today)
    return first if first > now else cutoff(today + timedelta(days=1))


def last_cutoff_date(now: datetime) -> date:
    """The newest business date whose cut-off is not later than `now`."""
    today = now.astimezone(PRAGUE).date()
    return today if cutoff(today) <= now else today - timedelta(days=1)
