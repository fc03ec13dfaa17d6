"""An edit that came too late: made without a network, met by the export, kept as a conflict.

Three visits: an offer on paper is handed over; without a network it is edited; after the export,
which the core answers with a rejection, the edit is found among the conflicts and copied.
"""

import json
from pathlib import Path

from PySide6.QtTest import QTest

from smartclient.domain.document_life import DocumentKind, ShownState
from smartclient.domain.language import _
from smartclient.store.document_rows import DocumentFilter, DocumentRow
from smartclient.ui.new_document.choice import KindChoice
from smartclient.ui.places import Place
from smartclient.wire.messages import JsonObject, mapping
from tour.further import client_of, complete, lay_over
from tour.hands import press, type_into, until
from tour.visit import Visit, workplace_of

ANSWERS = Path(__file__).parent / "answers" / "flexi-offer.json"
EMAIL = "petr.novak.doma@example.cz"
_ON_ITS_WAY = {ShownState.COMPLETE_BACKED_UP, ShownState.PAPER_EXPECTED}


def hand_over_on_paper(visit: Visit) -> None:
    """Make an offer that will be signed on paper, and let the server have it."""
    visit.desktop.show()
    workplace = workplace_of(visit)
    until(lambda: not workplace.runner.is_running, "the synchronisation at the start")
    with visit.step("an offer on paper, handed over"):
        workplace.begin_document(client_of(visit), DocumentKind.OFFER)
        begin = workplace.new_document
        until(
            lambda: isinstance(begin.dialog, KindChoice) or workplace.form_page.form is not None,
            "the offer",
        )
        if isinstance(begin.dialog, KindChoice):
            begin.dialog.items[0].click()
        lay_over(visit, _on_paper())
        complete(visit, "paper-preview")
        until(lambda: workplace.runner.is_running or _offer(visit).shown in _ON_ITS_WAY, "a push")
        press(workplace.window, _("Synchronisation"))
        until(lambda: not workplace.runner.is_running, "the push by itself")
        press(workplace.window, _("Start synchronisation"))
        until(lambda: _offer(visit).shown in _ON_ITS_WAY, "the offer at the server")


def edit_without_a_network(visit: Visit) -> None:
    """Nobody answers; the offer is edited all the same."""
    visit.desktop.show()
    workplace = workplace_of(visit)
    until(lambda: not workplace.runner.is_running, "the first try")
    with visit.step("edited without a network"):
        workplace.open_document(_offer(visit).id)
        page = workplace.form_page
        until(lambda: page.form is not None, "the offer")
        form = page.form
        assert form is not None
        form.show_section("policyholder")
        type_into(workplace.window, "E-mail", EMAIL)
        QTest.qWait(700)
        until(lambda: visit.desktop.tasks.is_idle, "what was typed is kept")
        visit.camera.take(workplace.window, "edited-offline")
        page.close_form()
        with visit.desktop.storage.db.read() as tx:
            body = tx.documents.get(_offer(visit).id).body
        answers = mapping(body["answers"], "answers")
        assert mapping(answers["contact"], "contact")["email"] == EMAIL


def meet_the_conflict(visit: Visit) -> None:
    """The exported offer is the valid one; the edit is among the conflicts and is copied."""
    visit.desktop.show()
    workplace = workplace_of(visit)
    with visit.step("the edit became a conflict"):
        until(lambda: _conflicts(visit) == 1, "the conflict")
        until(lambda: not workplace.runner.is_running, "the end of the synchronisation")
        visit.camera.take(workplace.window, "conflict-counted")
        workplace.window.open_page(Place.CONFLICTS)
        until(lambda: visit.desktop.tasks.is_idle, "both versions")
        visit.camera.take(workplace.window, "conflict-compared")
    with visit.step("the rejected line is told with its reason"):
        workplace.window.open_page(Place.DOCUMENTS)
        until(lambda: visit.desktop.tasks.is_idle, "the list")
        assert _offer(visit).shown is ShownState.REJECTED
        visit.camera.take(workplace.window, "documents-rejected")
    with visit.step("the values of the conflict in a new offer"):
        before = _offers(visit)
        with visit.desktop.storage.db.read() as tx:
            (conflict,) = tx.conflicts.open()
        workplace.copy_conflict(conflict.id)
        until(lambda: workplace.form_page.form is not None, "the copy")
        visit.camera.take(workplace.window, "conflict-copied")
        workplace.form_page.close_form()
        assert len(_offers(visit)) == len(before) + 1
        assert _conflicts(visit) == 0


def _on_paper() -> JsonObject:
    answers: JsonObject = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return answers | {"signing": {"digital": False, "place": "Pardubice"}}


def _offers(visit: Visit) -> list[DocumentRow]:
    """The offers, the newest first."""
    with visit.desktop.storage.db.read() as tx:
        rows = tx.documents.page(DocumentFilter(), 0, 100)
    offers = [row for row in rows if row.kind is DocumentKind.OFFER]
    return sorted(offers, key=lambda row: row.created_at, reverse=True)


def _offer(visit: Visit) -> DocumentRow:
    """The offer on paper: the newest one."""
    return _offers(visit)[0]


def _conflicts(visit: Visit) -> int:
    with visit.desktop.storage.db.read() as tx:
        return tx.conflicts.count()
