"""The map from answers to the lines of a premium: one expression an attribute, one row a line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from smartclient.domain.errors import SmartClientError
from smartclient.forms.binding import Bound, Place
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.guards import Value
from smartclient.forms.model import Model, RepeatSpec
from smartclient.forms.rules import read_expression
from smartclient.forms.source import Faults, Source
from smartclient.premium.lines import PremiumLine

FILE = "pricing.json"

_MANDATORY = ("cover", "age", "term", "amount")
_OPTIONAL = (
    "when",
    "premium_term",
    "variant",
    "occupation_class",
    "loading_percent",
    "flat_extra",
)


@dataclass(frozen=True, slots=True)
class Pricing:
    """How rows become lines. `persons` is the repeat whose row is the person of a line."""

    frequency: Bound
    repeat: int
    persons: int
    person_depth: int
    report_at: Mapping[str, int]
    """Code of a refusal → the field at which it is reported; "" for every other code."""
    attributes: Mapping[str, Bound]

    def bounds(self) -> Iterator[Bound]:
        """Every expression a line depends on."""
        yield self.frequency
        yield from self.attributes.values()

    def reports(self, refusal: SmartClientError) -> int:
        """The field at which a refused line is reported."""
        return self.report_at.get(refusal.code, self.report_at[""])

    def line(self, id_: str, person: str, value: Callable[[Bound], Value]) -> PremiumLine | None:
        """The line of one row; None while an answer it needs is not there.

        Raises ExpressionRefused when an answer is of the wrong kind.
        """
        values = {name: value(bound) for name, bound in self.attributes.items()}
        if "when" in values and not values["when"]:
            return None
        if any(values[name] is None for name in _MANDATORY):
            return None
        return PremiumLine(
            id_,
            person,
            _text(values, "cover"),
            _whole(values, "age", 0),
            _whole(values, "term", 0),
            _whole(values, "premium_term", 0) if values.get("premium_term") is not None else None,
            _decimal(values, "amount"),
            _text(values, "variant"),
            _whole(values, "occupation_class", 1),
            _decimal(values, "loading_percent"),
            _decimal(values, "flat_extra"),
        )


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise ExpressionRefused("SC-FORM-111", operation=name, kinds=type(value).__name__)


def _whole(values: Mapping[str, Value], name: str, absent: int) -> int:
    value = values.get(name)
    if value is None:
        return absent
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ExpressionRefused("SC-FORM-111", operation=name, kinds=type(value).__name__)


def _decimal(values: Mapping[str, Value], name: str) -> Decimal:
    value = values.get(name)
    if value is None:
        return Decimal(0)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise ExpressionRefused("SC-FORM-111", operation=name, kinds=type(value).__name__)


def read_pricing(files: Mapping[str, bytes], model: Model, faults: Faults) -> Pricing | None:
    """The map of pricing.json; None for a package without one, or with faults in it."""
    if FILE not in files:
        return None
    source = Source.of_file(files, FILE, faults)
    frequency = read_expression(source, "frequency", Place(model, model.root))
    lines = source.child("lines")
    repeat = _repeat(lines, "repeat", model)
    persons = _repeat(lines, "persons", model)
    report_at = _reports(lines, model, repeat)
    source.end()
    if frequency is None or repeat is None or persons is None:
        return None
    around = (*repeat.repeats, repeat.id)
    if persons.id not in around:
        lines.wrong("persons", "the repeat itself or one around it")
    place = Place(model, repeat)
    attributes = {name: read_expression(lines, name, place) for name in _MANDATORY}
    attributes |= {
        name: read_expression(lines, name, place) for name in _OPTIONAL if lines.has(name)
    }
    lines.end()
    found = {name: bound for name, bound in attributes.items() if bound is not None}
    if len(found) < len(attributes):
        return None
    return Pricing(frequency, repeat.id, persons.id, persons.depth + 1, report_at, found)


def _reports(lines: Source, model: Model, repeat: RepeatSpec | None) -> dict[str, int]:
    """`report_at`: {"": the usual field, "SC-PREM-014": the field of this refusal}."""
    source = lines.child("report_at")
    found: dict[str, int] = {}
    for code in ("", *source.names()):
        spec = model.by_path.get(source.text(code))
        if spec is None or repeat is None or spec.repeats != (*repeat.repeats, repeat.id):
            source.wrong(code, "a field of the row")
        else:
            found[code] = spec.id
    return found


def _repeat(source: Source, name: str, model: Model) -> RepeatSpec | None:
    path = source.text(name)
    spec = model.by_path.get(path)
    if isinstance(spec, RepeatSpec):
        return spec
    source.refused("SC-FORM-007", name, "a repeat of the model", unknown=path)
    return None
