"""Blobs: whole or not at all, sealed at rest, read only through a record of the scope."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.operations import retention_duty
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blobs import IN_DATABASE, forget_orphans
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import IdSource
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import JsonObject, Problem, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.inprocess import InProcessServer

SMALL = b"a small page"
LARGE = bytes(range(256)) * 5000
"""1.28 MB: two segments at rest, a file, and more than one part."""


def _get(adviser: Adviser, content: bytes, byte_range: str = "") -> Reply:
    headers = {**adviser.headers, **({"Range": byte_range} if byte_range else {})}
    return adviser.server.send(Request("GET", f"/v1/blobs/{sha_of(content)}", headers))


def _part(adviser: Adviser, whole: bytes, offset: int, part: bytes, total: int = 0) -> Reply:
    path = f"/v1/blobs/{sha_of(whole)}/part?offset={offset}" + (f"&total={total}" if total else "")
    headers = {**adviser.headers, "Content-Type": "application/octet-stream"}
    return adviser.server.send(Request("PUT", path, headers, part))


def _said(reply: Reply) -> JsonObject:
    return mapping(encoding.parse(reply.body))


def _refusal(reply: Reply) -> tuple[int, str]:
    return reply.status, Problem.from_json(encoding.parse(reply.body)).code


def _link(adviser: Adviser, *contents: bytes) -> None:
    draft = adviser.offer()
    draft.blobs = tuple(sha_of(content) for content in contents)
    adviser.push_ok(draft)


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_that_a_blob_comes_back_byte_for_byte(adviser: Adviser, content: bytes) -> None:
    adviser.send_blobs(content)
    _link(adviser, content)
    reply = _get(adviser, content)
    assert (reply.status, reply.body) == (200, content)
    encoding.require_whole(reply.body, reply.headers["content-digest"])


def test_that_a_blob_without_a_record_is_not_readable(adviser: Adviser) -> None:
    adviser.send_blobs(SMALL)
    assert _refusal(_get(adviser, SMALL)) == (404, "SC-SERV-025")


def test_that_naming_the_hash_of_anothers_blob_does_not_give_its_bytes(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    other.send_blobs(SMALL)
    _link(other, SMALL)
    assert _refusal(_get(adviser, SMALL)) == (404, "SC-SERV-025")
    asked = adviser.send("/v1/blobs/missing", {"sha256": [sha_of(SMALL)]})
    assert _said(asked)["missing"] == [sha_of(SMALL)]
    draft = adviser.offer()
    draft.blobs = (sha_of(SMALL),)
    assert adviser.push_one(draft.line()).missing == draft.blobs


def test_that_missing_names_what_is_not_there_in_order_and_once(adviser: Adviser) -> None:
    adviser.send_blobs(SMALL)
    first, second = sha_of(b"1"), sha_of(b"2")
    reply = adviser.send("/v1/blobs/missing", {"sha256": [second, sha_of(SMALL), first, second]})
    assert _said(reply) == {"missing": [second, first], "begun": {}}


def test_that_a_pack_with_one_damaged_blob_is_refused_whole(adviser: Adviser) -> None:
    body = pack_blobs([(sha_of(SMALL), SMALL), (sha_of(b"other"), b"damaged")])
    headers = {**adviser.headers, "Content-Type": "application/octet-stream"}
    reply = adviser.server.send(Request("POST", "/v1/blobs/pack", headers, body))
    assert _refusal(reply) == (400, "SC-SERV-026")
    asked = adviser.send("/v1/blobs/missing", {"sha256": [sha_of(SMALL)]})
    assert _said(asked)["missing"] == [sha_of(SMALL)]


@pytest.mark.parametrize("cut", [1, 63, 64, 71, 72, 75])
def test_that_a_cut_pack_is_refused(memory_server: InProcessServer, cut: int) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    headers = {**adviser.headers, "Content-Type": "application/octet-stream"}
    body = pack_blobs([(sha_of(SMALL), SMALL)])[:cut]
    reply = adviser.server.send(Request("POST", "/v1/blobs/pack", headers, body))
    assert _refusal(reply) == (400, "SC-SYNC-015")


def test_that_a_repeated_pack_is_harmless(adviser: Adviser) -> None:
    assert _said(adviser.send_blobs(SMALL)) == {"new": 1}
    assert _said(adviser.send_blobs(SMALL)) == {"new": 0}


def test_that_parts_go_on_where_they_were_cut_off(adviser: Adviser) -> None:
    middle, total = 600_000, len(LARGE)
    first = _part(adviser, LARGE, 0, LARGE[:middle], total)
    assert _said(first) == {"offset": middle, "complete": False}
    asked = adviser.send("/v1/blobs/missing", {"sha256": [sha_of(LARGE)]})
    assert _said(asked)["begun"] == {sha_of(LARGE): middle}
    last = _part(adviser, LARGE, middle, LARGE[middle:], total)
    assert _said(last) == {"offset": total, "complete": True}
    _link(adviser, LARGE)
    assert _get(adviser, LARGE).body == LARGE


def test_that_parts_without_a_total_end_when_they_are_the_blob(adviser: Adviser) -> None:
    assert _said(_part(adviser, LARGE, 0, LARGE[:400_000]))["complete"] is False
    assert _said(_part(adviser, LARGE, 400_000, LARGE[400_000:]))["complete"] is True


def test_that_a_repeated_part_is_told_where_to_go_on(adviser: Adviser) -> None:
    _part(adviser, LARGE, 0, LARGE[:400_000], len(LARGE))
    _part(adviser, LARGE, 400_000, LARGE[400_000:500_000], len(LARGE))
    again = _part(adviser, LARGE, 400_000, LARGE[400_000:500_000], len(LARGE))
    problem = Problem.from_json(encoding.parse(again.body))
    assert (again.status, problem.code, problem.values["offset"]) == (409, "SC-SERV-027", "500000")


def test_that_a_part_at_the_beginning_begins_again(adviser: Adviser) -> None:
    _part(adviser, LARGE, 0, b"wrong bytes", len(LARGE))
    assert _said(_part(adviser, LARGE, 0, LARGE, len(LARGE)))["complete"] is True


def test_that_parts_that_are_not_the_blob_are_refused_at_the_end(adviser: Adviser) -> None:
    reply = _part(adviser, LARGE, 0, b"x" * 1000, 1000)
    assert _refusal(reply) == (400, "SC-SERV-026")


def test_that_a_part_of_a_blob_that_is_there_says_so(adviser: Adviser) -> None:
    adviser.send_blobs(SMALL)
    assert _said(_part(adviser, SMALL, 0, SMALL, len(SMALL)))["complete"] is True


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=1048570-1048590", 1048570, 1048591),
        ("bytes=1279990-", 1279990, 1280000),
        ("bytes=-5", 1279995, 1280000),
        ("bytes=1279999-9999999", 1279999, 1280000),
    ],
)
def test_that_a_range_gives_exactly_its_bytes(
    memory_server: InProcessServer, asked: str, start: int, end: int
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.send_blobs(LARGE)
    _link(adviser, LARGE)
    reply = _get(adviser, LARGE, asked)
    assert (reply.status, reply.body) == (206, LARGE[start:end])
    assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{len(LARGE)}"
    encoding.require_whole(reply.body, reply.headers["content-digest"])


@pytest.mark.parametrize("asked", ["bytes=1280000-", "bytes=10-9", "bytes=-0"])
def test_that_a_range_outside_of_the_blob_is_416(
    memory_server: InProcessServer, asked: str
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.send_blobs(LARGE)
    _link(adviser, LARGE)
    assert _refusal(_get(adviser, LARGE, asked)) == (416, "SC-SERV-029")


def test_that_small_and_large_blobs_lie_sealed(
    adviser: Adviser, server: InProcessServer, tmp_path: Path
) -> None:
    adviser.send_blobs(SMALL, LARGE)
    with server.office.reading() as desk:
        kept = desk.connection.execute(select(schema.blob_content.c.content)).scalar_one()
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert len(LARGE) > IN_DATABASE
    assert len(files) == 1
    assert SMALL not in kept
    assert LARGE[:64] not in files[0].read_bytes()
    assert sha_of(LARGE) not in files[0].name


def test_that_a_blob_altered_at_rest_is_not_given_out(
    adviser: Adviser, server: InProcessServer
) -> None:
    adviser.send_blobs(SMALL)
    _link(adviser, SMALL)
    with server.office.writing() as desk:
        table = schema.blob_content
        kept = bytearray(desk.connection.execute(select(table.c.content)).scalar_one())
        kept[-1] ^= 1
        desk.connection.execute(update(table).values(content=bytes(kept)))
    assert _refusal(_get(adviser, SMALL)) == (500, "SC-SERV-060")


def test_that_writers_go_on_while_the_store_names_what_it_keeps(
    server: InProcessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may keep a million files; SQLite has one place for writers."""
    written = []

    def slow(_store: BlobFolder, _instant: datetime) -> Iterator[str]:
        with server.office.writing() as desk:
            written.append(desk.now)
        yield "no file"

    monkeypatch.setattr(BlobFolder, "older_than", slow)
    retention_duty.sweep(server.office)
    assert len(written) == 2


def test_that_a_file_without_a_row_is_removed_after_a_day(
    memory_server: InProcessServer, tmp_path: Path
) -> None:
    """A blob was written and its transaction never came."""
    adviser = Adviser(memory_server, memory_server.office.ids)
    adviser.send_blobs(LARGE)
    memory_server.office.blobs.write_all({"0f-orphan": b"sealed"})
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (0, memory_server.clock.now().timestamp() - 90_000))
    forget_orphans(memory_server.office)
    left = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert (len(files), len(left)) == (2, 1)
    _link(adviser, LARGE)
    assert _get(adviser, LARGE).body == LARGE
