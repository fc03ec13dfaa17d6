"""The one way in which records of a scope are written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Row, and_, bindparam, delete, select, update

from smartclient.backoffice.operations.at_rest import ScopeKey
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, upsert
from smartclient.backoffice.tables.membership import beside, one_of
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import Refused
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import JsonObject, RecordKind

IN_ONE_QUERY = 500
"""Values in one IN list; SQLite takes 32,766, a plan of PostgreSQL is happier with fewer."""

# Every push asks these, so they are put together once: that costs more than running them.
_record, _op, _scope = schema.record, schema.record_op, schema.scope
_line = schema.export_line
_RECORDS = select(_record).where(
    _record.c.scope == bindparam("of_scope"), one_of(_record.c.id, "ids")
)
_KNOWN_OPS = select(_op.c.record, _op.c.op, _op.c.version, _op.c.sha256).where(
    _op.c.scope == bindparam("of_scope"),
    one_of(_op.c.record, "records"),
    one_of(beside(_op.c.op), "ops"),
)
_SEALED = select(_line.c.document).where(
    _line.c.batch == bindparam("of_batch"),
    _line.c.scope == bindparam("of_scope"),
    one_of(_line.c.document, "ids"),
)
_HELD = (
    select(_scope)
    .where(one_of(_scope.c.scope, "scopes"))
    .order_by(_scope.c.scope)
    .with_for_update()
)
_RAISED = update(_scope).where(_scope.c.scope == bindparam("of_scope")).values(head=bindparam("at"))


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
    return cast("JsonObject", encoding.parse(read_content(desk, scope, record)))


def read_content(desk: Desk, scope: str, record: RecordId) -> bytes:
    """The canonical bytes of that body."""
    table = schema.record_body
    query = (
        select(table.c.body, schema.scope.c.data_key)
        .join(schema.scope, schema.scope.c.scope == table.c.scope)
        .where(table.c.scope == scope, table.c.id == record)
    )
    row = desk.connection.execute(query).one()
    return open_body(desk.keys.of(scope, row.data_key), record, row.body)


class ScopeRecords:
    """The records of one scope in a writing transaction that holds the head of the scope.

    Whatever is put is written together by `write_all`, each record with the next `seq`. Nothing
    else writes records, but for the export, which seals and locks very many of them at once.
    """

    def __init__(
        self, desk: Desk, scope: str, head: int, key: ScopeKey, sealed_for: str | None
    ) -> None:
        """Use `hold` or `hold_one`: they take the row of the scope first.

        `sealed_for` is the batch whose documents of this scope are sealed now.
        """
        self.desk = desk
        self.scope = scope
        self.head = head
        self.begun = head
        """The head that the transaction found."""
        self.key = key
        self._sealed_for = sealed_for
        self._rows: dict[RecordId, RecordRow] = {}
        self._stored: dict[RecordId, bytes] = {}
        self.changed: dict[RecordId, RecordRow] = {}
        self._bodies: dict[RecordId, bytes] = {}
        self._packed: dict[RecordId, bytes | None] = {}
        self._ops: list[tuple[RecordId, KnownOp]] = []
        self._links: dict[tuple[Sha256, RecordId], bool] = {}

    def load(self, ids: Iterable[RecordId]) -> None:
        """Read records in advance, so that `get` asks no more."""
        wanted = sorted(set(ids) - self._rows.keys())
        for start in range(0, len(wanted), IN_ONE_QUERY):
            asked = {"of_scope": self.scope, "ids": wanted[start : start + IN_ONE_QUERY]}
            found = self.desk.connection.execute(_RECORDS, asked).mappings()
            for row in self._as_sealed([RecordRow.from_row(row) for row in found]):
                self.take(row)

    def _as_sealed(self, rows: Sequence[RecordRow]) -> Sequence[RecordRow]:
        """The records with those as sealed that are: the seal stands in the batch's lines."""
        if self._sealed_for is None or not rows:
            return rows
        ids = [row.id for row in rows if row.kind is RecordKind.DOCUMENT]
        asked = {"of_batch": self._sealed_for, "of_scope": self.scope, "ids": ids}
        sealed = set(self.desk.connection.execute(_SEALED, asked).scalars())
        return [replace(row, state=ServerState.SEALED) if row.id in sealed else row for row in rows]

    def take(self, row: RecordRow, sealed_body: bytes | None = None) -> None:
        """A record as it was read, with its body as it lies at rest where that was read too."""
        self._rows[row.id] = row
        if sealed_body is not None:
            self._stored[row.id] = sealed_body

    def get(self, record: RecordId) -> RecordRow | None:
        """A record that was loaded or put."""
        return self._rows.get(record)

    def known_ops(self, wanted: Sequence[tuple[RecordId, Op]]) -> dict[RecordId, list[KnownOp]]:
        """Which of the ops the server has seen for their record."""
        found: dict[RecordId, list[KnownOp]] = {}
        if not wanted:
            return found
        asked = {
            "of_scope": self.scope,
            "records": sorted({record for record, _ in wanted}),
            "ops": sorted({op for _, op in wanted}),
        }
        for row in self.desk.connection.execute(_KNOWN_OPS, asked):
            found.setdefault(row.record, []).append(KnownOp(row.op, row.version, row.sha256))
        return found

    def body(self, record: RecordId) -> JsonObject:
        """The body of a record as it stands now in this transaction."""
        return cast("JsonObject", encoding.parse(self.content(record)))

    def content(self, record: RecordId) -> bytes:
        """The canonical bytes of that body."""
        content = self._bodies.get(record)
        if content is None and record in self._stored:
            content = open_body(self.key, record, self._stored[record])
        return read_content(self.desk, self.scope, record) if content is None else content

    def put(
        self, row: RecordRow, body: bytes | None = None, packed: bytes | None = None
    ) -> RecordRow:
        """Write a record as it is to stand; `body` is canonical, None leaves it as it was.

        `packed` is the body as `encoding.pack` makes it, where that was done already.
        """
        self.head += 1
        stands = row if row.seq == self.head else replace(row, seq=self.head)
        before = self._rows.get(row.id)
        gone = before.blobs if before else ()
        if gone != row.blobs:
            self._links.update({(sha256, row.id): False for sha256 in gone})
            self._links.update({(sha256, row.id): True for sha256 in row.blobs})
        self._rows[row.id] = stands
        self.changed[row.id] = stands
        if body is not None:
            self._bodies[row.id], self._packed[row.id] = body, packed
        return stands

    def note_verdict(self, record: RecordId, code: str, *, exportable: bool) -> None:
        """Note the verdict on the version that stands; no install is told, its status tells."""
        table = schema.record
        of_it = (table.c.scope == self.scope) & (table.c.id == record)
        said = {"exportable": exportable, "verdict_code": code}
        self.desk.connection.execute(update(table).where(of_it).values(said))

    def remember(self, record: RecordId, known: KnownOp) -> None:
        """Make an op known; one that is known already keeps what is known of it."""
        self._ops.append((record, known))

    def flush(self) -> None:
        """Write everything and the new head; the transaction's commit makes it count."""
        write_all(self.desk, [self])

    def rows_to_write(self) -> list[dict[str, object]]:
        """The records that were put, as database rows."""
        return [row.to_row(self.scope) for row in self.changed.values()]

    def bodies_to_write(self) -> Iterator[dict[str, object]]:
        """The bodies that were put, sealed."""
        for record, content in self._bodies.items():
            packed = self._packed[record] or encoding.pack(content)
            sealed = self.key.seal(packed, record, self.desk.random)
            yield {"scope": self.scope, "id": record, "body": sealed}

    def ops_to_write(self) -> Iterator[dict[str, object]]:
        """The ops that became known."""
        for record, known in self._ops:
            yield {
                "scope": self.scope,
                "record": record,
                "op": known.op,
                "version": known.version,
                "sha256": known.sha256,
                "received_at": self.desk.now,
            }

    def links(self, *, stay: bool) -> list[dict[str, object]]:
        """Which blobs came to a record, or went from it."""
        return [
            {"scope": self.scope, "sha256": sha256, "record": record}
            for (sha256, record), stays in self._links.items()
            if stays is stay
        ]


