"""The one search box: clients and documents by name, number, phone, place or last digits."""

from dataclasses import dataclass

from smartclient.store.client_rows import ClientFilter, ClientRow
from smartclient.store.clients import Clients
from smartclient.store.document_rows import DocumentFilter, DocumentRow
from smartclient.store.documents import Documents


@dataclass(frozen=True, slots=True)
class SearchHits:
    """What was found: clients by name, documents by last change."""

    clients: tuple[ClientRow, ...]
    documents: tuple[DocumentRow, ...]


class Search:
    """The search of one transaction."""

    def __init__(self, clients: Clients, documents: Documents) -> None:
        self._clients = clients
        self._documents = documents

    def find(self, text: str, limit: int) -> SearchHits:
        """At most `limit` clients and `limit` documents; nothing for an empty text."""
        if not text.strip():
            return SearchHits((), ())
        return SearchHits(
            self._clients.page(ClientFilter(text), 0, limit),
            self._documents.page(DocumentFilter(text), 0, limit),
        )
