"""Late signed packages: a person decides, and what was let through goes with the next export.

A package that met a locked or newer document is never refused on the wire. Here it waits for a
person. Accepted, it is handed over under its own id with a mark and the person's reason; refused,
it stays where it is. Either way the adviser sees the decision, and the documents of the export go
on as if nothing had come.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, Select, select

from smartclient.backoffice.operations import (
    blobs,
    desk_acts,
    judgements_due,
    prepared_lines,
    stamps_due,
)
from smartclient.backoffice.operations.judgements import Case, SignedEvidence
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import (
    ScopeRecords,
    hold_one,
    read_body,
    read_record,
)
from smartclient.backoffice.operations.seals import seals_for
from smartclient.backoffice.operations.server_records import (
    change_status,
    status_id,
    status_of,
    telling,
)
from smartclient.backoffice.operations.signed_packages import SignedPackage, Standing
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one
from smartclient.backoffice.tables.exports import late_decision
from smartclient.domain.clock import to_text
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import BatchedDocument
from smartclient.wire.messages import Json, JsonObject, mapping

LONGEST_REASON = 2_000
"""The adviser reads it, so it may say more than the reason of an act."""


class Decision(StrEnum):
    """What a person said of a late package."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, with who made it and why."""

    decision: Decision
    by: str
    reason: str
    at: datetime
    batch: str | None = None
    """The batch that took an accepted package along."""


@dataclass(frozen=True, slots=True)
class LatePackage:
    """A package that came late."""

    scope: str
    id: RecordId
    op: Op
    sha256: Sha256
    document: RecordId
    document_op: Op
    install: InstallId
    hr: str
    received_at: datetime
    decided: Decided | None


def late_packages(desk: Desk, *, undecided: bool = False) -> list[LatePackage]:
    """The packages that came late, the oldest first; only those that wait where asked so."""
    query = _query().order_by(schema.signed_package.c.received_at, schema.signed_package.c.id)
    if undecided:
        query = query.where(late_decision.c.decision.is_(None))
    return [_package(row) for row in desk.connection.execute(query).mappings()]


def find(desk: Desk, package: str) -> LatePackage:
    """A late package by its id; NotAllowed SC-EXP-016 when there is none."""
    query = _query().where(schema.signed_package.c.id == package)
    row = desk.connection.execute(query).mappings().first()
    if row is None:
        raise NotAllowed("SC-EXP-016", package=package[:40])
    return _package(row)


def body_of(desk: Desk, late: LatePackage) -> JsonObject:
    """The body of the package."""
    return read_body(desk, late.scope, late.id)


def signed_values(desk: Desk, late: LatePackage) -> JsonObject:
    """The values that were signed, as they are attached to the PDF."""
    package = SignedPackage.from_body(body_of(desk, late))
    return mapping(encoding.parse(_blob(desk, late.scope, package.values_sha256)))


def signed_pdf(desk: Desk, late: LatePackage) -> bytes:
    """The signed PDF."""
    package = SignedPackage.from_body(body_of(desk, late))
    return _blob(desk, late.scope, package.pdf_sha256)


def differences(desk: Desk, late: LatePackage) -> list[tuple[str, str, str]]:
    """What the document says now and what was signed, where they differ: path and both values."""
    from smartclient.backoffice.operations.export.csv_files import flattened

    document = read_record(desk, late.scope, late.document)
    if document is None or document.state is ServerState.ERASED:
        return []
    now = dict(flattened(read_body(desk, late.scope, late.document).get("answers")))
    signed = dict(flattened(signed_values(desk, late).get("answers")))
    return [
        (path, now.get(path, ""), signed.get(path, ""))
        for path in sorted(now.keys() | signed.keys())
        if now.get(path) != signed.get(path)
    ]


