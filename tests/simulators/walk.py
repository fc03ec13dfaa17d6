"""A random walk through the world: the same seed gives the same trace, whatever the machine.

`python -m tests.simulators.walk FOLDER FIRST LAST STEPS` walks with every seed from FIRST to LAST
and ends with 3 at the first invariant that does not hold; so it can judge a changed copy of the
source.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import SmartClientError
from tests.simulators.network import Fault
from tests.simulators.sync_places import Lost, Place
from tests.simulators.sync_world import World

_FAULTS = (*Fault, Fault.EDIT_MEANWHILE, Fault.EDIT_MEANWHILE)
_EDITS = (*[Stage.DRAFT] * 4, *[Stage.COMPLETE] * 5, Stage.CANCELLED)
_DOCUMENTS = 3
VIOLATED = 3
"""The exit code; another one than Python's own for a fault of the program."""


class Walk:
    """One walk; `step` does something at random and checks what must hold at any moment."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = Random(seed)
        self._actions: list[tuple[int, Callable[[], object]]] = [
            (14, self._create),
            (26, self._edit),
            (6, self._sign),
            (24, self._synchronise),
            (14, self._synchronise_badly),
            (4, self._deliver_delayed),
            (3, world.evening),
            (8, world.export_step),
            (4, world.judge),
            (2, world.pass_hour),
            (2, world.back_up_server),
            (2, world.restore_server),
        ]
        for place in world.places:
            place.network.meanwhile = partial(self._edit_at, place)

    def step(self) -> None:
        """One action, then the invariants."""
        weights = [weight for weight, _ in self._actions]
        (action,) = self._random.choices([action for _, action in self._actions], weights)
        action()
        self._world.check()

    def _place(self) -> Place:
        return self._random.choice(self._world.places)

    def _create(self) -> None:
        """Few documents, so that the laptops meet at each."""
        place = self._place()
        if len(self._world.editable(place)) < _DOCUMENTS:
            self._world.create(place, self._random.choice((Stage.DRAFT, Stage.COMPLETE)))

    def _edit(self) -> None:
        self._edit_at(self._place())

    def _edit_at(self, place: Place) -> None:
        known = self._world.editable(place)
        if known:
            stage = self._random.choice(_EDITS)
            self._world.edit(place, self._random.choice(known), stage)

    def _sign(self) -> None:
        place = self._place()
        known = self._world.editable(place)
        if known:
            self._world.sign(place, self._random.choice(known))

    def _synchronise(self) -> None:
        self._world.synchronise(self._place())

    def _synchronise_badly(self) -> None:
        sound = self._random.randrange(5)
        plan = [Fault.NONE] * sound + self._random.choices(_FAULTS, k=2)
        self._world.synchronise(self._place(), tuple(plan))

    def _deliver_delayed(self) -> None:
        self._place().network.deliver_delayed()


def walk(folder: Path, seed: int, steps: int) -> list[str]:
    """Walk so many steps, come to rest, and give the trace; raises Lost."""
    world = World(folder)
    try:
        walking = Walk(world, seed)
        for _ in range(steps):
            walking.step()
        world.settle()
        return world.trace
    finally:
        world.close()


Walking = Callable[[Path, int, int], list[str]]
"""Walks in a folder with a seed so many steps."""


def walk_with_many_seeds(walking: Walking, arguments: list[str]) -> int:
    """Walk with many seeds; VIOLATED and a line on standard error when something goes wrong."""
    folder, first, last, steps = Path(arguments[0]), *map(int, arguments[1:4])
    for seed in range(first, last + 1):
        with TemporaryDirectory(dir=folder) as place:
            try:
                walking(Path(place), seed, steps)
            except (Lost, SmartClientError) as wrong:
                sys.stderr.write(f"seed {seed}: {wrong}\n")
                return VIOLATED
    return 0


if __name__ == "__main__":
    raise SystemExit(walk_with_many_seeds(walk, sys.argv[1:]))
