"""Reading model.json, and the models of the parts it includes, into the tree of a form."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypedDict

from smartclient.domain.identifiers import IdentifierKind
from smartclient.forms.assembly import part_file
from smartclient.forms.model import (
    FILE,
    FieldSpec,
    FieldType,
    GroupSpec,
    Inclusion,
    Model,
    RepeatSpec,
    Sensitivity,
    Spec,
)
from smartclient.forms.source import Faults, Source

MAX_FIELDS = 3_000
MAX_NESTED_REPEATS = 3
MAX_DEPTH = 12
"""Groups and repeats around a place."""
MAX_INCLUSIONS = 60
MAX_BEGINNING = 20_000
"""Fields that are there as soon as a form is opened, in all rows that must be."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = frozenset({"own", "option", "header", "part"})


def read_model(
    files: Mapping[str, bytes], faults: Faults, parts: frozenset[str] = frozenset()
) -> Model:
    """The tree of model.json with the parts it includes, of those that the manifest names.

    Faults are noted, what has one is left out.
    """
    reader = _Reader(files, parts)
    source = Source.of_file(files, FILE, faults)
    reader.read(source)
    source.end()
    if reader.beginning() > MAX_BEGINNING:
        source.wrong("fields", f"at most {MAX_BEGINNING} fields when a form is opened")
    return Model(tuple(reader.specs), MappingProxyType(reader.by_path), tuple(reader.inclusions))


class _Reader:
    def __init__(self, files: Mapping[str, bytes], parts: frozenset[str]) -> None:
        self._files = files
        self._parts = parts
        self._meanings: set[str] = set()
        self._inside_part = False
        self.specs: list[Spec] = []
        self.by_path: dict[str, Spec] = {}
        self.inclusions: list[Inclusion] = []

    def beginning(self) -> int:
        """How many fields a form has when it is opened."""
        rows: dict[int, int] = {}
        for spec in self.specs:
            around = rows.get(spec.parent, 1)
            rows[spec.id] = around * spec.min if isinstance(spec, RepeatSpec) else around
        return sum(rows[spec.id] for spec in self.specs if isinstance(spec, FieldSpec))

    def read(self, source: Source) -> None:
        children: dict[str, Spec] = {}
        root = GroupSpec(0, "", "", -1, (), True, Sensitivity.ORDINARY, children=children)
        self.specs.append(root)
        self._children(source, root, children)

    def _children(self, source: Source, parent: GroupSpec, children: dict[str, Spec]) -> None:
        for each in source.children("fields", lambda fields: fields.get("name")):
            name = each.text("name")
            if not _NAME.fullmatch(name) or name in _RESERVED:
                each.wrong("name", "small letters, digits and _, from a letter, at most 40")
            elif name in children:
                each.refused("SC-FORM-006", "name", "unique", doubled=name)
            elif len(self.specs) > MAX_FIELDS:
                each.wrong("name", f"one of at most {MAX_FIELDS} places")
                return
            elif each.has("include"):
                self._include(each, name, parent, children)
            else:
                children[name] = self._spec(each, name, parent)
            each.end()

    def _include(
        self, source: Source, name: str, parent: GroupSpec, children: dict[str, Spec]
    ) -> None:
        """A shared part under the name; what stands beside `include` stands for the part's own."""
        part = source.text("include")
        if len(self.inclusions) >= MAX_INCLUSIONS:
            source.wrong("include", f"one of at most {MAX_INCLUSIONS} parts")
            return
        if self._inside_part or part not in self._parts:
            rule = "a part of the manifest, and not inside another part"
            source.refused("SC-FORM-007", "include", rule, unknown=part)
            return
        own = {each: source.raw(each) for each in _OF_INCLUDE if source.has(each)}
        root = Source.of_file(self._files, part_file(part, FILE), source.faults).with_fields(own)
        self._inside_part = True
        spec = self._spec(root, name, parent)
        self._inside_part = False
        root.end()
        if isinstance(spec, GroupSpec):
            children[name] = spec
            self.inclusions.append(Inclusion(part, spec, range(spec.id + 1, len(self.specs))))
        else:
            root.wrong("type", "group or repeat")

    def _spec(self, source: Source, name: str, parent: GroupSpec) -> Spec:
        path = f"{parent.path}.{name}" if parent.path else name
        inside = isinstance(parent, RepeatSpec)
        repeats = (*parent.repeats, parent.id) if inside else parent.repeats
        copied = source.flag("copied", fallback=parent.copied)
        sensitivity = source.one_of("sensitivity", Sensitivity, parent.sensitivity)
        compared = source.flag("compared", fallback=parent.compared)
        common = _Common(
            id=len(self.specs),
            name=name,
            path=path,
            parent=parent.id,
            repeats=repeats,
            copied=copied,
            sensitivity=sensitivity,
            compared=compared,
            meaning=self._meaning(source),
        )
        kind = source.raw("type")
        if kind not in ("group", "repeat"):
            spec: Spec = self._field(source, common)
            self.specs.append(spec)
        else:
            children: dict[str, Spec] = {}
            spec = self._container(source, common, children)
            self.specs.append(spec)
            if path.count(".") < MAX_DEPTH:
                self._children(source, spec, children)
            else:
                source.wrong("type", f"inside of at most {MAX_DEPTH} groups")
                source.raw("fields")
            if isinstance(spec, RepeatSpec) and spec.row_key:
                self._require_key(source, spec)
        self.by_path[path] = spec
        return spec

    def _require_key(self, source: Source, spec: RepeatSpec) -> None:
        key = spec.children.get(spec.row_key)
        if not isinstance(key, FieldSpec) or key.type not in _KEYS:
            source.refused(
                "SC-FORM-007", "row_key", "a text or a code of the row", unknown=spec.row_key
            )

    def _container(self, source: Source, common: "_Common", children: dict[str, Spec]) -> GroupSpec:
        if source.raw("type") == "group":
            return GroupSpec(**common, children=children)
        least = source.whole("min", 0, 50, 0)
        most = source.whole("max", max(least, 1), 200, 50)
        if len(common["repeats"]) >= MAX_NESTED_REPEATS:
            source.wrong("type", f"inside of at most {MAX_NESTED_REPEATS} repeats")
        return RepeatSpec(
            **common, children=children, min=least, max=most, row_key=source.text("row_key", "")
        )

    def _field(self, source: Source, common: "_Common") -> FieldSpec:
        kind = source.one_of("type", FieldType, FieldType.TEXT)
        if not source.has("type"):
            source.wrong("type", "one of group, repeat, " + ", ".join(FieldType))
        return FieldSpec(
            **common,
            type=kind,
            required=source.flag("required"),
            default=source.raw("default"),
            **_limits(source, kind),
        )

    def _meaning(self, source: Source) -> str:
        meaning = source.text("meaning", "")
        if meaning in self._meanings:
            source.refused("SC-FORM-006", "meaning", "unique", doubled=meaning)
        self._meanings.update({meaning} - {""})
        return meaning


