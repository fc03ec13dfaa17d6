"""Edits for a scope whose right was lost: taken, sealed, left to a person at the back office."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, select

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers import client_documents, handed_in_files
from smartclient.backoffice.operations.registers.handed_in_files import Kept
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import Damaged, Refused
from smartclient.domain.ids import InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import PushLine, RecordKind

_AT_ONCE = 500


def hand_in(records: ScopeRecords, install: InstallId, lines: Sequence[PushLine]) -> None:
    """Keep the lines under the key of the writer's own scope; one kept already stays.

    They lie outside of the database as well, with their blobs, before this is committed.
    """
    desk = records.desk
    new = _not_there(records, lines)
    for line in new:
        contents = _read_blobs(desk, records.scope, line.blobs)
        handed_in_files.keep(desk, Kept(records.scope, install, desk.now, line, contents))
    _write(records, install, new, desk.now)


@dataclass(frozen=True, slots=True)
class HandedInAgain:
    """What a restore handed in again."""

    lines: int
    unreadable: tuple[str, ...]
    """Files that cannot be opened: cut off by a crash before their answer, or damaged."""


def replay(desk: Desk) -> HandedInAgain:
    """Hand in again what the database has forgotten, after it was put back.

    What stands, or once stood, in its scope by now is left out: nobody has to decide on it.
    """
    count, unreadable = 0, list[str]()
    for name in handed_in_files.names(desk):
        try:
            kept = handed_in_files.read(desk, name)
        except Damaged:
            unreadable.append(name)
            continue
        make_scope(desk, kept.scope)
        records = hold(desk, {kept.scope})[kept.scope]
        for line in unknown(desk, _not_there(records, [kept.line])):
            for content in kept.blobs.values():
                blobs.keep_own(desk, kept.scope, content)
            _write(records, kept.install, [line], kept.received_at)
            count += 1
    return HandedInAgain(count, tuple(unreadable))


def _not_there(records: ScopeRecords, lines: Sequence[PushLine]) -> list[PushLine]:
    """The lines that were not handed in before; each of them once."""
    table = schema.handed_in
    first = {(line.id, line.op): line for line in lines}
    ops, there = sorted({op for _, op in first}), set[tuple[str, str]]()
    for start in range(0, len(ops), _AT_ONCE):
        query = select(table.c.record, table.c.op).where(
            table.c.scope == records.scope, table.c.op.in_(ops[start : start + _AT_ONCE])
        )
        there |= {(row.record, row.op) for row in records.desk.connection.execute(query)}
    return [line for key, line in first.items() if key not in there]


def _read_blobs(desk: Desk, scope: str, named: Iterable[Sha256]) -> dict[Sha256, bytes]:
    """Those of the blobs that came: a revoked install may have handed in without them."""
    found: dict[Sha256, bytes] = {}
    for digest in named:
        with suppress(Refused):
            found[digest] = blobs.read(desk, blobs.find_in_scope(desk, scope, digest))
    return found


def _write(
    records: ScopeRecords, install: InstallId, lines: Sequence[PushLine], at: datetime
) -> None:
    desk = records.desk
    rows: list[dict[str, object]] = []
    for line in lines:
        content = encoding.pack(encoding.canonical(line.to_json()))
        rows.append(
            {
                "scope": records.scope,
                "record": line.id,
                "op": line.op,
                "meant_for": line.scope,
                "kind": line.kind.value,
                "parent": line.parent,
                "install": install,
                "received_at": at,
                "line": records.key.seal(content, _name(line.id, line.op), desk.random),
            }
        )
        raise_alarm(desk, Alarm.HANDED_IN, line.scope, line.id, line.op)
    insert_new(desk.connection, schema.handed_in, rows)


def erased(desk: Desk, lines: Iterable[PushLine]) -> frozenset[Op]:
    """The ops of those lines that are of something erased, or hang on it: they are not kept.

    The lines name their scopes, which are held: no erasure comes between this answer and the
    commit. A signed package always arrives (invariant 6).
    """
    asked = [line for line in lines if line.kind is not RecordKind.SIGNED_PACKAGE]
    ids = sorted({each for line in asked for each in (line.id, line.parent) if each})
    record, found = schema.record, set[tuple[str, str]]()
    scopes = sorted({line.scope for line in asked})
    for start in range(0, len(ids), _AT_ONCE):
        query = select(record.c.scope, record.c.id).where(
            record.c.scope.in_(scopes),
            record.c.id.in_(ids[start : start + _AT_ONCE]),
            record.c.state == ServerState.ERASED.value,
        )
        found |= {(row.scope, row.id) for row in desk.connection.execute(query)}
    naming = client_documents.of_erased(desk, asked)
    return frozenset(
        line.op
        for line in asked
        if line.id in naming or found & {(line.scope, line.id), (line.scope, line.parent)}
    )


def unknown(desk: Desk, lines: Sequence[PushLine]) -> list[PushLine]:
    """The lines without those that stand, or once stood, in their scope: nobody has to decide.

    After a restore a laptop offers again whatever the server may have forgotten.
    """
    table, ops = schema.record_op, sorted({line.op for line in lines})
    seen: set[tuple[str, str, str]] = set()
    for start in range(0, len(ops), _AT_ONCE):
        chunk = ops[start : start + _AT_ONCE]
        query = select(table.c.scope, table.c.record, table.c.op).where(
            table.c.scope.in_(sorted({line.scope for line in lines})), table.c.op.in_(chunk)
        )
        seen |= {(row.scope, row.record, row.op) for row in desk.connection.execute(query)}
    return [line for line in lines if (line.scope, line.id, line.op) not in seen]


def _name(record: RecordId, op: Op) -> str:
    return f"handed in {record} {op}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was handed in, opened for a person."""

    scope: str
    """In which its blobs are kept."""
    line: PushLine


