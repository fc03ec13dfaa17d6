"""What the figures of the desktop stand on: an activated home with a book, and a long list."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.serialization import Encoding

from smartclient.app.configuration import Configuration
from smartclient.app.storage import build_storage
from smartclient.domain.clock import SystemClock, to_text
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId, RandomIds
from smartclient.domain.mode import Mode
from smartclient.services.documents import Documents
from smartclient.store.client_rows import ClientCard, ClientKind
from smartclient.store.database import Database
from smartclient.store.document_lines import Situation
from smartclient.sync.activation.activation import Activation
from smartclient.wire.admission import AdviserUser
from smartclient.wire.messages import JsonObject
from tests.simulators.inprocess import KNOWN_HR, InProcessServer, practice_issuers
from tests.simulators.time_and_ids import SetClock

_KEY = bytes(range(32))
_STAGES = (Stage.DRAFT, Stage.COMPLETE, Stage.COMPLETE, Stage.WAITING)


def make_home(folder: Path, clients: int = 400, documents: int = 200) -> Path:
    """An activated home with so many clients and documents; the server is gone again."""
    clock, ids = SystemClock(), RandomIds()
    home = folder / "home"
    root = practice_issuers(now := clock.now()).root
    home.mkdir()
    for name in ("server-ca.pem", "document-root.pem"):
        (home / name).write_bytes(root.public_bytes(Encoding.PEM))
    (home / "root.json").write_text("{}")
    configuration = Configuration(
        home=home,
        mode=Mode.PRACTICE,
        server="https://localhost:1",
        server_ca=home / "server-ca.pem",
        catalogue_root=home / "root.json",
        document_root=home / "document-root.pem",
        pads=("onscreen",),
    )
    configuration.write()
    storage = build_storage(configuration, clock, ids)
    with InProcessServer(SetClock(now), ids, folder=folder / "server") as server:
        user = AdviserUser("Jana Dvořáková", "dvorakova.j", "012345PPZ")
        activation = Activation(server, storage.keys, root, clock, random=Random(1).randbytes)
        activation.activate(KNOWN_HR, user, "notebook")
    _fill(storage.db, clients, documents)
    storage.db.close()
    return home


def fill_list(folder: Path, count: int) -> None:
    """Lay so many documents into an encrypted file of its own."""
    ids = RandomIds()
    db = Database.open(folder, _KEY, clock=SystemClock(), ids=ids)
    try:
        for first in range(0, count, 2_000):
            places = range(first, min(first + 2_000, count))
            with db.write() as tx:
                tx.table.write({DocumentId(ids.new()): _laid(place) for place in places})
    finally:
        db.close()


def _laid(place: int) -> tuple[JsonObject, Situation]:
    stamp = to_text(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=2 * place))
    body: JsonObject = {**_offer(place), "created_at": stamp, "changed_at": stamp}
    return body, Situation(_STAGES[place % len(_STAGES)])


@contextmanager
def open_list(folder: Path) -> Iterator[Documents]:
    """The list of `fill_list`, opened."""
    db = Database.open(folder, _KEY, clock=SystemClock(), ids=RandomIds())
    try:
        yield Documents(db, SystemClock(), lambda _form: "Nabídka FLEXI")
    finally:
        db.close()


def _fill(db: Database, clients: int, documents: int) -> None:
    with db.write() as tx:
        for place in range(clients):
            card = ClientCard(ClientKind.PERSON, "Eva", f"Nováková {place}", city="Pardubice")
            tx.clients.create(card, {"schema": 1})
    for first in range(0, documents, 2_000):
        with db.write() as tx:
            for place in range(first, min(first + 2_000, documents)):
                tx.documents.create(_offer(place), _STAGES[place % len(_STAGES)])


def _offer(place: int) -> JsonObject:
    return {
        "schema": 1,
        "document_kind": "offer",
        "number": f"72{place:08}",
        "form_id": "flexi-offer",
        "form_version": 1,
        "client_name": f"Eva Nováková {place}",
        "digital": place % 2 == 0,
        "answers": {},
        "premium": {"payable": f"{800 + place % 900}", "frequency": 12, "currency": "CZK"},
    }