def case_of(desk: Desk, late: LatePackage) -> Case:
    """The document as it was signed, for the judge: today's body with the values of the PDF."""
    package = SignedPackage.from_body(body_of(desk, late))
    values = _blob(desk, late.scope, package.values_sha256)
    evidence = SignedEvidence(
        pdf=_blob(desk, late.scope, package.pdf_sha256),
        values=values,
        package=package,
        seals=seals_for(desk, late.install),
        received_at=late.received_at,
    )
    document = read_record(desk, late.scope, late.document)
    erased = document is None or document.state is ServerState.ERASED
    now = {} if erased else read_body(desk, late.scope, late.document)
    body = {**now, **mapping(encoding.parse(values))}
    return Case(late.document, late.document_op, Stage.SIGNED, body, evidence)


def refuse(desk: Desk, package: str, by: str, reason: str) -> LatePackage:
    """Leave the package out of the export for good.

    NotAllowed SC-EXP-016 when there is none, SC-EXP-017 when it was decided before; BadInput
    SC-HELP-002 and SC-HELP-011 without a reason and a name.
    """
    return _decide(desk, find(desk, package), _decided(desk, Decision.REFUSED, by, reason))


def accept(
    desk: Desk,
    package: str,
    decided_by: tuple[str, str],
    record: JsonObject,
    formats: prepared_lines.Formats,
) -> LatePackage:
    """Let the package go with the next export; `decided_by` is who and why.

    `record` is the data record of what was signed. NotAllowed SC-EXP-016 when there is none,
    SC-EXP-017 when it was decided before; BadInput SC-HELP-002 and SC-HELP-011 without a reason
    and a name.
    """
    decided = _decided(desk, Decision.ACCEPTED, *decided_by)
    late = _decide(desk, find(desk, package), decided)
    records = hold_one(desk, late.scope)
    signed = SignedPackage.from_body(body_of(desk, late))
    names = (signed.pdf_sha256, signed.values_sha256)
    sizes = [(name, blobs.find_in_scope(desk, late.scope, name).size) for name in names]
    line = _line(desk, late, decided, record, names)
    about: JsonObject = {"payable": None, "signed": True}
    prepared_lines.keep(records, (late.id, late.op), line, sizes, about, formats)
    judgements_due.have_judged(desk, [(late.scope, late.id)])
    _have_stamped(records, late)
    return late


def _line(
    desk: Desk, late: LatePackage, decided: Decided, record: JsonObject, names: Sequence[Sha256]
) -> bytes:
    """What the core gets of the package."""
    body = body_of(desk, late)
    line: JsonObject = {
        **BatchedDocument(late.id, 1, late.op, late.sha256).to_json(),
        "blobs": [*names],
        "body": body,
        "hr": late.hr,
        "late": {
            "document": late.document,
            "document_op": late.document_op,
            "decided_at": to_text(desk.now),
            "reason": decided.reason,
        },
        "record": record or None,
        "signed": body,
        "signed_package": late.id,
        "stage": Stage.SIGNED.value,
        "values": signed_values(desk, late),
    }
    return encoding.canonical(line) + b"\n"


def _have_stamped(records: ScopeRecords, late: LatePackage) -> None:
    """Have the file stamped, also where it signs an older version than the one that stands."""
    records.load([late.document, status_id(late.document)])
    document = records.get(late.document)
    if document is None or document.state is ServerState.ERASED:
        return
    stamps_due.due(records, document, late.document_op)


def accepted_of(desk: Desk, scope: str, document: RecordId, op: Op) -> SignedPackage | None:
    """The package that came late for this version of a document and was accepted."""
    package = schema.signed_package
    query = _query().where(
        package.c.scope == scope,
        package.c.document == document,
        package.c.document_op == op,
        late_decision.c.decision == Decision.ACCEPTED.value,
    )
    row = desk.connection.execute(query.order_by(package.c.received_at)).mappings().first()
    return None if row is None else SignedPackage.from_body(body_of(desk, _package(row)))


def tell_batch(records: Collection[ScopeRecords], batch: str) -> None:
    """Tell the documents of packages that a batch took along; their statuses must be loaded."""
    for held in records:
        for late in _of_batch(held.desk, batch, [held.scope]):
            _tell(held, late)


def answered(records: ScopeRecords, batch: str, said: dict[RecordId, tuple[str, str]]) -> None:
    """Tell what the core said of packages of the batch, by id: answer and reason."""
    for late in _of_batch(records.desk, batch, [records.scope]):
        if late.id in said:
            records.load([late.document, status_id(late.document)])
            _tell(records, late, said[late.id])


