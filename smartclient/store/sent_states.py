"""The states of records on their way out: read and written together, and only what is needed.

`store.records` reads whole states; a push of thousands needs a few columns of each, twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, literal_column, select, update

from smartclient.domain.ids import Op, RecordId
from smartclient.store.bodies import small_json
from smartclient.store.many import Line, Many, among, given
from smartclient.store.records import lengthened, lineage_text
from smartclient.store.schema import record
from smartclient.store.sent import Offer
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordClass, RecordKind

_DIRTY = (among(record.c.id), record.c.dirty == 1)
_WAITING = select(
    record.c.id,
    record.c.kind,
    record.c.op,
    record.c.lineage,
    record.c.scope,
    record.c.parent,
    record.c["class"],
).where(*_DIRTY)
_OPS = select(record.c.id, record.c.op).where(*_DIRTY)
_LEAVES = Many(
    update(record)
    .where(record.c.id == bindparam("of_record"))
    .values(lineage=bindparam("lineage"), scope=bindparam("scope"))
)
_ACCEPTED = Many(
    update(record)
    .where(
        record.c.id == bindparam("of_record"),
        record.c.op == bindparam("of_op"),
        literal_column("dirty") == literal_column("1"),
    )
    .values(
        dirty=literal_column("0"),
        doubted=literal_column("0"),
        version=bindparam("version"),
        sha256=bindparam("sha256"),
    )
)
_KINDS = {kind.value: kind for kind in RecordKind}
_CLASSES = {each.value: each for each in RecordClass}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record whose newest edit is to be offered."""

    id: RecordId
    kind: RecordKind
    op: Op
    lineage: tuple[Op, ...]
    """With the op as its newest entry."""
    scope: str
    parent: str
    record_class: RecordClass


class SentStates:
    """The states of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def leaving(self, identities: Sequence[RecordId]) -> Mapping[RecordId, Leaving]:
        """Those of these records that have an edit to offer."""
        found = self._unit.connection.execute(_WAITING, given(identities)).all()
        return {
            RecordId(name): Leaving(
                RecordId(name),
                _KINDS[kind],
                Op(op),
                _with(lineage, Op(op)),
                scope,
                parent,
                _CLASSES[record_class],
            )
            for name, kind, op, lineage, scope, parent, record_class in found
        }

    def leave(self, scopes: Mapping[RecordId, str], leaving: Mapping[RecordId, Leaving]) -> None:
        """Their ops enter their lineages, and where they live is decided (rule 3)."""
        lines: list[Line] = [
            {"of_record": name, "lineage": lineage_text(leaving[name].lineage), "scope": scope}
            for name, scope in scopes.items()
        ]
        _LEAVES.run(self._unit, lines)

    def current(self, identities: Sequence[RecordId]) -> Mapping[str, str]:
        """The newest edits of those of these records that are dirty."""
        found = self._unit.connection.execute(_OPS, given(identities)).all()
        return {line.id: line.op for line in found}

    def accepted(self, edits: Collection[tuple[Offer, int]]) -> bool:
        """The server has these edits, with these versions, if each is the newest of its record.

        Tells whether it is so; otherwise nothing was changed.
        """
        if not edits:
            return True
        lines: list[Line] = [
            {"of_record": edit.id, "of_op": edit.op, "version": version, "sha256": edit.sha256}
            for edit, version in edits
        ]
        with self._unit.connection.begin_nested() as together:
            if _ACCEPTED.run(self._unit, lines) == len(lines):
                return True
            together.rollback()
            return False


def _with(lineage: str, op: Op) -> tuple[Op, ...]:
    if lineage == "[]":
        return (op,)
    known = small_json(lineage)
    before = [Op(str(each)) for each in known] if isinstance(known, list) else []
    return lengthened(before, op)
