"""Documents that are signed on paper: expected from the verdict on, until somebody has the sheets.

What arrived counts for the version it was signed in: an edit of the document expects a new sheet.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold_one
from smartclient.backoffice.operations.server_records import change_status, status_id, status_of
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import JsonObject, RecordKind


class Paper(StrEnum):
    """How the paper of a document stands, as its status says."""

    NONE = ""
    EXPECTED = "expected"
    ARRIVED = "arrived"


class Arrival(StrEnum):
    """What came of recording an arrival."""

    ARRIVED = "arrived"
    """It is recorded, now or before."""
    UNKNOWN = "unknown"
    """No document has the number."""
    NOT_EXPECTED = "not_expected"
    """The document is not to be signed on paper, or not as it stands."""
    DOUBLED = "doubled"
    """Several documents of the number wait for their paper; a person must look at them."""


@dataclass(frozen=True, slots=True)
class _Found:
    scope: str
    document: RecordId


def after_verdict(records: ScopeRecords, document: RecordRow, *, is_expected: bool) -> JsonObject:
    """What the status of a document says of paper from now on; the status must be loaded."""
    before = status_of(records, document)
    has_arrived = before.get("paper") == Paper.ARRIVED
    if is_expected and has_arrived and before.get("document_op") == document.op:
        return {}
    paper = Paper.EXPECTED if is_expected else Paper.NONE
    return {"paper": paper.value, "paper_arrived_at": ""}


def arrived(desk: Desk, number: str) -> Arrival:
    """Record that the signed paper of the document with this number is there; once is enough."""
    waiting, others = [], set[Paper]()
    for found in _documents(desk, number):
        records = hold_one(desk, found.scope)
        records.load([found.document, status_id(found.document)])
        document = records.get(found.document)
        if document is None:
            continue
        paper = Paper(str(status_of(records, document).get("paper", "")))
        if paper is Paper.EXPECTED:
            waiting.append((records, document))
        else:
            others.add(paper)
    if len(waiting) > 1:
        return Arrival.DOUBLED
    for records, document in waiting:
        at = to_text(desk.now)
        change_status(records, document, paper=Paper.ARRIVED.value, paper_arrived_at=at)
        records.flush()
        return Arrival.ARRIVED
    if Paper.ARRIVED in others:
        return Arrival.ARRIVED
    return Arrival.NOT_EXPECTED if others else Arrival.UNKNOWN


def _documents(desk: Desk, number: str) -> list[_Found]:
    table = schema.record
    query = select(table.c.scope, table.c.id).where(
        table.c.number == number, table.c.kind == RecordKind.DOCUMENT.value, table.c.number != ""
    )
    found = desk.connection.execute(query.order_by(table.c.scope, table.c.id))
    return [_Found(row.scope, row.id) for row in found]
