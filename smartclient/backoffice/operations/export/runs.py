"""The export of each business date and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import ColumnElement, insert, select, update

from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one
from smartclient.backoffice.tables.exports import export_batch
from smartclient.domain.errors import NotAllowed
from smartclient.domain.lock_time import cutoff
from smartclient.wire.batches import batch_name

PATIENCE = timedelta(minutes=30)
"""A hand-over may take so long."""
ANSWERED_WITHIN = timedelta(hours=9)
"""The core works through a batch by night: by the morning every line has its answer."""


class RunState(StrEnum):
    """What the last finished step was."""

    BEGUN = "begun"
    """Documents are being sealed."""
    SEALED = "sealed"
    WRITTEN = "written"
    """Manifest and payload are durable outside of the database."""
    LOCKED = "locked"
    TOLD = "told"
    """Statuses tell of the locks; the batch waits for its hand-over."""
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    """The core has answered every line."""


TO_BE_TOLD = (RunState.BEGUN, RunState.SEALED, RunState.WRITTEN, RunState.LOCKED)
"""Somebody's document waits for a step: nothing may come before it."""


@dataclass(frozen=True, slots=True)
class ExportRun:
    """The one export of a business date."""

    business_date: date
    batch: str
    cutoff: datetime
    state: RunState
    previous_manifest_sha256: str
    manifest_sha256: str
    documents: int


def begin(
    desk: Desk,
    business_date: date,
    policy: ExportPolicy = ExportPolicy(),  # noqa: B008 - frozen
) -> ExportRun:
    """Begin the export of a date. The date is the primary key: nobody begins it twice.

    NotAllowed SC-EXP-004 for the second of two that begin at once.
    """
    row = {
        "business_date": business_date,
        "batch": batch_name(business_date),
        "cutoff": cutoff(business_date),
        "state": RunState.BEGUN.value,
        "previous_manifest_sha256": _last_manifest(desk),
        "manifest_sha256": "",
        "documents": 0,
        "changed_at": desk.now,
    }
    if not insert_one(desk.connection, schema.export_run, row):
        raise NotAllowed("SC-EXP-004", batch=row["batch"])
    kept = {
        "batch": row["batch"],
        "hand_over_at": policy.hand_over_at(business_date),
        "retained_until": business_date + policy.kept,
    }
    desk.connection.execute(insert(export_batch).values(kept))
    return require(desk, business_date)


def hand_over_at(desk: Desk, run: ExportRun) -> datetime:
    """From when on the batch may be handed over."""
    query = select(export_batch.c.hand_over_at).where(export_batch.c.batch == run.batch)
    return cast("datetime", desk.connection.execute(query).scalar_one())


def is_overdue(desk: Desk) -> bool:
    """Whether a batch whose locks are told should have gone to the core `PATIENCE` ago."""
    return _stands(desk, RunState.TOLD, export_batch.c.hand_over_at < desk.now - PATIENCE)


def is_unanswered(desk: Desk) -> bool:
    """Whether the core got a batch `ANSWERED_WITHIN` ago and has not answered every line of it."""
    late = export_batch.c.handed_over_at < desk.now - ANSWERED_WITHIN
    return _stands(desk, RunState.HANDED_OVER, late)


def _stands(desk: Desk, state: RunState, late: ColumnElement[bool]) -> bool:
    """Whether a batch stands there although it is late."""
    run = schema.export_run
    query = select(export_batch.c.batch).join(run, run.c.batch == export_batch.c.batch)
    query = query.where(run.c.state == state.value, late)
    return desk.connection.execute(query.limit(1)).first() is not None


def was_handed_over_before(desk: Desk) -> bool:
    """Whether the core ever got a batch."""
    query = select(export_batch.c.batch).where(export_batch.c.handed_over_at.is_not(None))
    return desk.connection.execute(query.limit(1)).first() is not None


def note_handed_over(desk: Desk, run: ExportRun) -> None:
    """Note when the core got the batch."""
    of_it = export_batch.c.batch == run.batch
    desk.connection.execute(update(export_batch).where(of_it).values(handed_over_at=desk.now))


def note_documents(desk: Desk, run: ExportRun, documents: int) -> None:
    """Note how many documents were sealed."""
    table = schema.export_run
    of_it = table.c.business_date == run.business_date
    desk.connection.execute(update(table).where(of_it).values(documents=documents))


def find(desk: Desk, business_date: date) -> ExportRun | None:
    """The export of a date, if it was begun."""
    table = schema.export_run
    query = select(table).where(table.c.business_date == business_date)
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        return None
    return ExportRun(
        row.business_date,
        row.batch,
        row.cutoff,
        RunState(row.state),
        row.previous_manifest_sha256,
        row.manifest_sha256,
        row.documents,
    )


def require(desk: Desk, business_date: date) -> ExportRun:
    """The export of a date; NotAllowed SC-EXP-003 when it was not begun."""
    run = find(desk, business_date)
    if run is None:
        raise NotAllowed("SC-EXP-003", date=business_date.isoformat())
    return run


def unfinished(desk: Desk) -> list[ExportRun]:
    """Every export that has not been handed over, the oldest first."""
    return _in_states(desk, *TO_BE_TOLD, RunState.TOLD)


def unanswered(desk: Desk) -> list[ExportRun]:
    """Every export that waits for the core's answer, the oldest first."""
    return _in_states(desk, RunState.HANDED_OVER)


def newest_date(desk: Desk) -> date | None:
    """The newest business date that was ever begun."""
    table = schema.export_run
    query = select(table.c.business_date).order_by(table.c.business_date.desc()).limit(1)
    return desk.connection.execute(query).scalar_one_or_none()


def hold(desk: Desk, run: ExportRun) -> None:
    """Let nobody step on with the run while this transaction works for it.

    NotAllowed SC-EXP-004 when another process has stepped on already: a slow worker on another
    machine must not seal into a batch that is written.
    """
    table = schema.export_run
    query = select(table.c.state).where(table.c.business_date == run.business_date)
    shared = query.with_for_update(read=True)
    if desk.connection.execute(shared).scalar_one_or_none() != run.state.value:
        raise NotAllowed("SC-EXP-004", batch=run.batch)


def step(
    desk: Desk,
    run: ExportRun,
    to: RunState,
    *,
    manifest_sha256: str | None = None,
) -> None:
    """Finish a step in the transaction that made it; SC-EXP-004 when another process was first."""
    table = schema.export_run
    values: dict[str, object] = {"state": to.value, "changed_at": desk.now}
    if manifest_sha256 is not None:
        values["manifest_sha256"] = manifest_sha256
    done = desk.connection.execute(
        update(table)
        .where(table.c.business_date == run.business_date, table.c.state == run.state.value)
        .values(values)
    )
    if done.rowcount != 1:
        raise NotAllowed("SC-EXP-004", batch=run.batch)


def _in_states(desk: Desk, *states: RunState) -> list[ExportRun]:
    table = schema.export_run
    query = (
        select(table.c.business_date)
        .where(table.c.state.in_([state.value for state in states]))
        .order_by(table.c.business_date)
    )
    return [require(desk, day) for day in desk.connection.execute(query).scalars().all()]


def _last_manifest(desk: Desk) -> str:
    table = schema.export_run
    query = (
        select(table.c.manifest_sha256)
        .where(table.c.manifest_sha256 != "")
        .order_by(table.c.business_date.desc())
        .limit(1)
    )
    return desk.connection.execute(query).scalar_one_or_none() or ""
