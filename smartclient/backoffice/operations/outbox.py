"""Mail that a decision caused: a row in the same transaction, sent later by the worker.

Sent at least once: a row is put off before it is tried, so that a killed worker tries it again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select, update

from smartclient.backoffice.growing_pauses import pause_after
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Refused, Unreachable

log = logging.getLogger(__name__)

AT_ONCE = 20
MAX_ATTEMPTS = 24
"""Four days, as RFC 5321 (4.5.4.1) asks: a mail server away for a weekend, or a password of ours
that was wrong over one, loses nothing."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVEN_UP = "SC-SERV-052"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as text."""

    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A message that is due; `attempts` counts this one."""

    id: int
    mail: Mail
    attempts: int


class PutOff(Unreachable):
    """The server has answered, and does not take this one message now: others may go."""


Send = Callable[[WaitingMail], None]
"""Raises PutOff or Unreachable to be called again later, Refused when it will never go."""


def enqueue(desk: Desk, mail: Mail) -> None:
    """Send the mail after this transaction is committed; not at all when it is not."""
    desk.connection.execute(
        insert(schema.outbox).values(
            recipient=mail.recipient,
            subject=mail.subject,
            body=mail.body,
            created_at=desk.now,
            due_at=desk.now,
            attempts=0,
            code="",
        )
    )


def send_due(office: Office, send: Send) -> int:
    """Try what is due, each once and `AT_ONCE` at most; how many were sent.

    A message that the server does not take now waits by itself. Only a server that is silent, or
    does not let us in, ends the round: each message would wait for its own time-out, and the export
    behind them all. Raises that Unreachable when none was sent before it.
    """
    sent = 0
    for _ in range(AT_ONCE):
        with office.writing() as desk:
            mail = _taken(desk)
        if mail is None:
            break
        try:
            send(mail)
        except Refused as refusal:
            _settle(office, mail, refusal.code)
        except PutOff:
            _end_when_tried_enough(office, mail)
        except Unreachable:
            _end_when_tried_enough(office, mail)
            if not sent:
                raise
            break
        else:
            _settle(office, mail, "")
            sent += 1
    return sent


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time, six hours at most."""
    return pause_after(attempts, FIRST_WAIT, LONGEST_WAIT)


def _taken(desk: Desk) -> WaitingMail | None:
    """Take what is due the longest, and put it off before it is tried."""
    table = schema.outbox
    query = (
        select(table)
        .where(table.c.due_at <= desk.now)
        .order_by(table.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        return None
    mail = WaitingMail(row.id, Mail(row.recipient, row.subject, row.body), row.attempts + 1)
    later = {"attempts": mail.attempts, "due_at": desk.now + wait_after(mail.attempts)}
    desk.connection.execute(update(table).where(table.c.id == mail.id).values(later))
    return mail


def _end_when_tried_enough(office: Office, mail: WaitingMail) -> None:
    if mail.attempts >= MAX_ATTEMPTS:
        _settle(office, mail, GIVEN_UP)


def _settle(office: Office, mail: WaitingMail, code: str) -> None:
    """Take the mail off the list: sent, or given up with a code."""
    if code:
        log.warning("mail given up", extra={"mail": mail.id, "code": code})
    table = schema.outbox
    with office.writing() as desk:
        values = {"due_at": None, "sent_at": None if code else desk.now, "code": code}
        desk.connection.execute(update(table).where(table.c.id == mail.id).values(values))