def documents_of(desk: Desk, batch: str, scopes: Sequence[str]) -> list[RecordId]:
    """The documents whose late packages the batch took along."""
    return [late.document for late in _of_batch(desk, batch, scopes)]


def _of_batch(desk: Desk, batch: str, scopes: Sequence[str]) -> list[LatePackage]:
    query = _query().where(late_decision.c.batch == batch, late_decision.c.scope.in_(scopes))
    return [_package(row) for row in desk.connection.execute(query).mappings()]


def _decided(desk: Desk, decision: Decision, by: str, reason: str) -> Decided:
    name, why = desk_acts.require_name(by), desk_acts.require_reason(reason, LONGEST_REASON)
    return Decided(decision, name, why, desk.now)


def _decide(desk: Desk, late: LatePackage, decided: Decided) -> LatePackage:
    row = {
        "scope": late.scope,
        "package": late.id,
        "document": late.document,
        "decision": decided.decision.value,
        "decided_by": decided.by,
        "reason": decided.reason,
        "decided_at": decided.at,
        "batch": None,
    }
    if late.decided is not None or not insert_one(desk.connection, late_decision, row):
        raise NotAllowed("SC-EXP-017", package=late.id)
    stands = find(desk, late.id)
    records = hold_one(desk, late.scope)
    records.load([late.document, status_id(late.document)])
    _tell(records, stands)
    records.flush()
    return stands


def _tell(records: ScopeRecords, late: LatePackage, core: tuple[str, str] = ("none", "")) -> None:
    """Write the decision into the status of the document; an erased one bears no marks."""
    document = records.get(late.document)
    decided = late.decided
    if document is None or document.state is ServerState.ERASED or decided is None:
        return
    answer, reason = core
    told: JsonObject = {
        "package": late.id,
        "decision": decided.decision.value,
        "reason": decided.reason,
        "decided_at": to_text(decided.at),
        "batch": decided.batch or "",
        "core": answer,
        "core_reason": reason,
    }
    changes: dict[str, Json] = {"late": told}
    if answer == "accepted":
        # The signed version is where the document said it would be: nothing is left to decide.
        changes |= {"late_signed": False, "core": answer, "core_reason": ""}
    with telling(records, document):
        before = status_of(records, document).get("late")
        if isinstance(before, dict) and before.get("package") == late.id and "time_stamp" in before:
            told["time_stamp"] = before["time_stamp"]
        change_status(records, document, **changes)


def _blob(desk: Desk, scope: str, sha256: Sha256) -> bytes:
    return blobs.read(desk, blobs.find_in_scope(desk, scope, sha256))


def _query() -> Select[tuple[object, ...]]:
    package, record = schema.signed_package, schema.record
    of_it = (late_decision.c.scope == package.c.scope) & (late_decision.c.package == package.c.id)
    return (
        select(package.c.scope, package.c.id, package.c.document, package.c.document_op)
        .add_columns(package.c.received_at, record.c.op, record.c.sha256, record.c.install)
        .add_columns(record.c.hr, late_decision.c.decision, late_decision.c.decided_by)
        .add_columns(late_decision.c.reason, late_decision.c.decided_at, late_decision.c.batch)
        .join(record, (record.c.scope == package.c.scope) & (record.c.id == package.c.id))
        .outerjoin(late_decision, of_it)
        .where(package.c.standing == Standing.LATE.value)
    )


def _package(row: RowMapping) -> LatePackage:
    decided = None
    if row["decision"] is not None:
        decided = Decided(
            Decision(row["decision"]),
            row["decided_by"],
            row["reason"],
            row["decided_at"],
            row["batch"],
        )
    return LatePackage(
        scope=row["scope"],
        id=row["id"],
        op=row["op"],
        sha256=row["sha256"],
        document=row["document"],
        document_op=row["document_op"],
        install=row["install"],
        hr=row["hr"],
        received_at=row["received_at"],
        decided=decided,
    )
