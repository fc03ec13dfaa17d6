"""Backups put back by the commands: a refused one changes nothing, and the next one counts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from certs.practice import make
from smartclient.backoffice import dumps
from smartclient.backoffice.home import Home
from smartclient.backoffice.tables.engine import open_database
from smartclient.domain.mode import Mode
from smartclient.wire.messages import JsonObject
from tests.simulators.operator_commands import OperatorCommands, refusal_of
from tests.simulators.postgres import PostgresServer
from tests.simulators.time_and_ids import SetClock

BATCH = "smartclient-20261121-01"
BRNO: JsonObject = {"id": "brno", "name": "Brno"}
NewDatabase = Callable[[str], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def run(
    request: pytest.FixtureRequest, run: OperatorCommands, certificates: Path, tmp_path: Path
) -> OperatorCommands:
    """The operator of an empty home, on each kind of database."""
    words: list[str] = []
    if request.param == "postgresql":
        if shutil.which("pg_dump") is None:
            pytest.skip("PostgreSQL's client programs are not installed")
        new_database: NewDatabase = request.getfixturevalue("postgres_server").new_database
        words = ["--database", new_database(f"restores-{tmp_path.name}")]
    run("init", "--certificates", certificates, *words)
    return run


def _offices(run: OperatorCommands) -> list[object]:
    offices = run("office", "list")["offices"]
    assert isinstance(offices, list)
    return [
        {"id": each["office"], "name": each["name"]} for each in offices if isinstance(each, dict)
    ]


def test_that_a_refused_restore_leaves_the_database_as_it_was(
    run: OperatorCommands, tmp_path: Path
) -> None:
    run("backup", tmp_path / "backup")
    run("office", "create", "brno", "--name", "Brno")
    broken = tmp_path / "office" / "export" / BATCH
    broken.mkdir()
    assert refusal_of(run("restore", tmp_path / "backup", code=2)) == "SC-EXP-022"
    # It may be served: what was given and taken since the backup is in it.
    assert _offices(run) == [BRNO]
    assert run("restore", "status") == {"epoch": 1, "export_held": False}
    broken.rmdir()
    assert run("restore", tmp_path / "backup")["rights_again"] == 1
    assert _offices(run) == [BRNO]
    assert run("restore", "status") == {"epoch": 3, "export_held": True}


def test_that_what_a_restore_took_the_place_of_is_kept_and_is_in_no_backup(
    run: OperatorCommands, tmp_path: Path
) -> None:
    home = Home(tmp_path / "office")
    run("backup", tmp_path / "first")
    run("office", "create", "brno", "--name", "Brno")
    run("restore", tmp_path / "first")
    address = home.database(home.settings(Mode.PRACTICE))
    if address.startswith("sqlite"):
        assert len(list(home.folder.glob("office.sqlite3.before-*"))) == 1
        return
    assert len(_kept_schemas(address)) == 1
    run("backup", tmp_path / "second")
    run("restore", tmp_path / "second")
    assert len(_kept_schemas(address)) == 2
    assert _offices(run) == [BRNO]


def _kept_schemas(address: str) -> list[str]:
    engine = open_database(address)
    query = r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before\_%%'"
    with engine.connect() as connection:
        names = list(connection.exec_driver_sql(query).scalars())
    engine.dispose()
    return names


@pytest.mark.parametrize("run", ["sqlite"], indirect=True)
def test_that_a_new_machine_takes_no_keys_from_a_backup_that_was_refused(
    run: OperatorCommands, tmp_path: Path
) -> None:
    run("office", "create", "brno", "--name", "Brno")
    run("backup", tmp_path / "ours")
    other = OperatorCommands(tmp_path / "other", run.capsys)
    make(tmp_path / "other-keys", mode=Mode.PRACTICE, clock=SetClock())
    other("init", "--certificates", tmp_path / "other-keys")
    other("backup", tmp_path / "theirs")
    # The new machine: our lists and batches were put there, then the wrong backup was named.
    new = OperatorCommands(tmp_path / "new", run.capsys)
    shutil.copytree(tmp_path / "office" / "export", tmp_path / "new" / "export")
    (tmp_path / "new" / "export" / BATCH).mkdir()
    assert refusal_of(new("restore", tmp_path / "theirs", code=2)) == "SC-EXP-022"
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert not names & {"keys", "settings.json", "catalogue", "office.sqlite3"}
    (tmp_path / "new" / "export" / BATCH).rmdir()
    new("restore", tmp_path / "ours")
    assert _offices(new) == [BRNO]
    # From now on the home is of this office, and says so.
    assert refusal_of(new("restore", tmp_path / "theirs", code=2)) == "SC-EXP-024"


@pytest.mark.long
def test_that_sessions_that_a_pooler_kept_are_told_from_those_in_use(
    postgres_server: PostgresServer,
) -> None:
    address = postgres_server.new_database("sessions")
    engine = open_database(address)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        assert dumps.sessions(address) == dumps.sessions(address, 0) == 1  # in a transaction
    assert dumps.sessions(address) == dumps.sessions(address, 600) == 1  # used just now
    assert dumps.sessions(address, 0) == 0
    engine.dispose()
    assert dumps.sessions(address) == 0


@pytest.mark.parametrize("run", ["sqlite"], indirect=True)
def test_that_a_restore_names_the_acts_of_which_nobody_knows(
    run: OperatorCommands, tmp_path: Path
) -> None:
    run("backup", tmp_path / "backup")
    run("office", "create", "brno", "--name", "Brno")
    path = tmp_path / "office" / "export" / "rights.ndjson"
    line, _confirmation = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{line}\n", encoding="utf-8")
    assert run("restore", tmp_path / "backup", code=1)["in_doubt"] == ["brno"]
    assert _offices(run) == []


@pytest.mark.parametrize("run", ["sqlite"], indirect=True)
@pytest.mark.parametrize("left", [0.0, 0.5, -1.0])
def test_that_a_database_cut_off_in_a_backup_is_not_put_back(
    run: OperatorCommands, tmp_path: Path, left: float
) -> None:
    run("office", "create", "brno", "--name", "Brno")
    run("backup", tmp_path / "backup")
    file = tmp_path / "backup" / "office.sqlite3"
    whole = file.read_bytes()
    file.write_bytes(b"no database" * 500 if left < 0 else whole[: int(len(whole) * left)])
    assert refusal_of(run("restore", tmp_path / "backup", code=2)) == "SC-EXP-020"
    assert _offices(run) == [BRNO]
    file.write_bytes(whole)
    run("restore", tmp_path / "backup")
