"""The guide to the contract register says what the program does."""

import re

from smartclient.backoffice.operations import contract_import, contracts
from smartclient.backoffice.operations.contract_import import entries_of_list, import_contracts
from tests.simulators.catalogue_sources import HOUSE
from tests.simulators.inprocess import InProcessServer

GUIDE = (HOUSE / "docs" / "contract-register.md").read_text(encoding="utf-8")


def test_that_the_example_of_the_guide_is_imported(memory_server: InProcessServer) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    imported = import_contracts(memory_server.office, entries_of_list(example.encode()))
    assert (imported.new, imported.refused) == (1, ())


def test_that_the_limits_of_the_guide_are_those_of_the_program() -> None:
    limits = (
        f"{contract_import.MAX_ENTRY_BYTES:,} bytes an entry",
        f"{contract_import.MAX_ENTRIES:,} entries",
        f"{contracts.BY_INSTALL.tries} times an hour",
        f"a partner {contracts.BY_PARTNER.tries:,} times",
    )
    assert [limit for limit in limits if limit not in GUIDE] == []
