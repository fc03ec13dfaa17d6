"""The map from answers to a projection of the contract's value, and the projection as it stands.

In pricing.json: "projection": {"start_age", "months", "regular", "frequency", "single", "charges":
[{"repeat", "when", "cover", "age", "sum_insured", "loading", "term"}]}; each is an expression, only
`repeat` is the path of a repeat. It is computed when somebody looks, not at each key press.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from smartclient.domain.errors import SmartClientError
from smartclient.forms.binding import Bound, Place
from smartclient.forms.guards import Value, truth
from smartclient.forms.model import Model, RepeatSpec
from smartclient.forms.premium_values import decimal_of, text_of, whole_of
from smartclient.forms.rules import read_expression
from smartclient.forms.source import Source
from smartclient.premium.projection import ChargeLine, Projection, ProjectionRequest, project
from smartclient.premium.tariff import Tariff

NAME = "projection"

_MANDATORY = ("start_age", "months", "regular")
_OPTIONAL = ("frequency", "single")
_CHARGE_MANDATORY = ("cover", "age", "sum_insured")
_CHARGE_OPTIONAL = ("when", "loading", "term")

Bounds = Mapping[str, Bound]
Indices = tuple[int, ...]


class Answered(Protocol):
    """The answers as expressions see them."""

    def evaluate(self, bound: Bound, indices: Indices) -> Value:
        """An expression for the row at `indices`; raises ExpressionRefused."""

    def below(self, repeat: int, prefix: Indices) -> Iterator[Indices]:
        """The rows of a repeat that are asked."""


@dataclass(frozen=True, slots=True)
class ChargeMap:
    """How the rows of a repeat become what is deducted from the value."""

    repeat: int
    attributes: Bounds


@dataclass(frozen=True, slots=True)
class ProjectionMap:
    """How answers become a projection."""

    attributes: Bounds
    charges: tuple[ChargeMap, ...]

    def request(self, answers: Answered, usual_frequency: Bound) -> ProjectionRequest | None:
        """What is to be projected; None while an answer it needs is not there.

        Raises ExpressionRefused when an answer is of the wrong kind.
        """
        values = {name: answers.evaluate(each, ()) for name, each in self.attributes.items()}
        if "frequency" not in self.attributes:
            values["frequency"] = answers.evaluate(usual_frequency, ())
        if any(values[name] is None for name in (*_MANDATORY, "frequency")):
            return None
        charges = [charge for each in self.charges for charge in _charges(each, answers)]
        return ProjectionRequest(
            start_age=whole_of("start_age", values["start_age"], 0),
            months=whole_of("months", values["months"], 0),
            regular=decimal_of("regular", values["regular"]),
            frequency=whole_of("frequency", values["frequency"], 0),
            single=decimal_of("single", values.get("single")),
            charges=tuple(charges),
        )


def _charges(charge: ChargeMap, answers: Answered) -> Iterator[ChargeLine]:
    """One a row; unfinished rows are left out."""
    for row in answers.below(charge.repeat, ()):
        values = {name: answers.evaluate(each, row) for name, each in charge.attributes.items()}
        if "when" in values and not truth(values["when"]):
            continue
        if any(values[name] is None for name in _CHARGE_MANDATORY):
            continue
        term = values.get("term")
        yield ChargeLine(
            age=whole_of("age", values["age"], 0),
            cover=text_of("cover", values["cover"]),
            sum_insured=decimal_of("sum_insured", values["sum_insured"]),
            loading=decimal_of("loading", values.get("loading")),
            term=None if term is None else whole_of("term", term, 0),
        )


@dataclass(frozen=True, slots=True)
class Projected:
    """A projection, or why there is none."""

    projection: Projection | None = None
    problem: SmartClientError | None = None


class Projecting:
    """The projection of one form; computed again only when what it is made of has changed."""

    def __init__(
        self,
        mapped: ProjectionMap | None,
        frequency: Bound | None,
        tariff: Tariff | None,
        answers: Answered,
    ) -> None:
        self._mapped = mapped
        self._frequency = frequency
        self._tariff = tariff
        self._answers = answers
        self._known: tuple[ProjectionRequest, Projected] | None = None

    def now(self) -> Projected:
        """Of the answers as they stand."""
        if self._mapped is None or self._frequency is None or self._tariff is None:
            return Projected()
        try:
            request = self._mapped.request(self._answers, self._frequency)
        except SmartClientError as refusal:
            return Projected(problem=refusal)
        if request is None:
            return Projected()
        if self._known is None or self._known[0] != request:
            self._known = (request, _projected(self._tariff, request))
        return self._known[1]


def _projected(tariff: Tariff, request: ProjectionRequest) -> Projected:
    try:
        return Projected(project(tariff, request))
    except SmartClientError as refusal:
        return Projected(problem=refusal)


def read_projection(pricing: Source, model: Model) -> ProjectionMap | None:
    """The projection of pricing.json; None without one, or with faults in it."""
    if not pricing.has(NAME):
        return None
    source = pricing.child(NAME)
    attributes = _expressions(source, _MANDATORY, _OPTIONAL, Place(model, model.root))
    charges = [
        _charge_map(each, model)
        for each in source.children("charges", lambda fields: fields.get("repeat"))
    ]
    source.end()
    found = tuple(each for each in charges if each is not None)
    if attributes is None or len(found) < len(charges):
        return None
    return ProjectionMap(attributes, found)


def _charge_map(source: Source, model: Model) -> ChargeMap | None:
    path = source.text("repeat")
    repeat = model.by_path.get(path)
    if not isinstance(repeat, RepeatSpec):
        source.refused("SC-FORM-007", "repeat", "a repeat of the model", unknown=path)
        return None
    attributes = _expressions(source, _CHARGE_MANDATORY, _CHARGE_OPTIONAL, Place(model, repeat))
    source.end()
    return None if attributes is None else ChargeMap(repeat.id, attributes)


def _expressions(
    source: Source, mandatory: tuple[str, ...], optional: tuple[str, ...], place: Place
) -> Bounds | None:
    names = [*mandatory, *filter(source.has, optional)]
    read = {name: read_expression(source, name, place) for name in names}
    found = {name: bound for name, bound in read.items() if bound is not None}
    return found if len(found) == len(read) else None
