"""Merges and hides at the server: aliases by the set of events, appends always taken."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers import rights
from smartclient.backoffice.operations.registers.client_events import Merges
from smartclient.backoffice.operations.registers.client_standing import ClientStanding, standings
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import ClientId, Op
from smartclient.wire.messages import Answer, PushLine, PushResult
from tests.simulators.register_lines import client_body
from tests.unit.backoffice.registers.conftest import BRNO, Town


def _pushed(town: Town, line: PushLine) -> PushResult:
    return town.jana.adviser.push_one(line)


def test_that_an_edit_of_a_merged_client_names_the_survivor(town: Town) -> None:
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    merge = town.jana.merge(loser, survivor)
    answers = town.jana.adviser.push(loser, survivor, merge)
    assert [each.answer for each in answers] == [Answer.OK] * 3
    edit = town.petr.edit(loser, client_body("Bílá"))
    result = town.petr.adviser.push_one(edit)
    assert (result.answer, result.survivor) == (Answer.MERGED, survivor.id)
    assert town.petr.bodies(loser.id)[loser.id] == loser.body


def test_that_a_known_op_of_a_merged_client_is_still_ok(town: Town) -> None:
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor, town.jana.merge(loser, survivor))
    assert _pushed(town, loser).answer is Answer.OK


def test_that_a_merge_counts_within_its_own_push(memory_town: Town) -> None:
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor)
    edit = town.jana.edit(loser, client_body("Bílá"))
    _, result = town.jana.adviser.push(town.jana.merge(loser, survivor), edit)
    assert (result.answer, result.survivor) == (Answer.MERGED, survivor.id)


def test_that_undo_is_another_append_and_edits_are_taken_again(town: Town) -> None:
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor, town.jana.merge(loser, survivor))
    undo = town.petr.merge(loser, survivor, undo=True)
    assert town.petr.adviser.push_one(undo).answer is Answer.OK
    assert _pushed(town, town.jana.edit(loser, client_body("Bílá"))).answer is Answer.OK


def test_that_a_chain_of_merges_names_its_end(memory_town: Town) -> None:
    town = memory_town
    first, second, third = (town.jana.client(BRNO) for _ in range(3))
    town.jana.adviser.push(first, second, third)
    town.jana.adviser.push(town.jana.merge(first, second), town.jana.merge(second, third))
    result = _pushed(town, town.jana.edit(first, client_body("Bílá")))
    assert (result.answer, result.survivor) == (Answer.MERGED, third.id)


def test_that_a_merge_of_clients_nobody_knows_is_taken(memory_town: Town) -> None:
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    assert _pushed(town, town.jana.merge(loser, survivor)).answer is Answer.OK
    assert _pushed(town, loser).answer is Answer.OK
    edit = town.jana.edit(loser, client_body("Bílá"))
    assert _pushed(town, edit).answer is Answer.MERGED


def test_that_a_merged_client_that_a_restore_forgot_is_kept_again(town: Town) -> None:
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    merge = town.jana.merge(loser, survivor)
    town.jana.adviser.push(survivor, merge)
    results = [_pushed(town, loser), town.petr.adviser.push_one(loser)]
    assert [(each.answer, each.version) for each in results] == [(Answer.OK, 1)] * 2
    assert town.petr.bodies(loser.id) == {loser.id: loser.body}
    undo = town.jana.merge(loser, survivor, undo=True)
    assert _pushed(town, undo).answer is Answer.OK
    assert _pushed(town, town.jana.edit(loser, client_body("Bílá"))).answer is Answer.OK


def test_that_a_merge_of_another_office_changes_nothing_here(memory_town: Town) -> None:
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor)
    elsewhere = town.stranger.merge(replace(loser, scope=""), replace(survivor, scope=""))
    assert town.stranger.adviser.push_one(elsewhere).answer is Answer.OK
    assert _pushed(town, town.jana.edit(loser, client_body("Bílá"))).answer is Answer.OK


def test_that_clients_of_two_offices_are_not_merged_and_nothing_more_is_told(town: Town) -> None:
    with town.server.office.writing() as desk:
        rights.create_office(desk, "praha", "Praha")
    town.give_scope(town.jana, "office:praha")
    here, there = town.jana.client(BRNO), town.jana.client("office:praha")
    town.jana.adviser.push(here, there)
    for loser, survivor in ((here, there), (there, here)):
        refused = _pushed(town, town.jana.merge(loser, survivor))
        assert (refused.answer, refused.code) == (Answer.INVALID, "SC-SERV-090")
        # Whichever scope it names.
        named = replace(town.jana.merge(loser, survivor), scope=loser.scope)
        assert _pushed(town, named).code == "SC-SERV-090"
        assert _pushed(town, town.jana.merge(loser, survivor, undo=True)).answer is Answer.OK
        assert _pushed(town, town.jana.edit(loser, client_body("Bílá"))).answer is Answer.OK
    # Petr cannot read Prague: its client is nowhere for him, and nothing is told of it.
    assert town.petr.adviser.push_one(town.petr.merge(there, here)).answer is Answer.OK


def test_that_a_clock_that_runs_ahead_wins_nothing(memory_town: Town) -> None:
    """A merge dated a year ahead counts as of its receipt: a later undo takes it back."""
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor, town.jana.merge(loser, survivor, minutes=525_600))
    assert _pushed(town, town.jana.edit(loser, client_body("B"))).answer is Answer.MERGED
    town.clock.pass_time(minutes=1)
    town.jana.adviser.push_one(town.jana.merge(loser, survivor, undo=True))
    assert _pushed(town, town.jana.edit(loser, client_body("C"))).answer is Answer.OK


def test_that_a_hide_is_reversible_and_wins_a_tie(town: Town) -> None:
    client, since = town.jana.client(BRNO), town.clock.now()
    town.jana.adviser.push(client, town.jana.hide(client))
    assert _standing(town, client).hidden_since == since
    town.petr.adviser.push_one(town.petr.hide(client, hidden=False))
    assert _standing(town, client).hidden_since == since
    town.petr.adviser.push_one(town.petr.hide(client, hidden=False, minutes=-1))
    assert _standing(town, client).hidden_since == since
    town.clock.pass_time(minutes=1)
    town.petr.adviser.push_one(town.petr.hide(client, hidden=False))
    assert _standing(town, client) == ClientStanding(ClientId(client.id), BRNO, False, None, None)


def test_that_a_client_is_found_by_the_number_of_a_document(memory_town: Town) -> None:
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(loser, survivor, town.jana.merge(loser, survivor))
    document = town.jana.adviser.offer(number="7200000077")
    document.body["client_id"] = loser.id
    town.jana.adviser.push_ok(document)
    with town.server.office.reading() as desk:
        (found,) = standings(desk, " 7200000077 ")
        assert standings(desk, "7200000078") == standings(desk, "") == []
    assert found.client == ClientId(loser.id)
    assert found.merged_into == ClientId(survivor.id)


def _standing(town: Town, client: PushLine) -> ClientStanding:
    with town.server.office.reading() as desk:
        (found,) = standings(desk, client.id.upper())
    return found


_EVENT = st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.booleans(), st.integers(0, 3))


@given(
    said=st.lists(_EVENT.filter(lambda event: event[0] != event[1]), max_size=6),
    order=st.randoms(use_true_random=False),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_aliases_depend_on_the_events_not_on_their_arrival(
    memory_town: Town, said: list[tuple[str, str, bool, int]], order: Random
) -> None:
    town = memory_town
    clients = {name: town.jana.client(BRNO) for name in "abc"}
    lines = [
        town.jana.merge(clients[loser], clients[survivor], undo=undo, minutes=-minutes)
        for loser, survivor, undo, minutes in said
    ]
    found = []
    for _ in range(2):
        with town.server.office.writing() as desk:
            _forget_events(desk)
        order.shuffle(lines)
        for line in lines:
            town.jana.adviser.push_one(line)
        found.append(_aliases(town, clients))
        with town.server.office.writing() as desk:
            desk.connection.execute(delete(schema.record_op))
            desk.connection.execute(delete(schema.record))
    assert found[0] == found[1]


def _aliases(town: Town, clients: dict[str, PushLine]) -> dict[str, str | None]:
    with town.server.office.writing() as desk:
        merges = Merges(desk, BRNO)
        return {name: merges.survivor_of(ClientId(line.id)) for name, line in clients.items()}


def _forget_events(desk: Desk) -> None:
    desk.connection.execute(delete(schema.merge_event))


@pytest.mark.parametrize("field", ["loser", "survivor", "undo", "occurred_at"])
def test_that_an_unreadable_merge_is_parked_alone(memory_town: Town, field: str) -> None:
    town = memory_town
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    good = town.jana.merge(loser, survivor)
    bad = town.jana.edit(good, {**good.body, field: 7})
    bad = replace(bad, id=type(good.id)(bad.op), lineage=())
    answers = town.jana.adviser.push(bad, good)
    assert [(each.answer, each.code) for each in answers] == [
        (Answer.INVALID, "SC-SYNC-010"),
        (Answer.OK, ""),
    ]


def test_that_what_hangs_on_a_client_must_name_it(memory_town: Town) -> None:
    town = memory_town
    client, other = town.jana.client(BRNO), town.jana.client(BRNO)
    for line in (
        replace(town.jana.hide(client), parent=other.id),
        replace(town.jana.consent(client), parent=other.id),
        replace(town.jana.policy(client), parent=""),
        replace(town.jana.merge(client, other), parent=client.id),
    ):
        result = _pushed(town, line)
        assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-073")


def test_that_an_append_comes_once_whatever_the_network_did(memory_town: Town) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    hide = town.jana.hide(client)
    for _ in range(2):
        assert [e.answer for e in town.jana.adviser.push(client, hide)] == [Answer.OK] * 2
    other = replace(hide, op=Op(town.jana.adviser.ids.new()))
    assert _pushed(town, other).answer is Answer.INVALID
