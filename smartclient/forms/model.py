"""The tree of groups, repeats and fields of a form, without rules and without texts.

A schema path names a place in the tree ("insured.covers.sum"); a path names an answer
("insured.0.covers.1.sum"); a key is the same as numbers: the id of the place, then one index for
every repeat around it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from smartclient.domain.errors import BadInput
from smartclient.forms.assembly import part_file
from smartclient.wire.messages import Json

Key = tuple[int, ...]
"""The id of a spec, then the indices of the rows around it, outermost first."""

FILE = "model.json"

SELF = "."
"""In the files of a part: the part itself, wherever it stands."""


class FieldType(StrEnum):
    """What kind of answer a field holds. In JSON: see `FormPackage.answers_schema`."""

    TEXT = "text"
    MULTILINE = "multiline"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    """A day and a time of day as clocks in Prague show it, to the minute."""
    BOOL = "bool"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    IDENTIFIER = "identifier"
    """Text checked by `domain.identifiers`; the field says of which kind."""


class Sensitivity(StrEnum):
    """How an answer is protected beyond the ordinary."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    HEALTH = "health"


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What every place in the tree has."""

    id: int
    name: str
    path: str
    """The schema path; empty for the root."""
    parent: int
    """The id of the container; -1 for the root."""
    repeats: tuple[int, ...]
    """Ids of the repeats around it, outermost first."""
    copied: bool
    """Whether a copy of the document takes the answer along."""
    sensitivity: Sensitivity
    compared: bool = True
    """Whether a form that compares counts a difference here as a change."""
    meaning: str = ""
    """What it says in words that all forms share; unique in its form."""

    @property
    def depth(self) -> int:
        """How many repeats are around it."""
        return len(self.repeats)


@dataclass(frozen=True, slots=True, eq=False)
class GroupSpec(Spec):
    """Places that belong together."""

    children: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class RepeatSpec(GroupSpec):
    """Rows of the same places."""

    min: int = 0
    max: int = 50
    row_key: str = ""
    """The field by which rows are told apart when two states are compared; empty for the number."""


@dataclass(frozen=True, slots=True, eq=False)
class FieldSpec(Spec):
    """One answer."""

    type: FieldType = FieldType.TEXT
    required: bool = False
    max_length: int = 200
    scale: int = 0
    """Decimal places of a decimal or an amount."""
    currency: str = "CZK"
    least: Decimal | None = None
    most: Decimal | None = None
    choices: str = ""
    """The code list of a choice."""
    from_tariff: bool = False
    """Only those codes may be chosen that are covers of the tariff."""
    identifier: str = ""
    """The kind for `domain.identifiers`."""
    unit: str = ""
    default: Json = None


@dataclass(frozen=True, slots=True, eq=False)
class Inclusion:
    """A shared part where it stands in the model."""

    part: str
    root: GroupSpec
    inside: range
    """The ids of the places of the part; the root's own is not among them."""

    def file(self, name: str) -> str:
        """The name of one of the part's files inside the package."""
        return part_file(self.part, name)

    def path(self, relative: str) -> str:
        """The schema path of a place that the part names."""
        return self.root.path if relative == SELF else f"{self.root.path}.{relative}"

    def text(self, name: str) -> str:
        """The name of one of the part's texts among all texts of the package."""
        return f"{self.part}/{name}"


@dataclass(frozen=True, slots=True)
class Model:
    """The whole tree; `specs[id]` is the spec of an id, the root has id 0."""

    specs: tuple[Spec, ...]
    by_path: Mapping[str, Spec]
    inclusions: tuple[Inclusion, ...] = ()

    @property
    def root(self) -> GroupSpec:
        """The group around everything."""
        root = self.specs[0]
        assert isinstance(root, GroupSpec)  # noqa: S101 - by construction, for the type checker
        return root

    def row_keys(self) -> frozenset[int]:
        """The fields that tell rows apart; the program fills them in, nobody sees them."""
        return frozenset(
            spec.children[spec.row_key].id
            for spec in self.specs
            if isinstance(spec, RepeatSpec) and spec.row_key in spec.children
        )

    def fields(self) -> Iterator[FieldSpec]:
        """Every field, in the order of the file."""
        return (spec for spec in self.specs if isinstance(spec, FieldSpec))

    def chain(self, spec: Spec) -> Iterator[Spec]:
        """The spec itself and everything around it, the root last."""
        while True:
            yield spec
            if spec.parent < 0:
                return
            spec = self.specs[spec.parent]

    def path_of(self, key: Key) -> str:
        """The path of a key; for a repeat with one index more, the path of that row."""
        spec, indices = self.specs[key[0]], list(key[1:])
        parts: list[str] = []
        for each in reversed(list(self.chain(spec))):
            if each.name:
                parts.append(each.name)
            if isinstance(each, RepeatSpec) and indices:
                parts.append(str(indices.pop(0)))
        return ".".join(parts)

    def key_of(self, path: str) -> Key:
        """The key of a path; BadInput SC-FORM-201 when the form has no such place."""
        parts = path.split(".")
        indices = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
        spec = self.by_path.get(".".join(part for part in parts if not part.isdigit()))
        if spec is not None:
            key = (spec.id, *indices)
            rows = spec.depth + 1 if isinstance(spec, RepeatSpec) else spec.depth
            if len(indices) in (spec.depth, rows) and self.path_of(key) == path:
                return key
        raise BadInput("SC-FORM-201", field=path)
