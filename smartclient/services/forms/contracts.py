"""Contracts in force, as far as a change request needs them."""

from collections.abc import Callable

from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.errors import Unreachable
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import JsonObject

FetchContract = Callable[[ContractNumber], Contract]


def no_register(_number: ContractNumber) -> Contract:
    """Where there is no network at all: Unreachable, always."""
    raise Unreachable("SC-SYNC-020")


def fetched(fetch: FetchContract, number: ContractNumber) -> Contract:
    """The contract from the register; raises as `Forms.contract`."""
    try:
        return fetch(number)
    except Unreachable as away:
        raise Unreachable("SC-CONTRACT-003") from away


def belongs_to(contract: Contract, client: str) -> bool:
    """Whether the policyholder is, by the words of the name, the client."""
    policyholder, named = (set(name.casefold().split()) for name in (contract.policyholder, client))
    return bool(named) and named <= policyholder


def reference(contract: Contract) -> JsonObject:
    """What the body of the request says of its contract; the settings stand beside it."""
    return {
        "number": contract.number,
        "revision": contract.revision,
        "tariff_version": contract.tariff_version,
    }
