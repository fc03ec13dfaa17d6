"""The map from answers to the lines of a premium: one expression an attribute, one row a line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from smartclient.domain.errors import SmartClientError
from smartclient.forms.binding import Bound, Place
from smartclient.forms.guards import Value
from smartclient.forms.model import Model, RepeatSpec
from smartclient.forms.premium_values import decimal_of, text_of, whole_of
from smartclient.forms.projecting import Answered, Projecting, ProjectionMap, read_projection
from smartclient.forms.rules import read_expression
from smartclient.forms.source import Faults, Source
from smartclient.premium.lines import PremiumLine
from smartclient.premium.tariff import Tariff

FILE = "pricing.json"

_MANDATORY = ("cover", "age", "term", "amount")
_OPTIONAL = (
    "when",
    "premium_term",
    "variant",
    "occupation_class",
    "loading_percent",
    "flat_extra",
    "income",
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
    payment_way: Bound | None = None
    projection: ProjectionMap | None = None

    def bounds(self) -> Iterator[Bound]:
        """Every expression a line depends on."""
        yield self.frequency
        if self.payment_way is not None:
            yield self.payment_way
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
        paid, income = values.get("premium_term"), values.get("income")
        return PremiumLine(
            id_,
            person,
            text_of("cover", values["cover"]),
            whole_of("age", values["age"], 0),
            whole_of("term", values["term"], 0),
            None if paid is None else whole_of("premium_term", paid, 0),
            decimal_of("amount", values["amount"]),
            text_of("variant", values.get("variant")),
            whole_of("occupation_class", values.get("occupation_class"), 1),
            decimal_of("loading_percent", values.get("loading_percent")),
            decimal_of("flat_extra", values.get("flat_extra")),
            None if income is None else decimal_of("income", income),
        )


def projecting(pricing: Pricing | None, tariff: Tariff | None, answers: Answered) -> Projecting:
    """The projection of a form; it has none without a map or a tariff."""
    if pricing is None:
        return Projecting(None, None, tariff, answers)
    return Projecting(pricing.projection, pricing.frequency, tariff, answers)


def read_pricing(files: Mapping[str, bytes], model: Model, faults: Faults) -> Pricing | None:
    """The map of pricing.json; None for a package without one, or with faults in it."""
    if FILE not in files:
        return None
    source = Source.of_file(files, FILE, faults)
    root = Place(model, model.root)
    frequency = read_expression(source, "frequency", root)
    way = read_expression(source, "payment_way", root) if source.has("payment_way") else None
    projection = read_projection(source, model)
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
    return Pricing(
        frequency, repeat.id, persons.id, persons.depth + 1, report_at, found, way, projection
    )


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
