"""What differs from the settings a form was opened on: old beside new, row by row.

A change request is opened on the settings of the contract, the baseline. Its answers begin as the
baseline; only what differs is a change and leaves. What counts:

- A place that is asked is compared with what the baseline holds there, whether or not the form
  would have asked for it then.
- A place that is no longer asked is a change to nothing only if it was asked before.
- A calculated answer is compared only where the baseline holds one; in a new row, where nothing was
  before, it is as new as a typed one.
- A place that the model marks as not compared (health, declarations, signing) is never a change.

Rows belong together when the fields named by `row_key` are equal, or, where the repeat names none,
when their numbers are. A row without a partner is new.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from smartclient.forms.answers import Answers
from smartclient.forms.guards import Value, equal
from smartclient.forms.model import FieldSpec, Key, Model, RepeatSpec
from smartclient.forms.reading import Reader
from smartclient.wire.messages import Json


class Facts(Protocol):
    """What is known of a form, now or as it was."""

    computed: dict[Key, Value]

    def read(self, key: Key) -> Value:
        """The answer as expressions see it."""

    def is_relevant(self, spec: int, indices: tuple[int, ...]) -> bool:
        """Whether a place and everything around it is asked."""


class Baseline:
    """The settings, read once. `before` tells what followed from them."""

    def __init__(self, model: Model, reader: Reader, settings: Mapping[str, Json]) -> None:
        self.answers = Answers(model, reader, settings)
        self.before: Facts | None = None


class Comparison:
    """Compares the answers of one form with its baseline; without one nothing ever differs."""

    def __init__(self, model: Model, answers: Answers, baseline: Baseline | None) -> None:
        self._model = model
        self._answers = answers
        self._baseline = baseline
        self._row_keys = model.row_keys()
        self._partners: dict[Key, int] = {}
        """Row of a repeat → the number of its partner in the baseline."""

    @property
    def is_there(self) -> bool:
        """Whether there is a baseline at all."""
        return self._baseline is not None

    def matches_by(self, spec: int) -> bool:
        """Whether rows find their partners by this field, so that all is to be compared anew."""
        return self.is_there and spec in self._row_keys

    def match_rows(self) -> None:
        """Find the partner of every row; to be done again after rows came or went."""
        self._partners.clear()
        if self._baseline is None:
            return
        repeats = [spec for spec in self._model.specs if isinstance(spec, RepeatSpec)]
        for repeat in repeats:
            for around in self._answers.instances(repeat.repeats, ()):
                self._match(repeat, around, self._baseline.answers)

    def partner(self, key: Key) -> Key | None:
        """The key of the same place in the baseline; None inside of new rows."""
        spec = self._model.specs[key[0]]
        repeats = (*spec.repeats, spec.id)
        found: tuple[int, ...] = ()
        for level, index in enumerate(key[1:]):
            partner = self._partners.get((repeats[level], *key[1 : level + 1], index))
            if partner is None:
                return None
            found = (*found, partner)
        return (key[0], *found)

    def is_kept(self, row: Key) -> bool:
        """Whether a row is one of the baseline."""
        return self._baseline is not None and self.partner(row) is not None

    def old(self, key: Key) -> Value:
        """What the baseline holds."""
        partner = self.partner(key) if self._baseline else None
        if self._baseline is None or partner is None:
            return None
        return self._baseline.answers.reading(partner).value

    def differs(self, key: Key, now: Facts) -> bool:
        """Whether the answer of a field is a change."""
        if self._baseline is None or not self._is_compared(key[0]):
            return False
        old = self.old(key)
        if now.is_relevant(key[0], key[1:]):
            follows = key in now.computed and old is None and self.partner(key) is not None
            return not follows and not _same(old, now.read(key))
        return old is not None and self._was_asked(key)

    def differing(self, now: Facts) -> Iterator[Key]:
        """The keys of all changes, in the order of the model."""
        if self._baseline is None:
            return
        for spec in self._model.fields():
            if self._is_compared(spec.id):
                for indices in self._answers.instances(spec.repeats, ()):
                    if self.differs((spec.id, *indices), now):
                        yield (spec.id, *indices)

    def lost_rows(self) -> Iterator[Key]:
        """Rows of the baseline that have no partner; a change request takes no row away."""
        if self._baseline is None:
            return
        taken = {self.partner(key) for key in self._partners}
        for spec in self._model.specs:
            if isinstance(spec, RepeatSpec):
                for row in self._baseline.answers.below(spec, ()):
                    if (spec.id, *row) not in taken:
                        yield (spec.id, *row)

    def _is_compared(self, spec: int) -> bool:
        """A field that names rows is no answer of its own."""
        return self._model.specs[spec].compared and spec not in self._row_keys

    def _was_asked(self, key: Key) -> bool:
        partner = self.partner(key)
        before = self._baseline.before if self._baseline else None
        return bool(before and partner and before.is_relevant(partner[0], partner[1:]))

    def _match(self, repeat: RepeatSpec, around: tuple[int, ...], before: Answers) -> None:
        above = self.partner((repeat.id, *around))
        if above is None:
            return
        free = {
            self._row_key(before, repeat, (*above[1:], index)): index
            for index in reversed(range(before.row_count(above)))
        }
        for index in range(self._answers.row_count((repeat.id, *around))):
            found = free.pop(self._row_key(self._answers, repeat, (*around, index)), None)
            if found is not None:
                self._partners[repeat.id, *around, index] = found

    def _row_key(self, answers: Answers, repeat: RepeatSpec, row: tuple[int, ...]) -> Value:
        """What tells a row from its neighbours; a row without it has no partner but by number."""
        field = repeat.children.get(repeat.row_key)
        if not isinstance(field, FieldSpec):
            return row[-1]
        key = answers.reading((field.id, *row)).value
        return key if key is not None else ("", row[-1], id(answers))


def _same(old: Value, now: Value) -> bool:
    if isinstance(old, tuple) and isinstance(now, tuple):
        return set(old) == set(now)
    return equal(old, now)
