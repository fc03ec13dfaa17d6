"""A laptop and the real back office in one process: activation, exchange and catalogue for windows."""

import threading
from pathlib import Path
from random import Random

from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import RandomIds
from smartclient.domain.mode import Mode
from smartclient.services.activation import AccountActivation
from smartclient.services.synchronisation import Synchronisation
from smartclient.store.database import Database
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import PracticeSecret
from smartclient.sync.activation import INSTALLED
from smartclient.sync.activation.activation import Activation
from smartclient.sync.exchange.engine import Engine
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater
from smartclient.wire.transport import Reply, Request
from tests.simulators.inprocess import InProcessServer, practice_issuers
from tests.simulators.publishing import catalogue_of
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.simulators.update_server import UpdateServer
from tests.ui.desk_contents import EVENING

FORM, TARIFF = "forms/flexi-offer-1", "calc/flexi-1"
FIRST = catalogue_of({FORM: b"form", TARIFF: b"tariff"})


class Wire:
    """The way to the server: one call at a time, from whichever thread; it can be cut or held."""

    def __init__(self, server: InProcessServer) -> None:
        self._server = server
        self._turn = threading.Lock()
        self.fault: SmartClientError | None = None
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def send(self, request: Request) -> Reply:
        """Carry a request, unless the line is cut."""
        self.asked.append(request.path)
        self.open.wait(20)
        if self.fault is not None:
            raise self.fault
        with self._turn:
            return self._server.send(request)


class Site:
    """One laptop without an activation, and the insurer's server."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(EVENING)
        self.server = InProcessServer(
            self.clock,
            RandomIds(),
            folder=folder / "server",
            database=f"sqlite:///{folder / 'server.db'}",
        )
        self.wire = Wire(self.server)
        self.updates = UpdateServer(folder / "publisher", FIRST)
        self.keys = KeyRing.open(folder / "ring", PracticeSecret(folder / "secret", Mode.PRACTICE))
        self.db = Database.open(
            folder / "store", self.keys.data_key, clock=self.clock, ids=CountedIds()
        )
        self.catalogue_folder = folder / "catalogue"
        self.catalogue = CatalogueStore(self.catalogue_folder)
        root = practice_issuers(EVENING).root
        self._activation = Activation(
            self.wire, self.keys, root, self.clock, random=Random(1).randbytes
        )
        self._updater = CatalogueUpdater(
            folder / "catalogue", self.updates.source, self.updates, SystemClock(), "0.1.0"
        )
        self._engine: Engine | None = None
        self._random = Random(2)
        self.activation = AccountActivation(
            self.db, lambda: self._activation, self._kept, lambda: "notebook"
        )
        self.synchronisation = Synchronisation(
            self.db, self.clock, self.engine, self.updater, lambda: self.catalogue
        )

    def _kept(self) -> bytes | None:
        return self.keys.get(INSTALLED)

    @property
    def updates_set(self) -> str:
        """The id of the set that is published."""
        return FIRST.signed_set.id

    def updater(self) -> CatalogueUpdater:
        """The updates of the laptop's catalogue."""
        return self._updater

    def engine(self) -> Engine:
        """The exchange of the activated install."""
        if self._engine is None:
            installed = self._activation.installed
            assert installed is not None, "activate first"
            self._engine = Engine(
                self.db,
                self.wire,
                installed.identity(),
                clock=self.clock,
                random=self._random.randbytes,
                version="0.1.0",
            )
        return self._engine

    def renew_engine(self) -> None:
        """The next exchange asks for a new token, as after a start of the program."""
        self._engine = None

    def close(self) -> None:
        """Give everything back."""
        self.wire.open.set()
        self.db.close()
        self.server.close()
