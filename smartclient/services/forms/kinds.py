"""Which documents can be begun: the forms of the catalogue that are in force, nothing from code."""

from dataclasses import dataclass
from datetime import date

from smartclient.domain.document_life import DocumentKind
from smartclient.services.forms.library import Library

_ORDER = tuple(DocumentKind)


@dataclass(frozen=True, slots=True)
class FormKind:
    """One form that a new document can be made with."""

    form_id: str
    title: str
    document_kind: DocumentKind
    needs_contract: bool
    """It is opened on the settings of a contract, which are asked for by its number."""


def kinds_of(library: Library, day: date, language: str) -> tuple[FormKind, ...]:
    """The forms in force on the day, each in its newest version, in the order of the kinds."""
    found = []
    for component in library.forms_in_force(day):
        manifest = library.manifest(component.id, component.version)
        title = component.names.get(language) or component.name
        found.append(FormKind(component.id, title, manifest.document_kind, manifest.compares))
    return tuple(sorted(found, key=lambda kind: _ORDER.index(kind.document_kind)))
