"""Clients, their drafts and the ledger of their consents."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from smartclient.domain.consents import (
    Decision,
    first_broken,
    is_informed,
    newest,
)
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId, InstallId
from smartclient.store.client_rows import ClientCard, ClientFilter, ClientKind, ClientSort
from smartclient.store.database import Database
from smartclient.store.schema import consent_event
from smartclient.wire.messages import JsonObject
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.consents import told

HERE = InstallId("install-1")


def _card(given: str = "Petr", surname: str = "Novák", city: str = "") -> ClientCard:
    return ClientCard(ClientKind.PERSON, given, surname, city=city)


def test_that_a_draft_is_kept_as_typed_and_goes_when_the_client_is_saved(
    database: Database,
) -> None:
    typed: JsonObject = {"surname": "Nov", "birth_date": {"$typed": "31. 2. 1980"}}
    with database.write() as tx:
        tx.clients.save_draft("draft-1", {"surname": "N"})
        tx.clients.save_draft("draft-1", typed)
    with database.read() as tx:
        assert [draft.typed for draft in tx.clients.drafts()] == [typed]
    with database.write() as tx:
        tx.clients.create(_card(), {"surname": "Novák"}, draft_id="draft-1")
    with database.read() as tx:
        assert tx.clients.drafts() == ()
        assert tx.clients.count(ClientFilter()) == 1


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("nov", 1),
        ("novak petr", 1),
        ("603 123 456", 1),
        ("3456", 1),
        ("+420603", 1),
        ("850101", 1),
        ("brno", 1),
        ("petr.novak", 1),
        ("svoboda", 0),
    ],
)
def test_that_a_client_is_found_by_what_an_adviser_remembers(
    database: Database, typed: str, count: int
) -> None:
    card = ClientCard(
        ClientKind.PERSON,
        "Petr",
        "Novák",
        national_id="850101/1234",
        phone="+420603123456",
        email="petr.novak@example.cz",
        city="Brno",
    )
    with database.write() as tx:
        tx.clients.create(card, {})
        tx.clients.create(_card("Eva", "Černá", city="Zlín"), {})
    with database.read() as tx:
        assert tx.clients.count(ClientFilter(typed)) == count
        assert len(tx.search.find(typed, 5).clients) == count


def test_that_clients_stand_by_surname_or_by_last_change(
    database: Database, clock: SetClock
) -> None:
    with database.write() as tx:
        ids = {}
        for given, surname in [("Adam", "Žák"), ("Zdena", "Čermák"), ("Eva", "Cibulka")]:
            clock.pass_time(seconds=1)
            ids[surname] = tx.clients.create(_card(given, surname), {}).id
        clock.pass_time(seconds=1)
        tx.clients.update(ids["Žák"], _card("Adam", "Žák", city="Praha"), {"new": True})
        by_name = tx.clients.page(ClientFilter(), 0, 10)
        by_change = tx.clients.page(ClientFilter(sort=ClientSort.CHANGED, descending=True), 0, 2)
        assert tx.clients.get(ids["Žák"]).body["new"] is True
    assert [row.card.surname for row in by_name] == ["Cibulka", "Čermák", "Žák"]
    assert [row.card.surname for row in by_change] == ["Žák", "Cibulka"]


def test_that_an_unknown_client_is_said_to_be_gone(database: Database) -> None:
    with database.write() as tx:
        with pytest.raises(NotAllowed, match="SC-STORE-024"):
            tx.clients.get(ClientId("nobody"))
        with pytest.raises(NotAllowed, match="SC-STORE-024"):
            tx.clients.update(ClientId("nobody"), _card(), {})


def test_that_the_information_duty_shows_in_the_list_once_it_is_recorded(
    database: Database,
) -> None:
    with database.write() as tx:
        identity = tx.clients.create(_card(), {}).id
        assert tx.clients.count(ClientFilter(uninformed=True)) == 1
        tx.consents.append(told(identity), HERE)
        assert tx.clients.get(identity).row.informed
        assert tx.clients.count(ClientFilter(uninformed=True)) == 0


def test_that_the_chain_of_an_install_verifies_and_a_changed_event_is_found(
    database: Database, clock: SetClock
) -> None:
    with database.write() as tx:
        for name in ("A", "B", "C"):
            identity = tx.clients.create(_card(surname=name), {}).id
            clock.pass_time(seconds=1)
            tx.consents.append(told(identity), HERE)
        tx.consents.append(told(identity), InstallId("install-2"))
        chain = tx.consents.chain(HERE)
        assert [event.sequence for event in chain] == [1, 2, 3]
        assert first_broken(chain) is None
        tx.unit.connection.execute(
            update(consent_event)
            .where(consent_event.c.install == HERE, consent_event.c.sequence == 2)
            .values(decision=Decision.GIVEN.value)
        )
        broken = first_broken(tx.consents.chain(HERE))
        assert broken is not None
        assert broken.sequence == 2


def test_that_the_latest_decision_counts_in_whatever_order_it_arrives(
    database: Database, clock: SetClock
) -> None:
    early, late = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    with database.write() as tx:
        identity = tx.clients.create(_card(), {}).id
        tx.consents.append(told(identity, Decision.WITHDRAWN, late, "MKT"), HERE)
        tx.consents.append(told(identity, Decision.GIVEN, early, "MKT"), HERE)
        decisive = newest(tx.consents.of(identity), "MKT")
    assert decisive is not None
    assert decisive.decision.decision is Decision.WITHDRAWN


def test_that_in_a_tie_the_more_restrictive_decision_counts(
    database: Database, clock: SetClock
) -> None:
    future = clock.now() + timedelta(days=300)
    with database.write() as tx:
        identity = tx.clients.create(_card(), {}).id
        tx.consents.append(told(identity, Decision.REFUSED, clock.now()), HERE)
        # A wrong clock may not win: later than its receipt counts as its receipt.
        tx.consents.append(told(identity, Decision.INFORMED, future), HERE)
        assert not is_informed(tx.consents.of(identity))
        assert not tx.clients.get(identity).row.informed


@pytest.mark.parametrize("text", ["", "novak"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(ClientSort))
def test_that_a_client_is_told_its_place_in_the_list(
    database: Database, sort: ClientSort, descending: bool, text: str
) -> None:
    with database.write() as tx:
        for given in ("Eva", "Jan", "Petr", "Jan"):
            for surname in ("Novák", "Černá"):
                tx.clients.create(_card(given, surname), {"surname": surname})
    wanted = ClientFilter(text, sort=sort, descending=descending)
    with database.read() as tx:
        rows = tx.clients.page(wanted, 0, 100)
        places = [tx.clients.place(row.id, wanted) for row in rows]
        others = {row.id for row in tx.clients.page(ClientFilter(), 0, 100)} - {r.id for r in rows}
        assert {tx.clients.place(each, wanted) for each in others} <= {None}
    assert places == list(range(4 if text else 8))
