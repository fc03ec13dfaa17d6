"""What is written once, never changed, and sent until the server has it: appended records.

Signed packages, consents, attachments, merges and the rest stand in one table with their bodies;
what follows from them is kept where it is read (`store.append_effects`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
)

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.consents import Decision
from smartclient.domain.ids import DocumentId, Op, Sha256
from smartclient.store.bodies import as_text, read_back, small_json, stored
from smartclient.store.changes import Subject
from smartclient.store.many import Many, among, given
from smartclient.store.schema import append
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import KINDS, RecordClass, RecordKind
from smartclient.wire.values import Json, JsonObject, mapping, sha256_text

SCHEMA = 1
_IN_ORDER = (append.c.created_at, append.c.op)
_KNOWN = select(append.c.op).where(among(append.c.op))
_OF_KIND = (
    select(append)
    .where(append.c.kind == bindparam("of_kind"), among(append.c.parent))
    .order_by(*_IN_ORDER)
)
_WRITE = Many(insert(append))
FILE_ELSEWHERE = "SC-SYNC-033"
"""Parked with this code: a restored server lost the file of a record that came from it. The file
was never here; only the computer where the record was made can send it."""
NOTHING_TO_SEND = or_(
    literal_column("acknowledged") == literal_column("1"), append.c.parked == FILE_ELSEWHERE
)
"""The server has the record, or can only have it from another computer."""


class Urgency(IntEnum):
    """In which order appended records are sent (rules 6 and 12)."""

    WITHDRAWAL = 0
    """Somebody may not be written to any more, or is to be erased."""
    URGENT = 1
    ORDINARY = 2
    """After the records they may hang on."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A record that is written once."""

    op: Op
    kind: RecordKind
    parent: str
    body: JsonObject
    at: datetime
    """When it was written here; of one that came from the server, when the server received it."""
    blobs: tuple[Sha256, ...] = ()
    record_class: RecordClass = RecordClass.GENERAL
    scope: str = ""
    """Where it lives; empty until its first push."""
    pulled: bool = False
    """It came from the server."""
    acknowledged: bool = False
    parked: str = ""


@dataclass(frozen=True, slots=True)
class SignedPackage:
    """A signed document: the sealed PDF, the exact values, the record of its signing."""

    op: Op
    document_id: DocumentId
    document_op: Op
    pdf: Sha256
    values: Sha256
    record: JsonObject
    signed_at: datetime
    acknowledged: bool
    parked: str


def urgency_of(kind: RecordKind, body: JsonObject) -> Urgency:
    """How soon a record must reach the server."""
    if kind is RecordKind.ERASE_REQUEST:
        return Urgency.WITHDRAWAL
    if kind is RecordKind.CONSENT_EVENT:
        withdrawn = body.get("decision") in (Decision.WITHDRAWN, Decision.REFUSED)
        return Urgency.WITHDRAWAL if withdrawn else Urgency.URGENT
    if kind is RecordKind.CLIENT_MERGE and body.get("undo") is True:
        return Urgency.URGENT  # an edit of the client that parted would be answered `merged`
    return Urgency.URGENT if KINDS[kind].urgent else Urgency.ORDINARY


