"""Answers from one form in another, by what they mean: a modelling fills in an offer.

Fields of two forms that carry the same meaning code hold the same thing. A row is carried where
the repeats around both carry the same meaning as well. What cannot be taken is listed.
"""

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
    is_always_calculated,
    label_of,
    leaves,
    most_rows,
    overruled,
    row_at,
    shown_leaf,
)
from smartclient.forms.model import FieldSpec, FieldType, RepeatSpec, Spec
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers for the other form; `taken` and `left` together are all that was answered."""

    answers: JsonObject
    taken: tuple[Moved, ...]
    """Paths and labels of the other form; the reason is empty where nothing changed."""
    left: tuple[Moved, ...]
    """Paths and labels of the form they were taken from."""


def carry(source: FormSession, target: FormPackage) -> Carried:
    """The answers of one form as answers of another, for `FormSession.begun_with`.

    What is not asked now, and what a form always works out by itself, is neither taken nor left.
    """
    carrying = _Carrying(source.package, target, source.language, source.today)
    for leaf in leaves(source.package, source.answers):
        if leaf.spec is not None and source.field(leaf.path).relevant:
            carrying.take(leaf)
    carrying.fill_in()
    carrying.give_way()
    return Carried(carrying.answers, tuple(carrying.taken), tuple(carrying.left))


@dataclass(slots=True)
class _Carrying:
    """One carrying on its way."""

    source: FormPackage
    target: FormPackage
    language: str
    today: date
    answers: JsonObject = field(default_factory=dict)
    taken: list[Moved] = field(default_factory=list)
    left: list[Moved] = field(default_factory=list)
    sources: dict[str, Leaf] = field(default_factory=dict)
    """Path of the other form → the answer that was carried there."""

    def fill_in(self) -> None:
        """The defaults of rows that were carried, as if they had been added by hand."""
        for spec in self.target.model.fields():
            if spec.default is not None and spec.repeats:
                for around in containers(self.answers, self.target, spec):
                    around.tree.setdefault(spec.name, copied(spec.default))

    def give_way(self) -> None:
        """Leave what the other form works out by itself as things stand now."""
        opened = FormSession.begun_with(
            self.target, self.answers, today=self.today, language=self.language
        )
        for each in list(self.taken):
            leaf = self.sources[each.path]
            if overruled(opened, each.path, shown_leaf(self.source, leaf, self.language)):
                self.taken.remove(each)
                written(self.answers, each.path, None)
                self._leave(leaf, _("The other form works it out by itself."))

    def take(self, leaf: Leaf) -> None:
        """Carry one answer, or the row itself, so that empty rows keep their number."""
        if isinstance(leaf.spec, RepeatSpec):
            meant = self._meant(leaf.spec)
            if isinstance(meant, RepeatSpec):
                row_at(self.answers, self.target, meant, leaf.rows)
        elif isinstance(leaf.spec, FieldSpec) and not is_always_calculated(self.source, leaf.spec):
            meant = self._meant(leaf.spec)
            if not isinstance(meant, FieldSpec):
                self._leave(leaf, _("The other form does not ask it."))
            elif is_always_calculated(self.target, meant):
                self._leave(leaf, _("The other form works it out by itself."))
            else:
                self._put(leaf, meant)

    def _meant(self, spec: Spec) -> Spec | None:
        """The place of the other form with the same meaning, in rows with the same meaning."""
        found = self.target.by_meaning(spec.meaning)
        if found is None:
            return None
        ours = [self.source.model.specs[each].meaning for each in spec.repeats]
        theirs = [self.target.model.specs[each].meaning for each in found.repeats]
        return found if ours == theirs and all(ours) else None

    def _put(self, leaf: Leaf, meant: FieldSpec) -> None:
        container = row_at(self.answers, self.target, meant, leaf.rows)
        if container is None:
            most = most_rows(self.target, meant)
            self._leave(
                leaf,
                ngettext(
                    "The other form has room for {count} row.",
                    "The other form has room for {count} rows.",
                    most,
                ).format(count=most),
            )
            return
        value = self._codes(leaf, meant)
        if value is None:
            return
        crossing = Crossing(self.source, self.target, self.language, self.today)
        fit = fitted_answer(crossing, leaf, meant, value)
        if fit.outcome not in (Outcome.SAME, Outcome.CHANGED):
            self._leave(leaf, _("The other form offers no such answer."))
            return
        container[meant.name] = fit.json
        reason = ""
        if fit.outcome is Outcome.CHANGED:
            reason = _("Now it is: {value}").format(value=fit.shown)
        path = self.target.model.path_of((meant.id, *leaf.rows))
        shown = shown_leaf(self.source, leaf, self.language)
        self.sources[path] = leaf
        self.taken.append(Moved(path, label_of(self.target, meant, self.language), shown, reason))

    def _codes(self, leaf: Leaf, meant: FieldSpec) -> Json:
        """The answer, of several codes those that the other form has; None for none of them."""
        if meant.type is not FieldType.MULTI_CHOICE or not isinstance(leaf.value, list):
            return leaf.value
        options = self.target.lists[meant.choices].options
        for code in leaf.value:
            if str(code) not in options:
                self._leave(leaf._replace(value=[code]), _("The other form offers no such answer."))
        return [code for code in leaf.value if str(code) in options] or None

    def _leave(self, leaf: Leaf, reason: str) -> None:
        label = leaf.path if leaf.spec is None else label_of(self.source, leaf.spec, self.language)
        shown = shown_leaf(self.source, leaf, self.language)
        self.left.append(Moved(leaf.path, label, shown, reason))
