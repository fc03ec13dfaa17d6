"""Two strangers at one real server over real sockets: one has something to hide, one misbehaves."""

import os
import socket
import ssl
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from smartclient.domain.ids import Op, RandomIds, RecordId
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.wire import encoding
from smartclient.wire.admission import NONCE_BYTES, TokenReply, TokenRequest, token_message
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import JsonObject, PushRequest, PushResult, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Draft, offer_body, results_of, sha_of
from tests.simulators.inprocess import SERVER_NAME, Installed, json_request
from tests.simulators.office_process import OfficeProcess

BYTES = "application/octet-stream"


@dataclass(slots=True)
class Caller:
    """An install that says exactly what it is told to say."""

    office: OfficeProcess
    transport: HttpTransport
    installed: Installed
    token: str = ""
    last_token_request: Request | None = field(default=None, repr=False)

    @classmethod
    def activated(cls, office: OfficeProcess) -> "Caller":
        """A new install with a live token."""
        transport = HttpTransport(office.address, office.root)
        caller = cls(office, transport, office.activate(transport))
        reply = transport.send(caller.token_request())
        caller.token = TokenReply.from_json(encoding.parse(reply.body)).token
        return caller

    @property
    def scope(self) -> str:
        """Of its person."""
        return self.installed.scope

    @property
    def headers(self) -> dict[str, str]:
        """With its token."""
        return {"Authorization": f"Bearer {self.token}"}

    def token_request(self) -> Request:
        """A fresh request for a token; remembered, so that it can be sent again."""
        nonce = os.urandom(NONCE_BYTES)
        message = token_message(SERVER_NAME, self.installed.id, nonce)
        signature = self.installed.install_key.sign(message, ec.ECDSA(hashes.SHA256()))
        asked = TokenRequest(self.installed.id, nonce, signature, 1, "test")
        self.last_token_request = json_request("/v1/token", asked.to_json())
        return self.last_token_request

    def asked(self, path: str, body: JsonObject, **more: str) -> Request:
        """A call with JSON and its token."""
        return json_request(path, body, {**self.headers, **more})

    def raw(self, path: str, body: bytes, method: str = "POST", **more: str) -> Request:
        """A call with any bytes and its token."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return Request(method, path, {**self.headers, "Content-Type": BYTES, **named}, body)

    def push(self, *drafts: Draft) -> list[PushResult]:
        """Push documents; their answers."""
        lines = tuple(draft.line() for draft in drafts)
        return results_of(self.send(self.asked("/v1/push", PushRequest(1, lines).to_json())))

    def send_blob(self, content: bytes) -> Reply:
        """Send a small blob."""
        return self.send(self.raw("/v1/blobs/pack", pack_blobs([(sha_of(content), content)])))

    def send(self, request: Request) -> Reply:
        """Over the socket."""
        return self.transport.send(request)

    def changes(self) -> JsonObject:
        """All that its scope has."""
        reply = self.send(self.asked("/v1/changes", {"epoch": 1, "since": {self.scope: 0}}))
        assert reply.status == 200, reply
        said = mapping(encoding.parse(reply.body))
        return {"rows": said["rows"], "scope": said["scope"]}

    def begin_and_leave(self, path: str, announced: int, sent: bytes) -> bytes:
        """Announce a body, send a part of it and close; what came back."""
        trusted = ssl.create_default_context(cafile=str(self.office.root))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {announced}\r\n\r\n"
        )
        with (
            socket.create_connection(("127.0.0.1", self.office.port), timeout=10) as plain,
            trusted.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(head.encode() + sent)
            secure.unwrap().shutdown(socket.SHUT_WR)
            return b""


def offer(**more: str) -> Draft:
    """A new offer."""
    ids = RandomIds()
    document = RecordId(ids.new())
    return Draft(document, Op(ids.new()), {**offer_body(document), **more})
