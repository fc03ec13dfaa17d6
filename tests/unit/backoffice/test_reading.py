"""The feed and the bodies: pages in commit order, quiet when nothing changed, never another's."""

from sqlalchemy import update

from smartclient.backoffice.tables import schema
from smartclient.domain.ids import IdSource, RecordId
from smartclient.wire import encoding
from smartclient.wire.messages import MAX_FEED_ROWS, JsonObject, Problem, RecordKind, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer


def _changes(adviser: Adviser, since: int, etag: str = "") -> Reply:
    body: JsonObject = {"epoch": adviser.epoch, "since": {adviser.scope: since}}
    return adviser.send("/v1/changes", body, **({"If-None-Match": etag} if etag else {}))


def _code(reply: Reply) -> str:
    return Problem.from_json(encoding.parse(reply.body)).code


def test_that_every_committed_change_has_the_next_number(adviser: Adviser) -> None:
    for _ in range(3):
        adviser.push_ok(adviser.offer(), adviser.offer())
    rows = adviser.pull()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))


def test_that_a_changed_record_is_told_once_at_its_newest_place(adviser: Adviser) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    adviser.pull()
    adviser.edit(draft)
    adviser.push_ok(draft)
    assert [(row.id, row.version) for row in adviser.pull()] == [(draft.id, 2)]


def test_that_a_long_feed_comes_in_pages_without_a_gap(memory_server: InProcessServer) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    drafts = [adviser.offer(number="") for _ in range(MAX_FEED_ROWS + 150)]
    for start in range(0, len(drafts), 200):
        adviser.push_ok(*drafts[start : start + 200])
    first = adviser.changes(0)
    assert (len(first.rows), first.more) == (MAX_FEED_ROWS, True)
    told = [row.id for row in adviser.pull() if row.kind is RecordKind.DOCUMENT]
    assert told == [draft.id for draft in drafts]


def test_that_nothing_new_is_304_with_lock_and_catalogue(adviser: Adviser) -> None:
    adviser.push_ok(adviser.offer())
    head = adviser.pull()[-1].seq
    known = _changes(adviser, head)
    quiet = _changes(adviser, head, known.headers["etag"])
    assert (quiet.status, quiet.body) == (304, b"")
    assert quiet.headers["sc-lock"] == "2026-11-21T20:00:00.000Z"
    assert quiet.headers["sc-set"] == ""
    encoding.require_whole(quiet.body, quiet.headers["content-digest"])


def _unchanged(adviser: Adviser, etag: str) -> Reply:
    return adviser.server.send(
        Request("GET", "/v1/changes", {**adviser.headers, "If-None-Match": etag})
    )


def test_that_the_etag_alone_tells_that_nothing_came(adviser: Adviser) -> None:
    adviser.push_ok(adviser.offer())
    head = adviser.pull()[-1].seq
    etag = _changes(adviser, head).headers["etag"]
    quiet = _unchanged(adviser, etag)
    assert (quiet.status, quiet.body, quiet.headers["etag"]) == (304, b"", etag)
    assert quiet.headers["sc-lock"] == "2026-11-21T20:00:00.000Z"
    encoding.require_whole(quiet.body, quiet.headers["content-digest"])
    adviser.push_ok(adviser.offer())
    assert _unchanged(adviser, etag).status == 200


def test_that_an_etag_of_who_was_behind_or_of_nobody_tells_nothing(adviser: Adviser) -> None:
    adviser.push_ok(adviser.offer())
    adviser.pull()
    for etag in ("", '"0123456789abcdef"', "*"):
        assert _unchanged(adviser, etag).status == 200


def test_that_the_etag_alone_tells_nothing_of_another_adviser(
    server: InProcessServer, ids: IdSource
) -> None:
    one, other = Adviser(server, ids), Adviser(server, ids)
    etag = _changes(one, one.pull()[-1].seq).headers["etag"]
    other.pull()
    assert _unchanged(one, etag).status == 304
    assert _unchanged(other, etag).status == 200


def test_that_304_is_never_said_to_someone_who_is_behind(adviser: Adviser) -> None:
    adviser.push_ok(adviser.offer())
    head = adviser.pull()[-1].seq
    etag = _changes(adviser, head).headers["etag"]
    assert _changes(adviser, head - 1, etag).status == 200


def test_that_the_etag_changes_with_every_change(adviser: Adviser) -> None:
    head = adviser.pull()[-1].seq
    etag = _changes(adviser, head).headers["etag"]
    adviser.push_ok(adviser.offer())
    assert _changes(adviser, head, etag).status == 200


def test_that_a_page_with_more_to_come_has_no_etag(memory_server: InProcessServer) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    drafts = [adviser.offer(number="") for _ in range(MAX_FEED_ROWS)]
    for start in range(0, len(drafts), 200):
        adviser.push_ok(*drafts[start : start + 200])
    assert "etag" not in _changes(adviser, 0).headers


def test_that_another_epoch_is_409_and_below_the_floor_is_410(
    adviser: Adviser, server: InProcessServer
) -> None:
    adviser.push_ok(adviser.offer(), adviser.offer(), adviser.offer())
    adviser.epoch += 1
    assert (_changes(adviser, 0).status, _code(_changes(adviser, 0))) == (409, "SC-SERV-009")
    adviser.epoch -= 1
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.scope).values(retained_from=3))
    below = _changes(adviser, 2)
    assert (below.status, _code(below)) == (410, "SC-SERV-010")
    assert _changes(adviser, 0).status == 200
    assert _changes(adviser, 3).status == 200


def test_that_another_scope_is_refused_by_name(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    asked: JsonObject = {"epoch": adviser.epoch, "since": {other.scope: 0}}
    reply = adviser.send("/v1/changes", asked)
    assert (reply.status, _code(reply)) == (403, "SC-SERV-011")


def test_that_another_persons_record_is_not_told_from_none(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    draft = other.offer()
    other.push_ok(draft)
    unknown = RecordId(ids.new())
    reply = adviser.send("/v1/get", {"ids": [draft.id, unknown]})
    assert mapping(encoding.parse(reply.body))["records"] == []


def test_that_installs_of_one_hr_number_read_nothing_of_each_other(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    other.push_ok(other.offer())
    assert other.scope != adviser.scope
    assert [row.kind for row in adviser.pull()] == [RecordKind.NUMBER_LEASE]


def test_that_bodies_too_large_for_one_reply_are_asked_for_again(
    memory_server: InProcessServer,
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    drafts = [adviser.offer(note="x" * 1_900_000) for _ in range(3)]
    for draft in drafts:
        adviser.push_ok(draft)
    reply = adviser.send("/v1/get", {"ids": [draft.id for draft in drafts]})
    records = mapping(encoding.parse(reply.body))["records"]
    assert isinstance(records, list)
    assert len(records) == 2
