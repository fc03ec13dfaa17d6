"""Whether the back office can work, for whoever watches it; it tells nothing of anybody."""

from http import HTTPStatus

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import json_reply, reply
from smartclient.backoffice.operations.observing_health import Reason, condition, reasons_of
from smartclient.backoffice.tables.engine import PASSING
from smartclient.wire import encoding
from smartclient.wire.messages import Json, JsonObject


def health(front: FrontOffice, _call: Call) -> Response:
    """200 when everything does its work, otherwise 503 with the reasons; for monitoring."""
    reasons = _reasons(front)
    if not reasons:
        return json_reply({"status": "ok"})
    told: list[Json] = [reason.value for reason in reasons]
    answer: JsonObject = {"status": "failing", "reasons": told}
    return reply(encoding.canonical(answer), "application/json", HTTPStatus.SERVICE_UNAVAILABLE)


def ready(front: FrontOffice, _call: Call) -> Response:
    """200 when this process can answer laptops; for a load balancer. Otherwise the endpoint's 503.

    A worker that stands still is no reason to send laptops away.
    """
    front.office.reach()
    return json_reply({"status": "ok"})


def _reasons(front: FrontOffice) -> list[Reason]:
    around = front.watch.around
    try:
        if around is None:
            front.office.reach()
            return []
        with front.office.reading() as desk:
            return reasons_of(condition(desk, around))
    except PASSING:
        return [Reason.DATABASE]
