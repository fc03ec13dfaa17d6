"""Seal: from now on these versions, and no others, belong to the batch.

Only complete and signed documents with an exportable verdict on exactly this version are sealed,
none that waits to be judged again, and only what was received by the cut-off, so that a late worker
takes what a punctual one would have taken. A push that meets a sealed document is answered `busy`.
Besides, the batch takes along the late signed packages that a person let through by the cut-off,
once their files lie ready.

The lines of the batch are written before, of what would be sealed then (`note_candidates`). The
seal itself is a mark on each scope: with it, the lines of the batch are what is sealed there. So
nothing is written while pushes are answered `busy` but the marks, and lines that changed since.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, func, literal, select, update

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_from
from smartclient.backoffice.tables.exports import late_decision
from smartclient.backoffice.tables.membership import one_of
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
_HELD = (
    select(schema.scope.c.scope, schema.scope.c.sealed_for)
    .where(one_of(schema.scope.c.scope, "scopes"))
    .order_by(schema.scope.c.scope)
    .with_for_update()
)
_WAITS = select(_due.c.document).where(
    _due.c.scope == late_decision.c.scope, _due.c.document == late_decision.c.package
)
_LATE = (
    (late_decision.c.decision == "accepted") & late_decision.c.batch.is_(None) & ~_WAITS.exists()
)


def scopes_to_seal(desk: Desk, run: ExportRun) -> list[str]:
    """The scopes that hold something for the batch, or have lines in it that must be looked at."""
    line = schema.export_line
    asked = (
        select(_r.c.scope).where(_SEALABLE, _r.c.received_at <= run.cutoff),
        select(late_decision.c.scope).where(_LATE, late_decision.c.decided_at <= run.cutoff),
        select(line.c.scope).where(line.c.batch == run.batch),
    )
    return sorted({each for query in asked for each in desk.connection.scalars(query.distinct())})


def note_candidates(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Write lines of what these scopes would have sealed now; nothing is sealed by that."""
    runs.hold(desk, run)
    _add_lines(desk, run, scopes)


def count_candidates(office: Office) -> None:
    """Have PostgreSQL count the lines that came: otherwise it takes a new batch for a small one.

    Then it goes through all of its lines for each part of the scopes.
    """
    if not office.has_one_writer:
        with office.writing() as desk:
            desk.connection.exec_driver_sql(f"ANALYZE {schema.export_line.name}")


def seal_scopes(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Seal what these scopes hold for the batch; to be committed by itself.

    NotAllowed SC-EXP-004 when another process has gone on with the batch: it seals no more.
    """
    runs.hold(desk, run)
    table, line = schema.scope, schema.export_line
    held = desk.connection.execute(_HELD, {"scopes": sorted(scopes)})
    # What is marked was sealed by a run that was cut off, or waits for the batch before.
    unsealed = [row.scope for row in held if row.sealed_for is None]
    of_them = {"scopes": unsealed}
    marked = update(table).where(one_of(table.c.scope, "scopes"))
    desk.connection.execute(marked.values(sealed_for=run.batch), of_them)
    still = select(_r.c.id).where(
        _r.c.scope == line.c.scope,
        _r.c.id == line.c.document,
        _r.c.op == line.c.op,
        *_sealable_by(run),
    )
    of_batch = (line.c.batch == run.batch) & one_of(line.c.scope, "scopes")
    desk.connection.execute(delete(line).where(of_batch, ~still.exists()), of_them)
    _add_lines(desk, run, unsealed)
    _seal_late(desk, run, unsealed)


def _sealable_by(run: ExportRun) -> tuple[ColumnElement[bool], ...]:
    return _SEALABLE, _r.c.received_at <= run.cutoff


def _add_lines(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    line = schema.export_line
    there = select(line.c.document).where(
        line.c.batch == run.batch, line.c.scope == _r.c.scope, line.c.document == _r.c.id
    )
    found = _lines_of(run).where(one_of(_r.c.scope, "scopes"), *_sealable_by(run), ~there.exists())
    insert_from(desk.connection, line, found, {"scopes": list(scopes)})


def _lines_of(run: ExportRun) -> Select[tuple[object, ...]]:
    """The columns of a line, of records."""
    return select(
        literal(run.batch),
        _r.c.scope,
        _r.c.id,
        _r.c.version,
        _r.c.op,
        _r.c.sha256,
        literal(CoreAnswer.NONE.value),
        literal(""),
    )


def _seal_late(desk: Desk, run: ExportRun, scopes: Sequence[str]) -> None:
    """Take late packages along, under their own ids; nothing about them can change any more."""
    of_them = one_of(late_decision.c.scope, "scopes"), late_decision.c.decided_at <= run.cutoff
    package = (_r.c.scope == late_decision.c.scope) & (_r.c.id == late_decision.c.package)
    taken = _lines_of(run).join(late_decision, package).where(_LATE, *of_them)
    given = {"scopes": list(scopes)}
    insert_from(desk.connection, schema.export_line, taken, given)
    # By the lines: another package may have become ready since they were written.
    line = schema.export_line
    in_batch = (line.c.batch == run.batch) & (line.c.scope == late_decision.c.scope)
    its_line = select(line.c.document).where(in_batch, line.c.document == late_decision.c.package)
    noted = update(late_decision).where(of_them[0], its_line.exists())
    desk.connection.execute(noted.values(batch=run.batch), given)


def count_sealed(desk: Desk, run: ExportRun) -> int:
    """How many documents the batch holds."""
    table = schema.export_line
    query = select(func.count()).select_from(table).where(table.c.batch == run.batch)
    return desk.connection.execute(query).scalar_one()
