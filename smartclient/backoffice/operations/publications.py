"""Which catalogue is served now, by a tag that changes with what is published."""

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema


def catalogue_etag(desk: Desk) -> str:
    """The tag of the newest publication; empty before the first."""
    table = schema.publication
    query = select(table.c.etag).order_by(table.c.id.desc()).limit(1)
    return desk.connection.execute(query).scalar_one_or_none() or ""
