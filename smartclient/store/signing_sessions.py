"""A signing under way: the frozen PDF, which fields are signed, and its end as a signed package.

A session belongs to one edit of the document. An edit ends it. Its package, once the client has
signed everything, is kept whatever became of the document meanwhile: the server decides whether it
came late.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId, Op, Sha256
from smartclient.store.appends import SCHEMA, Appends
from smartclient.store.blobs import Blobs
from smartclient.store.bodies import as_text, read_back, small_json, stored
from smartclient.store.changes import Subject
from smartclient.store.document_lines import situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.documents import Documents
from smartclient.store.records import Records
from smartclient.store.schema import signing_session
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import Json, JsonObject

_CLOSED = (ServerState.SEALED, ServerState.LOCKED, ServerState.ARCHIVED)


@dataclass(frozen=True, slots=True)
class SigningSession:
    """How far the signing of a document has come; the blobs `pdf` and `values` are in the store."""

    document_id: DocumentId
    document_op: Op
    pdf: Sha256
    values: Sha256
    record: JsonObject
    done: tuple[str, ...]
    """The names of the signed fields, in the order of signing."""
    started_at: datetime


class SigningSessions:
    """The signing sessions of one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        documents: Documents,
        table: DocumentTable,
        records: Records,
        blobs: Blobs,
    ) -> None:
        self._unit = unit
        self._documents = documents
        self._table = table
        self._records = records
        self._blobs = blobs
        self._appends = Appends(unit)

    def start(
        self, document_id: DocumentId, pdf: bytes, values: bytes, record: JsonObject
    ) -> SigningSession:
        """Freeze a document for signing, in place of an earlier session; its stage is WAITING.

        `values` are the exact bytes that are attached to the PDF. Raises NotAllowed SC-STORE-020
        and SC-STORE-021.
        """
        self._clear(document_id)
        found = self._documents.get(document_id)
        if found.row.stage is not Stage.WAITING:
            self._documents.change_stage(document_id, Stage.WAITING)
        nothing: Json = []
        line = {
            "document_id": document_id,
            "document_op": self._documents.get(document_id).op,
            "pdf": self._blobs.put(pdf),
            "contents": self._blobs.put(values),
            "record": stored(record),
            "done": as_text(nothing),
            "started_at": self._unit.now_text(),
            "ended": 0,
        }
        self._unit.connection.execute(insert(signing_session), line)
        self._unit.touch(Subject.SIGNING, document_id)
        return self._known(document_id)

    def get(self, document_id: DocumentId) -> SigningSession | None:
        """The session of a document, None when there is none."""
        asked = select(signing_session).where(
            signing_session.c.document_id == document_id, signing_session.c.ended == 0
        )
        line = self._unit.connection.execute(asked).mappings().first()
        return None if line is None else _session(line)

    def signed(
        self, document_id: DocumentId, field: str, pdf: bytes, record: JsonObject
    ) -> SigningSession:
        """One more field is signed; NotAllowed SC-STORE-025 when the session has ended."""
        before = self._known(document_id)
        done: Json = [*before.done, field]
        columns = {"pdf": self._blobs.put(pdf), "record": stored(record), "done": as_text(done)}
        self._unit.connection.execute(
            update(signing_session)
            .where(signing_session.c.document_id == document_id)
            .values(**columns)
        )
        self._forget_unused(before.pdf)
        self._unit.touch(Subject.SIGNING, document_id)
        return self._known(document_id)

    def note(self, document_id: DocumentId, record: JsonObject) -> None:
        """Replace the record of a session that goes on; NotAllowed SC-STORE-025 when it ended."""
        self._known(document_id)
        self._unit.connection.execute(
            update(signing_session)
            .where(signing_session.c.document_id == document_id)
            .values(record=stored(record))
        )
        self._unit.touch(Subject.SIGNING, document_id)

    def drop(self, document_id: DocumentId) -> None:
        """End a session without a package; harmless when there is none."""
        self._unit.connection.execute(
            update(signing_session)
            .where(signing_session.c.document_id == document_id)
            .values(ended=1)
        )
        self._unit.touch(Subject.SIGNING, document_id)

    def sweep(self) -> None:
        """Forget the sessions that have ended, and their blobs."""
        asked = select(signing_session.c.document_id).where(signing_session.c.ended == 1)
        for document_id in self._unit.connection.execute(asked).scalars().all():
            self._clear(document_id)

    def finish(
        self, session: SigningSession, pdf: bytes, record: JsonObject, signed_at: datetime
    ) -> Op:
        """Keep the sealed PDF and its values as a signed package, and tell its op.

        Not refused when the session has ended meanwhile. The document becomes SIGNED, unless it was
        locked or replaced: then it is marked late signed. Raises NotAllowed SC-STORE-025 when
        another session took this one's place.
        """
        if not self._blobs.has(session.values):
            raise NotAllowed("SC-STORE-025")
        op = Op(self._unit.ids.new())
        row = self._documents.row(session.document_id)
        body: JsonObject = {
            "schema": SCHEMA,
            "document_id": session.document_id,
            "document_op": session.document_op,
            "number": "" if row is None else row.number,
            "pdf_sha256": self._blobs.put(pdf),
            "values_sha256": session.values,
            "signed_at": to_text(signed_at),
            "record": record,
        }
        self._appends.add(op, body, acknowledged=False)
        self._mark(session, signed_at)
        self._clear(session.document_id)
        self._unit.touch(Subject.SIGNING, session.document_id)
        return op

    def _mark(self, session: SigningSession, signed_at: datetime) -> None:
        lines = self._table.lines([session.document_id])
        line = lines.get(session.document_id)
        state = self._records.find(session.document_id)
        if line is None or state is None:
            return
        now = replace(situation_of(line), has_pdf=True, signed_at=signed_at, backed_up=False)
        in_time = state.op == session.document_op and now.server not in _CLOSED
        if in_time:
            now = replace(now, stage=Stage.SIGNED)
        else:
            now = replace(now, marks=replace(now.marks, late_signed=True))
        self._table.stand({session.document_id: now}, lines)

    def _known(self, document_id: DocumentId) -> SigningSession:
        session = self.get(document_id)
        if session is None:
            raise NotAllowed("SC-STORE-025")
        return session

    def _clear(self, document_id: DocumentId | str) -> None:
        of_it = signing_session.c.document_id == document_id
        line = self._unit.connection.execute(select(signing_session).where(of_it)).first()
        if line is None:
            return
        self._unit.connection.execute(delete(signing_session).where(of_it))
        self._forget_unused(Sha256(line.pdf))
        self._forget_unused(Sha256(line.contents))

    def _forget_unused(self, digest: Sha256) -> None:
        used = select(signing_session.c.document_id).where(
            (signing_session.c.pdf == digest) | (signing_session.c.contents == digest)
        )
        if self._unit.connection.execute(used).first() is None and not self._appends.uses(digest):
            self._blobs.drop(digest)


def _session(line: RowMapping) -> SigningSession:
    done = small_json(line["done"])
    return SigningSession(
        document_id=DocumentId(line["document_id"]),
        document_op=Op(line["document_op"]),
        pdf=Sha256(line["pdf"]),
        values=Sha256(line["contents"]),
        record=read_back(line["record"]),
        done=tuple(str(field) for field in done) if isinstance(done, list) else (),
        started_at=from_text(line["started_at"]),
    )
