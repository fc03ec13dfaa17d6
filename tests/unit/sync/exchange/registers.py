"""Two laptops of one office, and what their advisers do with the same clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import erasures, rights
from smartclient.domain.consents import ConsentDecision, Decision
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.services.clients import ClientMatters
from smartclient.store.client_rows import card_of
from smartclient.store.database import Database
from smartclient.wire.messages import Json, JsonObject
from smartclient.wire.register_bodies import Purpose
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer, Installed
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock, WrongClock
from tests.unit.store.consents import told
from tests.unit.store.documents import offer

OFFICE = "office:brno"
NOVAK: JsonObject = {
    "schema": 1,
    "kind": "person",
    "given_name": "Petr",
    "surname": "Novák",
    "national_id": "8001014560",
    "birth_date": "1980-01-01",
    "city": "Pardubice",
    "phone": "+420601234567",
    "email": "petr.novak@example.cz",
    "note": "",
}


@dataclass(frozen=True, slots=True)
class Adviser:
    """One install and what its adviser does."""

    laptop: ExchangingLaptop
    installed: Installed
    clock: SetClock
    """The right time, which the server has."""
    wall: WrongClock
    """What the laptop takes for it."""

    @property
    def matters(self) -> ClientMatters:
        """The matters of clients besides their fields."""
        laptop = self.laptop
        return ClientMatters(laptop.database, self.wall, lambda: laptop.engine, lambda: "en")

    def attaches(self, client: ClientId, folder: Path, content: bytes, purpose: Purpose) -> None:
        """A file with this content, for a client."""
        file = folder / "scan.pdf"
        file.write_bytes(content)
        self.matters.attach(client, file, purpose)

    def adds(self, **fields: Json) -> ClientId:
        """A new client."""
        body: JsonObject = {**NOVAK, **fields}
        with self.laptop.database.write() as tx:
            return tx.clients.create(card_of(body), body).id

    def changes(self, client: ClientId, **fields: Json) -> None:
        """An edit of some fields, a second later."""
        self.clock.pass_time(seconds=1)
        with self.laptop.database.write() as tx:
            body = {**tx.clients.get(client).body, **fields}
            tx.clients.update(client, card_of(body), body)

    def sees(self, client: ClientId, *fields: str) -> tuple[Json, ...]:
        """What the fields of a client show."""
        with self.laptop.database.read() as tx:
            body = tx.clients.get(client).body
        return tuple(body.get(name) for name in fields)

    def knows(self, client: ClientId) -> bool:
        """Whether the client is here."""
        with self.laptop.database.read() as tx:
            return tx.clients.find(client) is not None

    def records(self, decision: ConsentDecision) -> None:
        """A decision of a client, in this install's chain."""
        with self.laptop.database.write() as tx:
            tx.consents.append(decision, self.laptop.identity.install)

    def informs(self, client: ClientId, decision: Decision = Decision.INFORMED) -> None:
        """The information duty, now."""
        self.records(told(client, decision, self.wall.now()))

    def is_informed(self, client: ClientId) -> bool:
        """Whether the list says that the information duty is done."""
        with self.laptop.database.read() as tx:
            return tx.clients.get(client).row.informed

    def waits(self) -> int:
        """How much has not been sent."""
        with self.laptop.database.read() as tx:
            return tx.feed.waiting().total

    def offered(self, client: ClientId) -> list[tuple[str, str]]:
        """What is offered at which field."""
        return [(offer.path, offer.other) for offer in self.matters.offers(client)]


def adviser_of(
    server: InProcessServer, network: Network, clock: SetClock, folder: Path, seed: int
) -> Iterator[Adviser]:
    """A new install with its adviser; its files are given back in the end."""
    installed = server.activate()
    wall = WrongClock(clock)
    laptop = ExchangingLaptop(folder, identity_of(installed), network, wall, CountedIds(seed))
    yield Adviser(laptop, installed, clock, wall)
    laptop.close()


def open_office(server: InProcessServer, *installed: Installed) -> None:
    """An office whose records these persons read and write."""
    with server.office.writing() as desk:
        rights.create_office(desk, "brno", "Brno")
        for each in installed:
            right = Right(OFFICE, ALL_CLASSES, may_write=True)
            rights.give(desk, each.reply.person, right, "works there")


def take_office(server: InProcessServer, installed: Installed) -> None:
    """The person works there no more."""
    with server.office.writing() as desk:
        rights.take(desk, installed.reply.person, OFFICE, "left the company")


def erase(server: InProcessServer, client: ClientId, folder: Path) -> None:
    """A person at the back office erases the client with its documents."""
    with server.office.writing() as desk:
        erasures.erase(desk, client, folder / "erasures", "asked for", documents=True)


def client_with_document(adviser: Adviser) -> tuple[ClientId, DocumentId]:
    """A new client and an offer of theirs, both with the server."""
    client = adviser.adds()
    quiet(adviser)
    with adviser.laptop.database.write() as tx:
        body = {**offer(number=tx.numbers.take()), "client_id": client}
        document = tx.documents.create(body).id
    quiet(adviser)
    return client, document


def quiet(*advisers: Adviser) -> None:
    """Everybody synchronises until nothing moves any more."""
    for _ in range(3):
        for adviser in advisers:
            adviser.laptop.synchronise()


def words_in_index(database: Database) -> set[str]:
    """Every word that the index of clients still holds, whatever it points at."""
    with database.write() as tx:
        connection = tx.unit.connection
        connection.execute(
            text("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, client_words, 'row')")
        )
        found = set(connection.execute(text("SELECT term FROM temp.held")).scalars())
        connection.execute(text("DROP TABLE temp.held"))
    return found
