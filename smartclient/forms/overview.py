"""A form at a glance: its sections, what is missing, and what its rows are called."""

from collections import Counter

from smartclient.forms.evaluation import Evaluation
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.model import FieldSpec, Key, RepeatSpec
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
            if standing.has_error:
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
        return tuple(self._item(key) for key in self._in_order(keys))

    def wrong(self) -> tuple[MissingItem, ...]:
        """Answers with errors, in the order of the layout."""
        keys = [key for key, each in self._evaluation.standings.items() if each.has_error]
        return tuple(self._item(key) for key in self._in_order(keys))

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

    def _item(self, key: Key) -> MissingItem:
        model, spec = self._package.model, self._package.model.specs[key[0]]
        about = ""
        if spec.repeats:
            innermost = model.specs[spec.repeats[-1]]
            outermost = model.specs[spec.repeats[0]]
            if isinstance(innermost, RepeatSpec) and isinstance(outermost, RepeatSpec):
                about = self.row_title(outermost, key[1:2])
                if innermost is not outermost:
                    about = f"{about} · {self.row_title(innermost, key[1 : spec.depth + 1])}"
        return MissingItem(
            model.path_of(key),
            self._label(spec.path, spec, about),
            self._package.positions.section(spec.id),
            about,
        )

    def _label(self, path: str, spec: object, about: str) -> str:
        texts = self._package.texts[self._language]
        if isinstance(spec, FieldSpec):
            found = texts.field(path)
            return (found.short or found.label) if found else spec.name
        titled = texts.repeats.get(path) or texts.groups.get(path)
        return titled.title if titled else about


def _standing(errors: int, missing: int) -> SectionStanding:
    if errors:
        return SectionStanding.ERRORS
    return SectionStanding.OPEN if missing else SectionStanding.DONE
