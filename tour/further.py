"""The other documents: a modelling, an offer filled from it, a change request, a claim notice."""

import json
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import DocumentKind, ShownState
from smartclient.domain.language import _
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot
from smartclient.store.client_rows import ClientFilter
from smartclient.ui.form_page.moved import MovedDialog
from smartclient.ui.new_document.choice import KindChoice
from smartclient.ui.new_document.contract import ContractDialog
from smartclient.ui.places import Place
from smartclient.wire.messages import JsonObject, mapping
from tour.answers_over import laid_over
from tour.hands import press, type_into, until
from tour.visit import Visit, states, workplace_of

ANSWERS = Path(__file__).parent / "answers"
CONTRACT = "7200000017"


def make_further_documents(visit: Visit) -> None:
    """Start the program, make one document of each other kind, and hand them over."""
    visit.desktop.show()
    workplace = workplace_of(visit)
    until(lambda: not workplace.runner.is_running, "the synchronisation at the start")
    with visit.step("modelling with its projection"):
        modelling = _make_modelling(visit)
    with visit.step("an offer filled from the modelling"):
        _fill_offer(visit, modelling)
    with visit.step("change request on the settings of a contract"):
        _request_change(visit)
    with visit.step("claim notice"):
        _give_notice(visit)
    with visit.step("documents of every kind synchronised"):
        _synchronise(visit)


def look_at_what_came_of_them(visit: Visit) -> None:
    """The core accepted them: the contract has its new address, the documents say so."""
    visit.desktop.show()
    with visit.step("the accepted change is in the contract"):
        workplace = workplace_of(visit)
        until(lambda: states(visit).count(ShownState.ACCEPTED) == 3, "three accepted documents")
        workplace.window.open_page(Place.DOCUMENTS)
        until(lambda: visit.desktop.tasks.is_idle, "the list")
        visit.camera.take(workplace.window, "documents-all-accepted")
        contract = visit.desktop.services.forms.contract(contract_number(CONTRACT))
        policyholder = mapping(contract.settings["policyholder"], "policyholder")
        assert mapping(policyholder["address"], "address")["city"] == "Hradec Králové"
        assert contract.revision == 2


def client_of(visit: Visit) -> str:
    """The client of the tour."""
    with visit.desktop.storage.db.read() as tx:
        return tx.clients.page(ClientFilter(), 0, 1)[0].id


def _make_modelling(visit: Visit) -> str:
    workplace = workplace_of(visit)
    workplace.begin_document(client_of(visit), DocumentKind.MODELLING)
    document_id = _fill_in(visit, "flexi-modelling", pictures="modelling")
    press(workplace.window, _("Result"))
    visit.camera.take(workplace.window, "modelling-result")
    workplace.form_page.close_form()
    workplace.window.open_page(Place.DOCUMENTS)
    return document_id


def _fill_offer(visit: Visit, modelling: str) -> None:
    workplace = workplace_of(visit)
    workplace.prefill_offer(modelling)
    until(lambda: _dialogs(workplace.window), "what could not be taken")
    (dialog,) = _dialogs(workplace.window)
    visit.camera.take(dialog, "prefilled-offer-left")
    dialog.yes.click()
    until(lambda: workplace.form_page.form is not None, "the offer")
    visit.camera.take(workplace.window, "prefilled-offer")
    workplace.form_page.close_form()
    workplace.window.open_page(Place.DOCUMENTS)


def _dialogs(window: QWidget) -> list[MovedDialog]:
    return [each for each in window.findChildren(MovedDialog) if each.isVisible()]


def _request_change(visit: Visit) -> None:
    workplace = workplace_of(visit)
    workplace.begin_document(client_of(visit), DocumentKind.CHANGE_REQUEST)
    begin = workplace.new_document
    until(lambda: isinstance(begin.dialog, ContractDialog), "the question for the contract")
    dialog = begin.dialog
    assert isinstance(dialog, ContractDialog)
    number = _("Number of the contract")
    for typed, picture in (("8200000017", "contract-refused"), ("7299999999", "contract-unknown")):
        type_into(dialog, number, typed)
        press(dialog, _("Open the contract"))
        until(lambda: visit.desktop.tasks.is_idle, "the answer")
        visit.camera.take(dialog, picture)
    type_into(dialog, number, CONTRACT)
    press(dialog, _("Open the contract"))
    _fill_in(visit, "flexi-change", pictures="change")
    complete(visit, "change-preview")


