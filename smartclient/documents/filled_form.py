"""A filled form as printing sees it: what a form session and its layout already are.

Documents stand beside forms in the house, not above them; these protocols are all they know of one.
What an element is, is asked by what only it has: isinstance of a protocol takes twenty times as
long.
"""

from collections.abc import Sequence
from typing import Protocol, TypeGuard

from smartclient.wire.messages import Json


class PrintedChoice(Protocol):
    """An option of a code list."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...


class PrintedField(Protocol):
    """A field of the layout."""

    @property
    def path(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def widget(self) -> str: ...
    @property
    def columns(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def choices(self) -> Sequence[PrintedChoice]: ...
    @property
    def unit(self) -> str: ...


class PrintedRows(Protocol):
    """A repeat of the layout."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def compact(self) -> bool: ...
    @property
    def elements(self) -> Sequence[object]: ...


class PrintedGroup(Protocol):
    """A group of the layout."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def elements(self) -> Sequence[object]: ...


class PrintedHeading(Protocol):
    """A heading of the layout."""

    @property
    def title(self) -> str: ...


class PrintedSection(Protocol):
    """A section of the layout."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def elements(self) -> Sequence[object]: ...


class PrintedState(Protocol):
    """How a field stands."""

    @property
    def relevant(self) -> bool: ...
    @property
    def value(self) -> Json: ...
    @property
    def typed(self) -> str: ...


class PrintedSigner(Protocol):
    """One signature that the document needs."""

    @property
    def field(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def biometric(self) -> bool: ...


class FilledForm(Protocol):
    """A form with its answers: what `forms.session.FormSession` is."""

    @property
    def layout(self) -> Sequence[PrintedSection]: ...
    def field(self, path: str) -> PrintedState: ...
    def rows(self, path: str) -> int: ...
    def row_title(self, path: str, index: int) -> str: ...
    def signers(self) -> Sequence[PrintedSigner]: ...


def is_field(element: object) -> TypeGuard[PrintedField]:
    """Whether an element of the layout is a field."""
    return hasattr(element, "widget")


def is_rows(element: object) -> TypeGuard[PrintedRows]:
    """Whether an element of the layout is a repeat."""
    return hasattr(element, "compact")


def is_group(element: object) -> TypeGuard[PrintedGroup]:
    """Whether an element of the layout is a group."""
    return hasattr(element, "elements") and not is_rows(element)


def is_heading(element: object) -> TypeGuard[PrintedHeading]:
    """Whether an element of the layout is a heading."""
    return not is_field(element) and not hasattr(element, "elements")