def find(desk: Desk, op: Op) -> Opened:
    """The line as it was pushed, with the scope of its blobs.

    Raises Refused SC-SERV-076 where nothing of that op was handed in.
    """
    table, key = schema.handed_in, schema.scope
    query = (
        select(table.c.scope, table.c.record, table.c.line, key.c.data_key)
        .join(key, key.c.scope == table.c.scope)
        .where(table.c.op == op)
    )
    row = desk.connection.execute(query).mappings().first()
    if row is None:
        raise Refused("SC-SERV-076")
    return Opened(row["scope"], _opened(desk, row, op))


def _opened(desk: Desk, row: RowMapping, op: Op) -> PushLine:
    key = desk.keys.of(row["scope"], row["data_key"])
    packed = key.open(row["line"], _name(row["record"], op))
    return PushLine.from_json(encoding.parse(encoding.unpack(packed)))


@dataclass(frozen=True, slots=True)
class Going:
    """Something handed in that an erasure takes along."""

    scope: str
    record: RecordId
    op: Op
    blobs: tuple[Sha256, ...]


def going(desk: Desk, ids: Collection[str], documents_of: Collection[str]) -> list[Going]:
    """What is one of these records, hangs on one, or is a document of one of these clients."""
    table, key = schema.handed_in, schema.scope
    query = select(table, key.c.data_key).join(key, key.c.scope == table.c.scope)
    found: list[Going] = []
    for row in desk.connection.execute(query).mappings().all():
        line = _opened(desk, row, row["op"])
        named = client_documents.client_of(line) in documents_of
        if named or {row["record"], row["parent"]} & set(ids):
            found.append(Going(row["scope"], row["record"], row["op"], line.blobs))
    return found


def forget(desk: Desk, gone: Iterable[Going]) -> dict[str, set[Sha256]]:
    """Delete it, wherever it lies; the blobs that came with it, by their scope."""
    unnamed: dict[str, set[Sha256]] = {}
    for each in gone:
        unnamed.setdefault(each.scope, set()).update(each.blobs)
        handed_in_files.forget(desk, each.scope, each.record, each.op)
        for table in (schema.handed_in, schema.handed_in_decision):
            desk.connection.execute(
                delete(table).where(
                    table.c.scope == each.scope,
                    table.c.record == each.record,
                    table.c.op == each.op,
                )
            )
    return unnamed
