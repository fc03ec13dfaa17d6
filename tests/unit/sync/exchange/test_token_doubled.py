"""A request for a token that the network doubled: the laptop goes on, and nobody hears of it."""

import pytest
from sqlalchemy import func, select

from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Unreachable
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.unit.store.documents import offer


def _tokens(server: InProcessServer) -> int:
    with server.office.reading() as desk:
        counted = select(func.count()).select_from(schema.token)
        return desk.connection.execute(counted).scalar_one()


def test_that_a_doubled_request_for_a_token_is_nothing_an_adviser_hears_of(
    laptop: ExchangingLaptop, network: Network, server: InProcessServer
) -> None:
    with laptop.database.write() as tx:
        tx.documents.create(offer())
    network.expect([Fault.TWICE])
    report = laptop.synchronise()
    assert report.pushed == 1
    assert network.requests[:2] == ["/v1/token", "/v1/token"]
    # The first reply was lost with its token; whoever repeats a request gets none.
    assert _tokens(server) == 2


def test_that_a_way_that_doubles_everything_is_tried_again_later(
    laptop: ExchangingLaptop, network: Network
) -> None:
    network.expect([Fault.TWICE] * 4)
    with pytest.raises(Unreachable, match="SC-SERV-028"):
        laptop.synchronise()
    network.expect([])
    assert laptop.synchronise().pushed == 0
