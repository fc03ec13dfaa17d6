"""A laptop that exchanges with the real back office over a network that can fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock


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
