"""Lock: the batch is durable outside of the database, so its documents are locked for good."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from smartclient.backoffice.operations import signed_packages
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState


def scopes_to_lock(desk: Desk, run: ExportRun) -> list[str]:
    """The scopes that hold sealed documents of the batch."""
    table = schema.record
    query = select(table.c.scope).where(
        table.c.batch == run.batch, table.c.state == ServerState.SEALED.value
    )
    return sorted(desk.connection.execute(query.distinct()).scalars())


def lock_scopes(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Lock the sealed documents of these scopes and tell the feed; committed by itself."""
    for scope in sorted(scopes):
        _lock_scope(ScopeRecords(desk, scope), run)


def _lock_scope(records: ScopeRecords, run: ExportRun) -> None:
    table = schema.record
    query = select(table.c.id).where(
        table.c.batch == run.batch,
        table.c.scope == records.scope,
        table.c.state == ServerState.SEALED.value,
    )
    documents = list(records.desk.connection.execute(query.order_by(table.c.id)).scalars())
    records.load([*documents, *map(status_id, documents)])
    for document in documents:
        sealed = records.get(document)
        if sealed is None:
            continue
        locked = records.put(replace(sealed, state=ServerState.LOCKED))
        if signed_packages.document_locked(records, locked):
            signed_packages.tell_late_signed(records, locked, batch=run.batch)
        else:
            change_status(records, locked, batch=run.batch)
    records.flush()
