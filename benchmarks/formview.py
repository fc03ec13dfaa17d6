"""A key press in an offer of 400 fields: rules and premium computed again, and painted.

The window is drawn without a screen; a key goes into the sum of a cover, and the clock stops when
everything that became dirty is painted: the form, the sections, the premium and what is missing.
What counts is the time of the window's own thread, so that other programs do not disturb it.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import thread_time

from PySide6.QtCore import QEvent, QEventLoop, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, middle, p95
from smartclient.domain.ids import DocumentId
from smartclient.forms.layout import Element, FieldLayout, GroupLayout, RepeatLayout
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot
from smartclient.ui.form_page.page import FormPage
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import dress
from tests.simulators.flexi_answers import fill_in
from tests.simulators.laptop import Laptop

FIELDS = 400
_KEYS = 200
_SUM = "insured.0.covers.0.sum"
_BUDGET_MS, _OPENING_MS = 16.0, 300.0


def rows() -> Iterator[Row]:
    """One row a figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    dress(application)
    with tempfile.TemporaryDirectory() as folder:
        laptop = Laptop(Path(folder))
        tasks = Tasks()
        page = _page(application, laptop, tasks)
        offer = page.opened
        if offer is None:
            raise RuntimeError("the offer did not open")
        count = fields_of(offer.session)
        taken = _keys(application, page)
        name = f"key press in an offer of {count} fields, p95"
        yield Row(name, p95(taken) * 1e3, "ms", budget=_BUDGET_MS)
        yield Row("the same, middle", middle(taken) * 1e3, "ms")
        opened = [
            _seconds_to_open(application, laptop, tasks, offer.document_id) for _each in range(5)
        ]
        name = f"offer of {count} fields opens, window's thread"
        yield Row(name, middle(opened) * 1e3, "ms", budget=_OPENING_MS)
        copies = [_seconds_of_copy(offer.session) for _each in range(20)]
        yield Row("copy of the answers for autosave", middle(copies) * 1e3, "ms", budget=10)
        page.close_form()
        tasks.close()
        laptop.close()


def fields_of(session: FormSession) -> int:
    """How many fields the form asks with the rows it has now."""
    return sum(_fields_in(session, section.elements, "") for section in session.layout)


def _fields_in(session: FormSession, elements: tuple[Element, ...], inside: str) -> int:
    count = 0
    for element in elements:
        match element:
            case FieldLayout():
                count += 1
            case GroupLayout():
                count += _fields_in(session, element.elements, inside)
            case RepeatLayout():
                path = f"{inside}.{element.path}" if inside else element.path
                for index in range(session.rows(path)):
                    count += _fields_in(session, element.elements, f"{path}.{index}")
    return count


def _page(application: QApplication, laptop: Laptop, tasks: Tasks) -> FormPage:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = fill_in(laptop.forms.open(document_id).session)
    while fields_of(session) < FIELDS and session.rows("insured") < 7:
        person = session.add_row("insured")
        session.set(f"insured.{person}.role", "child" if person > 1 else "adult")
        session.set(f"insured.{person}.given_name", f"Jan {person}")
        session.set(f"insured.{person}.surname", "Novák")
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    page = FormPage(laptop.forms, tasks, laptop.clock)
    page.resize(1440, 900)
    page.show()
    page.open(document_id)
    while page.form is None:
        application.processEvents()
    page.form.go_to(_SUM)
    application.processEvents()
    return page


def _keys(application: QApplication, page: FormPage) -> list[float]:
    form = page.form
    if form is None:
        raise RuntimeError("the form is not there")
    control = form.section.cells[_SUM].control
    if not isinstance(control, LineControl):
        raise TypeError(_SUM)
    line = control.line
    taken: list[float] = []
    for at in range(_KEYS):
        if at % 7 == 0:
            line.setText("1")
            application.processEvents()
        press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, str(at % 9 + 1))
        begun = thread_time()
        application.sendEvent(line, press)
        application.processEvents()
        taken.append(thread_time() - begun)
    return taken


def _seconds_to_open(
    application: QApplication, laptop: Laptop, tasks: Tasks, identity: DocumentId
) -> float:
    """From the wish to the first section painted; reading and reckoning go on in another thread."""
    page = FormPage(laptop.forms, tasks, laptop.clock)
    page.resize(1440, 900)
    page.show()
    application.processEvents()
    begun = thread_time()
    page.open(identity)
    while page.form is None:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    application.processEvents()
    taken = thread_time() - begun
    page.hide()
    page.deleteLater()
    return taken


def _seconds_of_copy(session: FormSession) -> float:
    begun = thread_time()
    Snapshot.of(session, "")
    return thread_time() - begun
