"""A client's window over the real back office: files arrive there, and what it wrote comes back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from smartclient.domain.ids import ClientId
from smartclient.services.clients import ClientMatters, Clients, Recorder
from smartclient.services.documents import Documents
from smartclient.ui.client_panel import ClientPanelPage
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.synchronisation_page import SynchronisationPage
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from smartclient.wire.register_bodies import Purpose
from tests.simulators.time_and_ids import CountedIds
from tests.ui.desk_contents import INFORMATION
from tests.ui.shell.conftest import Settle
from tests.ui.site import Site

TYPED = {
    "given_name": "Petr",
    "surname": "Novák",
    "national_id": "8504121208",
    "street": "Široká",
    "house_number": "12",
    "postcode": "53002",
    "city": "Pardubice",
    "phone": "777123456",
}


@pytest.fixture
def clients(site: Site) -> Clients:
    def recorder() -> Recorder:
        installed = site._activation.installed
        assert installed is not None
        return Recorder("Jana Dvořáková", installed.reply.install, "notebook")

    ids = CountedIds(7)
    return Clients(site.db, site.clock, ids, recorder, lambda: INFORMATION, lambda: "en")


@pytest.fixture
def client(clients: Clients) -> ClientId:
    made = clients.save(TYPED, clients.new_draft_id())
    clients.record_informed(made, INFORMATION)
    return made


@pytest.fixture
def panel(
    site: Site, clients: Clients, tasks: Tasks, qtbot: QtBot, settle: Settle
) -> Iterator[ClientPanelPage]:
    matters = ClientMatters(site.db, site.clock, site.engine, lambda: "en")
    documents = Documents(site.db, site.clock, site.synchronisation.title_of)
    made = ClientPanelPage(clients, matters, documents, tasks)
    made.resize(1_100, 800)
    made.show()
    qtbot.waitExposed(made)
    settle()
    yield made
    settle()
    made.deleteLater()


def synchronise(site: Site) -> None:
    site.synchronisation.run(lambda _progress: None, lambda: False)


def test_that_a_file_is_sent_and_the_insurer_writes_the_history(
    site: Site, panel: ClientPanelPage, client: ClientId, settle: Settle, tmp_path: Path
) -> None:
    file = tmp_path / "card.pdf"
    file.write_bytes(b"%PDF-1.7 card")
    panel._matters.attach(client, file, Purpose.IDENTITY)
    waiting = [line.words for line in site.synchronisation.status().lines]
    assert waiting == ["1 change of a client", "1 record of a consent", "1 attachment"]
    panel.show_client(client)
    settle()
    assert panel.files._told.text() == "1 to be sent"
    assert panel.history.table.rowCount() == 0
    synchronise(site)
    synchronise(site)
    panel.refresh()
    settle()
    state = panel.files.table.item(0, 3)
    assert state is not None
    assert state.text() == "sent"
    assert panel.files._told.text() == ""
    told = panel.history.table.item(0, 1)
    assert told is not None
    assert told.text() == "The client was given the information for clients."
    assert site.synchronisation.status().lines == ()


def test_that_a_refused_change_of_a_client_leads_to_the_client(
    site: Site, client: ClientId, tasks: Tasks, qtbot: QtBot, settle: Settle
) -> None:
    with site.db.write() as tx:
        state = tx.records.find(client)
        assert state is not None
        tx.records.keep([replace(state, parked="SC-SERV-050")])
    runner = SyncRunner(site.synchronisation, tasks)
    page = SynchronisationPage(site.synchronisation, runner, tasks)
    page.refresh()
    settle()
    (item,) = site.synchronisation.status().parked
    assert item.headline == "Client's data · Petr Novák"
    (step,) = [
        each for each in page.parked.findChildren(Button) if each.text() == "Open the client"
    ]
    with qtbot.waitSignal(page.client_opened) as opened:
        step.click()
    assert opened.args == [client]
    page.deleteLater()
    runner.deleteLater()
