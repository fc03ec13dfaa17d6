"""Migrations: the tables are those of the queries; a copy before a step that is not additive."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from smartclient.domain.errors import NotAllowed
from smartclient.store import migrations, schema
from smartclient.store.database import Database
from smartclient.store.upgrade import OURS, History
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.conftest import KEY
from tests.unit.store.documents import offer

STEP = '''"""A step of a test."""

from alembic import op

revision = "{step}"
down_revision = "{before}"
branch_labels = None
depends_on = None
ADDITIVE = {additive}


def upgrade() -> None:
    """Do what the test wants."""
    op.execute("{sql}")
'''


def _history(folder: Path, *steps: tuple[str, bool, str]) -> History:
    """Our history and some steps more."""
    scripts = folder / "migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((OURS.scripts / "env.py").read_text("utf-8"), "utf-8")
    for script in (OURS.scripts / "versions").glob("*.py"):
        (scripts / "versions" / script.name).write_text(script.read_text("utf-8"), "utf-8")
    names = list(OURS.steps)
    for step, additive, sql in steps:
        text = STEP.format(step=step, before=names[-1], additive=additive, sql=sql)
        (scripts / "versions" / f"v{step}.py").write_text(text, "utf-8")
        names.append(step)
    return History(tuple(names), scripts)


def _open(folder: Path, history: History = OURS) -> Database:
    return Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(), history=history)


def _copies(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("smartclient-before-*"))


def test_that_the_steps_make_the_tables_that_the_queries_use(database: Database) -> None:
    with database.write() as tx:
        context = MigrationContext.configure(tx.unit.connection)
        differences = compare_metadata(context, schema.metadata)
    ours = [each for each in differences if "_words" not in str(each)]
    assert ours == []


def test_that_the_named_steps_are_the_scripts_in_their_order() -> None:
    scripts = ScriptDirectory(str(OURS.scripts))
    in_order = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(in_order) == migrations.HISTORY


def test_that_an_additive_step_runs_without_a_copy_and_an_older_program_still_opens(
    folder: Path, tmp_path: Path
) -> None:
    _open(folder).close()
    newer = _history(tmp_path, ("9001", True, "ALTER TABLE setting ADD COLUMN note TEXT"))
    _open(folder, newer).close()
    assert _copies(folder) == []
    older = _open(folder)
    with older.write() as tx:
        tx.settings.set("language", "cs")
        assert tx.settings.get("language") == "cs"
    older.close()


def test_that_a_copy_is_made_before_a_step_that_is_not_additive(
    folder: Path, tmp_path: Path
) -> None:
    database = _open(folder)
    with database.write() as tx:
        identity = tx.documents.create(offer()).id
    database.close()
    newer = _history(tmp_path, ("9001", False, "DROP TABLE client_draft"))
    _open(folder, newer).close()
    assert _copies(folder) == ["smartclient-before-9001.db"]
    rescued = tmp_path / "rescued"
    rescued.mkdir()
    (folder / "smartclient-before-9001.db").rename(rescued / "smartclient.db")
    before = _open(rescued)
    with before.read() as tx:
        assert tx.documents.get(identity).row.id == identity
    before.close()


def test_that_a_database_of_a_newer_program_is_refused_and_left_alone(
    folder: Path, tmp_path: Path
) -> None:
    _open(folder).close()
    newer = _history(tmp_path, ("9001", False, "DROP TABLE client_draft"))
    _open(folder, newer).close()
    content = (folder / "smartclient.db").read_bytes()
    with pytest.raises(NotAllowed, match="SC-STORE-005"):
        _open(folder)
    assert (folder / "smartclient.db").read_bytes() == content


def test_that_a_step_that_fails_leaves_the_tables_as_they_were(
    folder: Path, tmp_path: Path
) -> None:
    _open(folder).close()
    broken = _history(
        tmp_path,
        ("9001", True, "ALTER TABLE setting ADD COLUMN note TEXT"),
        ("9002", True, "ALTER TABLE no_such_table ADD COLUMN note TEXT"),
    )
    with pytest.raises(Exception, match="no_such_table"):
        _open(folder, broken)
    database = _open(folder)
    with database.read() as tx:
        columns = tx.unit.connection.exec_driver_sql("PRAGMA table_info(setting)").all()
    assert [column[1] for column in columns] == ["name", "content"]
    database.close()


def test_that_the_copy_needs_the_key_as_well(folder: Path, tmp_path: Path) -> None:
    _open(folder).close()
    _open(folder, _history(tmp_path, ("9001", False, "DROP TABLE client_draft"))).close()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(folder / "smartclient-before-9001.db").execute("SELECT 1 FROM setting")
