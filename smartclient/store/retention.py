"""What goes when the server says that a document went to its archive, and nothing before.

Only a row of the feed that says `archived` takes anything away; the laptop's clock decides nothing.
The body, the signed packages with their PDFs and values, the signing session and what the server
said go; the stub stays in the list with number, client, kind and dates. What the server has not
acknowledged stays whatever the row says: an unsent edit is answered `locked` first and is then
among the conflicts, an unsent package is sent.

Where a laptop was away for so long that even the tombstones are gone, the server answers that its
cursor is below what is kept (410). It then reads the feed from its beginning, and what was
acknowledged and is not in it any more has left the archive: it goes in the same way.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from smartclient.domain.clock import from_text
from smartclient.domain.document_life import Marks, ServerState
from smartclient.domain.ids import DocumentId
from smartclient.store.appends import NOTHING_TO_SEND, Appends
from smartclient.store.changes import Subject
from smartclient.store.document_lines import situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.records import Records, RecordState
from smartclient.store.schema import (
    append,
    conflict,
    document,
    document_body,
    document_status,
    leaving,
    record,
    signing_session,
    unseen,
)
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.wiping import Wiping, files_of
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import FeedRow, JsonObject

_ARCHIVED = document.c.server == ServerState.ARCHIVED.value
_ACKNOWLEDGED = (record.c.dirty == 0) & ((record.c.lineage != "[]") | (record.c.awaited == 1))
"""The server has it; of what went to the conflicts it has another version."""
_AN_UNSEEN = select(unseen.c.id).limit(1)
_NEW = upsert(leaving)
_TELL = _NEW.on_conflict_do_update(
    index_elements=["document_id"],
    set_={"leaves_at": _NEW.excluded.leaves_at, "op": _NEW.excluded.op},
)
_LEAVING = (
    select(leaving.c.document_id, leaving.c.leaves_at)
    .join(record, record.c.id == leaving.c.document_id)
    .where(record.c.dirty == 0, record.c.awaited == 0, record.c.op == leaving.c.op)
)
"""An edit after the day was told keeps its document, whether it was sent or not."""
COUNT_LEAVING = select(func.count().label("count")).select_from(_LEAVING.subquery())
_FINISHED = conflict.c.closed_at.is_not(None) & conflict.c.document_id.in_(
    select(document.c.id).where(_ARCHIVED)
)
_SEEN = delete(unseen).where(unseen.c.id == bindparam("seen"))


@dataclass(frozen=True, slots=True)
class Leaving:
    """A document of which the server said when it goes to the archive."""

    id: DocumentId
    leaves_at: datetime


class Retention:
    """What the archive takes, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        table: DocumentTable,
        records: Records,
        appends: Appends,
        wiping: Wiping,
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._appends = appends
        self._wiping = wiping

    # --- what the feed says ------------------------------------------------------------------

    def take(self, rows: Sequence[FeedRow]) -> int:
        """The server says that these went to the archive; tells how many documents went here.

        The rows are of records without an edit that waits for its answer.
        """
        packages = [row.id for row in rows if row.kind is RecordKind.SIGNED_PACKAGE]
        known = self._appends.known(packages)
        if known:
            self._wiping.drop_appends(sorted(known))  # the server shows them: it has them
        documents = {row.id: row for row in rows if row.kind is RecordKind.DOCUMENT}
        states = self._records.find_all(documents)
        for state in states.values():
            row = documents[state.id]
            self._records.keep([_archived(state, row.version)])
        self._archive(sorted(states))
        return len(states)

    def told(self, statuses: Sequence[JsonObject]) -> None:
        """The server says of documents when they go, or that they stay after all."""
        of = {str(said.get("document_id")): said for said in statuses}
        going = [
            {"document_id": name, "leaves_at": at, "op": str(said.get("leaves_op"))}
            for name, said in of.items()
            if isinstance(at := said.get("leaves_at"), str) and _is_instant(at)
        ]
        staying = of.keys() - {each["document_id"] for each in going}
        if going:
            self._unit.connection.execute(_TELL, going)
        if staying:
            self._forget_leaving(staying)

    # --- a feed that begins again ------------------------------------------------------------

    def begin_full_reading(self) -> None:
        """The cursor was below what the server keeps: what the whole feed does not show is gone."""
        self._unit.connection.execute(delete(unseen))
        here = (
            select(document.c.id)
            .join(record, record.c.id == document.c.id)
            .where(_ACKNOWLEDGED, ~_ARCHIVED)
        )
        self._unit.connection.execute(insert(unseen).from_select(["id"], here))

    def seen(self, rows: Sequence[FeedRow]) -> None:
        """The feed shows these."""
        if rows and self.is_reading_fully():
            self._unit.connection.execute(_SEEN, [{"seen": row.id} for row in rows])

    def is_reading_fully(self) -> bool:
        """Whether something has not been seen yet in a feed that is read from its beginning."""
        return self._unit.connection.execute(_AN_UNSEEN).first() is not None

    def give_up_full_reading(self) -> None:
        """The server was restored: what it does not show it may have lost."""
        self._unit.connection.execute(delete(unseen))

    def end_full_reading(self) -> int:
        """The feed came to its end: what it did not show has left the archive; how many."""
        asked = select(record.c.id).join(unseen, unseen.c.id == record.c.id).where(_ACKNOWLEDGED)
        gone = self._unit.connection.execute(asked).scalars().all()
        self._records.keep(
            [_archived(state, state.version) for state in self._records.find_all(gone).values()]
        )
        self._archive(gone)
        self._unit.connection.execute(delete(unseen))
        return len(gone)

    # --- conflicts of what went ---------------------------------------------------------------

    def has_finished_conflicts(self) -> bool:
        """Whether a conflict was settled whose document had gone to the archive before."""
        asked = select(conflict.c.id).where(_FINISHED).limit(1)
        return self._unit.connection.execute(asked).first() is not None

    def forget_finished_conflicts(self) -> None:
        """Let go of them: until now a person could take the settling back."""
        names = self._unit.connection.execute(select(conflict.c.id).where(_FINISHED)).scalars()
        for name in names.all():
            self._unit.connection.execute(delete(conflict).where(conflict.c.id == name))
            self._unit.touch(Subject.CONFLICT, name)

    # --- what is shown of it -----------------------------------------------------------------

    def leaving(self, limit: int = 30) -> tuple[Leaving, ...]:
        """The documents that go to the archive, the first to go first; no edit of theirs waits."""
        asked = _LEAVING.order_by(leaving.c.leaves_at, leaving.c.document_id).limit(limit)
        return tuple(
            Leaving(DocumentId(line.document_id), from_text(line.leaves_at))
            for line in self._unit.connection.execute(asked)
        )

    def leaving_of(self, documents: Collection[str]) -> dict[str, datetime]:
        """When each of these documents goes, as the server said; most say nothing."""
        asked = _LEAVING.where(leaving.c.document_id.in_(list(documents)))
        return {
            line.document_id: from_text(line.leaves_at)
            for line in self._unit.connection.execute(asked)
        }

    # --- what goes ---------------------------------------------------------------------------

    def _archive(self, documents: Sequence[str]) -> None:
        """Take away what the archive has of these documents; their lines stay as stubs."""
        if not documents:
            return
        files = files_of(self._unit, documents)
        its_packages = select(append.c.op).where(
            append.c.kind == RecordKind.SIGNED_PACKAGE.value,
            append.c.parent.in_(documents),
            NOTHING_TO_SEND,
        )
        sent = self._unit.connection.execute(its_packages).scalars().all()
        for column in (
            document_body.c.id,
            document_status.c.document_id,
            signing_session.c.document_id,
        ):
            self._unit.connection.execute(delete(column.table).where(column.in_(documents)))
        settled = conflict.c.document_id.in_(documents) & conflict.c.closed_at.is_not(None)
        self._unit.connection.execute(delete(conflict).where(settled))
        self._wiping.drop_appends(sent)
        self._wiping.drop_unused(files)
        self._forget_leaving(documents)
        self._make_stubs(documents)

    def _make_stubs(self, documents: Sequence[str]) -> None:
        lines = self._table.lines(documents)
        self._table.stand(
            {
                name: replace(
                    situation_of(line),
                    server=ServerState.ARCHIVED,
                    backed_up=True,
                    has_pdf=False,
                    exportable=False,
                    marks=Marks(),
                    parked="",
                    listed=True,
                )
                for name, line in lines.items()
            },
            lines,
        )
        bare = {"premium": None, "frequency": None}
        self._unit.connection.execute(
            update(document).where(document.c.id.in_(documents)).values(bare)
        )
        for name in documents:
            self._unit.touch(Subject.DOCUMENT, name)

    def _forget_leaving(self, documents: Collection[str]) -> None:
        self._unit.connection.execute(
            delete(leaving).where(leaving.c.document_id.in_(list(documents)))
        )


def page_of_leaving(limit: int) -> Select[*tuple[object, ...]]:
    """The lines of the documents that go first, each with its day."""
    told = _LEAVING.subquery()
    return (
        select(document, told.c.leaves_at)
        .join(told, told.c.document_id == document.c.id)
        .where(document.c.listed == 1)
        .order_by(told.c.leaves_at, document.c.id)
        .limit(limit)
    )


def _archived(state: RecordState, version: int) -> RecordState:
    """As if the body had gone to the conflicts: should the server show one again, it is taken."""
    return replace(
        state,
        lineage=(),
        dirty=False,
        version=version,
        sha256="",
        parked="",
        doubted=False,
        awaited=True,
        withheld=None,
    )


def _is_instant(text: str) -> bool:
    try:
        from_text(text)
    except ValueError:
        return False
    return True
