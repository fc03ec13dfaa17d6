"""A contract of the register, and requests that change it, as far as the back office looks."""

from smartclient.backoffice.operations.contracts import RegisterEntry
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.ids import HrNumber, Op, RecordId
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import KNOWN_HR

NUMBER = ContractNumber("7200000017")


def settings(**more: Json) -> JsonObject:
    """The settings of a contract of two people, under the paths of the offer."""
    return {
        "policyholder": {"given_name": "Petr", "surname": "Novák", "kind": "person"},
        "contact": {"email": "petr.novak@example.com"},
        "contract": {"number": NUMBER, "start": "2024-03-01", "indexation": False},
        "insured": [
            {
                "key": "1",
                "role": "adult",
                "covers": [
                    {"key": "DTH", "code": "DTH", "sum": "500000"},
                    {"key": "TNU", "code": "TNU", "sum": "200000"},
                ],
            },
            {"key": "2", "role": "child", "covers": [{"key": "CHTNU", "code": "CHTNU"}]},
        ],
        "premium": {"payable": "1223", "frequency": "12"},
        **more,
    }


def entry(number: ContractNumber = NUMBER, hr: HrNumber = KNOWN_HR, **more: Json) -> RegisterEntry:
    """The contract as the insurer states it; `more` stands in its settings."""
    own = settings(contract={"number": number, "start": "2024-03-01", "indexation": False})
    return RegisterEntry(number, hr, "flexi", 2, "Petr Novák", {**own, **more})


def request(
    adviser: Adviser, changes: list[Json], answers: JsonObject | None = None, **more: Json
) -> Draft:
    """A complete change request on revision 1 of the contract; `more` stands in its body."""
    document = RecordId(adviser.ids.new())
    body: JsonObject = {
        "schema": 1,
        "document_kind": "change_request",
        "number": "7200050001",
        "form_id": "flexi-change",
        "form_version": 1,
        "tariff_id": "flexi",
        "tariff_version": 2,
        "client_name": "Petr Novák",
        "contract": {"number": NUMBER, "revision": 1, "tariff_version": 2},
        "baseline": settings(),
        "answers": settings() if answers is None else answers,
        "changes": changes,
        "premium": {"payable": "1300", "frequency": 12, "currency": "CZK", "lines": []},
        **more,
    }
    return Draft(document, Op(adviser.ids.new()), body)
