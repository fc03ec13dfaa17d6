"""Values of expressions as the premium takes them; one of another kind is ExpressionRefused."""

from decimal import Decimal

from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.guards import Value


def text_of(name: str, value: Value) -> str:
    """A text; "" where there is none. `name` tells what it was for."""
    if value is None or isinstance(value, str):
        return value or ""
    raise _refused(name, value)


def whole_of(name: str, value: Value, absent: int) -> int:
    """A whole number."""
    if value is None:
        return absent
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _refused(name, value)


def decimal_of(name: str, value: Value) -> Decimal:
    """A number; nothing is zero."""
    if value is None:
        return Decimal(0)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise _refused(name, value)


def _refused(name: str, value: Value) -> ExpressionRefused:
    return ExpressionRefused("SC-FORM-111", operation=name, kinds=type(value).__name__)
