"""One adviser of the load: an evening's synchronisation as a laptop sends it, every reply checked.

token → which blobs are missing → a pack of them → push → changes: five requests on one connection
of its own, as a laptop opens it. A reply counts when it is whole by its digest and says yes.
"""

import hashlib
import http.client
import os
import ssl
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.loading.site import SERVER_NAME, Install, Site, new_record
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.admission import TokenRequest, token_message
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import (
    JsonObject,
    Problem,
    PushLine,
    PushRequest,
    RecordKind,
    listed,
    mapping,
    text,
)

DOCUMENTS = 5
PDF_BYTES = 400_000
BODY_BYTES = 4_000
TIMEOUT = 60
_PDF = os.urandom(PDF_BYTES)


class Failed(Exception):
    """A reply was not what it must be; the text says which."""

    def __init__(self, text: str, status: int = 0, code: str = "", retry_after: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Evening:
    """What one synchronisation carries, made before its time is taken."""

    pack: bytes
    digests: tuple[Sha256, ...]
    push: bytes
    lines: int


def evening(documents: int = DOCUMENTS) -> Evening:
    """Signed documents with their files, 2 MB together."""
    blobs: list[tuple[Sha256, bytes]] = []
    lines: list[PushLine] = []
    for _ in range(documents):
        record, op = new_record()
        body = document_body(record)
        pdf = os.urandom(16) + _PDF[16:]
        values = encoding.canonical({"answers": body["answers"]})
        own = [(_sha(content), content) for content in (pdf, values)]
        blobs += own
        document = line(record, RecordKind.DOCUMENT, body, op=op)
        package = _package(body, document, own[0][0], own[1][0])
        lines += [document, package]
    return Evening(
        pack_blobs(blobs),
        tuple(name for name, _ in blobs),
        encoding.canonical(PushRequest(1, tuple(lines)).to_json()),
        len(lines),
    )


def document_body(record: RecordId) -> JsonObject:
    """An offer of about 4 KB."""
    return {
        "schema": 1,
        "id": record,
        "document_kind": "offer",
        "number": "",
        "form_id": "flexi-offer",
        "form_version": 1,
        "client_name": "Eva Černá",
        "answers": {"note": os.urandom(BODY_BYTES // 2).hex()},
    }


def line(
    record: RecordId,
    kind: RecordKind,
    body: JsonObject,
    *,
    op: str = "",
    blobs: tuple[Sha256, ...] = (),
) -> PushLine:
    """The first edit of a record."""
    is_package = kind is RecordKind.SIGNED_PACKAGE
    return PushLine.from_json(
        {
            "id": record,
            "kind": kind.value,
            "op": op or record,
            "lineage": [],
            "stage": (Stage.SIGNED if is_package else Stage.COMPLETE).value,
            "form_version": "" if is_package else "flexi-offer@1",
            "sha256": encoding.sha256(encoding.canonical(body)),
            "blobs": list(blobs),
            "body": body,
        }
    )


def _package(body: JsonObject, document: PushLine, pdf: Sha256, values: Sha256) -> PushLine:
    record, _ = new_record()
    package: JsonObject = {
        "schema": 1,
        "document_id": document.id,
        "document_op": document.op,
        "number": body["number"],
        "pdf_sha256": pdf,
        "values_sha256": values,
        "signed_at": "2026-11-21T10:00:00.000Z",
        "record": {"schema": 1},
    }
    return line(record, RecordKind.SIGNED_PACKAGE, package, blobs=(pdf, values))


def _sha(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


class Session:
    """One connection of one install."""

    def __init__(self, site: Site, context: ssl.SSLContext, install: Install) -> None:
        self._install = install
        self._connection = http.client.HTTPSConnection(
            SERVER_NAME, site.port, timeout=TIMEOUT, context=context
        )
        self._headers: dict[str, str] = {}
        self.requests = 0
        self.sent = 0

    def __enter__(self) -> "Session":
        try:
            self.take_token()
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        self._connection.close()

    def take_token(self) -> None:
        """Prove the key."""
        nonce = os.urandom(32)
        message = token_message(SERVER_NAME, self._install.id, nonce)
        signature = self._install.key.sign(message, ECDSA(SHA256()))
        asked = TokenRequest(self._install.id, nonce, signature, 1, "load").to_json()
        reply = self.send("/v1/token", encoding.canonical(asked))
        self._headers = {"Authorization": f"Bearer {text(reply, 'token')}"}

    def synchronise(self, carried: Evening) -> None:
        """Everything but the token; Failed when anything was not taken."""
        names: JsonObject = {"sha256": list(carried.digests)}
        lacking = self.send("/v1/blobs/missing", encoding.canonical(names))
        if len(listed(lacking, "missing", str, len(carried.digests))) != len(carried.digests):
            raise Failed("blobs that were never sent are there")
        self.send("/v1/blobs/pack", carried.pack, "application/octet-stream")
        self.push(carried.push, carried.lines)
        since: JsonObject = {"epoch": 1, "since": {self._install.scope: 0}}
        self.send("/v1/changes", encoding.canonical(since))

    def push(self, body: bytes, lines: int) -> None:
        """Push; every line must be taken."""
        results = listed(self.send("/v1/push", body), "results", mapping, lines)
        answers = {str(result["answer"]) for result in results}
        if answers != {"ok"}:
            raise Failed(f"push answered {sorted(answers)}")

    def send(self, path: str, body: bytes, media_type: str = "application/json") -> JsonObject:
        """A request and its whole reply."""
        headers = {"Content-Type": media_type, **self._headers}
        self._connection.request("POST", path, body, headers)
        reply = self._connection.getresponse()
        content = reply.read()
        self.requests += 1
        self.sent += len(body)
        if reply.status != 200:
            code = Problem.from_json(encoding.parse(content)).code
            again = reply.headers.get("Retry-After", "")
            raise Failed(f"{path} answered {reply.status} {code}", reply.status, code, again)
        encoding.require_whole(content, reply.headers.get("Content-Digest", ""))
        return mapping(encoding.parse(content))
