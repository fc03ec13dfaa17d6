"""What the server's changes do here (rules 4 and 5 from the client's side).

A pull never writes over a dirty record: its row is withheld until the edit is answered. Of what a
new epoch put in doubt (`store.doubts`), what the feed shows again is believed, and what it shows as
an older state of ours is offered again. The rules hold for every kind; what a kind does by itself
stands in `store.document_exchange`, `store.register_exchange`, `store.append_effects` and
`store.server_records`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

from sqlalchemy import bindparam, select, text, update

from smartclient.domain.clock import from_text
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId
from smartclient.store.append_effects import AppendEffects, require_readable
from smartclient.store.appends import Appended, Appends
from smartclient.store.conflicts import Conflicts
from smartclient.store.records import Records, RecordState, lengthened
from smartclient.store.replaced import Body as Body
from smartclient.store.replaced import Came, Replaced
from smartclient.store.retention import Retention
from smartclient.store.schema import append, record
from smartclient.store.server_records import ServerRecords
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.wiping import Wiping
from smartclient.wire.kinds import KINDS, RecordKind, Write
from smartclient.wire.messages import FeedRow

log = logging.getLogger(__name__)

_UNSURE = append.c.acknowledged == 0
_WITHHELD = text("withheld <> ''")
_DATE = update(append).where(append.c.op == bindparam("of_op")).values(created_at=bindparam("at"))
_OWED = select(record.c.id).where(_WITHHELD, record.c.dirty == 0)


class Incoming:
    """What comes from the server, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        kinds: Mapping[RecordKind, Replaced],
        appends: Appends,
        effects: AppendEffects,
        server_records: ServerRecords,
        wiping: Wiping,
        retention: Retention,
    ) -> None:
        self._unit = unit
        self._records = records
        self._kinds = kinds
        self._appends = appends
        self._effects = effects
        self._server_records = server_records
        self._wiping = wiping
        self._retention = retention
        self.archived = 0
        """How many documents the server's archive took here in this transaction."""
        self._conflicts = Conflicts(unit)

    # --- a page of the feed ------------------------------------------------------------------

    def bodies_wanted(self, rows: Sequence[FeedRow]) -> tuple[RecordId, ...]:
        """The records of a page whose bodies must be asked for."""
        states = self._records.find_all([row.id for row in rows])
        known = self._appends.known([row.id for row in rows if _is_append(row)])
        return tuple(row.id for row in rows if _wants_body(row, states.get(row.id), known))

    def take(
        self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, Body], scope: str = ""
    ) -> int:
        """Take a page of the feed of a scope; tells how many records changed here.

        A row whose body is of another version is left out: a newer row of it is on its way.
        """
        erased = [row.id for row in rows if row.state is ServerState.ERASED]
        if erased:
            self._wiping.erase(erased)
        self._retention.seen(rows)
        live = [row for row in rows if row.state is not ServerState.ERASED]
        states = self._records.find_all([row.id for row in live])
        archived = [row for row in live if _is_archived(row, states.get(row.id))]
        if archived:
            self.archived += self._retention.take(archived)
            taken = {row.id for row in archived}
            live = [row for row in live if row.id not in taken]
        changed = (
            len(erased)
            + len(archived)
            + self._take_appends([row for row in live if _is_append(row)], bodies, scope)
        )
        written = [row for row in live if KINDS[row.kind].write is Write.SERVER]
        changed += self._take_server_records(written, bodies, scope)
        for kind in self._kinds:
            pairs = [(row, states.get(row.id)) for row in live if row.kind is kind]
            if pairs:
                changed += self._take_records(kind, pairs, bodies, scope)
        return changed

    def owed(self) -> tuple[FeedRow, ...]:
        """The rows that were withheld from records which are not dirty any more."""
        found = self._unit.connection.execute(_OWED).scalars().all()
        states = self._records.find_all(found) if found else {}
        return tuple(state.withheld for state in states.values() if state.withheld is not None)

    # --- what is replaced --------------------------------------------------------------------

    def _take_records(
        self,
        kind: RecordKind,
        pairs: Sequence[tuple[FeedRow, RecordState | None]],
        bodies: Mapping[RecordId, Body],
        scope: str,
    ) -> int:
        came: list[Came] = []
        kept: list[RecordState] = []
        lost: list[RecordId] = []
        for row, state in pairs:
            got = bodies.get(row.id)
            meeting = _meeting(row, state, got)
            after = _state_after(meeting, row, state, scope)
            if after is not None and after != state:
                kept.append(after)
            if meeting is Meeting.DOUBTFUL:
                lost.append(row.id)
            if meeting is Meeting.SAME:
                came.append(Came(row, None))
            if meeting is Meeting.REPLACED and got is not None:
                came.append(Came(row, got))
        self._records.keep(kept)
        handler = self._kinds[kind]
        if lost:
            handler.unsent(lost)
        changed = handler.came(came) if came else 0
        if not KINDS[kind].merges:
            self._conflicts.close_returned({each.row.id: each.row.op for each in came})
        return changed

    # --- everything else ---------------------------------------------------------------------

    def _take_appends(
        self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, Body], scope: str
    ) -> int:
        if not rows:
            return 0
        known = self._appends.known([row.id for row in rows])
        self._acknowledged(known, scope)
        self._date([row for row in rows if row.received_at and row.id in known])
        new = [
            self._appended(row, bodies[row.id], scope)
            for row in rows
            if _is_new(row, known, bodies)
        ]
        readable = [each for each in new if _is_readable(each)]
        self._appends.write(readable)
        for kind in dict.fromkeys(each.kind for each in readable):
            self._effects.came(kind, [each for each in readable if each.kind is kind])
        return len(readable)

    def _acknowledged(self, known: frozenset[str], scope: str) -> None:
        """The server shows these: it has them, whoever sent them and whatever it answered here."""
        unsure = select(append.c.kind, append.c.parent).where(append.c.op.in_(known), _UNSURE)
        found = self._unit.connection.execute(unsure).all()
        placed = {"scope": scope} if scope else {}
        self._unit.connection.execute(
            update(append)
            .where(append.c.op.in_(known))
            .values(acknowledged=1, doubted=0, parked="", **placed)
        )
        for kind in dict.fromkeys(line.kind for line in found):
            parents = [line.parent for line in found if line.kind == kind]
            self._effects.acknowledged(RecordKind(kind), parents)

    def _date(self, rows: Sequence[FeedRow]) -> None:
        """Events of ours count as of the server's receipt, like everybody else's."""
        if not rows:
            return
        said = [{"of_op": row.id, "at": row.received_at} for row in rows]
        self._unit.connection.execute(_DATE, said)
        for kind in dict.fromkeys(row.kind for row in rows):
            of_kind = {row.id: row.received_at for row in rows if row.kind is kind}
            self._effects.dated(kind, of_kind)

    def _appended(self, row: FeedRow, got: Body, scope: str) -> Appended:
        is_package = row.kind is RecordKind.SIGNED_PACKAGE
        return Appended(
            Op(row.id),
            row.kind,
            str(got.body.get("document_id")) if is_package else row.parent,
            got.body,
            from_text(row.received_at) if row.received_at else self._unit.now(),
            row.blobs,
            row.record_class,
            scope,
            pulled=True,
            acknowledged=True,
        )

    def _take_server_records(
        self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, Body], scope: str
    ) -> int:
        whole = [row for row in rows if _fits(row, bodies.get(row.id))]
        self._records.keep([_as_the_server_has_it(row, (), scope) for row in whole])
        said = {row.id: bodies[row.id].body for row in whole}
        self._server_records.take(whole, said)
        statuses = [row.id for row in whole if row.kind is RecordKind.DOCUMENT_STATUS]
        self._retention.told([said[name] for name in statuses])
        return len(whole)


