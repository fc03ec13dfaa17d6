"""Lines of an exported batch written back into a database that has forgotten them.

A document comes back locked, with the body, the op and the attachments that were handed over, and
with the package that signed it; a late signed package comes back with the mark that it was taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from smartclient.backoffice.operations import blobs, prepared_lines
from smartclient.backoffice.operations.late_packages import Decision
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold, write_all
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.operations.signed_packages import SignedPackage, Standing
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, upsert
from smartclient.backoffice.tables.exports import late_decision
from smartclient.domain.clock import from_text
from smartclient.domain.document_life import CoreAnswer, ServerState, Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import HrNumber, InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import BLOBS, BatchedDocument, Manifest
from smartclient.wire.messages import (
    JsonObject,
    RecordKind,
    chosen,
    listed,
    mapping,
    sha256_text,
    text,
)

NO_INSTALL = InstallId("00000000-0000-0000-0000-000000000000")
"""A batch does not say which install sent a document."""
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class ReplayedLine:
    """A document of the manifest with its line of the payload."""

    document: BatchedDocument
    line: JsonObject


def replay_lines(
    desk: Desk, manifest: Manifest, lines: Sequence[ReplayedLine], folder: Path
) -> None:
    """Write some lines of a batch back; in a transaction of their own."""
    scopes = {each.document.scope for each in lines}
    _open_scopes(desk, scopes)
    for each in lines:
        _keep_blobs(desk, each, folder)
    held = hold(desk, scopes)
    for scope in scopes:
        ids = [each.document.id for each in lines if each.document.scope == scope]
        of_signed = [str(each.line.get("signed_package")) for each in lines]
        held[scope].load([*ids, *map(status_id, ids), *map(RecordId, of_signed)])
    for each in lines:
        records = held[each.document.scope]
        if isinstance(each.line.get("late"), dict):
            _replay_late(records, manifest, each)
        else:
            _replay_document(records, manifest, each)
    write_all(desk, held.values())
    upsert(desk.connection, schema.export_line, [_export_line(manifest, each) for each in lines])


def _open_scopes(desk: Desk, scopes: Iterable[str]) -> None:
    """Scopes that came to be after the backup."""
    rows = [
        {
            "scope": scope,
            "head": 0,
            "retained_from": 0,
            "data_key": desk.keys.new(scope, desk.random),
        }
        for scope in sorted(scopes)
    ]
    insert_new(desk.connection, schema.scope, rows)


def _keep_blobs(desk: Desk, each: ReplayedLine, folder: Path) -> None:
    for name in listed(each.line, "blobs", sha256_text, _MOST):
        try:
            content = (folder / BLOBS / name).read_bytes()
        except OSError as missing:
            raise Damaged("SC-EXP-022", batch=folder.name) from missing
        if blobs.keep_own(desk, each.document.scope, content) != name:
            raise Damaged("SC-EXP-022", batch=folder.name)


def _replay_document(records: ScopeRecords, manifest: Manifest, each: ReplayedLine) -> None:
    document, line = each.document, each.line
    body = mapping(line.get("body"), "body")
    content = encoding.canonical(body)
    before = records.get(document.id)
    if before is not None and before.version > document.version:
        return  # an edit that came after the export was acknowledged: only the export is noted
    row = RecordRow(
        id=document.id,
        kind=RecordKind.DOCUMENT,
        version=document.version,
        op=document.op,
        sha256=document.sha256,
        stage=Stage(chosen(line, "stage", Stage)),
        state=ServerState.LOCKED,
        seq=0,
        blobs=_own_blobs(line),
        form_version=f"{body.get('form_id', '')}@{body.get('form_version', '')}",
        document_kind=text(body, "document_kind", 20),
        number=text(body, "number", 20),
        install=before.install if before else NO_INSTALL,
        hr=HrNumber(text(line, "hr", 20)),
        first_received_at=before.first_received_at if before else manifest.cutoff,
        received_at=before.received_at if before else manifest.cutoff,
        exportable=True,
        batch=manifest.batch,
    )
    if before is not None and _says_the_same(before, row):
        return
    stands = records.put(row, content)
    records.remember(document.id, KnownOp(document.op, document.version, document.sha256))
    if isinstance(line.get("signed"), dict):
        _replay_package(records, manifest, each, Standing.EFFECTIVE)
    verdict: JsonObject = {"exportable": True, "missing": [], "code": ""}
    prepared_lines.forget(records, document.id)
    change_status(records, stands, document_op=document.op, verdict=verdict, batch=manifest.batch)


def _says_the_same(before: RecordRow, row: RecordRow) -> bool:
    """Whether a first try of the restore wrote it already."""
    same = replace(before, seq=0, parent="", form_version=row.form_version)
    return same == replace(row, record_class=before.record_class)


def _own_blobs(line: JsonObject) -> tuple[Sha256, ...]:
    """What the document itself names, without the blobs of its package."""
    names = listed(line, "blobs", sha256_text, _MOST)
    signed = line.get("signed")
    of_package = SignedPackage.from_body(signed).blobs if isinstance(signed, dict) else frozenset()
    return tuple(name for name in names if name not in of_package)


def _replay_package(
    records: ScopeRecords, manifest: Manifest, each: ReplayedLine, standing: Standing
) -> None:
    """The package that the laptop sent: it will not have come late when it is sent again."""
    body, line = mapping(each.line.get("signed"), "signed"), each.line
    package = SignedPackage.from_body(body)
    named = RecordId(text(line, "signed_package", 36))
    content = encoding.canonical(body)
    before = records.get(named)
    if before is None:
        digest = encoding.sha256(content)
        row = RecordRow(
            id=named,
            kind=RecordKind.SIGNED_PACKAGE,
            version=1,
            op=Op(named),
            sha256=digest,
            stage=Stage.SIGNED,
            state=ServerState.OPEN,
            seq=0,
            blobs=(package.pdf_sha256, package.values_sha256),
            form_version="",
            document_kind="",
            number="",
            install=NO_INSTALL,
            hr=HrNumber(text(line, "hr", 20)),
            first_received_at=manifest.cutoff,
            received_at=manifest.cutoff,
        )
        records.put(row, content)
        records.remember(named, KnownOp(Op(named), 1, digest))
    of_package = {
        "scope": records.scope,
        "id": named,
        "document": package.document,
        "document_op": package.document_op,
        "standing": standing.value,
        "received_at": manifest.cutoff,
    }
    upsert(records.desk.connection, schema.signed_package, [of_package])


def _replay_late(records: ScopeRecords, manifest: Manifest, each: ReplayedLine) -> None:
    _replay_package(records, manifest, each, Standing.LATE)
    late = mapping(each.line.get("late"), "late")
    decided = {
        "scope": records.scope,
        "package": each.document.id,
        "document": text(late, "document", 36),
        "decision": Decision.ACCEPTED.value,
        "decided_by": "",  # the batch does not say who
        "reason": text(late, "reason", 2_000),
        "decided_at": _instant(text(late, "decided_at", 40), manifest),
        "batch": manifest.batch,
    }
    connection = records.desk.connection
    insert_new(connection, late_decision, [decided])
    of_it = (late_decision.c.scope == records.scope) & (late_decision.c.package == each.document.id)
    connection.execute(update(late_decision).where(of_it).values(batch=manifest.batch))


def _instant(value: str, manifest: Manifest) -> datetime:
    try:
        return from_text(value)
    except ValueError as broken:
        raise Damaged("SC-EXP-022", batch=manifest.batch) from broken


def _export_line(manifest: Manifest, each: ReplayedLine) -> dict[str, object]:
    document = each.document
    return {
        "batch": manifest.batch,
        "scope": document.scope,
        "document": document.id,
        "version": document.version,
        "op": document.op,
        "sha256": document.sha256,
        "answer": CoreAnswer.NONE.value,
        "reason": "",
    }
