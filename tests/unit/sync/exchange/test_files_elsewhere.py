"""A restored server that lost the file of a record which other computers only know by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.tables import schema as of_server
from smartclient.domain.document_life import Action, ShownState, permission
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.services.synchronisation.standing import ParkedItem, parked_items
from smartclient.store import schema
from smartclient.store.unsent import give_up, unsent
from smartclient.wire.register_bodies import Purpose
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import another_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.sync.exchange.registers import (
    Adviser,
    client_with_document,
    erase,
    quiet,
    take_office,
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed document, of which only the computer where that was done has the files."""

    client: ClientId
    document: DocumentId
    package: str


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


def test_that_one_can_do_without_it(eva: Adviser, attached: str) -> None:
    """Its maker is lost: the adviser attached it anew."""
    quiet(eva)
    (told,) = _refused(eva)
    assert told.can_be_dropped
    with eva.laptop.database.write() as tx:
        give_up(tx, told.id)
    quiet(eva)
    assert _refused(eva) == ()
    assert attached not in _attachments(eva)


@pytest.fixture
def second(
    server: InProcessServer, jana: Adviser, clock: SetClock, tmp_path: Path
) -> Iterator[ExchangingLaptop]:
    """Another computer of Jana's."""
    identity = another_of(server, jana.laptop.identity)
    network = Network(server, lambda _said: None)
    laptop = ExchangingLaptop(tmp_path / "second", identity, network, clock, CountedIds(9))
    yield laptop
    laptop.close()


@pytest.fixture
def signed(server: InProcessServer, jana: Adviser, second: ExchangingLaptop) -> Signed:
    """Jana signed on one computer, the other has the package alone, and the server forgot it."""
    client, document = client_with_document(jana)
    quiet(jana)
    second.synchronise()
    backup = server.backup()
    with jana.laptop.database.write() as tx:
        session = tx.signing.start(document, b"frozen", b"{}", {})
        tx.signing.finish(session, b"sealed", {"pages": 1}, jana.clock.now())
    quiet(jana)
    second.synchronise()
    server.restore(backup)
    second.synchronise()
    with second.database.read() as tx:
        (parked,) = unsent(tx).parked
    assert parked.code == "SC-SYNC-033"
    return Signed(client, document, parked.id)


def test_that_a_package_whose_file_is_elsewhere_goes_with_an_erased_client(
    server: InProcessServer, second: ExchangingLaptop, signed: Signed, tmp_path: Path
) -> None:
    """It will never be sent from here, so it is no package that has to reach a person."""
    erase(server, signed.client, tmp_path)
    second.synchronise()
    with second.database.read() as tx:
        assert unsent(tx).parked == ()
        kept = tx.unit.connection.execute(select(schema.append.c.op)).all()
    assert kept == []


def test_that_a_document_whose_package_was_given_up_can_be_signed_again(
    jana: Adviser, second: ExchangingLaptop, signed: Signed
) -> None:
    """Should the computer that signed it come back after all, its signature counts."""
    with second.database.write() as tx:
        give_up(tx, signed.package)
    with second.database.read() as tx:
        row = tx.documents.get(signed.document).row
    assert (row.shown, row.has_pdf, row.signed_at) == (ShownState.WAITING, False, None)
    assert permission(row.standing(), Action.SIGN, row.shown).allowed
    quiet(jana)
    second.synchronise()
    with second.database.read() as tx:
        assert tx.documents.get(signed.document).row.shown is ShownState.SIGNED_BACKED_UP
