"""Judging documents beside the pushes: a push is never slowed down or refused by a verdict.

Each change of a complete or signed document leaves a row in `judgement_due`. The worker reads the
case, judges it without holding the database, and writes the verdict only if the document is still
the one it judged. The exporter judges whatever is still due before it seals.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, literal, literal_column, select, true, update

from smartclient.backoffice.operations import (
    blobs,
    contract_requests,
    paper,
    prepared_lines,
    stamps_due,
)
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.effective_packages import find_effective
from smartclient.backoffice.operations.export.formats import JSON
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.partners import find_partner
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import (
    ScopeRecords,
    hold_one,
    read_content,
    read_record,
)
from smartclient.backoffice.operations.seals import Seals, seals_for
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.operations.signed_packages import DocumentKey, SignedPackage
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.columns import Instant
from smartclient.backoffice.tables.engine import PASSING, insert_from, upsert
from smartclient.domain.document_life import (
    DocumentKind,
    ServerState,
    Stage,
    is_exportable_stage,
)
from smartclient.domain.errors import Damaged, SmartClientError, Unreachable
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import Json, JsonObject, mapping

log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=15)
MAX_ATTEMPTS = 5
OUT_OF_REACH = timedelta(minutes=1)
"""Until the next look at a document whose files could not be read just now."""
OF_THE_CATALOGUE = ("SC-SERV-030", "SC-CAT-077")
OF_PARTNERS = ("SC-SERV-031",)
OF_CONTRACTS = ("SC-SERV-036",)
OF_THE_OFFICE = ("SC-SERV-033", "SC-SERV-034", "SC-SERV-060")
"""Verdicts by what is to be mended: then they are found anew, see `judge_again`."""
_ALARMS = {
    "SC-SERV-032": Alarm.ID_DOUBLED,
    "SC-SERV-033": Alarm.NOT_JUDGED,
    "SC-SERV-034": Alarm.SIGNED_FILE_REFUSED,
    "SC-SERV-060": Alarm.NOT_JUDGED,
    "SC-CAT-077": Alarm.NOT_JUDGED,
}


@dataclass(frozen=True, slots=True)
class SignedEvidence:
    """What the judge needs of a signed package: the bytes, and what we know of the install."""

    pdf: bytes
    values: bytes
    package: SignedPackage
    seals: Seals
    """The seals that count on what was sent by the install that sent it."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A document as it is judged."""

    document: RecordId
    op: Op
    stage: Stage
    body: JsonObject
    evidence: SignedEvidence | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the document may be exported; `code` is the first reason why not."""

    exportable: bool
    missing: tuple[str, ...] = ()
    code: str = ""
    record: JsonObject = field(default_factory=dict)
    """The data record for the core, by the export map of the form; empty where it has none."""
    on_paper: bool = False
    """Its signatures come on paper."""

    def to_json(self) -> JsonObject:
        """As it stands in the document's status."""
        missing: list[Json] = list(self.missing)
        return {"exportable": self.exportable, "missing": missing, "code": self.code}


Judge = Callable[[Case], Verdict]
"""Pure: the same case always gets the same verdict."""


