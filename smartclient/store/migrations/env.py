"""Alembic's entry: runs the steps on the connection that `store.upgrade` hands over."""

from alembic import context
from sqlalchemy import Connection

_connection = context.config.attributes["connection"]
if not isinstance(_connection, Connection):
    raise TypeError("migrations run through smartclient.store.upgrade only")
context.configure(connection=_connection, transactional_ddl=True)
context.run_migrations()
