"""An adviser's desk as it is in real life: the real store, twenty clients, documents in all states."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from smartclient.domain.clients import Address, PersonRecord
from smartclient.domain.consents import ConsentDecision, Decision, Method
from smartclient.domain.document_life import (
    Stage,
)
from smartclient.domain.ids import ClientId, DocumentId, InstallId
from smartclient.services.activation import Account, AccountActivation
from smartclient.services.clients import ClientMatters, Clients, Recorder
from smartclient.services.documents import Documents
from smartclient.services.home import Home
from smartclient.services.search import Search
from smartclient.services.settings import Settings
from smartclient.services.support import Install, Support
from smartclient.services.synchronisation import Synchronisation
from smartclient.store.client_rows import ClientCard, ClientKind
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.sync_history import SyncRun
from smartclient.sync.exchange.handing_in import Package
from smartclient.sync.updates.answers import AppAnswer, Outcome
from smartclient.sync.updates.store import CatalogueStore
from smartclient.ui.main_window import MainWindow
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.wire.catalogue import AppRelease, CatalogueSet, Component, ComponentKind
from smartclient.wire.encoding import sha256
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.ui.desk_contents import EVENING, INFORMATION, NAMES, PLANS, Plan

KEY = bytes(range(32))
INSTALL = InstallId("00000000-0000-4000-8000-0000000000aa")


class Desk:
    """The store with its contents and the services on top of it."""

    def __init__(self, folder: Path, like: "Desk | None" = None) -> None:
        """An empty desk, or the copy of a filled one in a folder of its own."""
        self.folder = folder
        self.language = "en"
        self.clock = SetClock(EVENING)
        self.ids = CountedIds(0 if like is None else 1)
        if like is not None:
            shutil.copytree(like.folder, folder, dirs_exist_ok=True)
        self.db = Database.open(folder / "store", KEY, clock=self.clock, ids=self.ids)
        self.catalogue = CatalogueStore(folder / "catalogue")
        self.clients: list[ClientId] = list(like.clients) if like else []
        self.documents: list[DocumentId] = list(like.documents) if like else []
        self.update_answer = AppAnswer(Outcome.NONE, "0.1.0", "0.1.0", date(2026, 11, 1))

    def services(self) -> "DeskServices":
        """The services, with the server left out."""
        synchronisation = Synchronisation(
            self.db, self.clock, _unreachable, _unreachable, lambda: self.catalogue
        )
        clients = Clients(
            self.db, self.clock, self.ids, recorder, lambda: INFORMATION, lambda: self.language
        )
        return DeskServices(
            home=Home(self.db, self.clock, synchronisation.title_of),
            clients=clients,
            matters=ClientMatters(self.db, self.clock, _unreachable, lambda: self.language),
            documents=Documents(self.db, self.clock, synchronisation.title_of),
            search=Search(self.db),
            synchronisation=synchronisation,
            settings=Settings(self.db, "0.1.0", lambda: self.update_answer),
            support=Support(
                self.db,
                self.clock,
                Install(lambda: INSTALL, "0.1.0", self.db.folder.parent / "log"),
                lambda: self.catalogue.current,
                self.package,
            ),
            activation=KnownAccount(self.db, _unreachable, lambda: None, lambda: "notebook"),
        )

    def package(self) -> Package:
        """What was not sent, sealed; the key is of nobody."""
        return Package(b"sealed", 3, 0)

    def fill(self) -> None:
        """Lay clients, documents, a conflict, a draft and a history on the desk."""
        self.publish()
        for given, surname, city, number in NAMES:
            self.clients.append(self.add_client(given, surname, city, number))
        for place in range(len(NAMES)):
            if place not in (7, 19):
                self.inform(self.clients[place])
        for plan in PLANS:
            self.documents.append(self.add_document(plan))
        self.add_conflict()
        self.clock.set(EVENING - timedelta(minutes=35))
        with self.db.write() as tx:
            tx.clients.save_draft("draft-1", {"given_name": "Michaela", "surname": "Dobrá"})
            tx.feed.set_next_lock_at(datetime(2026, 11, 21, 20, 0, tzinfo=UTC))
            for days, outcome in ((3, "done"), (2, "SC-SYNC-020"), (1, "done"), (0, "done")):
                ended = EVENING - timedelta(days=days)
                tx.sync_history.add(
                    SyncRun(ended, ended, outcome, 3 - days % 2, 5 + days, 0, "1TTF22JQ")
                )
        self.clock.set(EVENING)

    def add_client(self, given: str, surname: str, city: str, number: str = "") -> ClientId:
        """A client with address and contact."""
        record = PersonRecord(
            given_name=given,
            surname=surname,
            address=Address("Široká", "12", "530 02", city, "CZ"),
            national_id=number or "8003151112",
            birth_date=date(1980, 3, 15),
            sex="M",
            phone="+420777123456",
            email=f"{surname.split()[0].lower()}@example.cz",
        )
        card = ClientCard(
            ClientKind.PERSON,
            given,
            surname,
            record.national_id,
            record.birth_date,
            city,
            record.phone,
            record.email,
        )
        with self.db.write() as tx:
            return tx.clients.create(card, {"schema": 1, **record.to_json()}).id

    def inform(self, client_id: ClientId) -> None:
        """Record the information duty."""
        decision = ConsentDecision(
            client_id,
            "PROC",
            INFORMATION.version_id,
            Decision.INFORMED,
            Method.MANUAL_PAPER,
            self.clock.now(),
            "Jana Dvořáková",
            "notebook",
            "cs",
            "text sha256:0",
        )
        with self.db.write() as tx:
            tx.consents.append(decision, INSTALL)

    def add_document(self, plan: Plan) -> DocumentId:
        """A document that stands as planned."""
        self.clock.set(EVENING - timedelta(hours=plan.hours_ago))
        given, surname = NAMES[plan.client][:2]
        body: dict[str, object] = {
            "schema": 1,
            "document_kind": plan.kind.value,
            "number": plan.number,
            "form_id": plan.form,
            "form_version": 1,
            "client_id": self.clients[plan.client],
            "client_name": f"{given} {surname}",
            "answers": {},
            "digital": plan.digital,
            "premium": {"payable": plan.premium, "frequency": 12, "currency": "CZK", "lines": []}
            if plan.premium
            else None,
        }
        with self.db.write() as tx:
            row = tx.documents.create(body)  # type: ignore[arg-type]
            tx.documents.stand(row.id, plan.situation)
            state = tx.records.find(row.id)
            if state is not None and plan.situation.backed_up:
                tx.records.keep([replace(state, dirty=False)])
        self.clock.set(EVENING)
        return row.id

    def add_conflict(self) -> None:
        """An edit that came after the export."""
        with self.db.write() as tx:
            stored = tx.documents.get(self.documents[14])
            premium = {"payable": "2610", "frequency": 12, "currency": "CZK", "lines": []}
            body = {**stored.body, "premium": premium}
            tx.conflicts.keep(self.documents[14], Reason.LOCKED, body, Stage.COMPLETE)  # type: ignore[arg-type]

    def publish(self) -> None:
        """A small catalogue in use: names and versions as the list of components shows them."""
        listed = (
            (ComponentKind.FORM, "flexi-offer", 12, "Nabídka FLEXI"),
            (ComponentKind.FORM, "flexi-change", 4, "Žádost o změnu"),
            (ComponentKind.FORM, "flexi-model", 2, "Samostatná modelace"),
            (ComponentKind.TARIFF, "flexi", 3, "FLEXI životní pojištění, sazby 2026-11"),
            (ComponentKind.TEMPLATE, "flexi-offer", 5, "Tisk nabídky FLEXI"),
            (ComponentKind.CONSENT_TEXT, "proc", 1, "Informace o zpracování osobních údajů"),
        )
        components = []
        for kind, identity, version, name in listed:
            archive = f"{kind}{identity}".encode()
            component = Component(
                kind,
                identity,
                version,
                {"cs": name},
                date(2026, 11, 1),
                date(2026, 11, 1),
                None,
                sha256(archive),
                len(archive),
            )
            self.catalogue.put(component, archive)
            components.append(component)
        release = AppRelease("0.1.0", date(2026, 11, 1), "0.1.0")
        self.catalogue.switch(
            CatalogueSet("2026.11.01-3f2a91c0", release, tuple(components)).to_bytes()
        )

    def close(self) -> None:
        """Give the database back."""
        self.db.close()


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What the window needs, all of it made."""

    home: Home
    clients: Clients
    matters: ClientMatters
    documents: Documents
    search: Search
    synchronisation: Synchronisation
    settings: Settings
    support: Support
    activation: AccountActivation


class KnownAccount(AccountActivation):
    """Who works here, without a key ring."""

    def account(self) -> Account | None:
        """Jana Dvořáková of partner 90012345."""
        return Account(
            "90012345", "Dobrá rada s.r.o.", "Jana Dvořáková", "dvorakova.j", "012345PPZ"
        )


def recorder() -> Recorder:
    """Who records on this desk."""
    return Recorder("Jana Dvořáková", INSTALL, "notebook")


def _unreachable() -> NoReturn:
    raise AssertionError("this desk has no server")


@contextmanager
def opened_window(desk: Desk, tasks: Tasks) -> Iterator[MainWindow]:
    """The main window on a desk, hearing what is committed."""
    services = desk.services()
    runner = SyncRunner(services.synchronisation, tasks, fraction=lambda: 0.5)
    window = MainWindow(services, runner, tasks, desk.clock, question=lambda _parent, _asked: True)
    end = desk.db.subscribe(window.hear)
    try:
        yield window
    finally:
        end()
        window.deleteLater()
