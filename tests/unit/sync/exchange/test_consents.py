"""Consents on two laptops of one office, whose clocks may be wrong, against the real server."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from smartclient.domain.consents import Decision, counts_at, first_broken
from smartclient.store import schema
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.unit.store.consents import told
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import Adviser, quiet

pytestmark = pytest.mark.usefixtures("office")


def test_that_a_clock_a_year_ahead_does_not_beat_a_later_withdrawal(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.wall.off = timedelta(days=365)
    jana.informs(client)
    quiet(jana, eva)
    assert jana.is_informed(client)
    jana.clock.pass_time(hours=1)
    eva.informs(client, Decision.WITHDRAWN)
    quiet(eva, jana)
    assert not eva.is_informed(client)
    assert not jana.is_informed(client)


def test_that_the_writer_learns_the_receipt_of_its_consent_like_everybody(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    jana.wall.off = timedelta(days=365)
    jana.informs(client)
    jana.clock.pass_time(minutes=1)
    receipt = jana.clock.now()
    quiet(jana, eva)
    for adviser in (jana, eva):
        with adviser.laptop.database.read() as tx:
            (event,) = tx.consents.of(client)
            assert (event.received_at, counts_at(event)) == (receipt, receipt)
            assert first_broken(tx.consents.chain(jana.laptop.identity.install)) is None
        (line,) = adviser.matters.history(client)
        assert line.at == receipt


def test_that_a_restored_server_gives_a_consent_that_it_forgot_a_new_receipt(
    jana: Adviser, eva: Adviser, server: InProcessServer
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    backup = server.backup()
    jana.wall.off = timedelta(days=365)
    jana.informs(client)
    quiet(jana, eva)
    server.restore(backup)
    jana.clock.pass_time(hours=1)
    quiet(jana, eva)
    for adviser in (jana, eva):
        with adviser.laptop.database.read() as tx:
            (event,) = tx.consents.of(client)
            assert event.received_at == jana.clock.now()


def test_that_doubt_about_a_clock_reaches_every_laptop_and_the_history(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    said = replace(told(client, at=jana.clock.now()), clock_uncertain=True)
    jana.records(said)
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert adviser.is_informed(client)
        with adviser.laptop.database.read() as tx:
            (event,) = tx.consents.of(client)
            assert event.decision == said
            assert first_broken(tx.consents.chain(jana.laptop.identity.install)) is None
        (line,) = adviser.matters.history(client)
        assert line.text.endswith("Unchecked clock.")


def test_that_an_uncertain_clock_does_not_lift_what_another_laptop_recorded(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    eva.informs(client, Decision.WITHDRAWN)
    quiet(eva, jana)
    jana.clock.pass_time(hours=1)
    jana.records(replace(told(client, at=jana.clock.now()), clock_uncertain=True))
    quiet(jana, eva)
    assert (jana.is_informed(client), eva.is_informed(client)) == (False, False)
    jana.informs(client)
    quiet(jana, eva)
    assert (jana.is_informed(client), eva.is_informed(client)) == (True, True)


def test_that_an_upgraded_laptop_counts_old_consents_as_a_new_one_does(
    jana: Adviser, eva: Adviser
) -> None:
    """The older program kept neither the receipts nor the doubt about a clock that it was told."""
    client = jana.adds()
    jana.records(replace(told(client, at=jana.clock.now()), clock_uncertain=True))
    quiet(jana, eva)
    with eva.laptop.database.write() as tx:
        before = tx.consents.of(client)
        tx.unit.connection.execute(
            update(schema.consent_event).values(received_at="", clock_uncertain=0)
        )
        tx.feed.set_kinds("as an older program read them")
        assert tx.consents.of(client) != before
    quiet(eva)
    with eva.laptop.database.read() as tx:
        assert tx.consents.of(client) == before


def test_that_an_evening_with_consents_takes_six_requests_at_most(
    jana: Adviser, eva: Adviser, network: Network
) -> None:
    quiet(jana, eva)
    jana.laptop.restart()  # the token is over
    for place in range(3):
        jana.informs(jana.adds(surname=f"Client {place}"))
    with jana.laptop.database.write() as tx:
        for _ in range(5):
            session = tx.signing.start(tx.documents.create(offer()).id, b"frozen", b"{}", {})
            tx.signing.finish(session, b"sealed", {}, jana.clock.now())
    network.requests.clear()
    jana.laptop.synchronise()
    assert jana.waits() == 0
    assert len(network.requests) <= 6
    network.requests.clear()
    jana.laptop.synchronise()
    assert network.requests == ["/v1/changes"]


def test_that_consents_of_two_laptops_keep_their_own_chains(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.informs(client)
    jana.clock.pass_time(seconds=5)
    eva.informs(client, Decision.WITHDRAWN)
    quiet(jana, eva)
    for adviser in (jana, eva):
        with adviser.laptop.database.read() as tx:
            assert len(tx.consents.of(client)) == 2
            for each in (jana, eva):
                chain = tx.consents.chain(each.laptop.identity.install)
                assert len(chain) == 1
                assert first_broken(chain) is None
            assert not tx.clients.get(client).row.informed
        assert [line.text for line in adviser.matters.history(client)] == [
            "The client refused the information for clients.",
            "The client was given the information for clients.",
        ]
