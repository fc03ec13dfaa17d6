"""Whether the back office can work, for whoever watches it; it tells nothing else."""

from sqlalchemy import select
from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import Counter
from smartclient.backoffice.api.replies import json_reply


def health(counter: Counter, _call: Call) -> Response:
    """200 when the database answers; otherwise the endpoint's 503."""
    with counter.office.reading() as desk:
        desk.connection.execute(select(1))
    return json_reply({"status": "ok"})
