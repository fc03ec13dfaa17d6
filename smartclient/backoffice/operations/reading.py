"""What an install reads of its scopes: the changes since a cursor, and bodies by id."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Row, bindparam, select, union_all

from smartclient.backoffice.operations.epoch import require_same
from smartclient.backoffice.operations.feed_rows import COLUMNS, Fields, to_feed
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import ALL_CLASSES, Principal
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.operations.visibility import of_classes, readable
from smartclient.backoffice.tables import counters, schema
from smartclient.backoffice.tables.membership import one_of
from smartclient.domain.errors import Refused
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import MAX_FEED_ROWS, ChangesRequest, JsonObject, whole
from smartclient.wire.places import joined, reached

MAX_BODIES = 500
MAX_BODY_BYTES = 4_000_000

# Put together once: every synchronisation asks them.
_record, _body, _scope, _counter = schema.record, schema.record_body, schema.scope, schema.counter
_EPOCH = counters.EPOCH
_AT = union_all(
    select(_counter.c.name, _counter.c.value).where(_counter.c.name == _EPOCH),
    select(_scope.c.scope, _scope.c.head).where(one_of(_scope.c.scope, "scopes")),
)
"""The epoch, and the heads of scopes, whose names all hold what no counter's does."""
_RETAINED = select(_scope.c.retained_from).where(_scope.c.scope == bindparam("of_scope"))
_BODIES = (
    select(_record.c.scope, _record.c.id, _record.c.version, _record.c.op, _record.c.sha256)
    .add_columns(_body.c.body, _scope.c.data_key)
    .join(_body, (_record.c.scope == _body.c.scope) & (_record.c.id == _body.c.id))
    .join(_scope, _scope.c.scope == _record.c.scope)
    .where(one_of(_record.c.id, "ids"))
    .order_by(_record.c.seq)
)


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the changes of one scope. `etag` is empty while there is more."""

    scope: str
    rows: tuple[JsonObject, ...]
    """Each the JSON of a `FeedRow`."""
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
    epoch, heads = _epoch_and_heads(desk, principal)
    require_same(request.epoch, epoch)
    left = _left(principal, request)
    if left:
        grant = principal.grant(principal.scope)
        return Changes(principal.scope, (), more=True, etag="", grant=grant, left=left)
    if known_etag and known_etag == _etag(request.epoch, principal, heads, request.since):
        return None
    behind = [scope for scope, head in heads.items() if request.since.get(scope, 0) < head]
    scope = principal.scope
    rows: tuple[JsonObject, ...] = ()
    while behind and not rows:
        scope = behind.pop(0)
        rows = _page(desk, principal, scope, request)
    more = bool(behind) or len(rows) == MAX_FEED_ROWS
    since = {**request.since, **({scope: whole(rows[-1], "seq")} if rows else {})}
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
    epoch, heads = _epoch_and_heads(desk, principal)
    seen = {scope: _last_seen(desk, principal, scope, head) for scope, head in heads.items()}
    reached = {scope: seq for scope, seq in seen.items() if seq}
    return known_etag == _etag(epoch, principal, heads, reached)


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


def _epoch_and_heads(desk: Desk, principal: Principal) -> tuple[int, dict[str, int]]:
    """The epoch, and how far each scope is, in the order in which they are served."""
    scopes = principal.scopes
    found: dict[str, int] = dict(map(tuple, desk.connection.execute(_AT, {"scopes": scopes})))
    return found[_EPOCH], {scope: found[scope] for scope in scopes if scope in found}


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
) -> tuple[JsonObject, ...]:
    """The next rows of a scope without those that the install has sent itself."""
    since = request.since.get(scope, 0)
    if since and since < desk.connection.execute(_RETAINED, {"of_scope": scope}).scalar_one():
        raise Refused("SC-SERV-010")
    record = schema.record
    own = joined(request.own.get(scope, ()))
    query = (
        select(*COLUMNS)
        .where(record.c.scope == scope, record.c.seq > reached(since, own))
        .where(*(~record.c.seq.between(after + 1, last) for after, last in own if after > since))
        .where(*of_classes(record, principal.classes(scope)))
        .order_by(record.c.seq)
        .limit(MAX_FEED_ROWS)
    )
    found = cast("Iterable[Row[*Fields]]", desk.connection.execute(query))
    return tuple(map(to_feed, found))


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
    query = _BODIES.where(readable(schema.record, principal))
    found: list[StoredBody] = []
    total = 0
    for scope, identity, version, op, sha256, sealed, data_key in desk.connection.execute(
        query, {"ids": ids}
    ):
        content = open_body(desk.keys.of(scope, data_key), identity, sealed)
        total += len(content)
        if found and total > MAX_BODY_BYTES:
            break
        found.append(StoredBody(identity, version, op, sha256, content))
    return found
