"""Deleting what is over, each by its row of the one table of periods (`domain.retention`)."""

from sqlalchemy import Column, Table, delete, select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import observing, schema
from smartclient.domain.retention import (
    ALARMS,
    BUCKETS,
    DESK_ACTS,
    HANDED_IN,
    MAIL,
    SYNC_HISTORY,
    Period,
)

AT_ONCE = 5_000
"""Rows a table in one transaction: the next hour goes on."""

_ENDING: tuple[tuple[Table, "Column[object]", Period], ...] = (
    (observing.sync_seen, observing.sync_seen.c.last_at, SYNC_HISTORY),
    (observing.desk_act, observing.desk_act.c.at, DESK_ACTS),
    (schema.alarm, schema.alarm.c.at, ALARMS),
    (schema.bucket, schema.bucket.c.at, BUCKETS),
    (schema.handed_in, schema.handed_in.c.done_at, HANDED_IN),
    (schema.handed_in_decision, schema.handed_in_decision.c.decided_at, HANDED_IN),
)


def tidy(desk: Desk) -> dict[str, int]:
    """Delete what has ended; how many rows of each table."""
    gone = {}
    for table, since, period in _ENDING:
        keys = list(table.primary_key)
        old = select(*keys, since).where(since <= period.kept.latest(desk.now)).limit(AT_ONCE)
        over = [
            row
            for row in desk.connection.execute(old).mappings()
            if period.kept.after(row[since.name]) <= desk.now
        ]
        for row in over:
            of_it = [key == row[key.name] for key in keys]
            desk.connection.execute(delete(table).where(*of_it))
        gone[table.name] = len(over)
    gone[schema.outbox.name] = _tidy_mail(desk)
    return gone


def _tidy_mail(desk: Desk) -> int:
    """Delete mail that was sent or given up; what is still due stays however old it is."""
    table = schema.outbox
    limit = MAIL.kept.latest(desk.now)
    over = table.c.due_at.is_(None) & (table.c.created_at <= limit)
    over &= table.c.sent_at.is_(None) | (table.c.sent_at <= limit)
    return desk.connection.execute(delete(table).where(over)).rowcount
