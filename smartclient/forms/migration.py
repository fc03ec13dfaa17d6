"""A draft moves to a newer version of its form: what was taken, what changed, what was lost.

Every answer of the draft is carried to its place in the new version, or stands in the list of what
was lost, with the reason; none vanishes in silence. What a form always worked out by itself is no
answer. Documents that are signed or exported are never moved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, cast

from smartclient.domain.language import _, ngettext
from smartclient.forms.answers import copied
from smartclient.forms.migration_steps import Migration
from smartclient.forms.model import FieldSpec, FieldType, GroupSpec, RepeatSpec, Spec
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import TYPED, Reader, Reading
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


@dataclass(frozen=True, slots=True)
class Migrated:
    """The answers for the newer version, and what became of the old ones."""

    answers: JsonObject
    taken: int
    """How many answers are the same, wherever they stand now."""
    changed: tuple[Moved, ...] = ()
    lost: tuple[Moved, ...] = ()


class Leaf(NamedTuple):
    """One answer of a draft: its place, if the old form knows it, and what stands there."""

    spec: Spec | None
    path: str
    schema_path: str
    rows: tuple[int, ...]
    value: Json


def migrate(
    old: FormPackage,
    new: FormPackage,
    answers: Mapping[str, Json],
    *,
    language: str,
    today: date | None = None,
) -> Migrated:
    """The answers of a draft of `old` as a draft of `new`.

    Steps of the new package's migrations/<old>-<new>.json are followed; what they do not speak of
    stays at its path. `today` helps to read days with a year of two digits; it is the first day of
    the new version where none is given.
    """
    moving = _Moving(old, new, language, today or new.manifest.valid_from)
    moving.take(answers)
    moving.fill_in()
    return Migrated(moving.answers, moving.taken, tuple(moving.changed), tuple(moving.lost))


@dataclass(slots=True)
class _Moving:
    """One migration on its way."""

    old: FormPackage
    new: FormPackage
    language: str
    today: date
    answers: JsonObject = field(default_factory=dict)
    taken: int = 0
    changed: list[Moved] = field(default_factory=list)
    lost: list[Moved] = field(default_factory=list)

    @property
    def _steps(self) -> Migration:
        return self.new.migrations.get(self.old.version, Migration(""))

    @property
    def _reader(self) -> Reader:
        return _reader(self.new, self.today)

    def take(self, answers: Mapping[str, Json]) -> None:
        """Carry every answer, rows and their order included."""
        for leaf in leaves(self.old, answers):
            self._take(leaf)

    def fill_in(self) -> None:
        """Answers that the steps, or the defaults of places that are new, give."""
        known = {self._steps.target(path) for path in self.old.model.by_path}
        for spec in self.new.model.fields():
            given = self._steps.defaults.get(spec.path)
            if given is None and spec.path not in known:
                given = spec.default
            if given is None:
                continue
            for around in list(_containers(self.answers, self.new, spec)):
                if around.tree.get(spec.name) is None:
                    around.tree[spec.name] = copied(given)
                    if spec.path in self._steps.defaults:
                        reason = _("The new version of the form fills it in.")
                        self._note(self.changed, self.new, around.path, spec, given, reason)

    def _take(self, leaf: Leaf) -> None:
        schema_path = self._steps.target(leaf.schema_path)
        target = self.new.model.by_path.get(schema_path)
        if isinstance(leaf.spec, RepeatSpec):
            if isinstance(target, RepeatSpec) and leaf.rows:
                _row_at(self.answers, self.new, target, leaf.rows)
            return
        if leaf.value is None:
            return
        if isinstance(leaf.spec, FieldSpec) and _is_always_calculated(self.old, leaf.spec):
            return
        message = self._steps.drop(leaf.schema_path)
        if message is not None:
            texts = self.new.texts[self.new.spoken(self.language)]
            self._lose(leaf, texts.messages.get(message) or _not_asked())
        elif not isinstance(target, FieldSpec):
            self._lose(leaf, _not_asked())
        elif _is_always_calculated(self.new, target):
            self._lose(leaf, _("The new version of the form works it out by itself."))
        else:
            self._put(leaf, target)

    def _put(self, leaf: Leaf, target: FieldSpec) -> None:
        container = _row_at(self.answers, self.new, target, leaf.rows)
        if container is None:
            most = min(
                spec.max for spec in self.new.model.chain(target) if isinstance(spec, RepeatSpec)
            )
            self._lose(
                leaf,
                ngettext(
                    "The new version of the form has room for {count} row.",
                    "The new version of the form has room for {count} rows.",
                    most,
                ).format(count=most),
            )
            return
        mapped = self._steps.mapped.get(leaf.schema_path)
        value = mapped.of(leaf.value) if mapped else leaf.value
        there = container.get(target.name)
        if there is not None and there != value:
            self._lose(leaf, _("Another answer has taken its place in the new version."))
            return
        if there is not None:
            self.taken += 1
            return
        self._fit(leaf, target, value, container)

    def _fit(self, leaf: Leaf, target: FieldSpec, value: Json, container: JsonObject) -> None:
        """The value as the new field holds it."""
        if isinstance(value, list) and target.type is FieldType.MULTI_CHOICE:
            value = self._codes(leaf, target, value)
            if not value:
                return
        reading = self._reader.stored(target, value)
        shown, was_unread = self._shown(leaf), isinstance(leaf.value, dict)
        if not was_unread and value is leaf.value and _becomes_text(leaf.spec, target):
            reading = self._reader.typed(target, shown)
        elif reading.value is None and not was_unread and not _is_too_fine(target, reading):
            if target.type not in _TYPED_BY_HAND:
                self._lose(leaf, _not_offered())
                return
            reading = self._reader.typed(target, shown)
        if reading.json is None:
            self._lose(leaf, _("There was nothing to read in it."))
            return
        container[target.name] = reading.json
        now = shown_answer(self.new, target, reading.json, self.language)
        if reading.json == leaf.value or (reading.value is not None and _alike(now, shown)):
            self.taken += 1
        elif reading.value is None:
            reason = _("It cannot be read in the new version. Please fill it in again.")
            self._change(leaf, target, reason)
        else:
            self._change(leaf, target, _("Now it is: {value}").format(value=now))

    def _codes(self, leaf: Leaf, target: FieldSpec, codes: Sequence[Json]) -> list[Json]:
        """The codes that the new list has; the others are lost by name."""
        options = self.new.lists[target.choices].options
        for code in codes:
            if str(code) not in options:
                self._lose(leaf._replace(value=[code]), _not_offered())
        return [code for code in codes if str(code) in options]

    def _change(self, leaf: Leaf, target: FieldSpec, reason: str) -> None:
        rows = _fitted(leaf.rows, target)
        path = self.new.model.path_of((target.id, *rows))
        label = _label(self.new, target, self.language)
        self.changed.append(Moved(path, label, self._shown(leaf), reason))

    def _lose(self, leaf: Leaf, reason: str) -> None:
        label = leaf.path if leaf.spec is None else _label(self.old, leaf.spec, self.language)
        self.lost.append(Moved(leaf.path, label, self._shown(leaf), reason))

    def _shown(self, leaf: Leaf) -> str:
        if isinstance(leaf.spec, FieldSpec):
            return shown_answer(self.old, leaf.spec, leaf.value, self.language)
        return leaf_text(leaf.value)

    def _note(
        self,
        among: list[Moved],
        package: FormPackage,
        around: str,
        spec: FieldSpec,
        value: Json,
        reason: str,
    ) -> None:
        shown = shown_answer(package, spec, value, self.language)
        path = f"{around}.{spec.name}" if around else spec.name
        among.append(Moved(path, _label(package, spec, self.language), shown, reason))


class _Container(NamedTuple):
    path: str
    tree: JsonObject


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


def _fitted(rows: tuple[int, ...], target: Spec) -> tuple[int, ...]:
    """The rows of an answer where its new place stands in fewer, or more, rows than before."""
    depth = target.depth + isinstance(target, RepeatSpec)
    return (*rows, *(0 for _missing in range(depth - len(rows))))[:depth]


def _row_at(
    answers: JsonObject, package: FormPackage, target: Spec, rows: tuple[int, ...]
) -> JsonObject | None:
    """The group or row that holds a place, made where it is not; None for a row too many."""
    around = [spec for spec in package.model.chain(target) if spec.name]
    if not isinstance(target, RepeatSpec):
        around = around[1:]
    indices = list(_fitted(rows, target))
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


def _containers(
    answers: JsonObject, package: FormPackage, target: FieldSpec
) -> Iterator[_Container]:
    """Every group or row that is there, or can be, and that holds a place."""
    around = [spec for spec in package.model.chain(target) if spec.name][1:]
    found = [_Container("", answers)]
    for spec in reversed(around):
        deeper: list[_Container] = []
        for path, tree in found:
            here = f"{path}.{spec.name}" if path else spec.name
            if isinstance(spec, RepeatSpec):
                rows = tree.get(spec.name)
                deeper += [
                    _Container(f"{here}.{index}", row)
                    for index, row in enumerate(rows if isinstance(rows, list) else [])
                    if isinstance(row, dict)
                ]
            else:
                inside = tree.setdefault(spec.name, {})
                deeper += [_Container(here, inside)] if isinstance(inside, dict) else []
        found = deeper
    return iter(found)


def _is_always_calculated(package: FormPackage, spec: FieldSpec) -> bool:
    rules = package.rules.get(spec.id)
    return rules is not None and rules.calculate is not None and rules.calculate.when is None


def _alike(one: str, other: str) -> bool:
    """Whether two writings differ in nothing but the kind of their spaces."""
    return one.split() == other.split()


def _is_too_fine(target: FieldSpec, reading: Reading) -> bool:
    """A number with too many decimal places is kept, and is an error at its field."""
    return target.type in _FRACTIONS and isinstance(reading.json, str)


def _becomes_text(spec: Spec | None, target: FieldSpec) -> bool:
    """A day, a number or a code in a field of free text is written as people write it."""
    known = isinstance(spec, FieldSpec) and spec.type not in _TEXTS
    return known and target.type in _TEXTS


def _reader(package: FormPackage, today: date) -> Reader:
    codes = {name: frozenset(each.options) for name, each in package.lists.items()}
    return Reader(today, codes)


def _not_offered() -> str:
    return _("The new version of the form offers no such answer.")


def _not_asked() -> str:
    return _("The new version of the form does not ask it any more.")


def _label(package: FormPackage, spec: Spec, language: str) -> str:
    texts = package.texts[package.spoken(language)]
    found = texts.field(spec.path) if isinstance(spec, FieldSpec) else None
    return (found.short or found.label) if found else spec.path


def shown_answer(package: FormPackage, spec: FieldSpec, value: Json, language: str) -> str:
    """A stored answer as people write it; as it stands where it cannot be read."""
    reading = _reader(package, package.manifest.valid_from).stored(spec, value)
    showing = Showing(package.lists, package.spoken(language))
    return showing.text(spec, reading.value) or leaf_text(value)


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
