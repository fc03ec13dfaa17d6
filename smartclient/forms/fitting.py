"""How a calculated value becomes the answer of its field."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from smartclient.forms.guards import CONTEXT, Value
from smartclient.forms.model import FieldSpec, FieldType
from smartclient.wire.messages import Json

_TEXTS = frozenset({FieldType.TEXT, FieldType.MULTILINE, FieldType.CHOICE, FieldType.IDENTIFIER})


def to_minutes(moment: datetime) -> str:
    """A moment as it stands in the answers: 2026-11-21T14:30, by the clocks in Prague."""
    return moment.isoformat(timespec="minutes")[:16]


def fitted(spec: FieldSpec, value: Value) -> Value:
    """The value as the field holds it, rounded half up to its places; None when it cannot."""
    match spec.type, value:
        case FieldType.BOOL, bool():
            return value
        case _, bool():
            return None
        case FieldType.INTEGER, int():
            return value
        case ((FieldType.DECIMAL | FieldType.MONEY), (int() | Decimal())):
            place = Decimal(1).scaleb(-spec.scale)
            return Decimal(value).quantize(place, ROUND_HALF_UP, CONTEXT)
        case FieldType.DATETIME, datetime():
            return value
        case FieldType.DATE, datetime():
            return value.date()
        case FieldType.DATE, date():
            return value
        case FieldType.MULTI_CHOICE, tuple():
            return tuple(str(each) for each in value)
        case kind, str() if kind in _TEXTS:
            return value or None
    return None


def to_json(spec: FieldSpec, value: Value) -> Json:
    """The value as it stands in the answers; None when it does not fit the field."""
    match fitted(spec, value):
        case Decimal() as number:
            return f"{number:f}"
        case datetime() as moment:
            return to_minutes(moment)
        case date() as day:
            return day.isoformat()
        case tuple() as codes:
            return [str(code) for code in codes]
        case other:
            return other
