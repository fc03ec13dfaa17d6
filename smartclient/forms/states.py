"""What a form being filled in shows of itself: frozen values for views, commands and reports."""

from dataclasses import dataclass
from enum import StrEnum

from smartclient.forms.choices import Choice
from smartclient.wire.messages import Json


class Severity(StrEnum):
    """An error forbids completing the form; a warning asks for a second look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a field, in words for the person who typed it."""

    severity: Severity
    message: str
    rule: str = ""
    """The id of the package's rule; empty for what the type of the field forbids."""


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field as it stands now. `problems` never says that a required field is empty."""

    path: str
    relevant: bool
    required: bool
    readonly: bool
    value: Json
    """As it stands in the answers: None when unanswered, {"$typed": …} when it cannot be read."""
    typed: str
    """The text for the widget: the value formatted, or exactly what was typed."""
    problems: tuple[Problem, ...] = ()
    choices: tuple[Choice, ...] = ()
    """What may be chosen now, in order; empty for fields that are not choices."""
    before: str | None = None
    """In a form opened on settings: the old answer where the new one differs, "" for none."""


class SectionStanding(StrEnum):
    """How far a section is; which one is being filled in, only the view knows."""

    DONE = "done"
    ERRORS = "errors"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SectionState:
    """One section in the list beside the form."""

    id: str
    title: str
    state: SectionStanding
    errors: int
    missing: int


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A required answer that is not there yet."""

    path: str
    label: str
    section: str
    """The id of the section where it is asked."""
    about: str
    """The title of its row, for example the person's name; empty outside of repeats."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change against the settings that the form was opened on."""

    path: str
    label: str
    section: str
    about: str
    """The title of its row; empty outside of repeats."""
    before: str
    """As people write it; empty for nothing."""
    after: str
    old: Json
    """As it stands in the settings."""
    new: Json


@dataclass(frozen=True, slots=True)
class Changes:
    """What one edit changed, so that only that is painted again."""

    paths: frozenset[str] = frozenset()
    """Places whose FieldState differs; of a group that came or went, the group and its fields."""
    structure: bool = False
    """Rows came or went: the paths of the rows may mean other rows now."""
    premium: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature the document needs, in the order of signing."""

    field: str
    """Unique in the document: "policyholder", "insured_2", "adviser"."""
    role: str
    """In words: "Pojistník"."""
    person: str
    """Who signs; empty for the adviser, whose name the form does not hold."""
    meaning: str
    """What the signature says, for the person who signs."""
    biometric: bool
