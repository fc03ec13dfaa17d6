"""Lines of the register as a laptop pushes them, for tests of the back office alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    event_hash,
)
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import ClientId, EventId, InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import (
    ChangesReply,
    FeedRow,
    JsonObject,
    PushLine,
    RecordKind,
    mapping,
)
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    EraseRequest,
    Purpose,
    consent_to_json,
)
from smartclient.wire.transport import Reply
from tests.simulators.adviser import Adviser, sha_of


def client_body(name: str = "Eva Černá") -> JsonObject:
    """The body of a client, as far as the back office looks into it."""
    return {"schema": 1, "surname": name, "national_id": "805623/1234"}


class RegisterLaptop:
    """An adviser's laptop with the register: new records go to its office."""

    def __init__(self, adviser: Adviser) -> None:
        self.adviser = adviser
        self.clock = adviser.server.clock
        self.chain: list[ConsentEvent] = []
        self.since: dict[str, int] = {}
        self.grants: dict[str, str] = {}

    def line(
        self,
        kind: RecordKind,
        body: JsonObject,
        scope: str = "",
        parent: str = "",
        identity: str = "",
        lineage: tuple[Op, ...] = (),
    ) -> PushLine:
        """A line; an append is named by its op."""
        op = self.adviser.ids.new()
        digest = encoding.sha256(encoding.canonical(body))
        own = RecordId(identity or op)
        return PushLine(
            own, kind, Op(op), lineage, Stage.COMPLETE, "", digest, (), body, scope, parent
        )

    def client(self, scope: str = "", body: JsonObject | None = None) -> PushLine:
        """A new client."""
        identity = self.adviser.ids.new()
        return self.line(RecordKind.CLIENT, body or client_body(), scope, identity=identity)

    def edit(self, line: PushLine, body: JsonObject) -> PushLine:
        """The next edit of a record."""
        return replace(
            line,
            op=Op(self.adviser.ids.new()),
            lineage=(*line.lineage, line.op),
            body=body,
            sha256=encoding.sha256(encoding.canonical(body)),
        )

    def policy(self, client: PushLine) -> PushLine:
        """A policy that hangs on the client."""
        body: JsonObject = {"schema": 1, "number": "7300000001"}
        identity = self.adviser.ids.new()
        return self.line(RecordKind.POLICY, body, client.scope, client.id, identity)

    def attachment(
        self, client: PushLine, content: bytes, purpose: Purpose = Purpose.OTHER
    ) -> PushLine:
        """A file that hangs on the client; its bytes are not sent here."""
        said = Attachment(
            ClientId(client.id),
            "file.pdf",
            "application/pdf",
            len(content),
            sha_of(content),
            purpose,
            self.clock.now(),
        )
        line = self.line(RecordKind.ATTACHMENT, said.to_json(), client.scope, client.id)
        return replace(line, blobs=(sha_of(content),), record_class=said.record_class)

    def merge(
        self, loser: PushLine, survivor: PushLine, *, undo: bool = False, minutes: float = 0
    ) -> PushLine:
        """A merge of two clients, or its undo."""
        at = self.clock.now() + timedelta(minutes=minutes)
        said = ClientMerge(ClientId(loser.id), ClientId(survivor.id), undo, at)
        return self.line(RecordKind.CLIENT_MERGE, said.to_json(), survivor.scope, survivor.id)

    def hide(self, client: PushLine, *, hidden: bool = True, minutes: float = 0) -> PushLine:
        """A hide of a client, or its undo."""
        at = self.clock.now() + timedelta(minutes=minutes)
        said = ClientHide(ClientId(client.id), hidden, "doubled", at)
        return self.line(RecordKind.CLIENT_HIDE, said.to_json(), client.scope, client.id)

    def erase_request(self, client: PushLine) -> PushLine:
        """Somebody asks for the client to be erased."""
        said = EraseRequest(ClientId(client.id), "asked by letter", self.clock.now())
        return self.line(RecordKind.ERASE_REQUEST, said.to_json(), client.scope, client.id)

    def consent(
        self, client: PushLine, decision: Decision = Decision.GIVEN, at: datetime | None = None
    ) -> PushLine:
        """The next event of this install's chain."""
        now = self.clock.now()
        said = ConsentDecision(
            ClientId(client.id),
            "SMS",
            "v1",
            decision,
            Method.PAPER_SIGNED,
            at or now,
            "Jana Nováková",
            "laptop",
            "cs",
        )
        before = self.chain[-1] if self.chain else None
        event = ConsentEvent(
            EventId(self.adviser.ids.new()),
            said,
            now,
            InstallId(self.adviser.installed.id),
            before.sequence + 1 if before else 1,
            "ab" * 16,
            before.hash if before else "",
            "",
        )
        event = replace(event, hash=event_hash(event))
        self.chain.append(event)
        return consent_line(event, client)

    def pull(self) -> tuple[list[FeedRow], list[str]]:
        """Every change since the last pull, and the scopes that were left meanwhile."""
        rows: list[FeedRow] = []
        left: list[str] = []
        for _ in range(50):
            page = self.page()
            left += page.left
            for scope in page.left:
                self.since.pop(scope, None)
                self.grants.pop(scope, None)
            rows += page.rows
            if page.rows:
                self.since[page.scope] = page.rows[-1].seq
                self.grants[page.scope] = page.grant
            if not page.more:
                return rows, left
        raise AssertionError("the changes never end")

    def page(self) -> ChangesReply:
        """One page of the changes."""
        reply = self.ask()
        assert reply.status == 200, reply
        return ChangesReply.from_json(encoding.parse(reply.body))

    def ask(self, etag: str = "") -> Reply:
        """The changes as they come."""
        grants: JsonObject = {scope: grant for scope, grant in self.grants.items() if grant}
        body: JsonObject = {
            "epoch": self.adviser.epoch,
            "since": {**self.since},
            **({"grants": grants} if grants else {}),
        }
        known = {"If-None-Match": etag} if etag else {}
        return self.adviser.send("/v1/changes", body, **known)

    def bodies(self, *ids: str) -> dict[str, JsonObject]:
        """The bodies of the records that may be read, by id."""
        reply = self.adviser.send("/v1/get", {"ids": [*ids]})
        records = mapping(encoding.parse(reply.body))["records"]
        assert isinstance(records, list)
        told = [mapping(record) for record in records]
        return {str(record["id"]): mapping(record["body"]) for record in told}

    def send_blobs(self, scope: str, *contents: bytes) -> Reply:
        """Send small blobs for records of a scope."""
        return self.adviser.send_blobs(*contents, scope=scope)


def consent_line(event: ConsentEvent, client: PushLine) -> PushLine:
    """The line of a consent event."""
    body = consent_to_json(event)
    return PushLine(
        RecordId(event.id),
        RecordKind.CONSENT_EVENT,
        Op(event.id),
        (),
        Stage.COMPLETE,
        "",
        encoding.sha256(encoding.canonical(body)),
        (),
        body,
        client.scope,
        client.id,
    )


def missing_of(reply: Reply) -> list[Sha256]:
    """Which blobs a server wants."""
    wanted = mapping(encoding.parse(reply.body))["missing"]
    assert isinstance(wanted, list)
    return [Sha256(str(each)) for each in wanted]
