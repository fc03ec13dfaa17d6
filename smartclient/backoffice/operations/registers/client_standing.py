"""Where a client went, for who is asked about it: by ids alone, nothing of what is in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers.client_events import Merges, hidden_since
from smartclient.backoffice.operations.scope_records import read_content
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import ClientId, RecordId
from smartclient.wire import encoding
from smartclient.wire.messages import RecordKind, mapping


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """A client in the scope where its record lives."""

    client: ClientId
    scope: str
    is_erased: bool
    hidden_since: datetime | None
    """None while it is in sight."""
    merged_into: ClientId | None
    """The one that stands for it now."""


def standings(desk: Desk, typed: str) -> list[ClientStanding]:
    """The client of an id, or of the number of a document that names it; none where nobody knows.

    A client whose record has not arrived stands nowhere.
    """
    wanted = typed.strip()
    named = _named_by_documents(desk, wanted)
    record = schema.record
    query = (
        select(record.c.id, record.c.scope, record.c.state)
        .where(record.c.id.in_(sorted({wanted.lower(), *named})))
        .where(record.c.kind == RecordKind.CLIENT.value)
        .order_by(record.c.id, record.c.scope)
    )
    rows = desk.connection.execute(query).all()
    return [_standing(desk, ClientId(row.id), row.scope, row.state) for row in rows]


def _named_by_documents(desk: Desk, number: str) -> set[str]:
    """Clients of the documents of a number; a doubled number may name several."""
    record = schema.record
    is_document = record.c.kind == RecordKind.DOCUMENT.value
    has_body = record.c.state.not_in((ServerState.ARCHIVED.value, ServerState.ERASED.value))
    query = select(record.c.scope, record.c.id).where(
        record.c.number == number, record.c.number != "", is_document, has_body
    )
    found = desk.connection.execute(query).all()
    bodies = [read_content(desk, row.scope, RecordId(row.id)) for row in found]
    named = [mapping(encoding.parse(body)).get("client_id") for body in bodies]
    return {client for client in named if isinstance(client, str)}


def _standing(desk: Desk, client: ClientId, scope: str, state: str) -> ClientStanding:
    return ClientStanding(
        client,
        scope,
        is_erased=state == ServerState.ERASED,
        hidden_since=hidden_since(desk, scope, [client]).get(client),
        merged_into=Merges(desk, scope).survivor_of(client),
    )
