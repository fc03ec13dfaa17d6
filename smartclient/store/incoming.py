"""What the server's changes do here (rules 4 and 5 from the client's side).

A pull never writes over a dirty record: its row is withheld until the edit is answered. On a new
epoch every record that the server had is doubted; one that the feed shows again is believed, one
that it shows as an older state of ours, or not at all, is offered again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from sqlalchemy import literal_column, select, text, update

from smartclient.domain.document_life import Marks, ServerState, Stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import DocumentId, InstallId, Op, RecordId, Sha256
from smartclient.store.appends import Appends, SignedPackage
from smartclient.store.conflicts import Conflicts
from smartclient.store.document_lines import Situation, marks_after, situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.documents import END_SIGNING
from smartclient.store.feed import Feed
from smartclient.store.records import Records, RecordState, lengthened
from smartclient.store.schema import append, record
from smartclient.store.server_records import ServerRecords, verdict_of
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.messages import FeedRow, JsonObject, RecordKind

log = logging.getLogger(__name__)

_CLOSED = (ServerState.SEALED, ServerState.LOCKED, ServerState.ARCHIVED)
_DOUBTED = literal_column("doubted") == literal_column("1")
_WITHHELD = text("withheld <> ''")


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the server gave it: which edit it is, and the digest of its canonical bytes."""

    op: Op
    sha256: Sha256
    body: JsonObject


class Incoming:
    """What comes from the server, in one transaction."""

    def __init__(
        self, unit: UnitOfWork, table: DocumentTable, records: Records, install: InstallId
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._server_records = ServerRecords(unit, table, records, install)
        self._appends = Appends(unit)
        self._conflicts = Conflicts(unit)
        self._feed = Feed(unit)

    # --- a page of the feed ------------------------------------------------------------------

    def bodies_wanted(self, rows: Sequence[FeedRow]) -> tuple[RecordId, ...]:
        """The records of a page whose bodies must be asked for."""
        states = self._records.find_all([row.id for row in rows])
        packages = self._appends.known([row.id for row in rows])
        return tuple(row.id for row in rows if _wants_body(row, states.get(row.id), packages))

    def take(self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, Body]) -> int:
        """Take a page of the feed; tells how many records changed here.

        A row whose body is of another version is left out: a newer row of it is on its way.
        """
        states = self._records.find_all([row.id for row in rows])
        of = {kind: [row for row in rows if row.kind is kind] for kind in RecordKind}
        server_writes = of[RecordKind.DOCUMENT_STATUS] + of[RecordKind.NUMBER_LEASE]
        changed = sum(self._take_package(row, bodies) for row in of[RecordKind.SIGNED_PACKAGE])
        changed += self._take_server_records(server_writes, bodies)
        documents = [(row, states.get(row.id)) for row in of[RecordKind.DOCUMENT]]
        return changed + self._take_documents(documents, bodies)

    def owed(self) -> tuple[FeedRow, ...]:
        """The rows that were withheld from records which are not dirty any more."""
        asked = select(record.c.id).where(_WITHHELD, record.c.dirty == 0)
        found = self._unit.connection.execute(asked).scalars().all()
        states = self._records.find_all(found)
        return tuple(state.withheld for state in states.values() if state.withheld is not None)

    # --- a new epoch -------------------------------------------------------------------------

    def begin_epoch(self, epoch: int) -> None:
        """The server was restored: forget versions and cursors, keep lineages, doubt everything."""
        self._unit.connection.execute(update(record).values(version=0, withheld=""))
        known = (record.c.kind == RecordKind.DOCUMENT.value) & (record.c.lineage != "[]")
        self._unit.connection.execute(update(record).where(known).values(doubted=1))
        self._unit.connection.execute(
            update(append).where(append.c.acknowledged == 1).values(doubted=1)
        )
        self._feed.rewind()
        self._feed.set_epoch(epoch)

    def has_doubts(self) -> bool:
        """Whether something is doubted, so that `settle_doubts` has work."""
        records = self._unit.connection.execute(select(record.c.id).where(_DOUBTED).limit(1))
        packages = select(append.c.op).where(append.c.doubted == 1).limit(1)
        return records.first() is not None or (
            self._unit.connection.execute(packages).first() is not None
        )

    def settle_doubts(self) -> None:
        """The feed came to its end: what it did not show is offered again."""
        doubted = self._unit.connection.execute(select(record.c.id).where(_DOUBTED)).scalars().all()
        lines = self._table.lines(doubted)
        for state in self._records.find_all(doubted).values():
            archived = lines[state.id]["server"] == ServerState.ARCHIVED.value
            # The body of an awaited record is among the conflicts, that of an archived one is gone.
            gone = state.awaited or archived
            self._records.keep([replace(state, dirty=state.dirty or not gone, doubted=False)])
            if not gone:
                self._show_as_unsent(state.id)
        self._unit.connection.execute(
            update(append).where(append.c.doubted == 1).values(doubted=0, acknowledged=0)
        )

    def _show_as_unsent(self, identity: str) -> None:
        lines = self._table.lines([identity])
        if identity in lines:
            before = situation_of(lines[identity])
            again = replace(before, backed_up=False, server=ServerState.OPEN)
            self._table.stand({identity: again}, lines)

    # --- documents ---------------------------------------------------------------------------

    def _take_documents(
        self,
        pairs: Sequence[tuple[FeedRow, RecordState | None]],
        bodies: Mapping[RecordId, Body],
    ) -> int:
        identities = [row.id for row, _ in pairs]
        lines = self._table.lines(identities)
        packages = self._appends.newest_of(identities)
        statuses = self._server_records.statuses_of(identities)
        written: dict[DocumentId, tuple[JsonObject, Situation]] = {}
        standing: dict[str, Situation] = {}
        kept: list[RecordState] = []
        for row, state in pairs:
            got = bodies.get(row.id)
            meeting = _meeting(row, state, got)
            after = _state_after(meeting, row, state)
            if after is not None:
                kept.append(after)
            if meeting is Meeting.DOUBTFUL:
                self._show_as_unsent(row.id)
            if meeting not in (Meeting.SAME, Meeting.REPLACED):
                continue
            before = situation_of(lines[row.id]) if row.id in lines else None
            now = _situation_after(row, before, packages.get(row.id), statuses.get(row.id))
            if meeting is Meeting.REPLACED and got is not None:
                written[DocumentId(row.id)] = (got.body, now)
            elif now != before:
                standing[row.id] = now
        self._records.keep(kept)
        self._table.stand(standing, lines)
        if written:
            self._table.write(written)
            ended = [{"of_document": name} for name in written]
            self._unit.connection.execute(END_SIGNING, ended)
        self._conflicts.close_returned({row.id: row.op for row, _ in pairs})
        return len(written) + len(standing)

    # --- everything else ---------------------------------------------------------------------

    def _take_package(self, row: FeedRow, bodies: Mapping[RecordId, Body]) -> int:
        op = Op(row.id)
        if self._appends.known([op]):
            self._unit.connection.execute(
                update(append).where(append.c.op == op).values(acknowledged=1, doubted=0)
            )
            return 0
        got = bodies.get(row.id)
        if got is None or not _fits(row, got):
            return 0
        try:
            package = self._appends.add(op, got.body, acknowledged=True)
        except (BadInput, ValueError):
            # The rest of the news must not wait for it; the server keeps the package.
            log.warning("unreadable signed package", extra={"record": op})
            return 0
        lines = self._table.lines([package.document_id])
        if package.document_id in lines:
            before = situation_of(lines[package.document_id])
            signed = replace(before, has_pdf=True, signed_at=package.signed_at)
            self._table.stand({package.document_id: signed}, lines)
        return 1

    def _take_server_records(self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, Body]) -> int:
        whole = [row for row in rows if _fits(row, bodies.get(row.id))]
        self._records.keep([_as_the_server_has_it(row, ()) for row in whole])
        statuses = [row for row in whole if row.kind is RecordKind.DOCUMENT_STATUS]
        self._server_records.take_statuses([bodies[row.id].body for row in statuses])
        for row in whole:
            if row.kind is RecordKind.NUMBER_LEASE:
                self._server_records.take_lease(row.id, bodies[row.id].body)
        return len(whole)


