"""Names of expressions bound to places of the model, once, when the package is loaded.

A name is looked up among the siblings first, then outward. A path through a repeat that stands
around the expression means the own row; any other repeat can only be asked by a function over rows,
which sees the rows that share the rows around both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from smartclient.forms.asked_names import BEFORE, CHANGED, CHANGES, PREMIUM, ROW_NUMBER
from smartclient.forms.expression import Expression, compile_expression
from smartclient.forms.functions import Surroundings
from smartclient.forms.guards import Value
from smartclient.forms.model import FieldSpec, GroupSpec, Key, Model, RepeatSpec, Spec
from smartclient.forms.translating import Scope

OPTION = "option."
"""Inside a filter of choices: the columns of the option that is being offered."""
HEADER = "header."
"""What the document knows besides the answers; it does not change while the form is open."""
PART = "part"
"""Inside a shared part: the part itself, under whatever name it was included."""


class Facts(Protocol):
    """What expressions see of a form."""

    payable: Value
    """The instalment of the premium, where there is one."""

    def read(self, key: Key) -> Value:
        """The answer of a key; one that is not asked is not there."""

    def below(self, repeat: int, prefix: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """All rows of a repeat below the given indices."""

    def compared(self, side: str, key: Key) -> Value:
        """What `before()`, `changed()` or `changes()` says of an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer an expression asks for: the field, and how many of the own indices lead to it."""

    field: int
    """-1 number of the own row, -2 column of the option, -3 header, -4 changes, -5 premium."""
    depth: int
    column: str = ""
    """Of the option or the header; of an answer the other side that is asked for, if any."""

    def key(self, indices: tuple[int, ...]) -> Key:
        """The key of the answer for the row at `indices`."""
        return (self.field, *indices[: self.depth])


_ROW_NUMBER, _OPTION, _HEADER, _CHANGES, _PREMIUM = -1, -2, -3, -4, -5
_OF_THE_FORM = {CHANGES: _CHANGES, PREMIUM: _PREMIUM}


@dataclass(frozen=True, slots=True)
class AskedRows:
    """The rows a function asks for: those of a repeat below the first `shared` own indices."""

    repeat: int
    shared: int
    inner: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression that knows where its answers are."""

    expression: Expression
    asked: tuple[Asked, ...]
    rows: tuple[AskedRows, ...] = ()

    def evaluate(
        self,
        around: Surroundings,
        facts: Facts,
        indices: tuple[int, ...],
        option: Mapping[str, Value] | None = None,
    ) -> Value:
        """The value for the row at `indices`; raises ExpressionRefused."""
        fixed = _Fixed(around, option or {}, facts)
        values = [_value(each, indices, fixed) for each in self.asked]
        if not self.rows:
            return self.expression.function(around, *values)
        lists = [
            [
                tuple([_value(each, row, fixed) for each in asked.inner])
                for row in facts.below(asked.repeat, indices[: asked.shared])
            ]
            for asked in self.rows
        ]
        return self.expression.function(around, *values, *lists)

    @property
    def counts_changes(self) -> bool:
        """Whether it asks how many answers differ, and so depends on all that are compared."""
        return self._asks(_CHANGES)

    @property
    def asks_premium(self) -> bool:
        """Whether it asks for the premium, and so depends on all its lines."""
        return self._asks(_PREMIUM)

    def _asks(self, field: int) -> bool:
        inner = (each for rows in self.rows for each in rows.inner)
        return any(each.field == field for each in (*self.asked, *inner))

    def dependencies(self) -> Iterator[tuple[int, int]]:
        """(field, shared indices) of every answer it asks for; what was before never changes."""
        for each in self.asked:
            if each.field >= 0 and each.column != BEFORE:
                yield each.field, each.depth
        for rows in self.rows:
            for each in rows.inner:
                if each.field >= 0 and each.column != BEFORE:
                    yield each.field, min(each.depth, rows.shared)

    def repeats(self) -> Iterator[tuple[int, int]]:
        """(repeat, shared indices) of the rows it asks for."""
        return ((rows.repeat, rows.shared) for rows in self.rows)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What an expression may ask besides answers, the same for all rows."""

    around: Surroundings
    option: Mapping[str, Value]
    facts: Facts


def _value(asked: Asked, indices: tuple[int, ...], fixed: _Fixed) -> Value:
    if asked.field >= 0:
        key = (asked.field, *indices[: asked.depth])
        return fixed.facts.compared(asked.column, key) if asked.column else fixed.facts.read(key)
    if asked.field == _ROW_NUMBER:
        return indices[asked.depth - 1] + 1
    if asked.field == _CHANGES:
        return fixed.facts.compared(CHANGES, ())
    if asked.field == _PREMIUM:
        return fixed.facts.payable
    columns = fixed.option if asked.field == _OPTION else fixed.around.header
    return columns.get(asked.column)


@dataclass(frozen=True, slots=True)
class Place(Scope):
    """Where an expression stands: inside a container, perhaps with the columns of an option."""

    model: Model
    container: GroupSpec
    columns: frozenset[str] = field(default_factory=frozenset)
    part: GroupSpec | None = None
    """The root of the shared part that the expression belongs to; it is called `part` there."""
    _asked: dict[str, Asked | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def repeats(self) -> tuple[int, ...]:
        """The repeats whose own row the expression sees."""
        inside = self.container
        return (*inside.repeats, inside.id) if isinstance(inside, RepeatSpec) else inside.repeats

    def has_value(self, name: str) -> bool:
        """Whether the name is one answer here."""
        return self.asked(name) is not None

    def rows(self, name: str) -> "Place | None":
        """Where names are looked up inside the rows of the repeat of that name."""
        spec = self._find(name)
        if not isinstance(spec, RepeatSpec):
            return None
        return Place(self.model, spec, part=self.part)

    def asked(self, name: str) -> Asked | None:
        """How the answer of that name is reached; None when it is not one answer."""
        if name not in self._asked:
            self._asked[name] = self._look_up(name)
        return self._asked[name]

    def _look_up(self, name: str) -> Asked | None:
        if name == ROW_NUMBER:
            return Asked(_ROW_NUMBER, len(self.repeats)) if self.repeats else None
        if name.startswith(OPTION):
            column = name.removeprefix(OPTION)
            return Asked(_OPTION, 0, column) if column in self.columns else None
        if name in _OF_THE_FORM:
            return Asked(_OF_THE_FORM[name], 0)
        for side in (BEFORE, CHANGED):
            if name.startswith(side):
                found = self.asked(name.removeprefix(side))
                is_answer = found is not None and found.field >= 0
                return replace(found, column=side) if found and is_answer else None
        if name.startswith(HEADER):
            return Asked(_HEADER, 0, name.removeprefix(HEADER))
        spec = self._find(name)
        if isinstance(spec, FieldSpec) and spec.repeats == self.repeats[: spec.depth]:
            return Asked(spec.id, spec.depth)
        return None

    def asked_rows(self, name: str, names: Iterable[str]) -> AskedRows:
        """How the rows of the repeat of that name are reached."""
        inside = self.rows(name)
        if inside is None:
            raise LookupError(name)
        outer = inside.container.repeats
        shared = 0
        while shared < len(outer) and outer[: shared + 1] == self.repeats[: shared + 1]:
            shared += 1
        inner = tuple(asked for each in names if (asked := inside.asked(each)) is not None)
        return AskedRows(inside.container.id, shared, inner)

    def _find(self, name: str) -> Spec | None:
        first, *rest = name.split(".")
        if first == PART:
            return _descend(self.part, rest) if self.part else None
        for around in self.model.chain(self.container):
            found = around.children.get(first) if isinstance(around, GroupSpec) else None
            if found is not None:
                return _descend(found, rest)
        return None


def _descend(spec: Spec, names: list[str]) -> Spec | None:
    found: Spec | None = spec
    for name in names:
        found = found.children.get(name) if isinstance(found, GroupSpec) else None
    return found


def bind(source: str, place: Place) -> Bound:
    """The expression of a source text, bound to a place; raises ExpressionRefused."""
    expression = compile_expression(source, place)
    asked = tuple(found for name in expression.names if (found := place.asked(name)) is not None)
    rows = tuple(place.asked_rows(each.repeat, each.names) for each in expression.rows)
    return Bound(expression, asked, rows)
