"""Laptops that synchronise and count: seconds, processor time, requests, bytes, statements."""

import contextlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from unittest import mock

from cryptography import x509
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event, select

from development.practice import HR
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import DocumentId, Op, RandomIds, RecordId, Sha256
from smartclient.domain.mode import Mode
from smartclient.store.database import Database
from smartclient.store.document_lines import Situation
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import PracticeSecret
from smartclient.store.records import RecordState
from smartclient.store.schema import append, record
from smartclient.sync.activation.activation import Activation
from smartclient.sync.exchange.engine import Engine
from smartclient.sync.exchange.identity import Identity
from smartclient.wire.admission import AdviserUser
from smartclient.wire.messages import JsonObject, RecordKind
from smartclient.wire.transport import TOGETHER, Reply, Request, Transport

BODY_BYTES = 4_000
_AT_ONCE = 1_000


@dataclass(slots=True)
class Counting:
    """A transport that keeps what goes through it and counts the bytes of both directions."""

    inner: Transport
    requests: list[Request] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    """The length of each reply's body."""
    bytes: int = 0
    _beside: ThreadPoolExecutor | None = None
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request) -> Reply:
        """Carry the request."""
        reply = self.inner.send(request)
        status = HTTPStatus(reply.status)
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n\r\n"
        said = sum(len(name) + len(value) + 4 for name, value in reply.headers.items())
        with self._counting:
            self.requests.append(request)
            self.replies.append(len(reply.body))
            self.bytes += len(head) + len(reply.body) + said
        return reply

    def begin(self, request: Request) -> Callable[[], Reply]:
        """Carry the request beside the caller."""
        if self._beside is None:
            self._beside = ThreadPoolExecutor(TOGETHER)
        return self._beside.submit(self.send, request).result

    def sent(self, size: int) -> None:
        """So many bytes left."""
        with self._counting:
            self.bytes += size

    def forget(self) -> None:
        """Count from nothing."""
        self.requests.clear()
        self.replies.clear()
        self.bytes = 0


@contextlib.contextmanager
def _counted(way: Counting) -> Iterator[None]:
    """What the HTTP library gives to its connections meanwhile is counted as sent."""
    original = http.client.HTTPConnection.send

    def counting(self: http.client.HTTPConnection, data: bytes) -> None:
        way.sent(len(data))
        original(self, data)

    with mock.patch.object(http.client.HTTPConnection, "send", counting):
        yield


@dataclass(frozen=True, slots=True)
class Taken:
    """What one synchronisation took."""

    seconds: float
    processor: float
    """Seconds of processor time of this process: the laptop's alone."""
    statements: int
    requests: int
    bytes: int


class Laptop:
    """An install with a database of its own."""

    def __init__(self, folder: Path, transport: Transport, identity: Identity) -> None:
        clock, ids = SystemClock(), RandomIds()
        self.database = Database.open(folder, bytes(range(32)), clock=clock, ids=ids)
        self.transport = Counting(transport)
        self._engine = Engine(
            self.database,
            self.transport,
            identity,
            clock=clock,
            random=secrets.token_bytes,
            version="bench",
        )

    def synchronise(self) -> None:
        """Once, to its end; the transport counts from nothing."""
        self.transport.forget()
        with _counted(self.transport):
            self._engine.run(lambda _step: None, lambda: False)

    def digests(self) -> Mapping[str, str]:
        """The digest of each document that the server is known to have, by its id."""
        sent = (record.c.kind == RecordKind.DOCUMENT.value) & (record.c.dirty == 0)
        with self.database.read() as tx:
            found = tx.unit.connection.execute(select(record.c.id, record.c.sha256).where(sent))
            return {str(name): str(digest) for name, digest in found}

    def fetch_files(self) -> None:
        """Every file that records here name, one after the other, as if each were opened."""
        self.transport.forget()
        with self.database.read() as tx:
            named = tx.unit.connection.execute(select(append.c.blobs)).scalars().all()
        with _counted(self.transport):
            for digests in named:
                for digest in json.loads(digests):
                    self._engine.fetch_blob(Sha256(digest))

    def measured(self, work: Callable[[], None] | None = None) -> Taken:
        """What a synchronisation takes, or other work of this laptop."""
        with _statements() as statements:
            begun, before = time.perf_counter(), time.process_time()
            (work or self.synchronise)()
            seconds, processor = time.perf_counter() - begun, time.process_time() - before
        way = self.transport
        return Taken(seconds, processor, len(statements), len(way.requests), way.bytes)


@contextlib.contextmanager
def _statements() -> Iterator[list[None]]:
    """One entry for each statement that this process gives to a database meanwhile."""
    seen: list[None] = []

    def count(*_of: object) -> None:
        seen.append(None)

    event.listen(SqlEngine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(SqlEngine, "before_cursor_execute", count)


def activated(folder: Path, transport: Transport, root: Path, number: int) -> Identity:
    """A new install of the practice partner, of its adviser of this number."""
    user = AdviserUser("Jana Dvořáková", f"JDV{number:03}", f"{123_456 + number}PPZ")
    keys = KeyRing.open(folder, PracticeSecret(folder, Mode.PRACTICE))
    trusted = x509.load_pem_x509_certificate(root.read_bytes())
    activation = Activation(transport, keys, trusted, SystemClock(), random=secrets.token_bytes)
    return activation.activate(HR, user, "bench").identity()


def offer(number: int) -> JsonObject:
    """The body of an offer; half of its bytes cannot be packed away."""
    return {
        "schema": 1,
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": f"79{number:08}",
        "client_name": "Petr Novák",
        "premium": {"payable": "1223", "frequency": 12, "currency": "CZK"},
        "digital": True,
        "created_at": "2026-11-21T17:00:00.000Z",
        "changed_at": "2026-11-21T17:00:00.000Z",
        "answers": {"note": secrets.token_hex(BODY_BYTES // 2)},
    }


def write(database: Database, numbers: range) -> None:
    """Complete offers of these numbers."""
    _in_groups(
        numbers,
        lambda some: _written(database, some),
    )


def _written(database: Database, numbers: range) -> None:
    with database.write() as tx:
        for number in numbers:
            tx.documents.create(offer(number), Stage.COMPLETE)


def sign(database: Database, numbers: range, pdf_bytes: int) -> None:
    """Signed offers of these numbers, each with a signed file of that size."""
    for number in numbers:
        with database.write() as tx:
            identity = tx.documents.create(offer(number)).id
            values = f'{{"number":{number}}}'.encode()
            session = tx.signing.start(identity, b"frozen", values, {})
            tx.signing.finish(session, secrets.token_bytes(pdf_bytes), {}, SystemClock().now())


def lay_at_rest(database: Database, numbers: range) -> None:
    """Offers of these numbers as if they had been backed up long ago."""
    _in_groups(numbers, lambda some: _laid(database, some))


def _laid(database: Database, numbers: range) -> None:
    situation = Situation(Stage.COMPLETE, ServerState.OPEN, backed_up=True)
    names = [DocumentId(RandomIds().new()) for _ in numbers]
    states = [
        RecordState(RecordId(name), RecordKind.DOCUMENT, Op(name), (Op(name),), dirty=False)
        for name in names
    ]
    with database.write() as tx:
        tx.table.write({name: (offer(numbers[0]), situation) for name in names})
        tx.records.keep(states)


def _in_groups(numbers: range, work: Callable[[range], None]) -> None:
    for start in range(0, len(numbers), _AT_ONCE):
        work(numbers[start : start + _AT_ONCE])
