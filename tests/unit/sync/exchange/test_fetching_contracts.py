"""A contract in force, asked of the real back office over a network that can fail."""

import pytest

from smartclient.backoffice.operations import contracts
from smartclient.domain.contract_number import contract_number
from smartclient.domain.errors import Refused, Unreachable
from smartclient.domain.ids import HrNumber
from tests.simulators.contracts import NUMBER, entry
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network

OF_ANOTHER = contract_number("7200000025")


@pytest.fixture(autouse=True)
def register(server: InProcessServer) -> None:
    """One contract of the own partner, one of another."""
    with server.office.writing() as desk:
        contracts.save(desk, entry())
        contracts.save(desk, entry(OF_ANOTHER, HrNumber("90055555")))


def test_that_the_settings_come_as_the_register_has_them(laptop: ExchangingLaptop) -> None:
    contract = laptop.engine.fetch_contract(NUMBER)
    assert contract.number == NUMBER
    assert contract.revision == 1
    assert contract.policyholder == "Petr Novák"
    assert contract.settings == entry().settings


def test_that_unknown_contracts_and_those_of_another_partner_get_one_answer(
    laptop: ExchangingLaptop,
) -> None:
    for number in (OF_ANOTHER, contract_number("7999999999")):
        with pytest.raises(Refused, match="SC-CONTRACT-002"):
            laptop.engine.fetch_contract(number)


def test_that_nothing_is_kept_of_a_contract_that_did_not_come(
    laptop: ExchangingLaptop, network: Network
) -> None:
    network.expect([Fault.LOSE_REQUEST])
    with pytest.raises(Unreachable):
        laptop.engine.fetch_contract(NUMBER)
    assert laptop.engine.fetch_contract(NUMBER).number == NUMBER
    with laptop.database.read() as tx:
        assert tx.outgoing.record_ids() == ()
