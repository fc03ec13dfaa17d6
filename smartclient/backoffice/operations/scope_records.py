"""The one way in which records of a scope are written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import select, tuple_, update

from smartclient.backoffice.operations.at_rest import ScopeKey
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, upsert
from smartclient.domain.errors import Refused
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import JsonObject

IN_ONE_QUERY = 500
"""Values in one IN list; SQLite takes 32,766, a plan of PostgreSQL is happier with fewer."""


def open_body(key: ScopeKey, record: RecordId, sealed: bytes) -> bytes:
    """The canonical bytes of a stored body."""
    return encoding.unpack(key.open(sealed, record))


def read_record(desk: Desk, scope: str, record: RecordId) -> RecordRow | None:
    """A record without its body, for those who only read."""
    table = schema.record
    query = select(table).where(table.c.scope == scope, table.c.id == record)
    row = desk.connection.execute(query).mappings().one_or_none()
    return None if row is None else RecordRow.from_row(row)


def read_body(desk: Desk, scope: str, record: RecordId) -> JsonObject:
    """The body of a record, for those who only read."""
    table = schema.record_body
    query = (
        select(table.c.body, schema.scope.c.data_key)
        .join(schema.scope, schema.scope.c.scope == table.c.scope)
        .where(table.c.scope == scope, table.c.id == record)
    )
    row = desk.connection.execute(query).one()
    content = open_body(desk.keys.of(scope, row.data_key), record, row.body)
    return cast("JsonObject", encoding.parse(content))


class ScopeRecords:
    """The records of one scope in a writing transaction; holds the head of the scope.

    Whatever is put is written together by `flush`, each record with the next `seq`. Nothing else
    writes records.
    """

    def __init__(self, desk: Desk, scope: str) -> None:
        self.desk = desk
        self.scope = scope
        found = desk.connection.execute(
            select(schema.scope.c.head, schema.scope.c.data_key)
            .where(schema.scope.c.scope == scope)
            .with_for_update()
        ).one_or_none()
        if found is None:
            raise Refused("SC-SERV-011")
        self._head: int = found.head
        self._key: ScopeKey = desk.keys.of(scope, found.data_key)
        self._rows: dict[RecordId, RecordRow] = {}
        self._changed: dict[RecordId, RecordRow] = {}
        self._bodies: dict[RecordId, bytes] = {}
        self._ops: list[dict[str, object]] = []
        self._links: dict[tuple[Sha256, RecordId], bool] = {}

    def load(self, ids: Iterable[RecordId]) -> None:
        """Read records in advance, so that `get` asks no more."""
        wanted = sorted(set(ids) - self._rows.keys())
        table = schema.record
        for start in range(0, len(wanted), IN_ONE_QUERY):
            chunk = wanted[start : start + IN_ONE_QUERY]
            query = select(table).where(table.c.scope == self.scope, table.c.id.in_(chunk))
            for row in self.desk.connection.execute(query).mappings():
                found = RecordRow.from_row(row)
                self._rows[found.id] = found

    def get(self, record: RecordId) -> RecordRow | None:
        """A record that was loaded or put."""
        return self._rows.get(record)

    def known_ops(self, wanted: Sequence[tuple[RecordId, Op]]) -> dict[RecordId, list[KnownOp]]:
        """Which of the ops the server has seen for their record."""
        found: dict[RecordId, list[KnownOp]] = {}
        if not wanted:
            return found
        table = schema.record_op
        query = select(table.c.record, table.c.op, table.c.version, table.c.sha256).where(
            table.c.scope == self.scope,
            table.c.record.in_(sorted({record for record, _ in wanted})),
            table.c.op.in_(sorted({op for _, op in wanted})),
        )
        for row in self.desk.connection.execute(query):
            found.setdefault(row.record, []).append(KnownOp(row.op, row.version, row.sha256))
        return found

    def body(self, record: RecordId) -> JsonObject:
        """The body of a record as it stands now in this transaction."""
        content = self._bodies.get(record)
        if content is None:
            return read_body(self.desk, self.scope, record)
        return cast("JsonObject", encoding.parse(content))

    def put(self, row: RecordRow, body: bytes | None = None) -> RecordRow:
        """Write a record as it is to stand; `body` is canonical, None leaves it as it was."""
        self._head += 1
        stands = replace(row, seq=self._head)
        before = self._rows.get(row.id)
        for sha256 in before.blobs if before else ():
            self._links[sha256, row.id] = False
        for sha256 in row.blobs:
            self._links[sha256, row.id] = True
        self._rows[row.id] = stands
        self._changed[row.id] = stands
        if body is not None:
            self._bodies[row.id] = body
        return stands

    def note_verdict(self, record: RecordId, code: str, *, exportable: bool) -> None:
        """Note the verdict on the version that stands; no install is told, its status tells."""
        table = schema.record
        of_it = (table.c.scope == self.scope) & (table.c.id == record)
        said = {"exportable": exportable, "verdict_code": code}
        self.desk.connection.execute(update(table).where(of_it).values(said))

    def remember(self, record: RecordId, known: KnownOp) -> None:
        """Make an op known; one that is known already keeps what is known of it."""
        self._ops.append(
            {
                "scope": self.scope,
                "record": record,
                "op": known.op,
                "version": known.version,
                "sha256": known.sha256,
                "received_at": self.desk.now,
            }
        )

    def flush(self) -> None:
        """Write everything and the new head; the transaction's commit makes it count."""
        connection = self.desk.connection
        rows = [row.to_row(self.scope) for row in self._changed.values()]
        upsert(connection, schema.record, rows)
        upsert(connection, schema.record_body, [self._sealed(record) for record in self._bodies])
        insert_new(connection, schema.record_op, self._ops)
        self._write_links()
        if rows:
            of_this_scope = schema.scope.c.scope == self.scope
            connection.execute(update(schema.scope).where(of_this_scope).values(head=self._head))
        self._changed.clear()
        self._bodies.clear()
        self._ops.clear()
        self._links.clear()

    def _sealed(self, record: RecordId) -> dict[str, object]:
        packed = encoding.pack(self._bodies[record])
        sealed = self._key.seal(packed, record, self.desk.random)
        return {"scope": self.scope, "id": record, "body": sealed}

    def _write_links(self) -> None:
        table = schema.record_blob
        gone = [link for link, stays in self._links.items() if not stays]
        if gone:
            key = tuple_(table.c.sha256, table.c.record)
            of_them = table.delete().where(table.c.scope == self.scope, key.in_(gone))
            self.desk.connection.execute(of_them)
        stay = [
            {"scope": self.scope, "sha256": sha256, "record": record}
            for (sha256, record), stays in self._links.items()
            if stays
        ]
        insert_new(self.desk.connection, table, stay)
