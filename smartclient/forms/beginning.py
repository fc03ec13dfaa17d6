"""What a new form, or a new row, begins with."""

from smartclient.forms.answers import Answers
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.fitting import to_json
from smartclient.forms.model import FieldSpec, GroupSpec, Model
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import EMPTY, Reader, Reading
from smartclient.forms.rules import NO_RULES, Rule


class Beginning:
    """Fills in the defaults of one form; constants first, so that rules for defaults see them."""

    def __init__(
        self, package: FormPackage, answers: Answers, evaluation: Evaluation, reader: Reader
    ) -> None:
        self._package = package
        self._answers = answers
        self._evaluation = evaluation
        self._reader = reader

    def of_everything(self, *, on_settings: bool) -> None:
        """Begin a form; on settings only what is not compared with them, so nothing differs."""
        fields = list(self._package.model.fields())
        if on_settings:
            fields = [spec for spec in fields if not spec.compared]
        self._fill_in(fields, ())

    def of_row(self, around: GroupSpec, indices: tuple[int, ...]) -> None:
        """Begin a row."""
        self._fill_in(_inside(self._package.model, around), indices)

    def _fill_in(self, fields: list[FieldSpec], indices: tuple[int, ...]) -> None:
        for spec in fields:
            if spec.default is not None:
                for row in self._answers.instances(spec.repeats, indices):
                    self._put(spec, row, self._reader.stored(spec, spec.default))
        self._evaluation.everything()
        for spec in fields:
            rule = self._package.rules.get(spec.id, NO_RULES).default
            if rule is not None:
                for row in self._answers.instances(spec.repeats, indices):
                    self._put(spec, row, self._by_default(spec, rule, row))
        self._evaluation.everything()

    def _put(self, spec: FieldSpec, row: tuple[int, ...], reading: Reading) -> None:
        if self._answers.reading((spec.id, *row)).json is None or reading.json is not None:
            self._answers.put((spec.id, *row), reading)

    def _by_default(self, spec: FieldSpec, rule: Rule, row: tuple[int, ...]) -> Reading:
        try:
            value = to_json(spec, self._evaluation.evaluate(rule.bound, row))
        except ExpressionRefused:
            return EMPTY
        return self._reader.stored(spec, value)


def _inside(model: Model, around: GroupSpec) -> list[FieldSpec]:
    return [spec for spec in model.fields() if spec.id > around.id and around in model.chain(spec)]
