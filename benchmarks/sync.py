"""A synchronisation with a real back office over TLS on loopback, beside the same bytes bare.

The floor posts the same bytes, with the same HTTP library and over TLS, to a server in a process of
its own that does nothing but commit them to SQLite. Bytes are counted where they leave for the
connection, request lines and the library's own headers included.
"""

import contextlib
import http.client
import http.server
import multiprocessing
import secrets
import sqlite3
import ssl
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from cryptography import x509

from benchmarks.measure import Row, in_turn, p95
from development.practice import HR, PracticeSite, free_port
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import DocumentId, Op, RandomIds, RecordId
from smartclient.domain.mode import Mode
from smartclient.store.database import Database
from smartclient.store.document_lines import Situation
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import PracticeSecret
from smartclient.store.records import RecordState
from smartclient.sync.activation.activation import Activation
from smartclient.sync.exchange.engine import Engine
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.identity import Identity
from smartclient.wire.admission import AdviserUser
from smartclient.wire.encoding import content_digest
from smartclient.wire.messages import JsonObject, RecordKind
from smartclient.wire.transport import Reply, Request

DOCUMENTS, PACKAGES, AT_REST = 5_000, 500, 50_000
BODY_BYTES, PDF_BYTES, EVENING_PDF = 4_000, 150_000, 400_000
RUNS = 200
PUSH_SECONDS, PULL_SECONDS = 2.6, 1.6
"""What peers reach on two cores: a quarter more than Anki's push, Anki's pull (sync-protocol)."""
_USER = AdviserUser("Jana Dvořáková", "JDV001", "123456PPZ")
_AT_ONCE = 1_000


@dataclass(slots=True)
class Counting:
    """A transport that keeps what goes through it."""

    inner: HttpTransport
    requests: list[Request] = field(default_factory=list)
    bytes: int = 0

    def send(self, request: Request) -> Reply:
        """Carry the request and count its bytes and those of the reply."""
        with _sent() as sent:
            reply = self.inner.send(request)
        self.requests.append(request)
        status = http.HTTPStatus(reply.status)
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n\r\n"
        self.bytes += sum(sent) + len(head) + len(reply.body)
        self.bytes += sum(len(name) + len(value) + 4 for name, value in reply.headers.items())
        return reply

    def forget(self) -> None:
        """Count from nothing."""
        self.requests.clear()
        self.bytes = 0


@contextlib.contextmanager
def _sent() -> Iterator[list[int]]:
    """The sizes of what the HTTP library gives to its connections meanwhile."""
    sizes: list[int] = []
    original = http.client.HTTPConnection.send

    def counting(self: http.client.HTTPConnection, data: bytes) -> None:
        sizes.append(len(data))
        original(self, data)

    with mock.patch.object(http.client.HTTPConnection, "send", counting):
        yield sizes


class Laptop:
    """An install with a database of its own."""

    def __init__(self, folder: Path, transport: Counting, identity: Identity) -> None:
        clock, ids = SystemClock(), RandomIds()
        self.database = Database.open(folder, bytes(range(32)), clock=clock, ids=ids)
        self.transport = transport
        self._engine = Engine(
            self.database,
            transport,
            identity,
            clock=clock,
            random=secrets.token_bytes,
            version="bench",
        )

    def synchronise(self) -> float:
        """The seconds that one synchronisation took; the transport counts from nothing."""
        self.transport.forget()
        begun = time.perf_counter()
        self._engine.run(lambda _step: None, lambda: False)
        return time.perf_counter() - begun


def rows() -> Iterator[Row]:
    """Push and pull of a book, a quiet synchronisation, an evening."""
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        site = PracticeSite(folder / "site")
        site.prepare()
        stack.enter_context(site)
        address, root = f"https://localhost:{site.port}", site.certs / "root.pem"
        transport = HttpTransport(address, root)
        stack.callback(transport.close)
        identity = _activated(folder / "keys", transport, root)
        laptop = Laptop(folder / "laptop", Counting(transport), identity)
        stack.callback(laptop.database.close)
        laptop.synchronise()
        yield from _push(laptop, site.certs)
        again = Laptop(folder / "again", Counting(transport), identity)
        stack.callback(again.database.close)
        yield Row(
            f"sync: pull {DOCUMENTS:,} documents", again.synchronise(), "s", None, PULL_SECONDS
        )
        yield from _quiet(laptop, site.certs)
        yield from _evening(laptop)


def _activated(folder: Path, transport: HttpTransport, root: Path) -> Identity:
    keys = KeyRing.open(folder, PracticeSecret(folder, Mode.PRACTICE))
    trusted = x509.load_pem_x509_certificate(root.read_bytes())
    activation = Activation(transport, keys, trusted, SystemClock(), random=secrets.token_bytes)
    return activation.activate(HR, _USER, "bench").identity()


