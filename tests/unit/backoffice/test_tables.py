"""The migrations make exactly the tables that the code knows, on each kind of database."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from smartclient.backoffice.tables import counters
from smartclient.backoffice.tables.engine import open_database
from smartclient.backoffice.tables.schema import metadata
from smartclient.backoffice.tables.upgrade import require_current, upgrade
from smartclient.domain.errors import NotAllowed
from tests.simulators.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A database without any table."""
    if request.param == "sqlite":
        return open_database("sqlite://")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return open_database(server.new_database("migrations"))


def test_that_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    with pytest.raises(NotAllowed, match="SC-SERV-045"):
        require_current(engine)
    upgrade(engine)
    upgrade(engine)
    require_current(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        epoch = counters.read(connection, counters.EPOCH)
    engine.dispose()
    assert differences == []
    assert epoch == 1