def hold(desk: Desk, scopes: Iterable[str]) -> dict[str, ScopeRecords]:
    """Take the rows of the scopes, always in the same order, so that nobody waits for a waiter."""
    asked = {"scopes": sorted(scopes)}
    return {row.scope: _records(desk, row) for row in desk.connection.execute(_HELD, asked)}


def _records(desk: Desk, row: Row[tuple[object, ...]]) -> ScopeRecords:
    key = desk.keys.of(row.scope, row.data_key)
    return ScopeRecords(desk, row.scope, row.head, key, row.sealed_for)


def hold_rows(desk: Desk, scopes: Iterable[str]) -> None:
    """Take the rows of the scopes, for who writes records of theirs by a statement of the set."""
    table = schema.scope
    query = select(table.c.scope).where(table.c.scope.in_(sorted(scopes))).order_by(table.c.scope)
    desk.connection.execute(query.with_for_update()).all()


def hold_one(desk: Desk, scope: str) -> ScopeRecords:
    """Take the row of a scope; Refused SC-SERV-011 when there is no such scope."""
    held = hold(desk, [scope])
    if scope not in held:
        raise Refused("SC-SERV-011")
    return held[scope]


def load_with_bodies(desk: Desk, held: Mapping[str, ScopeRecords], ids: Sequence[RecordId]) -> None:
    """Read records of all held scopes by id, with their bodies, in a few queries."""
    record, body = schema.record, schema.record_body
    both = (body.c.scope == record.c.scope) & (body.c.id == record.c.id)
    for start in range(0, len(ids), IN_ONE_QUERY):
        chunk = ids[start : start + IN_ONE_QUERY]
        query = select(record, body.c.body).join(body, both).where(record.c.id.in_(chunk))
        for row in desk.connection.execute(query).mappings():
            if row["scope"] in held:
                held[row["scope"]].take(RecordRow.from_row(row), row["body"])


def write_all(desk: Desk, held: Iterable[ScopeRecords]) -> None:
    """Write what was put into each scope, and each new head, together."""
    scopes = list(held)
    connection = desk.connection
    upsert(connection, schema.record, _all(scopes, ScopeRecords.rows_to_write))
    upsert(connection, schema.record_body, _all(scopes, ScopeRecords.bodies_to_write))
    insert_new(connection, schema.record_op, _all(scopes, ScopeRecords.ops_to_write))
    _write_links(desk, scopes)
    heads = [{"of_scope": each.scope, "at": each.head} for each in scopes if each.changed]
    if heads:
        connection.execute(_RAISED, heads)


def _all(
    scopes: Sequence[ScopeRecords], rows: Callable[[ScopeRecords], Iterable[dict[str, object]]]
) -> list[dict[str, object]]:
    return [row for records in scopes for row in rows(records)]


def _write_links(desk: Desk, scopes: Sequence[ScopeRecords]) -> None:
    table = schema.record_blob
    gone = _all(scopes, lambda records: records.links(stay=False))
    if gone:
        this_link = and_(*(table.c[name] == bindparam(f"_{name}") for name in gone[0]))
        keys = [{f"_{name}": value for name, value in link.items()} for link in gone]
        desk.connection.execute(delete(table).where(this_link), keys)
    insert_new(desk.connection, table, _all(scopes, lambda records: records.links(stay=True)))
