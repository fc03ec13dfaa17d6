"""Whether the chains of receipts still verify, and where one breaks first.

A receipt verifies by its place, by the hash of the one before, by its own hash, and by the body of
its event as long as that is not erased. An event without a receipt tells that the end of the chain
was cut off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import RowMapping, select

from smartclient.backoffice.operations.at_rest import ScopeKey
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers.consent_receipts import receipt_hash, salted
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import EventId
from smartclient.wire.kinds import RecordKind


class Fault(StrEnum):
    """What is wrong with a receipt."""

    MISSING = "missing"
    """One before it is gone, or two were put in each other's place."""
    ALTERED = "altered"
    """It does not say what it said when it was written."""
    BODY_MISSING = "body_missing"
    BODY_ALTERED = "body_altered"
    """The consent is not the one that arrived."""
    NO_RECEIPT = "no_receipt"
    """The consent is there and its receipt is not."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain breaks first."""

    scope: str
    place: int
    """Of the receipt in its chain, from 1; behind the last one where an event has none."""
    event: EventId
    received_at: datetime
    fault: Fault


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the check of one scope."""

    receipts: int
    """That verified."""
    broken: Broken | None


def scopes_with_consents(desk: Desk) -> list[str]:
    """The scopes that have a chain, or a consent that should be in one."""
    receipt, record = schema.consent_receipt, schema.record
    chained = select(receipt.c.scope)
    consents = select(record.c.scope).where(record.c.kind == RecordKind.CONSENT_EVENT.value)
    return sorted(desk.connection.execute(chained.union(consents)).scalars())


def check(desk: Desk, scope: str) -> Checked:
    """Verify the chain of a scope to its end, or to where it breaks."""
    table, body, key = schema.consent_receipt, schema.record_body, schema.scope
    same = (body.c.scope == table.c.scope) & (body.c.id == table.c.event)
    query = (
        select(table, body.c.body, key.c.data_key)
        .join(key, key.c.scope == table.c.scope)
        .join(body, same, isouter=True)
        .where(table.c.scope == scope)
        .order_by(table.c.place)
    )
    previous, verified = "", 0
    for row in desk.connection.execute(query).mappings():
        fault = _fault(row, verified + 1, previous, desk.keys.of(scope, row["data_key"]))
        if fault is not None:
            place = verified + 1
            return Checked(verified, Broken(scope, place, row["event"], row["received_at"], fault))
        previous, verified = row["hash"], verified + 1
    return Checked(verified, _without_receipt(desk, scope, verified + 1))


def _fault(row: RowMapping, place: int, previous: str, key: ScopeKey) -> Fault | None:
    if row["place"] != place or row["previous_hash"] != previous:
        return Fault.MISSING
    if row["hash"] != receipt_hash(cast("Mapping[str, object]", row), to_text(row["received_at"])):
        return Fault.ALTERED
    if not row["salt"]:
        return None  # erased: the digest alone is left of the body
    if row["body"] is None:
        return Fault.BODY_MISSING
    try:
        content = open_body(key, row["event"], row["body"])
    except SmartClientError:
        return Fault.BODY_ALTERED
    return None if salted(row["salt"], content) == row["content_sha256"] else Fault.BODY_ALTERED


def _without_receipt(desk: Desk, scope: str, place: int) -> Broken | None:
    """The first consent of the scope that no receipt knows; an erased one may have had none."""
    record, receipt = schema.record, schema.consent_receipt
    known = select(receipt.c.event).where(receipt.c.scope == scope)
    query = (
        select(record.c.id, record.c.received_at)
        .where(record.c.scope == scope, record.c.kind == RecordKind.CONSENT_EVENT.value)
        .where(record.c.state != ServerState.ERASED.value, record.c.id.not_in(known))
        .order_by(record.c.seq)
        .limit(1)
    )
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Broken(scope, place, EventId(row.id), row.received_at, Fault.NO_RECEIPT)
