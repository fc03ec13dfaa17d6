"""Client and server code against a small model: no edit is ever lost, whatever the network does.

The world and its invariants are in `tests.simulators.sync_world`. Random walks with fixed seeds
gate; Hypothesis drives the same world, because it shrinks what it finds.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from smartclient.domain.document_life import Stage
from tests.simulators.network import Fault
from tests.simulators.sync_places import Place
from tests.simulators.sync_world import World
from tests.simulators.walk import walk
from tests.simulators.words import words_of

GATING_SEEDS = (9, 23, 31, 57)
"""The first ones that, between them, meet conflicts, exports, restores and late packages."""
STEPS = 60

which = st.integers(0, 1)
ending = st.sampled_from([Stage.DRAFT, Stage.COMPLETE])
plans = st.lists(st.sampled_from(list(Fault)), max_size=5).map(tuple)


@pytest.mark.parametrize("seed", GATING_SEEDS)
def test_that_no_edit_is_lost_on_a_random_walk(seed: int, tmp_path: Path) -> None:
    assert walk(tmp_path, seed, STEPS)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("block", range(20))
def test_that_no_edit_is_lost_on_many_long_walks(block: int, tmp_path: Path) -> None:
    for seed in range(1_000 + 20 * block, 1_020 + 20 * block):
        walk(tmp_path / str(seed), seed, 150)


def test_that_the_same_seed_gives_the_same_trace(tmp_path: Path) -> None:
    first, again = (walk(tmp_path / name, 9, 40) for name in ("first", "again"))
    assert first == again


class Synchronising(RuleBasedStateMachine):
    """Two advisers' hands, the network and the evening, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        for place in self.world.places:
            place.network.meanwhile = partial(self._edit, place, 0, Stage.COMPLETE)

    @rule(at=which, stage=ending)
    def create(self, at: int, stage: Stage) -> None:
        place = self.world.places[at]
        if len(self.world.editable(place)) < 3:
            self.world.create(place, stage)

    @rule(at=which, number=which, stage=ending)
    def edit(self, at: int, number: int, stage: Stage) -> None:
        self._edit(self.world.places[at], number, stage)

    @rule(at=which, number=which)
    def cancel(self, at: int, number: int) -> None:
        self._edit(self.world.places[at], number, Stage.CANCELLED)

    @rule(at=which, number=which)
    def sign(self, at: int, number: int) -> None:
        place = self.world.places[at]
        known = self.world.editable(place)
        if known:
            self.world.sign(place, known[number % len(known)])

    @rule(at=which)
    def synchronise(self, at: int) -> None:
        self.world.synchronise(self.world.places[at])

    @rule(at=which, plan=plans)
    def synchronise_badly(self, at: int, plan: tuple[Fault, ...]) -> None:
        self.world.synchronise(self.world.places[at], plan)

    @rule(at=which)
    def deliver_what_was_delayed(self, at: int) -> None:
        self.world.places[at].network.deliver_delayed()

    @rule()
    def begin_the_export(self) -> None:
        self.world.evening()

    @precondition(lambda self: self.world.trace)
    @rule()
    def go_on_with_the_export(self) -> None:
        self.world.export_step()

    @rule()
    def back_up_or_restore(self) -> None:
        if not self.world.restore_server():
            self.world.back_up_server()

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "world"):
            self.world.check()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.settle()
            finally:
                self.world.close()
                self.folder.cleanup()

    def _edit(self, place: Place, number: int, stage: Stage) -> None:
        known = self.world.editable(place)
        if known:
            self.world.edit(place, known[number % len(known)], stage)


TestSynchronising = Synchronising.TestCase
TestSynchronising.settings = settings(
    max_examples=5,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def test_that_an_edit_after_the_export_goes_to_the_conflicts_and_the_exported_version_is_shown(
    world: World,
) -> None:
    a, _ = world.places
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.evening()
    while world.export_step():
        pass
    (document,) = world.editable(a)
    assert world.edit(a, document, Stage.COMPLETE)
    assert world.synchronise(a).endswith("conflicts 1")
    with a.database.read() as tx:
        (conflict,) = tx.conflicts.open()
        assert words_of(conflict.body) == {"A0", "A1"}
        assert words_of(tx.documents.get(document).body) == {"A0"}
        assert tx.documents.get(document).row.shown.value == "exported"
    world.settle()


def test_that_an_edit_while_the_document_is_sealed_waits_and_then_loses(world: World) -> None:
    a, _ = world.places
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.evening()
    world.export_step()
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    assert world.synchronise(a).endswith("conflicts 0")
    assert world.editable(a) == (document,)
    while world.export_step():
        pass
    assert world.synchronise(a).endswith("conflicts 1")
    world.settle()


def test_that_a_package_signed_after_the_lock_arrives_and_is_marked_late(world: World) -> None:
    a, _ = world.places
    world.create(a, Stage.DRAFT)
    world.synchronise(a)
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.synchronise(a, (Fault.LOSE_REPLY,))
    world.evening()
    while world.export_step():
        pass
    assert world.sign(a, document)
    world.synchronise(a)
    with a.database.read() as tx:
        row = tx.documents.get(document).row
        assert row.shown.value == "late_signed"
        assert tx.feed.waiting().packages == 0
    world.settle()


def test_that_a_restored_server_gets_back_what_only_the_laptop_still_has(world: World) -> None:
    a, _ = world.places
    world.create(a, Stage.DRAFT)
    world.synchronise(a)
    world.back_up_server()
    (document,) = world.editable(a)
    world.edit(a, document, Stage.COMPLETE)
    world.create(a, Stage.COMPLETE)
    world.synchronise(a)
    world.restore_server()
    assert world.synchronise(a).startswith("pushed 2")
    world.settle()
    with a.database.read() as tx:
        assert tx.conflicts.count() == 0


def test_that_an_edit_that_was_only_pulled_survives_when_its_author_is_gone(world: World) -> None:
    a, b = world.places
    world.create(b, Stage.DRAFT)
    world.synchronise(b)
    world.back_up_server()
    (document,) = world.editable(b)
    world.edit(b, document, Stage.COMPLETE)
    world.synchronise(b)
    world.synchronise(a)
    world.restore_server()
    world.synchronise(a)
    with a.database.read() as tx:
        (conflict,) = tx.conflicts.open()
        assert words_of(conflict.body) == {"B0", "B1"}
    world.synchronise(b)
    world.synchronise(a)
    with a.database.read() as tx:
        assert tx.conflicts.count() == 0, "the author's laptop brought it back"
    world.settle()


def test_that_an_edit_that_was_refused_is_not_stood_on_by_the_next_one(world: World) -> None:
    a, b = world.places
    world.create(b, Stage.DRAFT)
    world.synchronise(b)
    world.back_up_server()
    (document,) = world.editable(b)
    world.edit(b, document, Stage.COMPLETE)
    world.synchronise(b)
    world.synchronise(a)
    world.restore_server()
    world.synchronise(a)
    world.edit(a, document, Stage.COMPLETE)
    world.synchronise(b)
    assert world.synchronise(a).endswith("conflicts 1")
    world.settle()
    with b.database.read() as tx:
        assert words_of(tx.documents.get(document).body) == {"B0", "B1"}
