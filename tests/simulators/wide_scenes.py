"""Short scenes in the wide world for what walks meet too seldom; each must end well.

`python -m tests.simulators.wide_scenes FOLDER FIRST LAST STEPS` plays the scenes of these numbers,
as `tests.simulators.walk` walks with seeds.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from smartclient.domain.consents import Decision
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import ClientId
from tests.simulators.network import Fault
from tests.simulators.sync_places import Lost, Place
from tests.simulators.walk import walk_with_many_seeds
from tests.simulators.wide_checks import ALWAYS, SETTLED
from tests.simulators.wide_world import WideWorld, Wrong

_BREAKS = (Fault.LOSE_REQUEST, Fault.LOSE_REPLY, Fault.CUT_REPLY, Fault.KILL_BEFORE, Fault.TWICE)


def rest(world: WideWorld) -> None:
    """Everything calms down; then all invariants."""
    world.settle()
    for check in (*ALWAYS, *SETTLED):
        check(world)


def with_clients(world: WideWorld, count: int) -> tuple[Place, Place, Place]:
    """So many clients that all three laptops have."""
    a, b, c = world.places
    for _ in range(count):
        world.new_client(a)
    for place in (a, b, c):
        world.synchronise(place)
    return a, b, c


def an_edit_of_who_became_part_of_another(world: WideWorld) -> None:
    """The merge is at the server before the edit of the loser is."""
    a, _b, c = with_clients(world, 2)
    loser, survivor = world.clients(a)
    world.edit_client(c, loser, "city")
    world.merge(a, loser, survivor, undo=False)
    world.synchronise(a)
    world.synchronise(c)


def merges_and_undoes_that_cross(world: WideWorld) -> None:
    """Three laptops learn of two merges and an undo in three orders."""
    a, b, c = with_clients(world, 2)
    first, second = world.clients(a)
    world.merge(a, first, second, undo=False)
    world.clock.pass_time(minutes=1)
    world.merge(b, first, second, undo=True)
    world.clock.pass_time(minutes=1)
    world.merge(c, first, second, undo=False)
    for place in (c, b, a, c, b):
        world.synchronise(place)
    world.clock.pass_time(minutes=1)
    world.merge(b, first, second, undo=True)
    for place in (b, a, c):
        world.synchronise(place)
        if world.merges(place):
            raise Lost(f"7: {place.name} shows a merge that was taken back last")


def an_edit_of_an_erased_client(world: WideWorld) -> None:
    """Edits, a consent and a file are on their way when the back office erases the client."""
    a, b, c = with_clients(world, 1)
    (client,) = world.clients(a)
    world.edit_client(a, client, "city")
    world.consent(b, client, "MKT")
    world.attach(c, client, 1)
    world.choose(c, ClientId(client), take_other=True)
    assert world.erase(client)
    for place in (c, a, b):
        world.synchronise(place)


def a_right_that_is_lost(world: WideWorld) -> None:
    """With something that was sent, and something that was not."""
    _a, _b, c = with_clients(world, 2)
    sent, unsent = world.clients(c)
    world.attach(c, sent, 0)
    world.synchronise(c)
    world.edit_client(c, unsent, "city")
    world.consent(c, unsent, "MKT")
    world.take_right()
    world.synchronise(c)


def everything_at_once(world: WideWorld) -> None:
    """A package and a consent are among documents, clients and files."""
    a, _b, _c = with_clients(world, 1)
    (client,) = world.clients(a)
    world.create(a, Stage.DRAFT)
    (document,) = world.editable(a)
    world.create(a, Stage.COMPLETE)
    world.edit_client(a, client, "city")
    assert world.sign(a, document)
    for _ in range(4):
        world.consent(a, client, "MKT")
    world.synchronise(a)


def many_files_over_a_bad_network(world: WideWorld) -> None:
    """Where they go in several requests under way at once, each request breaks once in its way."""
    a, _b, c = with_clients(world, 1)
    (client,) = world.clients(a)
    for place in (a, c):
        for fault in _BREAKS:
            world.create(place, Stage.DRAFT)
            world.attach(place, client, *range(4))
            for document in world.editable(place):
                world.sign(place, document)
            world.synchronise(place, (Fault.NONE, Fault.NONE, Fault.NONE, fault, fault))
            world.check()
            place.network.deliver_delayed()
        world.synchronise(place)


def a_restored_server_and_live_tokens(world: WideWorld) -> None:
    """Nobody's token is over when the server comes back under a new epoch."""
    a, b, _c = world.places
    world.create(a, Stage.DRAFT)
    world.synchronise(a)
    world.synchronise(b)
    world.back_up_server()
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.synchronise(b, (Fault.LOSE_REPLY,))
    assert world.restore_server()


def one_op_with_two_bodies(world: WideWorld) -> None:
    """An old disk holds an edit that was edited once more before it was sent: one op, two bodies."""
    a, _b, _c = world.places
    world.create(a, Stage.DRAFT)
    world.image_disk(a)
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.synchronise(a)
    assert world.restore_disk(a)
    world.synchronise(a)


