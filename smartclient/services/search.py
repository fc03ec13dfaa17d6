"""The search box at the top of every screen: clients and documents, and a client to be added."""

from dataclasses import dataclass

from smartclient.domain.document_life import APPEARANCE
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import _
from smartclient.store.database import Database

LIMIT = 6
"""Lines of each kind; more would not be read."""


@dataclass(frozen=True, slots=True)
class ClientHit:
    """A client that was found."""

    id: ClientId
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """A document that was found."""

    id: DocumentId
    icon: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for `text`."""

    text: str
    clients: tuple[ClientHit, ...] = ()
    documents: tuple[DocumentHit, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not self.clients and not self.documents


class Search:
    """Finds by beginnings of words and by last digits of numbers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, text: str) -> Found:
        """Up to six clients and six documents, the best first."""
        wanted = " ".join(text.split())
        if not wanted:
            return Found("")
        with self._db.read() as tx:
            hits = tx.search.find(wanted, LIMIT)
        clients = tuple(
            ClientHit(
                row.id,
                row.name,
                " · ".join(part for part in (row.card.city, row.card.phone) if part),
            )
            for row in hits.clients
        )
        documents = tuple(
            DocumentHit(
                row.id,
                APPEARANCE[row.shown].icon,
                row.client_name,
                " · ".join(
                    part for part in (row.number, _(APPEARANCE[row.shown].first_line)) if part
                ),
            )
            for row in hits.documents
        )
        return Found(wanted, clients, documents)
