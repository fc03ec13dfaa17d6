"""The next page of the feed is fetched while one is written, and counts only after it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from smartclient.backoffice.operations import reading
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import BadInput, Damaged, Unreachable
from smartclient.domain.ids import DocumentId, RecordId
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.incoming import Body, Incoming
from smartclient.sync.exchange import bodies
from smartclient.sync.exchange.bodies import read_bodies
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.messages import FeedRow, JsonObject
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Killed, Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer

CHANGES, GET = "/v1/changes", "/v1/get"


@pytest.fixture
def written(laptop: ExchangingLaptop, monkeypatch: pytest.MonkeyPatch) -> set[DocumentId]:
    """Seven documents at the server, which is read by three rows and two bodies at a time."""
    with laptop.database.write() as tx:
        made = {
            tx.documents.create(offer(number=f"72{number:08}"), Stage.COMPLETE).id
            for number in range(7)
        }
    laptop.synchronise()
    monkeypatch.setattr(reading, "MAX_FEED_ROWS", 3)
    monkeypatch.setattr(bodies, "BODIES_AT_ONCE", 2)
    return made


@pytest.fixture
def way(server: InProcessServer) -> Network:
    """The network of the second laptop."""
    return Network(server, lambda _said: None)


@pytest.fixture
def again(
    laptop: ExchangingLaptop, way: Network, clock: SetClock, tmp_path: Path
) -> Iterator[ExchangingLaptop]:
    """The same install on an empty disk."""
    opened = ExchangingLaptop(
        tmp_path / "again", laptop.identity, way, clock, CountedIds(9), seed=2
    )
    yield opened
    opened.close()


def _here(laptop: ExchangingLaptop) -> set[DocumentId]:
    with laptop.database.read() as tx:
        return {row.id for row in tx.documents.page(DocumentFilter(), 0, 100)}


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, way: Network) -> list[tuple[str, ...]]:
    """What had been asked for when each page was written."""
    seen: list[tuple[str, ...]] = []
    original = Incoming.take

    def take(
        self: Incoming, rows: Sequence[FeedRow], got: Mapping[RecordId, Body], scope: str = ""
    ) -> int:
        seen.append(tuple(way.requests))
        return original(self, rows, got, scope)

    monkeypatch.setattr(Incoming, "take", take)
    return seen


def test_that_the_next_page_and_its_first_bodies_are_asked_for_before_one_is_written(
    again: ExchangingLaptop,
    way: Network,
    written: set[DocumentId],
    pages: list[tuple[str, ...]],
) -> None:
    again.synchronise()
    assert _here(again) == written
    first, *_others = pages
    assert first == ("/v1/token", CHANGES, GET, GET, CHANGES, GET)
    asked = way.requests
    way.requests = []
    again.synchronise()
    assert asked.count(CHANGES) == len(pages)


def test_that_what_was_asked_ahead_is_lost_with_the_page_in_front_of_it(
    again: ExchangingLaptop, way: Network, written: set[DocumentId]
) -> None:
    way.expect([Fault.NONE] * 4 + [Fault.KILL_AFTER])
    with pytest.raises(Killed):
        again.synchronise()
    assert _here(again) == set()
    again.restart()
    again.synchronise()
    assert _here(again) == written


@pytest.mark.parametrize(
    ("place", "fault"),
    [(4, Fault.LOSE_REQUEST), (4, Fault.CUT_REPLY), (5, Fault.LOSE_REPLY), (7, Fault.CUT_REPLY)],
)
def test_that_a_page_that_came_whole_is_kept_though_the_next_is_lost(
    again: ExchangingLaptop, way: Network, written: set[DocumentId], place: int, fault: Fault
) -> None:
    way.expect([Fault.NONE] * place + [fault])
    with pytest.raises((Unreachable, Damaged)):
        again.synchronise()
    assert 2 <= len(_here(again)) < len(written)
    again.synchronise()
    assert _here(again) == written


def test_that_a_record_that_moves_to_the_next_page_meanwhile_is_read_there(
    again: ExchangingLaptop,
    laptop: ExchangingLaptop,
    way: Network,
    written: set[DocumentId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed = offer(number="7200000000", client_name="Jiná Klientka")

    def meanwhile() -> None:
        with laptop.database.write() as tx:
            row = next(
                r for r in tx.documents.page(DocumentFilter(), 0, 100) if r.number == "7200000000"
            )
            tx.documents.save(row.id, changed, Stage.COMPLETE)
        laptop.synchronise()

    way.meanwhile = meanwhile
    way.expect([Fault.NONE, Fault.EDIT_MEANWHILE])
    again.synchronise()
    again.synchronise()
    with again.database.read() as tx:
        names = {row.client_name for row in tx.documents.page(DocumentFilter(), 0, 100)}
    assert "Jiná Klientka" in names
    assert _here(again) == written


def _record(body: JsonObject, digest: str = "") -> JsonObject:
    name = "00000000-0000-4000-8000-000000000001"
    return {
        "id": name,
        "op": name,
        "sha256": digest or sha256(canonical(body)),
        "version": 1,
        "body": body,
    }


@pytest.mark.parametrize(
    "reply",
    [
        canonical({"records": [_record({"name": "Łódź", "list": [1, {"id": "x"}]})]}),
        b" " + canonical({"records": [_record({"name": "Łódź", "list": [1, {"id": "x"}]})]}),
        canonical({"records": [_record({"name": "Łódź", "list": [1, {"id": "x"}]}, "0" * 64)]}),
    ],
    ids=["canonical", "written otherwise", "with a wrong digest"],
)
def test_that_a_body_has_its_own_digest_however_the_reply_was_written(reply: bytes) -> None:
    (body,) = read_bodies(reply).values()
    assert body.body == {"name": "Łódź", "list": [1, {"id": "x"}]}
    assert body.content == canonical(body.body)
    assert body.sha256 == sha256(body.content)


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_that_a_cut_reply_has_no_bodies(cut: int) -> None:
    whole = canonical({"records": [_record({"n": n}) for n in range(3)]})
    with pytest.raises(BadInput):
        read_bodies(whole[:-cut])
