"""Who goes to the archive, and when it is told: a walk over all scopes, once a day.

A document stays six months after the server received its last change (SC-34); fourteen days before,
its status names the day. What still has work waiting stays longer: a document that the exporter,
the judge, the core or a signed package is not done with. Only the server's clock
decides. The walk reads each scope once a day and costs a push nothing; where it is interrupted it
goes on, and a step that is repeated changes nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum, auto

from sqlalchemy import ColumnElement, delete, select

from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.retention_moving import archive
from smartclient.backoffice.operations.retention_waiting import with_work_waiting
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold_one
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.clock import to_text
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.retention import DOCUMENTS, WARNED_BEFORE
from smartclient.wire.messages import RecordKind

log = logging.getLogger(__name__)

WALK = "retention walk"
BEGINS_AT = time(3, 0)
"""Local time of Prague: after the night's export, before the first advisers."""
SCOPES_AT_ONCE = 200
DOCUMENTS_AT_ONCE = 200
"""So many are looked at in one transaction: an adviser who synchronises waits for it."""
_STILL_HERE = (ServerState.OPEN.value, ServerState.LOCKED.value)


class Due(Enum):
    """What a document's age asks for."""

    NOTHING = auto()
    ANNOUNCE = auto()
    WITHDRAW = auto()
    """It was changed after it had been announced."""
    ARCHIVE = auto()


@dataclass(frozen=True, slots=True)
class Aged:
    """A document that is old enough to be looked at, or was when it was announced."""

    id: RecordId
    received_at: datetime
    announced: datetime | None
    """The day that was told."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What a part of the walk came to."""

    announced: int = 0
    archived: int = 0
    held_back: int = 0
    """Due, but something is not done with them."""
    is_at_end: bool = False

    def __add__(self, other: "Walked") -> "Walked":
        """Both together; at its end only when the later one is."""
        return Walked(
            self.announced + other.announced,
            self.archived + other.archived,
            self.held_back + other.held_back,
            other.is_at_end,
        )


def due_of(document: Aged, now: datetime) -> Due:
    """What is due for the document now. Pure: the clock is the caller's."""
    by_age = DOCUMENTS.kept.after(document.received_at)
    is_near = by_age - now <= WARNED_BEFORE
    if document.announced is None:
        return Due.ANNOUNCE if is_near else Due.NOTHING
    if by_age > document.announced:
        return Due.ANNOUNCE if is_near else Due.WITHDRAW
    return Due.ARCHIVE if document.announced <= now else Due.NOTHING


def day_to_tell(received_at: datetime, now: datetime) -> datetime:
    """The midnight from which the document may go: never sooner than the days of warning allow."""
    by_age = DOCUMENTS.kept.after(received_at)
    if by_age - now >= WARNED_BEFORE - timedelta(days=1):
        return by_age
    warned = (now + WARNED_BEFORE).astimezone(PRAGUE).date()
    return datetime.combine(warned, time(0), tzinfo=PRAGUE).astimezone(UTC)


def is_walk_due(walked_at: datetime | None, position: str, now: datetime) -> bool:
    """Whether the walk of today has something left to do."""
    today = now.astimezone(PRAGUE).date()
    begins = datetime.combine(today, BEGINS_AT, tzinfo=PRAGUE).astimezone(UTC)
    return bool(position) or (now >= begins and (walked_at is None or walked_at < begins))


def walk_on(office: Office, scopes_at_once: int = SCOPES_AT_ONCE) -> Walked:
    """Go on with the walk of the day by so many scopes, if it is due.

    A scope in which something is damaged is left for the walk of tomorrow, and keeps no other from
    this one: what it was refused with is raised once the walk has passed it.
    """
    with office.reading() as desk:
        walked_at, position = _mark(desk)
        if not is_walk_due(walked_at, position, desk.now):
            return Walked(is_at_end=True)
        scopes = _scopes_after(desk, position, scopes_at_once)
        aged = _scopes_with_aged(desk, scopes)
    walked, refused = _look_over_each(office, aged)
    is_at_end = len(scopes) < scopes_at_once
    with office.writing() as desk:
        reached = "" if is_at_end else scopes[-1]
        row = {"name": WALK, "at": desk.now, "position": reached}
        upsert(desk.connection, observing.duty_mark, [row])
    if walked != Walked():
        log.info(
            "retention",
            extra={"announced": walked.announced, "archived": walked.archived},
        )
    if refused is not None:
        raise refused
    return walked + Walked(is_at_end=is_at_end)


def walk_all(office: Office) -> Walked:
    """Look over every scope now, whatever the walk of the day has done.

    What one of them was refused with is raised after all the others.
    """
    with office.reading() as desk:
        scopes = _scopes_with_aged(desk, None)
    walked, refused = _look_over_each(office, scopes)
    if refused is not None:
        raise refused
    return walked


