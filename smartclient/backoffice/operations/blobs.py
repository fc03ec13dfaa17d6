"""Blobs: content by its SHA-256, kept per scope and read only through a record of the scope.

Naming a hash grants nothing. Where an install does not read every class of a scope, a blob is there
for it only if a record that it may read names it, or if it showed the bytes itself; otherwise it
could put the hash of a hidden file into a record of its own and read it through that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, or_, select

from smartclient.backoffice.operations.at_rest import ReadAt, ScopeKey
from smartclient.backoffice.operations.blob_store import HANDED_IN
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.principals import ALL_CLASSES, Principal
from smartclient.backoffice.operations.visibility import of_classes, readable
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.backoffice.tables.membership import one_of
from smartclient.domain.errors import BadInput, NotAllowed, Refused
from smartclient.domain.ids import Sha256
from smartclient.domain.retention import ORPHANS, PARTS
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import MAX_BLOB_BYTES

IN_DATABASE: Final = 256 * 1024
"""Larger ones are files."""
PARTS_KEPT: Final = PARTS.kept.span
ORPHANS_KEPT: Final = ORPHANS.kept.span
_AT_ONCE = 100

# Asked with every pack and every push, so put together once.
_blob, _part, _scope = schema.blob, schema.blob_part, schema.scope
_THERE = select(_blob.c.sha256).where(
    _blob.c.scope == bindparam("of_scope"), one_of(_blob.c.sha256, "wanted")
)
_BEGUN = (
    select(_part.c.sha256, func.sum(_part.c.size))
    .where(_part.c.scope == bindparam("of_scope"), one_of(_part.c.sha256, "wanted"))
    .group_by(_part.c.sha256)
)
_KEY = select(_scope.c.data_key).where(_scope.c.scope == bindparam("of_scope"))
_HELD_KEY = _KEY.with_for_update()


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


def missing(
    desk: Desk, principal: Principal, wanted: Sequence[Sha256], scope: str = ""
) -> list[Sha256]:
    """Which of the blobs still have to be sent for records of the scope, in the order asked.

    An empty scope is the install's own one. Refused SC-SERV-011 for one it may not write.
    """
    there_already = there(desk, principal, _target(principal, scope), wanted)
    return [each for each in dict.fromkeys(wanted) if each not in there_already]


def begun(desk: Desk, principal: Principal, wanted: Sequence[Sha256]) -> dict[Sha256, int]:
    """For blobs whose first parts are there: where the next part begins.

    Parts lie in the install's own scope until the blob is whole, wherever it belongs: nobody goes
    on with what another one began.
    """
    asked = {"of_scope": principal.scope, "wanted": wanted}
    return {named: int(total) for named, total in desk.connection.execute(_BEGUN, asked)}


@dataclass(frozen=True, slots=True)
class Checked:
    """Whole blobs, each of them what it is named."""

    contents: Mapping[Sha256, bytes | memoryview]

    @classmethod
    def of(cls, contents: Iterable[tuple[Sha256, bytes | memoryview]]) -> "Checked":
        """The blobs, looked at before a writer begins who keeps others waiting.

        BadInput SC-SERV-026 when one is not what it is named.
        """
        offered = dict(contents)
        for named, content in offered.items():
            if sha256(content) != named:
                raise BadInput("SC-SERV-026")
        return cls(offered)


def store(desk: Desk, principal: Principal, blobs: Checked, scope: str = "") -> int:
    """Keep whole blobs for a scope, the own one by default; how many were new to the install.

    Refused SC-SERV-011 for a scope that the install may not write. The scope's row is held, so that
    one blob that arrives twice at once is kept once.
    """
    into = _target(principal, scope)
    key = _hold_scope(desk, into)
    known = there(desk, principal, into, blobs.contents)
    new = {named: blobs.contents[named] for named in blobs.contents if named not in known}
    _keep_shown(desk, principal, key, into, new)
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
    if not _there_at_all(desk, scope, [named]):
        _keep(desk, key, scope, {named: content})
    return named


def store_part(desk: Desk, principal: Principal, part: Part, scope: str = "") -> Progress:
    """Keep the next part of a blob; once the parts together are what it is named, it is whole.

    A part at 0 begins again. NotAllowed SC-SERV-027 names where the next part must begin;
    BadInput SC-SERV-026 when the whole is not what it is named, SC-SERV-001 when it is too large;
    Refused SC-SERV-011 for a scope that the install may not write.
    """
    own, into, named = principal.scope, _target(principal, scope), part.sha256
    keys = _hold_scopes(desk, {own, into})
    reached = part.offset + len(part.content)
    if there(desk, principal, into, [named]):
        return Progress(reached, True)
    if part.offset == 0:
        _forget_parts(desk, own, named)
    expected = begun(desk, principal, [named]).get(named, 0)
    if part.offset != expected:
        raise NotAllowed("SC-SERV-027", offset=expected)
    if max(reached, part.total) > MAX_BLOB_BYTES:
        raise BadInput("SC-SERV-001", limit=MAX_BLOB_BYTES)
    if reached >= part.total:
        whole = b"".join((*_parts(desk, keys[own], own, named), part.content))
        if sha256(whole) == named:
            _keep_shown(desk, principal, keys[into], into, {named: whole})
            _forget_parts(desk, own, named)
            return Progress(reached, True)
        if part.total:
            raise BadInput("SC-SERV-026")
    _keep_part(desk, keys[own], own, part)
    return Progress(reached, False)


def forget_abandoned_parts(desk: Desk) -> None:
    """Delete parts that nobody has gone on with for a week."""
    table = schema.blob_part
    abandoned = table.c.received_at <= desk.now - PARTS_KEPT
    desk.connection.execute(delete(table).where(abandoned))


def forget_orphans(office: Office) -> None:
    """Remove files whose transaction never came: they are a day old and no row names them.

    No transaction stands open while the store is asked: naming all that it keeps takes minutes.
    """
    table = schema.blob
    every = office.blobs.older_than(office.clock.now() - ORPHANS_KEPT)
    old = (name for name in every if not name.startswith(HANDED_IN))
    while names := list(islice(old, _AT_ONCE)):
        # Said twice, so that PostgreSQL sees that its index of files holds them all.
        query = select(table.c.file).where(table.c.file != "", table.c.file.in_(names))
        with office.reading() as desk:
            known = set(desk.connection.execute(query).scalars())
        for orphan in set(names) - known:
            office.blobs.remove(orphan)


def find(desk: Desk, principal: Principal, named: Sha256) -> StoredBlob:
    """A blob that a record of the install's scopes names.

    Refused SC-SERV-025 for one that is not there, that no record names, or that is another's: the
    three look the same.
    """
    blob, link, record = schema.blob, schema.record_blob, schema.record
    same = (blob.c.scope == link.c.scope) & (blob.c.sha256 == link.c.sha256)
    of_it = (record.c.scope == link.c.scope) & (record.c.id == link.c.record)
    query = (
        select(blob.c.scope, blob.c.sha256, blob.c.size, blob.c.file)
        .join(link, same)
        .join(record, of_it)
        .where(link.c.sha256 == named, link.c.scope.in_(principal.scopes))
        .where(readable(record, principal))
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


def there(
    desk: Desk, principal: Principal, scope: str, wanted: Collection[Sha256]
) -> frozenset[Sha256]:
    """Which of the blobs are there for this install in a scope that it may write."""
    if not wanted:
        return frozenset()
    blob, link, record = schema.blob, schema.record_blob, schema.record
    query, asked = _THERE, {"of_scope": scope, "wanted": wanted}
    classes = principal.classes(scope)
    if classes != ALL_CLASSES:
        named = (
            select(link.c.record)
            .join(record, (record.c.scope == link.c.scope) & (record.c.id == link.c.record))
            .where(link.c.scope == scope, link.c.sha256 == blob.c.sha256)
            .where(*of_classes(record, classes))
        )
        holder = schema.blob_holder
        shown = select(holder.c.sha256).where(
            holder.c.scope == scope,
            holder.c.sha256 == blob.c.sha256,
            holder.c.install == principal.install,
        )
        query = query.where(or_(named.exists(), shown.exists()))
    return frozenset(desk.connection.execute(query, asked).scalars())


def _there_at_all(desk: Desk, scope: str, wanted: Collection[Sha256]) -> frozenset[Sha256]:
    asked = {"of_scope": scope, "wanted": wanted}
    return frozenset(desk.connection.execute(_THERE, asked).scalars())


def _target(principal: Principal, scope: str) -> str:
    """Where blobs for the scope are kept; Refused SC-SERV-011 for one that never was theirs."""
    target = principal.blobs_into(scope or principal.scope)
    if target is None:
        raise Refused("SC-SERV-011")
    return target


def _keep_shown(
    desk: Desk,
    principal: Principal,
    key: ScopeKey,
    scope: str,
    new: Mapping[Sha256, bytes | memoryview],
) -> None:
    """Keep blobs that the install showed, and that it showed them where classes are hidden."""
    if principal.classes(scope) != ALL_CLASSES:
        held = [{"scope": scope, "sha256": named, "install": principal.install} for named in new]
        insert_new(desk.connection, schema.blob_holder, held)
        hidden = _there_at_all(desk, scope, new)
        new = {named: content for named, content in new.items() if named not in hidden}
    _keep(desk, key, scope, new)


def _scope_key(desk: Desk, scope: str) -> ScopeKey:
    return desk.keys.of(scope, desk.connection.execute(_KEY, {"of_scope": scope}).scalar_one())


def _hold_scope(desk: Desk, scope: str) -> ScopeKey:
    """The scope's key, with its row held: what arrives twice at once is kept once."""
    held = desk.connection.execute(_HELD_KEY, {"of_scope": scope})
    return desk.keys.of(scope, held.scalar_one())


