"""What an erasure leaves of a client and of what hangs on one: nothing but what was signed."""

from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.consents import Decision, first_broken
from smartclient.domain.document_life import ServerState
from smartclient.store.client_rows import CHANGES
from smartclient.wire.encoding import sha256
from smartclient.wire.register_bodies import Purpose
from tests.simulators.inprocess import InProcessServer
from tests.unit.sync.exchange.registers import (
    Adviser,
    client_with_document,
    erase,
    quiet,
    words_in_index,
)

pytestmark = pytest.mark.usefixtures("office")


def test_that_of_an_erased_client_nothing_stays_on_any_laptop(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path
) -> None:
    client, other = jana.adds(surname="Vzpomínka"), jana.adds(surname="Malá")
    jana.informs(client)
    jana.informs(other)
    jana.attaches(client, tmp_path, b"a card", Purpose.IDENTITY)
    jana.matters.request_erasure(client, "asked for")
    quiet(jana, eva)
    assert "vzpominka" in words_in_index(eva.laptop.database)
    opened = eva.matters.open_attachment(eva.matters.attachments(client)[0].op)
    with eva.laptop.database.write() as tx:
        tx.clients.save_draft("typed", {CHANGES: client, "surname": "Vzpomínková"})
    eva.changes(client, note="half typed")
    erase(server, client, tmp_path)
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert not adviser.knows(client)
        assert adviser.knows(other)
        assert adviser.waits() == 0
        assert adviser.matters.attachments(client) == ()
        assert adviser.matters.history(client) == ()
        assert "vzpominka" not in words_in_index(adviser.laptop.database)
        with adviser.laptop.database.read() as tx:
            assert tx.clients.drafts() == ()
            assert tx.records.find(client) is None
            assert tx.field_offers.of(client) == ()
            assert tx.consents.of(client) == ()
            assert not tx.blobs.has(sha256(b"a card"))
            # The chain of the install still verifies, and the next event follows on it.
            assert first_broken(tx.consents.chain(jana.laptop.identity.install)) is None
    assert not opened.exists()
    jana.informs(other, Decision.WITHDRAWN)
    quiet(jana, eva)
    with eva.laptop.database.read() as tx:
        assert first_broken(tx.consents.chain(jana.laptop.identity.install)) is None
        assert not tx.clients.get(other).row.informed


def test_that_an_edit_of_an_erased_client_is_wiped_by_the_answer(
    server: InProcessServer, jana: Adviser, tmp_path: Path
) -> None:
    client = jana.adds()
    quiet(jana)
    erase(server, client, tmp_path)
    jana.changes(client, note="typed off-line")
    jana.informs(client)
    jana.laptop.synchronise()
    assert not jana.knows(client)
    assert jana.waits() == 0


def test_that_the_pages_of_a_signing_under_way_go_with_an_erased_client(
    server: InProcessServer, jana: Adviser, tmp_path: Path
) -> None:
    client, document = client_with_document(jana)
    with jana.laptop.database.write() as tx:
        tx.signing.start(document, b"frozen", b"values", {})
    erase(server, client, tmp_path)
    quiet(jana)
    with jana.laptop.database.read() as tx:
        assert tx.documents.find(document) is None
        assert not tx.blobs.has(sha256(b"frozen"))
        assert not tx.blobs.has(sha256(b"values"))


def test_that_a_signed_package_of_an_erased_document_is_still_sent(
    server: InProcessServer, jana: Adviser, tmp_path: Path
) -> None:
    client, document = client_with_document(jana)
    with jana.laptop.database.write() as tx:
        session = tx.signing.start(document, b"frozen", b"{}", {})
        package = tx.signing.finish(session, b"sealed", {"pages": 1}, jana.clock.now())
    erase(server, client, tmp_path)
    # The news of the erasure comes while the package waits: its push was lost on the way.
    with jana.laptop.database.write() as tx:
        tx.wiping.erase([document])
        assert tx.documents.find(document) is None
        assert tx.feed.waiting().packages == 1
    jana.laptop.synchronise()
    with jana.laptop.database.read() as tx:
        assert tx.feed.waiting().packages == 0
    record = server_schema.record
    with server.office.reading() as desk:
        asked = select(record.c.state).where(record.c.id == package)
        assert desk.connection.execute(asked).scalar_one() == ServerState.OPEN