def _is_archived(row: FeedRow, state: RecordState | None) -> bool:
    """Whether the archive takes what is here: no edit waits, and none of ours may be lost."""
    if row.state is not ServerState.ARCHIVED:
        return False
    return state is None or _meeting(row, state, None) in (Meeting.SAME, Meeting.UNREADABLE)


def _is_append(row: FeedRow) -> bool:
    return KINDS[row.kind].write is Write.APPEND


def _is_new(row: FeedRow, known: frozenset[str], bodies: Mapping[RecordId, Body]) -> bool:
    return row.id not in known and _fits(row, bodies.get(row.id))


def _is_readable(record: Appended) -> bool:
    try:
        require_readable(record)
    except (BadInput, ValueError):
        # The rest of the news must not wait for it; the server keeps the record.
        log.warning("unreadable record", extra={"record": record.op, "kind": record.kind.value})
        return False
    return True


def _wants_body(row: FeedRow, state: RecordState | None, known: frozenset[str]) -> bool:
    if row.state in (ServerState.ERASED, ServerState.ARCHIVED):
        return False
    match KINDS[row.kind].write:
        case Write.APPEND:
            return row.id not in known
        case Write.SERVER:
            return state is None or state.sha256 != row.sha256
        case Write.REPLACE:
            return _meeting(row, state, None) is Meeting.UNREADABLE


