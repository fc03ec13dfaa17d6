"""Lock: the batch is durable outside of the database, so its documents are locked for good."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from smartclient.backoffice.operations import signed_packages
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import hold, load_with_bodies, write_all
from smartclient.backoffice.operations.server_records import status_id
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
    held = hold(desk, scopes)
    sealed = _sealed(desk, run, scopes)
    ids = [document.id for _, document in sealed]
    load_with_bodies(desk, held, [status_id(document) for document in ids])
    waiting = signed_packages.waiting_for(desk, ids)
    for scope, document in sealed:
        records = held[scope]
        records.take(document)
        locked = records.put(replace(document, state=ServerState.LOCKED))
        late = waiting.get((scope, document.id), ())
        signed_packages.document_locked(records, locked, late, run.batch)
    write_all(desk, held.values())


def _sealed(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> list[tuple[str, RecordRow]]:
    table = schema.record
    query = select(table).where(
        table.c.batch == run.batch,
        table.c.scope.in_(scopes),
        table.c.state == ServerState.SEALED.value,
    )
    found = desk.connection.execute(query.order_by(table.c.scope, table.c.id)).mappings()
    return [(row["scope"], RecordRow.from_row(row)) for row in found]
