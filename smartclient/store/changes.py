"""What the store tells after a commit: which things changed, never how."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """The kinds of things that windows watch."""

    DOCUMENT = "document"
    CLIENT = "client"
    CLIENT_DRAFT = "client_draft"
    CONSENT = "consent"
    CONFLICT = "conflict"
    SIGNING = "signing"
    APPEND = "append"
    NUMBERS = "numbers"
    SETTING = "setting"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Changed:
    """Things of one kind that a commit created, changed or removed."""

    kind: str
    """A `Subject`."""
    ids: frozenset[str]
