"""A restored server that lost the file of a record which other computers only know by name."""

from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.tables import schema as of_server
from smartclient.services.synchronisation.standing import ParkedItem, parked_items
from smartclient.store import schema
from smartclient.store.unsent import unsent
from smartclient.wire.register_bodies import Purpose
from tests.simulators.inprocess import InProcessServer
from tests.unit.sync.exchange.registers import Adviser, quiet, take_office

pytestmark = pytest.mark.usefixtures("office")


def _refused(adviser: Adviser) -> tuple[ParkedItem, ...]:
    with adviser.laptop.database.read() as tx:
        return parked_items(tx, unsent(tx).parked, str)


def _attachments(adviser: Adviser) -> list[str]:
    with adviser.laptop.database.read() as tx:
        return list(tx.unit.connection.execute(select(schema.append.c.op)).scalars())


def _at_server(server: InProcessServer, name: str) -> bool:
    with server.office.reading() as desk:
        record = select(of_server.record.c.id).where(of_server.record.c.id == name)
        return desk.connection.execute(record).first() is not None


@pytest.fixture
def attached(server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path) -> str:
    """Jana attached a file, Eva has its record alone, and the server forgot both."""
    novak = jana.adds()
    quiet(jana, eva)
    backup = server.backup()
    jana.attaches(novak, tmp_path, b"%PDF a letter", Purpose.OTHER)
    quiet(jana, eva)
    server.restore(backup)
    (op,) = _attachments(eva)
    return op


def test_that_a_record_whose_file_is_nowhere_is_not_taken_for_delivered(
    server: InProcessServer, eva: Adviser, attached: str
) -> None:
    quiet(eva)
    (told,) = _refused(eva)
    assert told.id == attached
    assert told.code == "SC-SYNC-033"
    assert "Synchronise the computer on which it was made" in told.do
    assert (told.is_whole, told.can_be_sent) == (False, False)
    assert not _at_server(server, attached)


def test_that_it_is_told_no_more_once_its_maker_has_sent_it(
    server: InProcessServer, jana: Adviser, eva: Adviser, attached: str
) -> None:
    quiet(eva)
    quiet(jana)
    quiet(eva)
    assert _at_server(server, attached)
    assert _refused(eva) == ()
    with eva.laptop.database.read() as tx:
        assert tx.feed.parked_codes() == ()


def test_that_a_lost_office_leaves_no_trace_of_it(
    server: InProcessServer, eva: Adviser, attached: str
) -> None:
    """Its maker has the same and hands in the file as well."""
    quiet(eva)
    assert _attachments(eva) == [attached]
    take_office(server, eva.installed)
    quiet(eva)
    assert _attachments(eva) == []
