"""ui.json: which field stands where, and the layout that comes of it in each language."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from smartclient.forms.choices import Choice, CodeList
from smartclient.forms.layout import (
    Element,
    FieldLayout,
    GroupLayout,
    HeadingLayout,
    RepeatLayout,
    SectionLayout,
    Widget,
)
from smartclient.forms.model import (
    FieldSpec,
    FieldType,
    GroupSpec,
    Inclusion,
    Key,
    Model,
    RepeatSpec,
    Spec,
)
from smartclient.forms.source import Faults, Source
from smartclient.forms.texts import FieldTexts, RepeatTexts, Texts, TitledTexts
from smartclient.wire.messages import Json

T = TypeVar("T")

FILE = "ui.json"
_SECTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")

MAX_NESTING = 12

WIDGETS: Mapping[FieldType, tuple[Widget, ...]] = {
    FieldType.TEXT: (Widget.LINE,),
    FieldType.MULTILINE: (Widget.TEXT,),
    FieldType.INTEGER: (Widget.LINE,),
    FieldType.DECIMAL: (Widget.LINE,),
    FieldType.MONEY: (Widget.LINE,),
    FieldType.DATE: (Widget.DATE,),
    FieldType.DATETIME: (Widget.LINE,),
    FieldType.BOOL: (Widget.YES_NO, Widget.TICK),
    FieldType.CHOICE: (Widget.SELECT, Widget.RADIO),
    FieldType.MULTI_CHOICE: (Widget.TICKS,),
    FieldType.IDENTIFIER: (Widget.LINE,),
}
"""The widgets that fit a type; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class PlacedField:
    """A field in its place on the grid."""

    spec: FieldSpec
    widget: Widget
    columns: int
    starts_row: bool


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading by the name of its texts."""

    name: str


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """Fields that belong together, shown and hidden with their group."""

    spec: GroupSpec
    elements: tuple["Placed", ...]


@dataclass(frozen=True, slots=True)
class PlacedRepeat:
    """Rows; `edited` where they are added and removed, which is in one place only."""

    spec: RepeatSpec
    edited: bool
    compact: bool
    elements: tuple["Placed", ...]


Placed = PlacedField | PlacedHeading | PlacedGroup | PlacedRepeat


@dataclass(frozen=True, slots=True)
class PlacedSection:
    """One section."""

    name: str
    elements: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each place of the model stands: its section, then its number at every level of rows."""

    section_names: tuple[str, ...]
    of_spec: Mapping[int, tuple[int, ...]]
    """Section, number in the section or in the row of each repeat around it."""

    @classmethod
    def of(cls, placed: tuple[PlacedSection, ...]) -> "Positions":
        """The positions of all fields, and of all repeats where their rows are edited."""
        found: dict[int, tuple[int, ...]] = {}
        for number, section in enumerate(placed):
            _note_positions(section.elements, (number,), count(), found)
        return cls(tuple(section.name for section in placed), found)

    def section(self, spec: int) -> str:
        """The id of the section of a place; empty when it stands in none."""
        found = self.of_spec.get(spec)
        return self.section_names[found[0]] if found else ""

    def order(self, key: Key) -> tuple[int, ...]:
        """Sorts keys as a person meets them, row by row; places in no section come last."""
        section, *steps = self.of_spec.get(key[0], (len(self.section_names), 0))
        order = [section]
        for level, step in enumerate(steps):
            order.append(step)
            order.extend(key[level + 1 : level + 2])
        return tuple(order)


def _note_positions(
    elements: tuple[Placed, ...],
    above: tuple[int, ...],
    number: Iterator[int],
    found: dict[int, tuple[int, ...]],
) -> None:
    for each in elements:
        match each:
            case PlacedField():
                found[each.spec.id] = (*above, next(number))
            case PlacedGroup():
                found.setdefault(each.spec.id, (*above, next(number)))
                _note_positions(each.elements, above, number, found)
            case PlacedRepeat():
                here = (*above, next(number))
                if each.edited:
                    found[each.spec.id] = here
                _note_positions(each.elements, here, count(), found)


def read_placing(
    files: Mapping[str, bytes], model: Model, calculated: frozenset[int], faults: Faults
) -> tuple[PlacedSection, ...]:
    """The sections of ui.json; every field that is typed must stand in exactly one place."""
    source = Source.of_file(files, FILE, faults)
    reader = _Reader(files, model)
    sections = reader.sections(source)
    source.end()
    for spec in model.fields():
        if spec.id not in reader.seen and spec.id not in calculated:
            faults.note("SC-FORM-011", FILE, spec.path, "in a section")
    return tuple(sections)


