"""How single places of a form are shown: the frozen state that a view paints."""

from smartclient.forms.answers import Answers
from smartclient.forms.choices import Choice
from smartclient.forms.differences import Differences
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.extracts import Extracts
from smartclient.forms.model import FieldSpec, Key, Spec
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import TYPED
from smartclient.forms.standings import HIDDEN, PLAIN, Standing
from smartclient.forms.states import FieldState


class FieldStates:
    """Makes the states of one form; nothing is kept."""

    def __init__(
        self,
        package: FormPackage,
        answers: Answers,
        evaluation: Evaluation,
        extracts: Extracts,
        differences: Differences,
    ) -> None:
        self._package = package
        self._answers = answers
        self._evaluation = evaluation
        self._extracts = extracts
        self._differences = differences

    def of(self, path: str, key: Key, spec: Spec) -> FieldState:
        """How a field stands; for a group, a row or a repeat its relevance and own problems."""
        standing = self._standing(key, spec)
        if not isinstance(spec, FieldSpec):
            return FieldState(path, standing.relevant, False, False, None, "", standing.problems)
        return FieldState(
            path,
            standing.relevant,
            standing.required,
            standing.readonly,
            self._extracts.answer(key),
            self._text(key),
            standing.problems,
            self._choices(spec, standing),
            self._differences.before(key),
        )

    def _choices(self, spec: FieldSpec, standing: Standing) -> tuple[Choice, ...]:
        if standing.offered is None:
            return ()
        language = self._evaluation.wording.language
        options = self._package.lists[spec.choices].options
        return tuple(
            Choice(code, option.labels[language])
            for code, option in options.items()
            if code in standing.offered
        )

    def _standing(self, key: Key, spec: Spec) -> Standing:
        known = self._evaluation.standings.get(key)
        if known is not None:
            return known
        return PLAIN if self._evaluation.is_relevant(spec.id, key[1:]) else HIDDEN

    def _text(self, key: Key) -> str:
        reading = self._answers.reading(key)
        if key not in self._evaluation.computed and isinstance(reading.json, dict):
            return str(reading.json.get(TYPED, ""))
        return self._evaluation.wording.answer(key)
