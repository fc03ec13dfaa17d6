"""Alembic's entry: runs the steps on the connection that `tables.upgrade` hands over."""

from alembic import context
from sqlalchemy import Connection

_connection = context.config.attributes["connection"]
if not isinstance(_connection, Connection):
    raise TypeError("migrations run through smartclient.backoffice.tables.upgrade only")
context.configure(connection=_connection, transactional_ddl=True)
context.run_migrations()
