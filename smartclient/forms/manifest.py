"""manifest.json: what a package is, what it belongs to, and from when to when it may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smartclient.domain.document_life import DocumentKind
from smartclient.forms.source import Faults, Source

FILE = "manifest.json"
SCHEMA = 1
_LANGUAGES = ("cs", "en", "pl", "da")


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
    manifest = Manifest(
        source.text("id"),
        source.whole("version", 1, 10**6),
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
    )
    tariff.end()
    source.end()
    return manifest
