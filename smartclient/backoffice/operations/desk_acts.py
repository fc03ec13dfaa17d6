"""What a person at the back office did and why: a row for each act, never changed."""

from sqlalchemy import insert

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import observing
from smartclient.domain.errors import BadInput
from smartclient.wire.messages import is_storable

MAX_REASON = 500


def require_reason(typed: str) -> str:
    """The reason as it is kept; BadInput SC-HELP-002 for none, or one that is too long."""
    reason = typed.strip()
    if not reason or len(reason) > MAX_REASON or not is_storable(reason):
        raise BadInput("SC-HELP-002", limit=MAX_REASON)
    return reason


def note(desk: Desk, act: str, subject: str, reason: str) -> None:
    """Keep an act with the transaction that did it."""
    row = {"at": desk.now, "act": act, "subject": subject[:80], "reason": reason}
    desk.connection.execute(insert(observing.desk_act), row)