class _Reader:
    def __init__(self, files: Mapping[str, bytes], model: Model) -> None:
        self._files = files
        self._model = model
        self._within: Inclusion | None = None
        """The part whose layout is being read."""
        self._names: set[str] = set()
        self.seen: set[int] = set()

    def sections(self, source: Source) -> list[PlacedSection]:
        """The sections of a package or of a part."""
        found: list[PlacedSection] = []
        for each in source.children("sections", lambda fields: fields.get("id")):
            if each.has("include"):
                found += self._included(each, self._model.root, "sections", self.sections)
            else:
                name = each.matching("id", _SECTION, "letters, digits, _ . - at most 80")
                if name in self._names:
                    each.refused("SC-FORM-006", "id", "unique", doubled=name)
                self._names.add(name)
                found.append(PlacedSection(name, self.elements(each, self._model.root)))
            each.end()
        return found

    def elements(self, source: Source, inside: GroupSpec) -> tuple[Placed, ...]:
        """The elements of a section, group or repeat; paths are relative to the row `inside`."""
        if source.place.count("].elements[") > MAX_NESTING:
            source.wrong("elements", f"nested at most {MAX_NESTING} deep")
            source.raw("elements")
            return ()
        found: list[Placed] = []
        for each in source.children("elements", _title):
            if each.has("include"):
                found += self._included(
                    each, inside, "elements", lambda part: self.elements(part, inside)
                )
            else:
                element = self._element(each, inside)
                if element is not None:
                    found.append(element)
            each.end()
        return tuple(found)

    def _included(
        self, source: Source, inside: GroupSpec, kind: str, read: Callable[[Source], Iterable[T]]
    ) -> Iterable[T]:
        """The sections, or the elements, of a part's layout, where the part stands."""
        part, path = source.text("include"), self._path(source.text("at"), inside)
        for inclusion in self._model.inclusions:
            if (inclusion.part, inclusion.root.path) == (part, path) and self._within is None:
                self._within = inclusion
                layout = Source.of_file(self._files, inclusion.file(FILE), source.faults)
                found = list(read(layout))
                self._within = None
                if not found:
                    layout.wrong(kind, "list with something to show")
                for other in ("elements", "sections"):
                    layout.raw(other)
                layout.end()
                return found
        rule = "a part that the model includes there"
        source.refused("SC-FORM-007", "at", rule, unknown=f"{part} {path}")
        return ()

    def _path(self, relative: str, inside: GroupSpec) -> str:
        """The schema path of what is named relative to a row, or to the part being read."""
        part = self._within
        if part is not None and not self._is_within(part, inside):
            return part.path(relative)
        return f"{inside.path}.{relative}" if inside.path else relative

    def _is_within(self, part: Inclusion, inside: GroupSpec) -> bool:
        return any(each is part.root for each in self._model.chain(inside))

    def _element(self, source: Source, inside: GroupSpec) -> Placed | None:
        if source.has("field"):
            return self._field(source, inside)
        if source.has("repeat"):
            return self._repeat(source, inside)
        if source.has("group"):
            group = self._spec(source, "group", inside)
            elements = self.elements(source, inside)
            return PlacedGroup(group, elements) if isinstance(group, GroupSpec) else None
        heading = source.text("heading")
        return PlacedHeading(self._within.text(heading) if self._within else heading)

    def _repeat(self, source: Source, inside: GroupSpec) -> Placed | None:
        repeat = self._spec(source, "repeat", inside)
        edited, compact = source.flag("edited"), source.flag("compact")
        if not isinstance(repeat, RepeatSpec):
            source.raw("elements")
            return None
        if edited:
            self._once(source, "repeat", repeat)
        return PlacedRepeat(repeat, edited, compact, self.elements(source, repeat))

    def _field(self, source: Source, inside: GroupSpec) -> Placed | None:
        spec = self._spec(source, "field", inside)
        columns, starts_row = source.whole("columns", 1, 6, 2), source.flag("starts_row")
        if not isinstance(spec, FieldSpec):
            source.raw("widget")
            return None
        self._once(source, "field", spec)
        widget = source.one_of("widget", Widget, WIDGETS[spec.type][0])
        if widget not in WIDGETS[spec.type]:
            source.wrong("widget", "one of " + ", ".join(WIDGETS[spec.type]))
        return PlacedField(spec, widget, columns, starts_row)

    def _spec(self, source: Source, name: str, inside: GroupSpec) -> Spec | None:
        path = self._path(source.text(name), inside)
        spec = self._model.by_path.get(path)
        around = (*inside.repeats, inside.id) if isinstance(inside, RepeatSpec) else ()
        kind = {"field": FieldSpec, "repeat": RepeatSpec, "group": GroupSpec}[name]
        if spec is None or not isinstance(spec, kind) or spec.repeats != around:
            source.refused("SC-FORM-007", name, f"a {name} of the model", unknown=path)
            return None
        return spec

    def _once(self, source: Source, name: str, spec: Spec) -> None:
        if spec.id in self.seen:
            source.refused("SC-FORM-006", name, "unique", doubled=spec.path)
        self.seen.add(spec.id)


