"""How mail leaves an office is what its settings say, and settings that say two things are refused."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.backoffice.commands.worker import worker_of
from smartclient.backoffice.home import TSA, Home
from smartclient.backoffice.mail_settings import MailSettings, MailWay
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.postmen import FilePostman, SmtpPostman
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.mode import Mode
from smartclient.wire.messages import JsonObject
from tests.simulators.operator_commands import OperatorCommands
from tests.simulators.time_and_ids import SetClock

SENDER = "office@insurer.example"
SMTP: JsonObject = {"way": "smtp", "sender": SENDER, "host": "mail.example"}
KNOWN: JsonObject = {**SMTP, "user": "office", "password_file": "smtp-password"}


@pytest.fixture
def found(run: OperatorCommands, certificates: Path, tmp_path: Path) -> Iterator[Opened]:
    """An office that was made by `init`."""
    run("init", "--certificates", certificates)
    with opened(Home(tmp_path / "office"), Mode.PRACTICE, SetClock()) as office:
        yield office


def _with(found: Opened, mail: JsonObject) -> Opened:
    settings = replace(found.settings, mail=MailSettings.from_json(mail))
    return replace(found, settings=settings)


def test_that_the_way_decides_how_mail_leaves(found: Opened) -> None:
    assert isinstance(found.postman(), FilePostman)
    assert isinstance(_with(found, SMTP).postman(), SmtpPostman)


@pytest.mark.parametrize(
    ("mail", "field"),
    [
        ({**SMTP, "host": ""}, "mail.host"),
        ({**SMTP, "way": "file"}, "mail.way"),
        ({**SMTP, "sender": ""}, "mail.sender"),
        ({**SMTP, "user": "office"}, "mail.password_file"),
        ({**SMTP, "password_file": "smtp-password"}, "mail.password_file"),
        ({**KNOWN, "starttls": False}, "mail.starttls"),
        ({**KNOWN, "password": "hunter2"}, "mail.password"),
    ],
)
def test_that_settings_that_say_two_things_are_refused_by_the_field(
    mail: JsonObject, field: str
) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-010") as refused:
        MailSettings.from_json(mail)
    assert refused.value.values["field"] == field
    assert "hunter2" not in str(refused.value.values)


def test_that_smtp_without_a_server_opens_no_office_and_names_the_field(found: Opened) -> None:
    nowhere = MailSettings(MailWay.SMTP, SENDER)
    found.home.write_settings(replace(found.settings, mail=nowhere))
    with pytest.raises(Damaged, match="SC-SERV-092") as refused:
        found.home.settings(Mode.PRACTICE)
    assert refused.value.values["problem"].startswith("mail.host is ")


def test_that_mail_settings_come_back_as_they_were_written() -> None:
    told = MailSettings.from_json({**KNOWN, "port": 587})
    assert MailSettings.from_json(told.to_json()) == told
    assert (told.port, told.starttls, told.user) == (587, True, "office")


def test_that_a_password_comes_from_its_file_alone(found: Opened) -> None:
    office = _with(found, KNOWN)
    for content in (None, " \n"):
        if content is not None:
            (found.home.keys / "smtp-password").write_text(content, encoding="utf-8")
        with pytest.raises(Damaged, match="SC-SERV-092") as refused:
            office.postman()
        assert "mail.password_file" in refused.value.values["problem"]
    (found.home.keys / "smtp-password").write_text("hunter2\n", encoding="utf-8")
    assert found.home.mail_password(office.settings) == "hunter2"
    assert isinstance(office.postman(), SmtpPostman)


def test_that_a_worker_says_at_its_start_what_its_settings_leave_undone(
    found: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    """In production alone: practice is there to read its mail in a folder."""
    caplog.set_level(logging.INFO)
    (found.home.keys / TSA).unlink()
    worker_of(found)
    assert caplog.messages == []
    production = replace(found.settings, mode=Mode.PRODUCTION)
    worker_of(replace(found, settings=production))
    said = ["mail goes to files", "report has nobody to go to", "nothing is stamped"]
    assert caplog.messages == said
    caplog.clear()
    export = replace(production.export, report_to=(SENDER,))
    settled = replace(production, mail=MailSettings.from_json(SMTP), export=export)
    worker_of(replace(found, settings=settled))
    assert caplog.messages == ["nothing is stamped"]
