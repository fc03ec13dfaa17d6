"""DOKUMENTY: the list, what may be done with a document, and what the server told of it."""

from smartclient.services.documents.documents import (
    ConflictItem,
    DocumentItem,
    DocumentPage,
    Documents,
    Version,
    premium_text,
)

__all__ = [
    "ConflictItem",
    "DocumentItem",
    "DocumentPage",
    "Documents",
    "Version",
    "premium_text",
]
