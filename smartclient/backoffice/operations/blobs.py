"""Blobs: content by its SHA-256, kept per scope and read only through a record of the scope."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from sqlalchemy import delete, func, insert, select

from smartclient.backoffice.operations.at_rest import ReadAt, ScopeKey
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import BadInput, NotAllowed, Refused
from smartclient.domain.ids import Sha256
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import MAX_BLOB_BYTES

IN_DATABASE: Final = 256 * 1024
"""Larger ones are files."""
PARTS_KEPT: Final = timedelta(days=7)
ORPHANS_KEPT: Final = timedelta(days=1)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob that may be read."""

    scope: str
    sha256: Sha256
    size: int
    file: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a blob that comes in parts is there."""

    offset: int
    is_complete: bool


def missing(desk: Desk, principal: Principal, wanted: Sequence[Sha256]) -> list[Sha256]:
    """Which of the blobs the scope does not hold, in the order asked."""
    there = _there(desk, principal.scope, wanted)
    return [each for each in dict.fromkeys(wanted) if each not in there]


def begun(desk: Desk, principal: Principal, wanted: Sequence[Sha256]) -> dict[Sha256, int]:
    """For blobs whose first parts are there: where the next part begins."""
    table = schema.blob_part
    total = func.sum(table.c.size).label("total")
    query = (
        select(table.c.sha256, total)
        .where(table.c.scope == principal.scope, table.c.sha256.in_(list(wanted)))
        .group_by(table.c.sha256)
    )
    return {row.sha256: int(row.total) for row in desk.connection.execute(query)}


def store(desk: Desk, principal: Principal, contents: Iterable[tuple[Sha256, bytes]]) -> int:
    """Keep whole blobs; how many were new. BadInput SC-SERV-026 when one is not what it is named.

    The scope's row is held, so that one blob that arrives twice at once is kept once.
    """
    offered = dict(contents)
    for named, content in offered.items():
        if sha256(content) != named:
            raise BadInput("SC-SERV-026")
    key = _hold_scope(desk, principal.scope)
    there = _there(desk, principal.scope, offered)
    new = {named: content for named, content in offered.items() if named not in there}
    for named, content in new.items():
        _keep(desk, key, principal.scope, named, content)
    return len(new)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a large blob; `total` is the size of the whole, 0 where the sender is silent."""

    sha256: Sha256
    offset: int
    content: bytes
    total: int = 0


def keep_own(desk: Desk, scope: str, content: bytes) -> Sha256:
    """Keep a blob that the back office itself made for a scope; its name."""
    named = sha256(content)
    key = _hold_scope(desk, scope)
    if not _there(desk, scope, [named]):
        _keep(desk, key, scope, named, content)
    return named


def store_part(desk: Desk, principal: Principal, part: Part) -> Progress:
    """Keep the next part of a blob; once the parts together are what it is named, it is whole.

    A part at 0 begins again. NotAllowed SC-SERV-027 names where the next part must begin;
    BadInput SC-SERV-026 when the whole is not what it is named, SC-SERV-001 when it is too large.
    """
    scope, named = principal.scope, part.sha256
    key = _hold_scope(desk, scope)
    reached = part.offset + len(part.content)
    if _there(desk, scope, [named]):
        return Progress(reached, True)
    if part.offset == 0:
        _forget_parts(desk, scope, named)
    expected = begun(desk, principal, [named]).get(named, 0)
    if part.offset != expected:
        raise NotAllowed("SC-SERV-027", offset=expected)
    if max(reached, part.total) > MAX_BLOB_BYTES:
        raise BadInput("SC-SERV-001", limit=MAX_BLOB_BYTES)
    if reached >= part.total:
        whole = b"".join((*_parts(desk, key, scope, named), part.content))
        if sha256(whole) == named:
            _keep(desk, key, scope, named, whole)
            _forget_parts(desk, scope, named)
            return Progress(reached, True)
        if part.total:
            raise BadInput("SC-SERV-026")
    _keep_part(desk, key, scope, part)
    return Progress(reached, False)


def forget_abandoned_parts(desk: Desk) -> None:
    """Delete parts that nobody has gone on with for a week."""
    table = schema.blob_part
    abandoned = table.c.received_at <= desk.now - PARTS_KEPT
    desk.connection.execute(delete(table).where(abandoned))


def forget_orphans(desk: Desk) -> None:
    """Remove files whose transaction never came: they are a day old and no row names them."""
    table = schema.blob
    old = desk.blobs.older_than(desk.now - ORPHANS_KEPT)
    while names := list(islice(old, _AT_ONCE)):
        # Said twice, so that PostgreSQL sees that its index of files holds them all.
        query = select(table.c.file).where(table.c.file != "", table.c.file.in_(names))
        for orphan in set(names).difference(desk.connection.execute(query).scalars()):
            desk.blobs.remove(orphan)


