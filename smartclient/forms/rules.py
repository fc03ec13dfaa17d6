"""The rules of a form: when something is asked, what must hold, what follows from what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from smartclient.domain.sentences import sentence_for
from smartclient.forms.binding import Bound, Place, bind
from smartclient.forms.choices import CodeList
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.model import (
    FieldSpec,
    FieldType,
    GroupSpec,
    Inclusion,
    Model,
    RepeatSpec,
    Spec,
)
from smartclient.forms.source import Faults, Source

FILE = "rules.json"
MAX_RULES = 5_000


class RuleKind(StrEnum):
    """What a rule says of its field."""

    RELEVANT = "relevant"
    """Whether it is asked at all; on a group or repeat, everything inside as well."""
    REQUIRED = "required"
    """Whether it must be answered; its message tells why."""
    READONLY = "readonly"
    """Whether it may be seen but not changed."""
    CALCULATE = "calculate"
    """What it is, while `when` holds; then nobody types it."""
    CONSTRAINT = "constraint"
    """What must hold of an answer that is there; an error if not."""
    WARNING = "warning"
    """What should hold of an answer that is there."""
    DEFAULT = "default"
    """What it is in a new form or row, until it is changed."""
    OFFER = "offer"
    """Which options of a choice are offered; asked for each, as `option.<column>`."""
    TITLE = "title"
    """The name of the text (i18n `rows`) that is the title of a row."""


_ONCE = frozenset(RuleKind) - {RuleKind.CONSTRAINT, RuleKind.WARNING}
_OF_CONTAINERS = frozenset(
    {RuleKind.RELEVANT, RuleKind.CONSTRAINT, RuleKind.WARNING, RuleKind.TITLE}
)
_WITH_MESSAGE = frozenset({RuleKind.CONSTRAINT, RuleKind.WARNING})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one place. `message` names a text of the package; empty where none is shown."""

    id: str
    kind: RuleKind
    spec: int
    place: Place
    """Where its expression, and the placeholders of its message, look names up."""
    bound: Bound
    message: str = ""
    when: Bound | None = None
    inclusion: Inclusion | None = None
    """The shared part that it came with; its texts are looked up there."""


@dataclass(frozen=True, slots=True)
class RulesOf:
    """All rules of one place."""

    relevant: Rule | None = None
    required: Rule | None = None
    readonly: Rule | None = None
    calculate: Rule | None = None
    default: Rule | None = None
    offer: Rule | None = None
    title: Rule | None = None
    checks: tuple[Rule, ...] = ()
    """Constraints and warnings in the order of the file."""

    def all(self) -> Iterator[Rule]:
        """Every rule there is."""
        single = (self.relevant, self.required, self.readonly, self.calculate, self.default)
        for rule in (*single, self.offer, self.title, *self.checks):
            if rule is not None:
                yield rule


NO_RULES = RulesOf()


def read_rules(
    files: Mapping[str, bytes], model: Model, lists: Mapping[str, CodeList], faults: Faults
) -> dict[int, RulesOf]:
    """The rules of rules.json, and of every part where it stands, by the id of their place."""
    found: dict[int, list[Rule]] = {}
    ids: set[str] = set()
    for places in (Places(model, lists, each) for each in (None, *model.inclusions)):
        file = places.file
        if places.inclusion is not None and file not in files:
            continue
        source = Source.of_file(files, file, faults)
        entries = source.children("rules", lambda fields: fields.get("id") or fields.get("path"))
        room = MAX_RULES - len(ids)
        for entry in entries[:room]:
            rule = _read_rule(entry, places)
            if rule is not None:
                _take(rule, entry, ids, found)
        if len(entries) > room:
            source.wrong("rules", f"at most {MAX_RULES} rules")
        source.end()
    return {spec: _together(rules) for spec, rules in found.items()}


def _take(rule: Rule, entry: Source, ids: set[str], found: dict[int, list[Rule]]) -> None:
    if rule.id in ids:
        entry.refused("SC-FORM-006", "id", "unique", doubled=rule.id)
    ids.add(rule.id)
    before = found.setdefault(rule.spec, [])
    if rule.kind in _ONCE and any(other.kind is rule.kind for other in before):
        entry.refused("SC-FORM-006", "kind", "unique", doubled=rule.kind)
    before.append(rule)


