"""What is taken from a form: all answers, those in force, the outgoing record, the signers."""

from collections.abc import Iterator

from smartclient.forms.answers import Answers, written
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.exporting import exported
from smartclient.forms.fitting import to_json
from smartclient.forms.guards import truth
from smartclient.forms.model import FieldSpec, GroupSpec, Key, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.signing_roles import SigningRole
from smartclient.forms.states import Signer
from smartclient.wire.messages import Json, JsonObject


class Extracts:
    """Takes from one form; gives copies only."""

    def __init__(
        self, package: FormPackage, answers: Answers, evaluation: Evaluation, language: str
    ) -> None:
        self._package = package
        self._answers = answers
        self._evaluation = evaluation
        self._language = language

    def everything(self) -> JsonObject:
        """All answers, typed and calculated, asked and not asked, readable and not."""
        tree = self._answers.tree()
        for key, value in self._evaluation.computed.items():
            spec = self._package.model.specs[key[0]]
            if isinstance(spec, FieldSpec):
                written(tree, self._package.model.path_of(key), to_json(spec, value))
        return tree

    def in_force(self) -> JsonObject:
        """Only answers that are asked and readable: what is printed, signed and sent."""
        return self._container(self._package.model.root, ())

    def record(self) -> JsonObject:
        """The answers in force under the names of the core system."""
        return exported(self._package.export_map, self.asked, self.row_count)

    def answer(self, key: Key) -> Json:
        """One answer as it stands."""
        spec = self._package.model.specs[key[0]]
        if not isinstance(spec, FieldSpec):
            return None
        if key in self._evaluation.computed:
            return to_json(spec, self._evaluation.computed[key])
        return self._answers.reading(key).json

    def signers(self) -> Iterator[Signer]:
        """Who signs, in order; raises ExpressionRefused where a role does not fit the answers."""
        for role in self._package.roles:
            spec = self._package.model.specs[max(role.repeat, 0)]
            rows = [()] if not isinstance(spec, RepeatSpec) else self._answers.below(spec, ())
            for indices in rows:
                if role.when is None or truth(self._evaluation.evaluate(role.when, indices)):
                    yield self._signer(role, indices)

    def _signer(self, role: SigningRole, indices: tuple[int, ...]) -> Signer:
        person = self._evaluation.evaluate(role.person, indices) if role.person else None
        texts = self._package.texts[self._language].signatures[role.role]
        field = f"{role.role}_{indices[0] + 1}" if indices else role.role
        return Signer(
            field,
            texts.title,
            str(person) if person is not None else "",
            texts.text,
            role.biometric,
        )

    def _container(self, spec: GroupSpec, indices: tuple[int, ...]) -> JsonObject:
        found: JsonObject = {}
        for name, child in spec.children.items():
            key = (child.id, *indices)
            value: Json
            if isinstance(child, RepeatSpec):
                rows = range(self.row_count(key))
                value = [self._container(child, (*indices, index)) for index in rows] or None
            elif isinstance(child, GroupSpec):
                value = self._container(child, indices) or None
            else:
                value = self.asked(key)
            if value is not None:
                found[name] = value
        return found

    def asked(self, key: Key) -> Json:
        """One answer in force; None when it is not asked or cannot be read."""
        return self.answer(key) if self._evaluation.read(key) is not None else None

    def row_count(self, key: Key) -> int:
        """How many rows of a repeat are in force."""
        if not self._evaluation.is_relevant(key[0], key[1:]):
            return 0
        return self._answers.row_count(key)
