"""The operations of expressions: exact, bounded, and quiet about answers that are not there.

None spreads through arithmetic and makes every ordering false. Numbers are int and Decimal, never
float and never bool. A result that grows beyond its bound is refused by name, so that no chain of
calculations can eat the machine. Source: decision 0020.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException

from smartclient.forms.faults import ExpressionRefused

Value = None | bool | int | Decimal | str | date | tuple["Value", ...]
Number = int | Decimal

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)
MAX_NUMBER = 10**28
MAX_TEXT = 2_000


def mismatch(operation: str, *values: Value) -> ExpressionRefused:
    """The refusal of an operation whose values are of the wrong kind; names kinds, not values."""
    kinds = ", ".join(type(value).__name__ for value in values)
    return ExpressionRefused("SC-FORM-111", operation=operation, kinds=kinds)


def number(value: Value, operation: str) -> Number:
    """The value as a number; refused when it is of another kind."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise mismatch(operation, value)


def bounded(value: Number, operation: str) -> Number:
    """The number itself; refused when its magnitude reaches 10²⁸ or it is no number at all."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ExpressionRefused("SC-FORM-112", operation=operation)
    if -MAX_NUMBER < value < MAX_NUMBER:
        return value
    raise ExpressionRefused("SC-FORM-112", operation=operation)


def short(text: str, operation: str) -> str:
    """The text itself; refused when longer than 2000 characters."""
    if len(text) <= MAX_TEXT:
        return text
    raise ExpressionRefused("SC-FORM-113", operation=operation)


def add(left: Value, right: Value) -> Value:
    """The sum of numbers, or two texts put together."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return short(left + right, "+")
    one, other = number(left, "+"), number(right, "+")
    if isinstance(one, int) and isinstance(other, int):
        return bounded(one + other, "+")
    return bounded(CONTEXT.add(one, other), "+")


def subtract(left: Value, right: Value) -> Value:
    """The difference of numbers."""
    if left is None or right is None:
        return None
    one, other = number(left, "-"), number(right, "-")
    if isinstance(one, int) and isinstance(other, int):
        return bounded(one - other, "-")
    return bounded(CONTEXT.subtract(one, other), "-")


def multiply(left: Value, right: Value) -> Value:
    """The product of numbers; never of a text."""
    if left is None or right is None:
        return None
    one, other = number(left, "*"), number(right, "*")
    if isinstance(one, int) and isinstance(other, int):
        return bounded(one * other, "*")
    return bounded(CONTEXT.multiply(one, other), "*")


def divide(left: Value, right: Value) -> Value:
    """The quotient to 34 digits; None when divided by zero."""
    if left is None or right is None:
        return None
    one, other = number(left, "/"), number(right, "/")
    if other == 0:
        return None
    return bounded(CONTEXT.divide(one, other), "/")


def remainder(left: Value, right: Value) -> Value:
    """The remainder with the sign of the divisor; None when divided by zero."""
    if left is None or right is None:
        return None
    one, other = number(left, "%"), number(right, "%")
    if other == 0:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return one % other
    try:
        rest = CONTEXT.remainder(one, other)
    except DecimalException as impossible:
        raise ExpressionRefused("SC-FORM-112", operation="%") from impossible
    return CONTEXT.add(rest, other) if rest and (rest < 0) != (other < 0) else rest


def negative(value: Value) -> Value:
    """The number with the other sign."""
    if value is None:
        return None
    one = number(value, "-")
    return -one if isinstance(one, int) else CONTEXT.minus(one)


def truth(value: Value) -> bool:
    """Whether a condition holds: no answer, no, zero and emptiness do not."""
    return bool(value)


def equal(left: Value, right: Value) -> bool:
    """Whether two answers are the same; a yes is no number and a date no text."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def unequal(left: Value, right: Value) -> bool:
    """The opposite of `equal`."""
    return not equal(left, right)


def _days(left: date, right: date, operation: str) -> bool:
    """Refuses to order a day and a moment: which comes first would be a guess."""
    if isinstance(left, datetime) is not isinstance(right, datetime):
        raise mismatch(operation, left, right)
    return True


def less(left: Value, right: Value) -> bool:
    """Order of numbers or of dates; false when either is not there."""
    if left is None or right is None:
        return False
    if isinstance(left, date) and isinstance(right, date):
        return _days(left, right, "<") and left < right
    if isinstance(left, date) or isinstance(right, date):
        raise mismatch("<", left, right)
    return number(left, "<") < number(right, "<")


def less_or_equal(left: Value, right: Value) -> bool:
    """Order of numbers or of dates; false when either is not there."""
    if left is None or right is None:
        return False
    if isinstance(left, date) and isinstance(right, date):
        return _days(left, right, "<=") and left <= right
    if isinstance(left, date) or isinstance(right, date):
        raise mismatch("<=", left, right)
    return number(left, "<=") <= number(right, "<=")


def contains(item: Value, group: Value) -> bool:
    """Whether an answer is among several; no answer is among none."""
    if item is None or group is None:
        return False
    if not isinstance(group, tuple):
        raise mismatch("in", item, group)
    return any(equal(item, each) for each in group)


def not_contains(item: Value, group: Value) -> bool:
    """The opposite of `contains`."""
    return not contains(item, group)


def greater(left: Value, right: Value) -> bool:
    """Order of numbers or of dates; false when either is not there."""
    return less(right, left)


def greater_or_equal(left: Value, right: Value) -> bool:
    """Order of numbers or of dates; false when either is not there."""
    return less_or_equal(right, left)


COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "equal": equal,
    "unequal": unequal,
    "less": less,
    "less_or_equal": less_or_equal,
    "greater": greater,
    "greater_or_equal": greater_or_equal,
    "contains": contains,
    "not_contains": not_contains,
}


def chain(names: tuple[str, ...], *values: Value) -> bool:
    """`a < b <= c`: every neighbouring pair holds."""
    pairs = zip(names, values, values[1:], strict=False)
    return all(COMPARISONS[name](left, right) for name, left, right in pairs)
