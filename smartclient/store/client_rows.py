"""What the list of clients shows, asks for and gives back; values only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from smartclient.domain.ids import ClientId
from smartclient.wire.values import Json, JsonObject

CHANGES = "changes"
"""Under this name a draft says which client it would change."""


class ClientKind(StrEnum):
    """A person, a person with a trade, or a company."""

    PERSON = "person"
    SOLE_TRADER = "sole_trader"
    COMPANY = "company"


class Aside(StrEnum):
    """Why a client does not stand in the list."""

    IN_THE_LIST = ""
    HIDDEN = "hidden"
    MERGED = "merged"
    """It became part of another client."""


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
    aside: Aside = Aside.IN_THE_LIST
    survivor: ClientId | None = None
    """The client that it became part of."""

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
    base: JsonObject | None = None
    """What the client was when the typing began, where it would change one."""

    @property
    def changes(self) -> ClientId | None:
        """The client that would be changed, None for one that does not exist yet."""
        return ClientId(str(self.typed.get(CHANGES) or "")) or None


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
    hidden: bool = False
    """Those that were hidden, instead of those of the list."""
    sort: ClientSort = ClientSort.NAME
    descending: bool = False


def card_of(body: JsonObject) -> ClientCard:
    """The card of a body, whoever wrote it; what does not fit stays empty."""
    kind = _text(body, "kind")
    known = kind in {each.value for each in ClientKind}
    return ClientCard(
        kind=ClientKind(kind) if known else ClientKind.PERSON,
        given_name=_text(body, "given_name"),
        surname=_text(body, "surname"),
        national_id=_text(body, "national_id"),
        birth_date=_date(body.get("birth_date")),
        city=_text(body, "city"),
        phone=_text(body, "phone"),
        email=_text(body, "email"),
    )


def _text(body: JsonObject, name: str) -> str:
    said = body.get(name)
    return said if isinstance(said, str) else ""


def _date(said: Json) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) and said else None
    except ValueError:
        return None
