"""What an install reads of its scopes: the changes since a cursor, and bodies by id."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from smartclient.backoffice.operations.epoch import require_epoch
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Refused
from smartclient.domain.ids import RecordId
from smartclient.wire.messages import MAX_FEED_ROWS, ChangesRequest, FeedRow

MAX_BODIES = 200
MAX_BODY_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the changes of one scope. `etag` is empty while there is more."""

    scope: str
    rows: tuple[FeedRow, ...]
    more: bool
    etag: str


def changes(
    desk: Desk, principal: Principal, request: ChangesRequest, known_etag: str
) -> Changes | None:
    """The next page, or None when nothing changed since the ETag was given.

    Raises Refused SC-SERV-009 (another epoch), SC-SERV-010 (below what is retained: begin again at
    0), SC-SERV-011 (not a scope of this install).
    """
    require_epoch(desk.connection, request.epoch)
    heads = _heads(desk, principal)
    strange = set(request.since) - heads.keys()
    if strange:
        raise Refused("SC-SERV-011")
    since = {scope: request.since.get(scope, 0) for scope in heads}
    etag = _etag(request.epoch, principal, heads)
    if etag == known_etag and since == heads:
        return None
    behind = [scope for scope in heads if since[scope] < heads[scope]]
    scope = behind[0] if behind else principal.scope
    rows = _page(desk, scope, since[scope]) if behind else ()
    reached = rows[-1].seq if rows else heads[scope]
    more = len(behind) > 1 or (bool(behind) and reached < heads[scope])
    return Changes(scope, rows, more, "" if more else etag)


def _heads(desk: Desk, principal: Principal) -> dict[str, int]:
    table = schema.scope
    query = select(table.c.scope, table.c.head).where(table.c.scope.in_(principal.scopes))
    return {row.scope: row.head for row in desk.connection.execute(query)}


def _etag(epoch: int, principal: Principal, heads: Mapping[str, int]) -> str:
    said = repr((epoch, sorted(principal.scopes), sorted(heads.items())))
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:16]}"'


def _page(desk: Desk, scope: str, since: int) -> tuple[FeedRow, ...]:
    table = schema.scope
    retained = select(table.c.retained_from).where(table.c.scope == scope)
    if 0 < since < desk.connection.execute(retained).scalar_one():
        raise Refused("SC-SERV-010")
    of_it = schema.record.c.scope == scope
    query = (
        select(schema.record)
        .where(of_it, schema.record.c.seq > since)
        .order_by(schema.record.c.seq)
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
    """The bodies of the records that are in the install's scopes, up to 4 MB; ask for the rest.

    An id of another scope is not told from one that does not exist: it is left out.
    """
    record, body = schema.record, schema.record_body
    both = (record.c.scope == body.c.scope) & (record.c.id == body.c.id)
    query = (
        select(record.c.scope, record.c.id, record.c.version, record.c.op, record.c.sha256)
        .add_columns(body.c.body, schema.scope.c.data_key)
        .join(body, both)
        .join(schema.scope, schema.scope.c.scope == record.c.scope)
        .where(record.c.scope.in_(principal.scopes), record.c.id.in_(list(ids)))
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
