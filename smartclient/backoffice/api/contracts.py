"""The route of the contract register."""

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import json_reply
from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.principals import Principal
from smartclient.domain.contract_number import contract_number


def read(front: FrontOffice, principal: Principal, call: Call) -> Response:
    """The settings of a contract of the adviser's partner, by its number."""
    number = contract_number(call.path["number"])
    with front.office.writing() as desk:
        contracts.count_question(desk, principal)
    with front.office.reading() as desk:
        found = contracts.read_own(desk, principal, number)
    return json_reply(found.to_json(), call.headers.get("accept-encoding", ""))
