"""The real back office inside the test's process: no sockets, no threads, time and ids injected.

`InProcessServer` is a Transport: each request goes through the whole ASGI application. Besides, it
does by a call what the worker does by itself, and can be put back to an earlier state.

    server = InProcessServer(clock, ids)
    install = server.activate()          # an install that exists, with its keys
    reply = server.send(Request("POST", "/v1/push", install.headers(server), body))
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, MutableMapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random
from types import TracebackType
from typing import cast
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AttributeOID, NameOID
from sqlalchemy import Engine
from starlette.responses import Response

from smartclient.backoffice.api.application import application
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.operations.at_rest import DataKeys
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blob_store import BlobStore
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.backoffice.operations.certificates import Issuers
from smartclient.backoffice.operations.epoch import raise_epoch
from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.exporter import Exporter, Places
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.judgements import Judge, Verdict
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.backoffice.tables import counters
from smartclient.backoffice.tables.engine import Connections, open_database
from smartclient.backoffice.tables.schema import metadata
from smartclient.documents.certificates import Issuer, document_ca_certificate, root_certificate
from smartclient.domain.clock import Clock
from smartclient.domain.ids import HrNumber, IdSource, InstallId
from smartclient.wire import encoding
from smartclient.wire.admission import (
    ActivateReply,
    ActivateRequest,
    AdviserUser,
    TokenReply,
    TokenRequest,
    activation_challenge,
    token_message,
)
from smartclient.wire.messages import JsonObject
from smartclient.wire.transport import Reply, Request

SERVER_NAME = "localhost"
MEMORY = "sqlite://"

_idle: list[Engine] = []
"""Databases in memory that were let go: an engine remembers how it puts statements together."""
_empty: list[bytes] = []
"""A database with all tables and nothing in them, once it was made."""

KNOWN_HR = HrNumber("90012345")
BLOCKED_HR = HrNumber("90099999")
ADVISER = AdviserUser("Jana Nováková", "12345", "045678PPZ")

Message = MutableMapping[str, object]


async def _at_once(work: Callable[[], Response]) -> Response:
    return work()


@cache
def practice_issuers(now: datetime) -> Issuers:
    """Authorities made on the spot, the same ones for every server that begins at that time."""
    root_key, install_key, document_key = (ec.generate_private_key(ec.SECP256R1()) for _ in "rid")
    root = Issuer(root_key, root_certificate(root_key, "PRACTICE root", now))
    return Issuers(
        Issuer(
            install_key,
            document_ca_certificate(install_key.public_key(), "PRACTICE installs", root, now),
        ),
        Issuer(
            document_key,
            document_ca_certificate(document_key.public_key(), "PRACTICE documents", root, now),
        ),
        root.certificate,
        "http://localhost/crl",
    )


@dataclass(frozen=True, slots=True)
class Installed:
    """An activated install, as a laptop holds it."""

    reply: ActivateReply
    install_key: ec.EllipticCurvePrivateKey
    seal_key: ec.EllipticCurvePrivateKey

    @property
    def id(self) -> InstallId:
        """Its id at the server."""
        return self.reply.install

    @property
    def scope(self) -> str:
        """The scope of its person."""
        return self.reply.scope


class InProcessServer:
    """A back office of its own, in memory unless a database address is given."""

    def __init__(
        self,
        clock: Clock,
        ids: IdSource,
        *,
        folder: Path | None = None,
        database: str = MEMORY,
        judge: Judge = lambda _case: Verdict(exportable=True),
        seed: int = 7,
        blobs: BlobStore | None = None,
        connections: Connections | None = None,
    ) -> None:
        random = Random(seed)
        self.clock = clock
        self._scratch = None if folder else tempfile.mkdtemp(prefix="smartclient-office-")
        folder = folder or Path(str(self._scratch))
        self.engine = (
            _idle.pop() if database == MEMORY and _idle else open_database(database, connections)
        )
        self._is_in_memory = database == MEMORY
        self.office = Office(
            engine=self.engine,
            clock=clock,
            ids=ids,
            random=random.randbytes,
            keys=DataKeys(random.randbytes(32)),
            blobs=blobs or BlobFolder(folder / "blobs"),
            outside=folder / "export",
        )
        self.issuers = practice_issuers(clock.now())
        self.catalogue = ServedCatalogue(folder / "catalogue")
        self.front = FrontOffice(self.office, self.issuers, SERVER_NAME, self.catalogue, _at_once)
        self.application = application(self.front)
        manifest_key = ec.generate_private_key(ec.SECP256R1())
        self.exporter = Exporter(
            self.office,
            judge,
            Places(folder / "export", folder / "core"),
            lambda manifest: manifest_key.sign(manifest, ec.ECDSA(hashes.SHA256())),
        )
        trusted = root_certificate(manifest_key, "PRACTICE manifests", clock.now())
        self.core = CoreSystem(folder / "core", trusted)
        self.epoch = counters.FIRST_EPOCH
        self.address = "127.0.0.1"
        self._loop = asyncio.new_event_loop()
        self._put_back = 0
        self._make_tables()
        with self.office.writing() as desk:
            counters.begin(desk.connection)
            save_partners(
                desk,
                [
                    Partner(KNOWN_HR, "Partner & syn", "contact@partner.example", language="en"),
                    Partner(BLOCKED_HR, "Blocked", "", blocked=True, language="en"),
                ],
            )

    def __enter__(self) -> "InProcessServer":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database and the loop."""
        self._loop.close()
        if self._is_in_memory:
            _idle.append(self.engine)
        else:
            self.engine.dispose()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def send(self, request: Request) -> Reply:
        """The reply of the application; nothing is retried, cut or decoded here."""
        return self._loop.run_until_complete(self._exchange(request))

    async def _exchange(self, request: Request) -> Reply:
        url = urlsplit(request.path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers.setdefault("content-length", str(len(request.body)))
        scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": url.path,
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()],
            "client": (self.address, 50000),
            "server": (SERVER_NAME, 443),
            "state": {},
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        start = sent[0]
        body = b"".join(cast("bytes", message.get("body", b"")) for message in sent[1:])
        pairs = cast("list[tuple[bytes, bytes]]", start["headers"])
        replied = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
        return Reply(int(cast("int", start["status"])), replied, body)

    # What a laptop does before its first synchronisation.

    def activate(self, hr: str = KNOWN_HR, user: AdviserUser = ADVISER) -> Installed:
        """A new install, by the route that laptops use."""
        install_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in "is")
        reply = self.send(self.activation_request(install_key, seal_key, hr, user))
        assert reply.status == 200, reply
        return Installed(ActivateReply.from_json(encoding.parse(reply.body)), install_key, seal_key)

    def activation_request(
        self,
        install_key: ec.EllipticCurvePrivateKey,
        seal_key: ec.EllipticCurvePrivateKey,
        hr: str = KNOWN_HR,
        user: AdviserUser = ADVISER,
    ) -> Request:
        """The request that `activate` sends."""
        nonce = self.office.random(32)
        challenge = activation_challenge(nonce, HrNumber(hr), user)
        message = ActivateRequest(
            HrNumber(hr),
            user,
            certificate_request(install_key, challenge),
            certificate_request(seal_key, challenge),
            nonce,
        )
        return json_request("/v1/activate", message.to_json())

    def token(self, installed: Installed) -> TokenReply:
        """A live token of the install."""
        reply = self.send(self.token_request(installed))
        assert reply.status == 200, reply
        return TokenReply.from_json(encoding.parse(reply.body))

    def token_request(self, installed: Installed, nonce: bytes | None = None) -> Request:
        """The request that `token` sends."""
        nonce = nonce or self.office.random(32)
        message = token_message(SERVER_NAME, installed.id, nonce)
        signature = installed.install_key.sign(message, ec.ECDSA(hashes.SHA256()))
        request = TokenRequest(installed.id, nonce, signature, 1, "test")
        return json_request("/v1/token", request.to_json())

    def bearer(self, installed: Installed) -> dict[str, str]:
        """Headers of a call with a live token."""
        return {"Authorization": f"Bearer {self.token(installed).token}"}

    # What the worker and the core system do by themselves.

    def judge(self) -> None:
        """Judge every document that waits for it."""
        self.exporter.judge_waiting()

    def export(self) -> ExportRun | None:
        """Export the newest business date whose cut-off has passed; None when it is done."""
        due = self.exporter.due()
        return None if due is None else self.exporter.export(due)

    def begin_export(self) -> date | None:
        """Begin that export and do no step of it; go on with `exporter.advance(date)`."""
        due = self.exporter.due()
        if due is not None:
            self.judge()
            with self.office.writing() as desk:
                runs.begin(desk, due)
        return due

    def answer(self) -> None:
        """The core answers every batch it finds, and the answers are read."""
        for batch in self.core.waiting():
            self.core.take(batch)
        self.exporter.read_answers()

    # What happens to a server.

    def backup(self) -> bytes:
        """The database as it is now. Only for the database in memory."""
        return self._raw().serialize()

    def state(self) -> tuple[int, int]:
        """Another one after any change of the database. Only for the database in memory."""
        return self._put_back, self._raw().total_changes

    def restore(self, backup: bytes) -> int:
        """Put the database back and begin a new epoch, as the restore tool does; the epoch."""
        self.put_back(backup)
        with self.office.writing() as desk:
            self.epoch = raise_epoch(desk.connection, self.epoch)
        return self.epoch

    def put_back(self, backup: bytes) -> None:
        """Put the database back and let nobody notice."""
        raw = self._raw()
        raw.rollback()
        self._put_back += 1
        # Page by page, as a database is restored: what deserialize puts in the place of an open
        # one, statements that were prepared before do not survive.
        with closing(sqlite3.connect(":memory:")) as kept:
            kept.deserialize(backup)
            kept.backup(raw)

    def _make_tables(self) -> None:
        if self._is_in_memory and _empty:
            self.put_back(_empty[0])
            return
        metadata.create_all(self.engine)
        if self._is_in_memory:
            _empty.append(self.backup())

    def _raw(self) -> sqlite3.Connection:
        connection = self.engine.raw_connection()
        raw = cast("sqlite3.Connection", connection.driver_connection)
        connection.close()
        return raw


def certificate_request(key: ec.EllipticCurvePrivateKey, challenge: bytes) -> str:
    """A CSR as the laptop makes it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SmartClient")])
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge)
        .sign(key, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.PEM).decode()


def json_request(path: str, body: JsonObject, headers: dict[str, str] | None = None) -> Request:
    """A POST of JSON."""
    own = {"Content-Type": "application/json", **(headers or {})}
    return Request("POST", path, own, encoding.canonical(body))
