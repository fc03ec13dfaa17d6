"""How a place stands: asked, required, read-only, missing, and what is wrong with its answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences import sentence_for
from smartclient.forms.answers import Answers
from smartclient.forms.asked_names import BEFORE
from smartclient.forms.binding import Bound
from smartclient.forms.choices import CodeList
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.guards import Value, truth
from smartclient.forms.model import FieldSpec, FieldType, Key
from smartclient.forms.package import FormPackage
from smartclient.forms.rules import NO_RULES, Rule, RuleKind
from smartclient.forms.states import Problem, Severity
from smartclient.forms.wording import Wording

_CHOICES = (FieldType.CHOICE, FieldType.MULTI_CHOICE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a place stands, without its value."""

    relevant: bool = True
    required: bool = False
    readonly: bool = False
    missing: bool = False
    problems: tuple[Problem, ...] = ()
    offered: frozenset[str] | None = None
    """The codes that may be chosen now; None for fields that are not choices."""

    @property
    def has_error(self) -> bool:
        """Whether the form cannot be completed because of it."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


PLAIN = Standing()
HIDDEN = Standing(relevant=False)


class Facts(Protocol):
    """What the evaluation knows of a form."""

    computed: dict[Key, Value]

    def is_relevant(self, spec: int, indices: tuple[int, ...]) -> bool:
        """Whether a place and everything around it is asked."""

    def value(self, key: Key) -> Value:
        """The answer as it stands."""

    def refusals(self, key: Key) -> Iterator[SmartClientError]:
        """Why a field's value, or the line of the premium reported at it, cannot be had."""

    def compared(self, side: str, key: Key) -> Value:
        """Another side of an answer, in a form opened on settings."""

    def evaluate(
        self, bound: Bound, indices: tuple[int, ...], option: Mapping[str, Value] | None = None
    ) -> Value:
        """An expression for the row at `indices`."""


class Standings:
    """Judges the places of one form, one at a time."""

    def __init__(
        self,
        package: FormPackage,
        answers: Answers,
        facts: Facts,
        wording: Wording,
        offers: Mapping[int, frozenset[str]],
    ) -> None:
        self._package = package
        self._answers = answers
        self._facts = facts
        self._wording = wording
        self._offers = offers

    def of(self, key: Key) -> Standing:
        """How the place of a key stands now."""
        if not self._facts.is_relevant(key[0], key[1:]):
            return HIDDEN
        spec = self._package.model.specs[key[0]]
        if isinstance(spec, FieldSpec):
            return self._field(spec, key)
        rules = self._package.rules.get(spec.id, NO_RULES)
        problems: list[Problem] = []
        self._check(rules.checks, key, problems)
        return Standing(problems=tuple(problems))

    def _field(self, spec: FieldSpec, key: Key) -> Standing:
        rules = self._package.rules.get(spec.id, NO_RULES)
        calculated = key in self._facts.computed
        reading = self._answers.reading(key)
        value = self._facts.value(key)
        empty = not calculated and reading.json is None
        problems = [] if calculated else list(reading.problems)
        required = spec.required or self._holds(rules.required, key, problems)
        if required and empty and rules.required and rules.required.message:
            reason = self._wording.message(rules.required, key[1:])
            problems.append(Problem(Severity.WARNING, reason, rules.required.id))
        readonly = calculated or self._holds(rules.readonly, key, problems)
        offered = self._offered(spec, key, rules.offer, problems)
        if value is not None:
            if offered is not None and not set(_codes(value)) <= offered:
                problems.append(_error(_("This option cannot be chosen here. Choose another.")))
            self._check(rules.checks, key, problems)
        problems += [_error(_sentence(refusal)) for refusal in self._facts.refusals(key)]
        return Standing(True, required, readonly, required and empty, tuple(problems), offered)

    def _check(self, checks: tuple[Rule, ...], key: Key, problems: list[Problem]) -> None:
        for rule in checks:
            if self._holds(rule, key, problems, fallback=True):
                continue
            error = rule.kind is RuleKind.CONSTRAINT
            severity = Severity.ERROR if error else Severity.WARNING
            problems.append(Problem(severity, self._wording.message(rule, key[1:]), rule.id))

    def _holds(
        self, rule: Rule | None, key: Key, problems: list[Problem], *, fallback: bool = False
    ) -> bool:
        """Whether a rule holds; an expression refused for these answers is a problem of its own."""
        if rule is None:
            return False
        try:
            return truth(self._facts.evaluate(rule.bound, key[1:]))
        except ExpressionRefused as refusal:
            problems.append(Problem(Severity.ERROR, _sentence(refusal), rule.id))
            return fallback

    def _offered(
        self, spec: FieldSpec, key: Key, rule: Rule | None, problems: list[Problem]
    ) -> frozenset[str] | None:
        if spec.type not in _CHOICES:
            return None
        options = self._package.lists[spec.choices].options
        # What the contract holds may stay, even where it is offered no more.
        held = _codes(self._facts.compared(BEFORE, key))
        kept = frozenset(code for code in options if code in held)
        codes = self._offers[spec.id] | kept
        if rule is None:
            return codes
        try:
            return kept | frozenset(
                code
                for code in codes
                if truth(
                    self._facts.evaluate(rule.bound, key[1:], {**options[code].cells, "code": code})
                )
            )
        except ExpressionRefused as refusal:
            problems.append(Problem(Severity.ERROR, _sentence(refusal), rule.id))
            return codes


def offers(
    package: FormPackage, today: date, covers: frozenset[str] | None
) -> dict[int, frozenset[str]]:
    """Field of a choice → the codes that are valid on a day and, where asked, in the tariff."""
    return {
        spec.id: _offered_codes(
            package.lists[spec.choices], today, covers if spec.from_tariff else None
        )
        for spec in package.model.fields()
        if spec.type in _CHOICES
    }


def _offered_codes(found: CodeList, today: date, covers: frozenset[str] | None) -> frozenset[str]:
    valid = frozenset(code for code, option in found.options.items() if option.is_valid(today))
    return valid if covers is None else valid & covers


def _codes(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _error(message: str) -> Problem:
    return Problem(Severity.ERROR, message)


def _sentence(refusal: SmartClientError) -> str:
    spoken = sentence_for(refusal)
    return f"{spoken.happened} {spoken.do}".strip()
