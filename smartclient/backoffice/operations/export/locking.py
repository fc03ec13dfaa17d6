"""Lock: the batch is durable outside of the database, so its documents are locked for good.

Nothing but state and place in the feed changes here, in three statements for many scopes: until it
is done, pushes are answered `busy`. What else a lock brings is told afterwards (`telling`).
"""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import hold_rows
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
    hold_rows(desk, scopes)
    record, head = schema.record, schema.scope
    sealed = (
        (record.c.batch == run.batch)
        & record.c.scope.in_(scopes)
        & (record.c.state == ServerState.SEALED.value)
    )
    counted = (
        select(record.c.scope, func.count().label("documents"))
        .where(sealed)
        .group_by(record.c.scope)
        .subquery()
    )
    raised = update(head).where(head.c.scope == counted.c.scope)
    desk.connection.execute(raised.values(head=head.c.head + counted.c.documents))
    # The last of a scope gets its new head, the one before it one less, and so on.
    from_the_last = func.row_number().over(partition_by=record.c.scope, order_by=record.c.id.desc())
    placed = (
        select(record.c.scope, record.c.id, (head.c.head + 1 - from_the_last).label("seq"))
        .join(head, head.c.scope == record.c.scope)
        .where(sealed)
        .subquery()
    )
    of_it = (record.c.scope == placed.c.scope) & (record.c.id == placed.c.id)
    locked = {"state": ServerState.LOCKED.value, "seq": placed.c.seq}
    desk.connection.execute(update(record).where(of_it).values(locked))
