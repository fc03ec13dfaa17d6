"""Consent events: chains of installs, receipts of the server, the line in the client's history."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.registers import receipt_check
from smartclient.backoffice.operations.registers.contact_history import history_id
from smartclient.backoffice.operations.registers.receipt_check import Fault
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.consents import Decision, event_hash
from smartclient.wire import encoding
from smartclient.wire.messages import Answer, PushLine, RecordKind, mapping
from smartclient.wire.register_bodies import consent_from_json
from tests.simulators.register_lines import RegisterLaptop, consent_line
from tests.unit.backoffice.registers.conftest import BRNO, Town

CONSENT_ALARMS = {Alarm.CONSENT_ALTERED, Alarm.CONSENT_GAP, Alarm.CONSENT_FORKED}


def _alarms(town: Town) -> set[tuple[str, str]]:
    table = schema.alarm
    with town.server.office.reading() as desk:
        found = desk.connection.execute(select(table.c.kind, table.c.record))
        return {(row.kind, row.record) for row in found if row.kind in CONSENT_ALARMS}


def _broken(town: Town, scope: str = BRNO) -> tuple[int, Fault] | None:
    with town.server.office.reading() as desk:
        broken = receipt_check.check(desk, scope).broken
    return None if broken is None else (broken.place, broken.fault)


def _taken(laptop: RegisterLaptop, *lines: PushLine) -> None:
    assert {each.answer for each in laptop.adviser.push(*lines)} == {Answer.OK}


def test_that_every_event_has_its_receipt_and_the_chain_verifies(town: Town) -> None:
    client = town.jana.client(BRNO)
    _taken(town.jana, client, *(town.jana.consent(client) for _ in range(3)))
    _taken(town.petr, *(town.petr.consent(client) for _ in range(2)))
    assert _broken(town) is None
    assert _alarms(town) == set()
    with town.server.office.reading() as desk:
        places = select(schema.consent_receipt.c.place).order_by(schema.consent_receipt.c.place)
        assert list(desk.connection.execute(places).scalars()) == [1, 2, 3, 4, 5]


def test_that_one_push_of_the_same_event_twice_has_one_receipt(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    event = town.jana.consent(client)
    _taken(town.jana, client, event, event)
    _taken(town.jana, event)
    with town.server.office.reading() as desk:
        receipts = desk.connection.execute(select(schema.consent_receipt.c.event)).scalars()
        assert list(receipts) == [event.id]


def test_that_the_server_writes_the_line_of_the_clients_history(town: Town) -> None:
    client = town.jana.client(BRNO)
    yesterday = town.server.clock.now() - timedelta(days=1)
    event = town.jana.consent(client, Decision.WITHDRAWN, yesterday)
    _taken(town.jana, client, event)
    rows, _ = town.petr.pull()
    (told,) = [row for row in rows if row.kind is RecordKind.CONTACT_HISTORY]
    assert (told.id, told.parent) == (history_id(event.id), client.id)
    assert town.petr.bodies(told.id)[told.id] == {
        "schema": 1,
        "client_id": client.id,
        "at": to_text(yesterday),
        "code": "consent.withdrawn",
        "values": {"option": "SMS", "method": "paper_signed", "text_version": "v1"},
    }


def test_that_the_feed_says_when_a_consent_was_received_and_the_history_the_same(
    memory_town: Town,
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    receipt = town.server.clock.now()
    ahead = consent_from_json(town.jana.consent(client, at=receipt + timedelta(days=365)).body)
    doubted = replace(ahead, decision=replace(ahead.decision, clock_uncertain=True))
    line = consent_line(replace(doubted, hash=event_hash(doubted)), client)
    _taken(town.jana, client, line)
    assert _alarms(town) == set()
    for laptop in (town.jana, town.petr):
        rows, _ = laptop.pull()
        told = {row.kind: row for row in rows}
        assert told[RecordKind.CONSENT_EVENT].received_at == to_text(receipt)
        history = told[RecordKind.CONTACT_HISTORY].id
        body = laptop.bodies(history)[history]
        assert (body["at"], mapping(body["values"])["clock"]) == (to_text(receipt), "uncertain")


def test_that_nobody_writes_the_history_but_the_server(memory_town: Town) -> None:
    town = memory_town
    line = town.jana.line(RecordKind.CONTACT_HISTORY, {"schema": 1}, BRNO, parent="x" * 36)
    line = replace(line, parent=town.jana.client(BRNO).id)
    result = town.jana.adviser.push_one(line)
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-020")


def test_that_a_gap_is_an_alarm_until_it_is_filled(town: Town) -> None:
    client = town.jana.client(BRNO)
    first, second, third = (town.jana.consent(client) for _ in range(3))
    _taken(town.jana, client, first, third)
    assert _alarms(town) == {(Alarm.CONSENT_GAP, third.id)}
    _taken(town.jana, second)
    assert _alarms(town) == set()


def test_that_an_altered_event_is_taken_with_an_alarm(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    event = consent_from_json(town.jana.consent(client).body)
    altered = replace(event, decision=replace(event.decision, decision=Decision.REFUSED))
    _taken(town.jana, client, line := consent_line(altered, client))
    assert _alarms(town) == {(Alarm.CONSENT_ALTERED, line.id)}


def test_that_a_second_event_at_one_place_is_an_alarm_on_both(memory_town: Town) -> None:
    """A laptop put back to an old state writes its chain anew."""
    town = memory_town
    client = town.jana.client(BRNO)
    first = town.jana.consent(client)
    town.jana.chain.clear()
    again = town.jana.consent(client)
    _taken(town.jana, client, first, again)
    assert _alarms(town) == {(Alarm.CONSENT_FORKED, first.id), (Alarm.CONSENT_FORKED, again.id)}


def test_that_a_link_to_another_event_is_an_alarm(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    first, second = town.jana.consent(client), town.jana.consent(client)
    event = replace(consent_from_json(second.body), previous_hash="0" * 64)
    broken = consent_line(replace(event, hash=event_hash(event)), client)
    _taken(town.jana, client, first, broken)
    assert _alarms(town) == {(Alarm.CONSENT_FORKED, broken.id)}


def test_that_two_installs_have_chains_of_their_own(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    _taken(town.jana, client, town.jana.consent(client))
    _taken(town.petr, town.petr.consent(client))
    _taken(town.jana, town.jana.consent(client))
    assert _alarms(town) == set()


def test_that_a_chain_may_go_through_several_scopes(memory_town: Town) -> None:
    town = memory_town
    mine, ours = town.jana.client(), town.jana.client(BRNO)
    _taken(town.jana, mine, ours, town.jana.consent(mine), town.jana.consent(ours))
    _taken(town.jana, town.jana.consent(mine))
    assert _alarms(town) == set()
    assert (_broken(town), _broken(town, town.jana.adviser.scope)) == (None, None)


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ("event_hash", Fault.ALTERED),
        ("content_sha256", Fault.ALTERED),
        ("salt", Fault.BODY_ALTERED),
        ("previous_hash", Fault.MISSING),
    ],
)
def test_that_a_receipt_changed_by_hand_is_found(
    memory_town: Town, column: str, fault: Fault
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    _taken(town.jana, client, *(town.jana.consent(client) for _ in range(3)))
    table = schema.consent_receipt
    with town.server.office.writing() as desk:
        other = update(table).where(table.c.place == 2).values({column: "0" * 64})
        desk.connection.execute(other)
    assert _broken(town) == (2, fault)


@pytest.mark.parametrize(("place", "fault"), [(2, Fault.MISSING), (3, Fault.NO_RECEIPT)])
def test_that_a_receipt_taken_out_is_found(memory_town: Town, place: int, fault: Fault) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    _taken(town.jana, client, *(town.jana.consent(client) for _ in range(3)))
    table = schema.consent_receipt
    with town.server.office.writing() as desk:
        desk.connection.execute(delete(table).where(table.c.place == place))
    assert _broken(town) == (place, fault)


def test_that_a_consent_changed_or_taken_out_by_hand_is_found(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    given_, other = town.jana.consent(client), town.jana.consent(client, Decision.WITHDRAWN)
    _taken(town.jana, client, given_, other)
    table = schema.record_body
    with town.server.office.writing() as desk:
        sealed = hold_one(desk, BRNO).key.seal(encoding.pack(b"{}"), other.id, desk.random)
        of_it = update(table).where(table.c.id == other.id)
        desk.connection.execute(of_it.values(body=sealed))
    assert _broken(town) == (2, Fault.BODY_ALTERED)
    with town.server.office.writing() as desk:
        desk.connection.execute(of_it.values(body=b"cut"))
    assert _broken(town) == (2, Fault.BODY_ALTERED)
    with town.server.office.writing() as desk:
        desk.connection.execute(delete(table).where(table.c.id == other.id))
    assert _broken(town) == (2, Fault.BODY_MISSING)


@given(order=st.permutations(range(5)), cut=st.integers(1, 5))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_alarms_depend_on_the_events_not_on_their_arrival(
    memory_town: Town, order: list[int], cut: int
) -> None:
    """Four events of which one has a wrong link, and one that stands at a place already taken."""
    town = memory_town
    laptop = RegisterLaptop(town.jana.adviser)
    client = laptop.client(BRNO)
    lines = [laptop.consent(client) for _ in range(4)]
    wrong = replace(consent_from_json(lines[2].body), previous_hash="0" * 64)
    lines[2] = consent_line(replace(wrong, hash=event_hash(wrong)), client)
    del laptop.chain[1:]
    lines.append(laptop.consent(client))
    came = [lines[place] for place in order][:cut]
    found = []
    for arriving in (came, Random(cut).sample(came, len(came))):
        with town.server.office.writing() as desk:
            for table in (schema.consent_receipt, schema.alarm, schema.record_op, schema.record):
                desk.connection.execute(delete(table))
        for line in arriving:
            _taken(laptop, line)
        found.append(_alarms(town))
    assert found[0] == found[1]
