"""The world with an office: clients, consents, files, merges, hiding, erasing, rights, old disks.

Laptops A and B are of one person, C of another; both persons have a right to the office. Each edit
of a client writes a word of its own into one field. A word is live until somebody who saw it types
over it or decides against it; a live word must be shown or offered (invariant 8).
"""

import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from smartclient.backoffice.operations.export.holding import release
from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import erasures, rights, rights_list
from smartclient.backoffice.operations.registers.rights import office_scope
from smartclient.backoffice.operations.restoring import Sources, bring_together
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.consents import ConsentDecision, Decision, Method
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId, Op
from smartclient.store.client_rows import ClientFilter, card_of
from smartclient.store.client_scopes import ClientScopes, Together
from smartclient.store.merging import leaf_at, with_leaf
from smartclient.wire.messages import JsonObject
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    EraseRequest,
    Purpose,
)
from tests.simulators.network import Fault
from tests.simulators.sync_places import Place
from tests.simulators.sync_world import World
from tests.simulators.urgency import check_6_urgent_goes_first
from tests.simulators.wide_inventory import everything_at_server, everything_on

OFFICE = "praha"
SCOPE = office_scope(OFFICE)
FIELDS = ("city", "street", "email", "phone", "surname", "national_id")
OPTIONS = ("PROC", "MKT")
_RIGHT = Right(SCOPE, ALL_CLASSES, may_write=True)
_PURPOSES = (Purpose.IDENTITY, Purpose.MEDICAL, Purpose.OTHER)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How a laptop's clock is wrong while a client decides; what is decided, or by its number."""

    by: timedelta = timedelta(0)
    uncertain: bool = False
    says: Decision | None = None


_CLOCKS = (
    Wrong(),
    Wrong(timedelta(days=365)),
    Wrong(timedelta(minutes=2)),
    Wrong(timedelta(days=-365), uncertain=True),
    Wrong(timedelta(days=365), uncertain=True),
)


@dataclass(slots=True)
class Appended:
    """A record that was written once, and the clients it is about."""

    op: Op
    about: frozenset[str]


@dataclass(slots=True)
class RegisterLedger:
    """What the harness knows of clients by itself."""

    words: dict[str, str] = field(default_factory=dict)
    """Each word with the client it was typed for."""
    settled: set[str] = field(default_factory=set)
    """Typed over or decided against by somebody who saw them."""
    gone: set[str] = field(default_factory=set)
    """Words and ops that stood on a lost disk alone."""
    appended: dict[Op, Appended] = field(default_factory=dict)
    without_right: set[str] = field(default_factory=set)
    """Laptops whose person has no right to the office now."""