def _together(rules: list[Rule]) -> RulesOf:
    single = {rule.kind.value: rule for rule in rules if rule.kind in _ONCE}
    checks = tuple(rule for rule in rules if rule.kind not in _ONCE)
    return RulesOf(**single, checks=checks)


def _read_rule(entry: Source, places: "Places") -> Rule | None:
    path = places.path(entry.text("path"))
    kind = entry.one_of("kind", RuleKind, RuleKind.RELEVANT)
    message = entry.text("message", None if kind in _WITH_MESSAGE else "")
    rule_id = places.rule_id(entry.text("id", ""), path, kind)
    spec = places.model.by_path.get(path)
    if not entry.has("kind"):
        entry.wrong("kind", "one of " + ", ".join(RuleKind))
    if spec is None:
        entry.refused("SC-FORM-007", "path", "a place of the model", unknown=path)
        return None
    _require_fitting(entry, kind, spec)
    place = places.of(spec, kind)
    bound = read_expression(entry, "expression", place)
    when = read_expression(entry, "when", place) if entry.has("when") else None
    entry.end()
    if bound is None:
        return None
    message = places.text(message) if message else ""
    return Rule(rule_id, kind, spec.id, place, bound, message, when, places.inclusion)


def _require_fitting(entry: Source, kind: RuleKind, spec: Spec) -> None:
    if isinstance(spec, GroupSpec) and kind not in _OF_CONTAINERS:
        entry.wrong("kind", "for a group or repeat one of " + ", ".join(sorted(_OF_CONTAINERS)))
    if kind is RuleKind.TITLE and not isinstance(spec, RepeatSpec):
        entry.wrong("kind", "title only for a repeat")
    if kind is RuleKind.OFFER and not (
        isinstance(spec, FieldSpec) and spec.type in (FieldType.CHOICE, FieldType.MULTI_CHOICE)
    ):
        entry.wrong("kind", "offer only for a choice")
    if entry.has("when") and kind is not RuleKind.CALCULATE:
        entry.wrong("when", "only with calculate")


class Places:
    """Where rules look names up; one place for all rules of a container.

    A field looks from its container. A repeat as a whole looks from what is around it, its title
    from inside the row. What stands in a shared part is relative to the part's root.
    """

    def __init__(
        self, model: Model, lists: Mapping[str, CodeList], inclusion: Inclusion | None = None
    ) -> None:
        self.model = model
        self.inclusion = inclusion
        self._lists = lists
        self._known: dict[tuple[int, str], Place] = {}

    @property
    def file(self) -> str:
        """Where these rules stand."""
        return self.inclusion.file(FILE) if self.inclusion else FILE

    def path(self, written: str) -> str:
        """The schema path that a rule names."""
        return self.inclusion.path(written) if self.inclusion else written

    def text(self, name: str) -> str:
        """The name of a text that a rule names."""
        return self.inclusion.text(name) if self.inclusion else name

    def rule_id(self, written: str, path: str, kind: RuleKind) -> str:
        """The id of a rule; one that a part gives is told apart by where the part stands."""
        if not written:
            return f"{path}:{kind}"
        return f"{self.inclusion.root.path}:{written}" if self.inclusion else written

    def of(self, spec: Spec, kind: RuleKind) -> Place:
        """The place of a rule of that kind at a spec."""
        inside = isinstance(spec, GroupSpec) and (
            kind is RuleKind.TITLE or not isinstance(spec, RepeatSpec)
        )
        container = spec if inside else self.model.specs[spec.parent]
        offers = kind is RuleKind.OFFER and isinstance(spec, FieldSpec)
        name = spec.choices if offers and isinstance(spec, FieldSpec) else ""
        key = (container.id, name)
        if key not in self._known and isinstance(container, GroupSpec):
            found = self._lists.get(name)
            columns = found.columns | {"code"} if found else frozenset[str]()
            part = self.inclusion.root if self.inclusion else None
            self._known[key] = Place(self.model, container, columns, part)
        return self._known[key]


def read_expression(entry: Source, name: str, place: Place) -> Bound | None:
    """The expression of a field; a refusal is noted with its own code."""
    text = entry.text(name)
    if not text:
        return None
    try:
        return bind(text, place)
    except ExpressionRefused as refusal:
        problem = sentence_for(refusal).happened
        entry.refused("SC-FORM-008", name, refusal.code, problem=problem)
        return None
