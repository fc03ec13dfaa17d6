"""Translations: the PO files of each area become one catalogue; what is missing is named.

The PO files are the source. Czech must be complete; other languages are complete for the areas they
have a file for. Placeholders must be the same in source and translation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "smartclient"
FOLDER = SOURCES / "locale"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
COMPLETE = ("cs",)
_PLACEHOLDER = re.compile(r"\{(\w*)\}")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text in the sources that people read."""

    msgid: str
    context: str
    place: str

    @property
    def key(self) -> Key:
        """What identifies it in a catalogue."""
        return (self.context, self.msgid)


def source_texts() -> Iterator[SourceText]:
    """Every text that is marked for translation."""
    found = extract_from_dir(SOURCES, [("**.py", "python")], keywords=KEYWORDS)
    for name, line, message, _comments, context in found:
        msgid = message if isinstance(message, str) else message[0]
        if msgid:
            yield SourceText(msgid, context or "", f"smartclient/{name}:{line}")


def _key(message: Message) -> Key:
    msgid = message.id if isinstance(message.id, str) else message.id[0]
    return (message.context or "", msgid)


def _merged(language: str) -> tuple[Catalog, list[str]]:
    merged = Catalog(locale=language, charset="utf-8")
    owners: dict[Key, str] = {}
    problems: list[str] = []
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as stream:
            area = read_po(stream, locale=language, abort_invalid=True)
        for message in area:
            if not message.id:
                continue
            if _key(message) in owners:
                problems.append(
                    f"{language}/{path.name}: {_key(message)[1]!r} stands in "
                    f"{owners[_key(message)]} too"
                )
                continue
            owners[_key(message)] = path.name
            merged.add(message.id, message.string, flags=message.flags, context=message.context)
            problems += _faults(f"{language}/{path.name}", message)
    return merged, problems


def _faults(name: str, message: Message) -> list[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if "fuzzy" in message.flags or not strings or not all(strings):
        return [f"{name}: {_key(message)[1]!r} is not translated"]
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {frozenset(_PLACEHOLDER.findall(each)) for each in ids}
    return [
        f"{name}: {_key(message)[1]!r} has other placeholders"
        for string in strings
        if frozenset(_PLACEHOLDER.findall(string)) not in allowed
    ]


def compile_all() -> list[str]:
    """Write the compiled catalogue of each language; return what is wrong, by name."""
    problems: list[str] = []
    texts = {text.key: text for text in source_texts()}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        if not any(folder.glob("*.po")):
            continue
        merged, faults = _merged(folder.name)
        problems += faults
        translated = {_key(message) for message in merged if message.id}
        if folder.name in COMPLETE:
            problems += [
                f"{folder.name}: {texts[key].place}: {key[1]!r} has no translation"
                for key in sorted(texts.keys() - translated)
            ]
        problems += [
            f"{folder.name}: {key[1]!r} is translated and used nowhere"
            for key in sorted(translated - texts.keys())
        ]
        with (folder / "smartclient.mo").open("wb") as stream:
            write_mo(stream, merged)
    return problems
