"""The cut-off of each day: 21:00 in Prague, by the date of the business."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.lock_time import PRAGUE, cutoff, last_cutoff_date, next_cutoff

_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=3_287)).map(lambda later: _FIRST + later)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 28), 20),
        (date(2026, 3, 29), 19),  # 23 hours after the one before
        (date(2026, 10, 24), 19),
        (date(2026, 10, 25), 20),  # 25 hours after the one before
    ],
)
def test_that_the_cut_off_is_at_nine_in_prague_where_clocks_are_changed(
    day: date, utc_hour: int
) -> None:
    assert cutoff(day) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


@given(DAYS)
def test_that_at_its_instant_a_cut_off_is_the_last_and_not_the_next(day: date) -> None:
    at = cutoff(day)
    just_before = at - timedelta(microseconds=1)
    assert last_cutoff_date(at) == day
    assert next_cutoff(at) == cutoff(day + timedelta(days=1))
    assert last_cutoff_date(just_before) == day - timedelta(days=1)
    assert next_cutoff(just_before) == at


@given(INSTANTS)
def test_that_every_instant_lies_between_two_cut_offs_of_neighbouring_days(now: datetime) -> None:
    last = last_cutoff_date(now)
    assert cutoff(last) <= now < next_cutoff(now) == cutoff(last + timedelta(days=1))


@given(DAYS)
def test_that_the_business_date_is_the_day_in_prague(day: date) -> None:
    assert cutoff(day).astimezone(PRAGUE).date() == day