def _hold_scopes(desk: Desk, scopes: Collection[str]) -> dict[str, ScopeKey]:
    """The keys of the scopes, with their rows held in the order of their names."""
    table = schema.scope
    query = select(table.c.scope, table.c.data_key).where(table.c.scope.in_(sorted(scopes)))
    found = desk.connection.execute(query.order_by(table.c.scope).with_for_update())
    return {row.scope: desk.keys.of(row.scope, row.data_key) for row in found}


def _keep(
    desk: Desk, key: ScopeKey, scope: str, contents: Mapping[Sha256, bytes | memoryview]
) -> None:
    """Keep blobs that the scope does not have, in a few statements together."""
    sealed = {named: key.seal_blob(contents[named], named, desk.random) for named in contents}
    files = {named: desk.ids.new() for named in contents if len(contents[named]) > IN_DATABASE}
    # On the disk before the rows are committed; a file without a row is swept later.
    desk.blobs.write_all({file: sealed[named] for named, file in files.items()})
    inside = [
        {"scope": scope, "sha256": named, "content": sealed[named]}
        for named in contents
        if named not in files
    ]
    insert_new(desk.connection, schema.blob_content, inside)
    rows = [
        {
            "scope": scope,
            "sha256": named,
            "size": len(contents[named]),
            "file": files.get(named, ""),
            "received_at": desk.now,
        }
        for named in contents
    ]
    insert_new(desk.connection, schema.blob, rows)


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
