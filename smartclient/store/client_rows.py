"""What the list of clients shows, asks for and gives back; values only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from smartclient.domain.ids import ClientId
from smartclient.wire.values import JsonObject


class ClientKind(StrEnum):
    """A person, a person with a trade, or a company."""

    PERSON = "person"
    SOLE_TRADER = "sole_trader"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class ClientCard:
    """What the list shows of a client and what the search finds."""

    kind: ClientKind
    given_name: str
    """Empty for a company."""
    surname: str
    """The surname, or the name of the company."""
    national_id: str = ""
    birth_date: date | None = None
    city: str = ""
    phone: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        """The name as it is read: Petr Novák."""
        return f"{self.given_name} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One line of the list of clients."""

    id: ClientId
    card: ClientCard
    informed: bool
    """The information duty is done (option PROC)."""
    created_at: datetime
    changed_at: datetime

    @property
    def name(self) -> str:
        """The name as it is read."""
        return self.card.name


@dataclass(frozen=True, slots=True)
class StoredClient:
    """A client with everything that was filled in."""

    row: ClientRow
    body: JsonObject


@dataclass(frozen=True, slots=True)
class ClientDraft:
    """A client that was being typed and not saved yet, exactly as typed."""

    id: str
    typed: JsonObject
    changed_at: datetime


class ClientSort(StrEnum):
    """The orders of the list of clients."""

    NAME = "name"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """What the list of clients shows and in which order."""

    text: str = ""
    uninformed: bool = False
    """Only those without the information duty done."""
    sort: ClientSort = ClientSort.NAME
    descending: bool = False
