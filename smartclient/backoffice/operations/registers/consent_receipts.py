"""Receipts of consent events: the server's own chain, and what it notices in the installs' chains.

Each event is chained by the install that wrote it; the server chains its receipts, one chain for
each scope. A receipt is over a salted digest of the body, so erasing drops body and salt and the
chain still verifies. A gap or a broken link in an install's chain is an alarm, never a refusal:
both depend on the events that are there, not on the order in which they came. Whether a chain still
verifies is asked of `receipt_check`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, tuple_

from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.consents import ConsentEvent, event_hash
from smartclient.domain.ids import EventId, InstallId, Op, RecordId

_SALT_BYTES = 16
_LINK_ALARMS = (Alarm.CONSENT_GAP, Alarm.CONSENT_FORKED)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A consent event that was accepted, with the canonical bytes of its body."""

    event: ConsentEvent
    content: bytes


def write(records: ScopeRecords, arrived: Sequence[Arrived]) -> None:
    """Chain the receipts of the events, in their order; the scope is held."""
    desk, table = records.desk, schema.consent_receipt
    newest = (
        select(table.c.place, table.c.hash)
        .where(table.c.scope == records.scope)
        .order_by(table.c.place.desc())
        .limit(1)
    )
    row = desk.connection.execute(newest).one_or_none()
    place, previous = (row.place, row.hash) if row else (0, "")
    rows: list[dict[str, object]] = []
    for each in arrived:
        place += 1
        salt = desk.random(_SALT_BYTES).hex()
        receipt: dict[str, object] = {
            "scope": records.scope,
            "place": place,
            "event": each.event.id,
            "install": each.event.install,
            "sequence": each.event.sequence,
            "event_hash": each.event.hash,
            "previous_event_hash": each.event.previous_hash,
            "salt": salt,
            "content_sha256": salted(salt, each.content),
            "previous_hash": previous,
            "received_at": desk.now,
        }
        previous = receipt_hash(receipt, to_text(desk.now))
        rows.append({**receipt, "hash": previous})
        if each.event.hash != event_hash(each.event):
            _alarm(desk, Alarm.CONSENT_ALTERED, records.scope, each.event.id)
    desk.connection.execute(insert(table), rows)


def salted(salt: str, content: bytes) -> str:
    """The digest of a body, which tells nothing of it once the salt is gone."""
    return hashlib.sha256(salt.encode() + content).hexdigest()


def receipt_hash(receipt: Mapping[str, object], received_at: str) -> str:
    """The hash of a receipt, over everything in it and the hash of the one before."""
    names = ("place", "event", "install", "sequence", "event_hash", "previous_event_hash")
    parts = [str(receipt[name]) for name in (*names, "content_sha256")]
    link = "|".join((*parts, received_at, str(receipt["previous_hash"])))
    return hashlib.sha256(link.encode()).hexdigest()


def _alarm(desk: Desk, alarm: Alarm, scope: str, event: EventId) -> None:
    raise_alarm(desk, alarm, scope, RecordId(event), Op(event))


@dataclass(frozen=True, slots=True)
class _Link:
    """A receipt as a link of its install's chain."""

    scope: str
    event: EventId
    install: InstallId
    sequence: int
    event_hash: str
    previous_event_hash: str


def look_at_links(desk: Desk, arrived: Iterable[ConsentEvent]) -> None:
    """Raise or take back the alarms of the arrived events and of those that follow on them."""
    near = {(event.install, event.sequence + step) for event in arrived for step in (-1, 0, 1)}
    table = schema.consent_receipt
    place = tuple_(table.c.install, table.c.sequence)
    query = select(
        table.c.scope,
        table.c.event,
        table.c.install,
        table.c.sequence,
        table.c.event_hash,
        table.c.previous_event_hash,
    ).where(place.in_(sorted(near)))
    at: dict[tuple[InstallId, int], list[_Link]] = {}
    for found in desk.connection.execute(query):
        link = _Link(*found)
        at.setdefault((link.install, link.sequence), []).append(link)
    touched = {(event.install, event.sequence + step) for event in arrived for step in (0, 1)}
    judged = [
        (
            row,
            _judge(row, at.get((row.install, row.sequence - 1), []), at[row.install, row.sequence]),
        )
        for where in sorted(touched & at.keys())
        for row in at[where]
    ]
    _forget_alarms(desk, [row.event for row, _ in judged])
    for row, alarm in judged:
        if alarm is not None:
            _alarm(desk, alarm, row.scope, row.event)


def _judge(row: _Link, before: Sequence[_Link], same: Sequence[_Link]) -> Alarm | None:
    if len(same) > 1:
        return Alarm.CONSENT_FORKED
    if row.sequence == 1:
        return Alarm.CONSENT_FORKED if row.previous_event_hash else None
    if not before:
        return Alarm.CONSENT_GAP
    continues = any(each.event_hash == row.previous_event_hash for each in before)
    return None if continues else Alarm.CONSENT_FORKED


def _forget_alarms(desk: Desk, events: Sequence[str]) -> None:
    table = schema.alarm
    kinds = [alarm.value for alarm in _LINK_ALARMS]
    of_them = table.c.kind.in_(kinds) & table.c.record.in_(events)
    desk.connection.execute(delete(table).where(of_them))