def an_export_cut_off_while_it_writes(world: WideWorld) -> None:
    """The power fails between the seal and the last byte of the batch; the next night goes on."""
    a, b, _c = world.places
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.synchronise(b)
    world.evening()
    assert world.export_step()
    world.check()
    world.exporter_dies = True
    assert world.export_step()
    world.check()
    (document,) = world.editable(b)
    world.edit(b, document, Stage.COMPLETE)
    world.synchronise(b)
    for _ in "tonight", "tomorrow":
        while world.export_step():
            world.check()
        world.synchronise(b)
        world.evening()


def somebody_writes_before_us(world: WideWorld) -> None:
    """What stands in the feed between what a laptop has read and what it sends is others'."""
    a, b, c = with_clients(world, 2)
    mine, theirs = world.clients(a)
    for place in (c, b):
        world.edit_client(place, theirs, "city" if place is c else "phone")
        for _ in range(3):
            world.consent(place, theirs, "MKT")
        world.create(place, Stage.COMPLETE)
        world.synchronise(place)
    _sends_without_reading(world, a, mine)
    world.judge()
    world.synchronise(a)


def _sends_without_reading(world: WideWorld, place: Place, client: ClientId) -> None:
    """Everything of a laptop arrives; then the network is gone before the changes are asked for."""
    world.edit_client(place, client, "street")
    world.consent(place, client, "MKT")
    world.create(place, Stage.DRAFT)
    assert world.synchronise(place, (Fault.NONE, Fault.LOSE_REQUEST)).startswith("SC-")


def a_restored_server_counts_its_places_anew(world: WideWorld) -> None:
    """The places of the new epoch hold other rows than those that the old answers told."""
    a, _b, c = with_clients(world, 2)
    mine, theirs = world.clients(a)
    world.back_up_server()
    world.edit_client(c, theirs, "city")
    world.synchronise(c)
    _sends_without_reading(world, a, mine)
    assert world.restore_server()
    for name in ("city", "email", "surname"):
        world.edit_client(c, theirs, name)
        world.consent(c, theirs, "MKT")
        world.synchronise(c)


def a_restored_server_that_had_exported(world: WideWorld) -> None:
    """The backup knows nothing of the night: a first version, a document, a lock, an answer."""
    a, b, c = with_clients(world, 1)
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.synchronise(b)
    world.back_up_server()
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.create(a, Stage.COMPLETE)
    world.create(c, Stage.COMPLETE)
    for place in (a, c):
        world.synchronise(place)
    world.evening()
    while world.export_step():
        world.check()
    world.acknowledge()
    world.synchronise(c)
    assert world.restore_server()
    world.check()
    assert world.edit(b, document, Stage.DRAFT)
    if not world.synchronise(b).endswith("conflicts 1"):
        raise Lost("4: an edit of what was handed over is no conflict after a restore")
    for place in (c, a):
        world.synchronise(place)
    world.evening()
    while world.export_step():
        world.check()


def a_right_lost_after_a_restore(world: WideWorld) -> None:
    """A row that was held back, because what is here was doubted, is of its scope all the same."""
    a, _b, c = with_clients(world, 1)
    (client,) = world.clients(a)
    world.back_up_server()
    assert world.restore_server()
    world.edit_client(a, client, "city")
    world.synchronise(a)
    world.synchronise(c)
    world.take_right()
    world.synchronise(c)


def a_doubted_client_that_somebody_edited(world: WideWorld) -> None:
    """What is offered again after a restore is already part of what somebody wrote since."""
    a, b, c = with_clients(world, 1)
    (client,) = world.clients(a)
    world.back_up_server()
    world.edit_client(c, client, "city")
    for place in (c, a, b):
        world.synchronise(place)
    assert world.restore_server()
    for name in ("email", "phone"):
        world.edit_client(b, client, name)
        world.synchronise(b)
    world.synchronise(a)


def a_consent_by_a_clock_that_runs_ahead(world: WideWorld) -> None:
    """Given by a clock a year ahead, withdrawn an hour later elsewhere."""
    a, _b, c = with_clients(world, 1)
    (client,) = world.clients(a)
    year = timedelta(days=365)
    world.consent(a, client, "MKT", wrong=Wrong(year, says=Decision.GIVEN))
    world.synchronise(a)
    world.clock.pass_time(hours=1)
    world.consent(c, client, "MKT", wrong=Wrong(says=Decision.WITHDRAWN))
    world.synchronise(c)


Scene = Callable[[WideWorld], None]
SCENES: tuple[Scene, ...] = (
    an_edit_of_who_became_part_of_another,
    merges_and_undoes_that_cross,
    an_edit_of_an_erased_client,
    a_right_that_is_lost,
    everything_at_once,
    many_files_over_a_bad_network,
    a_restored_server_and_live_tokens,
    one_op_with_two_bodies,
    an_export_cut_off_while_it_writes,
    somebody_writes_before_us,
    a_restored_server_counts_its_places_anew,
    a_restored_server_that_had_exported,
    a_right_lost_after_a_restore,
    a_doubted_client_that_somebody_edited,
    a_consent_by_a_clock_that_runs_ahead,
)


def play(folder: Path, number: int, _steps: int = 0) -> list[str]:
    """Play one scene to its end and give the trace; raises Lost."""
    world = WideWorld(folder)
    try:
        SCENES[number % len(SCENES)](world)
        rest(world)
        return world.trace
    finally:
        world.close()


if __name__ == "__main__":
    raise SystemExit(walk_with_many_seeds(play, sys.argv[1:]))