def due(records: ScopeRecords, documents: Iterable[RecordId]) -> None:
    """Have documents judged soon, in the transaction that changed them."""
    now = records.desk.now
    rows = [
        {"scope": records.scope, "document": document, "due_at": now, "attempts": 0}
        for document in documents
    ]
    upsert(records.desk.connection, schema.judgement_due, rows)


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
    insert_from(desk.connection, schema.judgement_due, found)


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that was judged."""

    scope: str
    document: RecordId
    exportable: bool


def count_due(desk: Desk, until: datetime) -> int:
    """How many documents were due by then."""
    table = schema.judgement_due
    query = select(func.count()).select_from(table).where(table.c.due_at <= until)
    return desk.connection.execute(query).scalar_one()


def judge_due(
    office: Office,
    judge: Judge,
    until: datetime,
    limit: int,
    formats: prepared_lines.Formats = (JSON,),
) -> list[Judged]:
    """Judge up to `limit` documents that were due by `until`, the oldest first.

    The lines of those that may be exported are made ready in these formats. Once a file could not
    be read because the store is away, signed documents are put off without asking it again: each
    would wait for its own time-out, and the export behind them all.
    """
    table = schema.judgement_due
    with office.reading() as desk:
        query = (
            select(table.c.scope, table.c.document)
            .where(table.c.due_at <= until)
            .order_by(table.c.due_at)
            .limit(limit)
        )
        waiting = [(row.scope, row.document) for row in desk.connection.execute(query)]
    judged: list[Judged] = []
    is_away = False
    for key in waiting:
        try:
            judged.append(_judge_one(office, judge, key, formats, asks_store=not is_away))
        except Unreachable:
            # What could not be read says nothing about the document: no verdict, however often.
            is_away = True
            with office.writing() as desk:
                _put_off(desk, key)
            judged.append(Judged(*key, exportable=False))
    return judged


def _judge_one(
    office: Office,
    judge: Judge,
    key: DocumentKey,
    formats: prepared_lines.Formats,
    *,
    asks_store: bool,
) -> Judged:
    scope, document = key
    with office.reading() as desk:
        row = read_record(desk, scope, document)
    verdict, failed = Verdict(False), False
    if row is not None and is_exportable_stage(row.stage):
        if row.stage is Stage.SIGNED and not asks_store:
            raise Unreachable("SC-SERV-061")
        try:
            verdict = _verdict(office, judge, scope, row)
        except (Unreachable, *PASSING):
            raise
        except SmartClientError as refusal:
            verdict = Verdict(False, code=refusal.code)
        except Exception:
            log.exception("judgement failed", extra={"record": document})
            verdict, failed = Verdict(False, code="SC-SERV-033"), True
    with office.writing() as desk:
        if row is None or _settled(desk, scope, row, verdict, formats):
            _done(desk, scope, document, failed=failed)
    return Judged(scope, document, verdict.exportable)


def _verdict(office: Office, judge: Judge, scope: str, row: RecordRow) -> Verdict:
    with office.reading() as desk:
        partner = find_partner(desk, row.hr)
        if partner is None or partner.blocked:
            return Verdict(False, code="SC-SERV-031")
        if _is_elsewhere(desk, scope, row):
            return Verdict(False, code="SC-SERV-032")
        evidence = _evidence(desk, scope, row) if row.stage is Stage.SIGNED else None
        content = read_content(desk, scope, row.id)
        if encoding.sha256(content) != row.sha256:
            raise Damaged("SC-SERV-060")
        case = Case(row.id, row.op, row.stage, mapping(encoding.parse(content)), evidence)
    return judge(case)


def _is_elsewhere(desk: Desk, scope: str, row: RecordRow) -> bool:
    """Whether another scope had a document of this id first: the core would get it twice."""
    table = schema.record
    query = select(table.c.scope).where(
        table.c.id == row.id,
        table.c.scope != scope,
        table.c.first_received_at <= row.first_received_at,
    )
    return desk.connection.execute(query).first() is not None


def _evidence(desk: Desk, scope: str, row: RecordRow) -> SignedEvidence | None:
    found = find_effective(desk, [(scope, row.id)]).get((scope, row.id))
    if found is None:
        return None
    return SignedEvidence(
        pdf=_blob(desk, scope, found.package.pdf_sha256),
        values=_blob(desk, scope, found.package.values_sha256),
        package=found.package,
        seals=seals_for(desk, found.install),
        received_at=found.received_at,
    )


def _blob(desk: Desk, scope: str, sha256: Sha256) -> bytes:
    return blobs.read(desk, blobs.find_in_scope(desk, scope, sha256))


def _settled(
    desk: Desk, scope: str, judged: RecordRow, verdict: Verdict, formats: prepared_lines.Formats
) -> bool:
    """Write the verdict; False when the document was changed while it was judged."""
    records = hold_one(desk, scope)
    records.load([judged.id, status_id(judged.id)])
    stands = records.get(judged.id)
    if stands is None or (stands.op, stands.stage) != (judged.op, judged.stage):
        return False
    if stands.state is ServerState.OPEN:
        verdict = _on_its_contract(records, stands, verdict)
        records.note_verdict(stands.id, verdict.code, exportable=verdict.exportable)
        if verdict.exportable:
            prepared_lines.prepare(records, stands, verdict.record, formats)
        else:
            prepared_lines.forget(records, stands.id)
    on_paper = verdict.exportable and verdict.on_paper
    told = paper.after_verdict(records, stands, is_expected=on_paper)
    told |= {"document_op": stands.op, "verdict": verdict.to_json()}
    change_status(records, stands, **told)
    if verdict.exportable and stands.stage is Stage.SIGNED:
        stamps_due.due(records, stands)
    if verdict.code in _ALARMS:
        raise_alarm(desk, _ALARMS[verdict.code], scope, stands.id, stands.op)
    records.flush()
    return True


def _on_its_contract(records: ScopeRecords, row: RecordRow, verdict: Verdict) -> Verdict:
    """The verdict on a request that is in order but for its contract, and on anything else."""
    if not verdict.exportable or row.document_kind != DocumentKind.CHANGE_REQUEST:
        return verdict
    code = contract_requests.stand_on_contract(records, row)
    return Verdict(False, code=code) if code else verdict


def _put_off(desk: Desk, key: DocumentKey) -> None:
    table = schema.judgement_due
    of_it = (table.c.scope == key[0]) & (table.c.document == key[1])
    again = update(table).where(of_it)
    desk.connection.execute(again.values(due_at=desk.now + OUT_OF_REACH))


def _done(desk: Desk, scope: str, document: RecordId, *, failed: bool) -> None:
    """Take the document off the list; one whose judgement failed is tried again later."""
    table = schema.judgement_due
    of_it = (table.c.scope == scope) & (table.c.document == document)
    tried_enough = table.c.attempts + 1 >= MAX_ATTEMPTS
    desk.connection.execute(delete(table).where(of_it, tried_enough if failed else true()))
    again = update(table).where(of_it)
    desk.connection.execute(
        again.values(attempts=table.c.attempts + 1, due_at=desk.now + TRY_AGAIN)
    )
