"""The answers as typed: a JSON tree that keeps everything, and the same answers by key, as read.

What the model does not know stays in the tree untouched. Only the shape of groups and rows must
fit.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import cast

from smartclient.domain.errors import BadInput
from smartclient.forms.model import FieldSpec, GroupSpec, Key, Model, RepeatSpec, Spec
from smartclient.forms.reading import EMPTY, TYPED, Reader, Reading
from smartclient.wire.messages import Json, JsonObject

MAX_DEPTH = 60
"""How deep answers may be nested; no form comes near it."""


def copied(value: Json, depth: int = 0) -> Json:
    """A deep copy of a JSON value; BadInput SC-FORM-204 when it is nested without end."""
    if not isinstance(value, dict | list):
        return value
    if depth > MAX_DEPTH:
        raise BadInput("SC-FORM-204", field="", rule=f"nested at most {MAX_DEPTH} deep")
    if isinstance(value, dict):
        return {name: copied(each, depth + 1) for name, each in value.items()}
    return [copied(each, depth + 1) for each in value]


def laid_over(below: Mapping[str, Json], above: Mapping[str, Json]) -> JsonObject:
    """Both together; where both have a value that is no group, the one above stands."""
    found = dict(below)
    for name, value in above.items():
        under = found.get(name)
        if isinstance(value, dict) and isinstance(under, dict) and TYPED not in value:
            found[name] = laid_over(under, value)
        else:
            found[name] = copied(value)
    return found


def laid_over_rows(
    model: Model, below: Mapping[str, Json], above: Mapping[str, Json]
) -> JsonObject:
    """Both together like `laid_over`, but rows by the field that names them.

    A row of `above` is laid over the row of `below` with the same key; one without is added.
    """
    return _laid(model.root, below, above)


def _laid(spec: GroupSpec, below: Mapping[str, Json], above: Mapping[str, Json]) -> JsonObject:
    found = laid_over(below, {name: each for name, each in above.items() if name not in _sub(spec)})
    for name, child in _sub(spec).items():
        under, over = below.get(name), above.get(name)
        match child, under, over:
            case _, _, None:
                continue
            case RepeatSpec(), list(), list() if child.row_key:
                found[name] = _rows_laid(child, under, over)
            case RepeatSpec(), _, _:
                found[name] = copied(over)
            case _, dict(), dict():
                found[name] = _laid(child, under, over)
            case _:
                found[name] = copied(over)
    return found


def _sub(spec: GroupSpec) -> dict[str, GroupSpec]:
    return {name: child for name, child in spec.children.items() if isinstance(child, GroupSpec)}


def _rows_laid(spec: RepeatSpec, below: list[Json], above: list[Json]) -> list[Json]:
    rows = [copied(row) for row in below]
    keys = [row.get(spec.row_key) if isinstance(row, dict) else None for row in below]
    for row in above:
        key = row.get(spec.row_key) if isinstance(row, dict) else None
        under = rows[keys.index(key)] if key is not None and key in keys else None
        if isinstance(row, dict) and isinstance(under, dict):
            rows[keys.index(key)] = _laid(spec, under, row)
        else:
            rows.append(copied(row))
    return rows


def written(tree: JsonObject, path: str, value: Json) -> None:
    """Put a value at a path whose groups and rows are there; None takes it away."""
    *around, name = path.split(".")
    inside = tree
    for part, following in pairwise((*around, name)):
        if part.isdigit():
            continue
        if following.isdigit():
            rows = cast("list[Json]", inside[part])
            inside = cast("JsonObject", rows[int(following)])
        else:
            inside = cast("JsonObject", inside[part])
    if value is None:
        inside.pop(name, None)
    else:
        inside[name] = value


class Answers:
    """The answers of one form. All groups, and rows to the model's minimum, are always there."""

    def __init__(self, model: Model, reader: Reader, tree: Mapping[str, Json]) -> None:
        self._model = model
        self._reader = reader
        self._tree = cast("JsonObject", copied(dict(tree)))
        self._readings: dict[Key, Reading] = {}
        self._rows: dict[Key, int] = {}
        self._take_in()

    def reading(self, key: Key) -> Reading:
        """The answer of a field as it was understood."""
        return self._readings.get(key, EMPTY)

    def row_count(self, key: Key) -> int:
        """How many rows the repeat of the key has; 0 when the row around it does not exist."""
        return self._rows.get(key, 0)

    def put(self, key: Key, reading: Reading) -> None:
        """Take over an answer."""
        written(self._tree, self._model.path_of(key), reading.json)
        if reading.json is None:
            self._readings.pop(key, None)
        else:
            self._readings[key] = reading

    def rows_of(self, key: Key) -> list[Json]:
        """The rows of a repeat, a copy."""
        return cast("list[Json]", copied(self._find_rows(key)))

    def put_rows(self, key: Key, rows: list[Json]) -> None:
        """Replace all rows of a repeat."""
        written(self._tree, self._model.path_of(key), copied(rows))
        self._take_in()

    def tree(self) -> JsonObject:
        """Everything, a copy."""
        return cast("JsonObject", copied(self._tree))

    def below(self, repeat: RepeatSpec, prefix: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """The indices of all rows of a repeat whose first ones are `prefix`."""
        return self.instances((*repeat.repeats, repeat.id), prefix)

    def instances(
        self, repeats: tuple[int, ...], prefix: tuple[int, ...]
    ) -> Iterator[tuple[int, ...]]:
        """Every combination of rows of nested repeats that begins with `prefix`."""
        level = len(prefix)
        if level >= len(repeats):
            yield prefix
            return
        for index in range(self._rows.get((repeats[level], *prefix), 0)):
            yield from self.instances(repeats, (*prefix, index))

    def _find_rows(self, key: Key) -> list[Json]:
        inside: Json = self._tree
        for part in self._model.path_of(key).split("."):
            if isinstance(inside, list):
                inside = inside[int(part)]
            elif isinstance(inside, dict):
                inside = inside.get(part)
        return inside if isinstance(inside, list) else []

    def _take_in(self) -> None:
        self._readings.clear()
        self._rows.clear()
        self._container(self._model.root, self._tree, ())

    def _container(self, spec: GroupSpec, tree: JsonObject, indices: tuple[int, ...]) -> None:
        for child in spec.children.values():
            stored = tree.get(child.name)
            if isinstance(child, RepeatSpec):
                self._repeat(child, tree, indices)
            elif isinstance(child, GroupSpec):
                if stored is None:
                    stored = tree[child.name] = {}
                self._container(child, self._shaped(child, indices, stored), indices)
            elif isinstance(child, FieldSpec) and stored is not None:
                self._readings[child.id, *indices] = self._reader.stored(child, stored)

    def _repeat(self, spec: RepeatSpec, tree: JsonObject, indices: tuple[int, ...]) -> None:
        stored = tree.get(spec.name)
        if stored is None:
            stored = tree[spec.name] = []
        if not isinstance(stored, list) or len(stored) > spec.max:
            rule = f"list of at most {spec.max} rows"
            raise BadInput("SC-FORM-204", field=self._model.path_of((spec.id, *indices)), rule=rule)
        stored.extend({} for _missing in range(spec.min - len(stored)))
        self._rows[spec.id, *indices] = len(stored)
        for index, row in enumerate(stored):
            self._container(spec, self._shaped(spec, (*indices, index), row), (*indices, index))

    def _shaped(self, spec: Spec, indices: tuple[int, ...], stored: Json) -> JsonObject:
        if isinstance(stored, dict):
            return stored
        path = self._model.path_of((spec.id, *indices))
        raise BadInput("SC-FORM-204", field=path, rule="object")
