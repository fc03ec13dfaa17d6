"""A draft moves to a newer version of its form: what was taken, what changed, what was lost.

Every answer of the draft is carried to its place in the new version, or stands in the list of what
was lost, with the reason; none vanishes in silence. What a form always worked out by itself is no
answer. Documents that are signed or exported are never moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from smartclient.domain.language import _, ngettext
from smartclient.forms.answers import copied, written
from smartclient.forms.carrying import (
    Crossing,
    Leaf,
    Moved,
    Outcome,
    containers,
    fitted_answer,
    fitted_rows,
    is_always_calculated,
    label_of,
    leaves,
    most_rows,
    overruled,
    row_at,
    shown_answer,
    shown_leaf,
)
from smartclient.forms.migration_steps import Migration
from smartclient.forms.model import FieldSpec, FieldType, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Migrated:
    """The answers for the newer version, and what became of the old ones."""

    answers: JsonObject
    taken: int
    """How many answers are the same, wherever they stand now."""
    changed: tuple[Moved, ...] = ()
    lost: tuple[Moved, ...] = ()


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
    moving.give_way()
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
    placed: dict[str, Leaf] = field(default_factory=dict)
    """Path in the new form → the answer that was put there."""

    @property
    def _steps(self) -> Migration:
        return self.new.migrations.get(self.old.version, Migration(""))

    def take(self, answers: Mapping[str, Json]) -> None:
        """Carry every answer, rows and their order included."""
        for leaf in leaves(self.old, answers):
            self._take(leaf)

    def give_way(self) -> None:
        """Lose what the new version works out by itself as things stand now, and say so."""
        opened = FormSession(self.new, self.answers, today=self.today, language=self.language)
        for path, leaf in self.placed.items():
            if not overruled(opened, path, self._shown(leaf)):
                continue
            written(self.answers, path, None)
            told = [each for each in self.changed if each.path == path]
            self.changed = [each for each in self.changed if each.path != path]
            self.taken -= not told
            self._lose(leaf, _("The new version of the form works it out by itself."))

    def fill_in(self) -> None:
        """Answers that the steps, or the defaults of places that are new, give."""
        known = {self._steps.target(path) for path in self.old.model.by_path}
        for spec in self.new.model.fields():
            given = self._steps.defaults.get(spec.path)
            if given is None and spec.path not in known:
                given = spec.default
            if given is None:
                continue
            for around in list(containers(self.answers, self.new, spec)):
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
                row_at(self.answers, self.new, target, leaf.rows)
            return
        if leaf.value is None:
            return
        if isinstance(leaf.spec, FieldSpec) and is_always_calculated(self.old, leaf.spec):
            return
        message = self._steps.drop(leaf.schema_path)
        if message is not None:
            texts = self.new.texts[self.new.spoken(self.language)]
            self._lose(leaf, texts.messages.get(message) or _not_asked())
        elif not isinstance(target, FieldSpec):
            self._lose(leaf, _not_asked())
        elif is_always_calculated(self.new, target):
            self._lose(leaf, _("The new version of the form works it out by itself."))
        else:
            self._put(leaf, target)

    def _put(self, leaf: Leaf, target: FieldSpec) -> None:
        container = row_at(self.answers, self.new, target, leaf.rows)
        if container is None:
            most = most_rows(self.new, target)
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
        crossing = Crossing(self.old, self.new, self.language, self.today)
        fit = fitted_answer(crossing, leaf, target, value)
        if fit.json is not None:
            container[target.name] = fit.json
            self.placed[self._path(leaf, target)] = leaf
        match fit.outcome:
            case Outcome.SAME:
                self.taken += 1
            case Outcome.CHANGED:
                self._change(leaf, target, _("Now it is: {value}").format(value=fit.shown))
            case Outcome.UNREAD:
                reason = _("It cannot be read in the new version. Please fill it in again.")
                self._change(leaf, target, reason)
            case Outcome.EMPTY:
                self._lose(leaf, _("There was nothing to read in it."))
            case Outcome.NOT_OFFERED:
                self._lose(leaf, _not_offered())

    def _codes(self, leaf: Leaf, target: FieldSpec, codes: Sequence[Json]) -> list[Json]:
        """The codes that the new list has; the others are lost by name."""
        options = self.new.lists[target.choices].options
        for code in codes:
            if str(code) not in options:
                self._lose(leaf._replace(value=[code]), _not_offered())
        return [code for code in codes if str(code) in options]

    def _change(self, leaf: Leaf, target: FieldSpec, reason: str) -> None:
        path = self._path(leaf, target)
        label = label_of(self.new, target, self.language)
        self.changed.append(Moved(path, label, self._shown(leaf), reason))

    def _path(self, leaf: Leaf, target: FieldSpec) -> str:
        return self.new.model.path_of((target.id, *fitted_rows(leaf.rows, target)))

    def _lose(self, leaf: Leaf, reason: str) -> None:
        label = leaf.path if leaf.spec is None else label_of(self.old, leaf.spec, self.language)
        self.lost.append(Moved(leaf.path, label, self._shown(leaf), reason))

    def _shown(self, leaf: Leaf) -> str:
        return shown_leaf(self.old, leaf, self.language)

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
        among.append(Moved(path, label_of(package, spec, self.language), shown, reason))


def _not_offered() -> str:
    return _("The new version of the form offers no such answer.")


def _not_asked() -> str:
    return _("The new version of the form does not ask it any more.")
