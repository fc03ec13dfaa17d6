"""Bad input, each with its code: nothing of it is stored, and no refusal tells of anybody else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.api.application import FOR_INSTALLS
from smartclient.backoffice.operations import helpdesk
from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.dossier_judge import Anchors, DossierJudge
from smartclient.backoffice.operations.published import Published
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import IdSource, RecordId
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.domain.sentences import SENTENCES
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import (
    MAX_BLOB_BYTES,
    MAX_PUSH_BYTES,
    MAX_PUSH_LINES,
    Answer,
    Json,
    JsonObject,
    Problem,
    PushLine,
    PushRequest,
    RecordKind,
    mapping,
)
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser, Draft, results_of, sha_of
from tests.simulators.inprocess import InProcessServer, json_request
from tests.simulators.time_and_ids import SetClock

HERS, HER_NUMBER, HER_FILE = "Kryštofová", "7299999999", b"%PDF of somebody else"
SMALL, LARGE = b"a scan page", bytes(range(256)) * 2_000
BYTES_TYPE = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class Office:
    """A back office with an adviser who sends what is bad, and another one who has something."""

    server: InProcessServer
    adviser: Adviser
    other: Adviser
    hers: Draft

    def send(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, str, Reply]:
        """Status and code of the reply, and the reply."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, path, {**self.adviser.headers, **named}, body)
        reply = self.server.send(request)
        said = mapping(encoding.parse(reply.body)) if reply.status != 200 else {}
        return reply.status, Problem.from_json(said).code if said else "", reply

    def json(self, path: str, body: bytes, **headers: str) -> tuple[int, str, Reply]:
        """The same with a body that is said to be JSON."""
        return self.send("POST", path, body, **{"Content-Type": "application/json", **headers})

    def raw(self, method: str, path: str, body: bytes) -> tuple[int, str, Reply]:
        """The same with a body that is bytes."""
        return self.send(method, path, body, **BYTES_TYPE)

    def damaged(self, body: bytes, meant: bytes) -> tuple[int, str, Reply]:
        """A pack with the digest of what was meant."""
        said = {**BYTES_TYPE, "Content-Digest": encoding.content_digest(meant)}
        return self.send("POST", "/v1/blobs/pack", body, **said)

    def stored(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that stands in the database."""
        found = {}
        with self.server.office.reading() as desk:
            for table in schema.metadata.sorted_tables:
                rows = desk.connection.execute(select(table)).all()
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found

    def require_nothing_of_hers(self, reply: Reply) -> None:
        """The reply tells nothing of the other adviser."""
        said = reply.body + repr(reply.headers).encode()
        secrets = (HERS.encode(), HER_NUMBER.encode(), HER_FILE, self.hers.op.encode())
        for secret in (*secrets, self.other.scope.encode(), self.other.installed.id.encode()):
            assert secret not in said


@pytest.fixture
def office(memory_server: InProcessServer, ids: IdSource) -> Office:
    """The other adviser has a document with a file."""
    other, adviser = Adviser(memory_server, ids), Adviser(memory_server, ids)
    other.send_blobs(HER_FILE)
    hers = other.offer(number=HER_NUMBER, client_name=HERS)
    hers.blobs = (sha_of(HER_FILE),)
    other.push_ok(hers)
    return Office(memory_server, adviser, other, hers)


Sent = Callable[[Office], tuple[int, str, Reply]]


def _push(office: Office) -> bytes:
    return encoding.canonical(PushRequest(1, (office.adviser.offer().line(),)).to_json())


def _many(office: Office) -> bytes:
    line = office.adviser.offer().line()
    lines: list[Json] = [line.to_json()] * (MAX_PUSH_LINES + 1)
    return encoding.canonical({"epoch": 1, "lines": lines})


def _part(name: str, content: bytes, offset: int = 0, total: int = 0) -> Sent:
    path = f"/v1/blobs/{name}/part?offset={offset}&total={total}"
    return lambda office: office.raw("PUT", path, content)


def _feed(office: Office) -> tuple[int, str, Reply]:
    asked: JsonObject = {"epoch": 1, "since": {office.other.scope: 0}}
    return office.json("/v1/changes", encoding.canonical(asked))


PACK = pack_blobs([(sha_of(SMALL), SMALL)])
REFUSED: dict[str, tuple[Sent, int, str]] = {
    "oversized": (
        lambda office: office.json("/v1/push", b" " * (MAX_PUSH_BYTES + 200_001)),
        413,
        "SC-SERV-001",
    ),
    "oversized once unpacked": (
        lambda office: office.json(
            "/v1/push", encoding.pack(b" " * (3 * MAX_PUSH_BYTES)), Content_Encoding="zstd"
        ),
        413,
        "SC-SERV-001",
    ),
    "too many lines": (
        lambda office: office.json("/v1/push", _many(office)),
        400,
        "SC-SYNC-010",
    ),
    "an oversized blob": (_part(sha_of(LARGE), LARGE, 0, MAX_BLOB_BYTES + 1), 400, "SC-SYNC-010"),
    "a part of nothing begun": (_part(sha_of(LARGE), LARGE, 400_000), 409, "SC-SERV-027"),
    "truncated": (
        lambda office: office.json("/v1/push", _push(office)[:-1]),
        400,
        "SC-SYNC-011",
    ),
    "truncated in its packing": (
        lambda office: office.json(
            "/v1/push", encoding.pack(_push(office))[:-1], Content_Encoding="zstd"
        ),
        400,
        "SC-SERV-019",
    ),
    "truncated on its way": (
        lambda office: office.damaged(PACK[:-1], PACK),
        400,
        "SC-SERV-019",
    ),
    "a truncated pack": (
        lambda office: office.raw("POST", "/v1/blobs/pack", PACK[:-1]),
        400,
        "SC-SYNC-015",
    ),
    "packed as nobody asked": (
        lambda office: office.json("/v1/push", _push(office), Content_Encoding="gzip"),
        415,
        "SC-SERV-002",
    ),
    "not packed as it says": (
        lambda office: office.json("/v1/push", _push(office), Content_Encoding="zstd"),
        400,
        "SC-SERV-019",
    ),
    "of another type": (
        lambda office: office.raw("POST", "/v1/push", _push(office)),
        415,
        "SC-SERV-002",
    ),
    "a blob that is another": (
        lambda office: office.raw(
            "POST", "/v1/blobs/pack", PACK + pack_blobs([(sha_of(b"other"), SMALL)])
        ),
        400,
        "SC-SERV-026",
    ),
    "parts of another blob": (_part(sha_of(SMALL), LARGE, 0, len(LARGE)), 400, "SC-SERV-026"),
    "a blob without a digest": (_part("its-name", SMALL), 400, "SC-SYNC-010"),
    "another adviser's blob": (
        lambda office: office.send("GET", f"/v1/blobs/{sha_of(HER_FILE)}"),
        404,
        "SC-SERV-025",
    ),
    "a blob for another adviser's scope": (
        lambda office: office.raw("POST", f"/v1/blobs/pack?scope={office.other.scope}", PACK),
        403,
        "SC-SERV-011",
    ),
    "another adviser's feed": (_feed, 403, "SC-SERV-011"),
    "of an older epoch": (
        lambda office: office.json(
            "/v1/push",
            encoding.canonical(PushRequest(0, (office.adviser.offer().line(),)).to_json()),
        ),
        409,
        "SC-SERV-009",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_that_bad_input_has_its_code_and_leaves_nothing(office: Office, case: str) -> None:
    sent, status, code = REFUSED[case]
    before = office.stored()
    answered, said, reply = sent(office)
    assert (answered, said) == (status, code)
    assert code in SENTENCES
    assert office.stored() == before
    encoding.require_whole(reply.body, reply.headers.get("content-digest"))
    office.require_nothing_of_hers(reply)


def _no_line(office: Office, **more: object) -> PushLine:
    return replace(office.adviser.offer().line(), **more)  # type: ignore[arg-type]


LINES: dict[str, tuple[Callable[[Office], PushLine], Answer, str]] = {
    "a body that is another": (
        lambda office: _no_line(office, sha256=sha_of(b"another body")),
        Answer.INVALID,
        "SC-SERV-022",
    ),
    "a record of the server": (
        lambda office: _no_line(office, kind=RecordKind.NUMBER_LEASE),
        Answer.INVALID,
        "SC-SERV-020",
    ),
    "for another adviser's scope": (
        lambda office: _no_line(office, scope=office.other.scope),
        Answer.INVALID,
        "SC-SERV-070",
    ),
    "another adviser's record in their scope": (
        lambda office: replace(office.hers.line(), scope=office.other.scope),
        Answer.INVALID,
        "SC-SERV-070",
    ),
    "with another adviser's blob": (
        lambda office: _no_line(office, blobs=(sha_of(HER_FILE),)),
        Answer.MISSING,
        "",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_that_a_bad_line_has_its_code_and_leaves_nothing(office: Office, case: str) -> None:
    made, answer, code = LINES[case]
    line, before = made(office), office.stored()
    (result,) = office.adviser.push(line)
    assert (result.answer, result.code) == (answer, code)
    assert office.stored() == before
    assert result.version == 0
    if line.id != office.hers.id:
        said = encoding.canonical(result.to_json()).decode()
        assert not any(each in said for each in (office.hers.id, office.hers.op, HERS, HER_NUMBER))


def test_that_a_record_of_another_adviser_is_neither_read_nor_changed(office: Office) -> None:
    """Its id named in one's own scope makes a record of one's own: ids are no secret."""
    adviser, hers = office.adviser, office.hers
    read = adviser.send("/v1/get", {"ids": [hers.id]})
    assert mapping(encoding.parse(read.body))["records"] == []
    office.require_nothing_of_hers(read)
    mine = replace(adviser.offer(), id=hers.id)
    assert adviser.push_one(mine.line()).answer is Answer.OK
    adviser.push(adviser.package(hers))
    assert office.other.body_of(hers.id) == hers.body
    (row,) = [row for row in office.other.changes(0).rows if row.id == hers.id]
    assert (row.op, row.stage, row.version) == (hers.op, hers.stage, 1)
    office.require_nothing_of_hers(adviser.send("/v1/get", {"ids": [hers.id]}))


def test_that_what_is_replayed_counts_once(office: Office) -> None:
    adviser, server = office.adviser, office.server
    draft, token = adviser.offer(), server.token_request(adviser.installed)
    adviser.send_blobs(SMALL)
    draft.blobs = (sha_of(SMALL),)
    pushed = json_request(
        "/v1/push", PushRequest(1, (draft.line(),)).to_json(), dict(adviser.headers)
    )
    sent = Request("POST", "/v1/blobs/pack", {**adviser.headers, **BYTES_TYPE}, PACK)
    first = [server.send(request) for request in (pushed, sent, token)]
    before = office.stored()
    again = [server.send(request) for request in (pushed, sent, token)]
    assert [reply.status for reply in (*first, *again)] == [200, 200, 200, 200, 200, 409]
    assert results_of(again[0]) == results_of(first[0])
    assert Problem.from_json(encoding.parse(again[2].body)).code == "SC-SERV-028"
    assert office.stored() == before


def test_that_an_op_replayed_with_another_body_is_refused_and_alarmed(office: Office) -> None:
    adviser, draft = office.adviser, office.adviser.offer()
    adviser.push_ok(draft)
    before = office.stored()
    (result,) = adviser.push(replace(draft, body={**draft.body, "note": "another"}).line())
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-021")
    after = office.stored()
    (raised,) = [row for row in after["alarm"] if row not in before["alarm"]]
    assert Alarm.OP_REUSED.value in raised
    assert {**after, "alarm": before["alarm"]} == before


def test_that_a_replayed_activation_makes_no_second_install(office: Office) -> None:
    mine = office.adviser.installed
    request = office.server.activation_request(mine.install_key, mine.seal_key)
    replies = [mapping(encoding.parse(office.server.send(request).body)) for _ in range(2)]
    assert {reply["install"] for reply in replies} == {mine.id}
    assert len(office.stored()["install"]) == 2


@pytest.mark.parametrize("is_told_at_once", [True, False])
def test_that_a_revoked_install_gets_its_code_and_leaves_nothing(
    office: Office, is_told_at_once: bool
) -> None:
    """Its tokens end with the act; a token that was given in that moment is worth nothing."""
    adviser, server = office.adviser, office.server
    with server.office.writing() as desk:
        if is_told_at_once:
            helpdesk.revoke(desk, adviser.installed.id, "stolen")
        else:
            of_it = schema.install.c.id == adviser.installed.id
            desk.connection.execute(update(schema.install).where(of_it).values(revoked_at=desk.now))
    expected = (401, "SC-SERV-005") if is_told_at_once else (403, "SC-SERV-006")
    before = office.stored()
    for route in FOR_INSTALLS:
        body = {"/v1/push": _push(office), "/v1/blobs/pack": PACK}.get(route.path, b"{}")
        path = route.path.replace("{sha256}", sha_of(HER_FILE)).replace("{number}", HER_NUMBER)
        typed = {"Content-Type": route.accepts.media_type} if route.accepts.limit else {}
        sent = body if route.accepts.limit else b""
        status, code, reply = office.send(route.method, path, sent, **typed)
        assert (status, code) == expected
        office.require_nothing_of_hers(reply)
    token = server.send(server.token_request(adviser.installed))
    assert token.status == 403
    assert Problem.from_json(encoding.parse(token.body)).code == "SC-SERV-006"
    assert office.stored() == before


def test_that_a_form_version_nobody_knows_is_kept_and_not_exported(
    office: Office, clock: SetClock
) -> None:
    """A newer laptop than the catalogue: what it sent is safe, and goes once the form is there."""
    server, adviser = office.server, office.adviser
    anchors = Anchors(server.issuers.root, None, may_lack_authority=True)
    judge = DossierJudge(Published(server.catalogue), anchors)
    server.exporter = replace(server.exporter, judge=judge)
    draft = adviser.offer(form_version=999)
    adviser.push_ok(draft)
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    run = server.export()
    assert run is not None
    assert run.documents == 0
    adviser.headers = server.bearer(adviser.installed)
    rows = adviser.changes(0).rows
    (status,) = [row.id for row in rows if row.kind is RecordKind.DOCUMENT_STATUS]
    assert mapping(adviser.body_of(RecordId(status))["verdict"])["code"] == "SC-SERV-030"
    assert adviser.body_of(draft.id) == draft.body
