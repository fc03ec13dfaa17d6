"""The texts of a package in its languages: i18n/<language>.json.

    title                                             name of the form
    fields   {path or *.name: {label, hint, help, short}}
                                                      a field; `*.name` serves every field so named;
                                                      `short` names it where the label is a question
    sections {id: {title, intro}}
    groups   {path: {title, intro}}
    headings {id: {title, text}}
    repeats  {path: {title, add, remove}}
    rows     {name: title of a row}                   with {placeholders}
    messages {name: what a rule says}                 with {placeholders}
    signatures {role: {role, meaning}}

A placeholder names an answer as an expression would; `{row}` is the number of the row. A part has
the same file without a title; its paths are relative to its root, which is "." itself. What the
package says of the same place stands for what the part says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from smartclient.forms.model import FieldSpec, Inclusion, Model
from smartclient.forms.source import Faults, Source

T = TypeVar("T")

FOLDER = "i18n/"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_SPACES = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class FieldTexts:
    """What is written at a field."""

    label: str
    hint: str = ""
    help: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class TitledTexts:
    """A title and the line below it."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RepeatTexts:
    """What is written at rows; empty labels where rows are neither added nor removed."""

    title: str
    add: str = ""
    remove: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language."""

    file: str
    title: str
    fields: Mapping[str, FieldTexts]
    sections: Mapping[str, TitledTexts]
    groups: Mapping[str, TitledTexts]
    headings: Mapping[str, TitledTexts]
    repeats: Mapping[str, RepeatTexts]
    rows: Mapping[str, str]
    messages: Mapping[str, str]
    signatures: Mapping[str, TitledTexts]

    def field(self, path: str) -> FieldTexts | None:
        """The texts of the field with the schema path; by its name where it has none of its own."""
        return self.fields.get(path) or self.fields.get("*." + path.rpartition(".")[2])


def read_texts(
    files: Mapping[str, bytes], languages: tuple[str, ...], model: Model, faults: Faults
) -> dict[str, Texts]:
    """The texts of every language of the manifest, those of its parts where they stand."""
    found = {}
    for language in languages:
        file = f"{FOLDER}{language}.json"
        texts = _read(Source.of_file(files, file, faults))
        for inclusion in model.inclusions:
            source = Source.of_file(files, inclusion.file(file), faults)
            texts = _joined(texts, _read(source, title=""), inclusion, model)
        found[language] = texts
    return found


def _joined(whole: Texts, part: Texts, inclusion: Inclusion, model: Model) -> Texts:
    """The texts with those of a part; what the package says itself stands."""
    inside = f"{inclusion.root.path}."
    fields = {
        spec.path: found
        for spec in (model.specs[each] for each in inclusion.inside)
        if isinstance(spec, FieldSpec) and (found := part.field(spec.path.removeprefix(inside)))
    }
    return Texts(
        file=whole.file,
        title=whole.title,
        fields={**fields, **whole.fields},
        sections={**part.sections, **whole.sections},
        groups={**_at(part.groups, inclusion.path), **whole.groups},
        headings={**_at(part.headings, inclusion.text), **whole.headings},
        repeats={**_at(part.repeats, inclusion.path), **whole.repeats},
        rows={**_at(part.rows, inclusion.text), **whole.rows},
        messages={**_at(part.messages, inclusion.text), **whole.messages},
        signatures=whole.signatures,
    )


def _at(texts: Mapping[str, T], place: Callable[[str], str]) -> dict[str, T]:
    return {place(name): each for name, each in texts.items()}


def _read(source: Source, title: str | None = None) -> Texts:
    texts = Texts(
        file=source.file,
        title=source.text("title", title),
        fields={name: _field(each) for name, each in _objects(source, "fields")},
        sections={name: _titled(each, "intro") for name, each in _objects(source, "sections")},
        groups={name: _titled(each, "intro") for name, each in _objects(source, "groups")},
        headings={name: _titled(each, "text") for name, each in _objects(source, "headings")},
        repeats={name: _repeat(each) for name, each in _objects(source, "repeats")},
        rows=_plain(source.child("rows")),
        messages=_plain(source.child("messages")),
        signatures={
            name: TitledTexts(each.text("role"), each.text("meaning"))
            for name, each in _objects(source, "signatures")
        },
    )
    source.end()
    return texts


def _objects(source: Source, name: str) -> Iterator[tuple[str, Source]]:
    inside = source.child(name)
    return ((each, inside.child(each)) for each in inside.names())


def _field(source: Source) -> FieldTexts:
    texts = FieldTexts(
        source.text("label"),
        source.text("hint", ""),
        source.text("help", ""),
        source.text("short", ""),
    )
    source.end()
    return texts


def _titled(source: Source, text: str) -> TitledTexts:
    titled = TitledTexts(source.text("title", ""), source.text(text, ""))
    source.end()
    return titled


def _repeat(source: Source) -> RepeatTexts:
    repeat = RepeatTexts(
        source.text("title", ""), source.text("add", ""), source.text("remove", "")
    )
    source.end()
    return repeat


def _plain(source: Source) -> dict[str, str]:
    return {name: source.text(name) for name in source.names()}


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def filled(text: str, value: Callable[[str], str]) -> str:
    """The text with its placeholders filled and what an empty one leaves behind tidied."""
    if "{" not in text:
        return text
    return _SPACES.sub(" ", _PLACEHOLDER.sub(lambda match: value(match[1]), text)).strip()
