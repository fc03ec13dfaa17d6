"""The package that signs a document as it stands, with what it carries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.operations.signed_packages import DocumentKey, SignedPackage, Standing
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import InstallId, RecordId
from smartclient.wire import encoding
from smartclient.wire.messages import JsonObject, mapping


@dataclass(frozen=True, slots=True)
class EffectivePackage:
    """A package whose signatures count for its document."""

    id: RecordId
    package: SignedPackage
    body: JsonObject
    install: InstallId
    """The install that sent it."""
    received_at: datetime


def find_effective(
    desk: Desk, documents: Collection[DocumentKey]
) -> dict[DocumentKey, EffectivePackage]:
    """The effective packages of the documents, for the version they have now."""
    table, record, body = schema.signed_package, schema.record, schema.record_body
    document = record.alias("document")
    query = (
        select(table.c.scope, table.c.id, table.c.document, table.c.received_at)
        .add_columns(record.c.install, body.c.body, schema.scope.c.data_key)
        .join(record, (record.c.scope == table.c.scope) & (record.c.id == table.c.id))
        .join(body, (body.c.scope == table.c.scope) & (body.c.id == table.c.id))
        .join(schema.scope, schema.scope.c.scope == table.c.scope)
        .join(
            document,
            (document.c.scope == table.c.scope)
            & (document.c.id == table.c.document)
            & (document.c.op == table.c.document_op),
        )
        .where(
            table.c.document.in_(sorted({document for _, document in documents})),
            table.c.standing == Standing.EFFECTIVE.value,
        )
    )
    found: dict[DocumentKey, EffectivePackage] = {}
    for row in desk.connection.execute(query) if documents else ():
        if (row.scope, row.document) not in documents:
            continue
        content = open_body(desk.keys.of(row.scope, row.data_key), row.id, row.body)
        said = mapping(encoding.parse(content))
        found[row.scope, row.document] = EffectivePackage(
            row.id, SignedPackage.from_body(said), said, row.install, row.received_at
        )
    return found
