"""A PgBouncer of our own in transaction mode, before a PostgreSQL of our own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulators.postgres import SUPERUSER, PostgresServer, ordinary_user

PORT = 6543
"""Of the socket's name only: nothing listens on the network."""
SERVER_SESSIONS = 2
"""Fewer than clients, and taken in turn: so each transaction of a client meets another session."""
START_SECONDS = 20.0


def program() -> Path | None:
    """Where the pooler is."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else None


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler on a socket in a folder of its own."""

    folder: Path

    def address(self, database: str) -> str:
        """The address of a database through the pooler."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}&port={PORT}"


@contextmanager
def pooling(pooler: Path, server: PostgresServer) -> Iterator[Pooler]:
    """A pooler while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="smartclient-pool-"))
    user = ordinary_user(folder)
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        "[databases]\n"
        f"* = host={server.socket_folder} user={SUPERUSER}\n"
        "[pgbouncer]\n"
        f"listen_port = {PORT}\n"
        f"unix_socket_dir = {folder}\n"
        "auth_type = any\n"
        "pool_mode = transaction\n"
        "server_round_robin = 1\n"
        f"default_pool_size = {SERVER_SESSIONS}\n"
        "min_pool_size = 0\n",
        encoding="ascii",
    )
    process = subprocess.Popen(
        [pooler, "-q", settings],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(folder / f".s.PGSQL.{PORT}", process)
        yield Pooler(folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _await(socket: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the pooler did not start")
        time.sleep(0.02)
