"""A template: the folder of files that draws a kind of document, as it came from the catalogue.

    manifest.json   {"schema": 1, "id", "version", "main", "languages", "fonts", "look", "files"}
    *.typ, *.svg    the drawing, in typst
    texts/<language>.json
    fonts/*.otf     the only fonts it may use

In the repository a template's manifest stands without "files", its fonts stand once for all, and
what several templates draw alike is a look, {"id", "version"}, with files of its own; `assembled`
puts all of it in when the template is published. An old version is kept: a reprint uses the
template of its day.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from smartclient.documents.record import TemplateIdentity
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.messages import JsonObject, listed, mapping, sha256_text, text, whole

MANIFEST = "manifest.json"
FONTS = "fonts/"
TEXTS = "texts/"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Template:
    """A template whose every file was checked against its manifest."""

    identity: TemplateIdentity
    main: str
    """The file that typst begins with."""
    languages: tuple[str, ...]
    files: Mapping[str, bytes]
    """Path inside the template's folder → content; `manifest.json` included."""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "Template":
        """The template of these files.

        Raises Damaged SC-DOC-001 (a file is missing), SC-DOC-002 (a file is not the one of the
        manifest, or not in it), SC-DOC-003 (the manifest cannot be read).
        """
        manifest = _manifest(files)
        try:
            identity = TemplateIdentity(
                text(manifest, "id", 80),
                whole(manifest, "version", 1),
                _sha256(files[MANIFEST]),
            )
            main = text(manifest, "main", 80)
            languages = listed(manifest, "languages", str, 20)
            listing = mapping(manifest.get("files"), "files")
            digests = {name: sha256_text(value) for name, value in listing.items()}
        except BadInput as wrong:
            raise Damaged("SC-DOC-003", problem=wrong.values.get("field", "")) from wrong
        needed = {main, *(f"{TEXTS}{language}.json" for language in languages), *digests}
        for name in sorted(needed):
            if name not in files:
                raise Damaged("SC-DOC-001", file=name)
        for name in sorted(files.keys() - {MANIFEST}):
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise Damaged("SC-DOC-002", file=name)
            if digests.get(name) != _sha256(files[name]):
                raise Damaged("SC-DOC-002", file=name)
        return cls(identity, main, languages, dict(files))


Looks = Callable[[str, int], Mapping[str, bytes]]
"""The files of a look by its id and version; none where there is no such look."""


def _no_looks(_id: str, _version: int) -> Mapping[str, bytes]:
    return {}


def assembled(
    source: Mapping[str, bytes], fonts: Mapping[str, bytes], looks: Looks = _no_looks
) -> dict[str, bytes]:
    """The files of a template as they are published, from its source and what it shares.

    `fonts` are by file name; only those that the manifest names are taken. Raises Damaged
    SC-DOC-001 for a font or look that is not there, SC-DOC-002 for a file that the look has as
    well, SC-DOC-003 for a manifest that cannot be read.
    """
    manifest = _manifest(source)
    files = {name: content for name, content in source.items() if name != MANIFEST}
    for name, content in _look(manifest, looks).items():
        if name in source:
            raise Damaged("SC-DOC-002", file=name)
        files[name] = content
    for font in listed(manifest, "fonts", str, 20):
        if font not in fonts:
            raise Damaged("SC-DOC-001", file=font)
        files[FONTS + font] = fonts[font]
    manifest["files"] = {name: _sha256(files[name]) for name in sorted(files)}
    files[MANIFEST] = canonical(manifest)
    return files


def _look(manifest: JsonObject, looks: Looks) -> Mapping[str, bytes]:
    if "look" not in manifest:
        return {}
    try:
        named = mapping(manifest["look"], "look")
        look, version = text(named, "id", 80), whole(named, "version", 1)
    except BadInput as wrong:
        raise Damaged("SC-DOC-003", problem=wrong.values.get("field", "look")) from wrong
    files = looks(look, version)
    if not files:
        raise Damaged("SC-DOC-001", file=f"{look}/{version}")
    return files


def _manifest(files: Mapping[str, bytes]) -> JsonObject:
    if MANIFEST not in files:
        raise Damaged("SC-DOC-001", file=MANIFEST)
    try:
        manifest = mapping(parse(files[MANIFEST]), "manifest")
    except BadInput as wrong:
        raise Damaged("SC-DOC-003", problem=wrong.code) from wrong
    if manifest.get("schema") != _SCHEMA:
        raise Damaged("SC-DOC-003", problem="schema")
    return manifest


def _sha256(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())
