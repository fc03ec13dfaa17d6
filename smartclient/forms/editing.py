"""Editing a form: each edit changes the answers, evaluates what depends on them, can be undone."""

from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.forms.answers import Answers
from smartclient.forms.beginning import Beginning
from smartclient.forms.comparison import Comparison
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.history import Edit, History
from smartclient.forms.model import FieldSpec, Key
from smartclient.forms.places import Places
from smartclient.forms.quote import Quote
from smartclient.forms.reading import EMPTY, Reader, Reading, Typed
from smartclient.forms.states import Changes
from smartclient.wire.messages import Json


class Editing:
    """The edits of one form, and the premium as the last of them left it."""

    def __init__(
        self,
        places: Places,
        answers: Answers,
        reader: Reader,
        comparison: Comparison,
        evaluation: Evaluation,
        beginning: Beginning,
    ) -> None:
        self._places = places
        self._answers = answers
        self._reader = reader
        self._comparison = comparison
        self._evaluation = evaluation
        self._beginning = beginning
        self.history = History()
        self.quote = Quote()

    def set(self, path: str, value: Typed) -> Changes:
        """Answer a field with the text as typed (codes for choices); None and "" clear it.

        Consecutive calls for one path are one step of undo until `finish_typing`.
        """
        key, spec = self._places.field(path)
        before, reading = self._answers.reading(key), self._reader.typed(spec, value)
        if reading == before:
            return Changes()
        self.history.typed(key, before.json, reading.json)
        return self._put(key, reading)

    def finish_typing(self) -> None:
        """The person left the field: the next edit of the same field is a new step of undo."""
        self.history.finish_typing()

    def add_row(self, path: str) -> int:
        """Add an empty row with its defaults and return its index; NotAllowed at the maximum."""
        key, repeat = self._places.repeat(path)
        before = self._answers.rows_of(key)
        if len(before) >= repeat.max:
            raise NotAllowed("SC-FORM-202", most=repeat.max)
        self._answers.put_rows(key, [*before, {}])
        self._beginning.of_row(repeat, (*key[1:], len(before)))
        self.requote()
        self.history.rows_changed(key, before, self._answers.rows_of(key))
        return len(before)

    def remove_row(self, path: str, index: int) -> Changes:
        """Remove a row; NotAllowed at the minimum, and for a row of the baseline.

        Undo brings it back whole.
        """
        key, repeat = self._places.repeat(path)
        before = self._answers.rows_of(key)
        if not 0 <= index < len(before):
            raise BadInput("SC-FORM-201", field=f"{path}.{index}")
        if len(before) <= repeat.min:
            raise NotAllowed("SC-FORM-203", least=repeat.min)
        if self._comparison.is_kept((*key, index)):
            raise NotAllowed("SC-FORM-207")
        after = [row for number, row in enumerate(before) if number != index]
        self.history.rows_changed(key, before, after)
        return self._put_rows(key, after)

    def undo(self) -> Changes:
        """Take the last step back; nothing changes when there is none."""
        edit = self.history.back()
        return self._replay(edit, edit.before) if edit else Changes()

    def redo(self) -> Changes:
        """Make the step taken back again."""
        edit = self.history.forth()
        return self._replay(edit, edit.after) if edit else Changes()

    def begin(self, *, on_settings: bool) -> None:
        """Fill in what a new form begins with."""
        self._beginning.of_everything(on_settings=on_settings)
        self.requote()

    def evaluate_everything(self) -> bool:
        """Evaluate and price anew; whether the premium says something else."""
        self._evaluation.everything()
        return self.requote()

    def requote(self) -> bool:
        """Price anew; whether the premium says something else."""
        before, self.quote = self.quote, self._evaluation.quote()
        return not self.quote.says_the_same_as(before)

    def forget_what_is_calculated(self) -> None:
        """What was calculated when the document was stored is no typed answer now."""
        for key in self._evaluation.computed:
            self._answers.put(key, EMPTY)

    def _put(self, key: Key, reading: Reading) -> Changes:
        self._answers.put(key, reading)
        if self._comparison.matches_by(key[0]):
            premium = self.evaluate_everything()
            path = frozenset({self._places.path(key)})
            return Changes(path, structure=True, premium=premium)
        outcome = self._evaluation.after(key)
        paths = frozenset(self._places.path(each) for each in outcome.changed)
        return Changes(paths, structure=False, premium=outcome.priced and self.requote())

    def _put_rows(self, key: Key, rows: list[Json]) -> Changes:
        self._answers.put_rows(key, rows)
        premium = self.evaluate_everything()
        return Changes(frozenset({self._places.path(key)}), structure=True, premium=premium)

    def _replay(self, edit: Edit, content: Json) -> Changes:
        spec = self._places.spec(edit.key)
        if isinstance(spec, FieldSpec):
            return self._put(edit.key, self._reader.stored(spec, content))
        return self._put_rows(edit.key, content if isinstance(content, list) else [])
