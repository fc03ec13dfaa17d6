"""What a person at the back office did and why: a row for each act, never changed."""

from sqlalchemy import insert

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import observing
from smartclient.domain.errors import BadInput
from smartclient.wire.messages import is_storable

MAX_REASON = 500
MAX_NAME = 200


def require_reason(typed: str, limit: int = MAX_REASON) -> str:
    """The reason as it is kept; BadInput SC-HELP-002 for none, or one that is too long."""
    reason = typed.strip()
    if not reason or len(reason) > limit or not is_storable(reason):
        raise BadInput("SC-HELP-002", limit=limit)
    return reason


def require_name(typed: str) -> str:
    """The name of who decides; BadInput SC-HELP-011 for none, or one that is too long."""
    name = typed.strip()
    if not name or len(name) > MAX_NAME or not is_storable(name):
        raise BadInput("SC-HELP-011", limit=MAX_NAME)
    return name


def note(desk: Desk, act: str, subject: str, reason: str) -> None:
    """Keep an act with the transaction that did it."""
    row = {"at": desk.now, "act": act, "subject": subject[:80], "reason": reason}
    desk.connection.execute(insert(observing.desk_act), row)
