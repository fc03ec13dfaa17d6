"""Every place of a laptop's database where the id of a client, or of what hangs on one, may stand."""

from collections.abc import Iterator

from sqlalchemy import select

from smartclient.store import schema
from smartclient.store.transaction import Transaction

_COLUMNS = (
    schema.client.c.id,
    schema.client_body.c.id,
    schema.record_base.c.id,
    schema.field_offer.c.id,
    schema.kept_body.c.id,
    schema.append.c.op,
    schema.append.c.parent,
    schema.consent_event.c.client_id,
)


def traces_of_clients(tx: Transaction) -> Iterator[str]:
    """The ids that stand there."""
    for column in _COLUMNS:
        yield from tx.unit.connection.execute(select(column)).scalars()
