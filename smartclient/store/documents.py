"""The documents: made, read, kept as typed, and listed.

An edit gets its op here. Whether an edit is allowed is asked of the domain's table of rights, so
that a document that was locked by a synchronisation a moment ago is not written over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.document_life import (
    Action,
    DocumentKind,
    ShownState,
    Stage,
    permission,
)
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.store.bodies import read_back, stored
from smartclient.store.changes import Subject
from smartclient.store.document_lines import (
    Columns,
    Situation,
    columns_of,
    row_of,
    situation_columns,
    situation_of,
)
from smartclient.store.document_list import DocumentList
from smartclient.store.document_rows import DocumentFilter, DocumentRow, StoredDocument
from smartclient.store.full_text import document_words, index_words
from smartclient.store.records import Records
from smartclient.store.schema import document, document_body, record, signing_session
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.messages import JsonObject, RecordKind


class Documents:
    """The documents of one transaction."""

    def __init__(self, unit: UnitOfWork, records: Records) -> None:
        self._unit = unit
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
        self.write({identity: (stamped, Situation(stage))})
        return self._known_row(identity)

    def save(self, identity: DocumentId, body: JsonObject, stage: Stage) -> DocumentRow:
        """Keep an edit. It gets a new op unless the last one never left; a signing session ends.

        Raises NotAllowed SC-STORE-020 (unknown) and SC-STORE-021 (the state forbids editing; the
        typed values can go to `conflicts.keep`).
        """
        line = self._line(identity)
        row = row_of(line)
        if not permission(row.standing(), Action.EDIT).allowed:
            raise NotAllowed("SC-STORE-021")
        self._records.edited(identity, RecordKind.DOCUMENT)
        self._unit.connection.execute(
            update(signing_session).where(signing_session.c.document_id == identity).values(ended=1)
        )
        stamped: JsonObject = {
            **body,
            "created_at": line["created_at"],
            "changed_at": self._unit.now_text(),
        }
        edited = replace(situation_of(line), stage=stage, backed_up=False, parked="", listed=True)
        self.write({identity: (stamped, edited)})
        return self._known_row(identity)

    def change_stage(self, identity: DocumentId, stage: Stage) -> DocumentRow:
        """Complete, cancel or take back a document without another word in it; raises as `save`."""
        return self.save(identity, self.get(identity).body, stage)

    def discard(self, identity: DocumentId) -> None:
        """Take a draft that the server never saw out of the list; `restore` brings it back.

        Raises NotAllowed SC-STORE-020 and SC-STORE-023 (it is more than such a draft).
        """
        row = row_of(self._line(identity))
        if not permission(row.standing(), Action.DISCARD).allowed:
            raise NotAllowed("SC-STORE-023")
        self._set_listed(identity, listed=False)

    def restore(self, identity: DocumentId) -> None:
        """Take back `discard`."""
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
        asked = (
            select(document, document_body.c.content, record.c.op)
            .join(document_body, document_body.c.id == document.c.id)
            .join(record, record.c.id == document.c.id)
            .where(document.c.id == identity)
        )
        line = self._unit.connection.execute(asked).mappings().first()
        if line is None:
            return None
        return StoredDocument(row_of(line), read_back(line["content"]), line["op"])

    def row(self, identity: DocumentId) -> DocumentRow | None:
        """The document as the list shows it, None when it is not here."""
        line = self.lines([identity]).get(identity)
        return None if line is None else row_of(line)

    def page(self, wanted: DocumentFilter, offset: int, limit: int) -> tuple[DocumentRow, ...]:
        """The rows of the list from `offset`, at most `limit`, in the wanted order."""
        return self._list.page(wanted, offset, limit)

    def count(self, wanted: DocumentFilter) -> int:
        """How many documents the filter lets through."""
        return self._list.count(wanted)

    def counts_by_state(self) -> Mapping[ShownState, int]:
        """How many documents are in each shown state; states without any are left out."""
        return self._list.counts_by_state()

    # --- for the other repositories of the store ---------------------------------------------

    def lines(self, identities: Sequence[str]) -> Mapping[str, RowMapping]:
        """The lines of the list table of those documents that are here."""
        asked = select(document).where(document.c.id.in_(identities))
        return {line["id"]: line for line in self._unit.connection.execute(asked).mappings()}

    def write(self, changed: Mapping[DocumentId, tuple[JsonObject, Situation]]) -> None:
        """Write bodies with their lines and words, new or in place of the old ones."""
        known = self.lines(list(changed))
        following = self._next_row()
        lines: list[Columns] = []
        for identity, (body, situation) in changed.items():
            if identity in known:
                place = known[identity]["row"]
            else:
                place, following = following, following + 1
            lines.append({"row": place, **columns_of(identity, body, situation)})
        self._write_lines(lines)
        self._write_bodies({identity: body for identity, (body, _) in changed.items()})
        said = {
            int(str(line["row"])): document_words(str(line["number"]), str(line["client_name"]))
            for line in lines
        }
        index_words(self._unit, "document_words", said)
        for identity in changed:
            self._unit.touch(Subject.DOCUMENT, identity)

    def stand(self, identity: str, situation: Situation) -> None:
        """Change how a document stands; its body stays."""
        line = self._line(DocumentId(identity))
        kind, digital = DocumentKind(line["kind"]), bool(line["digital"])
        self._unit.connection.execute(
            update(document)
            .where(document.c.id == identity)
            .values(**situation_columns(situation, kind, digital=digital))
        )
        self._unit.touch(Subject.DOCUMENT, identity)

    def _write_lines(self, lines: Sequence[Columns]) -> None:
        statement = insert(document)
        changed = {
            column.name: statement.excluded[column.name]
            for column in document.columns
            if column.name not in ("row", "id")
        }
        self._unit.connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=changed), lines
        )

    def _write_bodies(self, bodies: Mapping[DocumentId, JsonObject]) -> None:
        statement = insert(document_body)
        self._unit.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={"content": statement.excluded.content}
            ),
            [{"id": identity, "content": stored(body)} for identity, body in bodies.items()],
        )

    def _next_row(self) -> int:
        newest = self._unit.connection.execute(select(func.max(document.c.row))).scalar()
        return (newest or 0) + 1

    def _line(self, identity: DocumentId) -> RowMapping:
        line = self.lines([identity]).get(identity)
        if line is None:
            raise NotAllowed("SC-STORE-020")
        return line

    def _known_row(self, identity: DocumentId) -> DocumentRow:
        return row_of(self._line(identity))

    def _set_listed(self, identity: DocumentId, *, listed: bool) -> None:
        self.stand(identity, replace(situation_of(self._line(identity)), listed=listed))
