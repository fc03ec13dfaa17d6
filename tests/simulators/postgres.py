"""A PostgreSQL server of our own for the tests that talk to a real one, where one is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

SUPERUSER = "tests"


def programs() -> Path | None:
    """Where the server's programs are: the newest Debian package, or the PATH."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if packaged:
        return packaged[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on a socket in a folder of its own; nothing listens on the network."""

    socket_folder: Path
    control: Callable[..., None]
    """Runs `pg_ctl` with these words."""

    def address(self, database: str) -> str:
        """The address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.socket_folder}"

    def new_database(self, name: str, template: str = "template0") -> str:
        """A new database, its address."""
        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        engine.dispose()
        return self.address(name)

    def stop(self) -> None:
        """End it at once, with every connection."""
        self.control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again; it answers when this returns."""
        self.control("start")


@contextmanager
def running(binaries: Path) -> Iterator[PostgresServer]:
    """A server while the block runs. Durable as in production: full commits."""
    folder = Path(tempfile.mkdtemp(prefix="smartclient-pg-"))
    user = ordinary_user(folder)
    data = folder / "data"
    trusting: list[str | Path] = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "-N"]
    _run(user, [binaries / "initdb", "-D", data, *trusting])
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c shared_buffers=64MB"
    how: list[str | Path] = ["-D", data, "-w", "-l", folder / "log", "-o", options]

    def control(*words: str) -> None:
        _run(user, [binaries / "pg_ctl", *how, *words])

    try:
        control("start")
        yield PostgresServer(folder, control)
    finally:
        control("-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def ordinary_user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the package's user."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd  # not there on Windows

    name = "postgres"
    account = pwd.getpwnam(name)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return name


def _run(user: str | None, command: list[str | Path]) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
