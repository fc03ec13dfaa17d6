"""Makes each page of the window at its first use and connects it with its neighbours.

What a page wants beyond its own place comes out of the shelf as one of its signals.
"""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from smartclient.domain.admission import Admission
from smartclient.domain.clock import Clock
from smartclient.domain.ids import DocumentId
from smartclient.services.home import Step
from smartclient.ui.places import Place
from smartclient.ui.top_bar import remaining

if TYPE_CHECKING:
    from smartclient.services.activation import AccountActivation
    from smartclient.services.clients import ClientMatters, Clients
    from smartclient.services.documents import Documents
    from smartclient.services.home import Home
    from smartclient.services.search import Search
    from smartclient.services.settings import Settings
    from smartclient.services.support import Support
    from smartclient.services.synchronisation import Synchronisation
    from smartclient.ui.clients_flow import ClientsFlow
    from smartclient.ui.dialogs import Ask
    from smartclient.ui.documents_page import DocumentsPage
    from smartclient.ui.sync_runner import SyncRunner
    from smartclient.ui.tasks import Tasks


class Services(Protocol):
    """What the adviser does, as the window needs it; each may be made when it is first asked."""

    @property
    def home(self) -> "Home":
        """The day."""

    @property
    def clients(self) -> "Clients":
        """The clients."""

    @property
    def matters(self) -> "ClientMatters":
        """What belongs to a client besides its fields."""

    @property
    def documents(self) -> "Documents":
        """The documents."""

    @property
    def search(self) -> "Search":
        """The search."""

    @property
    def synchronisation(self) -> "Synchronisation":
        """The exchange with the server."""

    @property
    def settings(self) -> "Settings":
        """What a person may set."""

    @property
    def support(self) -> "Support":
        """What the help desk gets."""

    @property
    def activation(self) -> "AccountActivation":
        """Whose install this is."""


@runtime_checkable
class Admits(Protocol):
    """A page that offers what the server may not let this computer do."""

    def admit(self, admission: Admission) -> None:
        """Offer only what is still let."""


