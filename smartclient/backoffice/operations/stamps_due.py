"""Which accepted files still wait for their time stamp; the stamping itself is `time_stamps`."""

from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import status_of
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert


def due(records: ScopeRecords, document: RecordRow) -> None:
    """Have the accepted file of a document stamped, unless it is; the status must be loaded."""
    if _stamped_of(records, document).get("op") == document.op:
        return
    row = {
        "scope": records.scope,
        "document": document.id,
        "op": document.op,
        "due_at": records.desk.now,
    }
    upsert(records.desk.connection, schema.stamp_due, [row])


def _stamped_of(records: ScopeRecords, document: RecordRow) -> dict[str, object]:
    said = status_of(records, document).get("time_stamp")
    return {**said} if isinstance(said, dict) else {}
