"""What the first page reads without SQLAlchemy is what the repositories say."""

from dataclasses import replace

from sqlalchemy import update

from smartclient.domain.document_life import ShownState, Stage
from smartclient.domain.ids import InstallId
from smartclient.store.client_rows import ClientCard, ClientFilter, ClientKind
from smartclient.store.database import Database
from smartclient.store.day import Named
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.merging import Clash
from smartclient.store.prepared import STATEMENTS
from smartclient.store.preparing import compiled, statements
from smartclient.store.schema import append
from smartclient.store.sync_history import DONE, SyncRun
from smartclient.store.unsent import unsent
from smartclient.wire.register_bodies import ClientHide
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.consents import told
from tests.unit.store.documents import offer


def test_that_the_prepared_statements_are_those_of_the_repositories() -> None:
    today = {name: compiled(statement) for name, statement in statements().items()}
    assert today == STATEMENTS, "run: python -m smartclient.store.preparing"


def test_that_the_day_shows_the_documents_that_the_list_shows(database: Database) -> None:
    with database.write() as tx:
        for stage in (Stage.DRAFT, Stage.DRAFT, Stage.WAITING, Stage.COMPLETE):
            tx.documents.create(offer(), stage)
    with database.read() as tx, database.day() as day:
        assert day.counts_by_state() == tx.documents.counts_by_state()
        for state in (ShownState.DRAFT, ShownState.WAITING, ShownState.REJECTED):
            wanted = DocumentFilter(states=frozenset({state}))
            assert day.documents(state) == tx.documents.page(wanted, 0, 30)
        assert day.count("offers_in_progress") == 2
        assert day.count("change_requests") == 0


def test_that_the_day_names_clients_drafts_and_settings(database: Database) -> None:
    with database.write() as tx:
        card = ClientCard(ClientKind.PERSON, "Eva", "Nováková")
        informed = tx.clients.create(card, {"schema": 1})
        tx.consents.append(told(informed.id), InstallId("install-1"))
        tx.clients.create(ClientCard(ClientKind.PERSON, "Jan", "Dvořák"), {"schema": 1})
        tx.clients.save_draft("d1", {"surname": "Nov"})
        tx.settings.set("appearance", {"scheme": "dark"})
    with database.read() as tx, database.day() as day:
        assert day.count("clients") == tx.clients.count(ClientFilter()) == 2
        assert [each.name for each in day.uninformed()] == ["Jan Dvořák"]
        assert day.client_drafts() == (("d1", {"surname": "Nov"}),)
        assert day.setting("appearance") == {"scheme": "dark"}
        assert day.setting("unknown") is None


def test_that_the_day_knows_the_last_synchronisation_and_the_lock(
    database: Database, clock: SetClock
) -> None:
    now = clock.now()
    with database.day() as day:
        assert day.synchronised_at() is None
        assert day.next_lock_at() is None
    with database.write() as tx:
        tx.sync_history.add(SyncRun(now, now, DONE))
        tx.sync_history.add(SyncRun(now, now, "SC-SYNC-020"))
        tx.feed.set_next_lock_at(now)
    with database.day() as day:
        assert day.synchronised_at() == day.next_lock_at() == now


def test_that_the_day_counts_what_was_refused_and_what_waits_for_a_choice(
    database: Database, clock: SetClock
) -> None:
    with database.write() as tx:
        card = ClientCard(ClientKind.PERSON, "Eva", "Nováková")
        clients = [tx.clients.create(card, {"schema": 1}).id for _ in range(3)]
        offers = [tx.documents.create(offer(), Stage.DRAFT).id for _ in range(2)]
        tx.documents.discard(offers[1])
        for name in (clients[0], *offers):
            state = tx.records.find(name)
            assert state is not None
            tx.records.keep([replace(state, parked="SC-SYNC-029")])
        tx.consents.append(told(clients[0]), InstallId("install-1"))
        tx.unit.connection.execute(update(append).values(parked="SC-SYNC-029"))
        tx.field_offers.keep(clients[1], [Clash("phone", "1", "2"), Clash("city", "A", "B")])
        tx.field_offers.keep(clients[1], [Clash("phone", "1", "3")])
        tx.field_offers.keep(clients[2], [Clash("phone", "1", "2")])
        tx.client_events.hide(
            ClientHide(clients[2], hidden=True, reason="", occurred_at=clock.now())
        )
    with database.read() as tx, database.day() as day:
        assert day.count("refused") == len(unsent(tx).parked) == 3
        assert day.count("offered") == 1
        assert day.offered() == Named(clients[1], "Eva Nováková", "2")


def test_that_the_day_of_everything_settled_asks_nothing(database: Database) -> None:
    with database.day() as day:
        assert (day.count("refused"), day.count("offered"), day.offered()) == (0, 0, None)
