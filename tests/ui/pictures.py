"""Takes the pictures of the guides that need more than one device or a day without a network.

    python -m tests.ui.pictures --out docs/guides/pictures

The windows stand on the desk of the tests, in Czech, at the size of the drawings. What one laptop
goes through from its activation on is taken by the tour.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import update

from smartclient.app.speech import speak_in
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import ShownState
from smartclient.services.forms import ComparedAnswer
from smartclient.services.synchronisation import Step, StepProgress
from smartclient.store.merging import Clash
from smartclient.store.schema import append
from smartclient.store.server_records import ServerRecords
from smartclient.ui.client_merging import MergeDialog
from smartclient.ui.conflicts_page import ConflictsPage
from smartclient.ui.main_window import MainWindow
from smartclient.ui.new_document.contract import ContractDialog
from smartclient.ui.places import Place
from smartclient.ui.synchronisation_page import SynchronisationPage
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress
from smartclient.wire.messages import JsonObject
from smartclient.wire.register_bodies import Purpose
from tests.ui.desk import INSTALL, Desk, opened_window
from tests.ui.desk_contents import EVENING

ANSWERS = (
    ComparedAnswer("Pojistník", "E-mail", "", "ondrej@example.cz", "stastny@example.cz"),
    ComparedAnswer("Pojištění a částky", "Částka", "Smrt", "600 000 Kč", "500 000 Kč"),
    ComparedAnswer("Pojištění a částky", "Do věku", "Smrt", "65", "65"),
    ComparedAnswer("Placení", "Způsob placení", "", "inkaso", "převod z účtu"),
)


class Photographer:
    """Waits until a window has settled, and takes its picture."""

    def __init__(self, out: Path, tasks: Tasks) -> None:
        self._out, self._tasks = out, tasks

    def settle(self) -> None:
        """Let everything under way come to its end."""
        for _round in range(2):
            QTest.qWait(120)
            while not self._tasks.is_idle:
                QTest.qWait(10)

    def take(self, window: QWidget, name: str) -> None:
        """Save what the window shows."""
        self.settle()
        window.grab().save(str(self._out / f"{name}.png"))


def main() -> None:
    """Take all pictures into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    application = QApplication(["pictures"])
    application.setQuitOnLastWindowClosed(False)
    speak_in(application, "cs")
    dress(application, Scheme.LIGHT)
    with tempfile.TemporaryDirectory(prefix="smartclient-pictures-") as folder:
        tasks = Tasks()
        with _desk(Path(folder)) as desk, opened_window(desk, tasks) as window:
            window.show()
            camera = Photographer(out, tasks)
            _after_a_contact(desk, window, camera)
            _clients(desk, window, camera, Path(folder))
            _needs_a_person(desk, window, camera)
            _rejected(window, camera)
            _not_exported(desk, window, camera)
            _conflict(window, camera, tasks)
            _synchronisation(desk, window, camera)
            camera.settle()
        tasks.close()


@contextmanager
def _desk(folder: Path) -> Iterator[Desk]:
    desk = Desk(folder / "desk")
    desk.language = "cs"
    desk.fill()
    with desk.db.write() as tx:  # the register was sent long ago
        for client in desk.clients:
            state = tx.records.find(client)
            assert state is not None
            tx.records.keep([replace(state, dirty=False)])
        tx.unit.connection.execute(update(append).values(acknowledged=1))
    yield desk
    desk.close()


def _after_a_contact(desk: Desk, window: MainWindow, camera: Photographer) -> None:
    """Home and a client while there is a connection; the other pictures begin without one."""
    synchronisation = window._services.synchronisation
    synchronisation.is_online = True
    window.refresh_frame()
    camera.take(window, "home")
    window.open_client(desk.clients[0])
    camera.take(window, "client")
    synchronisation.is_online = None
    window.refresh_frame()


def _clients(desk: Desk, window: MainWindow, camera: Photographer, folder: Path) -> None:
    client, matters = desk.clients[0], desk.services().matters
    for name, size, purpose in (
        ("občanský průkaz.pdf", 290_000, Purpose.IDENTITY),
        ("lékařská zpráva.pdf", 1_400_000, Purpose.MEDICAL),
    ):
        file = folder / name
        file.write_bytes(b"%PDF-1.7 ".ljust(size, b"x"))
        matters.attach(client, file, purpose)
    clashes = [
        Clash("phone", "+420777123456", "+420608111222"),
        Clash("surname", "Novák", "Nováček"),
    ]
    with desk.db.write() as tx:
        tx.field_offers.keep(client, clashes)
    window.open_client(client)
    camera.settle()
    panel = window.shelf.clients.panel
    panel.details.marks["phone"].click()
    camera.take(window, "client-other-device")
    panel.tabs.button(1).click()
    camera.take(window, "client-files")
    panel._merge()
    dialog = panel.acts.dialog
    assert isinstance(dialog, MergeDialog)
    dialog.search.setText("Eva")
    camera.settle()
    dialog.go_on.click()
    camera.take(dialog, "client-merge")
    dialog.reject()
    _of_another_office(desk, window, camera)


