"""What only the server writes: the status of each document, blocks of numbers, lines to read."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import InstallId, RecordId
from smartclient.store.bodies import as_text, small_json
from smartclient.store.changes import Subject
from smartclient.store.document_lines import marks_after, situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.kept_bodies import KeptBodies, KeptBody
from smartclient.store.many import among, given
from smartclient.store.numbers import Numbers
from smartclient.store.records import Records, RecordState
from smartclient.store.schema import document_status
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import FeedRow, JsonObject

log = logging.getLogger(__name__)

_NEW = insert(document_status)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["document_id"], set_={"content": _NEW.excluded.content}
)
_OF = select(document_status).where(among(document_status.c.document_id))
_WITH_TABLES = (RecordKind.DOCUMENT_STATUS, RecordKind.NUMBER_LEASE)
_SUBJECT = {RecordKind.CONTACT_HISTORY: Subject.CLIENT, RecordKind.EMAIL_CLICK: Subject.CLIENT}


class ServerRecords:
    """The server's own records in one transaction."""

    def __init__(
        self, unit: UnitOfWork, table: DocumentTable, records: Records, install: InstallId
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._install = install
        self._numbers = Numbers(unit)
        self._bodies = KeptBodies(unit)

    def take(self, rows: Sequence[FeedRow], bodies: Mapping[RecordId, JsonObject]) -> None:
        """Take what the server wrote; each row has its body."""
        of = {kind: [row for row in rows if row.kind is kind] for kind in RecordKind}
        self.take_statuses([bodies[row.id] for row in of[RecordKind.DOCUMENT_STATUS]])
        for row in of[RecordKind.NUMBER_LEASE]:
            self.take_lease(row.id, bodies[row.id])
        lines = [row for row in rows if row.kind not in _WITH_TABLES]
        self._bodies.write(
            [KeptBody(row.id, row.kind, row.parent, bodies[row.id]) for row in lines]
        )
        for row in lines:
            self._unit.touch(_SUBJECT.get(row.kind, Subject.SYNC), row.parent or row.id)

    def take_statuses(self, statuses: Sequence[JsonObject]) -> None:
        """Keep what the server says of documents, also of those that are not here yet."""
        of = {str(status.get("document_id")): status for status in statuses}
        if not of:
            return
        self._unit.connection.execute(
            _KEEP, [{"document_id": name, "content": as_text(said)} for name, said in of.items()]
        )
        lines, states = self._table.lines(of), self._records.find_all(of)
        standing = {}
        for name, line in lines.items():
            before = situation_of(line)
            now = replace(before, marks=marks_after(before.marks, of[name]))
            if _speaks_of(of[name], states[name]):
                now = replace(now, exportable=verdict_of(of[name]))
            standing[name] = now
        self._table.stand(standing, lines)

    def take_lease(self, lease_id: str, body: JsonObject) -> None:
        """Take a block of numbers, if it is for this install and is one."""
        if body.get("install") not in (None, self._install):
            return
        try:
            self._numbers.lease(lease_id, body)
        except BadInput as refusal:
            # The rest of the news must not wait for it; the server leases another block.
            log.warning("unusable block of numbers", extra={"code": refusal.code})


def statuses_of(unit: UnitOfWork, documents: Sequence[str]) -> Mapping[str, JsonObject]:
    """What the server said last of these documents."""
    found: dict[str, JsonObject] = {}
    for line in unit.connection.execute(_OF, given(documents)):
        status = small_json(line.content)
        if isinstance(status, dict):
            found[line.document_id] = status
    return found


def _speaks_of(status: JsonObject, state: RecordState) -> bool:
    """The status is about the version that the server holds as far as we know."""
    said = status.get("document_op")
    return said in state.lineage if state.dirty else said == state.op


def verdict_of(status: JsonObject) -> bool:
    """Whether the server would export the version that the status speaks of."""
    verdict = status.get("verdict")
    return isinstance(verdict, dict) and verdict.get("exportable") is True
