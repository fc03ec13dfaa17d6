"""Hypothesis drives the world with an office: it shrinks what it finds to a few steps."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from tests.simulators.network import Fault
from tests.simulators.sync_places import Place
from tests.simulators.wide_checks import ALWAYS, SETTLED
from tests.simulators.wide_world import FIELDS, WideWorld

which = st.integers(0, 2)
plans = st.lists(st.sampled_from(list(Fault)), max_size=5).map(tuple)


class Office(RuleBasedStateMachine):
    """Three laptops of two people, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = WideWorld(Path(self.folder.name))

    def _at(self, at: int, number: int) -> tuple[Place, ClientId | None]:
        place = self.world.places[at]
        known = self.world.clients(place)
        return place, known[number % len(known)] if known else None

    @rule(at=which)
    def new_client(self, at: int) -> None:
        if len(self.world.clients(self.world.places[at])) < 3:
            self.world.new_client(self.world.places[at])

    @rule(at=which, number=which, name=st.sampled_from(FIELDS))
    def edit_client(self, at: int, number: int, name: str) -> None:
        place, client = self._at(at, number)
        if client:
            self.world.edit_client(place, client, name)

    @rule(at=which, number=which, other=st.booleans())
    def choose(self, at: int, number: int, other: bool) -> None:
        place, client = self._at(at, number)
        if client:
            self.world.choose(place, client, take_other=other)

    @rule(at=which, number=which)
    def consent(self, at: int, number: int) -> None:
        place, client = self._at(at, number)
        if client:
            self.world.consent(place, client, "MKT")

    @rule(at=which, number=which, purpose=which)
    def attach(self, at: int, number: int, purpose: int) -> None:
        place, client = self._at(at, number)
        if client:
            self.world.attach(place, client, purpose)

    @rule(at=which, first=which, second=which)
    def merge(self, at: int, first: int, second: int) -> None:
        place, loser = self._at(at, first)
        _, survivor = self._at(at, second)
        if loser and survivor and loser != survivor:
            self.world.merge(place, loser, survivor, undo=False)

    @rule(at=which, number=which)
    def undo_a_merge(self, at: int, number: int) -> None:
        place = self.world.places[at]
        merges = self.world.merges(place)
        if merges:
            loser, survivor = merges[number % len(merges)]
            with suppress(NotAllowed):
                self.world.merge(place, loser, survivor, undo=True)

    @rule(at=which, number=which, hidden=st.booleans())
    def hide(self, at: int, number: int, hidden: bool) -> None:
        place, client = self._at(at, number)
        if client:
            self.world.hide(place, client, hidden=hidden)

    @rule(number=which)
    def erase(self, number: int) -> None:
        _, client = self._at(0, number)
        if client:
            self.world.erase(client)

    @rule(at=which, stage=st.sampled_from([Stage.DRAFT, Stage.COMPLETE]))
    def write_a_document(self, at: int, stage: Stage) -> None:
        place = self.world.places[at]
        known = self.world.editable(place)
        if len(known) < 2:
            self.world.create(place, stage)
        else:
            self.world.edit(place, known[0], stage)

    @rule(at=which)
    def sign(self, at: int) -> None:
        place = self.world.places[at]
        for document in self.world.editable(place)[:1]:
            self.world.sign(place, document)

    @rule(at=which, plan=plans)
    def synchronise(self, at: int, plan: tuple[Fault, ...]) -> None:
        self.world.synchronise(self.world.places[at], plan)

    @rule(at=which)
    def deliver_what_was_delayed(self, at: int) -> None:
        self.world.places[at].network.deliver_delayed()

    @rule()
    def export(self) -> None:
        if not self.world.export_step():
            self.world.evening()

    @rule()
    def acknowledge(self) -> None:
        self.world.acknowledge()

    @rule()
    def change_right(self) -> None:
        self.world.change_right()

    @rule()
    def back_up_or_restore(self) -> None:
        if not self.world.restore_server():
            self.world.back_up_server()

    @rule(at=which)
    def image_or_old_disk(self, at: int) -> None:
        if not self.world.restore_disk(self.world.places[at]):
            self.world.image_disk(self.world.places[at])

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "world"):
            self.world.check()
            for check in ALWAYS:
                check(self.world)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.settle()
                for check in (*ALWAYS, *SETTLED):
                    check(self.world)
            finally:
                self.world.close()
                self.folder.cleanup()


TestOffice = pytest.mark.long(pytest.mark.timeout(3_600)(Office.TestCase))
TestOffice.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
