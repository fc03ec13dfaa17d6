"""Who takes mail away: an SMTP server, or a folder where each message is a file."""

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

from smartclient.backoffice.operations.outbox import PutOff, WaitingMail
from smartclient.domain.errors import Refused, Unreachable

TIMEOUT_SECONDS = 20


class Postman(Protocol):
    """Takes one message away."""

    def take(self, waiting: WaitingMail) -> None:
        """Raises SC-SERV-050 to be tried again: PutOff of this message alone, Unreachable of all.

        Refused SC-SERV-051 when it will never go.
        """


def message_of(waiting: WaitingMail, sender: str) -> EmailMessage:
    """The message as it is sent. Its id stays the same at each try, so a double can be told.

    Raises Refused SC-SERV-051 for a recipient or a subject that no message can have.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    try:
        message["To"] = waiting.mail.recipient
        message["Subject"] = waiting.mail.subject
        message.set_content(waiting.mail.body)
    except Exception as unwritable:
        # What an address makes the library's parser raise is not said anywhere: Python 3.11 knows
        # ValueError, AttributeError for "a@[1", IndexError for "a@", and TypeError. Nothing but the
        # making of this one message is inside, and each try would end the same.
        raise Refused("SC-SERV-051") from unwritable
    message["Message-ID"] = f"<outbox-{waiting.id}.{sender}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


class FilePostman:
    """Writes each message as a file; the same message is the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def take(self, waiting: WaitingMail) -> None:
        """Write the message."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{waiting.id:08}.eml"
        path.write_bytes(message_of(waiting, self._sender).as_bytes())


@dataclass(frozen=True, slots=True)
class Login:
    """Whom an SMTP server knows us as."""

    user: str
    password: str = field(repr=False)


class SmtpPostman:
    """Hands each message to an SMTP server."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        starttls: bool = True,
        login: Login | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._starttls = starttls
        self._login = login

    def take(self, waiting: WaitingMail) -> None:
        """Deliver to the server; what it refuses for good is not tried again.

        For good is a word on the recipient or on what was written. A word on us, as on our password
        or our address, is mended in the settings, and then everything that waits goes.
        """
        message = message_of(waiting, self._sender)
        try:
            with closing(smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)) as server:
                if self._starttls:
                    server.starttls(context=ssl.create_default_context())
                if self._login is not None:
                    server.login(self._login.user, self._login.password)
                try:
                    _hand_over(server, message)
                finally:
                    # What was said of the message stands, however the server takes our leave.
                    with suppress(OSError):
                        server.quit()
        except OSError as failure:  # every smtplib.SMTPException is one
            raise Unreachable("SC-SERV-050") from failure


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Raises a refusal for a word on this message or its recipient; smtplib's own for others."""
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise _refusal(all(code >= 500 for code in codes)) from refused
    except smtplib.SMTPDataError as answer:
        raise _refusal(answer.smtp_code >= 500) from answer
    except smtplib.SMTPNotSupportedError as foreign:  # an address outside ASCII
        raise _refusal(for_good=True) from foreign


def _refusal(for_good: bool) -> Refused | PutOff:
    return Refused("SC-SERV-051") if for_good else PutOff("SC-SERV-050")
