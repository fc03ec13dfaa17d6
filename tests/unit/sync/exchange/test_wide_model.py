"""The model with an office: clients, consents, files, merges, rights, erasing and old disks.

The world is in `tests.simulators.wide_world`, its invariants, each by name and number, in
`tests.simulators.wide_checks`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.domain.document_life import Stage
from tests.simulators.network import Fault
from tests.simulators.sync_places import Place
from tests.simulators.wide_checks import ALWAYS, SETTLED
from tests.simulators.wide_inventory import everything_at_server, everything_on
from tests.simulators.wide_scenes import a_consent_by_a_clock_that_runs_ahead
from tests.simulators.wide_walk import wide_walk
from tests.simulators.wide_world import SCOPE, WideWorld
from tests.simulators.words import words_of

GATING_SEEDS = (2, 3)


@pytest.mark.parametrize("seed", GATING_SEEDS)
def test_that_nothing_is_lost_on_a_walk_with_an_office(seed: int, tmp_path: Path) -> None:
    assert wide_walk(tmp_path, seed, 40)


@pytest.mark.long
def test_that_the_same_seed_gives_the_same_trace_with_an_office(tmp_path: Path) -> None:
    first, again = (wide_walk(tmp_path / name, 4, 40) for name in ("first", "again"))
    assert first == again


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("block", range(10))
def test_that_nothing_is_lost_on_many_walks_with_an_office(block: int, tmp_path: Path) -> None:
    for seed in range(1_000 + 10 * block, 1_010 + 10 * block):
        wide_walk(tmp_path / str(seed), seed, 100)


@pytest.mark.long
@pytest.mark.parametrize("seed", [5_002, 5_016, 5_021])
def test_that_walks_that_once_found_something_find_nothing(seed: int, tmp_path: Path) -> None:
    """A merge that was refused, a version that was not told, offers of a lost office."""
    wide_walk(tmp_path, seed, 100)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WideWorld]:
    made = WideWorld(tmp_path)
    yield made
    made.close()


def _rest(world: WideWorld) -> None:
    world.settle()
    for check in (*ALWAYS, *SETTLED):
        check(world)


def _with_a_client(world: WideWorld) -> tuple[Place, Place, Place]:
    """A client that all three laptops have."""
    a, b, c = world.places
    world.new_client(a)
    for place in (a, b, c):
        world.synchronise(place)
    return a, b, c


def test_that_edits_of_different_fields_by_two_advisers_both_survive(world: WideWorld) -> None:
    a, _b, c = _with_a_client(world)
    (client,) = world.clients(a)
    world.edit_client(a, client, "city")
    world.edit_client(c, client, "phone")
    _rest(world)
    with c.database.read() as tx:
        body = tx.clients.get(client).body
        assert (body["city"], body["phone"]) == ("A.1", "C.2")
        assert tx.field_offers.of(client) == ()


def test_that_of_the_same_field_the_servers_is_shown_and_the_other_offered(
    world: WideWorld,
) -> None:
    a, _b, c = _with_a_client(world)
    (client,) = world.clients(a)
    world.edit_client(a, client, "city")
    world.edit_client(c, client, "city")
    _rest(world)
    with c.database.read() as tx:
        assert tx.clients.get(client).body["city"] == "A.1"
        assert [each.other for each in tx.field_offers.of(client)] == ["C.2"]


def test_that_an_old_disk_brings_nothing_back_over_newer_edits(world: WideWorld) -> None:
    a, b, _c = _with_a_client(world)
    (client,) = world.clients(a)
    world.create(a, Stage.DRAFT)
    world.edit_client(a, client, "city")
    world.image_disk(a)
    world.synchronise(a)
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.edit_client(a, client, "city")
    world.synchronise(a)
    world.synchronise(b)
    assert world.restore_disk(a)
    _rest(world)
    with b.database.read() as tx:
        assert tx.clients.get(client).body["city"] == "A.2"
        assert tx.documents.get(document).row.stage is Stage.COMPLETE


def test_that_an_edit_sent_under_an_op_of_an_old_disk_comes_to_rest(world: WideWorld) -> None:
    """The image holds an edit that was edited once more before it was sent: one op, two bodies."""
    a, _b, _c = world.places
    world.create(a, Stage.DRAFT)
    world.image_disk(a)
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.synchronise(a)
    assert world.restore_disk(a)
    _rest(world)


def test_that_an_edit_on_an_old_disk_is_kept_beside_what_was_sent_under_its_op(
    world: WideWorld,
) -> None:
    a, _b, _c = world.places
    world.create(a, Stage.DRAFT)
    world.image_disk(a)
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.synchronise(a)
    world.restore_disk(a)
    world.edit(a, document, Stage.DRAFT)
    _rest(world)
    with a.database.read() as tx:
        (conflict,) = tx.conflicts.open()
        assert words_of(conflict.body) == {"A0", "A2"}


def test_that_what_the_erased_client_had_comes_back_by_no_restore(world: WideWorld) -> None:
    a, _b, c = _with_a_client(world)
    (client,) = world.clients(a)
    world.back_up_server()
    world.image_disk(a)
    world.consent(c, client, "MKT")
    world.edit_client(c, client, "phone")
    assert world.erase(client)
    world.restore_server()
    world.restore_disk(a)
    _rest(world)
    assert client in world.erased_before


def test_that_a_clock_that_runs_ahead_decides_the_same_everywhere(world: WideWorld) -> None:
    """Hidden by a clock two minutes ahead, shown again a minute later, sent after five."""
    a, _b, c = _with_a_client(world)
    (client,) = world.clients(a)
    world.hide(a, client, hidden=True, ahead=2)
    world.clock.pass_time(minutes=1)
    world.hide(c, client, hidden=False, ahead=0)
    world.synchronise(c)
    world.clock.pass_time(minutes=4)
    _rest(world)


def test_that_a_consent_by_a_clock_that_runs_ahead_counts_as_of_its_receipt(
    world: WideWorld,
) -> None:
    a_consent_by_a_clock_that_runs_ahead(world)
    _rest(world)


def test_that_a_right_that_came_back_leaves_nothing_at_one_laptop_alone(world: WideWorld) -> None:
    _a, _b, c = _with_a_client(world)
    (client,) = world.clients(c)
    world.take_right()
    world.consent(c, client, "MKT")
    world.synchronise(c, (Fault.NONE, Fault.LOSE_REPLY))
    world.give_right()
    _rest(world)


def test_that_an_edit_handed_in_gives_way_to_what_the_server_has(world: WideWorld) -> None:
    _a, _b, c = _with_a_client(world)
    (client,) = world.clients(c)
    world.take_right()
    world.edit_client(c, client, "city")
    world.synchronise(c, (Fault.NONE, Fault.LOSE_REPLY))
    assert world.clients(c) == ()
    world.give_right()
    _rest(world)
    with c.database.read() as tx:
        assert "city" not in tx.clients.get(client).body
        assert tx.feed.handed_in() == 1, "the adviser is told, even where the run broke off"


def test_that_a_right_lost_after_a_restore_takes_no_edit_along(world: WideWorld) -> None:
    """The only copy of an edit is on the laptop whose person loses the right."""
    _a, _b, c = _with_a_client(world)
    (client,) = world.clients(c)
    world.back_up_server()
    world.edit_client(c, client, "city")
    world.synchronise(c)
    assert world.restore_server()
    world.take_right()
    _rest(world)


def _with_an_offer(world: WideWorld) -> Place:
    """A laptop at which another value of a client's field waits for somebody to choose."""
    a, _b, c = _with_a_client(world)
    (client,) = world.clients(a)
    world.edit_client(a, client, "city")
    world.edit_client(c, client, "city")
    world.synchronise(a)
    world.synchronise(c)
    with c.database.read() as tx:
        assert tx.field_offers.of(client)
    return c


