"""The search box at the top of every screen: clients and documents, and a client to be added."""

from dataclasses import dataclass

from smartclient.domain import presentation
from smartclient.domain.document_looks import appearance
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import _
from smartclient.store.client_rows import ClientRow
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentRow

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
        return Found(
            wanted,
            tuple(_client_hit(row) for row in hits.clients),
            tuple(_document_hit(row) for row in hits.documents),
        )


def _client_hit(row: ClientRow) -> ClientHit:
    parts = (row.card.city, presentation.phone(row.card.phone))
    return ClientHit(row.id, row.name, " · ".join(part for part in parts if part))


def _document_hit(row: DocumentRow) -> DocumentHit:
    look = appearance(row.standing(), row.shown)
    parts = (row.number, _(look.first_line))
    detail = " · ".join(part for part in parts if part)
    return DocumentHit(row.id, look.icon, row.client_name, detail)