class Meeting(Enum):
    """What a row of the feed is to the record here."""

    WITHHELD = auto()
    """An edit here is not acknowledged; the row waits for the answer to it."""
    SAME = auto()
    """The server has what is here."""
    REPLACED = auto()
    """The server has another edit, and its body came."""
    UNREADABLE = auto()
    """The server had another edit, but its body has not come, or a newer one came."""
    DOUBTFUL = auto()
    """A restored server shows another edit: it may have lost ours, so ours is offered again."""


def _meeting(row: FeedRow, state: RecordState | None, got: Body | None) -> Meeting:
    if state is not None and state.dirty:
        return Meeting.WITHHELD
    if state is not None and not state.awaited:
        if row.op == state.op:
            return Meeting.SAME
        if state.doubted:
            return Meeting.DOUBTFUL
    return Meeting.REPLACED if _fits(row, got) else Meeting.UNREADABLE


def _fits(row: FeedRow, got: Body | None) -> bool:
    """The body is that of the row; otherwise a newer row of it is on its way, or it was here."""
    return got is not None and (got.op, got.sha256) == (row.op, row.sha256)


def _state_after(
    meeting: Meeting, row: FeedRow, state: RecordState | None, scope: str
) -> RecordState | None:
    """The record after the row of a scope; None when there is nothing to keep."""
    if state is None:
        whole = meeting is Meeting.REPLACED
        return _as_the_server_has_it(row, (row.op,), scope) if whole else None
    # A row that was held back does not say its scope; the record has stayed in it.
    scope = scope or state.scope
    match meeting:
        case Meeting.WITHHELD:
            return replace(state, withheld=row, doubted=False, scope=scope)
        case Meeting.SAME:
            settled = replace(state, withheld=None, doubted=False, scope=scope)
            return replace(settled, version=row.version, sha256=row.sha256)
        case Meeting.REPLACED:
            return _as_the_server_has_it(row, lengthened(state.lineage, row.op), scope)
        case Meeting.UNREADABLE:
            return replace(state, withheld=None, scope=scope)
        case Meeting.DOUBTFUL:
            return replace(state, dirty=True, doubted=False, withheld=row, scope=scope)


def _as_the_server_has_it(row: FeedRow, lineage: tuple[Op, ...], scope: str) -> RecordState:
    return RecordState(
        row.id,
        row.kind,
        row.op,
        lineage,
        dirty=False,
        version=row.version,
        sha256=row.sha256,
        scope=scope,
        parent=row.parent,
        record_class=row.record_class,
    )
