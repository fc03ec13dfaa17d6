"""Whether the back office can work, for whoever watches it; it tells nothing else."""

from sqlalchemy import select
from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import json_reply


def health(front: FrontOffice, _call: Call) -> Response:
    """200 when the database answers; otherwise the endpoint's 503."""
    with front.office.reading() as desk:
        desk.connection.execute(select(1))
    return json_reply({"status": "ok"})
