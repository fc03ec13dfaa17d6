"""Laptops that exchange with the real back office over a network that can fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.sync.exchange.registers import Adviser, adviser_of, open_office


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def server(clock: SetClock, tmp_path: Path) -> Iterator[InProcessServer]:
    with InProcessServer(clock, CountedIds(1), folder=tmp_path / "server") as office:
        yield office


@pytest.fixture
def network(server: InProcessServer) -> Network:
    return Network(server, lambda _said: None)


@pytest.fixture
def laptop(
    server: InProcessServer, network: Network, clock: SetClock, tmp_path: Path
) -> Iterator[ExchangingLaptop]:
    identity = identity_of(server.activate())
    opened = ExchangingLaptop(tmp_path / "laptop", identity, network, clock, CountedIds(2))
    yield opened
    opened.close()


@pytest.fixture
def jana(
    server: InProcessServer, network: Network, clock: SetClock, tmp_path: Path
) -> Iterator[Adviser]:
    """An adviser of an office; her network can fail."""
    yield from adviser_of(server, network, clock, tmp_path / "jana", 3)


@pytest.fixture
def eva(server: InProcessServer, clock: SetClock, tmp_path: Path) -> Iterator[Adviser]:
    """Another adviser of the same office."""
    yield from adviser_of(server, Network(server, lambda _said: None), clock, tmp_path / "eva", 4)


@pytest.fixture
def office(server: InProcessServer, jana: Adviser, eva: Adviser) -> None:
    """Both work in one office."""
    open_office(server, jana.installed, eva.installed)
