"""Moving documents to the archive: bodies and files change hands, tombstones stay in the feed.

A document goes with what hangs on it: its signed packages and its status. Sealed bytes are moved as
they are. The record stays as long as the archive keeps its body: known ops are still answered `ok`,
an edit is answered `locked`, and the feed tells every laptop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, select

from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import RecordId
from smartclient.domain.retention import ARCHIVE_OF_BUSINESS, ARCHIVE_OF_DRAFTS


def archive(records: ScopeRecords, documents: Sequence[RecordId]) -> None:
    """Move these documents of the scope; the caller flushes the records."""
    if not documents:
        return
    packages = _packages(records, documents)
    records.load([*documents, *packages, *(status_id(document) for document in documents)])
    belonging: dict[RecordId, RecordId] = {document: document for document in documents}
    belonging |= {status_id(document): document for document in documents}
    belonging |= packages
    moving = {
        each: row
        for each in belonging
        if (row := records.get(each)) is not None and row.state is not ServerState.ARCHIVED
    }
    signed = frozenset(packages.values())
    bodies = _bodies(records, moving)
    kept = [
        _archived(records, row, belonging[each], bodies[each], signed)
        for each, row in moving.items()
        if each in bodies
    ]
    insert_new(records.desk.connection, observing.archived_record, kept)
    links = [
        {"scope": records.scope, "sha256": sha256, "record": each}
        for each, row in moving.items()
        for sha256 in row.blobs
    ]
    insert_new(records.desk.connection, observing.archived_blob, links)
    _take_bodies(records, moving)
    for row in moving.values():
        records.put(_tombstone(row))


def _packages(records: ScopeRecords, documents: Sequence[RecordId]) -> dict[RecordId, RecordId]:
    """The document of each signed package of theirs."""
    table = schema.signed_package
    query = select(table.c.id, table.c.document).where(
        table.c.scope == records.scope, table.c.document.in_(documents)
    )
    return {row.id: row.document for row in records.desk.connection.execute(query)}


def _bodies(records: ScopeRecords, ids: Iterable[RecordId]) -> Mapping[RecordId, bytes]:
    """The sealed bodies as they lie."""
    table = schema.record_body
    query = select(table.c.id, table.c.body).where(
        table.c.scope == records.scope, table.c.id.in_(list(ids))
    )
    return {row.id: row.body for row in records.desk.connection.execute(query)}


def _archived(
    records: ScopeRecords,
    row: RecordRow,
    document: RecordId,
    body: bytes,
    signed: frozenset[RecordId],
) -> dict[str, object]:
    owner = records.get(document) or row
    is_business = owner.batch is not None or owner.stage is Stage.SIGNED or document in signed
    period = ARCHIVE_OF_BUSINESS if is_business else ARCHIVE_OF_DRAFTS
    now = records.desk.now
    return {
        "scope": records.scope,
        "id": row.id,
        "document": document,
        "kind": row.kind.value,
        "version": row.version,
        "op": row.op,
        "sha256": row.sha256,
        "stage": row.stage.value,
        "state": row.state.value,
        "document_kind": row.document_kind,
        "number": row.number,
        "form_version": row.form_version,
        "install": row.install,
        "hr": row.hr,
        "first_received_at": row.first_received_at,
        "received_at": row.received_at,
        "batch": row.batch,
        "archived_at": now,
        "ends_at": period.kept.after(now),
        "body": body,
    }


def _take_bodies(records: ScopeRecords, ids: Iterable[RecordId]) -> None:
    connection, gone = records.desk.connection, list(ids)
    body = schema.record_body
    connection.execute(delete(body).where(body.c.scope == records.scope, body.c.id.in_(gone)))
    for table in (schema.prepared_line, schema.stamp_due):
        of_them = (table.c.scope == records.scope) & table.c.document.in_(gone)
        connection.execute(delete(table).where(of_them))


def _tombstone(row: RecordRow) -> RecordRow:
    return replace(
        row, state=ServerState.ARCHIVED, blobs=(), exportable=False, verdict_code="", seq=0
    )
