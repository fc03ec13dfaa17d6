"""The practice contracts: taken by the register, and open in the change request without a change."""

import json
from datetime import date
from pathlib import Path

import pytest

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.contract_import import entries_of_list, import_contracts
from smartclient.domain.contract_number import contract_number
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.premium.tariff import Tariff
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import JsonObject, mapping
from tests.simulators.catalogue_sources import HOUSE, component_files
from tests.simulators.inprocess import InProcessServer

FILE: Path = HOUSE / "development" / "contracts.json"
ENTRIES: list[JsonObject] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def package() -> FormPackage:
    """The form of change requests."""
    return FormPackage.from_files(component_files(ComponentKind.FORM, "flexi-change", 1))


def test_that_the_register_takes_the_practice_contracts(memory_server: InProcessServer) -> None:
    imported = import_contracts(memory_server.office, entries_of_list(FILE.read_bytes()))
    assert (imported.new, imported.refused) == (3, ())
    with memory_server.office.reading() as desk:
        for entry in ENTRIES:
            found = contracts.find(desk, contract_number(str(entry["number"])))
            assert found is not None
            assert found.contract.settings == entry["settings"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["number"]))
def test_that_a_practice_contract_opens_in_the_change_request_as_it_is(
    package: FormPackage, entry: JsonObject
) -> None:
    version = entry["tariff_version"]
    assert isinstance(version, int)
    tariff = Tariff.from_files(component_files(ComponentKind.TARIFF, "flexi", version))
    settings = mapping(entry["settings"])
    session = FormSession(
        package, settings, today=date(2026, 11, 22), tariff=tariff, baseline=settings
    )
    assert session.differences() == ()
    assert session.wrong() == ()
    assert session.premium is not None
    assert mapping(settings["premium"])["payable"] == str(session.premium.payable)
    assert mapping(settings["contract"])["number"] == entry["number"]
