"""The number of a contract in force, by which its settings are asked for (SC-21)."""

from typing import NewType

from smartclient.domain.errors import BadInput

ContractNumber = NewType("ContractNumber", str)

DIGITS = 10
FIRST = "7"


def contract_number(typed: str) -> ContractNumber:
    """The number that was typed, spaces ignored.

    Raises BadInput SC-CONTRACT-001 unless it has ten digits and begins with 7.
    """
    digits = "".join(typed.split())
    fits = digits.isascii() and digits.isdigit() and len(digits) == DIGITS
    if not (fits and digits.startswith(FIRST)):
        raise BadInput("SC-CONTRACT-001")
    return ContractNumber(digits)