class _Limits(TypedDict, total=False):
    """What only fields of some types have; given to others it is an unknown field."""

    max_length: int
    scale: int
    currency: str
    least: Decimal | None
    most: Decimal | None
    choices: str
    from_tariff: bool
    identifier: str
    unit: str


def _limits(source: Source, kind: FieldType) -> _Limits:
    match kind:
        case FieldType.TEXT | FieldType.MULTILINE:
            usual = 200 if kind is FieldType.TEXT else 2_000
            return {"max_length": source.whole("max_length", 1, 10_000, usual)}
        case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY:
            limits = _Limits(
                least=source.decimal("min"),
                most=source.decimal("max"),
                unit=source.text("unit", ""),
            )
            if kind is not FieldType.INTEGER:
                usual = 2 if kind is FieldType.MONEY else 0
                limits["scale"] = source.whole("scale", 0, 6, usual)
            if kind is FieldType.MONEY:
                limits["currency"] = source.text("currency", "CZK")
            return limits
        case FieldType.CHOICE | FieldType.MULTI_CHOICE:
            return {
                "choices": source.text("choices"),
                "from_tariff": source.flag("from_tariff"),
            }
        case FieldType.IDENTIFIER:
            return {"identifier": _identifier(source)}
        case FieldType.DATE | FieldType.DATETIME | FieldType.BOOL:
            return {}


def _identifier(source: Source) -> str:
    kind = source.text("identifier")
    if kind not in set(IdentifierKind):
        source.wrong("identifier", "one of " + ", ".join(IdentifierKind))
    return kind


_KEYS = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.IDENTIFIER, FieldType.INTEGER})
_OF_INCLUDE = ("copied", "sensitivity", "compared", "min", "max", "row_key")


class _Common(TypedDict):
    """What a place has of every kind."""

    id: int
    name: str
    path: str
    parent: int
    repeats: tuple[int, ...]
    copied: bool
    sensitivity: Sensitivity
    compared: bool
    meaning: str
