"""Between reading a document and writing it a synchronisation may have brought another version."""

from smartclient.domain.errors import NotAllowed
from smartclient.store.document_rows import StoredDocument
from smartclient.store.transaction import Transaction


def require_unchanged(tx: Transaction, before: StoredDocument, code: str) -> StoredDocument:
    """The document as it stands in this transaction; NotAllowed of that code if it is another."""
    now = tx.documents.get(before.row.id)
    if now.op != before.op or now.body != before.body:
        raise NotAllowed(code)
    return now
