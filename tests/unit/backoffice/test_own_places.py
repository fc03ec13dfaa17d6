"""A push is told where its lines stand in the feed, and a pull may leave these places out."""

from smartclient.domain.document_life import Stage
from smartclient.wire import encoding, places
from smartclient.wire.messages import (
    ChangesReply,
    JsonObject,
    PushLine,
    PushRequest,
    RecordKind,
    mapping,
)
from smartclient.wire.places import Range
from smartclient.wire.transport import Reply
from tests.simulators.adviser import Adviser, Draft


def _pushed(adviser: Adviser, *lines: PushLine) -> JsonObject:
    reply = adviser.send("/v1/push", PushRequest(adviser.epoch, lines).to_json())
    return mapping(encoding.parse(reply.body))


def _own(adviser: Adviser, *lines: PushLine) -> tuple[Range, ...]:
    told = places.from_json(_pushed(adviser, *lines), "own", 1)
    return told.get(adviser.scope, ())


def _with_numbers(adviser: Adviser) -> Draft:
    """A first document, with which a block of numbers comes."""
    draft = adviser.offer()
    adviser.push_ok(draft)
    return draft


def _changes(
    adviser: Adviser, since: int, own: tuple[Range, ...] = (), etag: str = ""
) -> tuple[Reply, ChangesReply | None]:
    body: JsonObject = {"epoch": adviser.epoch, "since": {adviser.scope: since}}
    if own:
        body["own"] = places.to_json({adviser.scope: own})
    reply = adviser.send("/v1/changes", body, **({"If-None-Match": etag} if etag else {}))
    return reply, ChangesReply.from_json(encoding.parse(reply.body)) if reply.body else None


def test_that_lines_that_were_taken_stand_in_one_range(adviser: Adviser) -> None:
    _with_numbers(adviser)
    head = adviser.pull()[-1].seq
    assert _own(adviser, *(adviser.offer(number="").line() for _ in range(3))) == (
        (head, head + 3),
    )


def test_that_what_the_server_wrote_beside_them_is_in_no_range(adviser: Adviser) -> None:
    ranges = _own(adviser, adviser.offer().line())
    rows = {row.seq: row.kind for row in adviser.pull()}
    told = {seq for after, last in ranges for seq in range(after + 1, last + 1)}
    assert {rows[seq] for seq in told} == {RecordKind.DOCUMENT}
    assert {rows[seq] for seq in rows.keys() - told} == {RecordKind.NUMBER_LEASE}


def test_that_nothing_is_told_of_a_push_that_wrote_nothing(adviser: Adviser) -> None:
    draft = _with_numbers(adviser)
    assert "own" not in _pushed(adviser, draft.line())


def test_that_a_document_that_a_waiting_package_signed_says_so(adviser: Adviser) -> None:
    _with_numbers(adviser)
    draft = adviser.offer(Stage.WAITING, number="")
    adviser.push_one(adviser.package(draft))
    head = adviser.pull()[-1].seq
    answer = _pushed(adviser, draft.line())
    results = answer["results"]
    assert isinstance(results, list)
    assert mapping(results[0])["stage"] == "signed"
    assert places.from_json(answer, "own", 1)[adviser.scope][-1][1] == head + 2


def test_that_a_document_that_a_later_line_signed_is_in_no_range(adviser: Adviser) -> None:
    _with_numbers(adviser)
    draft = adviser.offer(Stage.WAITING, number="")
    ranges = _own(adviser, draft.line(), adviser.package(draft))
    (row,) = (row for row in adviser.pull() if row.id == draft.id)
    assert row.stage is Stage.SIGNED
    assert not any(after < row.seq <= last for after, last in ranges)


def test_that_a_pull_leaves_out_what_the_install_says_it_sent(adviser: Adviser) -> None:
    _with_numbers(adviser)
    head = adviser.pull()[-1].seq
    first, between, last = (adviser.offer(number="") for _ in range(3))
    own = _own(adviser, first.line())
    adviser.push_ok(between)  # an answer that was lost
    own += _own(adviser, last.line())
    _, page = _changes(adviser, head, own)
    assert page is not None
    assert [row.id for row in page.rows] == [between.id]


def test_that_who_passed_over_what_it_sent_is_quiet_afterwards(adviser: Adviser) -> None:
    _with_numbers(adviser)
    head = adviser.pull()[-1].seq
    own = _own(adviser, *(adviser.offer(number="").line() for _ in range(2)))
    reply, page = _changes(adviser, head, own)
    assert page is not None
    assert (page.rows, page.more) == ((), False)
    quiet, _ = _changes(adviser, own[-1][1], etag=reply.headers["etag"])
    assert quiet.status == 304
