"""What a signed package does to its document, whichever of the two arrives first.

A package is never refused: one that meets a locked or newer document is kept under its own id,
marked late signed, and a person at the back office decides (protocol, "Signing and the lock").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import bindparam, insert, select, update

from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import change_status
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire.messages import Json, JsonObject, mapping, sha256_text, uuid_text


class Standing(StrEnum):
    """What a package is to its document."""

    PENDING = "pending"
    """The version it signs has not arrived."""
    EFFECTIVE = "effective"
    """It signs the document as it stands."""
    LATE = "late"
    """It met a locked or newer document."""


@dataclass(frozen=True, slots=True)
class SignedPackage:
    """What the body of a signed package says."""

    document: RecordId
    document_op: Op
    pdf_sha256: Sha256
    values_sha256: Sha256
    record: JsonObject
    """The signing record as the laptop kept it; not believed until checked."""

    @classmethod
    def from_body(cls, body: Json) -> "SignedPackage":
        """Read the body; raises BadInput SC-SYNC-010 naming the field."""
        fields = mapping(body, "body")
        return cls(
            RecordId(uuid_text(fields, "document_id")),
            Op(uuid_text(fields, "document_op")),
            sha256_text(fields.get("pdf_sha256")),
            sha256_text(fields.get("values_sha256")),
            mapping(fields.get("record"), "record"),
        )

    @property
    def blobs(self) -> frozenset[Sha256]:
        """The blobs without which it is not whole."""
        return frozenset((self.pdf_sha256, self.values_sha256))


@dataclass(frozen=True, slots=True)
class WaitingPackage:
    """A package whose version of the document had not arrived."""

    id: RecordId
    document: RecordId
    document_op: Op


# Statements of each package are built once: building them costs more than running them.
_TABLE = schema.signed_package
_INSERT = insert(_TABLE)
_EFFECTIVE = select(_TABLE.c.id).where(
    _TABLE.c.scope == bindparam("of_scope"),
    _TABLE.c.document == bindparam("of_document"),
    _TABLE.c.document_op == bindparam("of_op"),
    _TABLE.c.standing == Standing.EFFECTIVE.value,
)
_SETTLE = (
    update(_TABLE)
    .where(_TABLE.c.scope == bindparam("of_scope"), _TABLE.c.id == bindparam("of_id"))
    .values(standing=bindparam("now"))
)

DocumentKey = tuple[str, RecordId]
"""Scope and id of a document."""

_CLOSED = (
    ServerState.SEALED,
    ServerState.LOCKED,
    ServerState.ARCHIVED,
    ServerState.ERASED,
)


def standing_of(
    document: RecordRow | None, signs: Op, *, is_known: bool, is_signed_already: bool
) -> Standing:
    """What a package that signs op `signs` is to the document as it stands.

    `is_known`: the document once had that op. `is_signed_already`: another package is effective
    for that op.
    """
    if document is None:
        return Standing.PENDING
    if document.state in _CLOSED or is_signed_already:
        return Standing.LATE
    if document.op == signs:
        return Standing.EFFECTIVE
    return Standing.LATE if is_known else Standing.PENDING


def waiting_for(
    desk: Desk, documents: Collection[RecordId]
) -> dict[DocumentKey, list[WaitingPackage]]:
    """The packages that wait for a version of these documents, by scope and document."""
    found: dict[DocumentKey, list[WaitingPackage]] = {}
    table = schema.signed_package
    query = select(table.c.scope, table.c.id, table.c.document, table.c.document_op).where(
        table.c.document.in_(sorted(documents)), table.c.standing == Standing.PENDING.value
    )
    for row in desk.connection.execute(query) if documents else ():
        waiting = WaitingPackage(row.id, row.document, row.document_op)
        found.setdefault((row.scope, row.document), []).append(waiting)
    return found


def arrived(
    records: ScopeRecords, package_id: RecordId, package: SignedPackage, *, is_known: bool
) -> Standing:
    """A package was stored: let it sign its document, wait for it, or be late for it."""
    document = records.get(package.document)
    standing = standing_of(
        document,
        package.document_op,
        is_known=is_known,
        is_signed_already=_effective_exists(records, package),
    )
    row = {
        "scope": records.scope,
        "id": package_id,
        "document": package.document,
        "document_op": package.document_op,
        "standing": standing.value,
        "received_at": records.desk.now,
    }
    records.desk.connection.execute(_INSERT, row)
    if document is not None:
        _take_effect(records, document, standing)
    return standing


def document_arrived(
    records: ScopeRecords, document: RecordRow, waiting: Iterable[WaitingPackage]
) -> None:
    """A version of the document was accepted: packages that waited sign it or have come late."""
    is_signed = False
    for package in waiting:
        fits = package.document_op == document.op and not is_signed
        standing = Standing.EFFECTIVE if fits else Standing.LATE
        is_signed = is_signed or fits
        _settle(records, package.id, standing)
        _take_effect(records, records.get(document.id) or document, standing)


def document_refused(
    records: ScopeRecords, document: RecordRow, signing_it: Iterable[WaitingPackage]
) -> None:
    """The signed version was answered locked or stale: the packages that sign it are late."""
    for package in signing_it:
        _settle(records, package.id, Standing.LATE)
        _take_effect(records, document, Standing.LATE)


def document_locked(
    records: ScopeRecords, document: RecordRow, waiting: Iterable[WaitingPackage], batch: str
) -> None:
    """The document was locked: what still waits for another version of it has come late."""
    for package in waiting:
        _settle(records, package.id, Standing.LATE)
        _tell_late_signed(records, document)
    change_status(records, document, batch=batch)


def _tell_late_signed(records: ScopeRecords, document: RecordRow) -> None:
    """Mark the document, and tell a person at the back office."""
    change_status(records, document, late_signed=True)
    raise_alarm(records.desk, Alarm.LATE_SIGNED, records.scope, document.id, document.op)


def _effective_exists(records: ScopeRecords, package: SignedPackage) -> bool:
    asked = {
        "of_scope": records.scope,
        "of_document": package.document,
        "of_op": package.document_op,
    }
    return records.desk.connection.execute(_EFFECTIVE, asked).first() is not None


def _settle(records: ScopeRecords, package: RecordId, standing: Standing) -> None:
    of_it = {"of_scope": records.scope, "of_id": package, "now": standing.value}
    records.desk.connection.execute(_SETTLE, of_it)


def _take_effect(records: ScopeRecords, document: RecordRow, standing: Standing) -> None:
    match standing:
        case Standing.EFFECTIVE:
            signed = replace(
                document,
                stage=Stage.SIGNED,
                exportable=False,
                verdict_code="",
                received_at=records.desk.now,
            )
            records.put(signed)
        case Standing.LATE:
            _tell_late_signed(records, document)
        case Standing.PENDING:
            pass
