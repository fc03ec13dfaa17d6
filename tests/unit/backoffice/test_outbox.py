"""Mail leaves with the transaction that caused it, at least once, and not for ever in vain."""

import socket
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select

from smartclient.backoffice.operations.outbox import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    Mail,
    PutOff,
    WaitingMail,
    enqueue,
    send_due,
    wait_after,
)
from smartclient.backoffice.postmen import FilePostman, Login, SmtpPostman
from smartclient.backoffice.tables import schema
from smartclient.backoffice.worker import AT_EACH_ROUND, Duty, Worker
from smartclient.domain.errors import Refused, Unreachable
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

SENDER = "smartclient@localhost"
MAIL = Mail("centrala@partner.example", "Aktivace – Šárka", "Dobrý den,\nžluťoučký kůň.\n")


class Mailbox:
    """An SMTP server that keeps what it gets, or answers what it is told to."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.answer = "250 OK"
        self.answers: dict[str, str] = {}
        """By recipient, where it is another."""
        self.farewell = "221 Bye"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer = self.answers.get(address, self.answer)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_QUIT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        return self.farewell

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, SmtpPostman]]:
    """A mailbox on loopback and a postman for it."""
    box, port = Mailbox(), _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield box, SmtpPostman("127.0.0.1", port, SENDER, starttls=False)
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _enqueue(server: InProcessServer, *recipients: str) -> None:
    with server.office.writing() as desk:
        for recipient in recipients or [MAIL.recipient]:
            enqueue(desk, replace(MAIL, recipient=recipient))


def _row(server: InProcessServer) -> tuple[object, ...]:
    table = schema.outbox
    with server.office.reading() as desk:
        query = select(table.c.attempts, table.c.due_at, table.c.sent_at, table.c.code)
        return tuple(desk.connection.execute(query).one())


def _post(server: InProcessServer, postman: SmtpPostman) -> int:
    return send_due(server.office, postman.take)


def _fails(_waiting: WaitingMail) -> None:
    raise Unreachable("SC-SERV-050")


def test_that_a_mail_is_sent_once(
    server: InProcessServer, clock: SetClock, mailbox: tuple[Mailbox, SmtpPostman]
) -> None:
    box, postman = mailbox
    _enqueue(server)
    assert [send_due(server.office, postman.take) for _ in range(2)] == [1, 0]
    assert _row(server) == (1, None, clock.now(), "")
    message = message_from_bytes(box.received[0], policy=default)
    assert (message["To"], message["Subject"]) == (MAIL.recipient, MAIL.subject)
    assert message.get_content().splitlines() == MAIL.body.splitlines()


def test_that_a_mail_of_a_transaction_that_failed_is_never_sent(server: InProcessServer) -> None:
    def failed() -> None:
        with server.office.writing() as desk:
            enqueue(desk, MAIL)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failed()
    assert send_due(server.office, _fails) == 0


def test_that_a_mail_is_tried_again_later_and_given_up_in_the_end(
    server: InProcessServer, clock: SetClock
) -> None:
    _enqueue(server)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Unreachable):
            send_due(server.office, _fails)
        assert _row(server)[0] == attempt
        send_due(server.office, _fails)
        assert _row(server)[0] == attempt
        clock.pass_time(seconds=wait_after(attempt).total_seconds())
    assert _row(server) == (MAX_ATTEMPTS, None, None, "SC-SERV-052")


def test_that_a_silent_server_is_asked_once_a_round(
    server: InProcessServer, clock: SetClock
) -> None:
    """Twenty mails would keep the export waiting for twenty time-outs."""
    asked: list[int] = []

    def silent_after_two(waiting: WaitingMail) -> None:
        asked.append(waiting.id)
        if len(asked) > 2:
            raise Unreachable("SC-SERV-050")

    for _ in range(5):
        _enqueue(server)
    assert send_due(server.office, silent_after_two) == 2
    assert len(asked) == 3
    with pytest.raises(Unreachable, match="SC-SERV-050"):
        send_due(server.office, silent_after_two)
    assert len(asked) == 4
    clock.pass_time(seconds=FIRST_WAIT.total_seconds())
    assert send_due(server.office, lambda waiting: asked.append(waiting.id)) == 3
    assert len(set(asked)) == 5


@pytest.mark.parametrize("answer", ["451 greylisted", "452 mailbox full", "421 too many of these"])
def test_that_a_recipient_put_off_keeps_nobody_else_waiting(
    server: InProcessServer, clock: SetClock, mailbox: tuple[Mailbox, SmtpPostman], answer: str
) -> None:
    """An activation code stands behind sixty mails that the server does not take now."""
    box, postman = mailbox
    box.answers = {f"full{number}@partner.example": answer for number in range(60)}
    _enqueue(server, *box.answers)
    clock.pass_time(seconds=1)
    _enqueue(server)
    worker = Worker(clock, [Duty("mail", AT_EACH_ROUND, lambda: _post(server, postman))])
    for _second in range(5):
        assert worker.round() == []
        clock.pass_time(seconds=1)
    assert len(box.received) == 1
    box.answers.clear()
    clock.pass_time(seconds=wait_after(1).total_seconds())
    for _second in range(4):
        worker.round()
        clock.pass_time(seconds=1)
    assert len(box.received) == 61


def test_that_a_recipient_put_off_for_days_is_given_up(
    server: InProcessServer, clock: SetClock, mailbox: tuple[Mailbox, SmtpPostman]
) -> None:
    box, postman = mailbox
    box.answer = "452 mailbox full"
    _enqueue(server)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert _post(server, postman) == 0
        clock.pass_time(seconds=wait_after(attempt).total_seconds())
    assert _row(server) == (MAX_ATTEMPTS, None, None, "SC-SERV-052")


def test_that_an_address_that_the_server_cannot_write_keeps_nobody_else_waiting(
    server: InProcessServer, mailbox: tuple[Mailbox, SmtpPostman]
) -> None:
    """It speaks no SMTPUTF8: tried again, that would be the same on each of four days."""
    box, postman = mailbox
    _enqueue(server, "žofie@partner.example")
    _enqueue(server)
    assert _post(server, postman) == 1
    assert len(box.received) == 1


@pytest.mark.parametrize(
    "recipient", ["office@[1", "office\n@partner.example", "jan@", "<", "a@b.cz, <"]
)
def test_that_an_address_that_is_none_keeps_nobody_else_waiting(
    server: InProcessServer, mailbox: tuple[Mailbox, SmtpPostman], tmp_path: Path, recipient: str
) -> None:
    _box, postman = mailbox
    for each in (postman, FilePostman(tmp_path / "mail", SENDER)):
        _enqueue(server, recipient)
        _enqueue(server)
        assert send_due(server.office, each.take) == 1
    table = schema.outbox
    with server.office.reading() as desk:
        query = select(table.c.code).where(table.c.recipient == recipient)
        assert [*desk.connection.execute(query).scalars()] == ["SC-SERV-051"] * 2


def test_that_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    server: InProcessServer, mailbox: tuple[Mailbox, SmtpPostman]
) -> None:
    box, postman = mailbox
    box.farewell = "451 busy"
    _enqueue(server)
    assert _post(server, postman) == 1
    assert _row(server)[1:] == (None, server.clock.now(), "")


def test_that_waits_double_up_to_six_hours() -> None:
    waits = [wait_after(attempt) for attempt in range(1, 40)]
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-1] == LONGEST_WAIT
    assert sum(waits[:MAX_ATTEMPTS], timedelta()) > timedelta(days=4)


def test_that_a_killed_worker_tries_the_mail_again(
    server: InProcessServer, clock: SetClock
) -> None:
    class Killed(BaseException):
        pass

    def killed(_waiting: WaitingMail) -> None:
        raise Killed

    _enqueue(server)
    with pytest.raises(Killed):
        send_due(server.office, killed)
    sent: list[WaitingMail] = []
    assert send_due(server.office, sent.append) == 0
    clock.pass_time(seconds=FIRST_WAIT.total_seconds())
    assert send_due(server.office, sent.append) == 1


@pytest.mark.parametrize(
    ("answer", "refusal"), [("550 no such user", Refused), ("451 later", PutOff)]
)
def test_that_a_server_says_no_for_good_or_for_now(
    mailbox: tuple[Mailbox, SmtpPostman],
    answer: str,
    refusal: type[Refused] | type[PutOff],
) -> None:
    box, postman = mailbox
    box.answer = answer
    with pytest.raises(refusal):
        postman.take(WaitingMail(1, MAIL, 1))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # on loopback the test needs no TLS
@pytest.mark.parametrize(
    ("login", "taken"), [(Login("office", "right"), 1), (Login("office", "wrong"), 0), (None, 0)]
)
def test_that_a_server_that_does_not_know_us_loses_no_mail(login: Login | None, taken: int) -> None:
    """A wrong password is mended in the settings: the mail waits for it."""

    def known(
        _server: SMTP, _session: Session, _envelope: Envelope, _way: str, said: object
    ) -> AuthResult:
        right = isinstance(said, LoginPassword) and said.password == b"right"
        return AuthResult(success=right, handled=False)

    box = Mailbox()
    asking = Controller(
        box,
        hostname="127.0.0.1",
        port=_free_port(),
        auth_required=True,
        auth_require_tls=False,
        authenticator=known,
    )
    asking.start()
    try:
        postman = SmtpPostman("127.0.0.1", asking.port, SENDER, starttls=False, login=login)
        with nullcontext() if taken else pytest.raises(Unreachable, match="SC-SERV-050"):
            postman.take(WaitingMail(1, MAIL, 1))
    finally:
        asking.stop()
    assert len(box.received) == taken


def test_that_no_password_is_shown() -> None:
    assert "right" not in repr(Login("office", "right"))


def test_that_a_mail_refused_for_good_is_not_tried_again(server: InProcessServer) -> None:
    def refused(_waiting: WaitingMail) -> None:
        raise Refused("SC-SERV-051")

    _enqueue(server)
    send_due(server.office, refused)
    assert _row(server) == (1, None, None, "SC-SERV-051")


def test_that_no_mail_server_is_no_loss() -> None:
    nobody = SmtpPostman("127.0.0.1", 9, "smartclient@localhost")
    with pytest.raises(Unreachable, match="SC-SERV-050"):
        nobody.take(WaitingMail(1, MAIL, 1))


def test_that_mail_as_files_is_readable_and_doubles_are_one_file(tmp_path: Path) -> None:
    postman = FilePostman(tmp_path / "mail", "smartclient@localhost")
    for _ in range(2):
        postman.take(WaitingMail(7, MAIL, 1))
    (file,) = (tmp_path / "mail").iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message.get_content().splitlines() == MAIL.body.splitlines()
    assert message["Message-ID"] == "<outbox-7.smartclient@localhost>"
