"""What follows from the answers: relevance, calculated values, prices of rows, problems.

One change re-evaluates its dependants and nothing else, each at most once: steps wait in a heap in
the order that the package's dependencies gave. Adding or removing a row evaluates everything.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from smartclient.domain.errors import SmartClientError
from smartclient.forms.answers import Answers
from smartclient.forms.asked_names import BEFORE, CHANGES
from smartclient.forms.binding import Bound
from smartclient.forms.comparison import Baseline, Comparison
from smartclient.forms.dependencies import Aspect, Step
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.fitting import fitted
from smartclient.forms.functions import Surroundings
from smartclient.forms.guards import Value, truth
from smartclient.forms.model import FieldSpec, Key, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.quote import Quote, RowLine, quoted
from smartclient.forms.reading import Reader
from smartclient.forms.standings import Standing, Standings, offers
from smartclient.forms.wording import Wording
from smartclient.premium.pricing import price_line
from smartclient.premium.tariff import Tariff
from smartclient.wire.messages import Json

Indices = tuple[int, ...]


@dataclass(slots=True)
class Outcome:
    """What one edit brought about."""

    changed: set[Key] = field(default_factory=set)
    priced: bool = False
    """A line was priced again, perhaps with the same result."""


_UNKNOWN = object()


class Evaluation:
    """The state of a form that follows from its answers."""

    def __init__(
        self,
        package: FormPackage,
        answers: Answers,
        around: Surroundings,
        tariff: Tariff | None,
        language: str,
        comparison: Comparison | None = None,
    ) -> None:
        self._package = package
        self._model = package.model
        self._dependencies = package.dependencies
        self._answers = answers
        self._around = around
        self._tariff = tariff
        self._comparison = comparison or Comparison(package.model, answers, None)
        covers = frozenset(tariff.covers) if tariff else None
        self.wording = Wording(package, language, self.value)
        self._standings = Standings(
            package, answers, self, self.wording, offers(package, around.today, covers)
        )
        self._steps: Mapping[Aspect, Callable[[Key], bool]] = {
            Aspect.RELEVANT: self._relevance,
            Aspect.VALUE: self._value,
            Aspect.PRICE: self._price,
            Aspect.STATE: self._state,
            Aspect.CHANGES: self._count_changes,
            Aspect.TOTAL: self._total,
        }
        self._changes = 0
        self._quote: Quote | None = None
        self.payable: Value = None
        """The instalment, known only where a rule asks for it."""
        self._irrelevant: set[Key] = set()
        self.computed: dict[Key, Value] = {}
        """Calculated values; such a key cannot be typed now."""
        self.broken: dict[tuple[Aspect, Key], ExpressionRefused] = {}
        """Relevance and values whose expressions were refused for these answers."""
        self.lines: dict[Key, RowLine] = {}
        self.standings: dict[Key, Standing] = {}

    def everything(self) -> None:
        """Evaluate all, as after opening or a change of rows."""
        self._irrelevant.clear()
        self.computed.clear()
        self.broken.clear()
        self.lines.clear()
        self.standings.clear()
        self._quote = None
        self._comparison.match_rows()
        self._evaluate(frozenset(Aspect))

    def what_follows(self) -> None:
        """Evaluate what is asked and calculated, but neither prices nor problems."""
        self._evaluate(frozenset({Aspect.RELEVANT, Aspect.VALUE}))

    def _evaluate(self, aspects: frozenset[Aspect]) -> None:
        for step in self._dependencies.steps:
            if step.aspect in aspects:
                for indices in self._instances(step, ()):
                    self._steps[step.aspect]((step.spec, *indices))

    def after(self, key: Key) -> Outcome:
        """Evaluate what depends on the answer of a key."""
        outcome = Outcome({key})
        waiting: list[tuple[int, Indices]] = []
        queued: set[tuple[int, Indices]] = set()

        def push(aspect: Aspect, spec: int, indices: Indices) -> None:
            for reader in self._dependencies.readers.get((aspect, spec), ()):
                for instance in self._instances(reader.step, indices[: reader.shared]):
                    entry = (reader.step.order, instance)
                    if entry not in queued:
                        queued.add(entry)
                        heappush(waiting, entry)

        push(Aspect.VALUE, key[0], key[1:])
        while waiting:
            order, indices = heappop(waiting)
            step = self._dependencies.steps[order]
            found = (step.spec, *indices)
            outcome.priced |= step.aspect is Aspect.PRICE
            if self._steps[step.aspect](found):
                push(step.aspect, step.spec, indices)
                if step.spec != self._model.root.id:
                    outcome.changed.add(found)
        return outcome

    def is_relevant(self, spec: int, indices: Indices) -> bool:
        """Whether a place and everything around it is asked."""
        irrelevant = self._irrelevant
        for guard, depth in self._dependencies.guards[spec]:
            if (guard, *indices[:depth]) in irrelevant:
                return False
        return True

    def read(self, key: Key) -> Value:
        """The answer as expressions see it: an irrelevant one is not there."""
        value = self.value(key)
        if value is None or self.is_relevant(key[0], key[1:]):
            return value
        return None

    def value(self, key: Key) -> Value:
        """The answer as it stands, calculated or typed."""
        if key in self.computed:
            return self.computed[key]
        return self._answers.reading(key).value

    def refusals(self, key: Key) -> Iterator[SmartClientError]:
        """Why a field's value, or the line of the premium reported at it, cannot be had."""
        if refusal := self.broken.get((Aspect.VALUE, key)):
            yield refusal
        pricing = self._package.pricing
        if pricing is not None and key[0] in pricing.report_at.values():
            row = self.lines.get((pricing.repeat, *key[1:]))
            if row is not None and row.refusal and pricing.reports(row.refusal) == key[0]:
                yield row.refusal

    def evaluate(
        self, bound: Bound, indices: Indices, option: Mapping[str, Value] | None = None
    ) -> Value:
        """An expression for the row at `indices`; raises ExpressionRefused."""
        return bound.evaluate(self._around, self, indices, option)

    def compared(self, side: str, key: Key) -> Value:
        """What `before()`, `changed()` or `changes()` says of an answer."""
        if side == CHANGES:
            return self._changes
        return self._comparison.old(key) if side == BEFORE else self._comparison.differs(key, self)

    def below(self, repeat: int, prefix: Indices) -> Iterator[Indices]:
        """The rows of a repeat below the given indices, those that are asked."""
        spec = self._model.specs[repeat]
        if not isinstance(spec, RepeatSpec):
            return iter(())
        found = self._answers.below(spec, prefix)
        return (indices for indices in found if self.is_relevant(repeat, indices))

    def _instances(self, step: Step, prefix: Indices) -> Iterator[Indices]:
        if len(prefix) >= step.depth:
            return iter((prefix,))
        repeats = self._model.specs[step.spec].repeats
        if step.aspect is Aspect.PRICE:
            repeats = (*repeats, step.spec)
        return self._answers.instances(repeats, prefix)

    # Each step says whether what it found differs from before.

    def _relevance(self, key: Key) -> bool:
        rule = self._package.rules[key[0]].relevant
        if rule is None:
            return False
        self.broken.pop((Aspect.RELEVANT, key), None)
        try:
            relevant = truth(self.evaluate(rule.bound, key[1:]))
        except ExpressionRefused as refusal:
            self.broken[Aspect.RELEVANT, key] = refusal
            relevant = True
        if relevant == (key not in self._irrelevant):
            return False
        self._irrelevant.symmetric_difference_update({key})
        return True

    def _value(self, key: Key) -> bool:
        rule, spec = self._package.rules[key[0]].calculate, self._model.specs[key[0]]
        if rule is None or not isinstance(spec, FieldSpec):
            return False
        broken = (Aspect.VALUE, key)
        before = (self.computed.pop(key, _UNKNOWN), self.broken.pop(broken, None) is None)
        try:
            if rule.when is None or truth(self.evaluate(rule.when, key[1:])):
                self.computed[key] = fitted(spec, self.evaluate(rule.bound, key[1:]))
        except ExpressionRefused as refusal:
            self.computed[key] = None
            self.broken[broken] = refusal
        return before != (self.computed.get(key, _UNKNOWN), broken not in self.broken)

    def quote(self) -> Quote:
        """The premium as it stands now, and why a line or the whole cannot be priced."""
        if self._quote is None:
            self._quote = quoted(self._package, self, self._tariff)
        return self._quote

    def _price(self, key: Key) -> bool:
        self._quote = None
        before = self.lines.get(key)
        self.lines[key] = self._row_line(key)
        return self.lines[key] != before

    def _row_line(self, key: Key) -> RowLine:
        pricing, tariff = self._package.pricing, self._tariff
        if pricing is None or tariff is None or not self.is_relevant(key[0], key[1:]):
            return RowLine()
        person = self._model.path_of((pricing.persons, *key[1 : pricing.person_depth + 1]))
        line = None
        try:
            line = pricing.line(
                self._model.path_of(key), person, lambda bound: self.evaluate(bound, key[1:])
            )
            frequency = self.evaluate(pricing.frequency, ())
            if line is not None and isinstance(frequency, int):
                price_line(tariff, line, frequency)
        except SmartClientError as refusal:
            return RowLine(line, refusal, str(refusal))
        return RowLine(line)

    def _state(self, key: Key) -> bool:
        before = self.standings.get(key)
        self.standings[key] = self._standings.of(key)
        return self.standings[key] != before

    def _total(self, _root: Key) -> bool:
        self._quote = None
        before, premium = self.payable, self.quote().premium
        self.payable = None if premium is None else premium.payable
        return self.payable != before

    def _count_changes(self, _root: Key) -> bool:
        before = self._changes
        self._changes = sum(1 for _key in self._comparison.differing(self))
        return self._changes != before


def opened_on(
    package: FormPackage, reader: Reader, around: Surroundings, settings: Mapping[str, Json]
) -> Baseline:
    """The settings a form is opened on, with what the form would have asked of them."""
    baseline = Baseline(package.model, reader, settings)
    before = Evaluation(package, baseline.answers, around, None, package.languages[0])
    before.what_follows()
    baseline.before = before
    return baseline
