"""The migrations make exactly the tables that the code knows, on each kind of database."""

import re
from itertools import count

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, TextClause, inspect, select, text

from smartclient.backoffice.tables import counters, schema
from smartclient.backoffice.tables.engine import open_database
from smartclient.backoffice.tables.schema import metadata
from smartclient.backoffice.tables.upgrade import migrate, require_current, upgrade
from smartclient.domain.errors import NotAllowed
from tests.simulators.postgres import PostgresServer

FEW_PARTITIONS = 2
_NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A database without any table."""
    if request.param == "sqlite":
        return open_database("sqlite://")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return open_database(server.new_database(f"migrations_{next(_NUMBERS)}"))


def test_that_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    with pytest.raises(NotAllowed, match="SC-SERV-045"):
        require_current(engine)
    upgrade(engine, FEW_PARTITIONS)
    upgrade(engine, FEW_PARTITIONS)
    require_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_no_partition})
        differences = compare_metadata(context, metadata)
        epoch = counters.read(connection, counters.EPOCH)
    engine.dispose()
    assert differences == []
    assert epoch == 1


def test_that_what_was_exportable_before_lines_were_prepared_is_judged_again(
    engine: Engine,
) -> None:
    migrate(engine, "0001")
    open_one = {
        **dict.fromkeys(("scope", "id", "kind", "op", "sha256", "blobs", "form_version"), "x"),
        **dict.fromkeys(("document_kind", "number", "install", "hr", "verdict_code"), ""),
        **dict.fromkeys(("version", "seq", "first_received_at", "received_at"), 1),
        "stage": "complete",
        "state": "open",
        "exportable": True,
    }
    with engine.begin() as connection:
        connection.execute(_insert("record", open_one), open_one)
    upgrade(engine, FEW_PARTITIONS)
    with engine.connect() as connection:
        due = connection.execute(select(schema.judgement_due.c.document)).scalars().all()
        exportable = connection.execute(select(schema.record.c.exportable)).scalars().all()
    engine.dispose()
    assert (due, [bool(each) for each in exportable]) == (["x"], [False])


def test_that_what_is_sealed_stays_so_when_the_seal_moves_to_its_scope(engine: Engine) -> None:
    migrate(engine, "0010")
    sealed: dict[str, object] = {
        **dict.fromkeys(("kind", "op", "sha256", "blobs", "form_version"), "x"),
        **dict.fromkeys(("document_kind", "number", "install", "hr", "verdict_code"), ""),
        **dict.fromkeys(("version", "first_received_at", "received_at"), 1),
        "stage": "complete",
        "exportable": True,
    }
    rows = [
        {**sealed, "scope": "a", "id": "1", "seq": 1, "state": "sealed", "batch": "today"},
        {**sealed, "scope": "a", "id": "2", "seq": 2, "state": "locked", "batch": "before"},
        {**sealed, "scope": "b", "id": "3", "seq": 1, "state": "open", "batch": None},
    ]
    scopes: list[dict[str, object]] = [
        {"scope": name, "head": 2, "retained_from": 0, "data_key": b"key"} for name in ("a", "b")
    ]
    with engine.begin() as connection:
        connection.execute(_insert("record", rows[0]), rows)
        connection.execute(_insert("scope", scopes[0]), scopes)
    upgrade(engine, FEW_PARTITIONS)
    with engine.connect() as connection:
        record, scope = schema.record, schema.scope
        states = select(record.c.state, record.c.batch).order_by(record.c.id)
        found = [tuple(row) for row in connection.execute(states)]
        marks = select(scope.c.sealed_for).order_by(scope.c.scope)
        marked = connection.execute(marks).scalars().all()
    engine.dispose()
    assert found == [("open", None), ("locked", "before"), ("open", None)]
    assert marked == ["today", None]


def test_that_the_tables_do_not_change_under_an_export(engine: Engine) -> None:
    migrate(engine, "0001")
    run = {
        **dict.fromkeys(("batch", "previous_manifest_sha256", "manifest_sha256"), ""),
        "business_date": "2026-11-21",
        "state": "sealed",
        **dict.fromkeys(("cutoff", "documents", "changed_at"), 1),
    }
    with engine.begin() as connection:
        connection.execute(_insert("export_run", run), run)
    with pytest.raises(NotAllowed, match="SC-SERV-047"):
        upgrade(engine, FEW_PARTITIONS)
    with engine.connect() as connection:
        assert not inspect(connection).has_table("prepared_line")
    engine.dispose()


def _is_no_partition(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or re.search(r"_p\d{3}$", name or "") is None


def _insert(table: str, row: dict[str, object]) -> TextClause:
    names = ", ".join(row)
    return text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})")
