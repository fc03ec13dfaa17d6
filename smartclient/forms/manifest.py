"""manifest.json: what a package is, what it belongs to, and from when to when it may be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smartclient.domain.document_life import DocumentKind
from smartclient.forms.assembly import PartName, read_parts
from smartclient.forms.source import Faults, Source

FILE = "manifest.json"
SCHEMA = 1
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
_LANGUAGES = ("cs", "en", "pl", "da")


class SignatureWay(StrEnum):
    """Whether documents of the form are signed digitally; paper is always possible elsewhere."""

    NEVER = "never"
    CHOICE = "choice"
    """As the adviser says in the form (the field with the meaning signing.digital)."""
    ALWAYS = "always"
    """Without asking, wherever the signing component is installed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in the manifest; an empty tariff means a form without a premium."""

    id: str
    version: int
    document_kind: DocumentKind
    valid_from: date
    valid_to: date | None
    languages: tuple[str, ...]
    tariff_id: str
    tariff_from: int
    tariff_to: int
    template_id: str
    min_app: str
    product_documents: tuple[str, ...]
    signature: SignatureWay = SignatureWay.CHOICE
    supersedes: int | None = None
    """The version whose drafts it takes over; None where it takes over none."""
    parts: tuple[PartName, ...] = ()
    compares: bool = False
    """Opened on settings that are there already; only what differs leaves."""


def read_manifest(files: Mapping[str, bytes], faults: Faults) -> Manifest:
    """The manifest; faults are noted."""
    source = Source.of_file(files, FILE, faults)
    source.whole("schema", SCHEMA, SCHEMA)
    languages = source.texts("languages")
    if not languages or not set(languages) <= set(_LANGUAGES):
        source.wrong("languages", "some of " + ", ".join(_LANGUAGES))
    tariff = source.child("tariff")
    named = source.has("tariff")
    first = tariff.whole("from", 1, 10**6) if named else 0
    valid_from = source.day("valid_from")
    if valid_from is None:
        source.wrong("valid_from", "date such as 2026-11-01")
    version = source.whole("version", 1, 10**6)
    manifest = Manifest(
        source.matching("id", _ID, "small letters, digits and -, from a letter, at most 60"),
        version,
        source.one_of("document_kind", DocumentKind, DocumentKind.OTHER),
        valid_from or date.min,
        source.day("valid_to"),
        languages,
        tariff.text("id") if named else "",
        first,
        tariff.whole("to", first, 10**6) if named else 0,
        source.text("template"),
        source.text("min_app", ""),
        source.texts("product_documents"),
        source.one_of("signature", SignatureWay, SignatureWay.CHOICE),
        source.whole("supersedes", 1, 10**6) if source.has("supersedes") else None,
        read_parts(source),
        source.flag("compares"),
    )
    if manifest.supersedes is not None and manifest.supersedes >= version:
        source.wrong("supersedes", "an earlier version")
    tariff.end()
    source.end()
    return manifest
