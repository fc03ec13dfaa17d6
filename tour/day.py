"""The day: activate, meet a client, make an offer, let it be signed, synchronise."""

from datetime import date

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from smartclient.domain.document_life import ShownState
from smartclient.domain.language import _
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot
from smartclient.services.settings import Appearance
from smartclient.services.signing import FieldStanding, SigningState
from smartclient.ui.form_page.why import WhyDialog
from smartclient.ui.new_document.choice import KindChoice
from smartclient.ui.places import Place
from smartclient.ui.theme import Scheme, look
from tour.answers_over import laid_over
from tour.hands import press, type_into, until
from tour.visit import Visit, only_state, workplace_of

CLIENT = {
    "Jméno": "Petr",
    "Příjmení": "Novák",
    "Rodné číslo": "850412/1208",
    "Ulice": "Široká",
    "Číslo popisné": "12",
    "PSČ": "530 02",
    "Obec": "Pardubice",
    "Mobilní telefon": "777 123 456",
    "E-mail": "petr.novak@example.cz",
}
"""By the labels of the form, which is data and speaks the language of the windows."""
USER = {
    "Name and surname": "Jana Dvořáková",
    "Adviser's identification": "dvorakova.j",
    "Registration number at the ČNB": "012345PPZ",
}


def work_through_the_day(visit: Visit) -> None:
    """The main job of an adviser, in the windows."""
    visit.desktop.show()
    with visit.step("activate by HR number"):
        _activate(visit)
    with visit.step("first synchronisation by itself"):
        until(lambda: visit.desktop.workplace, "the main window")
        workplace = workplace_of(visit)
        until(lambda: not workplace.runner.is_running, "the synchronisation at the start")
        visit.camera.take(workplace.window, "home-first-day")
    with visit.step("client with the information duty done"):
        _meet_client(visit)
    with visit.step("offer with its premium"):
        _make_offer(visit)
    with visit.step("frozen PDF looked through"):
        _look_through(visit)
    with visit.step("signatures through the pad"):
        _sign(visit)
    with visit.step("synchronise"):
        _synchronise(visit)
    with visit.step("every window"):
        _walk_around(visit)


def _activate(visit: Visit) -> None:
    window = visit.desktop.activation
    assert window is not None
    visit.camera.take(window, "activation")
    number = _("Identification of the partner (HR)")
    for typed, picture in (("81234567", "activation-refused"), ("91111111", "activation-unknown")):
        type_into(window, number, typed)
        press(window, _("Verify"))
        until(lambda: visit.desktop.tasks.is_idle, "the answer")
        visit.camera.take(window, picture)
    type_into(window, number, "90012345")
    press(window, _("Verify"))
    until(window.way.next.isEnabled, "the verified partner")
    visit.camera.take(window, "activation-verified")
    press(window, _("OK"))
    visit.camera.take(window, "user-data")
    for label, text in USER.items():
        type_into(window, _(label), text)
    visit.camera.take(window, "user-data-filled")
    press(window, _("OK"))
    until(window.first.isVisible, "the first synchronisation")
    visit.camera.take(window, "first-synchronisation", at_once=True)


def _meet_client(visit: Visit) -> None:
    window = workplace_of(visit).window
    press(window, _("Clients"))
    visit.camera.take(window, "clients-empty")
    press(window, _("Add a client"))
    visit.camera.take(window, "client-form")
    for label, text in CLIENT.items():
        type_into(window, label, text)
    visit.camera.take(window, "client-form-filled")
    press(window, _("Save the client"))
    information = window.shelf.clients.information
    until(information.isVisible, "the information duty")
    until(lambda: information.reading.toPlainText(), "the text")
    visit.camera.take(window, "information-duty")
    bar = information.reading.verticalScrollBar()
    bar.setValue(bar.maximum())
    until(information.tick.isEnabled, "the tick")
    QTest.mouseClick(information.tick, Qt.MouseButton.LeftButton, pos=_left_of(information.tick))
    visit.camera.take(window, "information-duty-done")
    press(window, _("Next"))
    panel = window.shelf.clients.panel
    until(lambda: panel.isVisible() and panel.new_document.isEnabled(), "the client's panel")
    visit.camera.take(window, "client-panel")
    QTest.mouseClick(panel.new_document, Qt.MouseButton.LeftButton)
    _choose_offer(visit)


def _choose_offer(visit: Visit) -> None:
    begin = workplace_of(visit).new_document
    until(lambda: isinstance(begin.dialog, KindChoice), "the choice of a document")
    assert isinstance(begin.dialog, KindChoice)
    visit.camera.take(begin.dialog, "new-document")
    QTest.mouseClick(begin.dialog.items[0], Qt.MouseButton.LeftButton)


