"""Records that only the server writes: number leases and the status of each document."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.domain.document_life import CoreAnswer, ServerState, Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import DocumentId, HrNumber, InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import Json, JsonObject, RecordKind, sha256_text

_STATUS_OF_DOCUMENT = uuid.UUID("b6f1c7e2-52c3-5d0e-9a55-0d2f6d1f7a10")


@lru_cache(maxsize=2048)
def status_id(document: RecordId | DocumentId) -> RecordId:
    """The id of a document's status: derived, so that both sides know it."""
    return RecordId(str(uuid.uuid5(_STATUS_OF_DOCUMENT, document)))


def put_server_record(
    records: ScopeRecords,
    record: RecordId,
    kind: RecordKind,
    body: JsonObject,
    owner: tuple[InstallId, HrNumber],
    blobs: tuple[Sha256, ...] = (),
    parent: str = "",
) -> None:
    """Write a record of the server; its version stays 1, the feed tells of each change.

    Nothing is written when the body stands already, so that a repeated step makes no noise.
    """
    content = encoding.canonical(body)
    digest = encoding.sha256(content)
    before = records.get(record)
    if before is not None and before.sha256 == digest:
        return
    install, hr = owner
    now = records.desk.now
    row = RecordRow(
        id=record,
        kind=kind,
        version=1,
        op=Op(records.desk.ids.new()),
        sha256=digest,
        stage=Stage.COMPLETE,
        state=ServerState.OPEN,
        seq=0,
        blobs=blobs,
        form_version="",
        document_kind="",
        number="",
        install=install,
        hr=hr,
        first_received_at=before.first_received_at if before else now,
        received_at=now,
        parent=parent,
    )
    records.put(row, content)


def change_status(records: ScopeRecords, document: RecordRow, **changes: Json) -> None:
    """Change what the server says of a document; the status must have been loaded.

    Of an erased one nothing more is said.
    """
    if document.state is ServerState.ERASED:
        return
    body: JsonObject = {**status_of(records, document), **changes}
    put_server_record(
        records,
        status_id(document.id),
        RecordKind.DOCUMENT_STATUS,
        body,
        (document.install, document.hr),
        _blobs_of(body),
    )


@contextmanager
def telling(records: ScopeRecords, document: RecordRow) -> Iterator[None]:
    """Say something of a document that others must not wait for.

    A damaged status stays as it is, for a person to put back, who is told of it; what was to be
    said of this document is left out.
    """
    try:
        yield
    except Damaged:
        raise_alarm(records.desk, Alarm.NOT_READ, records.scope, document.id, document.op)


def _blobs_of(status: JsonObject) -> tuple[Sha256, ...]:
    """The stamped files, which the install may fetch through its status: also that of a package
    that came late for an older version."""
    late = status.get("late")
    told = (status.get("time_stamp"), late.get("time_stamp") if isinstance(late, dict) else None)
    return tuple(sha256_text(each.get("sha256")) for each in told if isinstance(each, dict))


def status_of(records: ScopeRecords, document: RecordRow) -> JsonObject:
    """What the server says of a document now; the status must have been loaded."""
    record = status_id(document.id)
    stands = records.get(record)
    if stands is None or stands.state is ServerState.ARCHIVED:
        return _first_status(document)  # what it said before is in the archive
    return records.body(record)


def _first_status(document: RecordRow) -> JsonObject:
    return {
        "document_id": document.id,
        "document_op": document.op,
        "verdict": {"exportable": False, "missing": [], "code": ""},
        "core": CoreAnswer.NONE.value,
        "core_reason": "",
        "email_undeliverable": False,
        "late_signed": False,
        "number_doubled": False,
        "paper": "",
        "paper_arrived_at": "",
        "batch": "",
        "leaves_at": "",
    }
