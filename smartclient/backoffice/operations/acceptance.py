"""Rules 1 and 2: what becomes of one pushed line. Decisions only; nothing is read or written here.

The order of the questions is part of the rules: erased is final, a known op is answered `ok`
whatever else the state is now, an append is never locked, stale or busy, and a replace meets a
merge and the state before its lineage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.domain.document_life import DocumentKind, ServerState, Stage
from smartclient.wire.kinds import KINDS, Write
from smartclient.wire.messages import Answer, PushLine, RecordKind


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a line, and whether the line is to be written."""

    answer: Answer
    version: int = 0
    code: str = ""
    write: bool = False
    alarm: Alarm | None = None
    survivor: str = ""


def decide(
    line: PushLine,
    record: RecordRow | None,
    known: Sequence[KnownOp],
    *,
    survivor: str = "",
    parent_is_erased: bool = False,
) -> Decision:
    """What becomes of an intact line whose blobs are not looked at yet.

    `survivor` is the client that this one was merged into, empty for one that stands for itself.
    A merged client whose record is not here (its merge came first, or a restore forgot it) is taken
    as it would have been before the merge: otherwise no undo could bring it back.
    """
    if is_erased(line, record, parent_is_erased=parent_is_erased):
        return Decision(Answer.ERASED)
    seen = next((op for op in known if op.op == line.op), None) if known else None
    if seen is not None:
        if seen.sha256 in (None, line.sha256):
            return Decision(Answer.OK, seen.version)
        return Decision(Answer.INVALID, code="SC-SERV-021", alarm=Alarm.OP_REUSED)
    if record is not None and record.kind is not line.kind:
        return Decision(Answer.INVALID, code="SC-SERV-023")
    if record is not None and record.record_class is not line.record_class:
        return Decision(Answer.INVALID, code="SC-SERV-072")
    match KINDS[line.kind].write:
        case Write.SERVER:
            return Decision(Answer.INVALID, code="SC-SERV-020")
        case Write.APPEND:
            return _append(line, record)
        case Write.REPLACE:
            if survivor and record is not None:
                return Decision(Answer.MERGED, record.version, survivor=survivor)
            return _replace(line, record)


_NEW = Decision(Answer.OK, 1, write=True)
"""Of what was never here; almost everything that is pushed is new."""


def is_erased(line: PushLine, record: RecordRow | None, *, parent_is_erased: bool) -> bool:
    """Whether nothing more may come of the record: it was erased, or what it hangs on.

    A signed package always arrives (invariant 6); a person looks at it.
    """
    if line.kind is RecordKind.SIGNED_PACKAGE:
        return False
    return parent_is_erased or (record is not None and record.state is ServerState.ERASED)


def _append(line: PushLine, record: RecordRow | None) -> Decision:
    if str(line.id) != str(line.op) or record is not None:
        return Decision(Answer.INVALID, code="SC-SERV-024")
    return _NEW


def _replace(line: PushLine, record: RecordRow | None) -> Decision:
    if record is None:
        return _NEW
    if record.state is ServerState.SEALED:
        return Decision(Answer.BUSY, record.version)
    if is_final(record):
        return Decision(Answer.LOCKED, record.version)
    if record.op not in line.lineage:
        return Decision(Answer.STALE, record.version)
    return Decision(Answer.OK, record.version + 1, write=True)


def is_final(record: RecordRow) -> bool:
    """Whether no edit of the document may be taken any more, now or later.

    A form of the kind "Ostatní" stays editable when it is locked or signed: its edit is a new
    unsigned version for the next batch. Nothing in the archive is edited.
    """
    if record.state is ServerState.ARCHIVED:
        return True
    always_editable = record.document_kind == DocumentKind.OTHER
    closed = record.state is ServerState.LOCKED or record.stage is Stage.SIGNED
    return closed and not always_editable
