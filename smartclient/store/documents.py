"""The documents: made, read, kept as typed, and listed.

An edit gets its op here. Whether an edit is allowed is asked of the domain's table of rights, so
that a document that was locked by a synchronisation a moment ago is not written over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, bindparam, select, update

from smartclient.domain.document_life import (
    HANDED_OVER,
    Action,
    Marks,
    ServerState,
    ShownState,
    Stage,
    permission,
)
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId, RecordId
from smartclient.store.bodies import read_back
from smartclient.store.document_lines import Situation, row_of, situation_of
from smartclient.store.document_list import DocumentList
from smartclient.store.document_rows import DocumentFilter, DocumentRow, StoredDocument
from smartclient.store.document_table import DocumentTable
from smartclient.store.records import Records
from smartclient.store.schema import document, document_body, record, signing_session
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.messages import JsonObject, RecordKind

_WITH_BODY = (
    select(document, document_body.c.content, record.c.op)
    .join(document_body, document_body.c.id == document.c.id)
    .join(record, record.c.id == document.c.id)
    .where(document.c.id == bindparam("id"))
)


class Documents:
    """The documents of one transaction."""

    def __init__(self, unit: UnitOfWork, table: DocumentTable, records: Records) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._list = DocumentList(unit)

    # --- what the adviser does ---------------------------------------------------------------

    def create(
        self,
        body: JsonObject,
        stage: Stage = Stage.DRAFT,
        *,
        id: DocumentId | None = None,  # noqa: A002
    ) -> DocumentRow:
        """A new document; `created_at` and `changed_at` of its body are set to now."""
        identity = DocumentId(self._unit.ids.new()) if id is None else id
        self._records.edited(identity, RecordKind.DOCUMENT)
        now = self._unit.now_text()
        stamped: JsonObject = {**body, "created_at": now, "changed_at": now}
        self._table.write({identity: (stamped, Situation(stage))})
        return self._known_row(identity)

    def save(self, identity: DocumentId, body: JsonObject, stage: Stage) -> DocumentRow:
        """Keep an edit. It gets a new op unless the last one never left; a signing session ends.

        Raises NotAllowed SC-STORE-020 (unknown) and SC-STORE-021 (the state forbids editing; the
        typed values can go to `conflicts.keep`).
        """
        row = row_of(self._line(identity))
        if not permission(row.standing(), Action.EDIT).allowed:
            raise NotAllowed("SC-STORE-021")
        return self._edit(identity, body, stage)

    def change_stage(self, identity: DocumentId, stage: Stage) -> DocumentRow:
        """Complete, cancel or take back a document without another word in it; raises as `save`."""
        return self.save(identity, self.get(identity).body, stage)

    def discard(self, identity: DocumentId) -> None:
        """Take a draft out of the list; `restore` brings it back.

        A draft of which the server has a copy stays in the list as cancelled, so that the next
        synchronisation cancels it there too.
        Raises NotAllowed SC-STORE-020 and SC-STORE-023 (it is more than a draft).
        """
        row = row_of(self._line(identity))
        if not permission(row.standing(), Action.DISCARD).allowed:
            raise NotAllowed("SC-STORE-023")
        if row.server is ServerState.NONE:
            self._set_listed(identity, listed=False)
        else:
            self._edit(identity, self.get(identity).body, Stage.CANCELLED)

    def restore(self, identity: DocumentId) -> None:
        """Take back `discard`."""
        if row_of(self._line(identity)).stage is Stage.CANCELLED:
            self._edit(identity, self.get(identity).body, Stage.DRAFT)
        else:
            self._set_listed(identity, listed=True)

    # --- reading -----------------------------------------------------------------------------

    def get(self, identity: DocumentId) -> StoredDocument:
        """The document with its answers; NotAllowed SC-STORE-020 when it is not here."""
        found = self.find(identity)
        if found is None:
            raise NotAllowed("SC-STORE-020")
        return found

    def find(self, identity: DocumentId) -> StoredDocument | None:
        """The document with its answers, None when it is not here."""
        found = self._unit.connection.execute(_WITH_BODY, {"id": identity})
        line = found.mappings().first()
        if line is None:
            return None
        return StoredDocument(row_of(line), read_back(line["content"]), line["op"])

    def row(self, identity: DocumentId) -> DocumentRow | None:
        """The document as the list shows it, None when it is not here."""
        line = self._table.lines([identity]).get(identity)
        return None if line is None else row_of(line)

    def row_that_holds(self, identity: DocumentId) -> DocumentRow | None:
        """As `row`, but None while an edit that lost stands there: the server's is to come."""
        row, state = self.row(identity), self._records.find(RecordId(identity))
        awaited = state is not None and state.awaited
        return None if row is None or (awaited and row.server is not ServerState.ARCHIVED) else row

    def that_holds(self, identity: DocumentId) -> StoredDocument | None:
        """The version that holds, with its answers; None where it is not here, or not any more."""
        return None if self.row_that_holds(identity) is None else self.find(identity)

    def page(self, wanted: DocumentFilter, offset: int, limit: int) -> tuple[DocumentRow, ...]:
        """The rows of the list from `offset`, at most `limit`, in the wanted order."""
        return self._list.page(wanted, offset, limit)

    def count(self, wanted: DocumentFilter) -> int:
        """How many documents the filter lets through."""
        return self._list.count(wanted)

    def place(self, identity: DocumentId, wanted: DocumentFilter) -> int | None:
        """How many rows stand before this one; None where the list does not have it."""
        return self._list.place(identity, wanted)

    def counts_by_state(self) -> Mapping[ShownState, int]:
        """How many documents are in each shown state; states without any are left out."""
        return self._list.counts_by_state()

    def lines(self, identities: Sequence[DocumentId]) -> Mapping[str, RowMapping]:
        """The lines of the list table of those documents that are here."""
        return self._table.lines(identities)

    def stand(self, identity: DocumentId, situation: Situation) -> None:
        """Say how a document stands towards the server; NotAllowed SC-STORE-020."""
        self._table.stand({identity: situation}, {identity: self._line(identity)})

    def _line(self, identity: DocumentId) -> RowMapping:
        line = self._table.lines([identity]).get(identity)
        if line is None:
            raise NotAllowed("SC-STORE-020")
        return line

    def _known_row(self, identity: DocumentId) -> DocumentRow:
        return row_of(self._line(identity))

    def _edit(self, identity: DocumentId, body: JsonObject, stage: Stage) -> DocumentRow:
        line = self._line(identity)
        self._records.edited(identity, RecordKind.DOCUMENT)
        self._unit.connection.execute(
            update(signing_session).where(signing_session.c.document_id == identity).values(ended=1)
        )
        stamped: JsonObject = {
            **body,
            "created_at": line["created_at"],
            "changed_at": self._unit.now_text(),
        }
        edited = _edited(situation_of(line), stage)
        self._table.write({identity: (stamped, edited)})
        return self._known_row(identity)

    def _set_listed(self, identity: DocumentId, *, listed: bool) -> None:
        self.stand(identity, replace(situation_of(self._line(identity)), listed=listed))


def _edited(before: Situation, stage: Stage) -> Situation:
    """How an edited document stands; what was cancelled keeps the pages of its completion.

    Of the group Ostatní also an exported one is edited: what the server said of the version before
    does not hold for the new one.
    """
    now = replace(before, stage=stage, backed_up=False, parked="", listed=True)
    if stage is Stage.CANCELLED:
        return replace(now, has_pdf=before.has_pdf or before.stage is Stage.COMPLETE)
    if before.server in HANDED_OVER:
        return replace(now, server=ServerState.OPEN, marks=Marks(), exportable=False)
    return now
