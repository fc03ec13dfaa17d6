"""What a check of a typed identifier says."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

Sex = Literal["M", "F"]


class Verdict(StrEnum):
    """OK and WARNING may be saved, ERROR may not: it cannot be what it should be."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one value, and what the value tells of its bearer.

    `normalised` is the form that is stored; for an error it is what was typed, trimmed. `message`
    is a whole sentence in the language that is spoken, empty for OK.
    """

    verdict: Verdict
    normalised: str
    message: str = ""
    birth_date: date | None = None
    sex: Sex | None = None


def fine(normalised: str) -> Checked:
    """Nothing to say."""
    return Checked(Verdict.OK, normalised)


def doubtful(normalised: str, message: str) -> Checked:
    """May be saved, but a person should look again."""
    return Checked(Verdict.WARNING, normalised, message)


def impossible(typed: str, message: str) -> Checked:
    """May not be saved."""
    return Checked(Verdict.ERROR, typed.strip(), message)


def is_digits(text: str, *lengths: int) -> bool:
    """Whether the text is plain digits of one of the lengths."""
    return text.isascii() and text.isdigit() and len(text) in lengths
