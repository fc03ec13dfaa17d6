"""Starts the laptops and the server, lets them be harmed by its seed, and reads the ledger."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import update

from development.soak.at_server import OnServer, on_server, whereabouts
from development.soak.disk import OnLaptop, exported
from development.soak.harm import ORDINARY, PATIENCE, Harm, Odds
from development.soak.laptops import LaptopProcess, Surroundings
from development.soak.ledger import Ledger
from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import rights
from smartclient.backoffice.tables import schema
from smartclient.sync.exchange.http_transport import HttpTransport
from tests.simulators import relay
from tests.simulators.inprocess import Installed
from tests.simulators.office_process import OfficeProcess
from tests.simulators.relay import Relay

CUTS = relay.Odds(requests=0.05, replies=0.05, delays=0.03, twice=0.03)
OFFICE = "praha"
OFFICE_SCOPE = rights.office_scope(OFFICE)


@dataclass(slots=True)
class Soak:
    """One run in a folder of its own."""

    folder: Path
    seed: int
    source: Path
    database: str = ""
    odds: Odds = field(default_factory=lambda: ORDINARY)
    ledger: Ledger = field(default_factory=Ledger)
    faults: list[str] = field(default_factory=list)
    """What is wrong, lost edits among it."""
    _office: OfficeProcess = field(init=False)
    _relay: Relay = field(init=False)
    _laptops: list[LaptopProcess] = field(default_factory=list)

    def run(self, seconds: float) -> bool:
        """Soak so long, calm down, and judge; whether nothing was lost."""
        self._office = OfficeProcess(self.folder / "site", self.source, self.database)
        with self._office:
            self._relay = Relay(self._office.port, self._office.certificates, CUTS, self.seed)
            with self._relay:
                self._activate()
                harm = self._harm()
                try:
                    self._harm_for(harm, seconds)
                    self._calm_down(harm)
                finally:
                    for laptop in self._laptops:
                        laptop.kill()
            self._judge(harm)
        return not self.faults

    # --- the beginning -------------------------------------------------------------------------

    def _activate(self) -> None:
        """Two laptops of one adviser and one of another, who work in one office."""
        direct = HttpTransport(self._office.address, self._office.root)
        first, second, third = (self._office.activate(direct) for _ in range(3))
        direct.close()
        install = schema.install
        mine = {"person": first.reply.person, "scope": first.scope}
        with self._office.office() as opened, opened.office.writing() as desk:
            change = update(install).where(install.c.id == second.id).values(mine)
            desk.connection.execute(change)
            rights.create_office(desk, OFFICE, "Praha")
            for each in (first, third):
                right = Right(OFFICE_SCOPE, ALL_CLASSES, may_write=True)
                rights.give(desk, each.reply.person, right, "works there")
        self._laptops = [
            self._laptop("A", first, first.scope),
            self._laptop("B", second, first.scope),
            self._laptop("C", third, third.scope),
        ]
        for laptop in self._laptops:
            laptop.start(self._relay.address)

    def _laptop(self, name: str, installed: Installed, scope: str) -> LaptopProcess:
        around = Surroundings(self.folder, self.source, self._office.root, self.seed, self.ledger)
        return LaptopProcess(name, installed, scope, around)

    def _harm(self) -> Harm:
        return Harm(
            folder=self.folder,
            source=self.source,
            office=self._office,
            relay=self._relay,
            laptops=self._laptops,
            ledger=self.ledger,
            random=Random(self.seed),
            odds=self.odds,
            faults=self.faults,
        )

    def _harm_for(self, harm: Harm, seconds: float) -> None:
        until = time.monotonic() + seconds
        pause = threading.Event()
        while (left := until - time.monotonic()) > 0:
            pause.wait(min(left, harm.random.uniform(0.3, 1.5)))
            harm.act()

    # --- the end -------------------------------------------------------------------------------

    def _calm_down(self, harm: Harm) -> None:
        """Exports come to their end, then every laptop synchronises until nothing moves, twice."""
        harm.finish_exports()
        for _ in range(2):
            for laptop in self._laptops:
                laptop.calm()
            for laptop in self._laptops:
                if not laptop.is_calm(PATIENCE):
                    self.faults.append(f"laptop {laptop.name} did not come to its end")

    def _judge(self, harm: Harm) -> None:
        disks, server = harm.disks(), on_server(self._office, thoroughly=True)
        self.ledger.client_erased(server.erased, ())
        self.faults += self.ledger.lost(whereabouts(self._office, disks, server))
        self.faults += [f"laptop {name} does not calm down" for name in self.ledger.restless]
        self.faults += server.faults
        batched = [identity for _batch, identity in exported(self._office)]
        if len(set(batched)) != len(batched):
            self.faults.append("a document was handed over in two batches")
        for laptop in self._laptops:
            found = _differences(disks[laptop.name], server, (laptop.scope, OFFICE_SCOPE))
            self.faults += [f"laptop {laptop.name} {fault}" for fault in found]

    def report(self) -> str:
        """What happened, for a person."""
        ledger = self.ledger
        cuts = {harm.value: count for harm, count in sorted(self._relay.done.items(), key=str)}
        lines = [f"  {name:<36}{count:>8,}" for name, count in sorted(ledger.counts.items())]
        lines += [f"  {'request ' + name:<36}{count:>8,}" for name, count in cuts.items()]
        lines += [
            f"  {'edits and events acknowledged':<36}{len(ledger.acknowledged):>8,}",
            f"  {'typed over by who saw them':<36}{len(ledger.settled):>8,}",
            f"  {'gone with the disks that held them':<36}{len(ledger.gone):>8,}",
            f"  {'gone with clients that were erased':<36}{len(ledger.erased):>8,}",
            f"  ends of sessions: {dict(sorted(ledger.refusals.items()))}",
        ]
        lost = [fault for fault in self.faults if "lost" in fault or "nowhere" in fault]
        verdict = [*self.faults, f"{len(lost)} lost, {len(self.faults)} faults"]
        return "\n".join([f"soak of seed {self.seed}:", *lines, *verdict])


def _differences(disk: OnLaptop, server: OnServer, scopes: tuple[str, ...]) -> list[str]:
    """In what a laptop that came to rest differs from what its person may read at the server."""
    readable = server.together(scopes)
    found = []
    if disk.waiting:
        found.append(f"still has {disk.waiting} to send")
    for what, here, there in (
        ("documents", disk.documents, readable.documents),
        ("clients", disk.clients, readable.clients),
    ):
        if different := sorted(n for n in here.keys() | there if here.get(n) != there.get(n)):
            found.append(f"and the server differ in {what}: {different}")
    # That the words of orphans are gone for good is the ledger's to say.
    if different := sorted((disk.events - disk.orphans) ^ readable.events):
        found.append(f"and the server differ in events: {different}")
    if missing := sorted(readable.histories - disk.histories):
        found.append(f"lacks lines of histories: {missing}")
    if kept := sorted(disk.traces & server.erased):
        found.append(f"keeps something of what was erased: {kept}")
    return found
