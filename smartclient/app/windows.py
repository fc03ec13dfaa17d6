"""The main window and its pages of work, connected: who asks for what, and where it leads."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.app.adviser import AdviserServices
from smartclient.domain.clock import Clock
from smartclient.domain.document_life import DocumentKind
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.ui.main_window import MainWindow
from smartclient.ui.page import Page
from smartclient.ui.places import Place
from smartclient.ui.sync_runner import AFTER_START_MS, SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.card import Surface

if TYPE_CHECKING:
    from smartclient.ink.port import Pad
    from smartclient.services.forms import Prefilled
    from smartclient.sync.updates.answers import AppAnswer
    from smartclient.ui.asking_first import AskingFirst
    from smartclient.ui.ceremony.page import CeremonyPage
    from smartclient.ui.dialogs import Ask
    from smartclient.ui.form_page.page import FormPage
    from smartclient.ui.new_document.flow import NewDocument
    from smartclient.ui.onscreen_pad import OnScreenPad
    from smartclient.ui.preview.page import PreviewPage


class Workplace(QObject):
    """The main window with form, preview and signing; pages of work are made at first use."""

    closed = Signal()
    reactivation_wanted = Signal()
    restart_wanted = Signal()

    def __init__(
        self,
        services: AdviserServices,
        tasks: Tasks,
        clock: Clock,
        choose_pad: "Callable[[OnScreenPad], Pad]",
        question: "Ask",
    ) -> None:
        super().__init__()
        self._services, self._tasks, self._clock = services, tasks, clock
        self._choose_pad, self._question = choose_pad, question
        synchronisation = services.places.synchronisation
        self.runner = SyncRunner(synchronisation, tasks, self, now=clock.monotonic)
        self.window = MainWindow(services.places, self.runner, tasks, clock, question=question)
        self._renew: Callable[[], object] = lambda: None
        self._connect()

    @cached_property
    def _asking(self) -> "AskingFirst":
        from smartclient.ui.asking_first import AskingFirst

        opening = self._services.opening
        show = self.window.show_work
        return AskingFirst(opening, self.runner, self._tasks, show, self._not_opened, self)

    # --- pages of work -----------------------------------------------------------------------

    @cached_property
    def form_page(self) -> "FormPage":
        """Where a form is filled in."""
        from smartclient.ui.form_page.page import FormPage

        page = FormPage(self._services.forms, self._tasks, self._clock, self._question)
        page.left.connect(self.window.leave_work)
        page.preview_requested.connect(self.show_preview)
        page.prefill_requested.connect(self.prefill_offer)
        return page

    @cached_property
    def preview(self) -> "PreviewPage":
        """Where the frozen pages are looked through."""
        from smartclient.ui.preview.page import PreviewPage

        page = PreviewPage(self._services.forms, self._tasks, self._services.signing.note_seen)
        page.left.connect(self.window.leave_work)
        page.edit_requested.connect(self.open_document)
        page.signing_requested.connect(self.sign)
        return page

    @cached_property
    def ceremony(self) -> "CeremonyPage":
        """Where the document is signed."""
        from smartclient.ui.ceremony.page import CeremonyPage

        page = CeremonyPage(
            self._services.signing, self._tasks, self._choose_pad, self._clock, self._question
        )
        page.left.connect(self.window.mark_document)
        page.signed.connect(self._signed)
        return page

    # --- what leads where --------------------------------------------------------------------

    @cached_property
    def new_document(self) -> "NewDocument":
        """How a new document begins."""
        from smartclient.ui.new_document.flow import NewDocument

        services = self._services

        def name_of(client: ClientId) -> str:
            return services.places.clients.panel(client).name

        made = NewDocument(lambda: services.forms, name_of, self._tasks, self.window, self._refused)
        made.begun.connect(self._fill_in)
        return made

    def begin_document(self, client_id: str, kind: str = "") -> None:
        """Begin a document for a client and open it; of which kind is asked where none is given."""
        self.new_document.begin(client_id, kind)

    def begin_change(self, client_id: str, number: str) -> None:
        """Begin a change request for a client, of the contract of this number if it is known."""
        self.new_document.begin(client_id, DocumentKind.CHANGE_REQUEST.value, number)

    def open_document(self, document_id: str) -> None:
        """Open a document for editing, after the server was asked whether it changed."""
        identity = DocumentId(document_id)
        self._asking.open(identity, lambda warning: self._fill_in(identity, warning))

    def show_preview(self, document_id: str) -> None:
        """Show the frozen pages of a document."""
        self.window.show_work(self.preview)
        self.preview.open(DocumentId(document_id))

    def look_through(self, document_id: str) -> None:
        """Let the client see the pages, then sign; those seen before are not asked for again."""
        self.window.show_work(self.preview)
        self.preview.open(DocumentId(document_id), to_sign=True)

    def sign(self, document_id: str) -> None:
        """Let the document be signed; nothing else is on the screen: the client looks on."""
        self.window.show_work(self.ceremony, alone=True)
        self.ceremony.open(DocumentId(document_id))

    def copy(self, document_id: str) -> None:
        """Copy a document under a new number and open the copy.

        Its older form is fetched before, which alone knows where its answers go in the newer one.
        """
        identity = DocumentId(document_id)
        make = partial(self._services.forms.copy, identity)

        def copy() -> None:
            self._tasks.run(make, self._fill_in, self._refused)

        self._asking.bring_for_copy(identity, copy, self._refused)

    def prefill_offer(self, document_id: str) -> None:
        """Fill an offer from a modelling, open it, and tell what could not be taken."""
        make = partial(self._services.forms.prefill_offer, DocumentId(document_id))
        self._tasks.run(make, self._prefilled, self._refused)

    def copy_conflict(self, conflict_id: str) -> None:
        """Copy the adviser's values of a conflict and open the copy, naming what it left behind."""
        from smartclient.ui.conflicts_page import copied_words

        forms = self._services.forms

        def make() -> tuple[DocumentId, tuple[str, ...]]:
            left = forms.left_behind(conflict_id)  # what cannot be told is not copied either
            return forms.copy_conflict(conflict_id), left

        def show(made: tuple[DocumentId, tuple[str, ...]]) -> None:
            document, left = made
            self._fill_in(document, copied_words(left))

        def copy() -> None:
            self._tasks.run(make, show, self._refused)

        self._asking.bring_for_conflict(conflict_id, copy, self._refused)

    def compare_conflict(self, conflict_id: str) -> None:
        """Show on the page of the conflicts what an edit and the valid version say."""
        from smartclient.ui.conflicts_page import ConflictsPage

        page, forms = self.window.shelf.page(Place.CONFLICTS), self._services.forms
        if not isinstance(page, ConflictsPage):
            return

        def compare() -> None:
            page.show_fetching(conflict_id, under_way=False)
            for ask, show in (
                (forms.compared, page.show_compared),
                (forms.left_behind, page.show_left),
            ):
                self._tasks.run(partial(ask, conflict_id), partial(show, conflict_id), self._quiet)

        def refuse(error: SmartClientError) -> None:
            page.show_not_compared(conflict_id, error)
            compare()  # one of the two may be told all the same

        wait = partial(page.show_fetching, conflict_id, under_way=True)
        self._asking.bring_for_conflict(conflict_id, compare, refuse, wait, compared=True)

    def begin(self, check_app: "Callable[[], AppAnswer]", renew: Callable[[], object]) -> None:
        """Synchronise by itself from now on, and look for a newer version (SC-17).

        `renew` runs after each synchronisation that came to its end; it does nothing until the
        install's certificates are due.
        """
        self._renew = renew
        self.runner.finished.connect(self._synchronised)
        self.runner.begin_automatic()
        look = partial(self._tasks.run, check_app, self._tell_version, self._quiet, queue="network")
        QTimer.singleShot(AFTER_START_MS, self, look)  # its libraries come after the first page

    def keep_typed(self) -> None:
        """Keep what is typed in the forms that are open, before the program ends."""
        self.window.shelf.keep_typed(asks=False)
        if "form_page" in self.__dict__:
            self.form_page.close_form(asks=False)

    # --- inside ------------------------------------------------------------------------------

    def _connect(self) -> None:
        window = self.window
        window.may_close = self._may_close
        window.document_requested.connect(self.begin_document)
        window.change_requested.connect(self.begin_change)
        window.document_opened.connect(self.open_document)
        window.preview_requested.connect(self.show_preview)
        window.signing_requested.connect(self.look_through)
        window.copy_requested.connect(self.copy)
        window.conflict_copy_requested.connect(self.copy_conflict)
        window.shelf.comparison_wanted.connect(self.compare_conflict)
        window.prefill_requested.connect(self.prefill_offer)
        window.closed.connect(self.closed)
        window.reactivation_wanted.connect(self.reactivation_wanted)
        window.restart_wanted.connect(self.restart_wanted)

    def _may_close(self) -> bool:
        """Whether what is typed in the form that is open is kept, or may be lost."""
        if "form_page" not in self.__dict__ or self.form_page.keep_typed():
            return True
        self.window.show_work(self.form_page)
        return False

    def _fill_in(self, document_id: str, warning: str = "") -> None:
        self.window.show_work(self.form_page)
        self.form_page.open(DocumentId(document_id), warning=warning)

    def _prefilled(self, prefilled: "Prefilled") -> None:
        self._fill_in(prefilled.document_id)
        if prefilled.left:
            from smartclient.ui.form_page.moved import prefilled_dialog

            prefilled_dialog(prefilled, self.window).open()

    def _not_opened(self, error: SmartClientError) -> None:
        self.window.leave_work()
        self._refused(error)

    def _synchronised(self, _outcome: object) -> None:
        self._tasks.run(self._renew, self._quiet, self._quiet, queue="network")

    def _tell_version(self, answer: "AppAnswer") -> None:
        from smartclient.sync.updates.answers import Outcome

        home = self.window.shelf.page(Place.HOME)
        if answer.outcome is Outcome.AVAILABLE and isinstance(home, Page):
            spoken = answer.sentence
            home.banner.tell(spoken.happened, f"{spoken.safe} {spoken.do}", Surface.ACCENT)

    def _quiet(self, _told: object) -> None:
        """Tried again at the next start or synchronisation; nobody has to do anything now."""

    def _signed(self, document_id: str) -> None:
        self.window.mark_document(document_id)
        self.runner.start()

    def _refused(self, error: SmartClientError) -> None:
        page = self.window.stack.currentWidget()
        if not isinstance(page, Page):
            page = self.window.open_page(Place.HOME)
        if isinstance(page, Page):
            page.refused(error)
