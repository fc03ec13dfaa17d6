"""Clients on two laptops of one office: pushed, pulled, merged by field, against the real server."""

from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.domain.consents import Decision
from smartclient.domain.ids import ClientId, RecordId
from smartclient.store.client_rows import ClientFilter
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import Answer, PushResult
from smartclient.wire.register_bodies import ClientMerge, Purpose
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import OFFICE, Adviser, adviser_of, open_office, quiet

pytestmark = pytest.mark.usefixtures("office")


def test_that_a_client_of_one_laptop_is_shown_on_the_other(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    jana.informs(client)
    assert jana.waits() == 2
    quiet(jana, eva)
    assert jana.waits() == 0
    assert eva.sees(client, "surname", "city") == ("Novák", "Pardubice")
    with eva.laptop.database.read() as tx:
        (row,) = tx.clients.page(ClientFilter("novak"), 0, 10)
        assert row.informed
        state = tx.records.find(client)
        assert state is not None
        assert state.scope == OFFICE
        (event,) = tx.consents.of(client)
        assert event.install == jana.laptop.identity.install


def test_that_documents_stay_with_their_person(jana: Adviser, eva: Adviser) -> None:
    with jana.laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    quiet(jana, eva)
    with eva.laptop.database.read() as tx:
        assert tx.documents.find(document) is None
    with jana.laptop.database.read() as tx:
        state = tx.records.find(document)
        assert state is not None
        assert state.scope == jana.installed.scope


def test_that_different_fields_of_two_laptops_both_survive(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.changes(client, city="Brno")
    eva.changes(client, phone="+420608000000")
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert adviser.sees(client, "city", "phone") == ("Brno", "+420608000000")
        assert adviser.offered(client) == []
        assert adviser.waits() == 0


def test_that_of_one_field_the_servers_is_shown_and_the_other_offered(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.changes(client, city="Brno")
    eva.changes(client, city="Praha", note="prefers mornings")
    quiet(jana, eva)
    assert jana.sees(client, "city", "note") == ("Brno", "prefers mornings")
    assert eva.sees(client, "city", "note") == ("Brno", "prefers mornings")
    assert eva.offered(client) == [("city", "Praha")]
    eva.matters.choose(client, "city", take_other=True)
    quiet(eva, jana)
    assert jana.sees(client, "city") == ("Praha",)
    assert eva.offered(client) == []


def test_that_a_name_is_never_merged_silently(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.changes(client, city="Brno")
    eva.changes(client, surname="Nováková")
    quiet(jana, eva)
    assert eva.sees(client, "surname", "city") == ("Novák", "Brno")
    assert eva.offered(client) == [("surname", "Nováková")]
    with eva.laptop.database.read() as tx:
        assert tx.clients.count(ClientFilter("novák")) == 1


def test_that_an_edit_made_while_one_was_on_its_way_stands_on_it(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.changes(client, city="Brno")
    with jana.laptop.database.write() as tx:
        offers = tx.outgoing.take_records(tx.outgoing.record_ids())
    jana.changes(client, phone="+420608000000")
    # The answer to the first edit comes when the second one is current.
    with jana.laptop.database.write() as tx:
        line = offers[0].line
        tx.outgoing.answered(offers, [PushResult(line.id, line.op, Answer.OK, 2)])
        base = tx.bases.of([client])[client]
    assert base.op == offers[0].line.op
    assert base.body["city"] == "Brno"


def test_that_a_merge_of_three_ways_goes_on_when_somebody_writes_in_between(
    jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    for place in range(4):
        jana.changes(client, city=f"Brno {place}")
        eva.changes(client, phone=f"+42060800000{place}")
        jana.laptop.synchronise()
        eva.laptop.synchronise()
    quiet(jana, eva)
    assert jana.sees(client, "city", "phone") == ("Brno 3", "+420608000003")
    assert eva.sees(client, "city", "phone") == ("Brno 3", "+420608000003")
    assert jana.offered(client) == eva.offered(client) == []


def test_that_a_withdrawal_goes_before_the_files(
    jana: Adviser, network: Network, tmp_path: Path
) -> None:
    client = jana.adds()
    jana.laptop.synchronise()
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"x" * 100_000)
    jana.matters.attach(client, file, Purpose.OTHER)
    jana.informs(client, Decision.WITHDRAWN)
    network.requests.clear()
    jana.laptop.synchronise()
    paths = [path.split("?")[0] for path in network.requests]
    assert paths[:3] == ["/v1/push", "/v1/blobs/missing", "/v1/blobs/pack"]
    assert jana.waits() == 0


def test_that_a_hidden_client_is_hidden_on_both_laptops(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.clock.pass_time(seconds=1)
    jana.matters.hide(client, "moved abroad")
    quiet(jana, eva)
    assert eva.matters.is_hidden(client)
    eva.clock.pass_time(seconds=1)
    eva.matters.unhide(client)
    quiet(eva, jana)
    assert not jana.matters.is_hidden(client)


def test_that_an_edit_of_a_client_that_was_merged_goes_over_to_the_survivor(
    jana: Adviser, eva: Adviser
) -> None:
    survivor, loser = jana.adds(), jana.adds(surname="Novak", email="")
    quiet(jana, eva)
    jana.clock.pass_time(seconds=1)
    jana.matters.merge(loser, survivor)
    eva.changes(loser, note="has a dog", city="Zlín")
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert adviser.sees(survivor, "note", "city", "surname") == ("has a dog", "Zlín", "Novák")
        assert [each.id for each in adviser.matters.merged(survivor)] == [loser]
        assert adviser.waits() == 0
    # Taken back, both are again what they were; what was typed stays where it went.
    eva.clock.pass_time(seconds=1)
    eva.matters.undo_merge(loser)
    quiet(eva, jana)
    for adviser in (jana, eva):
        assert adviser.sees(loser, "note", "surname") == ("", "Novak")
        assert adviser.matters.merged(survivor) == ()


def test_that_an_edit_that_meets_another_one_at_the_survivor_is_offered_there(
    jana: Adviser, eva: Adviser
) -> None:
    survivor, loser = jana.adds(city="Brno"), jana.adds(city="Brno")
    quiet(jana, eva)
    jana.clock.pass_time(seconds=1)
    jana.matters.merge(loser, survivor)
    jana.changes(survivor, city="Praha")
    eva.changes(loser, city="Zlín")
    quiet(jana, eva)
    assert eva.sees(survivor, "city") == ("Praha",)
    assert eva.offered(survivor) == [("city", "Zlín")]


def test_that_a_new_client_of_an_unproven_adviser_lives_with_the_adviser(
    server: InProcessServer, clock: SetClock, tmp_path: Path
) -> None:
    network = Network(server, lambda _said: None)
    for alone in adviser_of(server, network, clock, tmp_path / "alone", 9):
        client = alone.adds()
        alone.laptop.synchronise()
        open_office(server, alone.installed)
        clock.pass_time(hours=2)
        alone.changes(client, city="Brno")
        other = alone.adds(surname="Malá")
        alone.laptop.synchronise()
        with alone.laptop.database.read() as tx:
            states = tx.records.find_all([client, other])
        assert states[client].scope == alone.installed.scope
        assert states[other].scope == OFFICE
        assert alone.waits() == 0


def test_that_every_register_is_merged_by_field(jana: Adviser, eva: Adviser) -> None:
    client = jana.adds()
    with jana.laptop.database.write() as tx:
        vehicle = RecordId(tx.unit.ids.new())
        tx.registers.edit(vehicle, RecordKind.VEHICLE, {"plate": "1AB 2345", "km": 10}, client)
    quiet(jana, eva)
    for adviser, body in ((jana, {"km": 20}), (eva, {"plate": "2AB 2345"})):
        with adviser.laptop.database.write() as tx:
            kept = tx.kept_bodies.find(vehicle)
            assert kept is not None
            assert kept.parent == client
            tx.registers.edit(vehicle, RecordKind.VEHICLE, {**kept.body, **body}, client)
    quiet(jana, eva)
    for adviser in (jana, eva):
        with adviser.laptop.database.read() as tx:
            kept = tx.kept_bodies.find(vehicle)
            assert kept is not None
            assert kept.body == {"plate": "2AB 2345", "km": 20}
            assert kept.parent == client


def test_that_a_client_that_was_merged_before_it_was_sent_is_kept_by_the_server(
    jana: Adviser, eva: Adviser
) -> None:
    survivor = jana.adds()
    quiet(jana, eva)
    loser = jana.adds(surname="Novak")
    with eva.laptop.database.write() as tx:
        merge = ClientMerge(loser, survivor, undo=False, occurred_at=eva.clock.now())
        tx.client_events.merge(merge)
    quiet(eva, jana)
    assert jana.waits() == 0
    quiet(eva)
    for adviser in (jana, eva):
        assert adviser.sees(loser, "surname") == ("Novak",)
        assert [each.id for each in adviser.matters.merged(survivor)] == [loser]
    jana.clock.pass_time(seconds=1)
    jana.matters.undo_merge(loser)
    quiet(jana, eva)
    assert eva.sees(loser, "surname") == ("Novak",)


def test_that_whoever_was_part_of_a_merged_client_moves_along(jana: Adviser, eva: Adviser) -> None:
    first, second, third = jana.adds(), jana.adds(), jana.adds()
    jana.informs(first)
    quiet(jana, eva)
    jana.clock.pass_time(seconds=1)
    jana.matters.merge(first, second)
    quiet(jana, eva)
    eva.clock.pass_time(seconds=1)
    eva.matters.merge(second, third)
    quiet(eva, jana)
    for adviser in (jana, eva):
        assert {each.id for each in adviser.matters.merged(third)} == {first, second}
        assert adviser.matters.merged(second) == ()
        with adviser.laptop.database.read() as tx:
            assert tx.clients.get(third).row.informed
    jana.clock.pass_time(seconds=1)
    jana.matters.undo_merge(second)
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert [each.id for each in adviser.matters.merged(second)] == [first]
        with adviser.laptop.database.read() as tx:
            assert tx.clients.get(second).row.informed
            assert not tx.clients.get(third).row.informed


def test_that_an_edit_that_goes_over_survives_the_answer_to_the_survivors_own_edit(
    jana: Adviser,
) -> None:
    loser, survivor = jana.adds(), jana.adds()
    quiet(jana)
    jana.changes(loser, city="Zlín")
    jana.changes(survivor, note="has a dog")
    with jana.laptop.database.write() as tx:
        offers = tx.outgoing.take_records(tx.outgoing.record_ids())
        answers = {
            loser: PushResult(loser, "", Answer.MERGED, survivor=survivor),
            survivor: PushResult(survivor, "", Answer.OK, 2),
        }
        results = [replace(answers[ClientId(o.line.id)], op=o.line.op) for o in offers]
        assert tx.outgoing.answered(offers, results).rebased == 1
        assert [*map(str, tx.outgoing.record_ids())] == [survivor]
    assert jana.sees(survivor, "note", "city") == ("has a dog", "Zlín")
    assert jana.sees(loser, "city") == ("Pardubice",)