def find(desk: Desk, principal: Principal, named: Sha256) -> StoredBlob:
    """A blob that a record of the install's scopes names.

    Refused SC-SERV-025 for one that is not there, that no record names, or that is another's: the
    three look the same.
    """
    blob, link = schema.blob, schema.record_blob
    same = (blob.c.scope == link.c.scope) & (blob.c.sha256 == link.c.sha256)
    query = (
        select(blob.c.scope, blob.c.sha256, blob.c.size, blob.c.file)
        .join(link, same)
        .where(link.c.scope.in_(principal.scopes), link.c.sha256 == named)
        .limit(1)
    )
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        raise Refused("SC-SERV-025")
    return StoredBlob(row.scope, row.sha256, row.size, row.file)


def find_in_scope(desk: Desk, scope: str, named: Sha256) -> StoredBlob:
    """A blob for the back office itself, which reads all scopes; Refused SC-SERV-025."""
    table = schema.blob
    query = select(table.c.size, table.c.file).where(
        table.c.scope == scope, table.c.sha256 == named
    )
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        raise Refused("SC-SERV-025")
    return StoredBlob(scope, named, row.size, row.file)


def read(desk: Desk, blob: StoredBlob, start: int = 0, length: int | None = None) -> bytes:
    """`length` bytes of the blob from `start`, all by default; Damaged SC-SERV-060."""
    key = _scope_key(desk, blob.scope)
    wanted = blob.size - start if length is None else length
    source = desk.blobs.reader(blob.file) if blob.file else _in_database(desk, blob)
    return key.open_blob(source, blob.sha256, blob.size, start, wanted)


def _in_database(desk: Desk, blob: StoredBlob) -> ReadAt:
    table = schema.blob_content
    query = select(table.c.content).where(
        table.c.scope == blob.scope, table.c.sha256 == blob.sha256
    )
    sealed: bytes = desk.connection.execute(query).scalar_one()
    return lambda offset, length: sealed[offset : offset + length]


def _there(desk: Desk, scope: str, wanted: Collection[Sha256]) -> frozenset[Sha256]:
    table = schema.blob
    query = select(table.c.sha256).where(table.c.scope == scope, table.c.sha256.in_(list(wanted)))
    return frozenset(desk.connection.execute(query).scalars())


def _scope_key(desk: Desk, scope: str) -> ScopeKey:
    table = schema.scope
    query = select(table.c.data_key).where(table.c.scope == scope)
    return desk.keys.of(scope, desk.connection.execute(query).scalar_one())


def _hold_scope(desk: Desk, scope: str) -> ScopeKey:
    """The scope's key, with its row held: what arrives twice at once is kept once."""
    table = schema.scope
    query = select(table.c.data_key).where(table.c.scope == scope).with_for_update()
    return desk.keys.of(scope, desk.connection.execute(query).scalar_one())


def _keep(desk: Desk, key: ScopeKey, scope: str, named: Sha256, content: bytes) -> None:
    sealed = key.seal_blob(content, named, desk.random)
    file = ""
    if len(content) > IN_DATABASE:
        # On the disk before the row is committed; a file without a row is swept later.
        file = desk.ids.new()
        desk.blobs.write(file, sealed)
    else:
        desk.connection.execute(
            insert(schema.blob_content).values(scope=scope, sha256=named, content=sealed)
        )
    desk.connection.execute(
        insert(schema.blob).values(
            scope=scope, sha256=named, size=len(content), file=file, received_at=desk.now
        )
    )


def _keep_part(desk: Desk, key: ScopeKey, scope: str, part: Part) -> None:
    sealed = key.seal(part.content, f"{part.sha256} {part.offset}", desk.random)
    desk.connection.execute(
        insert(schema.blob_part).values(
            scope=scope,
            sha256=part.sha256,
            start=part.offset,
            size=len(part.content),
            content=sealed,
            received_at=desk.now,
        )
    )


def _parts(desk: Desk, key: ScopeKey, scope: str, named: Sha256) -> list[bytes]:
    table = schema.blob_part
    query = (
        select(table.c.start, table.c.content)
        .where(table.c.scope == scope, table.c.sha256 == named)
        .order_by(table.c.start)
    )
    return [key.open(row.content, f"{named} {row.start}") for row in desk.connection.execute(query)]


def _forget_parts(desk: Desk, scope: str, named: Sha256) -> None:
    table = schema.blob_part
    desk.connection.execute(delete(table).where(table.c.scope == scope, table.c.sha256 == named))
