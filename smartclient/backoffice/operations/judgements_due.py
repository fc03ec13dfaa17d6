"""Which documents wait for a verdict, and when each comes: the rows of `judgement_due`.

A document that was asked about and failed comes later each time, so that it holds up no other. A
late package that a person accepted waits here as well, for its files to be made ready.

`attempts` counts one kind of failure in a row: above zero those of the judge, below zero those to
read the files. So an outage uses up no try of the judge, which has few.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    func,
    literal,
    literal_column,
    select,
    update,
)

from smartclient.backoffice.growing_pauses import pause_after
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.signed_packages import DocumentKey
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.columns import Instant
from smartclient.backoffice.tables.engine import insert_from, upsert
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import Op, RecordId

TRY_AGAIN = timedelta(minutes=15)
"""Until the next judgement of a document at which the judge failed."""
MAX_ATTEMPTS = 5
"""Then a person is told; a judge that fails is asked no more."""
NOT_ASKED = timedelta(minutes=1)
"""Until the next look at a document whose files were not asked for: the store is away."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=1)
"""After a file could not be read; the first is longer than `NOT_ASKED`, so that those come first.
It doubles up to the longest."""

OF_THE_CATALOGUE = ("SC-SERV-030", "SC-CAT-077")
OF_PARTNERS = ("SC-SERV-031",)
OF_CONTRACTS = ("SC-SERV-036",)
OF_THE_OFFICE = ("SC-SERV-033", "SC-SERV-034", "SC-SERV-060")
"""Verdicts by what is to be mended: then they are found anew, see `judge_again`."""

_due = schema.judgement_due


def due(records: ScopeRecords, documents: Iterable[RecordId]) -> None:
    """Have documents judged soon, in the transaction that changed them."""
    have_judged(records.desk, [(records.scope, document) for document in documents])


def have_judged(desk: Desk, documents: Iterable[DocumentKey]) -> None:
    """The same for documents of several scopes, or for accepted late packages."""
    rows = [
        {"scope": scope, "document": document, "due_at": desk.now, "attempts": 0}
        for scope, document in documents
    ]
    upsert(desk.connection, _due, rows)


def judge_again(desk: Desk, codes: Collection[str]) -> None:
    """Have every open document judged again whose verdict had one of these codes.

    Whoever mends what they name calls it: a signed document cannot be pushed anew to be looked at.
    """
    record = schema.record
    found = select(record.c.scope, record.c.id, literal(desk.now, Instant), literal(0)).where(
        record.c.verdict_code.in_(sorted(codes)),
        # Said as the index says it, or SQLite does not use it.
        record.c.verdict_code != literal_column("''"),
        record.c.state == ServerState.OPEN.value,
    )
    insert_from(desk.connection, _due, found)


def count_due(desk: Desk, until: datetime) -> int:
    """How many documents were due by then."""
    query = select(func.count()).select_from(_due).where(_due.c.due_at <= until)
    return desk.connection.execute(query).scalar_one()


def oldest_due(desk: Desk, until: datetime, limit: int) -> list[DocumentKey]:
    """Up to `limit` documents that were due by then, the oldest first."""
    query = select(_due.c.scope, _due.c.document).where(_due.c.due_at <= until)
    found = desk.connection.execute(query.order_by(_due.c.due_at).limit(limit))
    return [(row.scope, row.document) for row in found]


def bring_forward(desk: Desk, until: datetime) -> None:
    """Have what was put off beyond that instant due by it."""
    desk.connection.execute(update(_due).where(_due.c.due_at > until).values(due_at=until))


def left_out(desk: Desk, documents: Iterable[DocumentKey]) -> None:
    """Put off documents whose files nobody asked for; they come before those that failed."""
    for key in documents:
        later = update(_due).where(_is(key)).values(due_at=desk.now + NOT_ASKED)
        desk.connection.execute(later)


def not_read(desk: Desk, key: DocumentKey, op: Op) -> None:
    """Put off a document whose files were asked for and could not be read.

    That says nothing of the document: it is asked about for ever, in the end once an hour. After a
    few times it is an alarm for a person, who sees to the file.
    """
    made = desk.connection.execute(select(_due.c.attempts).where(_is(key))).scalar()
    if made is None:
        return  # erased meanwhile
    attempts = max(-int(made), 0) + 1
    later = desk.now + pause_after(attempts, FIRST_PAUSE, LONGEST_PAUSE)
    put_off = update(_due).where(_is(key)).values(attempts=-attempts, due_at=later)
    desk.connection.execute(put_off)
    if attempts >= MAX_ATTEMPTS:
        raise_alarm(desk, Alarm.NOT_READ, *key, op)


def done(desk: Desk, key: DocumentKey) -> None:
    """Take the document off the list."""
    desk.connection.execute(delete(_due).where(_is(key)))


def judge_failed(desk: Desk, key: DocumentKey) -> None:
    """Try the judgement again later, or no more once that was tried often enough."""
    tried = case((_due.c.attempts < 0, 0), else_=_due.c.attempts) + 1
    desk.connection.execute(delete(_due).where(_is(key), tried >= MAX_ATTEMPTS))
    again = update(_due).where(_is(key))
    desk.connection.execute(again.values(attempts=tried, due_at=desk.now + TRY_AGAIN))


def _is(key: DocumentKey) -> ColumnElement[bool]:
    return and_(_due.c.scope == key[0], _due.c.document == key[1])