class WideWorld(World):
    """Everything at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, laptops=3)
        exporter = self.server.exporter
        self.exporter = replace(exporter, sign=self.mortal(exporter.sign))
        self.archive = folder / "server" / "export"
        self._erasures = folder / "erasures"
        self._images: dict[str, Path] = {}
        self._changes = 0
        """How often a right was changed."""
        self.register = RegisterLedger()
        self.erased_before: set[str] = set()
        """Whatever the back office has erased."""
        with self.server.office.writing() as desk:
            rights.create_office(desk, OFFICE, "Praha")
            for person in {place.person: place for place in self.places}:
                rights.give(desk, person, _RIGHT, "model")
        for place in self.places:
            place.laptop.synchronise()

    # --- what an adviser does with clients ------------------------------------------------------

    def clients(self, place: Place) -> tuple[ClientId, ...]:
        """Those in the list, in a stable order."""
        with place.database.read() as tx:
            rows = tx.clients.page(ClientFilter(), 0, 1_000)
        return tuple(sorted(row.id for row in rows))

    def new_client(self, place: Place) -> None:
        """A new person in the register."""
        word = self._field_word(place, "")
        body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": word}
        with place.database.write() as tx:
            made = tx.clients.create(card_of(body), body)
        self.register.words[word] = made.id

    def edit_client(self, place: Place, client: ClientId, name: str) -> None:
        """Type another value into one field."""
        with place.database.write() as tx:
            body = tx.clients.get(client).body
            word = self._field_word(place, client)
            tx.clients.update(client, card_of({**body, name: word}), {**body, name: word})
        self._settle(body.get(name))

    def choose(self, place: Place, client: ClientId, *, take_other: bool) -> None:
        """Decide the oldest offer of a client."""
        with place.database.write() as tx:
            offers = tx.field_offers.of(client)
            if not offers:
                return
            body, offer = tx.clients.get(client).body, offers[0]
            if take_other:
                self._settle(leaf_at(body, offer.path))
                taken = with_leaf(body, offer.path, offer.other)
                tx.clients.update(client, card_of(taken), taken)
            else:
                self._settle(offer.other)
            tx.field_offers.close(client, offer)

    def _field_word(self, place: Place, client: str) -> str:
        word = f"{place.name}.{len(self.register.words)}"  # no word of a document is like it
        self.register.words[word] = client
        return word

    def _settle(self, value: object) -> None:
        if isinstance(value, str):
            self.register.settled.add(value)

    def consent(
        self, place: Place, client: ClientId, option: str, *, wrong: Wrong | None = None
    ) -> None:
        """The client decides something; the clock of the laptop may be wrong, or just so wrong."""
        number = len(self.register.appended)
        wrong = wrong or _CLOCKS[number % len(_CLOCKS)]
        right = self.clock.now()
        self.clock.set(right + wrong.by)
        decision = ConsentDecision(
            client_id=client,
            option_code=option,
            text_version_id="1",
            decision=wrong.says or (Decision.GIVEN, Decision.WITHDRAWN)[number % 2],
            method=Method.PAPER_SIGNED,
            occurred_at=self.clock.now(),
            recorded_by="Jana",
            device=place.name,
            language="cs",
            clock_uncertain=wrong.uncertain,
        )
        try:
            with place.database.write() as tx:
                event = tx.consents.append(decision, place.laptop.identity.install)
        finally:
            self.clock.set(right)
        self._appended(Op(event.id), client)

    def attach(self, place: Place, client: ClientId, *numbers: int) -> None:
        """Put files to a client, each for the purpose of its number."""
        for number in numbers:
            content = f"file {place.name} {len(self.register.appended)}".encode()
            purpose = _PURPOSES[number % len(_PURPOSES)]
            with place.database.write() as tx:
                op = tx.client_events.attach(
                    Attachment(
                        client,
                        "file.pdf",
                        "application/pdf",
                        len(content),
                        tx.blobs.put(content),
                        purpose,
                        self.clock.now(),
                    )
                )
            self._appended(op, client)

    def merge(self, place: Place, loser: ClientId, survivor: ClientId, *, undo: bool) -> None:
        """Two clients of one office are one person, or no longer."""
        now = self.clock.now()
        with place.database.write() as tx:
            together = ClientScopes(tx.unit).together(loser, [survivor])[survivor]
            if together is not Together.YES and not undo:
                return
            op = tx.client_events.merge(ClientMerge(loser, survivor, undo=undo, occurred_at=now))
        self._appended(op, loser, survivor)

    def merges(self, place: Place) -> tuple[tuple[ClientId, ClientId], ...]:
        """Who is part of whom on a laptop."""
        found = []
        with place.database.read() as tx:
            for loser in sorted(set(self.register.words.values()) - {""}):
                stored = tx.clients.find(ClientId(loser))
                if stored is not None and stored.row.survivor is not None:
                    found.append((stored.row.id, stored.row.survivor))
        return tuple(found)

    def hide(
        self, place: Place, client: ClientId, *, hidden: bool, ahead: int | None = None
    ) -> None:
        """Out of sight, or back; a clock may be some minutes off, or just so many ahead."""
        minutes = len(self.register.appended) % 5 - 2 if ahead is None else ahead
        now = self.clock.now() + timedelta(minutes=minutes)
        with place.database.write() as tx:
            op = tx.client_events.hide(ClientHide(client, hidden, "", now))
        self._appended(op, client)

    def request_erasure(self, place: Place, client: ClientId) -> None:
        """Ask the back office."""
        request = EraseRequest(client, "asked", self.clock.now())
        with place.database.write() as tx:
            op = tx.client_events.request_erasure(request)
        self._appended(op, client)

    def _appended(self, op: Op, *about: ClientId) -> None:
        self.register.appended[op] = Appended(op, frozenset(about))

    # --- what the back office does --------------------------------------------------------------

    def erase(self, client: ClientId) -> bool:
        """A person at the back office erases a client for good."""
        try:
            with self.server.office.writing() as desk:
                done = erasures.erase(desk, client, self._erasures, "model")
                erasures.remove_files(desk, done)
        except SmartClientError:
            return False
        erased = server_schema.record.c.state == ServerState.ERASED
        with self.server.office.reading() as desk:
            found = desk.connection.execute(select(server_schema.record.c.id).where(erased))
            self.erased_before |= set(found.scalars())
        self.trace.append("erased")
        return True

    def change_right(self) -> bool:
        """The other person loses the right to the office, or gets it again.

        Their laptop may have heard of the last change, or not; every other time its token is over.
        """
        other = self.places[-1]
        if other.name in self.register.without_right:
            self.give_right()
        else:
            self.take_right()
        self._changes += 1
        if self._changes % 2:
            other.laptop.restart()
        return True

    def take_right(self) -> None:
        """The other person loses the right."""
        other = self.places[-1]
        with self.server.office.writing() as desk:
            rights.take(desk, other.person, SCOPE, "model")
        self.register.without_right.add(other.name)
        self.trace.append("right taken")

    def give_right(self) -> None:
        """The other person gets it again."""
        other = self.places[-1]
        with self.server.office.writing() as desk:
            rights.give(desk, other.person, _RIGHT, "model")
        self.register.without_right.discard(other.name)
        self.trace.append("right given")

    def synchronise(self, place: Place, plan: tuple[Fault, ...] = ()) -> str:
        """Besides, what is urgent went first."""
        place.network.pushes.clear()
        ended = super().synchronise(place, plan)
        if not self.was_restored:  # then files that were lost go in a second round
            check_6_urgent_goes_first(place)
        return ended

    def acknowledge(self) -> None:
        """The core answers every batch; it rejects every third document."""
        refused = frozenset(f"72{number:08}" for number in range(0, 1_000, 3))
        core = replace(self.server.core, refused_numbers=refused)
        for batch in core.waiting():
            core.take(batch)
        self.exporter.read_answers()
        self.trace.append("core answered")

    def export_begins(self) -> None:
        """A backup of before stays one: what was exported since is replayed from the archive."""

    def bring_back(self, backup: bytes) -> None:
        """As the restore tool does, with everything that lies outside of the database."""
        self.server.put_back(backup)
        places = self.exporter.places
        sources = Sources(
            archive=places.archive,
            to_core=places.to_core,
            erasures=self._erasures,
            rights=self.server.office.outside / rights_list.FILE,
            trusted=self.server.core.trusted,
            epoch_above=self.server.epoch,
        )
        self.server.epoch = bring_together(self.server.office, sources).epoch
        with self.server.office.writing() as desk:
            release(desk)

    # --- what happens to a disk ------------------------------------------------------------------

    def image_disk(self, place: Place) -> None:
        """Somebody makes an image of the disk."""
        image = place.laptop.folder.with_suffix(".image")
        place.database.close()
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(place.laptop.folder, image)
        place.laptop.start()
        self._images[place.name] = image

    def restore_disk(self, place: Place) -> bool:
        """The disk is put back to its image; what stood on it alone is gone with it."""
        image = self._images.get(place.name)
        if image is None:
            return False
        before = everything_on(self, place)
        place.database.close()
        shutil.rmtree(place.laptop.folder)
        shutil.copytree(image, place.laptop.folder)
        place.laptop.start()
        safe = set(everything_at_server(self))
        for each in self.places:
            safe |= everything_on(self, each)
        alone = before - safe
        may_go = alone if self.was_restored else alone - self.ledger.acknowledged
        self.register.gone |= may_go
        self.ledger.typed = [word for word in self.ledger.typed if word not in may_go]
        self.ledger.acknowledged -= may_go
        self.ledger.packages = {op for op in self.ledger.packages if op not in may_go}
        self.old_disks.add(place.name)
        self.trace.append(f"disk of {place.name} restored")
        return True