def _look_over_each(
    office: Office, scopes: Sequence[str]
) -> tuple[Walked, SmartClientError | None]:
    """What it came to, and the first refusal."""
    walked, refused = Walked(), None
    for scope in scopes:
        try:
            walked += look_over(office, scope)
        except SmartClientError as refusal:
            log.warning("a scope was not looked over", extra={"code": refusal.code})
            refused = refused or refusal
    return walked, refused


def look_over(office: Office, scope: str) -> Walked:
    """Announce and archive what is due in one scope, in transactions of a bounded size."""
    walked, after = Walked(), ""
    while True:
        with office.writing() as desk:
            records = hold_one(desk, scope)
            aged = _aged(records, after)
            walked += _settle(records, aged)
            records.flush()
        if len(aged) < DOCUMENTS_AT_ONCE:
            return walked
        after = aged[-1].id


def _settle(records: ScopeRecords, aged: Sequence[Aged]) -> Walked:
    now = records.desk.now
    records.load([each for document in aged for each in (document.id, status_id(document.id))])
    of: dict[Due, list[Aged]] = {due: [] for due in Due}
    for document in aged:
        of[due_of(document, now)].append(document)
    _announce(records, of[Due.ANNOUNCE])
    _withdraw(records, of[Due.WITHDRAW])
    going = [document.id for document in of[Due.ARCHIVE]]
    waiting = with_work_waiting(records, going)
    gone = [document for document in going if document not in waiting]
    archive(records, gone)
    _forget_notices(records, gone)
    return Walked(len(of[Due.ANNOUNCE]), len(gone), len(waiting))


def _announce(records: ScopeRecords, documents: Sequence[Aged]) -> None:
    rows = []
    for document in documents:
        row = records.get(document.id)
        if row is None:
            continue
        day = day_to_tell(document.received_at, records.desk.now)
        change_status(records, row, leaves_at=to_text(day), leaves_op=row.op)
        rows.append({"scope": records.scope, "document": document.id, "leaves_at": day})
    upsert(records.desk.connection, observing.leaving_notice, rows)


def _withdraw(records: ScopeRecords, documents: Sequence[Aged]) -> None:
    for document in documents:
        row = records.get(document.id)
        if row is not None:
            change_status(records, row, leaves_at="", leaves_op="")
    _forget_notices(records, [document.id for document in documents])


def _forget_notices(records: ScopeRecords, documents: Sequence[RecordId]) -> None:
    table = observing.leaving_notice
    if documents:
        of_them = (table.c.scope == records.scope) & table.c.document.in_(documents)
        records.desk.connection.execute(delete(table).where(of_them))


def _mark(desk: Desk) -> tuple[datetime | None, str]:
    table = observing.duty_mark
    row = desk.connection.execute(select(table).where(table.c.name == WALK)).one_or_none()
    return (None, "") if row is None else (row.at, row.position)


def _scopes_after(desk: Desk, position: str, limit: int) -> list[str]:
    table = schema.scope
    query = select(table.c.scope).where(table.c.scope > position).order_by(table.c.scope)
    return list(desk.connection.execute(query.limit(limit)).scalars())


def _scopes_with_aged(desk: Desk, scopes: Sequence[str] | None) -> list[str]:
    """The scopes, among these or all, in which something may be due; others are not even held."""
    table, notice = schema.record, observing.leaving_notice
    found = select(table.c.scope).where(_may_be_aged(desk.now))
    told = select(notice.c.scope)
    if scopes is not None:
        found, told = found.where(table.c.scope.in_(scopes)), told.where(notice.c.scope.in_(scopes))
    both = (found.distinct(), told.distinct())
    return sorted({scope for query in both for scope in desk.connection.execute(query).scalars()})


def _may_be_aged(now: datetime) -> ColumnElement[bool]:
    table = schema.record
    return (
        (table.c.kind == RecordKind.DOCUMENT.value)
        & table.c.state.in_(_STILL_HERE)
        & (table.c.received_at <= DOCUMENTS.kept.latest(now) + WARNED_BEFORE)
    )


def _aged(records: ScopeRecords, after: str) -> list[Aged]:
    """The next documents of the scope that are old, or that were announced, by their ids."""
    record, notice, now = schema.record, observing.leaving_notice, records.desk.now
    of_it = (notice.c.scope == record.c.scope) & (notice.c.document == record.c.id)
    is_told = notice.c.document.is_not(None) & record.c.state.in_(_STILL_HERE)
    query = (
        select(record.c.id, record.c.received_at, notice.c.leaves_at)
        .outerjoin(notice, of_it)
        .where(record.c.scope == records.scope, record.c.id > after)
        .where(_may_be_aged(now) | is_told)
        .order_by(record.c.id)
        .limit(DOCUMENTS_AT_ONCE)
    )
    return [
        Aged(row.id, row.received_at, row.leaves_at)
        for row in records.desk.connection.execute(query)
    ]
