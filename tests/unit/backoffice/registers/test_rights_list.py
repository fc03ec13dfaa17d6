"""Rights outlive a restore: what was taken stays taken, and the laptops are told of it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import handed_in_decisions, helpdesk
from smartclient.backoffice.operations.registers import rights, rights_list
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Damaged, Refused
from smartclient.domain.ids import IdSource
from smartclient.wire.messages import Answer, RecordKind
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import RegisterLaptop, client_body
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of, town_of


@pytest.fixture
def town(server_in_memory: InProcessServer, ids: IdSource, clock: SetClock) -> Town:
    """The office, on a server that can be put back."""
    return town_of(server_in_memory, ids, clock)


def _restore(town: Town, backup: bytes) -> int:
    """As the restore tool does it; every laptop gets a new token and reads from the beginning."""
    town.server.restore(backup)
    changed = _replay(town)
    for laptop in (town.jana, town.petr, town.stranger):
        laptop.adviser.epoch = town.server.epoch
        laptop.since.clear()
        laptop.grants.clear()
    return changed


def _replay(town: Town) -> int:
    with town.server.office.writing() as desk:
        return rights_list.replay(desk, desk.outside / rights_list.FILE)


def _read(laptop: RegisterLaptop) -> set[str]:
    laptop.adviser.headers = laptop.adviser.server.bearer(laptop.adviser.installed)
    rows, _ = laptop.pull()
    return {row.id for row in rows if row.kind is not RecordKind.NUMBER_LEASE}


def test_that_a_right_taken_after_the_backup_stays_taken(town: Town) -> None:
    town.jana.adviser.push_one(client := town.jana.client(BRNO))
    town.petr.pull()
    backup = town.server.backup()
    town.take(town.petr)
    assert _restore(town, backup) == 1
    town.petr.adviser.headers = town.server.bearer(town.petr.adviser.installed)
    rows, left = town.petr.pull()
    assert left == [BRNO]
    assert client.id not in {row.id for row in rows}
    assert town.petr.bodies(client.id) == {}
    edit = town.petr.edit(client, client_body("Bílá"))
    assert town.petr.adviser.push_one(edit).answer is Answer.OK
    with town.server.office.reading() as desk:
        assert [each.op for each in handed_in_decisions.edits(desk, waiting=True)] == [edit.op]
    assert _replay(town) == 0


def test_that_a_scope_that_came_and_went_after_the_backup_is_told_as_left(town: Town) -> None:
    town.jana.adviser.push_one(town.jana.client(BRNO))
    backup = town.server.backup()
    town.give(town.stranger)
    town.stranger.pull()
    town.take(town.stranger)
    _restore(town, backup)
    town.stranger.adviser.headers = town.server.bearer(town.stranger.adviser.installed)
    assert town.stranger.pull()[1] == [BRNO]
    assert town.stranger.pull()[1] == []


def test_that_a_narrower_right_stays_narrower(town: Town) -> None:
    town.give(town.petr, "medical")
    backup = town.server.backup()
    town.give(town.petr)
    _restore(town, backup)
    with town.server.office.reading() as desk:
        ((office),) = rights.list_offices(desk)
    assert {m.classes for m in office.members if m.person == person_of(town.petr)} == {""}


def test_that_a_right_given_after_the_backup_is_there_and_a_new_office_too(town: Town) -> None:
    backup = town.server.backup()
    with town.server.office.writing() as desk:
        rights.create_office(desk, "praha", "Praha")
    town.give_scope(town.stranger, rights.office_scope("praha"))
    town.stranger.adviser.push_one(client := town.stranger.client("office:praha"))
    _restore(town, backup)
    town.stranger.adviser.headers = town.server.bearer(town.stranger.adviser.installed)
    assert town.stranger.adviser.push_one(client).answer is Answer.OK
    with town.server.office.reading() as desk:
        assert [each.name for each in rights.list_offices(desk)] == ["Brno", "Praha"]


def test_that_an_install_revoked_after_the_backup_stays_revoked(town: Town) -> None:
    stolen, back = town.petr.adviser.installed, town.jana.adviser.installed
    with town.server.office.writing() as desk:
        helpdesk.revoke(desk, back.id, REASON)
    backup = town.server.backup()
    with town.server.office.writing() as desk:
        helpdesk.revoke(desk, stolen.id, REASON)
        helpdesk.reactivate(desk, back.id, REASON)
    _restore(town, backup)
    assert town.server.send(town.server.token_request(stolen)).status == 403
    assert town.server.send(town.server.token_request(back)).status == 200


def test_that_a_join_and_its_end_are_remembered(town: Town) -> None:
    first, second = town.jana, town.stranger
    first.adviser.push_ok(offer := first.adviser.offer())
    backup = town.server.backup()
    with town.server.office.writing() as desk:
        rights.join(desk, second.adviser.installed.id, person_of(first), REASON)
    _restore(town, backup)
    assert offer.id in _read(second)
    with town.server.office.writing() as desk:
        rights.part(desk, second.adviser.installed.id, REASON)
    _restore(town, backup)
    assert offer.id not in _read(second)
    assert second.bodies(offer.id) == {}


def test_that_a_scope_of_a_forgotten_install_is_adopted_although_others_had_rights(
    town: Town, ids: IdSource
) -> None:
    """Two notebooks were joined after the backup; the person of both is forgotten."""
    backup = town.server.backup()
    late = RegisterLaptop(type(town.jana.adviser)(town.server, ids))
    lost = late.adviser.scope
    with town.server.office.writing() as desk:
        rights.join(desk, town.stranger.adviser.installed.id, person_of(late), REASON)
    _restore(town, backup)
    assert _read(town.stranger) == set()
    with town.server.office.writing() as desk:
        assert rights.adopt(desk, town.stranger.adviser.installed.id, lost, REASON)
        with pytest.raises(Refused, match="SC-SERV-085"):
            rights.adopt(desk, town.petr.adviser.installed.id, lost, REASON)
    line = replace(town.stranger.adviser.offer().line(), scope=lost)
    town.stranger.adviser.headers = town.server.bearer(town.stranger.adviser.installed)
    assert town.stranger.adviser.push_one(line).answer is Answer.OK


def test_that_the_list_names_no_person_and_no_reason(town: Town) -> None:
    town.take(town.petr)
    with town.server.office.reading() as desk:
        listed = (desk.outside / rights_list.FILE).read_text(encoding="utf-8")
        names = set(desk.connection.execute(select(schema.person.c.name)).scalars())
    assert person_of(town.petr) in listed
    assert not [each for each in (*names, REASON) if each in listed]


def test_that_the_list_is_on_the_disk_before_the_database_commits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("smartclient.backoffice.operations.registers.lasting_lines.append", full)
    with pytest.raises(OSError, match="No space"):
        town.take(town.petr)
    with town.server.office.reading() as desk:
        (office,) = rights.list_offices(desk)
    assert person_of(town.petr) in {member.person for member in office.members}


def test_that_a_damaged_list_stops_the_restore(town: Town) -> None:
    with town.server.office.reading() as desk:
        path = desk.outside / rights_list.FILE
    path.write_bytes(path.read_bytes() + b'{"person": "x", "at": "now"}\n')
    with pytest.raises(Damaged, match="SC-SERV-083"):
        _replay(town)


def test_that_without_a_list_nothing_changes(town: Town) -> None:
    with town.server.office.writing() as desk:
        assert rights_list.replay(desk, desk.outside / "none.ndjson") == 0
