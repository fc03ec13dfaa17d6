"""A revoked install only reads: forms do not open, nothing is saved, what was typed is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from smartclient.domain.errors import NotAllowed, Refused
from smartclient.services.documents import Documents
from smartclient.services.synchronisation import Synchronisation
from smartclient.store.document_rows import DocumentFilter
from tests.ui.desk import Desk

TYPED = {
    "given_name": "Nová",
    "surname": "Klientka",
    "national_id": "8456121234",
    "phone": "+420777123456",
    "street": "Dlouhá",
    "house_number": "5",
    "city": "Praha",
    "postcode": "11000",
}


class RevokedEngine:
    """The exchange of an install that the server answers no more."""

    class ServerClock:
        """Its clock is of no use here."""

        until = None

    server_clock = ServerClock()

    def run(self, _report: object, _cancelled: object) -> NoReturn:
        """Refused."""
        raise Refused("SC-SERV-006")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.fill()
    service = Synchronisation(
        made.db,
        made.clock,
        RevokedEngine,  # type: ignore[arg-type]
        lambda: None,  # type: ignore[arg-type, return-value]
        lambda: made.catalogue,
    )
    with pytest.raises(Refused, match="SC-SERV-006"):
        service.run(lambda _step: None, lambda: False)
    yield made
    made.close()


def test_that_nothing_is_saved_once_the_install_was_revoked(desk: Desk) -> None:
    services = desk.services()
    assert services.support.is_revoked()
    draft = services.clients.new_draft_id()
    services.clients.keep_draft(draft, TYPED)
    with pytest.raises(NotAllowed, match="SC-SERV-006"):
        services.clients.save(TYPED, draft)
    with desk.db.read() as tx:
        assert any(each.id == draft for each in tx.clients.drafts())


def test_that_no_document_is_cancelled(desk: Desk) -> None:
    documents = desk.services().documents
    with pytest.raises(NotAllowed, match="SC-SERV-006"):
        documents.cancel(desk.documents[4])


def test_that_everything_is_still_read(desk: Desk) -> None:
    documents: Documents = desk.services().documents
    assert documents.page(DocumentFilter(), 0, 100).total == len(desk.documents)
    assert documents.conflicts() != ()


def test_that_an_install_that_is_answered_again_writes_again(desk: Desk) -> None:
    with desk.db.write() as tx:
        tx.feed.set_notice("")
    services = desk.services()
    draft = services.clients.new_draft_id()
    services.clients.keep_draft(draft, TYPED)
    assert services.clients.save(TYPED, draft)
    assert not services.support.is_revoked()


def test_that_nothing_of_a_client_is_begun_and_no_draft_is_discarded(desk: Desk) -> None:
    services = desk.services()
    client, text = desk.clients[7], services.clients.information()
    verbs: tuple[Callable[[], object], ...] = (
        lambda: services.clients.record_informed(client, text),
        lambda: services.matters.request_erasure(client, "moved away"),
        lambda: services.matters.hide(client, "moved away"),
        lambda: services.documents.discard(desk.documents[4]),
    )
    for verb in verbs:
        with pytest.raises(NotAllowed, match="SC-SERV-006"):
            verb()
