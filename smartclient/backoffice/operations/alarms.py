"""What a person at the back office must look at."""

import logging
from enum import StrEnum

from sqlalchemy import insert

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import Op, RecordId

log = logging.getLogger(__name__)


class Alarm(StrEnum):
    """The kinds of alarms."""

    OP_REUSED = "op_reused"
    """One op came with two contents."""
    NUMBER_DOUBLED = "number_doubled"
    """Two documents carry one number, as after copying a disk."""
    ID_DOUBLED = "id_doubled"
    """Two scopes hold a document of one id."""


def raise_alarm(desk: Desk, alarm: Alarm, scope: str, record: RecordId, op: Op) -> None:
    """Keep the alarm with the transaction that caused it, and log it."""
    desk.connection.execute(
        insert(schema.alarm).values(
            kind=alarm.value, scope=scope, record=record, op=op, at=desk.now
        )
    )
    log.warning("alarm", extra={"alarm": alarm.value, "record": record})
