"""Age at the start of a contract, by the rule of the tariff."""

from datetime import date
from enum import StrEnum


class AgeRule(StrEnum):
    """How the age at the start is counted."""

    COMPLETED = "completed"
    """Full years."""
    CALENDAR = "calendar"
    """Year of the start less year of birth."""
    NEAREST = "nearest"
    """The age at the nearest birthday; the younger one when both are equally near."""


def birthday_in(born: date, year: int) -> date:
    """The birthday in a year; one born on 29 February has it on 1 March of a common year."""
    if born.month == 2 and born.day == 29 and not _is_leap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def age_at(born: date, day: date, rule: AgeRule) -> int:
    """The age on `day`; negative before the birth."""
    years = day.year - born.year
    if rule is AgeRule.CALENDAR:
        return years
    completed = years if birthday_in(born, day.year) <= day else years - 1
    if rule is AgeRule.COMPLETED:
        return completed
    last = birthday_in(born, born.year + completed)
    following = birthday_in(born, born.year + completed + 1)
    return completed + 1 if following - day < day - last else completed


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
