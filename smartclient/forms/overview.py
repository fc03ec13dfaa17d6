"""A form at a glance: its sections, what is missing, and what its rows are called."""

from collections import Counter
from collections.abc import Iterator

from smartclient.forms.evaluation import Evaluation
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.model import FieldSpec, Key, RepeatSpec, Spec
from smartclient.forms.package import FormPackage
from smartclient.forms.rules import NO_RULES
from smartclient.forms.states import MissingItem, SectionStanding, SectionState


class Overview:
    """Looks over a form; nothing is kept, everything is read from the evaluation."""

    def __init__(self, package: FormPackage, evaluation: Evaluation, language: str) -> None:
        self._package = package
        self._evaluation = evaluation
        self._language = language

    def sections(self) -> tuple[SectionState, ...]:
        """The sections in order, with what is wrong and what is missing in each."""
        errors: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        positions = self._package.positions
        for key, standing in self._evaluation.standings.items():
            if standing.missing:
                missing[positions.section(key[0])] += 1
            if standing.problems and standing.has_error:
                errors[positions.section(key[0])] += 1
        return tuple(
            SectionState(
                section.id,
                section.title,
                _standing(errors[section.id], missing[section.id]),
                errors[section.id],
                missing[section.id],
            )
            for section in self._package.layout(self._language)
        )

    def missing(self) -> tuple[MissingItem, ...]:
        """Required answers that are not there, in the order of the layout."""
        keys = [key for key, each in self._evaluation.standings.items() if each.missing]
        return tuple(self.item(key) for key in self._in_order(keys))

    def wrong(self) -> tuple[MissingItem, ...]:
        """Answers with errors, in the order of the layout."""
        keys = [
            key
            for key, each in self._evaluation.standings.items()
            if each.problems and each.has_error
        ]
        return tuple(self.item(key) for key in self._in_order(keys))

    def row_title(self, repeat: RepeatSpec, indices: tuple[int, ...]) -> str:
        """What a row is called; its number where the package has no better name."""
        rule = self._package.rules.get(repeat.id, NO_RULES).title
        title = ""
        if rule is not None:
            try:
                name = self._evaluation.evaluate(rule.bound, indices)
            except ExpressionRefused:
                name = None
            title = self._evaluation.wording.row_title(rule, str(name), indices)
        return title or f"{indices[-1] + 1}."

    def _in_order(self, keys: list[Key]) -> list[Key]:
        return sorted(keys, key=self._package.positions.order)

    def item(self, key: Key) -> MissingItem:
        """A place as a person knows it: its label, its section, its row."""
        spec = self._package.model.specs[key[0]]
        return MissingItem(
            self._package.model.path_of(key),
            self._label(spec),
            self._package.positions.section(spec.id),
            " · ".join(self._around(spec, key)),
        )

    def _around(self, spec: Spec, key: Key) -> Iterator[str]:
        """The titles of the rows around a place, outermost first."""
        for level, id_ in enumerate(spec.repeats, start=1):
            repeat = self._package.model.specs[id_]
            if isinstance(repeat, RepeatSpec):
                yield self.row_title(repeat, key[1 : level + 1])

    def _label(self, spec: Spec) -> str:
        texts = self._package.texts[self._language]
        if isinstance(spec, FieldSpec):
            found = texts.field(spec.path)
            return (found.short or found.label) if found else spec.name
        titled = texts.repeats.get(spec.path) or texts.groups.get(spec.path)
        return titled.title if titled else spec.name


def _standing(errors: int, missing: int) -> SectionStanding:
    if errors:
        return SectionStanding.ERRORS
    return SectionStanding.OPEN if missing else SectionStanding.DONE
