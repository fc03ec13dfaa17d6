"""Mail that a decision caused: a row in the same transaction, sent later by the worker."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema

MAX_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as text."""

    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A message that is due, and how often sending was tried."""

    id: int
    mail: Mail
    attempts: int


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
