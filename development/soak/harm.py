"""What is done to the laptops and the server of a soak, one thing after the other."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from random import Random

from development.soak.at_server import OnServer, on_server, whereabouts
from development.soak.disk import OnLaptop, on_laptop
from development.soak.evening import KILLED
from development.soak.laptops import LaptopProcess
from development.soak.ledger import Ledger
from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import next_cutoff
from tests.simulators.office_process import OfficeProcess, environment
from tests.simulators.relay import Relay

PATIENCE = 120.0
OFFICE_PATIENCE = 600.0
"""Seconds for a command and an export of two or three: on a machine that is busy with other work,
several minutes. Long ones say where they stand."""
_IS_PART_OF_ANOTHER = "SC-SERV-081"
"""A client that was merged is not erased alone; the refusal says which one to erase."""


class Act(Enum):
    """What may be done."""

    KILL_A_LAPTOP = "kills of laptops"
    KILL_THE_SERVER = "kills of the server"
    EVENING = "exports"
    BACK_UP = "backups"
    RESTORE = "restores of the server"
    IMAGE_A_DISK = "images of disks"
    RESTORE_A_DISK = "restores of laptops"
    ERASE = "clients erased"


Odds = Mapping[Act, float]
ORDINARY: Odds = {
    Act.KILL_A_LAPTOP: 8,
    Act.KILL_THE_SERVER: 3,
    Act.EVENING: 4,
    Act.BACK_UP: 3,
    Act.RESTORE: 2,
    Act.IMAGE_A_DISK: 3,
    Act.RESTORE_A_DISK: 2,
    Act.ERASE: 1,
}
RESTORING: Odds = {
    **ORDINARY,
    Act.RESTORE: 4,
    Act.IMAGE_A_DISK: 4,
    Act.RESTORE_A_DISK: 8,
}
"""Old states of servers and laptops meet each other all the time, with work between them."""


@dataclass(slots=True)
class Harm:
    """Everything that is harmed, and the ledger that must know of it."""

    folder: Path
    source: Path
    office: OfficeProcess
    relay: Relay
    laptops: list[LaptopProcess]
    ledger: Ledger
    random: Random
    odds: Odds
    faults: list[str]
    """What went wrong besides lost edits."""
    _evenings: int = 0
    _backups: int = 0
    _backup: Path | None = None
    _acts: Mapping[Act, Callable[[], bool]] = field(init=False)

    def __post_init__(self) -> None:
        self._acts = {
            Act.KILL_A_LAPTOP: self._kill_a_laptop,
            Act.KILL_THE_SERVER: self._kill_the_server,
            Act.EVENING: self._evening,
            Act.BACK_UP: self._back_up,
            Act.RESTORE: self._restore,
            Act.IMAGE_A_DISK: self._image_a_disk,
            Act.RESTORE_A_DISK: self._restore_a_disk,
            Act.ERASE: self._erase,
        }

    def act(self) -> None:
        """One thing at random."""
        (chosen,) = self.random.choices(list(self.odds), list(self.odds.values()))
        if self._acts[chosen]():
            self.ledger.counts[chosen.value] += 1
            self.ledger.chronicle.note("office", {"what": f"one of {chosen.value}"})
        for laptop in self.laptops:
            if laptop.ended_by_itself():
                self.faults.append(f"laptop {laptop.name} ended by itself: {laptop.log[-1500:]}")
                laptop.kill()
                laptop.start(self.relay.address)

    def finish_exports(self) -> None:
        """What began comes to its end."""
        if self._evenings:
            self._export()

    def disks(self) -> dict[str, OnLaptop]:
        """What the laptops hold; they are off."""
        return {laptop.name: on_laptop(laptop.folder) for laptop in self.laptops}

    # --- laptops -------------------------------------------------------------------------------

    def _all_off(self) -> None:
        for laptop in self.laptops:
            laptop.kill()

    def _all_on(self) -> None:
        for laptop in self.laptops:
            laptop.start(self.relay.address)

    def _kill_a_laptop(self) -> bool:
        laptop = self.random.choice(self.laptops)
        laptop.kill()
        laptop.start(self.relay.address)
        return True

    def _image_a_disk(self) -> bool:
        """Somebody makes an image of a laptop's disk while it is off."""
        laptop = self.random.choice(self.laptops)
        laptop.kill()
        if laptop.folder.exists():
            image = self.folder / f"{laptop.name}.image"
            shutil.rmtree(image, ignore_errors=True)
            shutil.copytree(laptop.folder, image)
            laptop.image = image
        laptop.start(self.relay.address)
        return True

    def _restore_a_disk(self) -> bool:
        """A laptop is put back to its image; what stood on its disk alone is gone with it."""
        laptop = self.random.choice(self.laptops)
        if laptop.image is None:
            return False
        self._all_off()
        before = on_laptop(laptop.folder)
        shutil.rmtree(laptop.folder)
        shutil.copytree(laptop.image, laptop.folder)
        found = whereabouts(self.office, self.disks())
        self.ledger.disk_lost(laptop.name, before.words, found)
        self._all_on()
        return True

    # --- the server ----------------------------------------------------------------------------

    def _kill_the_server(self) -> bool:
        self.office.kill()
        self.office.start(self.relay.server_port)
        return True

    def _back_up(self) -> bool:
        """The product's own backup, while the office works."""
        self._backups += 1
        backup = self.folder / f"backup-{self._backups}"
        if self._told_office("backup", str(backup)):
            self._backup = backup
        return True

    def _restore(self) -> bool:
        """The server's disk dies; the product's own restore puts the backup back and opens."""
        if self._backup is None:
            return False
        self._all_off()  # so that no word of theirs is under way
        self.office.kill()
        server, disks = on_server(self.office), self.disks()
        before = whereabouts(self.office, disks, server)
        for file in self.office.home.folder.glob("office.sqlite3*"):
            file.unlink()
        self._told_office("restore", str(self._backup))
        self._told_office("restore", "release")
        after = on_server(self.office)
        self.ledger.server_restored(before, whereabouts(self.office, disks, after))
        self._note_erased(server, disks, after)  # the list of erasures was replayed
        self.office.start(self.relay.server_port)
        self._all_on()
        return True

    def _erase(self) -> bool:
        """A person at the back office erases a client; now and then killed, and done again."""
        self._all_off()
        server, disks = on_server(self.office), self.disks()
        clients = sorted({name for of in server.scopes.values() for name in of.clients})
        is_erased = False
        if clients:
            command = ("erase", self.random.choice(clients), "--reason", "soak")
            killed_after = self.random.uniform(0.3, 1.5) if self.random.random() < 0.3 else None
            if killed_after is None or self._told_office(*command, killed_after=killed_after):
                self._told_office(*command, may_refuse=killed_after is not None)
            after = on_server(self.office)
            is_erased = after.erased > server.erased
            self._note_erased(server, disks, after)
        self._all_on()
        return is_erased

    def _note_erased(
        self, before: OnServer, disks: Mapping[str, OnLaptop], after: OnServer
    ) -> None:
        """The words that stood in the records of what is erased now, wherever."""
        words: set[str] = set()
        for name in after.erased:
            words |= before.words_of(name)
            for disk in disks.values():
                words |= disk.words_of(name)
        self.ledger.client_erased(after.erased, words)

    def _told_office(
        self, *words: str, killed_after: float | None = None, may_refuse: bool = False
    ) -> bool:
        """A command of the back office, to its end unless it is killed; a refusal is a fault."""
        home = str(self.office.home.folder)
        process = subprocess.Popen(
            [sys.executable, "-m", "smartclient.backoffice", "--home", home, *words],
            cwd=self.source,
            env=environment(self.source, self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        code: int | None
        try:
            _out, said = process.communicate(timeout=killed_after or OFFICE_PATIENCE)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            _out, said = process.communicate()
            if killed_after:
                return True
            code = None
        if code != 0 and not may_refuse and _IS_PART_OF_ANOTHER not in said:
            self.faults.append(why(" ".join(words), code, said))
        return code == 0

    # --- evenings ------------------------------------------------------------------------------

    def _evening(self) -> bool:
        """The next evening; half of the time its process dies once and is run again."""
        self._evenings += 1
        if self.random.random() < 0.5:
            self._export(f"{self.random.uniform(0.0, 1.0):.2f}")
        self._export()
        return True

    def _export(self, *killed_after: str) -> None:
        instant = next_cutoff(datetime.now(UTC) + timedelta(days=self._evenings - 1))
        told = (str(self.office.home.folder), to_text(instant + timedelta(seconds=1)))
        written = self.folder / "evening.log"
        with written.open("ab") as log:
            begins = log.tell()
            process = subprocess.Popen(
                [sys.executable, "-m", "development.soak.evening", *told, *killed_after],
                cwd=self.source,
                env=environment(self.source, self.folder),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        code: int | None
        try:
            code = process.wait(OFFICE_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = None
        if code == KILLED:
            self.ledger.counts["kills of exports"] += 1
        elif code != 0:
            said = written.read_bytes()[begins:].decode("utf-8", "replace")
            self.faults.append(why("the export", code, said))


def why(what: str, code: int | None, said: str) -> str:
    """Why something of the office is a fault: how it ended, None for never, and what it wrote."""
    ended = f"did not end in {OFFICE_PATIENCE:.0f} s" if code is None else f"ended with {code}"
    return f"{what} {ended}; it wrote: {said[-4_000:].strip() or 'nothing'}"
