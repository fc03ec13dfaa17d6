"""Random walks through the wide world: clients, rights, erasing and old disks besides documents.

`python -m tests.simulators.wide_walk FOLDER FIRST LAST STEPS`, as `tests.simulators.walk`.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from tests.simulators.sync_places import Place
from tests.simulators.walk import Walk, walk_with_many_seeds
from tests.simulators.wide_checks import ALWAYS, SETTLED
from tests.simulators.wide_world import FIELDS, OPTIONS, WideWorld

_CLIENTS = 4


class WideWalk(Walk):
    """One walk; documents as before, and everything that clients bring."""

    def __init__(self, world: WideWorld, seed: int) -> None:
        super().__init__(world, seed)
        self._wide = world
        self._actions += [
            (14, self._new_client),
            (40, self._edit_client),
            (6, self._choose),
            (6, self._consent),
            (5, self._attach),
            (5, self._merge),
            (4, self._undo),
            (5, self._hide),
            (2, self._ask_to_erase),
            (2, self._erase),
            (3, world.change_right),
            (3, world.acknowledge),
            (3, self._image),
            (2, self._old_disk),
        ]

    def step(self) -> None:
        """One action, then what must hold at any moment."""
        super().step()
        for check in ALWAYS:
            check(self._wide)

    def rest(self) -> None:
        """Everything calms down; then all invariants."""
        self._wide.settle()
        for check in (*ALWAYS, *SETTLED):
            check(self._wide)

    def _new_client(self) -> None:
        place = self._place()
        if len(self._wide.clients(place)) < _CLIENTS:
            self._wide.new_client(place)

    def _with_client(self, act: Callable[[Place, ClientId], object]) -> None:
        place = self._place()
        known = self._wide.clients(place)
        if known:
            with suppress(NotAllowed):  # it became part of another one meanwhile
                act(place, self._random.choice(known))

    def _edit_client(self) -> None:
        name = self._random.choice(FIELDS)
        self._with_client(lambda place, client: self._wide.edit_client(place, client, name))

    def _choose(self) -> None:
        other = self._random.random() < 0.5
        self._with_client(lambda place, client: self._wide.choose(place, client, take_other=other))

    def _consent(self) -> None:
        option = self._random.choice(OPTIONS)
        self._with_client(lambda place, client: self._wide.consent(place, client, option))

    def _attach(self) -> None:
        numbers = range(1 + self._random.randrange(4))  # now and then several requests, where small
        self._with_client(lambda place, client: self._wide.attach(place, client, *numbers))

    def _merge(self) -> None:
        place = self._place()
        known = self._wide.clients(place)
        if len(known) > 1:
            loser, survivor = self._random.sample(known, 2)
            self._wide.merge(place, loser, survivor, undo=False)

    def _undo(self) -> None:
        place = self._place()
        merges = self._wide.merges(place)
        if merges:
            loser, survivor = self._random.choice(merges)
            self._wide.merge(place, loser, survivor, undo=True)

    def _hide(self) -> None:
        hidden = self._random.random() < 0.6
        self._with_client(lambda place, client: self._wide.hide(place, client, hidden=hidden))

    def _ask_to_erase(self) -> None:
        self._with_client(self._wide.request_erasure)

    def _erase(self) -> None:
        self._with_client(lambda _place, client: self._wide.erase(client))

    def _image(self) -> None:
        self._wide.image_disk(self._place())

    def _old_disk(self) -> None:
        self._wide.restore_disk(self._place())


def wide_walk(folder: Path, seed: int, steps: int) -> list[str]:
    """Walk so many steps, come to rest, and give the trace; raises Lost."""
    world = WideWorld(folder)
    try:
        walking = WideWalk(world, seed)
        for _ in range(steps):
            walking.step()
        walking.rest()
        return world.trace
    finally:
        world.close()


if __name__ == "__main__":
    raise SystemExit(walk_with_many_seeds(wide_walk, sys.argv[1:]))
