"""A laptop as the conductor has it: a process that is started, heard, calmed and killed."""

import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from development.soak.laptop import CALM, Terms
from development.soak.ledger import Ledger
from tests.simulators.inprocess import SERVER_NAME, Installed
from tests.simulators.office_process import environment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every laptop of a soak has around it."""

    folder: Path
    source: Path
    """Where the program lies."""
    root: Path
    """What laptops trust."""
    seed: int
    ledger: Ledger


@dataclass(slots=True)
class LaptopProcess:
    """One install, on or off."""

    name: str
    installed: Installed
    scope: str
    """Where its documents live."""
    around: Surroundings
    image: Path | None = None
    """An older state of its disk."""
    _starts: int = 0
    _process: subprocess.Popen[str] | None = None
    _listening: threading.Thread | None = None
    _calmed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def folder(self) -> Path:
        """Its disk."""
        return self.around.folder / self.name

    @property
    def log(self) -> str:
        """What it wrote beside the lines that are meant for us."""
        return self._log_file.read_text("utf-8", "replace")

    @property
    def _log_file(self) -> Path:
        return self.around.folder / f"{self.name}.log"

    def start(self, address: str) -> None:
        """Turn it on; it reaches the server at this address."""
        self._starts += 1
        around = self.around
        with self._log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "development.soak.laptop", self._terms(address).to_text()],
                cwd=around.source,
                env=environment(around.source, around.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._process = process
        self._listening = threading.Thread(target=self._listen, args=(process,))
        self._listening.start()

    def kill(self) -> None:
        """End it as a power cut does; everything that it said is heard when this returns."""
        process, listening = self._process, self._listening
        self._process = self._listening = None
        if process is None or listening is None:
            return
        process.send_signal(signal.SIGKILL)
        process.wait()
        listening.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def ended_by_itself(self) -> bool:
        """Whether it is off although nobody killed it."""
        return self._process is not None and self._process.poll() is not None

    def calm(self) -> None:
        """Tell it to synchronise until nothing moves; `is_calm` waits for it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{CALM}\n")
        self._process.stdin.flush()

    def is_calm(self, seconds: float) -> bool:
        """Whether it came to its end in this time."""
        return self._calmed.acquire(timeout=seconds)

    def _terms(self, address: str) -> Terms:
        pem = self.installed.install_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        return Terms(
            name=self.name,
            folder=str(self.folder),
            install=self.installed.id,
            scope=self.scope,
            server_name=SERVER_NAME,
            key=pem.decode(),
            address=address,
            root=str(self.around.root),
            seed=1_000 * self.around.seed + self._starts,
        )

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):  # the last one may be cut by the kill
                said = json.loads(line)
                self.around.ledger.hear(self.name, said)
                if "calm" in said:
                    self._calmed.release()
