"""Tell: what a lock brings besides the lock, once nobody is kept `busy` by it any more.

Each status names its batch, and packages that waited for another version of a locked document have
come late. Told again, it changes nothing.
"""

from collections.abc import Sequence

from sqlalchemy import select

from smartclient.backoffice.operations import late_packages, prepared_lines, signed_packages
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import hold, load_with_bodies, write_all
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState

SCOPES_AT_ONCE = 100
"""Scopes told of in one transaction: a status is written for each document, and pushes wait."""


def scopes_to_tell(desk: Desk, run: ExportRun) -> list[str]:
    """The scopes that have documents in the batch."""
    line = schema.export_line
    query = select(line.c.scope).where(line.c.batch == run.batch).distinct()
    return sorted(desk.connection.execute(query).scalars())


def tell_scopes(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Tell of the locks in these scopes; committed by itself."""
    held = hold(desk, scopes)
    locked = _locked(desk, run, scopes)
    ids = [document.id for _, document in locked]
    of_late = late_packages.documents_of(desk, run.batch, scopes)
    load_with_bodies(desk, held, [*of_late, *map(status_id, (*ids, *of_late))])
    waiting = signed_packages.waiting_for(desk, ids)
    for scope, document in locked:
        records = held[scope]
        records.take(document)
        late = waiting.get((scope, document.id), ())
        signed_packages.document_locked(records, document, late, run.batch)
    late_packages.tell_batch(held.values(), run.batch)
    prepared_lines.forget_exported(desk, run.batch, scopes)
    write_all(desk, held.values())


def _locked(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> list[tuple[str, RecordRow]]:
    """What the batch locked; "Ostatní" that was edited since belongs to the next batch."""
    table = schema.record
    query = select(table).where(
        table.c.batch == run.batch,
        table.c.scope.in_(scopes),
        table.c.state == ServerState.LOCKED.value,
    )
    found = desk.connection.execute(query.order_by(table.c.scope, table.c.id)).mappings()
    return [(row["scope"], RecordRow.from_row(row)) for row in found]
