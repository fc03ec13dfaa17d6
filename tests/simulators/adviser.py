"""An adviser's laptop reduced to its messages, for tests of the back office alone."""

import hashlib
from dataclasses import dataclass, field

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import IdSource, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import (
    Answer,
    ChangesReply,
    FeedRow,
    Json,
    JsonObject,
    PushLine,
    PushRequest,
    PushResult,
    RecordKind,
    mapping,
)
from smartclient.wire.transport import Reply, Request
from tests.simulators.inprocess import InProcessServer, json_request


def sha_of(content: bytes) -> Sha256:
    """The digest that names a blob."""
    return Sha256(hashlib.sha256(content).hexdigest())


def offer_body(document: RecordId) -> JsonObject:
    """The body of an offer, as far as the back office looks into it."""
    return {
        "schema": 1,
        "document_kind": "offer",
        "number": "7200000001",
        "form_id": "flexi-offer",
        "form_version": 1,
        "client_name": "Eva Černá",
        "answers": {"insured": [{"surname": "Černá"}]},
        "premium": {"payable": "1223", "frequency": 12, "currency": "CZK", "lines": []},
        "id": document,
    }


@dataclass(slots=True)
class Draft:
    """A document as the laptop holds it: its newest op, and the ops it stands on."""

    id: RecordId
    op: Op
    body: JsonObject
    stage: Stage = Stage.COMPLETE
    lineage: list[Op] = field(default_factory=list)
    blobs: tuple[Sha256, ...] = ()

    def line(self) -> PushLine:
        """The line that pushes it as it is now."""
        content = encoding.canonical(self.body)
        return PushLine(
            self.id,
            RecordKind.DOCUMENT,
            self.op,
            tuple(self.lineage),
            self.stage,
            "flexi-offer@1",
            encoding.sha256(content),
            self.blobs,
            self.body,
        )


class Adviser:
    """Sends what it is told to send and hands back what came."""

    def __init__(self, server: InProcessServer, ids: IdSource) -> None:
        self.server = server
        self.ids = ids
        self.installed = server.activate()
        self.headers = server.bearer(self.installed)
        self.epoch = server.epoch
        self.since = 0
        self.etag = ""

    @property
    def scope(self) -> str:
        """The scope of its person."""
        return self.installed.scope

    def offer(self, stage: Stage = Stage.COMPLETE, **more: Json) -> Draft:
        """A new offer, not sent yet; `more` stands in its body."""
        document = RecordId(self.ids.new())
        return Draft(document, Op(self.ids.new()), {**offer_body(document), **more}, stage)

    def edit(self, draft: Draft, stage: Stage | None = None, **more: Json) -> None:
        """Change it: a new op that stands on the one before."""
        draft.lineage.append(draft.op)
        draft.op = Op(self.ids.new())
        draft.body = {**draft.body, **more}
        draft.stage = stage or draft.stage

    def package(self, draft: Draft, pdf: bytes = b"%PDF signed", op: Op | None = None) -> PushLine:
        """A signed package for a document; its blobs are sent along."""
        values = encoding.canonical({"answers": draft.body["answers"]})
        self.send_blobs(pdf, values)
        body: JsonObject = {
            "schema": 1,
            "document_id": draft.id,
            "document_op": op or draft.op,
            "number": draft.body["number"],
            "pdf_sha256": sha_of(pdf),
            "values_sha256": sha_of(values),
            "signed_at": "2026-11-21T10:00:00.000Z",
            "record": {"schema": 1},
        }
        return self.append(body, (sha_of(pdf), sha_of(values)))

    def append(self, body: JsonObject, blobs: tuple[Sha256, ...]) -> PushLine:
        """A signed package with this body."""
        own = self.ids.new()
        content = encoding.canonical(body)
        return PushLine(
            RecordId(own),
            RecordKind.SIGNED_PACKAGE,
            Op(own),
            (),
            Stage.SIGNED,
            "",
            encoding.sha256(content),
            blobs,
            body,
        )

    def send(self, path: str, body: JsonObject, **headers: str) -> Reply:
        """A call with the adviser's token."""
        return self.server.send(json_request(path, body, {**self.headers, **headers}))

    def push(self, *lines: PushLine) -> list[PushResult]:
        """Push lines; their answers."""
        reply = self.send("/v1/push", PushRequest(self.epoch, lines).to_json())
        return results_of(reply)

    def push_one(self, line: PushLine) -> PushResult:
        """Push one line; its answer."""
        return self.push(line)[0]

    def push_ok(self, *drafts: Draft) -> None:
        """Push documents that must all be accepted."""
        answers = [result.answer for result in self.push(*(draft.line() for draft in drafts))]
        assert answers == [Answer.OK] * len(drafts)

    def send_blobs(self, *contents: bytes, scope: str = "") -> Reply:
        """Send small blobs, for records of a scope; the own one by default."""
        body = pack_blobs([(sha_of(content), content) for content in contents])
        own = {**self.headers, "Content-Type": "application/octet-stream"}
        asked = f"?scope={scope}" if scope else ""
        return self.server.send(Request("POST", f"/v1/blobs/pack{asked}", own, body))

    def send_bytes(self, path: str, content: bytes) -> Reply:
        """Send a part of a blob."""
        own = {**self.headers, "Content-Type": "application/octet-stream"}
        return self.server.send(Request("PUT", path, own, content))

    def blob(self, sha256: str) -> Reply:
        """A blob as it is read."""
        return self.server.send(Request("GET", f"/v1/blobs/{sha256}", self.headers))

    def changes(self, since: int | None = None) -> ChangesReply:
        """A page of changes."""
        start = self.since if since is None else since
        reply = self.send("/v1/changes", {"epoch": self.epoch, "since": {self.scope: start}})
        assert reply.status == 200, reply
        return ChangesReply.from_json(encoding.parse(reply.body))

    def pull(self) -> list[FeedRow]:
        """Every change since the last pull."""
        rows: list[FeedRow] = []
        while True:
            page = self.changes()
            rows += page.rows
            self.since = max([self.since, *(row.seq for row in page.rows)])
            if not page.more:
                return rows

    def body_of(self, record: RecordId) -> JsonObject:
        """The body of a record as the server has it."""
        reply = self.send("/v1/get", {"ids": [record]})
        records = mapping(encoding.parse(reply.body))["records"]
        assert isinstance(records, list), reply
        assert len(records) == 1, reply
        return mapping(mapping(records[0])["body"])


def results_of(reply: Reply) -> list[PushResult]:
    """The answers of a push."""
    assert reply.status == 200, reply
    results = mapping(encoding.parse(reply.body))["results"]
    assert isinstance(results, list)
    return [PushResult.from_json(result) for result in results]
