"""What must be evaluated again when something changes, and in which order.

A step is one evaluation of one place: its own relevance, its calculated value, the line of the
premium made of its row, or its state (required, readonly, problems). Readers of a field depend on
its value and on the relevance of everything around it. Cycles are refused when a package is loaded.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from graphlib import CycleError, TopologicalSorter

from smartclient.forms.binding import Bound
from smartclient.forms.model import FieldSpec, Model, Spec
from smartclient.forms.pricing import Pricing
from smartclient.forms.rules import FILE, NO_RULES, Rule, RulesOf
from smartclient.forms.source import Faults


class Aspect(IntEnum):
    """What of a place is evaluated."""

    RELEVANT = 0
    VALUE = 1
    PRICE = 2
    STATE = 3
    CHANGES = 4
    """How many answers differ from those the form was opened on; of the root."""
    TOTAL = 5
    """The instalment that is to be paid; of the root."""


_CALLED = {Aspect.CHANGES: "changes()", Aspect.TOTAL: "premium()"}


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of evaluation; its instances are one for each combination of rows around it."""

    order: int
    aspect: Aspect
    spec: int
    depth: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A step to be done again; `shared` leading indices of what changed are its own as well."""

    step: Step
    shared: int


_Node = tuple[Aspect, int]


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The steps in an order that needs no step twice, and who reads what."""

    steps: tuple[Step, ...]
    readers: Mapping[_Node, tuple[Reader, ...]]
    guards: Mapping[int, tuple[tuple[int, int], ...]]
    """Place → (place with a relevance of its own, its depth) around it, itself included."""


def read_dependencies(
    model: Model, rules: Mapping[int, RulesOf], pricing: Pricing | None, faults: Faults
) -> Dependencies:
    """The order of evaluation; a cycle is noted as a fault that names its places."""
    needs = _Needs(model, rules, pricing)
    wanted = {node: list(dict.fromkeys(needs.of(node))) for node in needs.nodes()}
    # Nothing reads a state, and an answer that is typed reads nothing: neither needs sorting.
    states = [node for node in wanted if node[0] is Aspect.STATE]
    graph = {
        node: [other for other, _ in found if other in wanted]
        for node, found in wanted.items()
        if node[0] is not Aspect.STATE
    }
    try:
        order = [*TopologicalSorter(graph).static_order(), *states]
    except CycleError as cycle:
        circle = cycle.args[1]
        names = " → ".join(model.specs[spec].path or _CALLED[aspect] for aspect, spec in circle)
        faults.note("SC-FORM-009", FILE, names, "free of cycles")
        order = sorted(wanted)
    steps = [
        Step(position, aspect, spec, needs.depth((aspect, spec)))
        for position, (aspect, spec) in enumerate(order)
    ]
    readers: dict[_Node, list[Reader]] = defaultdict(list)
    for step in steps:
        for other, shared in wanted[step.aspect, step.spec]:
            readers[other].append(Reader(step, shared))
    return Dependencies(
        tuple(steps), {node: tuple(found) for node, found in readers.items()}, needs.guards
    )


class _Needs:
    """What each step reads, as (node, indices shared with it)."""

    def __init__(self, model: Model, rules: Mapping[int, RulesOf], pricing: Pricing | None) -> None:
        self._model = model
        self._rules = rules
        self._pricing = pricing
        self._reported = frozenset(pricing.report_at.values()) if pricing else frozenset[int]()
        self.guards: dict[int, tuple[tuple[int, int], ...]] = {}
        for spec in model.specs:  # a place comes after what is around it
            own = ((spec.id, spec.depth),) if self._of(spec.id).relevant else ()
            self.guards[spec.id] = own + self.guards.get(spec.parent, ())

    def _of(self, spec: int) -> RulesOf:
        return self._rules.get(spec, NO_RULES)

    def nodes(self) -> Iterator[_Node]:
        for spec in self._model.specs:
            rules = self._of(spec.id)
            if rules.relevant:
                yield Aspect.RELEVANT, spec.id
            if rules.calculate:
                yield Aspect.VALUE, spec.id
            if isinstance(spec, FieldSpec) or rules.checks:
                yield Aspect.STATE, spec.id
        if self._pricing:
            yield Aspect.PRICE, self._pricing.repeat
        of_rules = _bounds(rule for rules in self._rules.values() for rule in rules.all())
        bounds = [*of_rules, *(self._pricing.bounds() if self._pricing else ())]
        if any(bound.counts_changes for bound in bounds):
            yield Aspect.CHANGES, 0
        if any(bound.asks_premium for bound in bounds):
            yield Aspect.TOTAL, 0

    def depth(self, node: _Node) -> int:
        """A line of the premium belongs to a row; everything else to what is around its place."""
        return self._model.specs[node[1]].depth + (node[0] is Aspect.PRICE)

    def of(self, node: _Node) -> Iterator[tuple[_Node, int]]:
        aspect, spec = node
        rules = self._of(spec)
        match aspect:
            case Aspect.RELEVANT:
                yield from self._read(_bounds([rules.relevant]))
            case Aspect.VALUE:
                yield from self._read(_bounds([rules.calculate]))
            case Aspect.PRICE:
                yield from self._guards(spec, self.depth(node))
                if self._pricing:
                    yield from self._read(self._pricing.bounds())
            case Aspect.STATE:
                yield from self._state(self._model.specs[spec], rules)
            case Aspect.TOTAL:
                if self._pricing:
                    yield (Aspect.PRICE, self._pricing.repeat), 0
                    of_all = (self._pricing.frequency, self._pricing.payment_way)
                    yield from self._read(bound for bound in of_all if bound is not None)
            case Aspect.CHANGES:
                for each in self._model.fields():
                    if each.compared:
                        yield (Aspect.VALUE, each.id), 0
                        yield from self._guards(each.id, 0)

    def _state(self, spec: Spec, rules: RulesOf) -> Iterator[tuple[_Node, int]]:
        yield from self._guards(spec.id, spec.depth)
        if isinstance(spec, FieldSpec):
            yield (Aspect.VALUE, spec.id), spec.depth
        if self._pricing and spec.id in self._reported:
            yield (Aspect.PRICE, self._pricing.repeat), spec.depth
        if rules is not NO_RULES:
            yield from self._read(
                _bounds([rules.required, rules.readonly, rules.offer, *rules.checks])
            )

    def _read(self, bounds: Iterable[Bound]) -> Iterator[tuple[_Node, int]]:
        for bound in bounds:
            for asked, shared in bound.dependencies():
                yield (Aspect.VALUE, asked), shared
                yield from self._guards(asked, shared)
            for repeat, shared in bound.repeats():
                yield from self._guards(repeat, shared)
            if bound.counts_changes:
                yield (Aspect.CHANGES, 0), 0
            if bound.asks_premium:
                yield (Aspect.TOTAL, 0), 0

    def _guards(self, spec: int, shared: int) -> Iterator[tuple[_Node, int]]:
        for guard, depth in self.guards[spec]:
            yield (Aspect.RELEVANT, guard), min(depth, shared)


def _bounds(rules: Iterable[Rule | None]) -> Iterator[Bound]:
    for rule in rules:
        if rule is not None:
            yield rule.bound
            if rule.when is not None:
                yield rule.when
