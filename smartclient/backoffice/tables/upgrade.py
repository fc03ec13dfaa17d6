"""The history of the tables, run by Alembic; a new database begins at its end."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from smartclient.backoffice.tables import counters
from smartclient.backoffice.tables.engine import WRITES
from smartclient.backoffice.tables.migrations import NEWEST
from smartclient.backoffice.tables.partitions import PARTITIONS, divide
from smartclient.backoffice.tables.schema import metadata
from smartclient.domain.errors import NotAllowed

HEAD = "head"
_SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, partitions: int = PARTITIONS) -> None:
    """Bring the database to the tables of this version, in one transaction.

    On PostgreSQL, tables of a scope that are not divided yet come to have so many partitions; the
    servers must be stopped. Raises NotAllowed SC-SERV-047 while an export is between its seal and
    its manifest.
    """
    migrate(engine, HEAD, partitions)


def migrate(engine: Engine, to: str, partitions: int = PARTITIONS) -> None:
    """Run the steps up to one of them, in one transaction."""
    # Alembic takes its time to load, and only `init` needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        is_new = _revision(connection) is None
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        if to == HEAD:
            # Here and not in a step: a table that a later step makes must be divided too.
            divide(connection, metadata, partitions)
        if is_new:
            counters.begin(connection)


def require_current(engine: Engine) -> None:
    """Raise NotAllowed SC-SERV-045 unless the database has the tables of this version."""
    with engine.connect() as connection:
        if _revision(connection) != NEWEST:
            raise NotAllowed("SC-SERV-045")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()
