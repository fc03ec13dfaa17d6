"""A right that was taken after the backup: the restored server keeps it so, and the laptop hears."""

import pytest

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.registers import rights_list
from tests.simulators.inprocess import InProcessServer
from tests.unit.sync.exchange.registers import Adviser, quiet, take_office

pytestmark = pytest.mark.usefixtures("office")


def _restore(server: InProcessServer, backup: bytes) -> None:
    server.restore(backup)
    with server.office.writing() as desk:
        rights_list.replay(desk, desk.outside / rights_list.FILE)


def _handed_in(server: InProcessServer) -> list[str]:
    with server.office.reading() as desk:
        return [each.record for each in handed_in_decisions.edits(desk, waiting=True)]


def test_that_a_laptop_leaves_an_office_that_was_taken_after_the_backup(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """It was off meanwhile; the new epoch has made it forget how far it had read the office."""
    novak = jana.adds()
    quiet(jana, eva)
    assert eva.knows(novak)
    backup = server.backup()
    take_office(server, eva.installed)
    _restore(server, backup)
    quiet(eva, jana)
    assert not eva.knows(novak)
    assert jana.knows(novak)
    # Nothing of the office was doubted and offered again: nobody has to look at copies.
    assert _handed_in(server) == []


def test_that_what_was_typed_meanwhile_is_handed_in_before_the_laptop_leaves(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    novak, sykora = jana.adds(), jana.adds(surname="Sýkora", national_id="8001014571")
    quiet(jana, eva)
    backup = server.backup()
    take_office(server, eva.installed)
    eva.changes(novak, phone="+420777000111")
    _restore(server, backup)
    quiet(eva, jana)
    assert _handed_in(server) == [novak]
    assert not eva.knows(novak)
    assert not eva.knows(sykora)
    assert eva.waits() == 0
    assert jana.sees(novak, "phone") == ("+420601234567",)
