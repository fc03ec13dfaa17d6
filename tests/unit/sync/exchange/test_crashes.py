"""A laptop that is killed outright: what it said was saved is there afterwards, and arrives.

The laptop is a process of its own; it dies at numbered points: before and after each commit, before
and after each request and rename, and before the name of a new file is durable. The server and the ledger live
in the harness and outlive it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.domain.document_life import ShownState
from smartclient.store.client_rows import ClientFilter
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter
from tests.simulators.crash_harness import Harness
from tests.simulators.crashing_laptop import DIED, Done
from tests.simulators.exchanging_laptop import KEY
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

GATING_POINTS = (3, 14, 27, 45)
_NEVER = 100_000


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    with InProcessServer(SetClock(), CountedIds(1), folder=tmp_path / "server") as server:
        made = Harness(tmp_path, server)
        made.let_in(server.activate())
        yield made


def _check_disk(harness: Harness) -> None:
    """What is on the disk after a kill: whole, and everything that the laptop said was saved."""
    folder = harness.folder / "laptop"
    database = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(9))
    try:
        database.check()
        with database.read() as tx:
            rows = tx.documents.page(DocumentFilter(), 0, 1_000)
            packages = {row.number: tx.appends.signed_package(row.id) for row in rows}
            assert harness.done[Done.SAVED] <= packages.keys()
            for number, package in packages.items():
                assert package is not None or number not in harness.done[Done.SIGNED]
                if package is not None:
                    assert tx.blobs.get(package.pdf) == b"sealed" + number.encode()
                    assert tx.blobs.get(package.values) == b"{}" + number.encode()
            clients = {row.card.surname for row in tx.clients.page(ClientFilter(), 0, 1_000)}
            assert harness.done[Done.CLIENT] <= clients
            for op in harness.done[Done.EVENT]:
                assert tx.appends.find(op) is not None
    finally:
        database.close()


def _check_arrived(harness: Harness) -> None:
    """After a run that came to its end nothing waits and nothing is in conflict."""
    folder = harness.folder / "laptop"
    database = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(9))
    try:
        with database.read() as tx:
            assert tx.feed.waiting().total == 0
            assert tx.conflicts.count() == 0
            shown = {row.shown for row in tx.documents.page(DocumentFilter(), 0, 1_000)}
            signing_interrupted = {ShownState.WAITING}
            arrived = {ShownState.COMPLETE_BACKED_UP, ShownState.SIGNED_BACKED_UP}
            assert shown <= arrived | signing_interrupted
    finally:
        database.close()


@pytest.mark.parametrize("point", GATING_POINTS)
def test_that_a_kill_at_a_numbered_point_loses_nothing(point: int, harness: Harness) -> None:
    assert harness.run(point) == DIED
    _check_disk(harness)


def test_that_kills_one_after_another_lose_nothing_and_all_arrives_in_the_end(
    harness: Harness,
) -> None:
    for point in (18, 50):
        assert harness.run(point) == DIED
    assert harness.run(_NEVER) == 0
    _check_disk(harness)
    _check_arrived(harness)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_that_a_kill_at_any_point_loses_nothing_and_all_arrives_in_the_end(
    harness: Harness,
) -> None:
    point = 1
    while harness.run(point) == DIED:
        _check_disk(harness)
        assert harness.run(_NEVER) == 0
        _check_disk(harness)
        _check_arrived(harness)
        point += 1
    assert point > 80
