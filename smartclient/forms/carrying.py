"""Carrying answers from one form to another: walking them, fitting them, finding their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import NamedTuple, cast

from smartclient.domain.language import _
from smartclient.forms.model import FieldSpec, FieldType, GroupSpec, RepeatSpec, Spec
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import TYPED, Reader, Reading
from smartclient.forms.session import FormSession
from smartclient.forms.showing import Showing
from smartclient.wire.messages import Json, JsonObject

_TYPED_BY_HAND = frozenset(
    {
        FieldType.TEXT,
        FieldType.MULTILINE,
        FieldType.INTEGER,
        FieldType.DECIMAL,
        FieldType.MONEY,
        FieldType.DATE,
        FieldType.DATETIME,
        FieldType.IDENTIFIER,
    }
)
_TEXTS = (FieldType.TEXT, FieldType.MULTILINE)
_FRACTIONS = (FieldType.DECIMAL, FieldType.MONEY)


@dataclass(frozen=True, slots=True)
class Moved:
    """One answer that is not simply the same any more."""

    path: str
    """In the new form; of what was lost, in the old one."""
    label: str
    value: str
    """The old answer as people write it; what was filled in, where there was none."""
    reason: str
    """A sentence for the adviser."""


class Leaf(NamedTuple):
    """One answer of a draft: its place, if the old form knows it, and what stands there."""

    spec: Spec | None
    path: str
    schema_path: str
    rows: tuple[int, ...]
    value: Json


class Outcome(Enum):
    """What became of an answer in its new field."""

    SAME = auto()
    CHANGED = auto()
    UNREAD = auto()
    """It is kept as it is written; a person must fill it in again."""
    EMPTY = auto()
    NOT_OFFERED = auto()


@dataclass(frozen=True, slots=True)
class Fit:
    """An answer as its new field holds it; `json` is None where it holds none."""

    outcome: Outcome
    json: Json = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """From which form to which; `today` helps to read days with a year of two digits."""

    old: FormPackage
    new: FormPackage
    language: str
    today: date


def fitted_answer(crossing: Crossing, leaf: Leaf, target: FieldSpec, value: Json) -> Fit:
    """How a field of the new form holds an answer; `value` may be mapped, else it is the leaf's."""
    new, language = crossing.new, crossing.language
    reader = Reader.of_lists(crossing.today, new.lists)
    reading = reader.stored(target, value)
    shown = shown_leaf(crossing.old, leaf, language)
    was_unread = isinstance(leaf.value, dict)
    if not was_unread and value is leaf.value and _becomes_text(leaf.spec, target):
        reading = reader.typed(target, shown)
    elif reading.value is None and not was_unread and not _is_too_fine(target, reading):
        if target.type not in _TYPED_BY_HAND:
            return Fit(Outcome.NOT_OFFERED)
        reading = reader.typed(target, shown)
    if reading.json is None:
        return Fit(Outcome.EMPTY)
    now = shown_answer(new, target, reading.json, language)
    if reading.json == leaf.value or (reading.value is not None and alike(now, shown)):
        return Fit(Outcome.SAME, reading.json, now)
    return Fit(Outcome.UNREAD if reading.value is None else Outcome.CHANGED, reading.json, now)


class Container(NamedTuple):
    """A group or row that is there."""

    path: str
    tree: JsonObject


def overruled(session: FormSession, path: str, carried: str) -> bool:
    """Whether a form works out something else than what was carried to one of its fields."""
    state = session.field(path)
    return session.is_calculated(path) and not alike(state.typed, carried)


def leaves(package: FormPackage, answers: Mapping[str, Json]) -> Iterator[Leaf]:
    """Every answer, known to the form or not, and every row, in the order of the answers."""
    return _leaves(package.model.root, answers, "", "", ())


def _leaves(
    inside: GroupSpec,
    tree: Mapping[str, Json],
    path: str,
    schema_path: str,
    rows: tuple[int, ...],
) -> Iterator[Leaf]:
    for name, value in tree.items():
        child = inside.children.get(name)
        here = f"{path}.{name}" if path else name
        schema_here = f"{schema_path}.{name}" if schema_path else name
        if isinstance(child, RepeatSpec) and isinstance(value, list):
            for index, row in enumerate(value):
                row_path = f"{here}.{index}"
                if isinstance(row, dict):
                    yield Leaf(child, row_path, schema_here, (*rows, index), None)
                    yield from _leaves(child, row, row_path, schema_here, (*rows, index))
                else:
                    yield Leaf(None, row_path, schema_here, (*rows, index), row)
        elif isinstance(child, GroupSpec) and isinstance(value, dict) and TYPED not in value:
            if not isinstance(child, RepeatSpec):
                yield from _leaves(child, value, here, schema_here, rows)
            else:
                yield Leaf(None, here, schema_here, rows, value)
        else:
            spec = child if isinstance(child, FieldSpec) else None
            yield Leaf(spec, here, schema_here, rows, value)


