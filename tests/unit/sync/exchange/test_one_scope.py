"""A client lives in one scope, also when an old disk does not know in which."""

import pytest
from sqlalchemy import select

from smartclient.backoffice.tables import schema
from smartclient.domain.ids import ClientId, RecordId
from smartclient.wire.kinds import RecordKind
from tests.simulators.inprocess import InProcessServer
from tests.unit.sync.exchange.registers import OFFICE, Adviser, open_office, quiet
from tests.unit.sync.exchange.test_old_disk import image, put_back


def _scopes(server: InProcessServer, client: ClientId) -> list[str]:
    record = schema.record
    with server.office.reading() as desk:
        found = desk.connection.execute(select(record.c.scope).where(record.c.id == client))
        return list(found.scalars())


def test_that_a_client_of_an_old_disk_stays_where_it_was_sent_after_rights_changed(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """The image is from before its first push; new clients go to an office now."""
    client = jana.adds()
    copied = image(jana.laptop)
    quiet(jana)
    jana.changes(client, city="Brno")
    quiet(jana)
    open_office(server, jana.installed, eva.installed)
    quiet(jana)
    put_back(jana.laptop, copied)
    jana.changes(client, note="typed on the old disk")
    quiet(jana, eva)
    assert _scopes(server, client) == [jana.installed.scope]
    assert jana.waits() == 0
    assert jana.sees(client, "city", "note") == ("Brno", "typed on the old disk")
    assert jana.offered(client) == [("city", "Pardubice")], "what the image held is not lost"
    jana.changes(client, note="and later")
    quiet(jana)
    assert jana.waits() == 0
    assert not eva.knows(client), "it did not become the office's by an accident"


@pytest.mark.long
def test_that_a_new_client_goes_to_the_office_and_tells_nothing_of_other_peoples_scopes(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """The same id in a scope that the writer cannot read is as good as none."""
    client = jana.adds()
    quiet(jana)
    with jana.laptop.database.read() as tx:
        body = tx.clients.get(client).body
    open_office(server, eva.installed)
    with eva.laptop.database.write() as tx:
        tx.registers.edit(RecordId(client), RecordKind.CLIENT, body)
    quiet(eva)
    assert eva.waits() == 0
    assert sorted(_scopes(server, client)) == [OFFICE, jana.installed.scope]
