"""What the list of documents shows, asks for and gives back; values only."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from smartclient.domain.document_life import (
    DocumentKind,
    Marks,
    ServerState,
    ShownState,
    Stage,
    Standing,
)
from smartclient.domain.ids import ClientId, DocumentId, DocumentNumber, Op
from smartclient.wire.values import JsonObject


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the list, and everything that decides what may be done with it."""

    id: DocumentId
    kind: DocumentKind
    form_id: str
    form_version: str
    number: DocumentNumber
    client_id: ClientId | None
    client_name: str
    stage: Stage
    server: ServerState
    backed_up: bool
    """The server acknowledged the newest edit."""
    digital: bool
    has_pdf: bool
    premium: Decimal | None
    """Payable per instalment."""
    frequency: int | None
    """Instalments a year."""
    currency: str
    marks: Marks
    shown: ShownState
    exportable: bool
    """The version at the server would be exported at the next cut-off."""
    parked: str
    """The code with which the server refused to take it; empty when it did not."""
    created_at: datetime
    changed_at: datetime
    signed_at: datetime | None

    def standing(self) -> Standing:
        """What `domain.document_life.permission` needs."""
        return Standing(
            kind=self.kind,
            stage=self.stage,
            server=self.server,
            backed_up=self.backed_up,
            digital=self.digital,
            has_pdf=self.has_pdf,
            marks=self.marks,
        )


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with its answers; `op` names the edit that the body is."""

    row: DocumentRow
    body: JsonObject
    op: Op


class DocumentSort(StrEnum):
    """The orders of the list; each has its own covering index."""

    CHANGED = "changed"
    CLIENT = "client"
    NUMBER = "number"
    PREMIUM = "premium"
    FORM = "form"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the list shows and in which order; empty sets mean all."""

    text: str = ""
    """Beginnings of words, or last digits of a number; diacritics do not matter."""
    states: frozenset[ShownState] = frozenset()
    kinds: frozenset[DocumentKind] = frozenset()
    client_id: ClientId | None = None
    parts: frozenset[ClientId] = frozenset()
    """Clients that became part of that one; their documents stand among its own."""
    without_archived: bool = False
    sort: DocumentSort = DocumentSort.CHANGED
    descending: bool = True