def fitted_rows(rows: tuple[int, ...], target: Spec) -> tuple[int, ...]:
    """The rows of an answer where its new place stands in fewer, or more, rows than before."""
    depth = target.depth + isinstance(target, RepeatSpec)
    return (*rows, *(0 for _missing in range(depth - len(rows))))[:depth]


def row_at(
    answers: JsonObject, package: FormPackage, target: Spec, rows: tuple[int, ...]
) -> JsonObject | None:
    """The group or row that holds a place, made where it is not; None for a row too many."""
    around = [spec for spec in package.model.chain(target) if spec.name]
    if not isinstance(target, RepeatSpec):
        around = around[1:]
    indices = list(fitted_rows(rows, target))
    inside = answers
    for spec in reversed(around):
        if isinstance(spec, RepeatSpec):
            index = indices.pop(0)
            if index >= spec.max:
                return None
            listed = cast("list[Json]", inside.setdefault(spec.name, []))
            listed.extend({} for _missing in range(index + 1 - len(listed)))
            inside = cast("JsonObject", listed[index])
        else:
            inside = cast("JsonObject", inside.setdefault(spec.name, {}))
    return inside


def most_rows(package: FormPackage, target: Spec) -> int:
    """How many rows there can be at the place that `row_at` found to be one too many for."""
    return min(spec.max for spec in package.model.chain(target) if isinstance(spec, RepeatSpec))


def containers(answers: JsonObject, package: FormPackage, target: FieldSpec) -> Iterator[Container]:
    """Every group or row that is there, or can be, and that holds a place."""
    around = [spec for spec in package.model.chain(target) if spec.name][1:]
    found = [Container("", answers)]
    for spec in reversed(around):
        deeper: list[Container] = []
        for path, tree in found:
            here = f"{path}.{spec.name}" if path else spec.name
            if isinstance(spec, RepeatSpec):
                rows = tree.get(spec.name)
                deeper += [
                    Container(f"{here}.{index}", row)
                    for index, row in enumerate(rows if isinstance(rows, list) else [])
                    if isinstance(row, dict)
                ]
            else:
                inside = tree.setdefault(spec.name, {})
                deeper += [Container(here, inside)] if isinstance(inside, dict) else []
        found = deeper
    return iter(found)


def is_always_calculated(package: FormPackage, spec: FieldSpec) -> bool:
    """Whether nobody ever types it."""
    rules = package.rules.get(spec.id)
    return rules is not None and rules.calculate is not None and rules.calculate.when is None


def alike(one: str, other: str) -> bool:
    """Whether two writings differ in nothing but the kind of their spaces."""
    return one.split() == other.split()


def _is_too_fine(target: FieldSpec, reading: Reading) -> bool:
    """A number with too many decimal places is kept, and is an error at its field."""
    return target.type in _FRACTIONS and isinstance(reading.json, str)


def _becomes_text(spec: Spec | None, target: FieldSpec) -> bool:
    """A day, a number or a code in a field of free text is written as people write it."""
    known = isinstance(spec, FieldSpec) and spec.type not in _TEXTS
    return known and target.type in _TEXTS


def label_of(package: FormPackage, spec: Spec, language: str) -> str:
    """What a place is called."""
    texts = package.texts[package.spoken(language)]
    found = texts.field(spec.path) if isinstance(spec, FieldSpec) else None
    return (found.short or found.label) if found else spec.path


def shown_answer(package: FormPackage, spec: FieldSpec, value: Json, language: str) -> str:
    """A stored answer as people write it; as it stands where it cannot be read."""
    reader = Reader.of_lists(package.manifest.valid_from, package.lists)
    reading = reader.stored(spec, value)
    showing = Showing(package.lists, package.spoken(language))
    return showing.text(spec, reading.value) or leaf_text(value)


def shown_leaf(package: FormPackage, leaf: Leaf, language: str) -> str:
    """An answer of a draft as people write it."""
    if isinstance(leaf.spec, FieldSpec):
        return shown_answer(package, leaf.spec, leaf.value, language)
    return leaf_text(leaf.value)


def leaf_text(value: Json) -> str:
    """Any JSON value as a line of text, so that nothing is listed without what it was."""
    if isinstance(value, dict) and isinstance(value.get(TYPED), str):
        return str(value[TYPED])
    if isinstance(value, dict):
        return ", ".join(f"{name}: {leaf_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(leaf_text(each) for each in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
