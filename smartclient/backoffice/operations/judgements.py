"""Which documents the server must judge, and what becomes of a verdict."""

from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.ids import RecordId


def due(records: ScopeRecords, document: RecordId) -> None:
    """Have a document judged soon, in the transaction that changed it."""
    row = {
        "scope": records.scope,
        "document": document,
        "due_at": records.desk.now,
        "attempts": 0,
    }
    upsert(records.desk.connection, schema.judgement_due, [row])
