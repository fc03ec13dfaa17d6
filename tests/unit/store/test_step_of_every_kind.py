"""A file of the step before: its clients and consents were only here, and are sent from now on."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text, update

from smartclient.domain.consents import Decision, first_broken
from smartclient.domain.ids import ClientId, InstallId
from smartclient.store import migrations
from smartclient.store.bodies import stored
from smartclient.store.client_rows import ClientCard, ClientFilter, ClientKind
from smartclient.store.connection import connect
from smartclient.store.consent_rows import columns_of
from smartclient.store.database import FILE_NAME, Database
from smartclient.store.engines import writing_engine
from smartclient.store.places import Homes
from smartclient.store.schema import client as table
from smartclient.store.schema import client_body
from smartclient.store.upgrade import OURS, History, bring_up_to_date
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import consent_from_json
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.conftest import KEY
from tests.unit.store.consents import told

CLIENT = ClientId("11111111-1111-4111-8111-111111111111")
DOCUMENT = "22222222-2222-4222-8222-222222222222"
SCOPE = "person:33333333-3333-4333-8333-333333333333"
HERE = InstallId("44444444-4444-4444-8444-444444444444")
NOW = "2026-11-20T10:00:00.000Z"
_LATER = frozenset({"digest", "clock_uncertain", "received_at"})
"""Columns of a consent event that the step before did not have."""


def _history_of_the_step_before(folder: Path) -> History:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text((OURS.scripts / "env.py").read_text("utf-8"))
    script = OURS.scripts / "versions" / "v0001_first_tables.py"
    (versions / script.name).write_text(script.read_text("utf-8"))
    return History(migrations.HISTORY[:1], folder / "migrations")


def _insert(connection: Connection, table: str, **columns: object) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f":{name}" for name in columns)
    statement = text(f'INSERT INTO "{table}" ({names}) VALUES ({values})')
    connection.execute(statement, columns)


def _fill(connection: Connection, events: list[dict[str, object]]) -> None:
    """What an adviser had: a client with consents, a document that was pushed, a signed package."""
    names = {"given_name": "Petr", "surname": "Novák", "name_key": "novak petr"}
    contact = {"national_id": "", "city": "Brno", "phone": "", "email": ""}
    when = {"created_at": NOW, "changed_at": NOW}
    _insert(connection, "client", id=CLIENT, kind="person", informed=1, **names, **contact, **when)
    body = stored({"schema": 1, "kind": "person", "given_name": "Petr", "surname": "Novák"})
    _insert(connection, "client_body", id=CLIENT, content=body)
    for event in events:
        _insert(connection, "consent_event", **event)
    answers = {"dirty": 0, "version": 3, "sha256": "", "parked": "", "doubted": 0, "awaited": 0}
    lineage = '["55555555-5555-4555-8555-555555555555"]'
    op = "55555555-5555-4555-8555-555555555555"
    _insert(
        connection,
        "record",
        id=DOCUMENT,
        kind="document",
        op=op,
        lineage=lineage,
        withheld="",
        **answers,
    )
    _insert(connection, "scope", name=SCOPE, seq=7)
    _insert(
        connection,
        "append",
        op="66666666-6666-4666-8666-666666666666",
        kind="signed_package",
        document_id=DOCUMENT,
        body=stored({"schema": 1, "document_id": DOCUMENT}),
        blobs="[]",
        acknowledged=1,
        doubted=0,
        parked="",
        created_at=NOW,
    )


def _events(folder: Path) -> list[dict[str, object]]:
    """Two events of one chain, made by a store of today, as lines of the step before."""
    database = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(9))
    with database.write() as tx:
        client = tx.clients.create(ClientCard(ClientKind.PERSON, "Petr", "Novák"), {}).id
        tx.unit.connection.execute(update(table).values(id=CLIENT))
        tx.unit.connection.execute(update(client_body).values(id=CLIENT))
        assert client != CLIENT
        for decision in (Decision.INFORMED, Decision.WITHDRAWN):
            tx.consents.append(told(CLIENT, decision), HERE)
        lines = [dict(columns_of(event)) for event in tx.consents.chain(HERE)]
    database.close()
    return [{name: line[name] for name in line if name not in _LATER} for line in lines]


@pytest.fixture
def file_of_the_step_before(tmp_path: Path) -> Path:
    events = _events(tmp_path / "today")
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / FILE_NAME
    opened = connect(file, KEY, create=True)
    bring_up_to_date(file, KEY, opened, _history_of_the_step_before(tmp_path / "before"))
    opened.close()
    writer = writing_engine(file, KEY)
    with writer.begin() as connection:
        _fill(connection, events)
    writer.dispose()
    return folder


def test_that_clients_and_consents_of_the_step_before_are_sent(
    file_of_the_step_before: Path,
) -> None:
    database = Database.open(file_of_the_step_before, KEY, clock=SetClock(), ids=CountedIds(1))
    with database.write() as tx:
        assert tx.clients.count(ClientFilter()) == 1
        assert (tx.feed.waiting().clients, tx.feed.waiting().events) == (1, 2)
        assert [*map(str, tx.outgoing.record_ids())] == [CLIENT]
        (client,) = tx.outgoing.take_records([*tx.outgoing.record_ids()], Homes(SCOPE, "office:1"))
        assert (client.line.kind, client.line.scope) == (RecordKind.CLIENT, "office:1")
        waiting = tx.outgoing.appends.waiting()
        offers = tx.outgoing.appends.take([op for _, op in waiting.in_order], Homes(SCOPE))
        events = [consent_from_json(offer.line.body) for offer in offers]
        # The withdrawal goes first, whatever was recorded before it.
        assert [event.decision.decision for event in events] == [
            Decision.WITHDRAWN,
            Decision.INFORMED,
        ]
        assert all(str(offer.line.id) == offer.line.op for offer in offers)
        assert tx.consents.chain(HERE) == tuple(reversed(events))
        assert first_broken(tx.consents.chain(HERE)) is None
    database.close()


def test_that_what_was_sent_before_keeps_its_only_scope(file_of_the_step_before: Path) -> None:
    database = Database.open(file_of_the_step_before, KEY, clock=SetClock(), ids=CountedIds(1))
    with database.read() as tx:
        state = tx.records.find(DOCUMENT)
        assert state is not None
        assert (state.scope, state.version, state.dirty) == (SCOPE, 3, False)
        (package,) = tx.appends.of_kind(RecordKind.SIGNED_PACKAGE, [DOCUMENT])
        assert (package.scope, package.acknowledged) == (SCOPE, True)
        assert tx.feed.cursors() == {SCOPE: 7}
    database.close()


def test_that_the_step_leaves_a_copy_of_the_file(file_of_the_step_before: Path) -> None:
    Database.open(file_of_the_step_before, KEY, clock=SetClock(), ids=CountedIds(1)).close()
    assert (file_of_the_step_before / "smartclient-before-0002.db").exists()