class PageShelf(QObject):
    """The pages by their place. The libraries of a page are imported when it is made."""

    made = Signal(object)
    """A page that was just made."""
    home_answered = Signal()
    """The home page shows its figures, or says why it cannot."""
    place_wanted = Signal(str)
    client_choice_wanted = Signal(str)
    """For a new document; the name of its kind, empty to be asked for."""
    document_requested = Signal(str, str)
    change_requested = Signal(str, str)
    document_opened = Signal(str)
    preview_requested = Signal(str)
    signing_requested = Signal(str)
    copy_requested = Signal(str)
    conflict_copy_requested = Signal(str)
    comparison_wanted = Signal(str)
    """What an edit in conflict says otherwise is to be shown on its page. Carries its id."""
    prefill_requested = Signal(str)
    reactivation_wanted = Signal()
    restart_wanted = Signal()

    def __init__(
        self,
        services: Services,
        runner: "SyncRunner",
        tasks: "Tasks",
        clock: Clock,
        question: "Ask",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._tasks = services, runner, tasks
        self._clock, self._question = clock, question
        self._pages: dict[Place, QWidget] = {}
        self._clients: ClientsFlow | None = None
        self._documents: DocumentsPage | None = None
        self._synchronised = ""
        self._admission = Admission()

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages that were made so far."""
        return tuple(self._pages.values())

    def page(self, place: Place) -> QWidget:
        """The page of a place, made at its first use."""
        if place not in self._pages:
            page = self._pages[place] = self._make(place)
            if isinstance(page, Admits):
                page.admit(self._admission)
            self.made.emit(self._pages[place])
        return self._pages[place]

    @property
    def clients(self) -> "ClientsFlow":
        """The pages of the clients."""
        self.page(Place.CLIENTS)
        if self._clients is None:
            raise RuntimeError("the pages of the clients were not made")
        return self._clients

    @property
    def documents(self) -> "DocumentsPage":
        """The list of documents."""
        self.page(Place.DOCUMENTS)
        if self._documents is None:
            raise RuntimeError("the list of documents was not made")
        return self._documents

    def keep_typed(self, *, asks: bool = True) -> bool:
        """Keep what is typed of a client before this returns, as `ClientFormPage.keep_typed`.

        Where that is False the form is shown.
        """
        if self._clients is None or self._clients.form.keep_typed(asks=asks):
            return True
        self.place_wanted.emit(Place.CLIENTS.value)
        self._clients.show_form()
        return False

    def admit(self, admission: Admission) -> None:
        """Let every page offer only what the server still lets this computer do."""
        self._admission = admission
        for page in self.pages:
            if isinstance(page, Admits):
                page.admit(admission)

    def tell_synchronised(self, words: str) -> None:
        """When it was last synchronised, for the notes of the list."""
        self._synchronised = words
        if self._documents is not None:
            self._documents.tell_synchronised(words)

    def _make(self, place: Place) -> QWidget:
        match place:
            case Place.HOME:
                return self._make_home()
            case Place.CLIENTS:
                return self._make_clients()
            case Place.DOCUMENTS:
                return self._make_documents()
            case Place.CONFLICTS:
                return self._make_conflicts()
            case Place.SYNCHRONISATION:
                return self._make_synchronisation()
            case Place.SETTINGS:
                return self._make_settings()

    def _make_home(self) -> QWidget:
        from smartclient.ui.home_page import HomePage

        page = HomePage(self._services.home, self._tasks, time_left=self._time_left)
        page.answered.connect(self.home_answered)
        page.step_taken.connect(self._take_step)
        page.place_wanted.connect(self.place_wanted)
        page.states_wanted.connect(self._show_states)
        page.client_wanted.connect(self._add_client)
        page.document_wanted.connect(self.client_choice_wanted)
        page.refresh_ahead()
        return page

    def _make_clients(self) -> QWidget:
        from smartclient.ui.clients_flow import ClientsFlow

        services = self._services
        flow = ClientsFlow(
            services.clients,
            services.matters,
            services.documents,
            self._tasks,
            self._clock,
            question=self._question,
        )
        flow.document_requested.connect(self.document_requested)
        flow.document_opened.connect(self.document_opened)
        flow.preview_requested.connect(self.preview_requested)
        self._clients = flow
        return flow

    def _make_documents(self) -> QWidget:
        from smartclient.ui.documents_page import DocumentsPage

        page = DocumentsPage(self._services.documents, self._tasks, question=self._question)
        page.document_opened.connect(self.document_opened)
        page.preview_requested.connect(self.preview_requested)
        page.signing_requested.connect(self.signing_requested)
        page.copy_requested.connect(self.copy_requested)
        page.prefill_requested.connect(self.prefill_requested)
        page.document_wanted.connect(self.client_choice_wanted)
        page.tell_synchronised(self._synchronised)
        self._documents = page
        return page

    def _make_conflicts(self) -> QWidget:
        from smartclient.ui.conflicts_page import ConflictsPage

        page = ConflictsPage(self._services.documents, self._tasks)
        page.preview_requested.connect(self.preview_requested)
        page.copy_requested.connect(self.conflict_copy_requested)
        page.comparison_wanted.connect(self.comparison_wanted)
        page.change_requested.connect(self.change_requested)
        page.left.connect(lambda: self.place_wanted.emit(Place.DOCUMENTS.value))
        return page

    def _make_synchronisation(self) -> QWidget:
        from smartclient.ui.synchronisation_page import SynchronisationPage

        page = SynchronisationPage(self._services.synchronisation, self._runner, self._tasks)
        page.document_opened.connect(self.document_opened)
        page.client_opened.connect(self._open_client)
        page.remedy_wanted.connect(self._help)
        return page

    def _open_client(self, client_id: str) -> None:
        self.place_wanted.emit(Place.CLIENTS.value)
        self.clients.open_client(client_id)

    def open_help(self) -> None:
        """Open the contacts, where what was not sent can be handed in, too."""
        from smartclient.services.synchronisation import Remedy

        self._help(Remedy.HELP.value)

    def _help(self, remedy: str) -> None:
        from smartclient.services.synchronisation import Remedy
        from smartclient.ui.settings_page import SettingsPage, Tab

        tabs = {
            Remedy.UPDATE: Tab.UPDATES,
            Remedy.ACTIVATE: Tab.ACTIVATION,
            Remedy.HELP: Tab.HELP,
        }
        wanted = Remedy(remedy)
        if wanted in tabs:
            self.place_wanted.emit(Place.SETTINGS.value)
            page = self.page(Place.SETTINGS)
            if isinstance(page, SettingsPage):
                page.open_tab(tabs[wanted])
        elif wanted is Remedy.CONFLICTS:
            self.place_wanted.emit(Place.CONFLICTS.value)
        elif wanted is Remedy.OPEN:
            self.place_wanted.emit(Place.DOCUMENTS.value)

    def _make_settings(self) -> QWidget:
        from smartclient.ui.settings_page import SettingsPage

        page = SettingsPage(
            self._services.settings,
            self._services.activation.account,
            self._tasks,
            self._services.support,
            question=self._question,
        )
        page.reactivation_wanted.connect(self.reactivation_wanted)
        page.restart_wanted.connect(self.restart_wanted)
        return page

    # --- what the home page leads to ----------------------------------------------------------

    def _time_left(self) -> str:
        left = self._services.synchronisation.seconds_to_lock()
        return "" if left is None else remaining(left)

    def _add_client(self) -> None:
        self.place_wanted.emit(Place.CLIENTS.value)
        self.clients.add_client()

    def _show_states(self, states: object) -> None:
        self.place_wanted.emit(Place.DOCUMENTS.value)
        if isinstance(states, frozenset):
            self.documents.show_states(states)

    def _take_step(self, step: str, target: str) -> None:
        match Step(step):
            case Step.SIGN:
                self.signing_requested.emit(target)
            case Step.COMPLETE:
                self.document_opened.emit(target)
            case Step.SHOW:
                self.place_wanted.emit(Place.DOCUMENTS.value)
                self.documents.mark(DocumentId(target))
            case Step.COMPARE:
                self.place_wanted.emit(Place.CONFLICTS.value)
            case Step.CORRECT_CONTACT:
                self.place_wanted.emit(Place.CLIENTS.value)
                self.clients.change_client(target)
            case Step.CONTINUE_CLIENT:
                self.place_wanted.emit(Place.CLIENTS.value)
                self.clients.resume(target)
            case Step.INFORM:
                self.place_wanted.emit(Place.CLIENTS.value)
                self.clients.inform(target)
            case Step.SEE_REFUSED:
                self.place_wanted.emit(Place.SYNCHRONISATION.value)
            case Step.CHOOSE:
                self._open_client(target)
