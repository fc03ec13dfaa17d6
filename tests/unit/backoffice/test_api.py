"""Every reply proves itself, every input has a limit, every call is authorised."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN, Route
from smartclient.backoffice.operations.office import Office
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import IdSource
from smartclient.domain.sentences import SENTENCES, text_for
from smartclient.wire import encoding
from smartclient.wire.messages import MAX_PUSH_BYTES, JsonObject, Problem, PushRequest, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser, results_of
from tests.simulators.inprocess import InProcessServer, json_request

EVERY = [*OPEN, *FOR_INSTALLS]


@pytest.fixture
def adviser(memory_server: InProcessServer, ids: IdSource) -> Adviser:
    """An adviser of a back office in memory."""
    return Adviser(memory_server, ids)


def _asked(route: Route, **headers: str) -> Request:
    path = route.path.replace("{sha256}", "0" * 64)
    own = {"Content-Type": route.accepts.media_type} if route.accepts.limit else {}
    return Request(route.method, path, {**own, **headers}, b"{}" if route.accepts.limit else b"")


def _named(route: Route) -> str:
    return f"{route.method} {route.path}"


def _problem(reply: Reply) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.status, Problem.from_json(encoding.parse(reply.body)).code


def _require_whole(reply: Reply) -> None:
    encoding.require_whole(reply.body, reply.headers.get("content-digest"))
    assert reply.headers["content-length"] == str(len(reply.body))


@pytest.mark.parametrize("route", EVERY, ids=_named)
def test_that_every_reply_has_its_length_and_digest(
    adviser: Adviser, memory_server: InProcessServer, route: Route
) -> None:
    for headers in ({}, adviser.headers):
        reply = memory_server.send(_asked(route, **headers))
        _require_whole(reply)
        if reply.status != 200:
            _, code = _problem(reply)
            assert code in SENTENCES


@pytest.mark.parametrize("route", FOR_INSTALLS, ids=_named)
def test_that_no_call_of_an_install_is_answered_without_its_token(
    memory_server: InProcessServer, route: Route
) -> None:
    for header in ({}, {"Authorization": "Bearer " + "x" * 43}):
        reply = memory_server.send(_asked(route, **header))
        assert _problem(reply) == (401, "SC-SERV-005")


@pytest.mark.parametrize("route", [route for route in EVERY if route.accepts.limit], ids=_named)
def test_that_a_body_over_its_limit_is_413_and_of_another_type_415(
    adviser: Adviser, memory_server: InProcessServer, route: Route
) -> None:
    asked = _asked(route, **adviser.headers)
    too_large = replace(asked, body=b" " * (route.accepts.limit + 1))
    other_type = replace(asked, headers={**asked.headers, "Content-Type": "text/plain"})
    other_coding = replace(asked, headers={**asked.headers, "Content-Encoding": "gzip"})
    replies = [memory_server.send(request) for request in (too_large, other_type, other_coding)]
    assert [_problem(reply) for reply in replies] == [
        (413, "SC-SERV-001"),
        (415, "SC-SERV-002"),
        (415, "SC-SERV-002"),
    ]
    for reply in replies:
        _require_whole(reply)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (Request("GET", "/", {}), (404, "SC-SERV-003")),
        (Request("GET", "/v1/nothing", {}), (404, "SC-SERV-003")),
        (Request("DELETE", "/v1/push", {}), (405, "SC-SERV-004")),
        (Request("HEAD", "/health", {}), (405, "SC-SERV-004")),
        (Request("GET", "/docs", {}), (404, "SC-SERV-003")),
        (Request("GET", "/openapi.json", {}), (404, "SC-SERV-003")),
        (Request("GET", "/v1/catalogue/metadata/1.root.json", {}), (404, "SC-CAT-079")),
    ],
)
def test_that_what_is_not_served_is_refused_in_the_same_form(
    memory_server: InProcessServer, request_: Request, refusal: tuple[int, str]
) -> None:
    reply = memory_server.send(request_)
    assert _problem(reply) == refusal
    _require_whole(reply)


def test_that_replies_forbid_to_be_kept_or_guessed(adviser: Adviser) -> None:
    reply = adviser.send("/v1/get", {"ids": []})
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "server" not in reply.headers


def test_that_a_request_damaged_on_its_way_is_refused(adviser: Adviser) -> None:
    request = json_request("/v1/get", {"ids": []}, adviser.headers)
    digest = encoding.content_digest(b"what was sent")
    headers = {**request.headers, "Content-Digest": digest}
    damaged = replace(request, headers=headers)
    assert _problem(adviser.server.send(damaged)) == (400, "SC-SERV-019")


def test_that_bodies_travel_as_zstd_in_both_directions(adviser: Adviser) -> None:
    draft = adviser.offer(note="x" * 5000)
    content = encoding.canonical(PushRequest(adviser.epoch, (draft.line(),)).to_json())
    headers = {**adviser.headers, "Content-Type": "application/json", "Content-Encoding": "zstd"}
    pushed = adviser.server.send(Request("POST", "/v1/push", headers, encoding.pack(content)))
    assert results_of(pushed)[0].answer == "ok"
    asked: JsonObject = {"ids": [draft.id]}
    packed = adviser.send("/v1/get", asked, **{"Accept-Encoding": "zstd"})
    assert packed.headers["content-encoding"] == "zstd"
    _require_whole(packed)
    plain = adviser.send("/v1/get", asked)
    assert encoding.unpack(packed.body) == plain.body


def test_that_a_small_body_that_unpacks_to_a_huge_one_is_refused(adviser: Adviser) -> None:
    bomb = encoding.pack(b" " * (3 * MAX_PUSH_BYTES))
    headers = {**adviser.headers, "Content-Type": "application/json", "Content-Encoding": "zstd"}
    reply = adviser.server.send(Request("POST", "/v1/push", headers, bomb))
    assert _problem(reply) == (413, "SC-SERV-001")


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b'{"ids":NaN}', b"[" * 100_000, b"\xff"])
def test_that_what_is_no_json_is_refused(adviser: Adviser, body: bytes) -> None:
    request = json_request("/v1/get", {}, adviser.headers)
    status, code = _problem(adviser.server.send(replace(request, body=body)))
    assert status == 400
    assert code in ("SC-SYNC-010", "SC-SYNC-011")


def test_that_a_busy_database_asks_to_come_back(
    adviser: Adviser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_office: Office) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(Office, "writing", busy)
    reply = adviser.send("/v1/push", {"epoch": 1, "lines": []})
    assert _problem(reply) == (503, "SC-SERV-018")
    assert reply.headers["retry-after"] == "2"


def test_that_an_unexpected_fault_tells_a_number_and_nothing_else(
    adviser: Adviser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_office: Office) -> None:
        raise ZeroDivisionError("Eva Černá 805623/1234")

    monkeypatch.setattr(Office, "writing", broken)
    reply = adviser.send("/v1/push", {"epoch": 1, "lines": []})
    problem = Problem.from_json(encoding.parse(reply.body))
    assert (reply.status, problem.code) == (503, "SC-SERV-017")
    assert b"Eva" not in reply.body
    assert problem.values["support"] in text_for(SmartClientError(problem.code, **problem.values))
    bad = [record.message for record in caplog.records if record.levelname != "INFO"]
    assert bad == ["failed"]


def test_that_the_description_names_every_route(memory_server: InProcessServer) -> None:
    paths = memory_server.application.api.openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    declared = {(route.method, route.path.replace(":path", "")) for route in EVERY}
    assert declared <= described


def test_that_health_needs_the_database(memory_server: InProcessServer) -> None:
    reply = memory_server.send(Request("GET", "/health", {}))
    assert (reply.status, mapping(encoding.parse(reply.body))) == (200, {"status": "ok"})
    with memory_server.office.writing() as desk:
        assert desk.connection.execute(text("SELECT 1")).scalar_one() == 1
