"""What an install reads of its scopes: the changes since a cursor, and bodies by id."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from smartclient.backoffice.operations.epoch import current_epoch, require_epoch
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import ALL_CLASSES, Principal
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.operations.visibility import of_classes, readable
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Refused
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import MAX_FEED_ROWS, ChangesRequest, FeedRow
from smartclient.wire.places import joined, reached

MAX_BODIES = 500
MAX_BODY_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the changes of one scope. `etag` is empty while there is more."""

    scope: str
    rows: tuple[FeedRow, ...]
    more: bool
    etag: str
    grant: str = ""
    left: tuple[str, ...] = ()


def changes(
    desk: Desk, principal: Principal, request: ChangesRequest, known_etag: str
) -> Changes | None:
    """The next page, or None when nothing changed since the ETag was given.

    Every scope of the principal is served, its own one first, whether the request names it or not.
    A scope that the request names and that was lost since, or is read in another way now, is told
    in `left` before anything else; read in another way, it comes again from its beginning.

    Who names none begins anew, after a restore perhaps: the first rows tell every scope that was
    lost, since nobody knows any more what that install still has.

    Raises Refused SC-SERV-009 (another epoch), SC-SERV-010 (below what is retained: begin again at
    0), SC-SERV-011 (never a scope of this install).
    """
    require_epoch(desk.connection, request.epoch)
    left = _left(principal, request)
    if left:
        grant = principal.grant(principal.scope)
        return Changes(principal.scope, (), more=True, etag="", grant=grant, left=left)
    heads = _heads(desk, principal)
    if known_etag and known_etag == _etag(request.epoch, principal, heads, request.since):
        return None
    behind = [scope for scope, head in heads.items() if request.since.get(scope, 0) < head]
    scope = principal.scope
    rows: tuple[FeedRow, ...] = ()
    while behind and not rows:
        scope = behind.pop(0)
        rows = _page(desk, principal, scope, request)
    more = bool(behind) or len(rows) == MAX_FEED_ROWS
    since = {**request.since, **({scope: rows[-1].seq} if rows else {})}
    etag = "" if more else _etag(request.epoch, principal, heads, _passed(since, request, heads))
    lost = tuple(sorted(principal.lost)) if rows and not request.since else ()
    return Changes(scope, rows, more, etag, principal.grant(scope), lost)


def _passed(
    since: Mapping[str, int], request: ChangesRequest, heads: Mapping[str, int]
) -> Mapping[str, int]:
    """Where the install stands that has read everything but what it has sent itself."""
    own = {scope: of for scope, of in request.own.items() if of and scope in heads}
    ends = {scope: max(last for _, last in of) for scope, of in own.items()}
    return {**since, **{scope: max(since.get(scope, 0), end) for scope, end in ends.items()}}


def is_unchanged(desk: Desk, principal: Principal, known_etag: str) -> bool:
    """Whether an install that had read everything when it was given the ETag has nothing to read.

    No where that cannot be told; then the install asks for the changes, and says where it stands.
    """
    heads = _heads(desk, principal)
    seen = {scope: _last_seen(desk, principal, scope, head) for scope, head in heads.items()}
    reached = {scope: seq for scope, seq in seen.items() if seq}
    return known_etag == _etag(current_epoch(desk.connection), principal, heads, reached)


def _last_seen(desk: Desk, principal: Principal, scope: str, head: int) -> int:
    """The place of the last row of a scope that the install may read; 0 for none."""
    classes = principal.classes(scope)
    if classes == ALL_CLASSES:
        return head
    record = schema.record
    of_it = (record.c.scope == scope, *of_classes(record, classes))
    query = select(record.c.seq).where(*of_it).order_by(record.c.seq.desc()).limit(1)
    return desk.connection.execute(query).scalar() or 0


