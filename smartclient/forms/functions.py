"""The functions that expressions may call. None in gives None out, unless a line says otherwise.

A function that needs the day, the tariff's age rule or a code list gets the `Surroundings` of the
form first. Source of the list: decision 0020.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, DecimalException

from smartclient.domain.identifiers import Checked, IdentifierKind, Verdict, check
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.guards import (
    CONTEXT,
    Value,
    add,
    bounded,
    less,
    mismatch,
    number,
    short,
    truth,
)
from smartclient.premium.ages import AgeRule, age_at

_PATTERNS = {
    "digits": re.compile(r"[0-9]+"),
    "letters": re.compile(r"[^\W\d_]+"),
}
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression knows besides the answers."""

    today: date
    age_rule: AgeRule = AgeRule.COMPLETED
    lists: Mapping[str, dict[str, Mapping[str, Value]]] = field(default_factory=dict)
    """Code list → code → column → value."""
    header: Mapping[str, Value] = field(default_factory=dict)
    """What the document knows besides the answers, as `header.<name>`."""


def _day(value: Value, operation: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    raise mismatch(operation, value)


def _text(value: Value, operation: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise mismatch(operation, value)


def today(around: Surroundings) -> Value:
    """The day the form is filled in."""
    return around.today


def date_of(value: Value) -> Value:
    """The day of a moment, or that a text such as "2026-11-01" writes; None for another text."""
    if isinstance(value, date):
        return _day(value, "date")
    text = _text(value, "date")
    try:
        return None if text is None or len(text) != 10 else date.fromisoformat(text)
    except ValueError:
        return None


def age(around: Surroundings, born: Value, on: Value, rule: Value = None) -> Value:
    """Years of age on a day, by the tariff's rule unless "completed", "calendar", "nearest"."""
    birth, day, named = _day(born, "age"), _day(on, "age"), _text(rule, "age")
    if birth is None or day is None:
        return None
    if named is not None and named not in set(AgeRule):
        raise mismatch("age", rule)
    try:
        return age_at(birth, day, AgeRule(named) if named else around.age_rule)
    except ValueError:
        return None


def years_between(earlier: Value, later: Value) -> Value:
    """Full years from one day to another."""
    first, second = _day(earlier, "years_between"), _day(later, "years_between")
    if first is None or second is None:
        return None
    return age_at(first, second, AgeRule.COMPLETED)


def add_months(day: Value, months: Value) -> Value:
    """The same day so many months later, or the last day of a shorter month."""
    start = _day(day, "add_months")
    if start is None or months is None:
        return None
    count = number(months, "add_months")
    if not isinstance(count, int):
        raise mismatch("add_months", months)
    month = start.year * 12 + start.month - 1 + count
    year, zero_based = divmod(month, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    last = monthrange(year, zero_based + 1)[1]
    return date(year, zero_based + 1, min(start.day, last))


def first_of_next_month(day: Value) -> Value:
    """The first day of the month after the day's."""
    start = _day(day, "first_of_next_month")
    return None if start is None else add_months(start.replace(day=1), 1)


def day_of_month(day: Value) -> Value:
    """1 to 31."""
    start = _day(day, "day_of_month")
    return None if start is None else start.day


def coalesce(*values: Value) -> Value:
    """The first value that is there."""
    return next((value for value in values if value is not None), None)


def least(*values: Value) -> Value:
    """The smallest of the numbers or dates that are there."""
    return _extreme(values, lambda candidate, best: less(candidate, best))


def greatest(*values: Value) -> Value:
    """The largest of the numbers or dates that are there."""
    return _extreme(values, lambda candidate, best: less(best, candidate))


def _extreme(values: tuple[Value, ...], better: Callable[[Value, Value], bool]) -> Value:
    best: Value = None
    for value in values:
        if value is not None and (best is None or better(value, best)):
            best = value
    return best


def round_half_up(value: Value, scale: Value = 0) -> Value:
    """The number rounded to so many decimal places, halves away from zero."""
    if value is None or scale is None:
        return None
    places = number(scale, "round_half_up")
    if not isinstance(places, int) or not 0 <= places <= 6:
        raise mismatch("round_half_up", scale)
    exact = Decimal(number(value, "round_half_up"))
    try:
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, CONTEXT)
    except DecimalException as impossible:
        raise ExpressionRefused("SC-FORM-112", operation="round_half_up") from impossible


def to_number(value: Value) -> Value:
    """The number that a code such as "12" writes; None for any other text."""
    if isinstance(value, bool):
        raise mismatch("number", value)
    if value is None or isinstance(value, int | Decimal):
        return value
    written = _text(value, "number") or ""
    if not _NUMBER.fullmatch(written, 0, 60):
        return None
    return bounded(Decimal(written) if "." in written else int(written), "number")


def length(value: Value) -> Value:
    """Characters of a text or entries of a list; 0 when it is not there."""
    if value is None:
        return 0
    if isinstance(value, str | tuple):
        return len(value)
    raise mismatch("len", value)


def lower(value: Value) -> Value:
    """The text in lower case."""
    text = _text(value, "lower")
    return None if text is None else text.casefold()


def join(separator: Value, *parts: Value) -> Value:
    """The texts that are there, put together with the separator; None when there is none."""
    texts = [text for part in parts if (text := _text(part, "join"))]
    return short((_text(separator, "join") or "").join(texts), "join") or None


def matches(pattern: Value, value: Value) -> Value:
    """Whether the whole text fits one of the fixed patterns, by name."""
    text, name = _text(value, "matches"), _text(pattern, "matches")
    if text is None:
        return None
    if name not in _PATTERNS:
        raise ExpressionRefused("SC-FORM-115", name=name)
    return _PATTERNS[name].fullmatch(text[:200]) is not None


def lookup(around: Surroundings, table: Value, code: Value, column: Value) -> Value:
    """The cell of a code list; None for a code that is not on it."""
    lists, name = around.lists, _text(column, "lookup") or ""
    rows = lists.get(_text(table, "lookup") or "")
    if rows is None:
        raise ExpressionRefused("SC-FORM-116", name=table)
    cells = rows.get(code) if isinstance(code, str) else None
    if cells is None:
        return None
    if name not in cells:
        raise ExpressionRefused("SC-FORM-117", table=table, column=name)
    return cells[name]


def _checked(
    around: Surroundings, kind: Value, value: Value, country: Value = None
) -> Checked | None:
    name, text = _text(kind, "is_valid"), _text(value, "is_valid")
    if text is None:
        return None
    if name not in set(IdentifierKind):
        raise ExpressionRefused("SC-FORM-115", name=name)
    where = _text(country, "is_valid") or "CZ"
    return check(IdentifierKind(name), text, country=where, today=around.today)


def is_valid(around: Surroundings, kind: Value, value: Value, country: Value = None) -> Value:
    """Whether an identifier of that kind may be saved; a doubtful one may.

    The country ("CZ" without one) decides for telephones, postcodes and plates.
    """
    checked = _checked(around, kind, value, country)
    return None if checked is None else checked.verdict is not Verdict.ERROR


def is_doubtful(around: Surroundings, kind: Value, value: Value, country: Value = None) -> Value:
    """Whether an identifier of that kind may be saved, but should be looked at again."""
    checked = _checked(around, kind, value, country)
    return None if checked is None else checked.verdict is Verdict.WARNING


def birth_date(around: Surroundings, kind: Value, value: Value) -> Value:
    """The birth date that an identifier of that kind tells."""
    checked = _checked(around, kind, value)
    return checked.birth_date if checked else None


def sex(around: Surroundings, kind: Value, value: Value) -> Value:
    """The sex that an identifier of that kind tells: "M" or "F"."""
    checked = _checked(around, kind, value)
    return checked.sex if checked else None


# Functions over rows: each gets one value a row, already computed.


def sum_of(values: Iterable[Value]) -> Value:
    """The sum of the numbers that are there; 0 for no rows."""
    total: Value = 0
    for value in values:
        if value is not None:
            total = add(total, number(value, "sum"))
    return total


def count_of(values: Iterable[Value]) -> Value:
    """How many rows fulfil the condition."""
    return sum(1 for value in values if truth(value))


def any_of(values: Iterable[Value]) -> Value:
    """Whether a row fulfils the condition."""
    return any(truth(value) for value in values)


def all_of(values: Iterable[Value]) -> Value:
    """Whether every row fulfils the condition; true for no rows."""
    return all(truth(value) for value in values)


def first_of(values: Iterable[Value]) -> Value:
    """The first value that is there."""
    return coalesce(*values)


def distinct_of(values: Iterable[Value]) -> Value:
    """Whether no value that is there stands in two rows."""
    present = [value for value in values if value is not None]
    return len(set(present)) == len(present)


@dataclass(frozen=True, slots=True)
class Function:
    """A function that may be called, with how many arguments."""

    call: Callable[..., Value]
    least: int
    most: int
    needs_surroundings: bool = False


_MANY = 20

FUNCTIONS: Mapping[str, Function] = {
    "add_months": Function(add_months, 2, 2),
    "age": Function(age, 2, 3, needs_surroundings=True),
    "birth_date": Function(birth_date, 2, 2, needs_surroundings=True),
    "coalesce": Function(coalesce, 1, _MANY),
    "date": Function(date_of, 1, 1),
    "day_of_month": Function(day_of_month, 1, 1),
    "first_of_next_month": Function(first_of_next_month, 1, 1),
    "is_doubtful": Function(is_doubtful, 2, 3, needs_surroundings=True),
    "is_valid": Function(is_valid, 2, 3, needs_surroundings=True),
    "join": Function(join, 2, _MANY),
    "len": Function(length, 1, 1),
    "lookup": Function(lookup, 3, 3, needs_surroundings=True),
    "lower": Function(lower, 1, 1),
    "matches": Function(matches, 2, 2),
    "max": Function(greatest, 1, _MANY),
    "min": Function(least, 1, _MANY),
    "number": Function(to_number, 1, 1),
    "round_half_up": Function(round_half_up, 1, 2),
    "sex": Function(sex, 2, 2, needs_surroundings=True),
    "today": Function(today, 0, 0, needs_surroundings=True),
    "years_between": Function(years_between, 2, 2),
}

ROW_FUNCTIONS: Mapping[str, Callable[[Iterable[Value]], Value]] = {
    "sum": sum_of,
    "count": count_of,
    "any": any_of,
    "all": all_of,
    "first": first_of,
    "distinct": distinct_of,
}
"""Called with the rows first, and with what to take of each row."""
