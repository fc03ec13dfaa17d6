"""What stays of an erased record: its id, so that it never comes back, and no content."""

from dataclasses import replace

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import HrNumber, InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import RecordKind

EMPTY = encoding.canonical({})


def tombstone(
    desk: Desk, record: RecordId, kind: RecordKind, before: RecordRow | None = None
) -> RecordRow:
    """The row of an erased record, under a new op; `before` is the one that stood there."""
    row = before or RecordRow(
        id=record,
        kind=kind,
        version=1,
        op=Op(""),
        sha256=Sha256(""),
        stage=Stage.COMPLETE,
        state=ServerState.ERASED,
        seq=0,
        blobs=(),
        form_version="",
        document_kind="",
        number="",
        install=InstallId(""),
        hr=HrNumber(""),
        first_received_at=desk.now,
        received_at=desk.now,
    )
    return replace(
        row,
        op=Op(desk.ids.new()),
        sha256=encoding.sha256(EMPTY),
        state=ServerState.ERASED,
        blobs=(),
        form_version="",
        document_kind="",
        number="",
        exportable=False,
        verdict_code="",
        batch=None,
        received_at=desk.now,
    )
