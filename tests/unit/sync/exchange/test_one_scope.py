"""A client lives in one scope, also when an old disk does not know in which."""

from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations.handed_in_decisions import edits
from smartclient.backoffice.operations.registers import handing_in
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import ClientId, RecordId
from smartclient.services.clients import Clients
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import PushLine
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds
from tests.unit.sync.exchange.registers import OFFICE, Adviser, open_office, quiet, take_office
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


def _old_disk_without_the_office(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> tuple[ClientId, Path]:
    """Eva's client is in the office that she lost; her disk is from before its first push."""
    open_office(server, jana.installed, eva.installed)
    quiet(jana, eva)
    client = eva.adds()
    copied = image(eva.laptop)
    quiet(eva, jana)
    take_office(server, eva.installed)
    put_back(eva.laptop, copied)
    return client, copied


def _handed_in(server: InProcessServer) -> list[PushLine]:
    with server.office.reading() as desk:
        return [handing_in.find(desk, each.op).line for each in edits(desk)]


def test_that_an_old_disk_hands_in_what_it_has_of_a_lost_office(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """The client with what was typed since, and what hangs on it; so do two lives of one image."""
    client, copied = _old_disk_without_the_office(server, jana, eva)
    eva.changes(client, note="typed on the old disk")
    eva.informs(client)
    quiet(eva)
    assert _scopes(server, client) == [OFFICE]
    assert not eva.knows(client)
    assert eva.waits() == 0
    consent, edit = sorted(_handed_in(server), key=lambda line: line.kind != "consent_event")
    assert {consent.scope, edit.scope} == {OFFICE}
    assert (consent.parent, edit.body["note"]) == (client, "typed on the old disk")
    with eva.laptop.database.read() as tx:
        assert tx.feed.handed_in() == 2
        assert tx.feed.departed() == ()
        assert tx.consents.of(client) == ()
    put_back(eva.laptop, copied)
    eva.changes(client, note="and once more")
    quiet(eva)
    notes = {line.body["note"] for line in _handed_in(server) if line.kind is RecordKind.CLIENT}
    assert notes == {"typed on the old disk", "and once more"}


def _types(adviser: Adviser, client: ClientId, note: str) -> None:
    """What the form of a client keeps while somebody types."""

    def unused() -> NoReturn:
        raise AssertionError

    ids = CountedIds(90)
    register = Clients(adviser.laptop.database, adviser.clock, ids, unused, unused, lambda: "en")
    register.keep_draft(client, {"surname": "Novák", "note": note}, client)


def test_that_what_is_typed_of_such_a_client_is_handed_in_as_well(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """Before the client goes, and also where its form is still open afterwards."""
    client, _copied = _old_disk_without_the_office(server, jana, eva)
    _types(eva, client, "half a sen")
    quiet(eva)
    assert not eva.knows(client)
    assert "half a sen" in {line.body.get("note") for line in _handed_in(server)}
    assert eva.matters.whereabouts(client).was_handed_in
    _types(eva, client, "half a sentence")
    quiet(eva)
    assert "half a sentence" in {line.body.get("note") for line in _handed_in(server)}
    assert not eva.knows(client)
    assert _scopes(server, client) == [OFFICE]
    with eva.laptop.database.read() as tx:
        assert (tx.clients.drafts(), tx.feed.departed()) == ((), ())
