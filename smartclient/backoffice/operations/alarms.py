"""What a person at the back office must look at."""

import logging
from enum import StrEnum

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one
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
    LATE_SIGNED = "late_signed"
    """A signed package met a locked or newer document."""
    NOT_JUDGED = "not_judged"
    """The judge failed; it is asked again a few times."""
    NOT_READ = "not_read"
    """A file of a document could not be read several times, or its status is damaged; the others
    go on without it."""
    CONTRACT_NOT_CHANGED = "contract_not_changed"
    """The core accepted a request whose changes the register could not take over."""
    CONSENT_ALTERED = "consent_altered"
    """A consent event is not what its own hash says."""
    CONSENT_GAP = "consent_gap"
    """A consent event arrived and the one before it in its install's chain has not."""
    CONSENT_FORKED = "consent_forked"
    """A consent event does not continue its install's chain, or two have one place in it."""
    HANDED_IN = "handed_in"
    """An edit came for a scope whose right its writer has lost."""
    ERASE_REQUESTED = "erase_requested"
    """Somebody asked for a client to be erased."""
    SIGNED_FILE_REFUSED = "signed_file_refused"
    """A signed file did not pass the acceptance rule."""
    NOT_STAMPED = "not_stamped"
    """An accepted file got no time stamp, for whatever reason; `stamps list` says which."""
    SEAL_REVOKED = "seal_revoked"
    """An accepted file was sealed after its seal was revoked: it is never stamped."""


def raise_alarm(desk: Desk, alarm: Alarm, scope: str, record: RecordId, op: Op) -> None:
    """Keep the alarm with the transaction that caused it, and log it; repeated, it is no news."""
    row = {"kind": alarm.value, "scope": scope, "record": record, "op": op, "at": desk.now}
    if insert_one(desk.connection, schema.alarm, row):
        log.warning("alarm", extra={"alarm": alarm.value, "record": record})
