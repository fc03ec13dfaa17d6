"""What the load goes against: PostgreSQL and one serving process of a real home, over TLS.

Everything stands in a folder that is removed afterwards; nothing listens but on the loopback.
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine

from development.practice import free_port, run_tool
from development.prepare import ROOT
from smartclient.backoffice.home import Home
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations import activation
from smartclient.backoffice.tables.engine import open_database
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import HrNumber, InstallId, Op, RandomIds, RecordId
from smartclient.domain.mode import Mode
from smartclient.wire.admission import ActivateRequest, AdviserUser, activation_challenge
from tests.simulators import postgres
from tests.simulators.inprocess import certificate_request
from tests.simulators.postgres import PostgresServer

HR = HrNumber("90012345")
SERVER_NAME = "localhost"
START_SECONDS = 180.0
"""It takes two; on a machine that is busy with other work, it took more than thirty."""
_USER = AdviserUser("Jana Dvořáková", "JDV001", "123456PPZ")
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Install:
    """An activated install: who signs for a token."""

    id: InstallId
    scope: str
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Site:
    """A running back office."""

    port: int
    trusted: Path
    installs: tuple[Install, ...]
    engine: Engine
    """The database, by itself: for the floor."""
    postgres: PostgresServer
    server_cpu: Callable[[], float]
    database_cpu: Callable[[], float]
    """Seconds of the processor so far."""

    def tls(self) -> ssl.SSLContext:
        """What a laptop trusts."""
        return ssl.create_default_context(cafile=str(self.trusted))


@contextmanager
def site(installs: int, partitions: int = 16) -> Iterator[Site]:
    """A site with so many activated installs, while the block runs."""
    binaries = postgres.programs()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed; run: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="smartclient-load-") as place,
        postgres.running(binaries) as server,
    ):
        folder = Path(place)
        server.new_database("load")
        address = f"postgresql://{postgres.SUPERUSER}@/load?host={server.socket_folder}"
        _make_home(folder, address, partitions)
        activated = tuple(_activate(Home(folder / "office"), installs))
        engine = open_database(server.address("load"))
        postmaster = int((server.socket_folder / "data" / "postmaster.pid").read_text().split()[0])
        with _serving(folder) as (port, pid):
            yield Site(
                port,
                folder / "certs" / "root.pem",
                activated,
                engine,
                server,
                lambda: _seconds(pid),
                lambda: _seconds_of_family(postmaster),
            )
        engine.dispose()


def _make_home(folder: Path, address: str, partitions: int) -> None:
    run_tool("certs.practice", folder / "certs")
    home: tuple[str | Path, ...] = ("--home", folder / "office")
    storage = ("--database", address, "--partitions", str(partitions))
    certificates = ("--certificates", folder / "certs")
    run_tool("smartclient.backoffice", *home, "init", *certificates, *storage)
    partners = folder / "partners.json"
    partner = {"hr": HR, "name": "Partner", "contact_email": "partner@example.com"}
    partners.write_text(json.dumps([partner]), encoding="utf-8")
    run_tool("smartclient.backoffice", *home, "advisers", "import", partners)


def _activate(home: Home, count: int) -> Iterator[Install]:
    """Installs as the route of the laptops makes them, without its limit on tries."""
    with opened(home, Mode.PRACTICE, SystemClock()) as found:
        issuers = found.front().issuers
        for _ in range(count):
            nonce = os.urandom(32)
            install, seal = (ec.generate_private_key(ec.SECP256R1()) for _ in "is")
            challenge = activation_challenge(nonce, HR, _USER)
            requests = [certificate_request(key, challenge) for key in (install, seal)]
            request = ActivateRequest(HR, _USER, requests[0], requests[1], nonce)
            with found.office.writing() as desk:
                reply = activation.activate(desk, request, issuers, SERVER_NAME)
            yield Install(reply.install, reply.scope, install)


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[int, int]]:
    """One serving process; its port and its id."""
    port = free_port()
    command = ["-m", "smartclient.backoffice", "--home", str(folder / "office")]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "serve", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1", "SMARTCLIENT_MODE": "practice"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _await(port, process, folder / "serve.log")
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                ended = process.returncode
                why = f"ended with {ended}" if ended is not None else "does not listen yet"
                said = log.read_text(errors="replace")[-3000:]
                raise SystemExit(f"the server {why}; it wrote: {said or 'nothing'}") from None
            time.sleep(0.05)


def _seconds(pid: int) -> float:
    """Processor time of a process, without its children."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICK


def _seconds_of_family(pid: int) -> float:
    """Processor time of a process, of its children, and of those that have ended."""
    fields = _stat(pid)
    total = sum(int(each) for each in fields[11:15]) / _TICK
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            child = _stat(int(entry.name))
        except OSError:
            continue  # it ended meanwhile
        if int(child[1]) == pid:
            total += (int(child[11]) + int(child[12])) / _TICK
    return total


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def new_record() -> tuple[RecordId, Op]:
    """Fresh ids of a record and its first edit."""
    ids = RandomIds()
    return RecordId(ids.new()), Op(ids.new())
