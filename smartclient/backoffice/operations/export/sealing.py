"""Seal: from now on these versions, and no others, belong to the batch.

Only complete and signed documents with an exportable verdict on exactly this version are sealed,
none that waits to be judged again, and only what was received by the cut-off, so that a late worker
takes what a punctual one would have taken. A push that meets a sealed document is answered `busy`.
Besides, the batch takes along the late signed packages that a person let through by the cut-off.
"""

from collections.abc import Sequence

from sqlalchemy import func, literal, select, update

from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import hold_rows
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_from
from smartclient.backoffice.tables.exports import late_decision
from smartclient.domain.document_life import CoreAnswer, ServerState, Stage
from smartclient.wire.messages import RecordKind

SCOPES_AT_ONCE = 500
"""Scopes sealed or locked in one transaction: short enough for pushes that wait meanwhile."""

_r = schema.record
_due = schema.judgement_due
_IS_DUE = select(_due.c.document).where(_due.c.scope == _r.c.scope, _due.c.document == _r.c.id)
_SEALABLE = (
    (_r.c.kind == RecordKind.DOCUMENT.value)
    & (_r.c.state == ServerState.OPEN.value)
    & _r.c.exportable
    & _r.c.stage.in_([Stage.COMPLETE.value, Stage.SIGNED.value])
    & ~_IS_DUE.exists()
)
_LATE = (late_decision.c.decision == "accepted") & late_decision.c.batch.is_(None)


def scopes_to_seal(desk: Desk, run: ExportRun) -> list[str]:
    """The scopes that hold something for the batch."""
    query = select(_r.c.scope).where(_SEALABLE, _r.c.received_at <= run.cutoff).distinct()
    late = select(late_decision.c.scope).where(_LATE, late_decision.c.decided_at <= run.cutoff)
    return sorted({*desk.connection.execute(query).scalars(), *desk.connection.scalars(late)})


def seal_scopes(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Seal what these scopes hold for the batch; to be committed by itself."""
    hold_rows(desk, scopes)
    of_them = _r.c.scope.in_(scopes)
    desk.connection.execute(
        update(_r)
        .where(of_them, _SEALABLE, _r.c.received_at <= run.cutoff)
        .values(state=ServerState.SEALED.value, batch=run.batch)
    )
    sealed = select(
        literal(run.batch),
        _r.c.scope,
        _r.c.id,
        _r.c.version,
        _r.c.op,
        _r.c.sha256,
        literal(CoreAnswer.NONE.value),
        literal(""),
    ).where(of_them, _r.c.batch == run.batch, _r.c.state == ServerState.SEALED.value)
    insert_from(desk.connection, schema.export_line, sealed)
    _seal_late(desk, run, scopes)


def _seal_late(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Take late packages along, under their own ids; nothing about them can change any more."""
    of_them = late_decision.c.scope.in_(scopes) & (late_decision.c.decided_at <= run.cutoff)
    package = (_r.c.scope == late_decision.c.scope) & (_r.c.id == late_decision.c.package)
    taken = (
        select(
            literal(run.batch),
            _r.c.scope,
            _r.c.id,
            _r.c.version,
            _r.c.op,
            _r.c.sha256,
            literal(CoreAnswer.NONE.value),
            literal(""),
        )
        .join(late_decision, package)
        .where(_LATE, of_them)
    )
    insert_from(desk.connection, schema.export_line, taken)
    desk.connection.execute(update(late_decision).where(_LATE, of_them).values(batch=run.batch))


def count_sealed(desk: Desk, run: ExportRun) -> int:
    """How many documents the batch holds."""
    table = schema.export_line
    query = select(func.count()).select_from(table).where(table.c.batch == run.batch)
    return desk.connection.execute(query).scalar_one()
