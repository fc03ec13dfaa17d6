"""Acts whose line is on the disk and whose commit failed: a restore gives and erases nothing by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from smartclient.backoffice.operations import helpdesk
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import right_of
from smartclient.backoffice.operations.registers import (
    erasure_list,
    erasures,
    lasting_lines,
    rights,
    rights_list,
)
from smartclient.domain.ids import ClientId, IdSource
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import RegisterLaptop
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of, town_of, whole


class _Lost(Exception):
    """The connection, in the moment of the commit."""


@pytest.fixture
def town(server_in_memory: InProcessServer, ids: IdSource, clock: SetClock) -> Town:
    """The office, on a server that can be put back."""
    return town_of(server_in_memory, ids, clock)


@contextmanager
def _failing(town: Town) -> Iterator[Desk]:
    with suppress(_Lost), town.server.office.writing() as desk:
        yield desk
        raise _Lost


def _rights(town: Town) -> Path:
    return town.server.office.outside / rights_list.FILE


def _erasures(town: Town) -> Path:
    return town.server.office.outside / erasure_list.FILE


def _restored(town: Town, backup: bytes) -> int:
    town.server.restore(backup)
    with town.server.office.writing() as desk:
        erasures.replay(desk, _erasures(town))
        return rights_list.replay(desk, _rights(town))


def _members(town: Town) -> dict[str, str]:
    with town.server.office.reading() as desk:
        (office,) = rights.list_offices(desk)
    return {member.person: member.classes for member in office.members}


def test_that_a_right_whose_giving_failed_is_not_given_by_a_restore(town: Town) -> None:
    person = person_of(town.stranger)
    backup = town.server.backup()
    with _failing(town) as desk:
        rights.give(desk, person, whole(BRNO), REASON)
    assert rights_list.unsure(_rights(town)) == [person]
    assert _restored(town, backup) == 0
    assert person not in _members(town)
    # Given once more it is sure, and outlives the next restore.
    town.give(town.stranger)
    assert rights_list.unsure(_rights(town)) == []
    assert _restored(town, backup) == 1
    assert person in _members(town)


def test_that_a_right_whose_taking_failed_is_taken_by_a_restore(town: Town) -> None:
    backup = town.server.backup()
    with _failing(town) as desk:
        rights.take(desk, person_of(town.petr), BRNO, REASON)
    assert _restored(town, backup) == 1
    assert person_of(town.petr) not in _members(town)
    with town.server.office.writing() as desk:
        assert rights_list.replay(desk, _rights(town)) == 0


def test_that_a_right_whose_change_failed_stays_as_it_was(town: Town) -> None:
    backup, person = town.server.backup(), person_of(town.petr)
    before = _members(town)[person]
    with _failing(town) as desk:
        rights.give(desk, person, right_of(BRNO, "identity+medical", may_write=True), REASON)
    assert _restored(town, backup) == 0
    assert _members(town)[person] == before


@pytest.mark.parametrize("fails", [helpdesk.revoke, helpdesk.reactivate])
def test_that_in_doubt_an_install_is_revoked(
    town: Town, fails: Callable[[Desk, str, str], None]
) -> None:
    install = town.petr.adviser.installed.id
    backup = town.server.backup()
    if fails is helpdesk.reactivate:
        with town.server.office.writing() as desk:
            helpdesk.revoke(desk, install, REASON)
    with _failing(town) as desk:
        fails(desk, install, REASON)
    assert rights_list.unsure(_rights(town)) == [install]
    assert _restored(town, backup) == 1
    with town.server.office.reading() as desk:
        assert helpdesk.look_at(desk, install).found.revoked_at is not None


def test_that_an_erasure_that_failed_is_left_to_a_person(town: Town) -> None:
    client = _client(town)
    backup = town.server.backup()
    with _failing(town) as desk:
        erasures.erase(desk, client, _erasures(town), REASON)
    assert erasures.unsure(_erasures(town)) == [client]
    _restored(town, backup)
    assert client in town.jana.bodies(client)
    with town.server.office.writing() as desk:
        erasures.erase(desk, client, _erasures(town), REASON)
    assert erasures.unsure(_erasures(town)) == []
    _restored(town, backup)
    assert town.jana.bodies(client) == {}


def test_that_an_act_whose_process_died_after_the_commit_is_confirmed_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person = _client(town), person_of(town.stranger)

    def full(_path: Path, _act: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(lasting_lines, "confirm", full)
        town.give(town.stranger)
        with town.server.office.writing() as desk:
            erasures.erase(desk, client, _erasures(town), REASON)
    # The acts are done all the same.
    assert person in _members(town)
    assert rights_list.unsure(_rights(town)) == [person]
    with _failing(town) as desk:
        rights.take(desk, person_of(town.petr), BRNO, REASON)
    with town.server.office.reading() as desk:
        assert rights_list.confirm(desk, _rights(town)) == 1
        assert erasures.confirm(desk, _erasures(town)) == 1
    assert rights_list.unsure(_rights(town)) == [person_of(town.petr)]
    assert erasures.unsure(_erasures(town)) == []


def test_that_lists_of_before_are_sure(town: Town) -> None:
    person = person_of(town.stranger)
    backup = town.server.backup()
    town.give(town.stranger)
    *lines, last = _rights(town).read_text(encoding="utf-8").splitlines()
    assert '"done"' in last
    old = [line.partition(', "act"')[0] for line in lines if '"done"' not in line]
    _rights(town).write_text("".join(f"{line}}}\n" for line in old), encoding="utf-8")
    assert rights_list.unsure(_rights(town)) == []
    _restored(town, backup)
    assert person in _members(town)


def _client(town: Town) -> ClientId:
    laptop: RegisterLaptop = town.jana
    laptop.adviser.push_one(client := laptop.client(BRNO))
    return ClientId(client.id)
