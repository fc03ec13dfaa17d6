"""Back offices for tests: in memory, and on a real PostgreSQL where one is installed."""

import logging
import os
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from sqlalchemy import delete

from certs.practice import make
from smartclient.backoffice.tables.engine import open_database
from smartclient.backoffice.tables.partitions import divide
from smartclient.backoffice.tables.schema import metadata
from smartclient.domain.ids import IdSource
from smartclient.domain.language import speak
from smartclient.domain.mode import VARIABLE, Mode
from tests.simulators import postgres
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import MEMORY, InProcessServer
from tests.simulators.operator_commands import OperatorCommands
from tests.simulators.time_and_ids import CountedIds, SetClock

FEW_PARTITIONS = 3
"""Enough to be more than one; each test empties them all."""


@pytest.fixture
def clock() -> SetClock:
    """Saturday, 21 November 2026, 10:00 in Prague."""
    return SetClock()


@pytest.fixture
def ids() -> CountedIds:
    """Counted ids."""
    return CountedIds()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """A PostgreSQL of our own; skipped where none is installed, except where all must run."""
    binaries = postgres.programs()
    if binaries is None:
        assert os.environ.get("CI") != "true", "PostgreSQL is missing"
        pytest.skip("PostgreSQL is not installed")
    with postgres.running(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server: postgres.PostgresServer) -> str:
    """A database with the schema in it, divided as in production."""
    address = postgres_server.new_database("operations")
    engine = open_database(address)
    with engine.begin() as connection:
        metadata.create_all(connection)
        divide(connection, metadata, FEW_PARTITIONS)
    engine.dispose()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return "sqlite://"
    return _emptied(request)


@pytest.fixture
def on_postgresql(
    request: pytest.FixtureRequest, clock: SetClock, ids: IdSource, tmp_path: Path
) -> Iterator[InProcessServer]:
    """A back office on PostgreSQL, where two transactions run at once."""
    with InProcessServer(clock, ids, folder=tmp_path, database=_emptied(request)) as office:
        yield office


@pytest.fixture
def server(
    clock: SetClock, ids: IdSource, database: str, tmp_path: Path
) -> Iterator[InProcessServer]:
    """A back office on each kind of database."""
    with InProcessServer(clock, ids, folder=tmp_path, database=database) as office:
        yield office


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def memory_server(
    request: pytest.FixtureRequest, clock: SetClock, ids: IdSource, tmp_path: Path
) -> Iterator[InProcessServer]:
    """A back office in memory; with the long tests, on PostgreSQL too."""
    address = MEMORY if request.param == "sqlite" else _emptied(request)
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as office:
        yield office


@pytest.fixture
def server_in_memory(clock: SetClock, ids: IdSource, tmp_path: Path) -> Iterator[InProcessServer]:
    """A back office that can be put back to an earlier state, which only one in memory can."""
    with InProcessServer(clock, ids, folder=tmp_path) as office:
        yield office


@pytest.fixture
def adviser(server: InProcessServer, ids: IdSource) -> Adviser:
    """An adviser of that back office."""
    return Adviser(server, ids)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Practice keys and certificates, made once: one of them is RSA. They are not written to."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    make(folder, mode=Mode.PRACTICE, clock=SetClock())
    return folder


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Practice mode in English; the log and the language are afterwards as they were."""
    monkeypatch.setenv(VARIABLE, "practice")
    monkeypatch.setenv("SMARTCLIENT_LANGUAGE", "en")
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before
    logging.getLogger("smartclient").setLevel(logging.NOTSET)
    speak(NullTranslations())


@pytest.fixture
def run(practice: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> OperatorCommands:
    """The operator of a home that the first command is yet to make."""
    return OperatorCommands(tmp_path / "office", capsys)


def _emptied(request: pytest.FixtureRequest) -> str:
    """The address of the tests' database in PostgreSQL, with nothing in its tables."""
    address: str = request.getfixturevalue("postgres_database")
    engine = open_database(address)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:  # for a few rows faster than TRUNCATE
            connection.execute(delete(table))
    engine.dispose()
    return address
