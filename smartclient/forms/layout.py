"""What to draw: sections of elements on a grid of six columns, with texts in one language.

Paths inside a repeat are relative to its row: the field `first_name` of the repeat `insured` is
asked of the session as `insured.0.first_name`. Groups keep their part of the path.
"""

from dataclasses import dataclass
from enum import StrEnum

from smartclient.forms.choices import Choice
from smartclient.forms.model import FieldType


class Widget(StrEnum):
    """How a field is drawn."""

    LINE = "line"
    """One line of text; also numbers, money, identifiers."""
    TEXT = "text"
    """Several lines of text."""
    DATE = "date"
    YES_NO = "yes_no"
    """Two buttons side by side; neither pressed until answered."""
    TICK = "tick"
    """One box with the label beside it, for declarations; ticked is true, clear is unanswered."""
    SELECT = "select"
    RADIO = "radio"
    """All options in sight, for two to four short ones."""
    TICKS = "ticks"
    """A box for each option of a multiple choice."""


@dataclass(frozen=True, slots=True)
class HeadingLayout:
    """A heading over what follows, with an optional line below it."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """One field. `columns` of six; `starts_row` begins a new line of the grid."""

    path: str
    label: str
    hint: str
    """A short example or unit, for the empty widget."""
    help: str
    """One or two sentences on request."""
    widget: Widget
    columns: int
    type: FieldType
    choices: tuple[Choice, ...] = ()
    starts_row: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class GroupLayout:
    """Fields that belong together; shown and hidden as one. `path` may be empty."""

    path: str
    title: str
    intro: str
    elements: tuple["Element", ...]


@dataclass(frozen=True, slots=True)
class RepeatLayout:
    """Rows of the same elements. Each row's title comes from `FormSession.row_title`."""

    path: str
    title: str
    add_label: str
    """Empty where rows are shown but neither added nor removed."""
    remove_label: str
    min: int
    max: int
    elements: tuple["Element", ...]
    compact: bool = False
    """Rows below each other as a table (covers); otherwise one row at a time under tabs."""


Element = HeadingLayout | FieldLayout | GroupLayout | RepeatLayout


@dataclass(frozen=True, slots=True)
class SectionLayout:
    """One page of the form, one entry of the list beside it."""

    id: str
    title: str
    intro: str
    elements: tuple[Element, ...]
