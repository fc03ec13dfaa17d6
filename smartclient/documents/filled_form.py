"""A filled form as printing sees it: what a form session and its layout already are.

Documents stand beside forms in the house, not above them; these protocols are all they know of one.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from smartclient.wire.messages import Json


class PrintedChoice(Protocol):
    """An option of a code list."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...


@runtime_checkable
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


@runtime_checkable
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


@runtime_checkable
class PrintedGroup(Protocol):
    """A group of the layout."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def intro(self) -> str: ...
    @property
    def elements(self) -> Sequence[object]: ...


@runtime_checkable
class PrintedHeading(Protocol):
    """A heading of the layout."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


class PrintedSection(Protocol):
    """A section of the layout."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def intro(self) -> str: ...
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