def _give_notice(visit: Visit) -> None:
    workplace = workplace_of(visit)
    workplace.begin_document(client_of(visit), DocumentKind.OTHER)
    begin = workplace.new_document
    until(lambda: isinstance(begin.dialog, KindChoice), "the choice of a form")
    dialog = begin.dialog
    assert isinstance(dialog, KindChoice)
    visit.camera.take(dialog, "other-choice")
    claim = next(item for item in dialog.items if item.kind.form_id == "other-claim")
    QTest.mouseClick(claim, Qt.MouseButton.LeftButton)
    _fill_in(visit, "other-claim", pictures="claim")
    complete(visit, "claim-preview")


def _fill_in(visit: Visit, name: str, *, pictures: str) -> str:
    """Lay the answers of a file over the open form and look at each section; the document's id."""
    answers: JsonObject = json.loads((ANSWERS / f"{name}.json").read_text("utf-8"))
    document_id = lay_over(visit, answers)
    form = workplace_of(visit).form_page.form
    assert form is not None
    for section in form.session.layout:
        form.show_section(section.id)
        form.focus_first()
        visit.camera.take(workplace_of(visit).window, f"{pictures}-{section.id}")
    return document_id


def lay_over(visit: Visit, answers: JsonObject) -> str:
    """Fill the open form in with these answers; the document's id."""
    page = workplace_of(visit).form_page
    until(lambda: page.form is not None and page.opened is not None, "the form")
    opened = page.opened
    assert opened is not None
    begun = opened.session
    with visit.desktop.storage.db.read() as tx:
        baseline = tx.documents.get(opened.document_id).body.get("baseline")
    filled = FormSession(
        begun.package,
        laid_over(begun.answers, answers),
        today=date.today(),  # noqa: DTZ011 - the same day as the program's
        header=begun.header,
        baseline=mapping(baseline, "baseline") if baseline else None,
    )
    page.close_form()
    visit.desktop.services.forms.keep(opened.document_id, Snapshot.of(filled, opened.client))
    page.open(opened.document_id)
    until(lambda: page.form is not None, "the form again")
    return opened.document_id


def complete(visit: Visit, picture: str) -> None:
    """Complete the open document and look at its pages."""
    workplace = workplace_of(visit)
    page = workplace.form_page
    until(lambda: page.premium.complete.isEnabled(), "a complete document")
    opened = page.opened
    assert opened is not None
    page.complete()
    preview = workplace.preview
    until(
        lambda: (
            preview.shown is not None
            and preview.shown.document_id == opened.document_id
            and preview.pages.count
        ),
        "the pages",
    )
    until(lambda: visit.desktop.tasks.is_idle, "the pages drawn")
    visit.camera.take(workplace.window, picture)
    workplace.window.open_page(Place.DOCUMENTS)


def _synchronise(visit: Visit) -> None:
    workplace = workplace_of(visit)
    press(workplace.window, _("Synchronisation"))
    until(lambda: visit.desktop.tasks.is_idle, "what is still being saved")
    until(lambda: not workplace.runner.is_running, "a synchronisation that began by itself")
    press(workplace.window, _("Start synchronisation"))
    kept = {ShownState.COMPLETE_BACKED_UP, ShownState.PAPER_EXPECTED}
    until(lambda: sum(state in kept for state in states(visit)) == 2, "two documents backed up")
    until(lambda: not workplace.runner.is_running, "the end of the synchronisation")
    workplace.window.open_page(Place.DOCUMENTS)
    until(lambda: visit.desktop.tasks.is_idle, "the list")
    visit.camera.take(workplace.window, "documents-of-every-kind")
