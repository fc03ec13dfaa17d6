"""An op that is known with another body, of a line that is handed in: kept beside, never dropped.

An image of a disk holds an edit that was edited once more before it was sent. Put back, its next
edit goes under the same op. Where the right to the scope was lost nobody can merge it at once, and
taken for the edit that is known, its words would be nowhere.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from smartclient.backoffice.operations.registers import handing_in
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import Op, Sha256
from smartclient.wire.kinds import KINDS, Write
from smartclient.wire.messages import PushLine

_AT_ONCE: Final = 500
_Bodies = dict[tuple[str, str], set[Sha256 | None]]
"""By record and op."""


def told_apart(own: ScopeRecords, lines: Sequence[PushLine]) -> list[PushLine]:
    """The lines that are about to be handed in, under ops that mean their bodies.

    One whose op stands in its scope, or was handed in, with another body gets an op that follows
    from both: sent twice, it is one. It does not stand on the op that it bore, so that a person
    says how the two come together.
    """
    known = _known(own, [line for line in lines if KINDS[line.kind].write is Write.REPLACE])
    return [_under_another_op(line) if _is_another(line, known) else line for line in lines]


def _is_another(line: PushLine, known: _Bodies) -> bool:
    bodies = known.get((line.id, line.op), {None})
    return None not in bodies and line.sha256 not in bodies


def _under_another_op(line: PushLine) -> PushLine:
    op = uuid.uuid5(uuid.UUID(line.op), f"{line.id} {line.sha256}")
    return replace(
        line, op=Op(str(op)), lineage=tuple(each for each in line.lineage if each != line.op)
    )


def _known(own: ScopeRecords, lines: Sequence[PushLine]) -> _Bodies:
    """The digests of the bodies under these ops; None for an op of which no more is known."""
    desk, table, before = own.desk, schema.record_op, schema.handed_in
    ops, scopes = sorted({line.op for line in lines}), sorted({line.scope for line in lines})
    found: _Bodies = {}
    for start in range(0, len(ops), _AT_ONCE):
        some = ops[start : start + _AT_ONCE]
        query = select(table.c.record, table.c.op, table.c.sha256).where(
            table.c.scope.in_(scopes), table.c.op.in_(some)
        )
        for record, op, digest in desk.connection.execute(query).all():
            found.setdefault((record, op), set()).add(digest)
        handed_in = select(before.c.record, before.c.op).where(
            before.c.scope == own.scope, before.c.op.in_(some)
        )
        for record, op in desk.connection.execute(handed_in).all():
            digest = handing_in.find(desk, op).line.sha256
            found.setdefault((record, op), set()).add(digest)
    return found
