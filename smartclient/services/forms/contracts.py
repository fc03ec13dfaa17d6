"""What forms ask the server on-line: contracts in force, and pages signed on another computer."""

from collections.abc import Callable
from typing import Protocol

from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import Sha256
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import JsonObject


class Server(Protocol):
    """The exchange, as far as forms need it; both raise as the exchange does."""

    def fetch_contract(self, number: ContractNumber) -> Contract:
        """The present settings of a contract of the own partner."""

    def fetch_blob(self, digest: Sha256) -> None:
        """Bring a file of one of our documents here."""


def no_server() -> Server:
    """Where there is no network at all: Unreachable, always."""
    raise Unreachable("SC-SYNC-020")


def fetched(server: Callable[[], Server], number: ContractNumber) -> Contract:
    """The contract from the register; raises as `Forms.contract`."""
    try:
        return server().fetch_contract(number)
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