def test_that_a_value_nobody_chose_yet_is_handed_in_with_a_lost_office(world: WideWorld) -> None:
    c = _with_an_offer(world)
    world.take_right()
    world.synchronise(c)
    assert "C.2" in everything_at_server(world)
    assert everything_on(world, c) == frozenset(), "nothing of the office stays after one contact"
    _rest(world)


def test_that_a_value_nobody_chose_is_offered_again_when_the_right_is_back(
    world: WideWorld,
) -> None:
    c = _with_an_offer(world)
    (client,) = world.clients(c)
    world.take_right()
    with c.database.write() as tx:
        tx.departures.leave(SCOPE)
        assert tx.unsaved.become_edits(SCOPE)
    world.give_right()
    world.synchronise(c)
    with c.database.read() as tx:
        assert tx.clients.get(client).body["city"] == "A.1"
        assert [each.other for each in tx.field_offers.of(client)] == ["C.2"]
    _rest(world)


def test_that_a_client_made_for_a_lost_office_does_not_stay(world: WideWorld) -> None:
    _a, _b, c = _with_a_client(world)
    world.take_right()
    world.synchronise(c)
    world.new_client(c)
    _rest(world)


@pytest.mark.long
def test_that_an_old_disk_without_the_right_doubles_no_client(world: WideWorld) -> None:
    """The image never sent the client, its later life sent it to the office that is lost since."""
    a, _b, c = world.places
    for _ in range(2):
        world.new_client(c)
    client, other = world.clients(c)
    world.consent(c, client, "MKT")
    world.image_disk(c)
    world.synchronise(c)
    world.synchronise(a)
    world.take_right()
    assert world.restore_disk(c)
    world.edit_client(c, client, "city")
    world.attach(c, client, 0)
    world.merge(c, other, client, undo=False)
    world.hide(c, client, hidden=True)
    world.synchronise(c, (Fault.NONE, Fault.NONE, Fault.LOSE_REPLY))
    _rest(world)
    assert world.clients(c) == ()
    with c.database.read() as tx:
        assert tx.feed.waiting().total == 0
