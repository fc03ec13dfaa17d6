"""The places of a form as it is now: a path into a row is a place only while the row exists."""

from smartclient.domain.errors import BadInput
from smartclient.forms.answers import Answers
from smartclient.forms.model import FieldSpec, Key, Model, RepeatSpec, Spec


class Places:
    """Keys by path. BadInput SC-FORM-201 where the form has no such place, or no such row."""

    def __init__(self, model: Model, answers: Answers) -> None:
        self._model, self._answers = model, answers

    def path(self, key: Key) -> str:
        """The path of a key."""
        return self._model.path_of(key)

    def spec(self, key: Key) -> Spec:
        """What the model says of a key."""
        return self._model.specs[key[0]]

    def of(self, path: str) -> tuple[Key, Spec]:
        """The key of a path whose rows exist."""
        key = self._model.key_of(path)
        spec = self._model.specs[key[0]]
        repeats = (*spec.repeats, spec.id)
        for level, index in enumerate(key[1:]):
            if index >= self._answers.row_count((repeats[level], *key[1 : level + 1])):
                raise BadInput("SC-FORM-201", field=path)
        return key, spec

    def repeat(self, path: str) -> tuple[Key, RepeatSpec]:
        """The key of a repeat as a whole."""
        key, spec = self.of(path)
        if not isinstance(spec, RepeatSpec) or len(key) != spec.depth + 1:
            raise BadInput("SC-FORM-201", field=path)
        return key, spec

    def field(self, path: str) -> tuple[Key, FieldSpec]:
        """The key of a field."""
        key, spec = self.of(path)
        if not isinstance(spec, FieldSpec):
            raise BadInput("SC-FORM-201", field=path)
        return key, spec
