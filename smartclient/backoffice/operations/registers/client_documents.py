"""The documents that name a client: looked for by reading them, since no index may know it.

A document lives in the scope of the person who wrote it and names its client in its sealed body
only. Looking takes time, but nobody is asked for it except by an erasure.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import ScopeRecords, open_body
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import insert_one
from smartclient.backoffice.tables.membership import one_of
from smartclient.domain.ids import RecordId
from smartclient.wire import encoding
from smartclient.wire.messages import PushLine, RecordKind

_ERASED = select(schema.erased_client.c.client).where(
    one_of(schema.erased_client.c.client, "clients")
)


def scopes_that_may_name(desk: Desk, scopes: Collection[str]) -> list[str]:
    """The scopes of everybody who could ever read one of these scopes."""
    right, install = schema.scope_right, schema.install
    of_rights = select(right.c.person).where(right.c.scope.in_(sorted(scopes)))
    of_installs = select(install.c.person).where(install.c.scope.in_(sorted(scopes)))
    people = of_rights.union(of_installs)
    query = select(install.c.scope).where(install.c.person.in_(people)).distinct()
    return sorted(desk.connection.execute(query).scalars())


def client_of(line: PushLine) -> str:
    """The client that a pushed document names; empty for none, and for every other kind."""
    named = line.body.get("client_id") if line.kind is RecordKind.DOCUMENT else None
    return named if isinstance(named, str) else ""


def of_erased(desk: Desk, lines: Iterable[PushLine]) -> frozenset[str]:
    """The ids of those documents whose clients were erased together with their documents."""
    named = {line.id: client for line in lines if (client := client_of(line))}
    if not named:
        return frozenset()
    asked = {"clients": sorted(set(named.values()))}
    gone = set(desk.connection.execute(_ERASED, asked).scalars())
    return frozenset(record for record, client in named.items() if client in gone)


def refuse_from_now(desk: Desk, clients: Collection[str]) -> bool:
    """Take no new document of these clients any more; False when that was so before."""
    table = schema.erased_client
    rows = [{"client": client, "at": desk.now} for client in sorted(clients)]
    new = [row for row in rows if insert_one(desk.connection, table, row)]
    return bool(new)


def naming(
    desk: Desk, held: Mapping[str, ScopeRecords], clients: Collection[str]
) -> dict[str, dict[RecordId, RecordKind]]:
    """The documents that name one of the clients, with their packages and statuses, by scope."""
    wanted = [client.encode() for client in clients]
    found: dict[str, dict[RecordId, RecordKind]] = {}
    for scope, records in held.items():
        documents = [
            record
            for record, sealed in _documents(desk, scope)
            if _names(open_body(records.key, record, sealed), wanted)
        ]
        of = dict.fromkeys(documents, RecordKind.DOCUMENT)
        statuses = [status_id(document) for document in documents]
        records.load(statuses)
        there = (each for each in statuses if records.get(each) is not None)
        of |= dict.fromkeys(there, RecordKind.DOCUMENT_STATUS)
        of |= dict.fromkeys(_packages(desk, scope, documents), RecordKind.SIGNED_PACKAGE)
        if of:
            found[scope] = of
    return found


def _documents(desk: Desk, scope: str) -> Iterator[tuple[RecordId, bytes]]:
    """Every document of the scope with its sealed body, those of the archive as well."""
    record, body, archived = schema.record, schema.record_body, observing.archived_record
    both = (body.c.scope == record.c.scope) & (body.c.id == record.c.id)
    is_document = record.c.kind == RecordKind.DOCUMENT.value
    live = select(record.c.id, body.c.body).join(body, both).where(is_document)
    kept = select(archived.c.id, archived.c.body).where(
        archived.c.kind == RecordKind.DOCUMENT.value, archived.c.scope == scope
    )
    for query in (live.where(record.c.scope == scope), kept):
        for row in desk.connection.execute(query):
            yield row.id, row.body


def _names(content: bytes, wanted: Collection[bytes]) -> bool:
    """Whether the document is one of the clients'; most are told apart without being parsed."""
    if not any(client in content for client in wanted):
        return False
    body = encoding.parse(content)
    client = body.get("client_id") if isinstance(body, dict) else None
    return isinstance(client, str) and client.encode() in wanted


def _packages(desk: Desk, scope: str, documents: Collection[RecordId]) -> list[RecordId]:
    table = schema.signed_package
    query = select(table.c.id, table.c.document).where(table.c.scope == scope)
    wanted = set(documents)
    return [row.id for row in desk.connection.execute(query) if row.document in wanted]