class Appends:
    """The appended records of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def write(self, records: Sequence[Appended]) -> None:
        """Keep records: made here, or come from the server. Their ops must be new here."""
        _WRITE.run(self._unit, [_columns(each) for each in records])
        for each in records:
            self._unit.touch(Subject.APPEND, each.op)

    def add(self, op: Op, body: JsonObject, *, acknowledged: bool) -> SignedPackage:
        """Keep a signed package; raises BadInput SC-SYNC-010 when the body is none."""
        package = package_of(op, body, acknowledged=acknowledged, parked="")
        self.write([as_appended(package, body)])
        return package

    def of_kind(self, kind: RecordKind, parents: Iterable[str]) -> tuple[Appended, ...]:
        """The records of a kind that hang on these, the oldest first."""
        found = self._unit.connection.execute(_OF_KIND, {"of_kind": kind.value, **given(parents)})
        return tuple(map(appended_of, found.mappings()))

    def all_of(self, kind: RecordKind) -> tuple[Appended, ...]:
        """Every record of a kind, the oldest first; for kinds of which there are few."""
        return self._read(append.c.kind == kind.value)

    def find(self, op: str) -> Appended | None:
        """A record by its op, None when it is not here."""
        found = self._read(append.c.op == op)
        return found[0] if found else None

    def signed_package(self, document_id: DocumentId) -> SignedPackage | None:
        """The newest package of a document, None while it was not signed."""
        return self.newest_of([document_id]).get(document_id)

    def newest_of(self, documents: Sequence[str]) -> Mapping[str, SignedPackage]:
        """The newest package of each of these documents that has one."""
        packages = self.of_kind(RecordKind.SIGNED_PACKAGE, documents)
        return {
            each.parent: package_of(
                each.op, each.body, acknowledged=each.acknowledged, parked=each.parked
            )
            for each in packages
        }

    def known(self, ops: Iterable[str]) -> frozenset[str]:
        """Which of these records are here."""
        return frozenset(self._unit.connection.execute(_KNOWN, given(ops)).scalars())

    def uses(self, digest: Sha256) -> bool:
        """Whether a record names this blob."""
        asked = select(append.c.op).where(append.c.blobs.contains(digest))
        return self._unit.connection.execute(asked).first() is not None

    def forget(self, ops: Sequence[str]) -> None:
        """Forget that these records ever were."""
        self._unit.connection.execute(delete(append).where(append.c.op.in_(ops)))
        for op in ops:
            self._unit.touch(Subject.APPEND, op)

    def _read(self, which: ColumnElement[bool]) -> tuple[Appended, ...]:
        asked = select(append).where(which).order_by(*_IN_ORDER)
        return tuple(appended_of(line) for line in self._unit.connection.execute(asked).mappings())


def as_appended(package: SignedPackage, body: JsonObject) -> Appended:
    """A signed package as it is kept."""
    return Appended(
        package.op,
        RecordKind.SIGNED_PACKAGE,
        package.document_id,
        body,
        package.signed_at,
        (package.pdf, package.values),
        pulled=package.acknowledged,
        acknowledged=package.acknowledged,
    )


def appended_of(line: RowMapping) -> Appended:
    """The record of a line of the table."""
    return Appended(
        op=Op(line["op"]),
        kind=RecordKind(line["kind"]),
        parent=line["parent"],
        body=read_back(line["body"]),
        at=from_text(line["created_at"]),
        blobs=blobs_of(line),
        record_class=RecordClass(line["class"]),
        scope=line["scope"],
        pulled=bool(line["pulled"]),
        acknowledged=bool(line["acknowledged"]),
        parked=line["parked"],
    )


def blobs_of(line: RowMapping) -> tuple[Sha256, ...]:
    """The blobs that an appended record names."""
    named = small_json(line["blobs"])
    return tuple(sha256_text(digest) for digest in named) if isinstance(named, list) else ()


def _columns(record: Appended) -> dict[str, str | int | bytes]:
    blobs: Json = list(record.blobs)
    return {
        "op": record.op,
        "kind": record.kind.value,
        "parent": record.parent,
        "body": stored(record.body),
        "blobs": as_text(blobs),
        "acknowledged": int(record.acknowledged),
        "doubted": 0,
        "parked": record.parked,
        "created_at": to_text(record.at),
        "scope": record.scope,
        "class": record.record_class.value,
        "urgency": int(urgency_of(record.kind, record.body)),
        "pulled": int(record.pulled),
    }


def package_of(op: Op, body: JsonObject, *, acknowledged: bool, parked: str) -> SignedPackage:
    """The signed package of a body; BadInput SC-SYNC-010 or ValueError when it is none."""
    return SignedPackage(
        op=op,
        document_id=DocumentId(str(body.get("document_id"))),
        document_op=Op(str(body.get("document_op"))),
        pdf=sha256_text(body.get("pdf_sha256")),
        values=sha256_text(body.get("values_sha256")),
        record=mapping(body.get("record"), "record"),
        signed_at=from_text(str(body.get("signed_at"))),
        acknowledged=acknowledged,
        parked=parked,
    )
