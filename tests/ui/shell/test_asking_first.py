"""Opening asks the server first, and never makes a person wait for a network that is not there."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.services.opening import Opening
from smartclient.ui.asking_first import AskingFirst
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from smartclient.wire.messages import JsonObject
from tests.ui.shell.conftest import Settle, Ticks
from tests.ui.site import Site

OFF_LINE = Unreachable("SC-SYNC-020")


@dataclass(slots=True)
class Seen:
    """What the window was asked to do."""

    opened: list[str] = field(default_factory=list)
    pages: list[QWidget] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def refuse(self, error: SmartClientError) -> None:
        self.refused.append(error.code)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def asking(site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, **wait: int) -> AskingFirst:
    until = site.synchronisation.until
    opening = Opening(site.db, site.clock, until, site.catalogue, site.updater)
    patience = {"patience_ms": 60_000, "shown_after_ms": 60_000} | wait
    return AskingFirst(opening, runner, tasks, seen.pages.append, seen.refuse, runner, **patience)


def document(site: Site, number: str = "7200040001") -> DocumentId:
    body: JsonObject = {"schema": 1, "document_kind": "offer", "number": number}
    body |= {"client_name": "Eva Černá", "form_id": "flexi-offer", "form_version": 1}
    body |= {"set_id": site.updates_set, "digital": False}
    with site.db.write() as tx:
        return tx.documents.create(body, Stage.COMPLETE).id


def test_that_the_server_is_asked_before_a_document_opens(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    first = document(site)
    ask = asking(site, runner, tasks, seen)
    site.wire.asked.clear()
    ask.open(first, seen.opened.append)
    assert ask.is_asking
    assert seen.opened == []
    settle()
    assert "/v1/changes" in site.wire.asked
    assert seen.opened == [""]


def test_that_an_absent_network_does_not_keep_a_document_closed(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    runner.start()
    settle()
    first = document(site)
    site.wire.fault = OFF_LINE
    asking(site, runner, tasks, seen).open(first, seen.opened.append)
    settle()
    assert seen.opened == [""]


def test_that_who_is_known_to_be_off_line_is_not_made_to_wait(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    runner.start()
    settle()
    first = document(site)
    site.wire.fault = OFF_LINE
    runner.start()
    settle()
    site.wire.asked.clear()
    asking(site, runner, tasks, seen).open(first, seen.opened.append)
    settle()
    assert (seen.opened, site.wire.asked) == ([""], [])


def test_that_the_server_is_asked_again_once_the_network_may_be_back(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle, ticks: Ticks
) -> None:
    """The next attempt by itself may be ten minutes away."""
    first = document(site)
    site.wire.fault = OFF_LINE
    runner.start()
    settle()
    site.wire.fault = None
    site.wire.asked.clear()
    ticks.now += 121
    asking(site, runner, tasks, seen).open(first, seen.opened.append)
    settle()
    assert "/v1/changes" in site.wire.asked
    assert seen.opened == [""]


def test_that_a_slow_server_is_waited_for_in_words_and_not_for_long(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, qtbot: QtBot, settle: Settle
) -> None:
    runner.start()
    settle()
    first = document(site)
    site.wire.open.clear()
    ask = asking(site, runner, tasks, seen, patience_ms=150, shown_after_ms=10)
    ask.open(first, seen.opened.append)
    qtbot.waitUntil(lambda: seen.opened == [""])
    assert len(seen.pages) == 1
    site.wire.open.set()
    settle()
    assert seen.opened == [""]


def test_that_a_person_may_open_it_at_once(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, qtbot: QtBot, settle: Settle
) -> None:
    runner.start()
    settle()
    first = document(site)
    site.wire.open.clear()
    asking(site, runner, tasks, seen, shown_after_ms=10).open(first, seen.opened.append)
    qtbot.waitUntil(lambda: bool(seen.pages))
    (button,) = seen.pages[0].findChildren(Button)
    assert button.text() == "Open at once"
    button.click()
    qtbot.waitUntil(lambda: seen.opened == [""])
    site.wire.open.set()
    settle()


def test_that_only_the_document_asked_for_last_opens(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    runner.start()
    settle()
    ask = asking(site, runner, tasks, seen)
    ask.open(document(site), lambda _warning: seen.opened.append("first"))
    ask.open(document(site, "7200040002"), lambda _warning: seen.opened.append("second"))
    settle()
    assert seen.opened == ["second"]


def test_that_a_form_that_is_not_here_and_cannot_be_fetched_is_named(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    runner.start()
    settle()
    body: JsonObject = {"schema": 1, "document_kind": "offer", "number": "7200040003"}
    body |= {"client_name": "Eva Černá", "form_id": "flexi-offer", "form_version": 7}
    body |= {"set_id": "2031-01", "digital": False}
    with site.db.write() as tx:
        unknown = tx.documents.create(body, Stage.DRAFT).id
    asking(site, runner, tasks, seen).open(unknown, seen.opened.append)
    settle()
    assert (seen.opened, seen.refused) == ([], ["SC-OPEN-002"])


def test_that_a_document_the_export_may_have_taken_opens_with_a_warning(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    first = document(site)
    runner.start()
    settle()
    site.wire.fault = OFF_LINE
    site.clock.pass_time(days=2)
    ask = asking(site, runner, tasks, seen)
    ask.open(first, seen.opened.append)
    settle()
    assert len(seen.opened) == 1
    assert "you have not synchronised since" in seen.opened[0]


def test_that_a_clock_that_is_hours_slow_does_not_keep_the_warning_back(
    site: Site, runner: SyncRunner, tasks: Tasks, seen: Seen, settle: Settle
) -> None:
    first = document(site)
    runner.start()
    settle()
    left = site.synchronisation.seconds_to_lock()
    assert left is not None
    site.wire.fault = OFF_LINE
    site.clock.pass_time(seconds=left + 60)
    site.clock.set(site.clock.now() - timedelta(hours=2))
    asking(site, runner, tasks, seen).open(first, seen.opened.append)
    settle()
    assert "you have not synchronised since" in seen.opened[0]
