"""A contract in force, as the register tells it to the adviser who is to change it.

    GET /v1/contracts/{number} → the contract; Problem SC-CONTRACT-001 or SC-CONTRACT-002

A number that nobody has and the number of another partner's contract get the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from smartclient.domain.contract_number import ContractNumber, contract_number
from smartclient.wire.messages import Json, JsonObject, mapping, text, whole

PATH = "/v1/contracts/"
"""Followed by the number."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The settings of a contract at one revision, under the paths of the offer's form."""

    number: ContractNumber
    revision: int
    """Counted from 1; a change that the insurer accepts makes the next one."""
    product: str
    tariff_version: int
    policyholder: str
    settings: Mapping[str, Json]

    def to_json(self) -> JsonObject:
        """The contract as JSON."""
        return {
            "number": self.number,
            "revision": self.revision,
            "product": self.product,
            "tariff_version": self.tariff_version,
            "policyholder": self.policyholder,
            "settings": dict(self.settings),
        }

    @classmethod
    def from_json(cls, source: Json) -> "Contract":
        """The contract of `to_json`; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = mapping(source, "contract")
        return cls(
            contract_number(text(fields, "number", 20)),
            whole(fields, "revision", 1),
            text(fields, "product", 80),
            whole(fields, "tariff_version", 1),
            text(fields, "policyholder", 200),
            mapping(fields.get("settings"), "settings"),
        )
