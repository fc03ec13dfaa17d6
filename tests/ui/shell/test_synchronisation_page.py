"""SYNCHRONIZACE at the screen: by hand, by itself, broken, interrupted."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Refused, Unreachable
from smartclient.services.synchronisation import Step, StepProgress
from smartclient.services.synchronisation.history import RunItem
from smartclient.store.client_rows import card_of
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import append
from smartclient.ui.sync_history import SyncHistoryDialog
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.sync_steps import SyncSteps
from smartclient.ui.synchronisation_page import SynchronisationPage
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.card import Surface
from smartclient.ui.widgets.text import Text
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject
from smartclient.wire.register_bodies import ClientMerge
from tests.ui.shell.conftest import Settle, Ticks
from tests.ui.site import Site


@pytest.fixture
def page(
    site: Site, runner: SyncRunner, tasks: Tasks, qtbot: QtBot, settle: Settle
) -> Iterator[SynchronisationPage]:
    made = SynchronisationPage(site.synchronisation, runner, tasks)
    made.resize(1_100, 800)
    made.show()
    qtbot.waitExposed(made)
    settle()
    yield made
    settle()
    made.deleteLater()


def add_complete_offer(site: Site) -> None:
    body: JsonObject = {"schema": 1, "document_kind": "offer", "number": "7200040001"}
    body |= {"client_name": "Eva Černá", "form_id": "flexi-offer", "form_version": 1}
    with site.db.write() as tx:
        tx.documents.create(body, Stage.COMPLETE)


def test_that_the_button_sends_what_waits_and_brings_the_components(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    assert page.components.rowCount() == 0
    add_complete_offer(site)
    page.refresh()
    settle()
    assert page.state.headline == "1 document waits to be sent"
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        page.state.start.click()
    settle()
    assert page.state.headline == "Everything is sent"
    assert page.banner.words.startswith("Synchronised. 1 record sent,")
    names = [page.components.item(line, 0) for line in range(page.components.rowCount())]
    assert [item.text() for item in names if item] == ["Test flexi-offer", "Test flexi"]
    assert page.subtitle.startswith("Last successful synchronisation: today")


def test_that_a_step_that_comes_again_leaves_none_marked_before_it(
    page: SynchronisationPage,
) -> None:
    steps = page.state.steps
    steps.begin()
    steps.show_progress(StepProgress(Step.SENDING, 1, 3, "consents"))
    assert steps.told(Step.SENDING) == "consents · 1 of 3"
    steps.show_progress(StepProgress(Step.SENDING_FILES, 0, 2))
    assert steps.told(Step.SENDING) == ""
    assert steps.told(Step.SENDING_FILES) == "0 of 2"


def test_that_a_step_that_is_over_did_all_it_had_to(qtbot: QtBot) -> None:
    steps = SyncSteps()
    qtbot.addWidget(steps)
    steps.show_progress(StepProgress(Step.RECEIVING, 0, 1))
    steps.show_progress(StepProgress(Step.COMPONENTS))
    assert steps.told(Step.RECEIVING) == "1 of 1"
    assert steps.told(Step.SENDING) == ""
    steps.begin()
    steps.show_progress(StepProgress(Step.COMPONENTS))
    assert steps.told(Step.RECEIVING) == ""


def test_that_no_list_of_what_is_sent_pushes_the_page_out_of_its_window(
    page: SynchronisationPage,
) -> None:
    page.state.show_running()
    least = page.state.minimumSizeHint().width()
    about = "signed documents, documents, clients, consents, attachments, requests for erasure"
    page.state.steps.show_progress(StepProgress(Step.SENDING, 120, 403, about))
    assert page.state.steps.told(Step.SENDING) == f"{about} · 120 of 403"
    assert page.state.minimumSizeHint().width() < least + 100, "only the count takes its room"


def test_that_a_broken_synchronisation_says_what_to_do_and_loses_nothing(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    add_complete_offer(site)
    site.wire.fault = Unreachable("SC-SYNC-020")
    with qtbot.waitSignal(runner.failed):
        page.state.start.click()
    settle()
    assert "SC-SYNC-020" in page.banner.words
    assert page.banner.property("surface") == Surface.CARD.value, "off-line is no alarm"
    assert page.state.headline == "1 document waits to be sent"
    assert page.state.start.isEnabled()
    assert site.synchronisation.is_online is False
    site.wire.fault = None
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        page.banner._step.click()
    settle()
    assert page.state.headline == "Everything is sent"


def test_that_a_damaged_list_of_components_is_told_and_brought_anew_from_the_page(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        page.state.start.click()
    settle()
    (site.catalogue_folder / "current").write_bytes(b"\xff\xfe")
    add_complete_offer(site)
    page.refresh()
    settle()
    assert "SC-CAT-023" in page.banner.words
    assert page.state.headline == "1 document waits to be sent", "the rest is shown as always"
    assert page.state.start.isEnabled()
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        page.banner._step.click()
    settle()
    assert page.components.rowCount() == 2
    assert page.state.headline == "Everything is sent"


def test_that_a_synchronisation_shows_its_steps_and_can_be_interrupted(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    add_complete_offer(site)
    site.wire.open.clear()
    page.state.start.click()
    qtbot.waitUntil(page.state.steps.isVisible)
    assert not page.state.start.isEnabled()
    assert page.state.start.toolTip() == "A synchronisation is running."
    page.state.stop.click()
    with qtbot.waitSignal(runner.finished, timeout=20_000) as ended:
        site.wire.open.set()
    settle()
    assert ended.args is not None
    assert ended.args[0].cancelled
    assert page.banner.words == "The synchronisation was interrupted."
    assert page.state.headline == "1 document waits to be sent"


def test_that_two_synchronisations_never_run_at_once(
    runner: SyncRunner, site: Site, qtbot: QtBot
) -> None:
    site.wire.open.clear()
    started = []
    runner.started.connect(lambda: started.append(True))
    runner.start()
    runner.start()
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        site.wire.open.set()
    assert started == [True]


def test_that_a_change_is_sent_by_itself_a_little_later(
    runner: SyncRunner, ticks: Ticks, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    runner.begin_automatic()
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        ticks.now += 2
        runner.look()
    add_complete_offer(site)
    runner.changed("document")
    ticks.now += 34
    runner.look()
    settle()
    assert not runner.is_running
    with qtbot.waitSignal(runner.finished, timeout=20_000) as ended:
        ticks.now += 2
        runner.look()
    assert ended.args is not None
    assert ended.args[0].headline.startswith("Synchronised. 1 record sent")
    runner.end_automatic()
    runner.changed("document")
    ticks.now += 10_000
    runner.look()
    settle()
    assert not runner.is_running


def test_that_a_change_that_came_from_the_server_starts_nothing(
    runner: SyncRunner, ticks: Ticks, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    runner.begin_automatic()
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        runner.start()
    calls = len(site.wire.asked)
    runner.changed("document")
    ticks.now += 40
    runner.look()
    settle()
    assert len(site.wire.asked) == calls
    assert not runner.is_running


def test_that_a_failure_is_tried_again_by_the_pauses_of_the_exchange(
    runner: SyncRunner, ticks: Ticks, site: Site, qtbot: QtBot
) -> None:
    site.wire.fault = Unreachable("SC-SYNC-020")
    runner.begin_automatic()
    with qtbot.waitSignal(runner.failed):
        runner.start()
    assert runner.pace.wait() == 0.25, "0.5 s with half of the jitter"
    site.wire.fault = None
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        ticks.now += 0.25
        runner.look()


def test_that_what_was_refused_stands_with_its_reason_and_its_steps(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    add_complete_offer(site)
    with site.db.write() as tx:
        (row,) = tx.documents.page(DocumentFilter(), 0, 2)
        state = tx.records.find(row.id)
        assert state is not None
        tx.records.keep([replace(state, parked="SC-SYNC-029")])
    page.refresh()
    settle()
    assert page.parked.isVisible()
    words = [label.text() for label in page.parked.findChildren(Text)]
    assert "The server did not take 1 record" in words
    assert "Offer 7200040001 · Eva Černá" in words
    steps = {button.text(): button for button in page.parked.findChildren(Button)}
    with qtbot.waitSignal(page.document_opened) as opened:
        steps["Open the document"].click()
    assert opened.args == [row.id]
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        steps["Send again"].click()
    settle()
    assert not page.parked.isVisible()
    assert page.state.headline == "Everything is sent"


def test_that_nothing_is_called_safe_here_whose_file_is_on_another_computer(
    page: SynchronisationPage, site: Site, settle: Settle
) -> None:
    """Nor is a button shown that could not help."""
    with site.db.write() as tx:
        body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": "Černá"}
        eva, also = (tx.clients.create(card_of(body), body).id for _ in range(2))
        tx.client_events.merge(ClientMerge(eva, also, undo=False, occurred_at=site.clock.now()))
        changed = update(append).values(parked="SC-SYNC-033", kind=RecordKind.ATTACHMENT.value)
        tx.unit.connection.execute(changed)
    page.refresh()
    settle()
    assert page.parked.isVisible()
    words = " ".join(label.text() for label in page.parked.findChildren(Text))
    assert "Everything else is sent as usual." in words
    assert "safe on this computer" not in words
    assert {step.text() for step in page.parked.steps} == {"Open the client", "Discard"}


def test_that_a_refused_merge_can_be_sent_again_or_discarded(
    page: SynchronisationPage, site: Site, settle: Settle
) -> None:
    with site.db.write() as tx:
        body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": "Černá"}
        eva, also = (tx.clients.create(card_of(body), body).id for _ in range(2))
        now = site.clock.now()
        tx.client_events.merge(ClientMerge(eva, also, undo=False, occurred_at=now))
        tx.unit.connection.execute(update(append).values(parked="SC-SERV-090"))
    page.refresh()
    settle()
    words = [label.text() for label in page.parked.findChildren(Text)]
    assert "Merging of two clients · Eva Černá" in words
    steps = {button.text(): button for button in page.parked.findChildren(Button)}
    assert set(steps) == {"Send again", "Discard"}
    steps["Discard"].click()
    settle()
    assert not page.parked.isVisible()
    with site.db.read() as tx:
        assert tx.appends.all_of(RecordKind.CLIENT_MERGE) == ()


def test_that_a_refusal_leads_where_the_person_can_do_something(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    site.wire.fault = Refused("SC-SERV-008")
    with qtbot.waitSignal(runner.failed):
        page.state.start.click()
    settle()
    assert page.banner._step.text() == "Application updates"
    with qtbot.waitSignal(page.remedy_wanted) as wanted:
        page.banner._step.click()
    assert wanted.args == ["update"]


def test_that_without_a_connection_it_is_said_what_still_works(
    page: SynchronisationPage, runner: SyncRunner, site: Site, settle: Settle, qtbot: QtBot
) -> None:
    assert not page.offline.isVisible()
    site.wire.fault = Unreachable("SC-SYNC-020")
    with qtbot.waitSignal(runner.failed):
        page.state.start.click()
    settle()
    assert page.offline.isVisible()
    words = [label.text() for label in page.offline.findChildren(Text)]
    assert "Signing on the pad and on the screen" in words
    site.wire.fault = None
    with qtbot.waitSignal(runner.finished, timeout=20_000):
        page.state.start.click()
    settle()
    assert not page.offline.isVisible()


def test_that_all_synchronisations_can_be_looked_at(
    page: SynchronisationPage, runner: SyncRunner, settle: Settle, qtbot: QtBot
) -> None:
    for _each in range(2):
        with qtbot.waitSignal(runner.finished, timeout=20_000):
            page.state.start.click()
        settle()
    page.history.all.click()
    settle()
    assert page.all_runs is not None
    assert page.all_runs.table.rowCount() == 2
    page.all_runs.close()


def test_that_the_end_of_every_run_can_be_read_whole(qtbot: QtBot) -> None:
    outcome = "Something on the way answers instead of the insurer's server, for example a page."
    run = RunItem("20. 11. 2026 18:42", outcome, False, "", "3", "7", "12 s")
    dialog = SyncHistoryDialog((run,))
    qtbot.addWidget(dialog)
    dialog.resize(700, 400)
    dialog.show()
    item = dialog.table.item(0, 1)
    assert item is not None
    shown = dialog.table.visualItemRect(item)
    assert shown.height() >= 2 * dialog.table.fontMetrics().lineSpacing()
