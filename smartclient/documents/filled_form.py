"""A filled form as printing sees it: what a form session and its layout already are.

Documents stand beside forms in the house, not above them; these protocols are all they know of one.
What an element is, is asked by what only it has: isinstance of a protocol takes twenty times as
long.
"""

from collections.abc import Sequence
from typing import Protocol, TypeGuard

from smartclient.premium.projection import Projection
from smartclient.wire.messages import Json


class PrintedChoice(Protocol):
    """An option of a code list."""

    @property
    def code(self) -> str:
        """As it stands in the answers."""

    @property
    def label(self) -> str:
        """As people read it."""


class PrintedField(Protocol):
    """A field of the layout."""

    @property
    def path(self) -> str:
        """Relative to the row around it."""

    @property
    def label(self) -> str:
        """The question."""

    @property
    def widget(self) -> str:
        """How it is asked: "yes_no", "tick", "text" for several lines, …"""

    @property
    def type(self) -> str:
        """What kind of answer it holds: "date", "money", "integer", "decimal", …"""

    @property
    def choices(self) -> Sequence[PrintedChoice]:
        """The options of a choice; empty for anything else."""

    @property
    def unit(self) -> str:
        """What a number counts; may be empty."""


class PrintedRows(Protocol):
    """A repeat of the layout."""

    @property
    def path(self) -> str:
        """Relative to the row around it."""

    @property
    def compact(self) -> bool:
        """Whether its rows make a table."""

    @property
    def elements(self) -> Sequence[object]:
        """What a row holds."""


class PrintedGroup(Protocol):
    """A group of the layout."""

    @property
    def title(self) -> str:
        """May be empty."""

    @property
    def elements(self) -> Sequence[object]:
        """What it holds."""


class PrintedHeading(Protocol):
    """A heading of the layout."""

    @property
    def title(self) -> str:
        """Its words."""


class PrintedSection(Protocol):
    """A section of the layout."""

    @property
    def id(self) -> str:
        """By which a template may call it otherwise."""

    @property
    def title(self) -> str:
        """Its words in the form."""

    @property
    def elements(self) -> Sequence[object]:
        """Fields, groups, repeats and headings."""


class PrintedState(Protocol):
    """How a field stands."""

    @property
    def relevant(self) -> bool:
        """Whether it is asked at all."""

    @property
    def value(self) -> Json:
        """As it stands in the answers; None when unanswered."""

    @property
    def typed(self) -> str:
        """Formatted, or exactly as typed where it cannot be read."""

    @property
    def before(self) -> str | None:
        """The old answer where this one is a change, "" for none; None where it is no change."""


class PrintedSigner(Protocol):
    """One signature that the document needs."""

    @property
    def field(self) -> str:
        """The name of its field, unique in the document."""

    @property
    def role(self) -> str:
        """In words."""

    @property
    def person(self) -> str:
        """Empty for the adviser, whose name the form does not hold."""

    @property
    def meaning(self) -> str:
        """What the signature says."""

    @property
    def biometric(self) -> bool:
        """Whether sealed biometrics go with it."""


class FilledForm(Protocol):
    """A form with its answers: what `forms.session.FormSession` is."""

    @property
    def layout(self) -> Sequence[PrintedSection]:
        """The sections in order."""

    def field(self, path: str) -> PrintedState:
        """How the field at this path stands."""

    def rows(self, path: str) -> int:
        """How many rows a repeat has."""

    def row_title(self, path: str, index: int) -> str:
        """What a row is called."""

    @property
    def projection(self) -> Projection | None:
        """How the contract's value may develop."""

    def signers(self) -> Sequence[PrintedSigner]:
        """Who signs, in order."""


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
