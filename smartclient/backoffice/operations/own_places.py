"""Where in the feed a push stands, so that its install need not read its own lines again.

Told is only what the answers tell whole: the same op and version, open, with the stage that the
line or its answer says. Whatever else the push caused (a status, a block of numbers, a document
that a package signed later) stands outside the ranges, and the feed shows it as ever.
"""

from collections.abc import Mapping

from smartclient.backoffice.operations.record_rows import DATED, RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import Answer, PushLine, PushResult
from smartclient.wire.places import MAX_RANGES, Range, joined

Answered = Mapping[RecordId, tuple[PushLine, PushResult]]
"""The last line of each record in a push, with its answer."""


def own_places(records: ScopeRecords, answered: Answered) -> tuple[Range, ...]:
    """The ranges of the scope that hold nothing but these lines as they were answered.

    Asked when everything is put. The transaction holds the head of the scope, so what stands behind
    the head that it found was put by it.
    """
    others = sorted(row.seq for row in records.changed.values() if not _is_told(row, answered))
    ends = (records.begun, *others)
    ranges = joined(zip(ends, (*(seq - 1 for seq in others), records.head), strict=True))
    return ranges[:MAX_RANGES]


def _is_told(row: RecordRow, answered: Answered) -> bool:
    """Whether the answer tells everything that the feed would."""
    if row.id not in answered or row.kind in DATED:
        return False
    line, result = answered[row.id]
    return (
        result.answer is Answer.OK
        and (row.op, row.version) == (line.op, result.version)
        and row.stage == (result.stage or line.stage)
        and row.state is ServerState.OPEN
        and row.record_class is line.record_class
    )
