"""Whatever is sent, the API answers in its own form and never with a fault of its own.

Two sources of requests: what Schemathesis makes of the description of the API, on both databases,
and messages put together from the words of the protocol.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN
from smartclient.domain.sentences import SENTENCES
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import Json, JsonObject, Problem, RecordKind
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.generated_requests import FORMS, attack
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

_UUID = "00000000-0000-4000-8000-000000000001"
_words = st.one_of(
    st.sampled_from(["", _UUID, "0" * 64, "9" * 8, "document", "signed_package", "hr", "complete"]),
    st.text(max_size=30),
)
_values: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), _words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_words, inner, max_size=3)
    ),
    max_leaves=6,
)
_names = st.sampled_from(
    [
        "epoch", "lines", "since", "ids", "sha256", "hr", "user", "nonce", "csr_install",
        "csr_seal", "way", "install", "signature", "protocol", "client_version",
    ]
)  # fmt: skip


def _some(of: list[str]) -> st.SearchStrategy[Json]:
    return st.lists(st.sampled_from(of), max_size=2).map(lambda found: [*found])


_line_values: dict[str, st.SearchStrategy[Json]] = {
    "id": st.sampled_from([_UUID, _UUID.replace("1", "2")]) | _values,
    "op": st.sampled_from([_UUID, _UUID.replace("1", "3")]) | _values,
    "kind": st.sampled_from([kind.value for kind in RecordKind]) | _values,
    "lineage": _some([_UUID]) | _values,
    "stage": st.sampled_from(["draft", "complete", "signed"]) | _values,
    "form_version": _words,
    "blobs": _some(["0" * 64]) | _values,
    "body": st.dictionaries(
        st.sampled_from(["number", "document_id", "document_op", "pdf_sha256", "record", "x"]),
        _values,
        max_size=5,
    ),
}


def _with_digest(line: dict[str, Json]) -> Json:
    try:
        line["sha256"] = encoding.sha256(encoding.canonical(line["body"]))
    except UnicodeEncodeError:
        line["sha256"] = "0" * 64
    return {**line}


_pushes = st.builds(
    lambda lines: {"epoch": 1, "lines": lines},
    st.lists(st.fixed_dictionaries(_line_values).map(_with_digest) | _values, max_size=4),
)
_messages: st.SearchStrategy[Json] = st.one_of(
    _pushes, st.dictionaries(_names, _values, max_size=6), _values
)
_packs = st.lists(st.binary(max_size=20), max_size=3).map(
    lambda contents: pack_blobs([(sha_of(content), content) for content in contents])
)
_bytes = st.binary(max_size=100) | _packs
_queries = st.sampled_from(["", "?offset=0", "?offset=-1", "?offset=0&total=9", "?offset=é&x"])
_ranges = st.sampled_from(["", "bytes=0-1", "bytes=-", "bytes=5-1", "bytes=-0", "x"])


@pytest.fixture(scope="module")
def adviser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adviser]:
    """One back office for all requests, as in life."""
    folder: Path = tmp_path_factory.mktemp("office")
    with InProcessServer(SetClock(), CountedIds(5), folder=folder) as server:
        yield Adviser(server, server.office.ids)


def _body(message: Json) -> bytes:
    try:
        return encoding.canonical(message)
    except UnicodeEncodeError:
        return repr(message).encode("ascii", "backslashreplace")


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    route=st.sampled_from([*OPEN, *FOR_INSTALLS]),
    message=_messages,
    content=_bytes,
    query=_queries,
    asked_range=_ranges,
    has_token=st.booleans(),
)
def test_that_no_request_provokes_a_fault(
    adviser: Adviser,
    route: object,
    message: Json,
    content: bytes,
    query: str,
    asked_range: str,
    has_token: bool,
) -> None:
    found = next(each for each in (*OPEN, *FOR_INSTALLS) if each == route)
    takes_json = found.accepts.media_type == "application/json"
    headers = {"Content-Type": found.accepts.media_type, "Range": asked_range}
    if has_token:
        headers.update(adviser.headers)
    path = found.path.replace("{sha256}", sha_of(content)) + query
    body = _body(message) if takes_json else content
    reply = adviser.server.send(Request(found.method, path, headers, body))
    assert reply.status < 500, (found, body, reply)
    encoding.require_whole(reply.body, reply.headers["content-digest"])
    if reply.status >= 400:
        assert Problem.from_json(encoding.parse(reply.body)).code in SENTENCES


def _callers(server: InProcessServer) -> tuple[Adviser, Adviser]:
    return Adviser(server, server.office.ids), Adviser(server, server.office.ids)


def test_that_nothing_made_from_the_description_provokes_a_fault(server: InProcessServer) -> None:
    found = attack(_callers(server), cases=40, chosen=3)
    assert found.requests == 40 * FORMS


@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_that_a_hundred_thousand_requests_provoke_no_fault(
    server: InProcessServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of them on each database: 6,250 generated requests, each in eight forms (whole, cut,
    packed wrongly, sent twice and so on). The distribution of statuses is printed.
    """
    found = attack(_callers(server), cases=6_250, chosen=11)
    with capsys.disabled():
        print(f"\n{server.engine.dialect.name}: {found}")
    assert found.requests == 50_000
    assert {200, 400, 401, 403, 404, 409, 413, 415} <= found.by_status().keys()


@settings(max_examples=60, deadline=None)
@given(body=st.dictionaries(st.text(max_size=8), _values, max_size=4))
def test_that_an_intact_body_comes_back_as_it_was_sent(adviser: Adviser, body: JsonObject) -> None:
    draft = adviser.offer()
    draft.body = body
    try:
        encoding.canonical(body)
    except UnicodeEncodeError:
        return
    adviser.push_ok(draft)
    assert adviser.body_of(draft.id) == body
