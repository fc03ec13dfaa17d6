"""Starts the laptops and the server, harms them by its seed, and reads the ledger in the end."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import update

from development.soak.disk import OnLaptop, exported, on_laptop, on_server, whereabouts
from development.soak.laptop import CALM, Terms
from development.soak.ledger import Ledger
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import next_cutoff
from smartclient.sync.exchange.http_transport import HttpTransport
from tests.simulators.inprocess import SERVER_NAME, Installed
from tests.simulators.office_process import OfficeProcess, environment
from tests.simulators.relay import Odds, Relay

PATIENCE = 120.0
ODDS = Odds(requests=0.05, replies=0.05, delays=0.03, twice=0.03)


@dataclass(slots=True)
class _Laptop:
    """One install, on or off."""

    name: str
    folder: Path
    installed: Installed
    starts: int = 0
    process: subprocess.Popen[str] | None = None
    listening: threading.Thread | None = None
    image: Path | None = None
    """An older state of its disk."""
    calmed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


@dataclass(slots=True)
class Soak:
    """One run in a folder of its own."""

    folder: Path
    seed: int
    source: Path
    database: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    faults: list[str] = field(default_factory=list)
    """What is wrong besides lost edits."""
    _random: Random = field(init=False)
    _office: OfficeProcess = field(init=False)
    _relay: Relay = field(init=False)
    _laptops: list[_Laptop] = field(default_factory=list)
    _evenings: int = 0
    _backup: Path | None = None
    _backups: int = 0

    def run(self, seconds: float) -> bool:
        """Soak so long, calm down, and judge; whether nothing was lost."""
        self._random = Random(self.seed)
        self._office = OfficeProcess(self.folder / "site", self.source, self.database)
        with self._office:
            self._relay = Relay(self._office.port, self._office.certificates, ODDS, self.seed)
            with self._relay:
                self._activate()
                try:
                    self._harm(seconds)
                    self._calm_down()
                finally:
                    for laptop in self._laptops:
                        self._kill(laptop)
            self._judge()
        return not self.faults

    # --- the beginning -------------------------------------------------------------------------

    def _activate(self) -> None:
        """Two laptops of one adviser, and one of another."""
        direct = HttpTransport(self._office.address, self._office.root)
        first, second, third = (self._office.activate(direct) for _ in range(3))
        direct.close()
        install = schema.install
        mine = {"person": first.reply.person, "scope": first.scope}
        with self._office.office() as opened, opened.office.writing() as desk:
            change = update(install).where(install.c.id == second.id).values(mine)
            desk.connection.execute(change)
        for name, installed in (("A", first), ("B", second), ("C", third)):
            self._laptops.append(_Laptop(name, self.folder / name, installed))
        for laptop in self._laptops:
            self._start(laptop)

    def _terms(self, laptop: _Laptop) -> Terms:
        pem = laptop.installed.install_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        return Terms(
            name=laptop.name,
            folder=str(laptop.folder),
            install=laptop.installed.id,
            scope=self._laptops[0].installed.scope
            if laptop.name == "B"
            else laptop.installed.scope,
            server_name=SERVER_NAME,
            key=pem.decode(),
            address=self._relay.address,
            root=str(self._office.root),
            seed=1_000 * self.seed + laptop.starts,
        )

    def _start(self, laptop: _Laptop) -> None:
        laptop.starts += 1
        log = (self.folder / f"{laptop.name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "development.soak.laptop", self._terms(laptop).to_text()],
                cwd=self.source,
                env=environment(self.source, self.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        laptop.process = process
        laptop.listening = threading.Thread(target=self._listen, args=(laptop, process))
        laptop.listening.start()

    def _listen(self, laptop: _Laptop, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):  # the last one may be cut by the kill
                said = json.loads(line)
                self.ledger.hear(laptop.name, said)
                if "calm" in said:
                    laptop.calmed.release()

    # --- harm ----------------------------------------------------------------------------------

    def _harm(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (8, self._kill_a_laptop),
            (3, self._kill_the_server),
            (4, self._evening),
            (3, self._back_up),
            (2, self._restore),
            (3, self._image_a_disk),
            (2, self._restore_a_disk),
        )
        pause = threading.Event()
        while (left := until - time.monotonic()) > 0:
            pause.wait(min(left, self._random.uniform(0.3, 1.5)))
            (act,) = self._random.choices([act for _, act in acts], [often for often, _ in acts])
            act()
            self._look_after_laptops()

    def _look_after_laptops(self) -> None:
        """A laptop that ended by itself is a fault."""
        for laptop in self._laptops:
            if laptop.process is not None and laptop.process.poll() is not None:
                log = (self.folder / f"{laptop.name}.log").read_text("utf-8", "replace")
                self.faults.append(f"laptop {laptop.name} ended by itself: {log[-1500:]}")
                self._kill(laptop)
                self._start(laptop)

    def _kill(self, laptop: _Laptop) -> None:
        if laptop.process is None or laptop.listening is None:
            return
        laptop.process.send_signal(signal.SIGKILL)
        laptop.process.wait()
        laptop.listening.join()
        for pipe in (laptop.process.stdin, laptop.process.stdout):
            if pipe is not None:
                pipe.close()
        laptop.process = laptop.listening = None

    def _kill_a_laptop(self) -> None:
        laptop = self._random.choice(self._laptops)
        self._kill(laptop)
        self._start(laptop)
        self.ledger.counts["kills of laptops"] += 1

    def _kill_the_server(self) -> None:
        self._office.kill()
        self.ledger.counts["kills of the server"] += 1
        self._office.start(self._relay.server_port)

    def _evening(self) -> None:
        """The next evening; half of the time its process is killed once and run again."""
        self._evenings += 1
        if self._random.random() < 0.5:
            self._export(killed_after=self._random.uniform(0.5, 1.5))
        self._export()
        self.ledger.counts["exports"] += 1

    def _export(self, killed_after: float | None = None) -> None:
        instant = next_cutoff(datetime.now(UTC) + timedelta(days=self._evenings - 1))
        home = str(self._office.home.folder)
        at = to_text(instant + timedelta(seconds=1))
        with (self.folder / "evening.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "development.soak.evening", home, at],
                cwd=self.source,
                env=environment(self.source, self.folder),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        try:
            code = process.wait(killed_after or PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.ledger.counts["kills of exports"] += 1
            code = 0 if killed_after else 1
        if code:
            said = (self.folder / "evening.log").read_text("utf-8", "replace")
            self.faults.append(f"the export failed: {said[-1500:]}")

    def _back_up(self) -> None:
        """The product's own backup, while the office works."""
        self._backups += 1
        backup = self.folder / f"backup-{self._backups}"
        if self._told_office("backup", str(backup)):
            self._backup = backup
            self.ledger.counts["backups"] += 1

    def _restore(self) -> None:
        """The server's disk dies; the product's own restore puts the backup back and opens."""
        if self._backup is None:
            return
        for laptop in self._laptops:  # so that no word of theirs is under way
            self._kill(laptop)
        self._office.kill()
        for file in self._office.home.folder.glob("office.sqlite3*"):
            file.unlink()
        self._told_office("restore", str(self._backup))
        self._told_office("restore", "release")
        self.ledger.server_restored(whereabouts(self._office, self._disks()))
        self._office.start(self._relay.server_port)
        for laptop in self._laptops:
            self._start(laptop)
        self.ledger.counts["restores of the server"] += 1

    def _told_office(self, *words: str) -> bool:
        """A command of the back office; a refusal is a fault."""
        home = str(self._office.home.folder)
        done = subprocess.run(
            [sys.executable, "-m", "smartclient.backoffice", "--home", home, *words],
            cwd=self.source,
            env=environment(self.source, self.folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.faults.append(f"{' '.join(words)}: {done.stderr[-1500:]}")
        return done.returncode == 0

    def _image_a_disk(self) -> None:
        """Somebody makes an image of a laptop's disk while it is off."""
        laptop = self._random.choice(self._laptops)
        self._kill(laptop)
        if laptop.folder.exists():
            image = self.folder / f"{laptop.name}.image"
            shutil.rmtree(image, ignore_errors=True)
            shutil.copytree(laptop.folder, image)
            laptop.image = image
        self._start(laptop)

    def _restore_a_disk(self) -> None:
        """A laptop is put back to its image; what stood on its disk alone is gone with it."""
        laptop = self._random.choice(self._laptops)
        if laptop.image is None:
            return
        for each in self._laptops:
            self._kill(each)
        before = on_laptop(laptop.folder)
        shutil.rmtree(laptop.folder)
        shutil.copytree(laptop.image, laptop.folder)
        found = whereabouts(self._office, self._disks())
        self.ledger.disk_lost(before.words, found)
        for each in self._laptops:
            self._start(each)
        self.ledger.counts["restores of laptops"] += 1

    def _disks(self) -> dict[str, OnLaptop]:
        return {laptop.name: on_laptop(laptop.folder) for laptop in self._laptops}

    # --- the end -------------------------------------------------------------------------------

    def _calm_down(self) -> None:
        """Exports come to their end, then every laptop synchronises until nothing moves, twice."""
        if self._evenings:
            self._export()
        for _ in range(2):
            for laptop in self._laptops:
                self._tell_calm(laptop)
            for laptop in self._laptops:
                if not laptop.calmed.acquire(timeout=PATIENCE):
                    self.faults.append(f"laptop {laptop.name} did not come to its end")
        for laptop in self._laptops:
            self._kill(laptop)

    def _tell_calm(self, laptop: _Laptop) -> None:
        assert laptop.process is not None
        assert laptop.process.stdin is not None
        laptop.process.stdin.write(f"{CALM}\n")
        laptop.process.stdin.flush()

    def _judge(self) -> None:
        disks = self._disks()
        server = on_server(self._office)
        self.faults += self.ledger.lost(whereabouts(self._office, disks))
        self.faults += [f"laptop {name} does not calm down" for name in self.ledger.restless]
        if not server.is_whole:
            self.faults.append("the server's database is not whole")
        batched = [identity for _batch, identity in exported(self._office)]
        if len(set(batched)) != len(batched):
            self.faults.append("a document was handed over in two batches")
        for laptop in self._laptops:
            of = self._laptops[0] if laptop.name == "B" else laptop
            shown, held = disks[laptop.name].shown, server.documents.get(of.installed.scope, {})
            if disks[laptop.name].waiting:
                self.faults.append(f"laptop {laptop.name} still has something to send")
            different = {each for each in shown.keys() | held if shown.get(each) != held.get(each)}
            if different:
                self.faults.append(f"laptop {laptop.name} and the server differ: {len(different)}")

    def report(self) -> str:
        """What happened, for a person."""
        ledger = self.ledger
        cuts = {harm.value: count for harm, count in sorted(self._relay.done.items(), key=str)}
        lines = [f"  {name:<34}{count:>8,}" for name, count in sorted(ledger.counts.items())]
        lines += [f"  {'request ' + name:<34}{count:>8,}" for name, count in cuts.items()]
        lines += [
            f"  {'edits acknowledged':<34}{len(ledger.acknowledged):>8,}",
            f"  {'gone with the disks that held them':<34}{len(ledger.gone):>8,}",
            f"  ends of sessions: {dict(sorted(ledger.refusals.items()))}",
        ]
        lost = [fault for fault in self.faults if "lost" in fault or "nowhere" in fault]
        verdict = [*self.faults, f"{len(lost)} lost, {len(self.faults)} faults"]
        return "\n".join([f"soak of seed {self.seed}:", *lines, *verdict])
