"""Whether the back office does its work, with the reasons why not; it tells nothing of anybody.

database    it does not answer
disk        too little room is left where keys, batches and files lie
worker      its last sign of life is too old: nothing is judged, exported or sent
export      the newest business date that is due was not begun, or its locks are not told
hand_over   a batch is locked, and the core's folder did not get it in its time
answer      the core got a batch, and has not answered every line of it in its time
catalogue   nothing is published, or its freshness has run out
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.lock_time import last_cutoff_date

WORKER = "worker"
BACKUP = "backup"
BEATS_EVERY = timedelta(seconds=15)
BEAT_MISSED = timedelta(minutes=3)
"""A long export is one duty: while it runs, the worker gives no sign; see `EXPORT_LATE`."""
EXPORT_LATE = timedelta(hours=2)
LEAST_FREE = 1_000_000_000
"""Bytes: the batches of one evening."""


class Reason(StrEnum):
    """What is not in order."""

    DATABASE = "database"
    DISK = "disk"
    WORKER = "worker"
    EXPORT = "export"
    HAND_OVER = "hand_over"
    ANSWER = "answer"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies beside the database; each is asked anew for every answer."""

    free_bytes: Callable[[], int]
    fresh_until: Callable[[], datetime | None]
    """Until when the published catalogue is fresh; None when nothing is published."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found."""

    now: datetime
    free_bytes: int
    beaten_at: datetime | None
    exported: bool
    """Every date that had to be locked by now is, and its advisers can read it."""
    handed_over: bool
    """Every batch that had to be in the core's folder by now is there; on a holiday none has to."""
    answered: bool
    """Every batch that the core had to answer by now is answered to its last line."""
    fresh_until: datetime | None


def reasons_of(found: Condition) -> list[Reason]:
    """What is not in order, the worst first. Pure."""
    reasons = []
    if found.free_bytes < LEAST_FREE:
        reasons.append(Reason.DISK)
    beaten = found.beaten_at
    beats = beaten is not None and found.now - beaten <= BEAT_MISSED
    if not found.exported:
        reasons.append(Reason.EXPORT)
    if not found.handed_over:
        reasons.append(Reason.HAND_OVER)
    if not found.answered:
        reasons.append(Reason.ANSWER)
    if not beats and not _may_be_exporting(found):
        reasons.append(Reason.WORKER)
    if found.fresh_until is None or found.fresh_until <= found.now:
        reasons.append(Reason.CATALOGUE)
    return reasons


def _may_be_exporting(found: Condition) -> bool:
    """A worker that beat shortly before now may be in the middle of a long duty."""
    return found.beaten_at is not None and found.now - found.beaten_at <= EXPORT_LATE / 4


def condition(desk: Desk, around: Surroundings) -> Condition:
    """Look at everything."""
    return Condition(
        desk.now,
        around.free_bytes(),
        beaten_at(desk),
        _is_told(desk),
        not runs.is_overdue(desk),
        not runs.is_unanswered(desk),
        around.fresh_until(),
    )


def beat(desk: Desk) -> None:
    """The worker's sign of life."""
    row = {"name": WORKER, "at": desk.now, "position": ""}
    upsert(desk.connection, observing.duty_mark, [row])


def beaten_at(desk: Desk) -> datetime | None:
    """When the worker last gave a sign of life."""
    return _marked_at(desk, WORKER)


def note_backup(connection: Connection, at: datetime) -> None:
    """A backup of that instant is whole."""
    upsert(connection, observing.duty_mark, [{"name": BACKUP, "at": at, "position": ""}])


def backed_up_at(desk: Desk) -> datetime | None:
    """Of when the newest backup is; None before the first one."""
    return _marked_at(desk, BACKUP)


def _marked_at(desk: Desk, name: str) -> datetime | None:
    table = observing.duty_mark
    query = select(table.c.at).where(table.c.name == name)
    found: datetime | None = desk.connection.execute(query).scalar_one_or_none()
    return found


def _is_told(desk: Desk) -> bool:
    begun, late = runs.newest_date(desk), desk.now - EXPORT_LATE
    if begun is None or begun < last_cutoff_date(late):
        return False
    query = select(func.min(schema.export_run.c.cutoff)).where(
        schema.export_run.c.state.in_([state.value for state in runs.TO_BE_TOLD])
    )
    oldest = desk.connection.execute(query).scalar()
    return oldest is None or oldest > late
