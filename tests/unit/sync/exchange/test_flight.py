"""Requests on their way while the next is prepared: taken in order, two together where it is quick."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.sync.exchange.flight import Awaited, Flight
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.progress import StoppedByPerson
from smartclient.wire.encoding import content_digest
from smartclient.wire.transport import Overlapping, Reply, Request
from tests.simulators.rude_server import RudeServer, make_certificate
from tests.simulators.time_and_ids import SetClock

REPLY = Reply(200, {}, b"")
ASKED = Request("POST", "/v1/push", {}, b"{}")


@pytest.fixture
def log() -> list[str]:
    return []


def _take(awaited: Awaited) -> None:
    awaited()


def _awaited(log: list[str], name: str) -> Awaited:
    def wait() -> Reply:
        log.append(f"{name} waited for")
        return REPLY

    return wait


def _leaving(log: list[str], name: str) -> Callable[[], Awaited]:
    def leave() -> Awaited:
        log.append(f"{name} left")
        return _awaited(log, name)

    return leave


def test_that_an_answer_is_taken_in_its_order_while_the_next_request_is_on_its_way(
    log: list[str],
) -> None:
    with Flight(SetClock()) as flight:
        for name in ("one", "two"):
            log.append(f"{name} prepared")
            flight.begin(
                _leaving(log, name), lambda awaited: log.append(f"{awaited().status} taken")
            )
    assert log == [
        *("one prepared", "one left"),
        *("two prepared", "one waited for", "two left", "200 taken"),
        *("two waited for", "200 taken"),
    ]


def test_that_nothing_leaves_before_a_refusal_is_taken(log: list[str]) -> None:
    def refused() -> Reply:
        raise Unreachable("SC-SYNC-021")

    flight = Flight(SetClock())
    flight.begin(lambda: refused, _take)
    with pytest.raises(Unreachable, match="SC-SYNC-021"):
        flight.begin(_leaving(log, "two"), _take)
    assert log == []


def test_that_a_refusal_is_raised_where_the_answer_is_taken() -> None:
    def refused() -> Reply:
        raise Unreachable("SC-SYNC-021")

    flight = Flight(SetClock())
    flight.begin(lambda: refused, _take)
    with pytest.raises(Unreachable, match="SC-SYNC-021"):
        flight.land()
    flight.land()


def test_that_what_was_answered_is_taken_when_the_next_one_may_not_leave(log: list[str]) -> None:
    def stopped() -> Awaited:
        raise StoppedByPerson

    flight = Flight(SetClock())
    flight.begin(_leaving(log, "one"), lambda awaited: log.append(f"{awaited().status} taken"))
    with pytest.raises(StoppedByPerson):
        flight.begin(stopped, _take)
    assert log == ["one left", "one waited for", "200 taken"]


def test_that_nobody_goes_away_from_a_request_under_way(log: list[str]) -> None:
    with suppress(KeyError), Flight(SetClock()) as flight:
        flight.begin(_leaving(log, "one"), lambda _awaited: log.append("taken"))
        raise KeyError
    assert log == ["one left", "one waited for"]


def _begun(flight: Flight, log: list[str], *names: str) -> None:
    for name in names:
        flight.begin(_leaving(log, name), _take)


def test_that_two_go_together_once_one_was_answered_quickly(log: list[str]) -> None:
    with Flight(SetClock(), 2) as flight:
        _begun(flight, log, "one", "two", "three", "four")
        assert log == [
            *("one left", "one waited for"),
            *("two left", "three left", "two waited for", "four left"),
        ]
    assert log[-2:] == ["three waited for", "four waited for"]


def test_that_a_slow_way_is_not_shared(log: list[str]) -> None:
    clock = SetClock()

    def slowly() -> Reply:
        clock.pass_time(seconds=2)
        log.append("slow one waited for")
        return REPLY

    with Flight(clock, 2) as flight:
        _begun(flight, log, "one", "two")
        flight.begin(lambda: slowly, _take)
        _begun(flight, log, "three", "four")
        assert log[:4] == ["one left", "one waited for", "two left", "two waited for"]
        assert log[4:] == ["three left", "slow one waited for", "three waited for", "four left"]


def test_that_the_answers_to_two_are_taken_in_the_order_in_which_they_left(log: list[str]) -> None:
    with Flight(SetClock(), 2) as flight:
        for name in ("one", "two", "three"):
            flight.begin(_leaving(log, name), partial(_note, log, name))
    assert [each for each in log if "taken" in each] == ["one taken", "two taken", "three taken"]


def _note(log: list[str], name: str, awaited: Awaited) -> None:
    awaited()
    log.append(f"{name} taken")


def test_that_a_refusal_is_taken_while_another_request_is_under_way(log: list[str]) -> None:
    def refused() -> Reply:
        raise Unreachable("SC-SYNC-021")

    def all_three() -> None:
        with Flight(SetClock(), 2) as flight:
            _begun(flight, log, "one")
            flight.begin(lambda: refused, _take)
            _begun(flight, log, "two", "three")

    with pytest.raises(Unreachable, match="SC-SYNC-021"):
        all_three()
    assert log == ["one left", "one waited for", "two left", "two waited for"]


def test_that_who_stops_hears_what_is_under_way(log: list[str]) -> None:
    def stopped() -> Awaited:
        raise StoppedByPerson

    with suppress(StoppedByPerson), Flight(SetClock(), 2) as flight:
        for name in ("one", "two", "three"):
            flight.begin(_leaving(log, name), partial(_note, log, name))
        flight.begin(stopped, _take)
    assert [each for each in log if "taken" in each] == ["one taken", "two taken", "three taken"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RudeServer]:
    with RudeServer(make_certificate(tmp_path)) as rude:
        yield rude


def test_that_a_transport_over_sockets_sends_beside_the_caller(
    server: RudeServer, tmp_path: Path
) -> None:
    transport = HttpTransport(server.address, tmp_path / "localhost.pem")
    assert isinstance(transport, Overlapping)
    digest = content_digest(b"{}")
    head = f"HTTP/1.1 200 OK\r\nContent-Digest: {digest}\r\nContent-Length: 2\r\n\r\n"
    server.answer = head.encode() + b"{}"
    assert transport.begin(ASKED)().body == b"{}"
    server.answer = b""
    awaited = transport.begin(ASKED)
    with pytest.raises(Unreachable, match="SC-SYNC-021"):
        awaited()
    transport.close()
    assert "exchange_0" not in {thread.name for thread in threading.enumerate()}


def test_that_two_requests_are_sent_beside_each_other(
    server: RudeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = HttpTransport(server.address, tmp_path / "localhost.pem")
    both = threading.Barrier(2, timeout=10)

    def met(_request: Request) -> Reply:
        both.wait()
        return REPLY

    monkeypatch.setattr(transport, "send", met)
    waits = [transport.begin(ASKED) for _ in range(2)]
    assert [wait() for wait in waits] == [REPLY, REPLY]
    transport.close()