def _offer(number: int, name: str = "Petr Novák") -> JsonObject:
    return {
        "schema": 1,
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": f"79{number:08}",
        "client_name": name,
        "premium": {"payable": "1223", "frequency": 12, "currency": "CZK"},
        "digital": True,
        "created_at": "2026-11-21T17:00:00.000Z",
        "changed_at": "2026-11-21T17:00:00.000Z",
        "answers": {"note": secrets.token_hex(BODY_BYTES // 2)},
    }


def _sign(database: Database, number: int, pdf_bytes: int) -> None:
    with database.write() as tx:
        identity = tx.documents.create(_offer(number)).id
        values = f'{{"number":{number}}}'.encode()
        session = tx.signing.start(identity, b"frozen", values, {})
        pdf = secrets.token_bytes(pdf_bytes)
        tx.signing.finish(session, pdf, {}, SystemClock().now())


def _push(laptop: Laptop, certs: Path) -> Iterator[Row]:
    for start in range(0, DOCUMENTS - PACKAGES, _AT_ONCE):
        with laptop.database.write() as tx:
            for number in range(start, min(start + _AT_ONCE, DOCUMENTS - PACKAGES)):
                tx.documents.create(_offer(number), Stage.COMPLETE)
    for number in range(DOCUMENTS - PACKAGES, DOCUMENTS):
        _sign(laptop.database, number, PDF_BYTES)
    taken = laptop.synchronise()
    bodies = [request.body for request in laptop.transport.requests if request.body]
    yield Row(
        f"sync: push {DOCUMENTS:,} documents, {PACKAGES} files of {PDF_BYTES // 1000} KB",
        taken,
        "s",
        floor=_bare(bodies, certs),
        budget=PUSH_SECONDS,
        budget_ratio=3.0,
    )
    yield Row("sync: requests of that push", len(laptop.transport.requests), "requests")


def _quiet(laptop: Laptop, certs: Path) -> Iterator[Row]:
    """With as many documents as an adviser will ever have, and a live token."""
    for start in range(DOCUMENTS, AT_REST, _AT_ONCE):
        names = [DocumentId(RandomIds().new()) for _ in range(_AT_ONCE)]
        situation = Situation(Stage.COMPLETE, ServerState.OPEN, backed_up=True)
        at_rest = [
            RecordState(RecordId(name), RecordKind.DOCUMENT, Op(name), (Op(name),), dirty=False)
            for name in names
        ]
        with laptop.database.write() as tx:
            tx.table.write({name: (_offer(start), situation) for name in names})
            tx.records.keep(at_rest)
    laptop.synchronise()
    body = b"{}"
    with _committing(certs) as bare:
        taken, floors = in_turn(laptop.synchronise, lambda: bare.send(_post(body)), RUNS)
    name = f"sync: nothing to do, {AT_REST:,} documents, p95"
    yield Row(name, p95(taken) * 1e3, "ms", p95(floors) * 1e3, budget=2.0)
    yield Row("sync: nothing to do", len(laptop.transport.requests), "requests", budget=1)
    yield Row("sync: nothing to do", laptop.transport.bytes, "bytes", budget=400)


def _evening(laptop: Laptop) -> Iterator[Row]:
    for number in range(5):
        _sign(laptop.database, AT_REST + number, EVENING_PDF)
    taken = laptop.synchronise()
    yield Row("sync: an evening, 5 signed documents of 2 MB together", taken, "s")
    yield Row("sync: an evening", len(laptop.transport.requests), "requests", budget=6)


# --- the floor --------------------------------------------------------------------------------


def _bare(bodies: list[bytes], certs: Path) -> float:
    """The seconds that the same bodies take to a server that only commits them."""
    with _committing(certs) as transport:
        begun = time.perf_counter()
        for body in bodies:
            transport.send(_post(body))
        return time.perf_counter() - begun


def _post(body: bytes) -> Request:
    return Request("POST", "/", {"Content-Type": "application/json"}, body)


@contextlib.contextmanager
def _committing(certs: Path) -> Iterator[HttpTransport]:
    """A connection to a server in a process of its own that only commits what it is sent."""
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(
        target=_commit_everything, args=(port, str(certs)), daemon=True
    )
    server.start()
    transport = HttpTransport(f"https://localhost:{port}", certs / "root.pem")
    try:
        _await(transport)
        yield transport
    finally:
        transport.close()
        server.terminate()
        server.join()


def _await(transport: HttpTransport) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            transport.send(Request("POST", "/", {}, b"{}"))
            return
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _commit_everything(port: int, certs: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        database = sqlite3.connect(Path(place) / "floor.sqlite3", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE body (content BLOB)")

        class Commit(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                database.execute("INSERT INTO body VALUES (?)", (self.rfile.read(length),))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.send_header("Content-Digest", content_digest(b"{}"))
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        with http.server.HTTPServer(("127.0.0.1", port), Commit) as server:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(f"{certs}/server.pem", f"{certs}/server-key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
