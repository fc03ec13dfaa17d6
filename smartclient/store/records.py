"""How each replaceable record stands towards the server, and the rule for a new op.

op        the newest edit here, or what was pulled last
lineage   the ops this body stands on: acknowledged, pulled, sent, or found unsent when the database
          was opened and edited since; the last 64, cleared only of what lost (`brought_onto`)
dirty     the newest edit is not acknowledged
version   the server's number as last heard; decides nothing
sha256    of the body at the server as last heard
parked    the code of an `invalid`; the next edit clears it
doubted   a new epoch began and the server has not yet shown that it still has this
awaited   the local body went to Show conflicts, or onto another client: the server's is to come
withheld  the feed row that came while the record was dirty, as JSON
scope     where it lives; empty until its first push, which decides that
parent    the record it hangs on, where its kind has one
class     what a right can hide
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.bodies import as_text, small_json
from smartclient.store.many import Many, among, given
from smartclient.store.schema import record
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import FeedRow

LINEAGE = 64
_FIND = select(record).where(among(record.c.id))
_NEW = insert(record)
_KEEP = Many(
    _NEW.on_conflict_do_update(
        index_elements=["id"],
        set_={
            column.name: _NEW.excluded[column.name]
            for column in record.columns
            if column.name != "id"
        },
    )
)
_KINDS = {kind.value: kind for kind in RecordKind}
_CLASSES = {each.value: each for each in RecordClass}
"""Asked for each record that is read; a dictionary answers in a fifth of the time."""


@dataclass(frozen=True, slots=True)
class RecordState:
    """One record of the exchange; the fields are explained above."""

    id: RecordId
    kind: RecordKind
    op: Op
    lineage: tuple[Op, ...]
    dirty: bool
    version: int = 0
    sha256: str = ""
    parked: str = ""
    doubted: bool = False
    awaited: bool = False
    withheld: FeedRow | None = None
    scope: str = ""
    parent: str = ""
    record_class: RecordClass = RecordClass.GENERAL

    @property
    def sent(self) -> bool:
        """The op may have reached the server, so its body must not change any more."""
        return self.op in self.lineage


def lengthened(lineage: Sequence[Op], op: Op) -> tuple[Op, ...]:
    """The lineage with `op` as its newest entry."""
    return (*(known for known in lineage if known != op), op)[-LINEAGE:]


def up_to(lineage: Sequence[Op], op: Op | None) -> tuple[Op, ...]:
    """The part of the lineage that an older op stands on, the op included; nothing without one."""
    return tuple(lineage[: lineage.index(op) + 1]) if op is not None and op in lineage else ()


def brought_onto(
    theirs: Op, lineage: Sequence[Op], base: Op | None, *, whole: bool
) -> tuple[Op, ...]:
    """The lineage of an edit of `base` that was brought onto the server's op.

    A lineage claims that the body has what those edits said, or what somebody who saw it typed
    over it; the server then tells their makers that they are taken. Of an edit that lost, a
    conflict or an offer here may be the only copy: it is not to be claimed. So what is ours alone
    stays only while it is `whole`, and stands behind the server's op: should it lose the next
    time, it can be told apart.
    """
    known = lengthened(up_to(lineage, base), theirs)
    own = [op for op in lineage if op not in known] if whole else []
    return (*known, *own) if len(known) + len(own) <= LINEAGE else (theirs, *own[1 - LINEAGE :])


class Records:
    """The states of the records in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def find(self, identity: str) -> RecordState | None:
        """The state of a record, None for one that was never here."""
        return self.find_all([identity]).get(identity)

    def find_all(self, identities: Iterable[str]) -> Mapping[str, RecordState]:
        """The states of those records that are here."""
        found = self._unit.connection.execute(_FIND, given(identities)).mappings()
        return {line["id"]: _state(line) for line in found}

    def edited(self, identity: str, kind: RecordKind, parent: str = "") -> Op:
        """The op under which an edit is kept: a new one for every edit.

        An op stands for one body for ever. Were it used again while it has not left, an old image
        of the disk would hold another body under it, and the server would take it for known.

        The op that was found here when the database was opened stays in the lineage although it
        never left: where this disk was put back to an old image, its later life may have sent it,
        and this edit stands on it. Of the ops made since then nobody else can know.
        """
        state = self.find(identity)
        op = Op(self._unit.ids.new())
        if state is None:
            fresh = RecordState(RecordId(identity), kind, op, (), dirty=True, parent=parent)
            self.keep([fresh])
        else:
            found = state.op != self._unit.made_here.get(identity) and not state.awaited
            lineage = lengthened(state.lineage, state.op) if found else state.lineage
            self._unit.connection.execute(
                update(record)
                .where(record.c.id == identity)
                .values(op=op, lineage=lineage_text(lineage), dirty=1, parked="", awaited=0)
            )
        self._unit.made_here[identity] = op
        return op

    def keep(self, states: Sequence[RecordState]) -> None:
        """Write the states, new or changed."""
        _KEEP.run(self._unit, [_columns(state) for state in states])

    def forget(self, identities: Sequence[str]) -> None:
        """Forget that these records ever were."""
        self._unit.connection.execute(delete(record).where(record.c.id.in_(identities)))


def _columns(state: RecordState) -> dict[str, str | int]:
    return {
        "id": state.id,
        "kind": state.kind.value,
        "op": state.op,
        "lineage": lineage_text(state.lineage),
        "dirty": int(state.dirty),
        "version": state.version,
        "sha256": state.sha256,
        "parked": state.parked,
        "doubted": int(state.doubted),
        "awaited": int(state.awaited),
        "withheld": "" if state.withheld is None else as_text(state.withheld.to_json()),
        "scope": state.scope,
        "parent": state.parent,
        "class": state.record_class.value,
    }


def lineage_text(lineage: Sequence[Op]) -> str:
    """As `as_text` writes it; ops are random ids, in which nothing has to be escaped."""
    return '["' + '","'.join(lineage) + '"]' if lineage else "[]"


def _state(line: RowMapping) -> RecordState:
    withheld = str(line["withheld"])
    return RecordState(
        id=RecordId(line["id"]),
        kind=_KINDS[line["kind"]],
        op=Op(line["op"]),
        lineage=_lineage(line["lineage"]),
        dirty=bool(line["dirty"]),
        version=line["version"],
        sha256=Sha256(line["sha256"]),
        parked=line["parked"],
        doubted=bool(line["doubted"]),
        awaited=bool(line["awaited"]),
        withheld=FeedRow.from_json(small_json(withheld)) if withheld else None,
        scope=line["scope"],
        parent=line["parent"],
        record_class=_CLASSES[line["class"]],
    )


def _lineage(kept: str) -> tuple[Op, ...]:
    ops = [] if kept == "[]" else small_json(kept)
    return tuple(Op(str(op)) for op in ops) if isinstance(ops, list) else ()
