"""The archive: staff read it, and it ends by itself.

Where an archived document ends, everything of it goes: bodies, files that nothing else names, known
ops, and its tombstone. A laptop that has not heard of the tombstone is then below the floor of the
feed, is told so (410), reads the feed from its beginning and lets go of what it does not show.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import hold_rows, open_body
from smartclient.backoffice.tables import observing, schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import HrNumber, InstallId, RecordId, Sha256
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, RecordKind, mapping

_IS_DOCUMENT = observing.archived_record.c.kind == RecordKind.DOCUMENT.value
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

ENDED_AT_ONCE = 200
"""Documents in one transaction; a day may end many times as many."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A document of the archive without its body."""

    scope: str
    id: RecordId
    number: str
    document_kind: str
    stage: Stage
    install: InstallId
    hr: HrNumber
    batch: str
    received_at: datetime
    archived_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """An archived document with all that went with it."""

    document: Archived
    body: JsonObject
    status: JsonObject
    packages: tuple[JsonObject, ...]
    blobs: tuple[Sha256, ...]


def listed(desk: Desk, number: str = "", install: str = "", limit: int = 100) -> list[Archived]:
    """The archived documents, the newest first; narrowed by number or by install."""
    table = observing.archived_record
    query = select(table).where(_IS_DOCUMENT)
    if number:
        query = query.where(table.c.number == number)
    if install:
        query = query.where(table.c.install == install)
    query = query.order_by(table.c.archived_at.desc(), table.c.id).limit(limit)
    return [_archived(row) for row in desk.connection.execute(query).mappings()]


def opened(desk: Desk, name: str) -> list[Opened]:
    """The archived documents of a number or an id; NotAllowed SC-HELP-001 when there is none."""
    table = observing.archived_record
    wanted = table.c.id == name if _UUID.fullmatch(name) else table.c.number == name
    query = select(table).where(_IS_DOCUMENT, wanted).order_by(table.c.archived_at)
    found = desk.connection.execute(query).mappings().all() if name else []
    if not found:
        raise NotAllowed("SC-HELP-001", name=name[:40])
    return [_opened(desk, _archived(row)) for row in found]


def content(desk: Desk, scope: str, named: Sha256) -> bytes:
    """A file of an archived document; raises as `blobs.read`."""
    return blobs.read(desk, blobs.find_in_scope(desk, scope, named))


def end_due(desk: Desk, limit: int = ENDED_AT_ONCE) -> int:
    """End up to `limit` documents whose time in the archive is over; how many."""
    table = observing.archived_record
    query = select(table.c.scope, table.c.document).where(_IS_DOCUMENT, table.c.ends_at <= desk.now)
    of_scope: dict[str, list[RecordId]] = {}
    for row in desk.connection.execute(query.order_by(table.c.ends_at).limit(limit)):
        of_scope.setdefault(row.scope, []).append(row.document)
    hold_rows(desk, of_scope)
    for scope, documents in of_scope.items():
        _end(desk, scope, documents)
    return sum(map(len, of_scope.values()))


def _archived(row: RowMapping) -> Archived:
    return Archived(
        row["scope"],
        row["id"],
        row["number"],
        row["document_kind"],
        Stage(row["stage"]),
        row["install"],
        row["hr"],
        row["batch"] or "",
        row["received_at"],
        row["archived_at"],
        row["ends_at"],
    )


def _opened(desk: Desk, document: Archived) -> Opened:
    table, link, scopes = observing.archived_record, observing.archived_blob, schema.scope
    wrapped = select(scopes.c.data_key).where(scopes.c.scope == document.scope)
    key = desk.keys.of(document.scope, desk.connection.execute(wrapped).scalar_one())
    query = (
        select(table.c.id, table.c.kind, table.c.body)
        .where(table.c.scope == document.scope, table.c.document == document.id)
        .order_by(table.c.received_at, table.c.id)
    )
    bodies: dict[str, list[JsonObject]] = {}
    ids = []
    for row in desk.connection.execute(query):
        body = mapping(parse(open_body(key, row.id, row.body)))
        bodies.setdefault(row.kind, []).append(body)
        ids.append(row.id)
    files = select(link.c.sha256).where(link.c.scope == document.scope, link.c.record.in_(ids))
    return Opened(
        document,
        bodies[RecordKind.DOCUMENT.value][0],
        next(iter(bodies.get(RecordKind.DOCUMENT_STATUS.value, ())), {}),
        tuple(bodies.get(RecordKind.SIGNED_PACKAGE.value, ())),
        tuple(sorted(set(desk.connection.execute(files).scalars()))),
    )


def _end(desk: Desk, scope: str, documents: Sequence[RecordId]) -> None:
    """Delete what the archive holds of these documents, and their tombstones."""
    table, link, record = observing.archived_record, observing.archived_blob, schema.record
    theirs = select(table.c.id).where(table.c.scope == scope, table.c.document.in_(documents))
    ids = list(desk.connection.execute(theirs).scalars())
    named = select(link.c.sha256).where(link.c.scope == scope, link.c.record.in_(ids))
    files = sorted(set(desk.connection.execute(named).scalars()))
    tombstones = (record.c.scope == scope) & record.c.id.in_(ids)
    tombstones &= record.c.state == ServerState.ARCHIVED.value
    _raise_floor(desk, scope, tombstones)
    gone = list(desk.connection.execute(select(record.c.id).where(tombstones)).scalars())
    package, known = schema.signed_package, schema.record_op
    for statement in (
        delete(link).where(link.c.scope == scope, link.c.record.in_(ids)),
        delete(table).where(table.c.scope == scope, table.c.id.in_(ids)),
        delete(package).where(package.c.scope == scope, package.c.id.in_(gone)),
        delete(known).where(known.c.scope == scope, known.c.record.in_(gone)),
        delete(record).where(tombstones),
    ):
        desk.connection.execute(statement)
    _forget_files(desk, scope, files)


def _raise_floor(desk: Desk, scope: str, tombstones: ColumnElement[bool]) -> None:
    """Who has not seen the newest of them must read the feed from its beginning."""
    newest = select(func.max(schema.record.c.seq)).where(tombstones)
    floor, table = desk.connection.execute(newest).scalar(), schema.scope
    if floor is not None:
        below = (table.c.scope == scope) & (table.c.retained_from < floor)
        desk.connection.execute(update(table).where(below).values(retained_from=floor))


def _forget_files(desk: Desk, scope: str, files: Sequence[Sha256]) -> None:
    """Delete those that no record names any more; large ones are swept as orphans later."""
    holding = (schema.blob_content, schema.blob_holder, schema.blob)
    for links in (schema.record_blob, observing.archived_blob):
        query = select(links.c.sha256).where(links.c.scope == scope, links.c.sha256.in_(files))
        still = set(desk.connection.execute(query).scalars()) if files else set()
        files = [each for each in files if each not in still]
    if files:
        for table in holding:
            of_them = (table.c.scope == scope) & table.c.sha256.in_(files)
            desk.connection.execute(delete(table).where(of_them))
