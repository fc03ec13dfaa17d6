"""A synchronisation with nothing to do: it asks the server, and neither reads nor writes here."""

from datetime import timedelta

import pytest

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Unreachable
from smartclient.domain.lock_time import next_cutoff
from smartclient.store.changes import Changed
from smartclient.store.database import Database
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.documents import offer


def _at_rest(laptop: ExchangingLaptop) -> None:
    """Everything was exchanged, and the laptop has seen once that nothing waits."""
    laptop.synchronise()
    laptop.synchronise()


def test_that_a_quiet_synchronisation_neither_reads_nor_writes(
    laptop: ExchangingLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_rest(laptop)
    before = laptop.database.state()

    def touched(*_of: object, **_more: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Database, "read", touched)
    monkeypatch.setattr(Database, "write", touched)
    report = laptop.synchronise()
    assert laptop.database.state() == before
    assert report.next_lock_at is not None
    monkeypatch.undo()


def test_that_the_history_and_the_day_know_a_quiet_synchronisation_at_once(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    _at_rest(laptop)
    heard: list[Changed] = []
    laptop.database.subscribe(heard.append)
    clock.pass_time(minutes=15)
    laptop.synchronise()
    with laptop.database.read() as tx, laptop.database.day() as day:
        last = tx.sync_history.last()
        assert last is not None
        assert last == tx.sync_history.last_done()
        assert last.ended_at == day.synchronised_at() == clock.now()
        assert len(tx.sync_history.page(0, 10)) == 3
        assert len({run.code for run in tx.sync_history.page(0, 10)}) == 3
    assert heard == [Changed("sync", frozenset({"history"}))]


def test_that_quiet_synchronisations_are_written_in_their_order_when_the_laptop_is_closed(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    _at_rest(laptop)
    for _ in range(3):
        clock.pass_time(minutes=1)
        laptop.synchronise()
    with laptop.database.read() as tx:
        before = tx.sync_history.page(0, 10)
    laptop.restart()
    with laptop.database.read() as tx:
        assert tx.sync_history.page(0, 10) == before


def test_that_quiet_synchronisations_go_with_what_is_written_next_and_at_the_latest_after_an_hour(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    _at_rest(laptop)
    at_rest = laptop.database.state()
    for _ in range(3):
        clock.pass_time(minutes=15)
        laptop.synchronise()
    assert laptop.database.state() == at_rest
    clock.pass_time(minutes=15)
    laptop.synchronise()
    assert laptop.database.state() != at_rest
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.settings.set("appearance", {})
        codes = [run.code for run in tx.sync_history.page(0, 20)]
    with laptop.database.read() as tx:
        assert [run.code for run in tx.sync_history.page(0, 20)] == codes
    assert len(codes) == len(set(codes)) == 7


def test_that_what_is_saved_after_a_quiet_synchronisation_is_sent_with_the_next(
    laptop: ExchangingLaptop,
) -> None:
    _at_rest(laptop)
    with laptop.database.write() as tx:
        tx.documents.create(offer(), Stage.COMPLETE)
    assert laptop.synchronise().pushed == 1


def test_that_what_comes_after_quiet_synchronisations_is_received(
    laptop: ExchangingLaptop, server: InProcessServer, network: Network
) -> None:
    with laptop.database.write() as tx:
        tx.documents.create(offer(), Stage.COMPLETE)
    _at_rest(laptop)
    server.judge()
    network.requests.clear()
    assert laptop.synchronise().pulled == 1
    assert network.requests == ["/v1/changes", "/v1/changes", "/v1/get"]


def test_that_a_lock_or_a_catalogue_that_changed_is_kept_by_a_quiet_synchronisation(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    _at_rest(laptop)
    clock.pass_time(hours=30)
    assert laptop.synchronise().next_lock_at == next_cutoff(clock.now())
    with laptop.database.read() as tx:
        assert tx.feed.next_lock_at() == next_cutoff(clock.now())
    assert laptop.synchronise().next_lock_at == next_cutoff(clock.now())


def test_that_a_failure_after_quiet_synchronisations_is_in_the_history(
    laptop: ExchangingLaptop, network: Network, clock: SetClock
) -> None:
    _at_rest(laptop)
    laptop.synchronise()
    clock.pass_time(minutes=1)
    network.expect([Fault.LOSE_REQUEST])
    with pytest.raises(Unreachable) as refusal:
        laptop.synchronise()
    with laptop.database.read() as tx:
        last, done = tx.sync_history.last(), tx.sync_history.last_done()
        assert last is not None
        assert last.outcome == refusal.value.code
        assert done is not None
        assert done.ended_at == clock.now() - timedelta(minutes=1)
