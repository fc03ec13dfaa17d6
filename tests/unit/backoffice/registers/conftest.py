"""Two advisers of one office, and a stranger, on each kind of database."""

from dataclasses import dataclass

import pytest

from smartclient.backoffice.operations.principals import Right, right_of
from smartclient.backoffice.operations.registers import rights
from smartclient.domain.ids import IdSource, PersonId
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import RegisterLaptop
from tests.simulators.time_and_ids import SetClock

BRNO = rights.office_scope("brno")
REASON = "signed contract of 1 November"


@dataclass(frozen=True, slots=True)
class Town:
    """The office with its people."""

    server: InProcessServer
    jana: RegisterLaptop
    petr: RegisterLaptop
    stranger: RegisterLaptop
    clock: SetClock

    def give(self, laptop: RegisterLaptop, classes: str = "", *, may_write: bool = True) -> None:
        """Let the person work in the office."""
        right = right_of(BRNO, classes, may_write=may_write)
        with self.server.office.writing() as desk:
            rights.give(desk, person_of(laptop), right, REASON)

    def give_scope(self, laptop: RegisterLaptop, scope: str) -> None:
        """Let the person work in whatever scope."""
        with self.server.office.writing() as desk:
            rights.give(desk, person_of(laptop), whole(scope), REASON)

    def take(self, laptop: RegisterLaptop, scope: str = BRNO) -> None:
        """Take the right away."""
        with self.server.office.writing() as desk:
            rights.take(desk, person_of(laptop), scope, REASON)


def person_of(laptop: RegisterLaptop) -> PersonId:
    """The person of a laptop as it was activated."""
    return laptop.adviser.installed.reply.person


def whole(scope: str) -> Right:
    """A right to everything of a scope."""
    return right_of(scope, "identity+medical", may_write=True)


def town_of(server: InProcessServer, ids: IdSource, clock: SetClock) -> Town:
    """An office with Jana and Petr, who read nothing but the general class, and a stranger."""
    jana, petr, stranger = (RegisterLaptop(Adviser(server, ids)) for _ in range(3))
    with server.office.writing() as desk:
        rights.create_office(desk, "brno", "Brno")
    town = Town(server, jana, petr, stranger, clock)
    town.give(jana)
    town.give(petr)
    return town


@pytest.fixture
def town(server: InProcessServer, ids: IdSource, clock: SetClock) -> Town:
    """That office on each kind of database."""
    return town_of(server, ids, clock)


@pytest.fixture
def memory_town(memory_server: InProcessServer, ids: IdSource, clock: SetClock) -> Town:
    """That office in memory, for what does not depend on the database."""
    return town_of(memory_server, ids, clock)
