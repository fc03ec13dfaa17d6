"""Lock: the batch is durable outside of the database, so its documents are locked for good.

Nothing but state and place in the feed changes here, in two statements for many scopes: until it
is done, pushes are answered `busy`. What else a lock brings is told afterwards (`telling`).
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.exports import late_decision
from smartclient.backoffice.tables.membership import one_of
from smartclient.domain.document_life import ServerState

_scope, _record, _line = schema.scope, schema.record, schema.export_line
_HELD = (
    select(_scope.c.scope)
    .where(one_of(_scope.c.scope, "scopes"), _scope.c.sealed_for == bindparam("of_batch"))
    .order_by(_scope.c.scope)
    .with_for_update()
)
_OF_LATE = select(late_decision.c.package).where(
    late_decision.c.batch == _line.c.batch,
    late_decision.c.scope == _line.c.scope,
    late_decision.c.package == _line.c.document,
)
_DOCUMENTS = (_line.c.batch == bindparam("of_batch")) & ~_OF_LATE.exists()
"""The lines of documents; the others are of late packages, which are locked by nothing."""
_COUNTED = (
    select(func.count())
    .where(_DOCUMENTS, _line.c.scope == _scope.c.scope)
    .correlate(_scope)
    .scalar_subquery()
)
_RAISED = (
    update(_scope)
    .where(one_of(_scope.c.scope, "scopes"))
    .values(head=_scope.c.head + _COUNTED, sealed_for=None)
)
# The last of a scope gets its new head, the one before it one less, and so on.
_FROM_THE_LAST = func.row_number().over(
    partition_by=_line.c.scope, order_by=_line.c.document.desc()
)
_PLACED = (
    select(_line.c.scope, _line.c.document, (_scope.c.head + 1 - _FROM_THE_LAST).label("seq"))
    .join(_scope, _scope.c.scope == _line.c.scope)
    .where(_DOCUMENTS, one_of(_line.c.scope, "scopes"))
    .subquery()
)
_LOCKED = (
    update(_record)
    .where(_record.c.scope == _PLACED.c.scope, _record.c.id == _PLACED.c.document)
    .values(state=ServerState.LOCKED.value, batch=bindparam("of_batch"), seq=_PLACED.c.seq)
)


def scopes_to_lock(desk: Desk, run: ExportRun) -> list[str]:
    """The scopes that hold something that is sealed for the batch."""
    query = select(_scope.c.scope).where(_scope.c.sealed_for == run.batch)
    return sorted(desk.connection.execute(query).scalars())


def lock_scopes(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Lock the sealed documents of these scopes and tell the feed; committed by itself.

    NotAllowed SC-EXP-004 when another process has gone on with the batch.
    """
    runs.hold(desk, run)
    of_them = {"scopes": sorted(scopes), "of_batch": run.batch}
    sealed = desk.connection.execute(_HELD, of_them).scalars().all()
    of_them["scopes"] = list(sealed)
    desk.connection.execute(_RAISED, of_them)
    desk.connection.execute(_LOCKED, of_them)