def _left_of(tick: QWidget) -> QPoint:
    return QPoint(10, tick.height() // 2)


def _make_offer(visit: Visit) -> None:
    workplace = workplace_of(visit)
    window = workplace.window
    until(lambda: workplace.form_page.form is not None, "the offer")
    visit.camera.take(window, "offer-begun")
    offer = workplace.form_page.opened
    assert offer is not None
    filled = FormSession.begun_with(
        offer.session.package,
        laid_over(offer.session.answers, visit.answers),
        today=date.today(),  # noqa: DTZ011 - the same day as the program's
        header=offer.session.header,
    )
    document_id, client = offer.document_id, offer.client
    workplace.form_page.close_form()
    visit.desktop.services.forms.keep(document_id, Snapshot.of(filled, client))
    workplace.open_document(document_id)
    until(lambda: workplace.form_page.form is not None, "the offer again")
    form = workplace.form_page.form
    assert form is not None
    for section in form.session.layout:
        form.show_section(section.id)
        form.focus_first()
        visit.camera.take(window, f"offer-{section.id}")
    press(window, _("why?"))
    until(lambda: workplace.form_page.findChildren(WhyDialog), "the explanation")
    (why,) = workplace.form_page.findChildren(WhyDialog)
    visit.camera.take(why, "premium-why")
    why.close()
    until(lambda: workplace.form_page.premium.complete.isEnabled(), "a complete offer")
    press(window, _("Complete and show the offer"))


def _look_through(visit: Visit) -> None:
    workplace = workplace_of(visit)
    preview = workplace.preview
    until(lambda: preview.shown is not None and preview.pages.count, "the pages")
    visit.camera.take(workplace.window, "preview")
    preview.pages.show_page(0)
    bar = preview.pages.verticalScrollBar()
    while preview.pages.unseen and bar.value() < bar.maximum():
        bar.setValue(bar.value() + preview.pages.viewport().height() // 3)
        QTest.qWait(20)
        until(lambda: visit.desktop.tasks.is_idle, "the pages drawn")
    until(preview.sign_button.isEnabled, "the way to the signing")
    visit.camera.take(workplace.window, "preview-all-seen")
    press(workplace.window, _("Go on to signing"))


def _sign(visit: Visit) -> None:
    workplace = workplace_of(visit)
    ceremony = workplace.ceremony
    until(lambda: ceremony.state is not None, "the ceremony")
    state = ceremony.state
    assert state is not None
    visit.camera.take(workplace.window, "signing-begun")
    fields = len(state.fields)
    dot = True
    while ceremony.state is not None and ceremony.state.next_field is not None:
        signed = _signed(ceremony.state)
        until(lambda: ceremony.desk.is_read or ceremony.display.has_ink, "the pad")
        if ceremony.desk.is_read:
            visit.camera.take(workplace.window, f"signing-read-{signed + 1}")
            ceremony.go_on()
        until(lambda: ceremony.display.has_ink, "ink on the pad")
        QTest.qWait(400)  # the pen is still moving
        if dot:
            visit.camera.take(workplace.window, "signing-dot")
            ceremony.confirm()
            until(lambda: ceremony.problem, "the refusal of a dot")
            visit.camera.take(workplace.window, "signing-refused-dot")
            dot = False
            continue
        visit.camera.take(workplace.window, f"signing-{signed + 1}-of-{fields}")
        ceremony.confirm()
        until(lambda: _signed(ceremony.state) > signed, "the signature kept")  # noqa: B023
    until(lambda: workplace.window.stack.currentWidget() is not ceremony, "the end of the signing")
    visit.camera.take(workplace.window, "documents-signed")


def _signed(state: SigningState | None) -> int:
    fields = state.fields if state else ()
    return sum(1 for each in fields if each.standing is FieldStanding.SIGNED)


def _synchronise(visit: Visit) -> None:
    workplace = workplace_of(visit)
    press(workplace.window, _("Synchronisation"))
    until(lambda: not workplace.runner.is_running, "the synchronisation after the signing")
    press(workplace.window, _("Start synchronisation"))
    until(lambda: only_state(visit) is ShownState.SIGNED_BACKED_UP, "the backed-up document")
    until(lambda: not workplace.runner.is_running, "the end of the synchronisation")
    visit.camera.take(workplace.window, "synchronisation")


def _walk_around(visit: Visit) -> None:
    window = workplace_of(visit).window
    settings = visit.desktop.services.places.settings
    places = (Place.HOME, Place.CLIENTS, Place.DOCUMENTS, Place.SETTINGS, Place.CONFLICTS)
    for appearance, suffix in ((Appearance("dark"), "-dark"), (Appearance("light"), "")):
        settings.keep_appearance(appearance)
        look().wear(Scheme(appearance.scheme), look().scale)
        for place in places:
            if window.open_page(place) is window.shelf.clients:
                window.shelf.clients.open_list()
            until(lambda: visit.desktop.tasks.is_idle, "the page")
            visit.camera.take(window, f"{place.value}{suffix}")
    window.open_page(Place.SETTINGS)
    tabs = {
        "settings-updates": _("Application updates"),
        "settings-activation": _("Application activation"),
        "settings-appearance": _("Appearance and language"),
        "settings-help": _("Help and contacts"),
    }
    for picture, tab in reversed(tabs.items()):
        press(window, tab)
        visit.camera.take(window, picture)
    press(window, _("Start the update"))
    visit.camera.take(window, "settings-no-updates")
