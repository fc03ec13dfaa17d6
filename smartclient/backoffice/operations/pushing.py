"""A push: each line judged alone, what is accepted written at once (rules 1, 2, 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from smartclient.backoffice.operations import judgements, number_leases, signed_packages
from smartclient.backoffice.operations.acceptance import decide
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.epoch import require_epoch
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold_one
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.operations.signed_packages import (
    SignedPackage,
    Standing,
    WaitingPackage,
)
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import CoreAnswer, ServerState, is_exportable_stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import (
    Answer,
    Json,
    PushLine,
    PushRequest,
    PushResult,
    RecordKind,
    UnreadableLine,
    is_storable,
)


@dataclass(frozen=True, slots=True)
class _Offered:
    """A line that is a record: its canonical bytes fit its digest, its package can be read."""

    line: PushLine
    content: bytes
    package: SignedPackage | None = None


@dataclass(frozen=True, slots=True)
class _Push:
    """What one push knows before a line is decided; each accepted line adds to it."""

    records: ScopeRecords
    principal: Principal
    known: dict[RecordId, list[KnownOp]]
    blobs: frozenset[Sha256]
    waiting: dict[RecordId, list[WaitingPackage]]
    numbers: dict[str, RecordId] = field(default_factory=dict)
    """Numbers of the documents that were accepted."""
    to_judge: dict[RecordId, None] = field(default_factory=dict)
    """Documents that changed, in their order."""


def push(desk: Desk, principal: Principal, request: PushRequest) -> list[PushResult]:
    """Answer each line in order; what is accepted counts once the transaction is committed.

    Raises Refused SC-SERV-009 for an older epoch: then nothing was written.
    """
    require_epoch(desk.connection, request.epoch)
    records = hold_one(desk, principal.scope)
    offered = [_read(line) for line in request.lines]
    pushing = _prepare(records, principal, [each for each in offered if isinstance(each, _Offered)])
    results = [_answer(pushing, each) if isinstance(each, _Offered) else each for each in offered]
    number_leases.note_used(records, pushing.numbers, principal.install, principal.hr)
    _report_doubled_numbers(pushing)
    judgements.due(records, pushing.to_judge)
    records.flush()
    return results


def _read(line: PushLine | UnreadableLine) -> _Offered | PushResult:
    if isinstance(line, UnreadableLine):
        return PushResult(line.id, line.op, Answer.INVALID, code=line.refusal.code)
    try:
        content = encoding.canonical(line.body)
        if encoding.sha256(content) != line.sha256:
            return PushResult(line.id, line.op, Answer.INVALID, code="SC-SERV-022")
        package = None
        if line.kind is RecordKind.SIGNED_PACKAGE:
            package = SignedPackage.from_body(line.body)
            if not package.blobs <= set(line.blobs):
                return PushResult(line.id, line.op, Answer.INVALID, code="SC-SERV-024")
        return _Offered(line, content, package)
    except BadInput as refusal:
        return PushResult(line.id, line.op, Answer.INVALID, code=refusal.code)
    except (ValueError, RecursionError):
        # Half of a surrogate pair is JSON but has no UTF-8, so it has no canonical bytes either.
        return PushResult(line.id, line.op, Answer.INVALID, code="SC-SERV-022")


def _prepare(records: ScopeRecords, principal: Principal, offered: Sequence[_Offered]) -> _Push:
    """Read all that the lines need in a handful of queries."""
    ids = {each.line.id for each in offered}
    documents = ids | {each.package.document for each in offered if each.package}
    records.load(documents | {status_id(document) for document in documents})
    asked = [(each.line.id, each.line.op) for each in offered]
    asked += [(each.package.document, each.package.document_op) for each in offered if each.package]
    blobs = {sha256 for each in offered for sha256 in each.line.blobs}
    return _Push(
        records,
        principal,
        records.known_ops(asked),
        _blobs_there(records, blobs),
        {
            document: waiting
            for (scope, document), waiting in signed_packages.waiting_for(records.desk, ids).items()
            if scope == records.scope
        },
    )


def _blobs_there(records: ScopeRecords, wanted: set[Sha256]) -> frozenset[Sha256]:
    table = schema.blob
    query = select(table.c.sha256).where(
        table.c.scope == records.scope, table.c.sha256.in_(sorted(wanted))
    )
    found = records.desk.connection.execute(query).scalars() if wanted else ()
    return frozenset(found)


def _answer(pushing: _Push, offered: _Offered) -> PushResult:
    line, records = offered.line, pushing.records
    before = records.get(line.id)
    decision = decide(line, before, pushing.known.get(line.id, ()))
    if decision.alarm is not None:
        raise_alarm(records.desk, decision.alarm, records.scope, line.id, line.op)
    if decision.write:
        missing = tuple(sha256 for sha256 in line.blobs if sha256 not in pushing.blobs)
        if missing:
            return PushResult(line.id, line.op, Answer.MISSING, missing=missing)
        _write(pushing, offered, before, decision.version)
    elif before is not None and decision.answer in (Answer.LOCKED, Answer.STALE):
        waiting = pushing.waiting.get(line.id, [])
        late = [package for package in waiting if package.document_op == line.op]
        signed_packages.document_refused(records, before, late)
        pushing.waiting[line.id] = [package for package in waiting if package not in late]
    return PushResult(
        line.id, line.op, decision.answer, version=decision.version, code=decision.code
    )


def _write(pushing: _Push, offered: _Offered, before: RecordRow | None, version: int) -> None:
    line, records = offered.line, pushing.records
    row = records.put(_row(pushing, line, before, version), offered.content)
    known = pushing.known.setdefault(line.id, [])
    named = [KnownOp(line.op, version, line.sha256)]
    named += [KnownOp(op, version, None) for op in line.lineage]
    for op in named:
        records.remember(line.id, op)
    known += named
    if offered.package is not None:
        _take_package(pushing, line, offered.package)
    if line.kind is RecordKind.DOCUMENT:
        _take_document(pushing, row, before)


def _row(pushing: _Push, line: PushLine, before: RecordRow | None, version: int) -> RecordRow:
    now = pushing.records.desk.now
    return RecordRow(
        id=line.id,
        kind=line.kind,
        version=version,
        op=line.op,
        sha256=line.sha256,
        stage=line.stage,
        state=ServerState.OPEN,
        seq=0,
        blobs=line.blobs,
        form_version=line.form_version,
        document_kind=_short_text(line.body.get("document_kind")),
        number=_short_text(line.body.get("number")),
        install=pushing.principal.install,
        hr=before.hr if before else pushing.principal.hr,
        first_received_at=before.first_received_at if before else now,
        received_at=now,
    )


def _short_text(value: Json) -> str:
    """What a body says where it says it well; a strange body is kept and judged later."""
    return value if isinstance(value, str) and len(value) <= 20 and is_storable(value) else ""


def _take_package(pushing: _Push, line: PushLine, package: SignedPackage) -> None:
    records = pushing.records
    known = pushing.known.get(package.document, ())
    is_known = any(op.op == package.document_op for op in known)
    match signed_packages.arrived(records, line.id, package, is_known=is_known):
        case Standing.EFFECTIVE:
            pushing.to_judge[package.document] = None
        case Standing.PENDING:
            waiting = WaitingPackage(line.id, package.document, package.document_op)
            pushing.waiting.setdefault(package.document, []).append(waiting)
        case Standing.LATE:
            pass


def _take_document(pushing: _Push, row: RecordRow, before: RecordRow | None) -> None:
    records = pushing.records
    if before is not None and before.state is not ServerState.OPEN:
        change_status(records, row, core=CoreAnswer.NONE.value, core_reason="", batch="")
    signed_packages.document_arrived(records, row, pushing.waiting.pop(row.id, ()))
    stands = records.get(row.id) or row  # a package that waited may have signed it
    if is_exportable_stage(stands.stage) or records.get(status_id(row.id)):
        pushing.to_judge[row.id] = None
    if row.number and (before is None or before.number != row.number):
        pushing.numbers[row.number] = row.id


def _report_doubled_numbers(pushing: _Push) -> None:
    """A doubled number (a cloned disk) is accepted, marked and reported, never refused."""
    table = schema.record
    # A signed package bears the number of its document and doubles nothing.
    query = select(table.c.number, table.c.id).where(
        table.c.number.in_(sorted(pushing.numbers)),
        table.c.kind == RecordKind.DOCUMENT.value,
    )
    if not pushing.numbers:
        return
    for number, other in pushing.records.desk.connection.execute(query):
        document = pushing.records.get(pushing.numbers[number])
        if document is not None and other != document.id:
            change_status(pushing.records, document, number_doubled=True)
            desk, scope = pushing.records.desk, pushing.records.scope
            raise_alarm(desk, Alarm.NUMBER_DOUBLED, scope, document.id, document.op)
