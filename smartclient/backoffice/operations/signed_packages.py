"""What a signed package does to its document, whichever of the two arrives first.

A package is never refused: one that meets a locked or newer document is kept under its own id,
marked late signed, and a person at the back office decides (protocol, "Signing and the lock").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import bindparam, select, update

from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import change_status, telling
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_all
from smartclient.backoffice.tables.membership import beside, one_of
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


# Put together once: that costs more than running them.
_TABLE = schema.signed_package
_OF_DOCUMENTS = select(
    _TABLE.c.id, _TABLE.c.document, _TABLE.c.document_op, _TABLE.c.standing
).where(
    beside(_TABLE.c.scope) == bindparam("of_scope"),
    one_of(_TABLE.c.document, "documents"),
    _TABLE.c.standing != Standing.LATE.value,
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


class Packages:
    """The packages of the documents that one push of one scope is about.

    What arrives is written together by `flush`; a package that waited in the database is settled at
    once.
    """

    def __init__(self, records: ScopeRecords, documents: Collection[RecordId]) -> None:
        """Reads what the scope has of these documents."""
        self._records = records
        self._waiting: dict[RecordId, list[WaitingPackage]] = {}
        self._signed: set[tuple[RecordId, Op]] = set()
        self._new: dict[RecordId, dict[str, object]] = {}
        if not documents:
            return
        asked = {"of_scope": records.scope, "documents": sorted(documents)}
        for row in records.desk.connection.execute(_OF_DOCUMENTS, asked):
            self._note(WaitingPackage(row.id, row.document, row.document_op), row.standing)

    def arrived(self, package_id: RecordId, package: SignedPackage, *, is_known: bool) -> Standing:
        """A package was accepted: let it sign its document, wait for it, or be late for it.

        `is_known`: the document once had the op that it signs.
        """
        records = self._records
        document = records.get(package.document)
        signs = (package.document, package.document_op)
        is_signed_already = signs in self._signed
        standing = standing_of(
            document, signs[1], is_known=is_known, is_signed_already=is_signed_already
        )
        self._new[package_id] = {
            "scope": records.scope,
            "id": package_id,
            "document": package.document,
            "document_op": package.document_op,
            "standing": standing.value,
            "received_at": records.desk.now,
        }
        self._note(WaitingPackage(package_id, *signs), standing)
        if document is not None:
            _take_effect(records, document, standing)
        return standing

    def document_arrived(self, document: RecordRow) -> None:
        """A version of the document was accepted: what waited signs it or has come late."""
        is_signed = False
        for package in self._waiting.pop(document.id, ()):
            fits = package.document_op == document.op and not is_signed
            is_signed = is_signed or fits
            self._settle(package, Standing.EFFECTIVE if fits else Standing.LATE)
            stands = self._records.get(document.id) or document
            _take_effect(self._records, stands, Standing.EFFECTIVE if fits else Standing.LATE)

    def document_refused(self, document: RecordRow, signed: Op) -> None:
        """The signed version was answered locked or stale: the packages that sign it are late."""
        waiting = self._waiting.pop(document.id, [])
        late = [package for package in waiting if package.document_op == signed]
        self._waiting[document.id] = [package for package in waiting if package not in late]
        self._come_late(document, late)

    def document_erased(self, document: RecordRow) -> None:
        """No version of the document will come any more: whatever waits for one is late."""
        self._come_late(document, self._waiting.pop(document.id, []))

    def flush(self) -> None:
        """Write what arrived."""
        insert_all(self._records.desk.connection, _TABLE, [*self._new.values()])

    def _come_late(self, document: RecordRow, packages: Iterable[WaitingPackage]) -> None:
        for package in packages:
            self._settle(package, Standing.LATE)
            _take_effect(self._records, document, Standing.LATE)

    def _note(self, package: WaitingPackage, standing: str) -> None:
        if standing == Standing.EFFECTIVE:
            self._signed.add((package.document, package.document_op))
        elif standing == Standing.PENDING:
            self._waiting.setdefault(package.document, []).append(package)

    def _settle(self, package: WaitingPackage, standing: Standing) -> None:
        self._note(package, standing)
        if package.id in self._new:
            self._new[package.id]["standing"] = standing.value
        else:
            _settle(self._records, package.id, standing)


def document_locked(
    records: ScopeRecords, document: RecordRow, waiting: Iterable[WaitingPackage], batch: str
) -> None:
    """The document was locked: what still waits for another version of it has come late."""
    for package in waiting:
        _settle(records, package.id, Standing.LATE)
        _tell_late_signed(records, document)
    with telling(records, document):
        change_status(records, document, batch=batch)


def _tell_late_signed(records: ScopeRecords, document: RecordRow) -> None:
    """Mark the document, and tell a person at the back office."""
    with telling(records, document):
        change_status(records, document, late_signed=True)
    raise_alarm(records.desk, Alarm.LATE_SIGNED, records.scope, document.id, document.op)


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