def _left(principal: Principal, request: ChangesRequest) -> tuple[str, ...]:
    """The scopes that the client must forget; Refused SC-SERV-011 for one never its own."""
    named = [*request.since, *(scope for scope in request.grants if scope not in request.since)]
    if not all(principal.had(scope) for scope in named):
        raise Refused("SC-SERV-011")
    live = principal.scopes
    return tuple(
        scope
        for scope in named
        if scope not in live or _was_read_otherwise(request, scope, principal.grant(scope))
    )


def _was_read_otherwise(request: ChangesRequest, scope: str, grant: str) -> bool:
    """Whether the client read the scope in another way; one never read has no grant to differ."""
    known = request.grants.get(scope, "")
    return known != grant and (bool(known) or request.since.get(scope, 0) > 0)


def _heads(desk: Desk, principal: Principal) -> dict[str, int]:
    """How far each scope is, in the order in which they are served."""
    table = schema.scope
    query = select(table.c.scope, table.c.head).where(table.c.scope.in_(principal.scopes))
    found = {row.scope: row.head for row in desk.connection.execute(query)}
    return {scope: found[scope] for scope in principal.scopes if scope in found}


def _etag(
    epoch: int, principal: Principal, heads: Mapping[str, int], since: Mapping[str, int]
) -> str:
    """The tag of who stands at `since` while the scopes and the rights are these.

    `since` may stay below a head for good: what is behind it may be hidden from this install.
    """
    grants = [(scope, principal.grant(scope)) for scope in sorted(principal.scopes)]
    said = repr((epoch, grants, sorted(heads.items()), sorted(since.items())))
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:16]}"'


def _page(
    desk: Desk, principal: Principal, scope: str, request: ChangesRequest
) -> tuple[FeedRow, ...]:
    """The next rows of a scope without those that the install has sent itself."""
    table, since = schema.scope, request.since.get(scope, 0)
    retained = select(table.c.retained_from).where(table.c.scope == scope)
    if 0 < since < desk.connection.execute(retained).scalar_one():
        raise Refused("SC-SERV-010")
    record = schema.record
    own = joined(request.own.get(scope, ()))
    query = (
        select(record)
        .where(record.c.scope == scope, record.c.seq > reached(since, own))
        .where(*(~record.c.seq.between(after + 1, last) for after, last in own if after > since))
        .where(*of_classes(record, principal.classes(scope)))
        .order_by(record.c.seq)
        .limit(MAX_FEED_ROWS)
    )
    found = desk.connection.execute(query).mappings()
    return tuple(RecordRow.from_row(row).to_feed() for row in found)


@dataclass(frozen=True, slots=True)
class StoredBody:
    """The canonical bytes of a body, with the version they are."""

    id: RecordId
    version: int
    op: str
    sha256: str
    content: bytes


def bodies(desk: Desk, principal: Principal, ids: Sequence[RecordId]) -> list[StoredBody]:
    """The bodies of the records that the install may read, up to 4 MB; ask for the rest.

    An id of another scope or of a hidden class is not told from one that does not exist: it is left
    out, as is an erased record, which has no body.
    """
    record, body = schema.record, schema.record_body
    both = (record.c.scope == body.c.scope) & (record.c.id == body.c.id)
    query = (
        select(record.c.scope, record.c.id, record.c.version, record.c.op, record.c.sha256)
        .add_columns(body.c.body, schema.scope.c.data_key)
        .join(body, both)
        .join(schema.scope, schema.scope.c.scope == record.c.scope)
        .where(record.c.id.in_(list(ids)), readable(record, principal))
        .order_by(record.c.seq)
    )
    found: list[StoredBody] = []
    total = 0
    for row in desk.connection.execute(query):
        key = desk.keys.of(row.scope, row.data_key)
        content = open_body(key, row.id, row.body)
        total += len(content)
        if found and total > MAX_BODY_BYTES:
            break
        found.append(StoredBody(row.id, row.version, row.op, row.sha256, content))
    return found
