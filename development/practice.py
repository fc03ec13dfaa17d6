"""The practice site: a whole SmartClient world in one folder, with real processes over loopback.

    certs/       practice CA, authority, export and core keys
    publisher/   the publisher's keys          published/  what it signed
    office/      the back office's home        batches/    what the export hands to the core
    desktop/     the home of one adviser's laptop

Made once, then only completed: a second start takes seconds. Every process is ended with the site.
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from development.prepare import ROOT
from smartclient.app.configuration import Configuration
from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import next_cutoff
from smartclient.domain.mode import Mode

HR = "90012345"
BLOCKED_HR = "90099999"
PARTNERS = [
    {
        "hr": HR,
        "name": "Finanční partner Praxe s.r.o.",
        "contact_email": "centrala@partner.example",
    },
    {
        "hr": BLOCKED_HR,
        "name": "Bývalý partner s.r.o.",
        "contact_email": "centrala@byvaly.example",
        "blocked": True,
    },
]
CONTRACTS = Path(__file__).with_name("contracts.json")
"""Three contracts in force, of invented people, for change requests."""
START_SECONDS = 30.0


class SiteFault(Exception):
    """A process of the site failed; the text says which and what it printed."""


def run_tool(module: str, *arguments: str | Path, allowed: Sequence[int] = (0,)) -> str:
    """Run a program of the product to its end and give back what it printed."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "SMARTCLIENT_MODE": "practice"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in allowed:
        raise SiteFault(f"{module} {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """A port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class PracticeSite:
    """One folder with everything; a context that starts and ends the server and its worker."""

    folder: Path
    port: int = 0
    _running: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.port = self.port or free_port()

    @property
    def certs(self) -> Path:
        """Practice certificates and keys."""
        return self.folder / "certs"

    @property
    def office(self) -> Path:
        """The home of the back office."""
        return self.folder / "office"

    @property
    def batches(self) -> Path:
        """The folder between export and core."""
        return self.folder / "batches"

    @property
    def desktop(self) -> Path:
        """The home of the laptop."""
        return self.folder / "desktop"

    def prepare(self) -> None:
        """Make what is missing: keys, signed catalogue, office, partners, the laptop's setup."""
        self.folder.mkdir(parents=True, exist_ok=True)
        run_tool("certs.practice", self.certs)
        publisher, published = self.folder / "publisher", self.folder / "published"
        if not publisher.exists():
            run_tool("smartclient.publisher", "init", publisher, "--practice")
        run_tool(
            "smartclient.publisher",
            *("sign", "--catalogue", ROOT / "catalogue"),
            *("--authority", self.certs / "authority.pem"),
            *("--keys", publisher, "--out", published, "--practice", "--replace"),
        )
        partners = self.folder / "partners.json"
        partners.write_text(json.dumps(PARTNERS, ensure_ascii=False, indent=2), encoding="utf-8")
        self.back_office(
            "init",
            *("--certificates", self.certs),
            *("--online-keys", publisher / "online"),
            *("--batches", self.batches),
        )
        self.back_office("advisers", "import", partners)
        self.back_office("publish", published)
        self._import_contracts()
        self.configuration().write()

    def _import_contracts(self) -> None:
        # Only once: a second import would undo what accepted requests have changed since.
        mark = self.folder / "contracts.json"
        if not mark.exists():
            self.back_office("contracts", "import", CONTRACTS)
            mark.write_bytes(CONTRACTS.read_bytes())

    def back_office(self, *arguments: str | Path, allowed: Sequence[int] = (0,)) -> str:
        """One command of the back office's home."""
        return run_tool(
            "smartclient.backoffice", "--home", self.office, *arguments, allowed=allowed
        )

    def export_this_evening(self, later: int = 0) -> str:
        """Export as if the next cut-off had just passed, or one so many days later."""
        evening = next_cutoff(datetime.now(UTC) + timedelta(days=later)) + timedelta(seconds=1)
        return self.back_office("export", "--at", to_text(evening))

    def core(self, *arguments: str) -> str:
        """Let the practice core answer the batches that lie there."""
        return run_tool(
            "smartclient.backoffice.practice_core",
            *("--folder", self.batches, "--trust", self.certs / "export-manifest.pem", "--once"),
            *arguments,
        )

    def configuration(self, pads: tuple[str, ...] = ("plugged", "onscreen")) -> Configuration:
        """What the setup of the laptop writes."""
        return Configuration(
            home=self.desktop,
            mode=Mode.PRACTICE,
            server=f"https://localhost:{self.port}",
            server_ca=self.certs / "root.pem",
            catalogue_root=self.folder / "published" / "metadata" / "1.root.json",
            document_root=self.certs / "root.pem",
            pads=pads,
        )

    def __enter__(self) -> "PracticeSite":
        self.start("serve", "--port", str(self.port))
        self._await_health()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process of the back office; it ends with the site."""
        log_path = self.folder / f"{arguments[0]}.log"
        log = self._running.enter_context(log_path.open("ab"))
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "smartclient.backoffice"),
                *("--home", str(self.office), *arguments),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1", "SMARTCLIENT_MODE": "practice"},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        self._running.callback(_end, process)
        return process

    def _await_health(self) -> None:
        trusted = ssl.create_default_context(cafile=str(self.certs / "root.pem"))
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=trusted))
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with opener.open(f"https://localhost:{self.port}/ready", timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        log = (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")
        raise SiteFault(f"the back office did not start:\n{log[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
