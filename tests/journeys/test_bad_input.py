"""Bad input over real sockets: each gets its code, nothing is lost and nothing leaks.

One real server process, two advisers of different people. After every request the first adviser's
records are what they were, and no reply and no line of the log holds a word of theirs.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import zstandard
from sqlalchemy import update

from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import Op, RandomIds, RecordId
from smartclient.domain.sentences import SENTENCES
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.encoding import MAX_NESTED
from smartclient.wire.messages import (
    MAX_PUSH_BYTES,
    Json,
    JsonObject,
    Problem,
    PushLine,
    PushRequest,
    RecordKind,
    mapping,
)
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Draft, results_of, sha_of
from tests.simulators.office_process import OfficeProcess
from tests.simulators.two_advisers import Caller, offer

SECRET = "Tajemnice-Evy-4711"
SECRET_FILE = b"%PDF " + SECRET.encode()
BOMB = zstandard.ZstdCompressor(level=19).compress(b" " * 200_000_000)
LYING = zstandard.ZstdCompressor(write_content_size=False).compress(b" " * 30_000_000)


@dataclass
class Situation:
    """The server, and what the first adviser has on it."""

    office: OfficeProcess
    honest: Caller
    other: Caller
    revoked: Caller
    document: Draft
    package: RecordId
    before: JsonObject


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situation]:
    office = OfficeProcess(tmp_path_factory.mktemp("office"))
    with office:
        honest, other, revoked = (Caller.activated(office) for _ in range(3))
        document = offer(client_name=SECRET)
        assert honest.push(document)[0].answer.value == "ok"
        package = _package(honest, document)
        with office.office() as opened, opened.office.writing() as desk:
            install = schema.install
            mine = update(install).where(install.c.id == revoked.installed.id)
            desk.connection.execute(mine.values(revoked_at=SystemClock().now()))
        yield Situation(office, honest, other, revoked, document, package, honest.changes())
        for caller in (honest, other, revoked):
            caller.transport.close()


def _package(caller: Caller, document: Draft) -> RecordId:
    values = encoding.canonical({"answers": {}})
    for content in (SECRET_FILE, values):
        assert caller.send_blob(content).status == 200
    own = RandomIds().new()
    body: JsonObject = {
        "schema": 1,
        "document_id": document.id,
        "document_op": document.op,
        "number": "7200000001",
        "pdf_sha256": sha_of(SECRET_FILE),
        "values_sha256": sha_of(values),
        "signed_at": "2026-11-21T10:00:00.000Z",
        "record": {"schema": 1},
    }
    digest = encoding.sha256(encoding.canonical(body))
    blobs = (sha_of(SECRET_FILE), sha_of(values))
    line = PushLine(
        RecordId(own), RecordKind.SIGNED_PACKAGE, Op(own), (), Stage.SIGNED, "", digest, blobs, body
    )
    reply = caller.send(caller.asked("/v1/push", PushRequest(1, (line,)).to_json()))
    assert results_of(reply)[0].answer.value == "ok"
    return RecordId(own)


# --- what is sent ----------------------------------------------------------------------------


def _push(caller: Caller, *lines: Json, **headers: str) -> Request:
    return caller.asked("/v1/push", {"epoch": 1, "lines": [*lines]}, **headers)


def _line(draft: Draft, **more: Json) -> JsonObject:
    return {**draft.line().to_json(), **more}


def _coded(caller: Caller, body: bytes, coding: str, **more: str) -> Request:
    headers = {**caller.headers, "Content-Type": "application/json", "Content-Encoding": coding}
    return Request("POST", "/v1/push", {**headers, **more}, body)


def _json(caller: Caller, body: bytes, *, path: str = "/v1/push", **more: str) -> Request:
    headers = {**caller.headers, "Content-Type": "application/json", **more}
    return Request("POST", path, headers, body)


def _cursor(caller: Caller, scope: bytes) -> Request:
    body = b'{"epoch":1,"since":{"' + scope + b'":-1}}'
    return _json(caller, body, path="/v1/changes")


def _pushed(caller: Caller) -> bytes:
    return encoding.canonical(PushRequest(1, (offer().line(),)).to_json())


def _pack(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(8, "big") + content


Ask = Callable[[Situation], Request]
REFUSED: dict[str, tuple[Ask, int, str]] = {
    "oversized message": (
        lambda s: _json(s.other, b'"' + b"x" * (MAX_PUSH_BYTES + 300_000) + b'"'),
        413,
        "SC-SERV-001",
    ),
    "oversized pack": (
        lambda s: s.other.raw("/v1/blobs/pack", bytes(5_000_000)),
        413,
        "SC-SERV-001",
    ),
    "oversized question": (
        lambda s: s.other.asked("/v1/get", {"ids": ["x" * 200_000]}),
        413,
        "SC-SERV-001",
    ),
    "oversized blob in parts": (
        lambda s: s.other.raw(f"/v1/blobs/{'0' * 64}/part?offset=0&total=99999999999", b"x", "PUT"),
        400,
        "SC-SYNC-010",
    ),
    "too many lines": (lambda s: _push(s.other, *[{}] * 201), 400, "SC-SYNC-010"),
    "too deep": (lambda s: _json(s.other, b"[" * 100_000), 400, "SC-SYNC-011"),
    "no JSON": (lambda s: _json(s.other, b"\xff\xfe"), 400, "SC-SYNC-011"),
    "number that is none": (lambda s: _json(s.other, b'{"epoch":NaN}'), 400, "SC-SYNC-011"),
    "truncated message": (lambda s: _json(s.other, _pushed(s.other)[:-20]), 400, "SC-SYNC-011"),
    "truncated message with its digest": (
        lambda s: _json(
            s.other,
            _pushed(s.other)[:-20],
            **{"Content-Digest": encoding.content_digest(_pushed(s.other))},
        ),
        400,
        "SC-SERV-019",
    ),
    "truncated zstd": (
        lambda s: _coded(s.other, encoding.pack(_pushed(s.other))[:-9], "zstd"),
        400,
        "SC-SERV-019",
    ),
    "zstd that is none": (lambda s: _coded(s.other, b"plain", "zstd"), 400, "SC-SERV-019"),
    "zstd bomb": (lambda s: _coded(s.other, BOMB, "zstd"), 413, "SC-SERV-001"),
    "zstd that hides its size": (lambda s: _coded(s.other, LYING, "zstd"), 413, "SC-SERV-001"),
    "gzip": (
        lambda s: _coded(s.other, gzip.compress(_pushed(s.other)), "gzip"),
        415,
        "SC-SERV-002",
    ),
    "another media type": (
        lambda s: replace(
            _push(s.other), headers={**s.other.headers, "Content-Type": "text/plain"}
        ),
        415,
        "SC-SERV-002",
    ),
    "truncated pack": (
        lambda s: s.other.raw("/v1/blobs/pack", pack_blobs([(sha_of(b"abc"), b"abc")])[:-1]),
        400,
        "SC-SYNC-015",
    ),
    "wrongly hashed blob": (
        lambda s: s.other.raw("/v1/blobs/pack", _pack(sha_of(b"abc").encode(), b"abd")),
        400,
        "SC-SERV-026",
    ),
    "wrongly hashed part": (
        lambda s: s.other.raw(f"/v1/blobs/{sha_of(b'abc')}/part?offset=0&total=3", b"abd", "PUT"),
        400,
        "SC-SERV-026",
    ),
    "part out of order": (
        lambda s: s.other.raw(f"/v1/blobs/{sha_of(b'xyz')}/part?offset=2&total=3", b"z", "PUT"),
        409,
        "SC-SERV-027",
    ),
    "replayed proof": (lambda s: _replayed(s.other), 409, "SC-SERV-028"),
    "token of nobody": (
        lambda s: _json(s.other, b"{}", Authorization=f"Bearer {'A' * 43}"),
        401,
        "SC-SERV-005",
    ),
    "no token": (lambda s: _json(s.other, b"{}", Authorization=""), 401, "SC-SERV-005"),
    "revoked install asks for a token": (lambda s: s.revoked.token_request(), 403, "SC-SERV-006"),
    "revoked install with a live token": (
        lambda s: _push(s.revoked, offer().line().to_json()),
        403,
        "SC-SERV-006",
    ),
    "revoked install reads": (
        lambda s: s.revoked.asked("/v1/changes", {"epoch": 1, "since": {}}),
        403,
        "SC-SERV-006",
    ),
    "another adviser's scope": (
        lambda s: s.other.asked("/v1/changes", {"epoch": 1, "since": {s.honest.scope: 0}}),
        403,
        "SC-SERV-011",
    ),
    "another adviser's blob": (
        lambda s: s.other.raw(f"/v1/blobs/{sha_of(SECRET_FILE)}", b"", "GET"),
        404,
        "SC-SERV-025",
    ),
    "blob that nobody has": (
        lambda s: s.other.raw(f"/v1/blobs/{sha_of(b'nobody')}", b"", "GET"),
        404,
        "SC-SERV-025",
    ),
    "older epoch": (
        lambda s: s.other.asked("/v1/push", {"epoch": 0, "lines": []}),
        409,
        "SC-SERV-009",
    ),
    "scope of half a character": (lambda s: _cursor(s.other, b"\\ud800"), 400, "SC-SYNC-010"),
    "scope with a NUL": (lambda s: _cursor(s.other, b"\\u0000"), 400, "SC-SYNC-010"),
    "scope without end": (lambda s: _cursor(s.other, b"x" * 9_000), 400, "SC-SYNC-010"),
    "address outside": (
        lambda s: s.other.raw("/v1/catalogue/metadata/..%2f..%2fkeys%2foffice.key", b"", "GET"),
        404,
        "SC-SERV-003",
    ),
    "method that is none": (lambda s: s.other.raw("/v1/push", b"", "DELETE"), 405, "SC-SERV-004"),
}


def _replayed(caller: Caller) -> Request:
    asked = caller.token_request()
    assert caller.send(asked).status == 200
    return asked


@pytest.mark.parametrize("name", REFUSED)
def test_that_bad_input_is_refused_with_its_code(name: str, situation: Situation) -> None:
    ask, status, code = REFUSED[name]
    request = ask(situation)
    reply = _sent(situation, request)
    assert (reply.status, Problem.from_json(encoding.parse(reply.body)).code) == (status, code)
    assert code in SENTENCES
    _check_nothing_lost_or_leaked(situation, reply)


def _sent(situation: Situation, request: Request) -> Reply:
    """A server that refuses a body while it still comes may end the connection: then once more."""
    try:
        return situation.other.send(request)
    except Unreachable:
        return situation.other.send(request)


def _wrong_digest(line: JsonObject) -> JsonObject:
    return {**line, "sha256": "0" * 64}


def _with_body(draft: Draft, **more: Json) -> JsonObject:
    """The same op with another body, intact in itself."""
    body: JsonObject = {**draft.body, **more}
    return _line(draft, body=body, sha256=encoding.sha256(encoding.canonical(body)))


def _nested(depth: int) -> Json:
    value: Json = []
    for _ in range(depth):
        value = [value]
    return value


Lines = Callable[[Situation], JsonObject]
LINES: dict[str, tuple[Lines, str, str]] = {
    "wrongly hashed record": (lambda _: _wrong_digest(_line(offer())), "invalid", "SC-SERV-022"),
    "kind that nobody knows": (lambda _: _line(offer(), kind="spell"), "invalid", "SC-SYNC-010"),
    "id that is none": (lambda _: _line(offer(), id="1"), "invalid", "SC-SYNC-010"),
    "kind that only the server writes": (
        lambda _: _line(offer(), kind="number_lease"),
        "invalid",
        "SC-SERV-020",
    ),
    "another adviser's blob is named": (
        lambda _: _line(offer(), blobs=[sha_of(SECRET_FILE)]),
        "missing",
        "",
    ),
    "form version that nobody knows": (
        lambda _: _line(offer(form_id="martian"), form_version="martian@99"),
        "ok",
        "",
    ),
    "record nested deeper than a reply can carry": (
        lambda _: _with_body(offer(), answers=_nested(MAX_NESTED)),
        "invalid",
        "SC-SYNC-011",
    ),
    "fields that nobody knows": (lambda _: _line(offer(), newer={"a": 1}), "ok", ""),
    "another adviser's record in the own scope": (lambda s: _line(s.document), "ok", ""),
}


@pytest.mark.parametrize("name", LINES)
def test_that_a_bad_line_gets_its_answer_and_its_neighbours_theirs(
    name: str, situation: Situation
) -> None:
    make, answer, code = LINES[name]
    good = [offer(), offer()]
    lines: list[Json] = [good[0].line().to_json(), make(situation), good[1].line().to_json()]
    reply = situation.other.send(_push(situation.other, *lines))
    first, bad, last = results_of(reply)
    assert (first.answer.value, last.answer.value) == ("ok", "ok")
    assert (bad.answer.value, bad.code) == (answer, code)
    _check_nothing_lost_or_leaked(situation, reply)


def test_that_a_replayed_push_is_answered_as_before_and_written_once(situation: Situation) -> None:
    draft = offer()
    (first,) = situation.other.push(draft)
    rows = situation.other.changes()
    assert situation.other.push(draft, draft) == [first, first]
    assert situation.other.changes() == rows
    reply = situation.other.send(_push(situation.other, _with_body(draft, number="7200000002")))
    assert [(r.answer.value, r.code) for r in results_of(reply)] == [("invalid", "SC-SERV-021")]
    assert situation.other.changes() == rows
    _check_nothing_lost_or_leaked(situation, reply)


def test_that_another_advisers_records_are_as_if_they_were_not(situation: Situation) -> None:
    ids: list[Json] = [RandomIds().new(), situation.package]
    reply = situation.other.send(situation.other.asked("/v1/get", {"ids": ids}))
    assert encoding.parse(reply.body) == {"records": []}
    wanted: list[Json] = [sha_of(SECRET_FILE), sha_of(b"nobody")]
    reply = situation.other.send(situation.other.asked("/v1/blobs/missing", {"sha256": wanted}))
    assert mapping(encoding.parse(reply.body))["missing"] == wanted
    _check_nothing_lost_or_leaked(situation, reply)


def test_that_a_line_for_another_advisers_scope_changes_nothing(situation: Situation) -> None:
    """Neither an edit over the record nor a new one; the answer does not tell which scopes are."""
    edited = replace(situation.document, op=Op(RandomIds().new()), lineage=[situation.document.op])
    answers = []
    for scope in (situation.honest.scope, f"person:{RandomIds().new()}"):
        line = _line(edited, scope=scope)
        reply = situation.other.send(_push(situation.other, line))
        answers += [(result.answer.value, result.code) for result in results_of(reply)]
        _check_nothing_lost_or_leaked(situation, reply)
    assert answers[0] == answers[1]
    assert answers[0][0] == "invalid"


def test_that_a_message_that_breaks_off_changes_nothing(situation: Situation) -> None:
    body = _pushed(situation.other)
    rows = situation.other.changes()
    for kept in (0, 1, len(body) // 2, len(body) - 1):
        situation.other.begin_and_leave("/v1/push", len(body), body[:kept])
    assert situation.other.changes() == rows


def _check_nothing_lost_or_leaked(situation: Situation, reply: Reply) -> None:
    said = reply.body
    if reply.headers.get("content-encoding") == "zstd":
        said = encoding.unpack(said)
    assert SECRET.encode() not in said
    assert SECRET not in situation.office.log()
    assert situation.honest.changes() == situation.before
    asked = situation.honest.asked("/v1/get", {"ids": [situation.document.id]})
    records = mapping(encoding.parse(situation.honest.send(asked).body))["records"]
    assert SECRET in json.dumps(records)


def test_that_the_log_names_no_token_and_no_scope(situation: Situation) -> None:
    log = situation.office.log()
    assert situation.other.token not in log
    assert situation.honest.scope not in log
