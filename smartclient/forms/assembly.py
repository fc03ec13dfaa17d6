"""Shared parts of forms: how a package becomes self-contained, and where its parts then stand.

    catalogue/parts/<id>/<version>/   part.json, model.json, rules.json, ui.json, choices/, i18n/
    <package>/parts/<id>/             the same files, put there by `assembled`

A part is one group or one repeat with its rules, its layout, its code lists and its texts. A
package names the versions of its parts in its manifest; a published package holds them, so that a
part that changes later changes no package that was published before.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from smartclient.forms.faults import PackageRefused
from smartclient.forms.source import Faults, Source

FOLDER = "parts/"
PART_FILE = "part.json"
MAX_PARTS = 50
_SCHEMA = 1
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
"""A part's id is the name of a folder."""


class PartName(NamedTuple):
    """One version of one part."""

    id: str
    version: int


def part_file(part: str, file: str) -> str:
    """The name of a part's file inside a package."""
    return f"{FOLDER}{part}/{file}"


def parts_named(files: Mapping[str, bytes]) -> tuple[PartName, ...]:
    """The parts that the manifest of a package names; PackageRefused when it cannot be read."""
    faults = Faults()
    source = Source.of_file(files, "manifest.json", faults)
    named = read_parts(source)
    if faults.found:
        raise PackageRefused(faults.found)
    return named


def read_parts(manifest: Source) -> tuple[PartName, ...]:
    """`"parts": [{"id": "needs", "version": 1}, …]` of a manifest; faults are noted."""
    found: dict[str, PartName] = {}
    entries = manifest.children("parts", lambda fields: fields.get("id"))
    for entry in entries[:MAX_PARTS]:
        part = entry.matching("id", _ID, "small letters, digits and -, from a letter, at most 60")
        name = PartName(part, entry.whole("version", 1, 10**6))
        if name.id in found:
            entry.refused("SC-FORM-006", "id", "unique", doubled=name.id)
        found[name.id] = name
        entry.end()
    if len(entries) > MAX_PARTS:
        manifest.wrong("parts", f"at most {MAX_PARTS} parts")
    return tuple(found.values())


def assembled(
    files: Mapping[str, bytes], parts: Mapping[PartName, Mapping[str, bytes]]
) -> dict[str, bytes]:
    """The files of a package together with those of the parts that its manifest names.

    `parts` holds the files of each part by (id, version); what is not named is left aside. A part
    that the package already holds stays as it is. Raises PackageRefused for a part that is not
    there, and for a manifest that cannot be read.
    """
    found, faults = dict(files), Faults()
    for name in parts_named(files):
        if part_file(name.id, PART_FILE) in files:
            continue
        content = parts.get(name)
        if not content:
            rule, unknown = "a shared part in its version", f"{name.id} {name.version}"
            faults.note("SC-FORM-007", "manifest.json", "parts", rule, unknown=unknown)
            continue
        found |= {part_file(name.id, file): each for file, each in content.items()}
    if faults.found:
        raise PackageRefused(faults.found)
    return found


def check_parts(
    files: Mapping[str, bytes], named: tuple[PartName, ...], used: frozenset[str], faults: Faults
) -> None:
    """Every named part is the one in the package and stands somewhere in the model."""
    for name in named:
        source = Source.of_file(files, part_file(name.id, PART_FILE), faults)
        source.whole("schema", _SCHEMA, _SCHEMA)
        given = (source.text("id"), source.whole("version", 1, 10**6))
        if given != name:
            source.wrong("version", f"{name.id} {name.version}")
        source.end()
        if name.id not in used:
            rule = "included in the model"
            faults.note("SC-FORM-004", "manifest.json", f"parts[{name.id}]", rule)
