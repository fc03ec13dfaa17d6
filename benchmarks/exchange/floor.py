"""The floor: the same bytes over the same HTTP libraries and TLS to a server that commits them.

The libraries are those of the product on both sides, so that the ratio says what our own work costs
and not what a barer server of HTTP would save. `uvicorn` is set as `serve` sets it.
"""

import asyncio
import contextlib
import math
import multiprocessing
import os
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from development.practice import free_port
from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.wire.encoding import content_digest
from smartclient.wire.transport import Request

_WAITED = 30.0


@dataclass(frozen=True, slots=True)
class Bare:
    """What the floor took: seconds, and seconds of processor time of both sides together."""

    seconds: float
    processor: float
    """nan where nobody tells it."""


def bare(bodies: list[bytes], certs: Path) -> Bare:
    """What the bodies take to a server that does nothing but commit each."""
    with _server(certs) as (transport, pid):
        begun, before, here = time.perf_counter(), processor(pid), time.process_time()
        for body in bodies:
            transport.send(post(body))
        seconds, own = time.perf_counter() - begun, time.process_time() - here
        return Bare(seconds, own + processor(pid) - before)


def bare_replies(sizes: list[int], certs: Path) -> Bare:
    """What replies of these sizes take, each committed by who asked."""
    with _server(certs) as (transport, pid), tempfile.TemporaryDirectory() as place:
        database = _database(Path(place))
        begun, before, here = time.perf_counter(), processor(pid), time.process_time()
        for size in sizes:
            reply = transport.send(Request("POST", f"/{size}", {}, b"{}"))
            database.execute("INSERT INTO body VALUES (?)", (reply.body,))
        seconds, own = time.perf_counter() - begun, time.process_time() - here
        database.close()
        return Bare(seconds, own + processor(pid) - before)


def processor(pid: int) -> float:
    """Seconds of processor time of a process until now; nan where nobody tells them."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return math.nan
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def post(body: bytes) -> Request:
    """A request of the floor."""
    return Request("POST", "/2", {"Content-Type": "application/json"}, body)


@contextlib.contextmanager
def committing(certs: Path) -> Iterator[HttpTransport]:
    """A connection to a server in a process of its own that only commits what it is sent."""
    with _server(certs) as (transport, _pid):
        yield transport


@contextlib.contextmanager
def _server(certs: Path) -> Iterator[tuple[HttpTransport, int]]:
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(
        target=_commit_everything, args=(port, str(certs)), daemon=True
    )
    server.start()
    transport = HttpTransport(f"https://localhost:{port}", certs / "root.pem")
    try:
        _await(transport)
        yield transport, server.pid or 0
    finally:
        transport.close()
        server.terminate()
        server.join()


def _await(transport: HttpTransport) -> None:
    until = time.monotonic() + _WAITED
    while True:
        try:
            transport.send(post(b"{}"))
            return
        except SmartClientError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _database(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE body (content BLOB)")
    return database


def _commit_everything(port: int, certs: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        database = _database(Path(place))

        async def commit(scope: Scope, receive: Receive, send: Send) -> None:
            """Commit the body; the path says how many bytes are wanted back."""
            database.execute("INSERT INTO body VALUES (?)", (await _body(receive),))
            content = bytes(int(scope["path"].strip("/")))
            headers = [
                (b"content-length", str(len(content)).encode()),
                (b"content-digest", content_digest(content).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": content})

        config = uvicorn.Config(
            commit,
            ssl_certfile=f"{certs}/server.pem",
            ssl_keyfile=f"{certs}/server-key.pem",
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
        )
        listening = socket.create_server(("127.0.0.1", port))
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
