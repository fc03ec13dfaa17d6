"""The laptop's engine and the register: the settings of a contract, fetched and changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.contracts import BY_INSTALL
from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.errors import Refused
from smartclient.domain.ids import HrNumber
from tests.simulators.contracts import NUMBER, entry
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import KNOWN_HR, InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock


@pytest.fixture
def laptop(
    memory_server: InProcessServer, clock: SetClock, tmp_path: Path
) -> Iterator[ExchangingLaptop]:
    """A laptop of the partner whose contract is in the register."""
    with memory_server.office.writing() as desk:
        contracts.save(desk, entry())
        contracts.save(desk, entry(ContractNumber("7200000025"), HrNumber("90055555")))
    identity = identity_of(memory_server.activate())
    made = ExchangingLaptop(tmp_path / "laptop", identity, memory_server, clock, CountedIds(2))
    yield made
    made.close()


def test_that_the_engine_fetches_the_settings_as_the_register_holds_them(
    laptop: ExchangingLaptop, memory_server: InProcessServer
) -> None:
    fetched = laptop.engine.fetch_contract(NUMBER)
    with memory_server.office.reading() as desk:
        kept = contracts.find(desk, NUMBER)
    assert kept is not None
    assert fetched == kept.contract


def test_that_the_engine_is_told_nothing_of_contracts_that_are_not_the_partners(
    laptop: ExchangingLaptop,
) -> None:
    for number in ("7200000025", "7200000099"):
        with pytest.raises(Refused, match="SC-CONTRACT-002"):
            laptop.engine.fetch_contract(ContractNumber(number))


def test_that_a_blocked_partner_and_too_many_questions_are_told_as_such(
    laptop: ExchangingLaptop, memory_server: InProcessServer
) -> None:
    for _ in range(BY_INSTALL.tries):
        laptop.engine.fetch_contract(NUMBER)
    with pytest.raises(Refused, match="SC-SERV-012"):
        laptop.engine.fetch_contract(NUMBER)
    with memory_server.office.writing() as desk:
        save_partners(desk, [Partner(KNOWN_HR, "Partner", "", blocked=True)])
    with pytest.raises(Refused, match="SC-SERV-015"):
        laptop.engine.fetch_contract(NUMBER)
