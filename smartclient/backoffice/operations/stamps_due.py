"""Which accepted files still wait for their time stamp; the stamping itself is `time_stamps`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import status_of
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.ids import Op, RecordId
from smartclient.wire.messages import Json

TIME_STAMP = "time_stamp"
"""Where a status tells of the stamped file: itself for its document, `late` for a late package."""
LATE = "late"


@dataclass(frozen=True, slots=True)
class WaitingStamp:
    """A file that has no time stamp yet."""

    scope: str
    document: RecordId
    op: Op
    due_at: datetime
    attempts: int
    problem: str
    """The code of the last attempt; empty before the first."""
    detail: str
    """What was in the way, for the expert; names nobody."""
    given_up_at: datetime | None


def due(records: ScopeRecords, document: RecordRow, op: Op | None = None) -> None:
    """Have the accepted file of a document stamped, unless it is; the status must be loaded.

    `op` is the version that was signed: that of a package that came late may be an older one.
    """
    signed = document.op if op is None else op
    if is_stamped(status_of(records, document), signed):
        return
    row = {
        "scope": records.scope,
        "document": document.id,
        "op": signed,
        "due_at": records.desk.now,
        "attempts": 0,
        "problem": "",
        "detail": "",
        "given_up_at": None,
    }
    upsert(records.desk.connection, schema.stamp_due, [row])


def is_stamped(status: Mapping[str, Json], op: Op) -> bool:
    """Whether the status tells of the stamped file of this version."""
    late = status.get(LATE)
    told = (status.get(TIME_STAMP), late.get(TIME_STAMP) if isinstance(late, dict) else None)
    return any(isinstance(each, dict) and each.get("op") == op for each in told)


def waiting(desk: Desk) -> list[WaitingStamp]:
    """All of them, those given up first, then by the moment of the next attempt."""
    table = schema.stamp_due
    query = select(table).order_by(table.c.given_up_at.is_(None), table.c.due_at, table.c.document)
    return [
        WaitingStamp(
            row.scope,
            row.document,
            row.op,
            row.due_at,
            row.attempts,
            row.problem,
            row.detail,
            row.given_up_at,
        )
        for row in desk.connection.execute(query)
    ]


def try_again(desk: Desk, document: RecordId) -> int:
    """Have what was given up of a document tried again from the beginning; how many files."""
    table = schema.stamp_due
    of_it = and_(table.c.document == document, table.c.given_up_at.is_not(None))
    again = update(table).where(of_it).values(due_at=desk.now, attempts=0, given_up_at=None)
    return desk.connection.execute(again).rowcount