def _wants_body(row: FeedRow, state: RecordState | None, packages: frozenset[str]) -> bool:
    match row.kind:
        case RecordKind.SIGNED_PACKAGE:
            return row.id not in packages
        case RecordKind.DOCUMENT_STATUS | RecordKind.NUMBER_LEASE:
            return state is None or state.sha256 != row.sha256
        case RecordKind.DOCUMENT:
            return _meeting(row, state, None) is Meeting.UNREADABLE
        case _:
            return False  # a kind that has no place here yet


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


def _state_after(meeting: Meeting, row: FeedRow, state: RecordState | None) -> RecordState | None:
    """The record after the row; None when there is nothing to keep."""
    replaced = _as_the_server_has_it(row, (row.op,))
    if state is None:
        return replaced if meeting is Meeting.REPLACED else None
    settled = replace(state, withheld=None, doubted=False)
    match meeting:
        case Meeting.WITHHELD:
            return replace(state, withheld=row, doubted=False)
        case Meeting.SAME:
            return replace(settled, version=row.version, sha256=row.sha256)
        case Meeting.REPLACED:
            return replace(replaced, lineage=lengthened(state.lineage, row.op))
        case Meeting.UNREADABLE:
            return replace(state, withheld=None)
        case Meeting.DOUBTFUL:
            return replace(state, dirty=True, doubted=False, withheld=row)


def _as_the_server_has_it(row: FeedRow, lineage: tuple[Op, ...]) -> RecordState:
    return RecordState(
        row.id, row.kind, row.op, lineage, dirty=False, version=row.version, sha256=row.sha256
    )


def _situation_after(
    row: FeedRow,
    before: Situation | None,
    package: SignedPackage | None,
    status: JsonObject | None,
) -> Situation:
    stage = row.stage
    unsent = package is not None and not package.acknowledged
    signed_here = unsent and before is not None and before.stage is Stage.SIGNED
    if signed_here and row.state not in _CLOSED:
        stage = Stage.SIGNED
    marks = marks_after(before.marks if before is not None else Marks(), status or {})
    return Situation(
        stage=stage,
        server=row.state,
        backed_up=not unsent,
        has_pdf=package is not None or _was_completed(stage, before),
        exportable=_exportable(row, before, status),
        marks=marks,
        parked="",
        signed_at=None if package is None else package.signed_at,
        listed=True,
    )


def _was_completed(stage: Stage, before: Situation | None) -> bool:
    """What was cancelled keeps the pages of its completion."""
    return stage is Stage.CANCELLED and before is not None and before.has_pdf


def _exportable(row: FeedRow, before: Situation | None, status: JsonObject | None) -> bool:
    if status is not None and status.get("document_op") == row.op:
        return verdict_of(status)
    return before is not None and before.exportable
