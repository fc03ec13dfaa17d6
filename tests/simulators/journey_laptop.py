"""A laptop on its own disk that talks to the real server process over TLS."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId, Op, RandomIds
from smartclient.store.conflicts import Conflict
from smartclient.store.document_rows import DocumentFilter, DocumentRow
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.progress import SyncReport
from smartclient.wire.encoding import canonical
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import Installed
from tests.simulators.office_process import OfficeProcess

_MANY = 1_000


class JourneyLaptop:
    """An activated install with its store; `image` and `put_back` are what happens to its disk."""

    def __init__(self, office: OfficeProcess, folder: Path) -> None:
        self.folder = folder
        self._transport = HttpTransport(office.address, office.root)
        self.installed: Installed = office.activate(self._transport)
        self._open()

    def _open(self) -> None:
        self._laptop = ExchangingLaptop(
            self.folder,
            identity_of(self.installed),
            self._transport,
            SystemClock(),
            RandomIds(),
            seed=int.from_bytes(os.urandom(8), "big"),
        )
        self.database = self._laptop.database

    def close(self) -> None:
        """Give everything back."""
        self._laptop.close()
        self._transport.close()

    def activate_again(self, office: OfficeProcess) -> None:
        """A new install of a new person on the same disk."""
        self._laptop.close()
        self.installed = office.activate(self._transport)
        self._open()

    def synchronise(self) -> SyncReport:
        """One synchronisation."""
        return self._laptop.synchronise()

    def image(self, place: Path) -> None:
        """Take an image of the disk while the laptop is off."""
        self._laptop.close()
        shutil.copytree(self.folder, place)
        self._open()

    def put_back(self, place: Path) -> None:
        """The disk is what it was when the image was taken."""
        self._laptop.close()
        shutil.rmtree(self.folder)
        shutil.copytree(place, self.folder)
        self._open()

    def write(self, word: str, stage: Stage = Stage.COMPLETE) -> DocumentId:
        """A new offer under the next number of the lease."""
        with self.database.write() as tx:
            body: JsonObject = {
                "document_kind": "offer",
                "form_id": "flexi-offer",
                "form_version": 1,
                "number": str(tx.numbers.take()),
                "client_name": "Eva Černá",
                "digital": False,
                "answers": {"history": [word]},
            }
            return tx.documents.create(body, stage).id

    def edit(self, document: DocumentId, word: str, stage: Stage = Stage.COMPLETE) -> None:
        """One more word in the document."""
        with self.database.write() as tx:
            body = tx.documents.get(document).body
            tx.documents.save(
                document, {**body, "answers": {"history": [*_words(body), word]}}, stage
            )

    def sign_off_line(self, document: DocumentId) -> Op:
        """The whole ceremony, as far as the store sees it; its package waits to be sent."""
        with self.database.write() as tx:
            tx.documents.save(document, tx.documents.get(document).body, Stage.WAITING)
            values = canonical({"answers": tx.documents.get(document).body["answers"]})
            session = tx.signing.start(document, b"%PDF frozen", values, {})
            return tx.signing.finish(session, b"%PDF sealed", {}, datetime.now(UTC))

    def words(self, document: DocumentId) -> list[Json]:
        """What the document says here."""
        with self.database.read() as tx:
            return _words(tx.documents.get(document).body)

    def rows(self) -> dict[DocumentId, DocumentRow]:
        """What Documents shows."""
        with self.database.read() as tx:
            return {row.id: row for row in tx.documents.page(DocumentFilter(), 0, _MANY)}

    def conflicts(self) -> list[Conflict]:
        """What Show conflicts shows."""
        with self.database.read() as tx:
            return list(tx.conflicts.open())


def _words(body: JsonObject) -> list[Json]:
    answers = body["answers"]
    history = answers["history"] if isinstance(answers, dict) else None
    return history if isinstance(history, list) else []