def _of_another_office(desk: Desk, window: MainWindow, camera: Photographer) -> None:
    """Two clients who live in different places."""
    with desk.db.write() as tx:
        kept = [tx.records.find(client) for client in desk.clients[:2]]
        states = [state for state in kept if state is not None]
        scopes = ("office:chrudim", "office:praha")
        pairs = zip(states, scopes, strict=True)
        tx.records.keep([replace(state, scope=scope) for state, scope in pairs])
    panel = window.shelf.clients.panel
    panel._merge()
    dialog = panel.acts.dialog
    assert isinstance(dialog, MergeDialog)
    dialog.search.setText("Eva")
    camera.take(dialog, "client-merge-office")
    dialog.reject()
    with desk.db.write() as tx:
        tx.records.keep(states)


def _needs_a_person(desk: Desk, window: MainWindow, camera: Photographer) -> None:
    """Home, where the server refused something and another device says something else."""
    with desk.db.write() as tx:
        state = tx.records.find(desk.documents[4])
        assert state is not None
        tx.records.keep([replace(state, parked="SC-SYNC-029")])
    window.open_page(Place.HOME)
    window.shelf.page(Place.HOME).refresh()  # type: ignore[attr-defined]
    camera.settle()
    camera.take(window, "home-needs-you")
    with desk.db.write() as tx:
        tx.records.keep([state])


def _rejected(window: MainWindow, camera: Photographer) -> None:
    window.open_page(Place.DOCUMENTS)
    camera.settle()
    documents = window.shelf.documents
    documents.show_states(frozenset({ShownState.REJECTED, ShownState.ACCEPTED}))
    camera.settle()
    for row in range(documents.table.rowCount()):
        item = documents.table.item(row)
        if item is not None and item.shown is ShownState.REJECTED:
            documents.view.setCurrentIndex(documents.table.index(row, 0))
    camera.take(window, "documents-reason")
    documents.show_states(frozenset())


def _not_exported(desk: Desk, window: MainWindow, camera: Photographer) -> None:
    """A change request whose contract was changed in the meantime."""
    document = desk.documents[3]
    verdict: JsonObject = {"exportable": False, "missing": [], "code": "SC-SERV-037"}
    with desk.db.write() as tx:
        state = tx.records.find(document)
        assert state is not None
        said: JsonObject = {"document_id": document, "document_op": state.op, "verdict": verdict}
        ServerRecords(tx.unit, tx.table, tx.records, INSTALL).take_statuses([said])
    window.mark_document(document)
    camera.take(window, "documents-not-exported")
    with desk.db.write() as tx:
        said["verdict"] = {"exportable": True, "missing": [], "code": ""}
        ServerRecords(tx.unit, tx.table, tx.records, INSTALL).take_statuses([said])


def _conflict(window: MainWindow, camera: Photographer, tasks: Tasks) -> None:
    page = window.open_page(Place.CONFLICTS)
    assert isinstance(page, ConflictsPage)
    camera.settle()
    page.show_compared(page._here, ANSWERS)
    page.show_left(page._here, ("Zdravotní dotazy", "Souhlasy a podpis"))
    camera.take(window, "conflict")
    conflict = page._conflicts[0]
    dialog = ContractDialog(_no_server, tasks, conflict.yours.client, window)
    dialog.fill_in(conflict.contract)
    dialog.open()
    camera.take(dialog, "change-from-conflict")
    dialog.reject()


def _no_server(_number: ContractNumber) -> NoReturn:
    raise AssertionError("nobody asks")


def _synchronisation(desk: Desk, window: MainWindow, camera: Photographer) -> None:
    page = window.open_page(Place.SYNCHRONISATION)
    assert isinstance(page, SynchronisationPage)
    camera.take(window, "synchronisation")
    page.state.show_running()
    page.state.steps.show_progress(StepProgress(Step.SENDING, 12, 40, "dokumenty, souhlasy"))
    camera.take(window, "synchronisation-running")
    page.state.show_ended()
    with desk.db.write() as tx:
        state = tx.records.find(desk.documents[4])
        assert state is not None
        tx.records.keep([replace(state, parked="SC-SYNC-029")])
    page.refresh()
    camera.take(window, "synchronisation-refused")
    with desk.db.write() as tx:
        tx.records.keep([state])
    desk.clock.set(EVENING + timedelta(days=3))
    window._services.synchronisation.is_online = False
    window.refresh_frame()
    window.shelf.page(Place.SYNCHRONISATION).refresh()  # type: ignore[attr-defined]
    camera.take(window, "synchronisation-offline")
    window.open_page(Place.DOCUMENTS)
    camera.take(window, "too-long-ago")


if __name__ == "__main__":
    main()
