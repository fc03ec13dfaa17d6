"""Age at the start of a contract by each of the three rules."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.forms.session import FormSession
from smartclient.premium import AgeRule, age_at
from tests.unit.forms.household import flexi_offer
from tests.unit.premium.flexi import flexi

LEAP = date(2000, 2, 29)


@pytest.mark.parametrize(
    ("born", "day", "completed", "calendar", "nearest"),
    [
        (date(1990, 6, 15), date(2026, 6, 14), 35, 36, 36),
        (date(1990, 6, 15), date(2026, 6, 15), 36, 36, 36),
        (date(1990, 6, 15), date(2026, 12, 14), 36, 36, 36),
        (date(1990, 6, 15), date(2026, 12, 16), 36, 36, 37),
        (date(1990, 12, 31), date(2027, 1, 1), 36, 37, 36),
        (LEAP, date(2026, 2, 28), 25, 26, 26),
        (LEAP, date(2026, 3, 1), 26, 26, 26),
        (LEAP, date(2028, 2, 28), 27, 28, 28),
        (LEAP, date(2028, 2, 29), 28, 28, 28),
        (date(2026, 5, 1), date(2026, 5, 1), 0, 0, 0),
    ],
)
def test_that_the_age_follows_the_rule(
    born: date, day: date, completed: int, calendar: int, nearest: int
) -> None:
    assert age_at(born, day, AgeRule.COMPLETED) == completed
    assert age_at(born, day, AgeRule.CALENDAR) == calendar
    assert age_at(born, day, AgeRule.NEAREST) == nearest


@given(st.dates(date(1920, 1, 1), date(2020, 1, 1)), st.integers(0, 36_000))
def test_that_the_rules_never_differ_by_more_than_one_year(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    completed = age_at(born, day, AgeRule.COMPLETED)
    assert age_at(born, day, AgeRule.CALENDAR) - completed in (0, 1)
    assert age_at(born, day, AgeRule.NEAREST) - completed in (0, 1)


@pytest.mark.parametrize(
    ("rule", "age"), [(AgeRule.COMPLETED, 35), (AgeRule.CALENDAR, 36), (AgeRule.NEAREST, 36)]
)
def test_that_a_form_counts_the_age_by_the_rule_of_its_tariff(rule: AgeRule, age: int) -> None:
    """Born on 31 December 1990, the contract begins on 1 December 2026."""
    tariff = replace(flexi(), age_rule=rule)
    session = FormSession(flexi_offer(), {}, today=date(2026, 11, 21), tariff=tariff)
    session.set("contract.start", "1. 12. 2026")
    session.set("policyholder.foreigner", True)
    session.set("policyholder.birth_date", "31. 12. 1990")
    assert session.field("insured.0.entry_age").value == age
