"""What only a real PostgreSQL shows: restarts, waits, and a pooler between it and the office."""

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, select, text

from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.pushing import judged, take
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.operations.tokens import require_principal
from smartclient.backoffice.tables import engine, schema
from smartclient.backoffice.tables.engine import PASSING, Connections, open_database
from smartclient.backoffice.tables.upgrade import require_current, upgrade
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire import encoding
from smartclient.wire.messages import Problem, PushRequest
from smartclient.wire.transport import Reply
from tests.simulators import pgbouncer, postgres
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.pgbouncer import Pooler
from tests.simulators.postgres import PostgresServer
from tests.simulators.time_and_ids import SetClock

HURRIED = Connections(most=1, wait=1, lock=1)
_NUMBERS = count()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that a test may stop."""
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running(binaries) as server:
        yield server


@pytest.fixture(scope="module")
def pooler(postgres_server: PostgresServer) -> Iterator[Pooler]:
    """PgBouncer in transaction mode before the tests' PostgreSQL."""
    program = pgbouncer.program()
    if program is None:
        assert os.environ.get("CI") != "true", "PgBouncer is missing"
        pytest.skip("PgBouncer is not installed")
    with pgbouncer.pooling(program, postgres_server) as running:
        yield running


@pytest.fixture
def database(postgres_server: PostgresServer) -> str:
    """The address of an empty database of a real PostgreSQL."""
    return postgres_server.new_database(f"postgres_{next(_NUMBERS)}")


def _own(adviser: Adviser) -> ColumnElement[bool]:
    return schema.scope.c.scope == adviser.scope


def _principal(server: InProcessServer, adviser: Adviser) -> Principal:
    with server.office.reading() as desk:
        return require_principal(desk, adviser.headers["Authorization"].partition(" ")[2])


def _end_sessions_of_others(database: str) -> None:
    apart = open_database(database)
    with apart.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    apart.dispose()


def _refusal(reply: Reply) -> tuple[int, str, str]:
    code = Problem.from_json(encoding.parse(reply.body)).code
    return reply.status, code, reply.headers.get("retry-after", "")


def test_that_requests_go_on_after_the_database_was_restarted(
    own_server: PostgresServer, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    address = own_server.new_database("restarted")
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as server:
        adviser = Adviser(server, ids)
        first = adviser.offer()
        adviser.push_ok(first)
        own_server.stop()
        away = adviser.send("/v1/changes", {"epoch": 1, "since": {}})
        assert _refusal(away) == (503, "SC-SERV-018", "2")
        own_server.start()
        adviser.edit(first)
        adviser.push_ok(first)
        assert len([row for row in adviser.pull() if row.kind == "document"]) == 1


def test_that_a_restart_that_nobody_noticed_costs_at_most_one_coded_refusal(
    own_server: PostgresServer, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    address = own_server.new_database("restarted")
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as server:
        adviser = Adviser(server, ids)
        own_server.stop()
        own_server.start()
        next_one = adviser.send("/v1/changes", {"epoch": 1, "since": {}})
        if next_one.status != 200:
            assert _refusal(next_one) == (503, "SC-SERV-018", "2")
        adviser.push_ok(adviser.offer())


def test_that_a_connection_that_lay_idle_is_asked_before_it_is_used(
    own_server: PostgresServer,
    clock: SetClock,
    ids: IdSource,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "_ASKED_AFTER", 0.0)
    address = own_server.new_database("restarted")
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as server:
        adviser = Adviser(server, ids)
        own_server.stop()
        own_server.start()
        adviser.push_ok(adviser.offer())


def test_that_a_transaction_whose_session_was_ended_leaves_no_trace(
    database: str, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    with InProcessServer(clock, ids, folder=tmp_path, database=database) as server:
        adviser = Adviser(server, ids)
        draft = adviser.offer()
        principal = _principal(server, adviser)

        def cut_off() -> None:
            with server.office.writing() as desk:
                take(desk, principal, judged(principal, PushRequest(1, (draft.line(),))))
                _end_sessions_of_others(database)

        with pytest.raises(PASSING):
            cut_off()
        assert not [row for row in adviser.pull() if row.kind == "document"]
        adviser.push_ok(draft)


def test_that_a_full_pool_is_a_coded_refusal(
    database: str, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    with InProcessServer(
        clock, ids, folder=tmp_path, database=database, connections=HURRIED
    ) as server:
        adviser = Adviser(server, ids)
        with server.office.reading():
            full = adviser.send("/v1/changes", {"epoch": 1, "since": {}})
        assert _refusal(full) == (503, "SC-SERV-018", "2")
        assert adviser.changes().rows


def test_that_waiting_for_anothers_row_ends_in_a_coded_refusal(
    database: str, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    with InProcessServer(
        clock, ids, folder=tmp_path, database=database, connections=HURRIED
    ) as server:
        adviser = Adviser(server, ids)
        draft = adviser.offer()
        blocker = open_database(database)
        with blocker.begin() as other:
            other.execute(select(schema.scope).where(_own(adviser)).with_for_update())
            waited = adviser.send("/v1/push", {"epoch": 1, "lines": [draft.line().to_json()]})
        blocker.dispose()
        assert _refusal(waited) == (503, "SC-SERV-018", "2")
        adviser.push_ok(draft)


def test_that_the_office_works_through_a_pooler_and_keeps_nothing_in_a_session(
    pooler: Pooler,
    postgres_server: PostgresServer,
    clock: SetClock,
    ids: IdSource,
    tmp_path: Path,
) -> None:
    postgres_server.new_database("pooled")
    address = pooler.address("pooled")
    made = open_database(address)
    upgrade(made, 2)
    require_current(made)
    with made.begin() as connection:  # the office begins its own
        connection.execute(schema.counter.delete())
    made.dispose()
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as server:
        advisers = [Adviser(server, ids) for _ in range(3)]
        for turn in range(8):  # more often than what prepares a statement by itself
            for adviser in advisers:
                adviser.send_blobs(b"blob %d" % turn)
                adviser.push_ok(adviser.offer())
                assert adviser.pull()
        server.judge()
        clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
        run = server.export()
        assert run is not None
        assert run.documents == 24
        with server.office.reading() as desk:
            kept = desk.connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM pg_prepared_statements), "
                    "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), "
                    "(SELECT setting FROM pg_settings WHERE name = 'lock_timeout')"
                )
            ).one()
    direct = open_database(postgres_server.address("pooled"))
    with direct.begin() as connection:
        sessions = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = 'pooled' AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    direct.dispose()
    assert tuple(kept) == (0, 0, "10000")
    assert 0 < sessions <= pgbouncer.SERVER_SESSIONS


def test_that_a_scope_is_held_by_one_at_a_time_through_a_pooler(
    pooler: Pooler,
    postgres_server: PostgresServer,
    clock: SetClock,
    ids: IdSource,
    tmp_path: Path,
) -> None:
    postgres_server.new_database("held")
    address = pooler.address("held")
    quick = Connections(lock=1)
    with InProcessServer(
        clock, ids, folder=tmp_path, database=address, connections=quick
    ) as server:
        adviser = Adviser(server, ids)
        draft = adviser.offer()
        with server.office.writing() as desk:
            hold_one(desk, adviser.scope)
            waited = adviser.send("/v1/push", {"epoch": 1, "lines": [draft.line().to_json()]})
        assert _refusal(waited) == (503, "SC-SERV-018", "2")
        adviser.push_ok(draft)