def _title(fields: Mapping[str, Json]) -> Json:
    return next(
        (fields[name] for name in ("field", "group", "repeat", "include") if name in fields), None
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """Makes the layout of one language; texts that are missing are noted as faults."""

    texts: Texts
    language: str
    lists: Mapping[str, CodeList]
    faults: Faults
    _made: dict[str, tuple[Choice, ...]] = field(default_factory=dict)

    def sections(self, placed: tuple[PlacedSection, ...]) -> tuple[SectionLayout, ...]:
        """The layout of all sections."""
        return tuple(
            SectionLayout(
                each.name, titled.title, titled.text, tuple(self._elements(each.elements, ""))
            )
            for each in placed
            for titled in (self._titled(self.texts.sections, "sections", each.name),)
        )

    def _elements(self, placed: tuple[Placed, ...], inside: str) -> Iterator[Element]:
        for each in placed:
            match each:
                case PlacedHeading():
                    titled = self._titled(self.texts.headings, "headings", each.name)
                    yield HeadingLayout(titled.title, titled.text)
                case PlacedField():
                    yield self._field(each, inside)
                case PlacedGroup():
                    titled = self.texts.groups.get(each.spec.path, TitledTexts(""))
                    elements = tuple(self._elements(each.elements, inside))
                    path = _relative(each.spec, inside)
                    yield GroupLayout(path, titled.title, titled.text, elements)
                case PlacedRepeat():
                    yield self._repeat(each, inside)

    def _field(self, placed: PlacedField, inside: str) -> FieldLayout:
        spec = placed.spec
        texts = self.texts.field(spec.path)
        if texts is None:
            self._missing(f"fields.{spec.path}")
            texts = FieldTexts(spec.name)
        return FieldLayout(
            _relative(spec, inside),
            texts.label,
            texts.hint,
            texts.help,
            placed.widget,
            placed.columns,
            spec.type,
            self._choices(spec.choices),
            placed.starts_row,
            spec.unit,
        )

    def _choices(self, name: str) -> tuple[Choice, ...]:
        """The options of a list; made once, however many fields ask for it."""
        if name not in self._made:
            options = self.lists[name].options if name in self.lists else {}
            self._made[name] = tuple(
                Choice(code, each.labels[self.language]) for code, each in options.items()
            )
        return self._made[name]

    def _repeat(self, placed: PlacedRepeat, inside: str) -> RepeatLayout:
        spec = placed.spec
        texts = self.texts.repeats.get(spec.path)
        if texts is None or (placed.edited and not (texts.add and texts.remove)):
            self._missing(f"repeats.{spec.path}")
            texts = texts or RepeatTexts("")
        return RepeatLayout(
            _relative(spec, inside),
            texts.title,
            texts.add if placed.edited else "",
            texts.remove if placed.edited else "",
            spec.min,
            spec.max,
            tuple(self._elements(placed.elements, spec.path)),
            placed.compact,
        )

    def _titled(self, titles: Mapping[str, TitledTexts], kind: str, name: str) -> TitledTexts:
        titled = titles.get(name)
        if titled is None or not titled.title:
            self._missing(f"{kind}.{name}")
        return titled or TitledTexts(name)

    def _missing(self, place: str) -> None:
        self.faults.note("SC-FORM-010", self.texts.file, place, "there")


def _relative(spec: Spec, inside: str) -> str:
    return spec.path.removeprefix(f"{inside}.") if inside else spec.path
