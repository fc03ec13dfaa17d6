"""The table of periods is whole, and its periods end where they say."""

from datetime import UTC, datetime

import pytest

from smartclient.domain import retention
from smartclient.domain.retention import PERIODS, Kept, Period


def test_that_every_period_stands_in_the_table_once() -> None:
    named = [value for value in vars(retention).values() if isinstance(value, Period)]
    assert len(PERIODS) == len(named)
    assert {id(period) for period in PERIODS} == {id(period) for period in named}
    assert len({(period.side, period.name) for period in PERIODS}) == len(PERIODS)


@pytest.mark.parametrize(
    ("since", "gone"),
    [
        ("2026-05-21T10:00:00+00:00", "2026-11-21T23:00:00+00:00"),  # winter in Prague
        ("2026-01-20T10:00:00+00:00", "2026-07-20T22:00:00+00:00"),  # summer in Prague
        ("2026-08-31T10:00:00+00:00", "2027-02-28T23:00:00+00:00"),  # a month that is too short
        ("2026-08-31T22:30:00+00:00", "2027-03-01T23:00:00+00:00"),  # already September there
    ],
)
def test_that_months_end_with_a_whole_day_of_prague(since: str, gone: str) -> None:
    kept = Kept(months=6)
    assert kept.after(datetime.fromisoformat(since)) == datetime.fromisoformat(gone)


def test_that_nothing_younger_than_the_latest_may_go() -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    for period in PERIODS:
        if not period.kept.most:
            assert period.kept.after(period.kept.latest(now)) >= now


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (retention.DOCUMENTS, "6 months"),
        (retention.ARCHIVE_OF_DRAFTS, "1 year"),
        (retention.ORPHANS, "1 day"),
        (retention.TOKENS, "1 hour"),
        (retention.LAPTOP_LOG, "4 MB"),
    ],
)
def test_that_a_period_is_said_in_words(kept: Period, words: str) -> None:
    assert kept.kept.words() == words
