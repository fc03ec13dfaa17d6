"""The names of a client's fields, as the form of the person says them, and values in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clients import slashed
from smartclient.domain.language import _
from smartclient.store.merging import Absent, Leaf
from smartclient.wire.encoding import canonical

if TYPE_CHECKING:
    from smartclient.forms.layout import Element, FieldLayout


def label_of(path: str, language: str) -> str:
    """The label of a field by its path; the path of one that the form does not know."""
    return _labels(language).get(path, path)


@lru_cache(maxsize=2)
def _labels(language: str) -> dict[str, str]:
    from smartclient.services.clients.person_form import person_form

    sections = person_form(language).layout(language)
    fields = (field for section in sections for field in _fields(section.elements))
    return {field.path.rpartition(".")[2]: field.label for field in fields}


def _fields(elements: "Sequence[Element]") -> "Iterator[FieldLayout]":
    from smartclient.forms.layout import FieldLayout, GroupLayout

    for each in elements:
        if isinstance(each, FieldLayout):
            yield each
        elif isinstance(each, GroupLayout):
            yield from _fields(each.elements)


def said(path: str, leaf: Leaf) -> str:
    """A value of a field in words."""
    match leaf:
        case Absent() | None | "":
            return _("nothing")
        case True:
            return _("yes")
        case False:
            return _("no")
        case str(text):
            return _written(path, text)
        case _:
            return canonical(leaf).decode()


def _written(path: str, text: str) -> str:
    match path:
        case "national_id":
            return slashed(text)
        case "phone":
            return presentation.phone(text)
        case "birth_date":
            try:
                return presentation.day(date.fromisoformat(text))
            except ValueError:
                return text
        case _:
            return text
