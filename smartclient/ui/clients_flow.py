"""The pages of Klienti and the ways between them: list, form, information duty, panel."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from smartclient.domain.admission import Admission
from smartclient.domain.clock import Clock
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from smartclient.services.clients import ClientMatters, Clients
from smartclient.services.documents import Documents
from smartclient.ui.client_form import ClientFormPage
from smartclient.ui.client_information import ClientInformationPage
from smartclient.ui.client_panel import ClientPanelPage
from smartclient.ui.clients_page import ClientsPage
from smartclient.ui.dialogs import Ask, ask
from smartclient.ui.page import Page
from smartclient.ui.tasks import Tasks


class ClientsFlow(QStackedWidget):
    """Emits what leads out of the clients. A client is followed to its panel after saving."""

    document_requested = Signal(str, str)
    """A new document for an informed client; the name of its kind, empty to be asked for."""
    document_opened = Signal(str)
    preview_requested = Signal(str)

    def __init__(
        self,
        clients: Clients,
        matters: ClientMatters,
        documents: Documents,
        tasks: Tasks,
        clock: Clock,
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clients, self._tasks = clients, tasks
        self.list = ClientsPage(clients, tasks)
        self.form = ClientFormPage(clients, matters, tasks, clock, question=question)
        self.information = ClientInformationPage(clients, tasks)
        self.panel = ClientPanelPage(clients, matters, documents, tasks)
        self._choosing: str | None = None
        self._after_information: str | None = None
        self._admission = Admission()
        for page in self.pages:
            self.addWidget(page)
        self._connect()

    @property
    def pages(self) -> tuple[Page, ...]:
        """All pages, the list first."""
        return (self.list, self.form, self.information, self.panel)

    def hideEvent(self, event: QHideEvent) -> None:
        """The wish for a new document ends where the clients are left."""
        super().hideEvent(event)
        self._choosing = None

    def open_list(self) -> None:
        """Show the list."""
        self._show(self.list)

    def choose_for_document(self, kind: str = "") -> None:
        """Show the list; for the client that is opened or added there a document is begun."""
        self.open_list()
        self._choosing = kind
        self.list.ask_for_client()

    def take_focus(self) -> None:
        """The keyboard begins in the page that is shown."""
        for page in self.pages:
            if page is self.currentWidget():
                page.take_focus()

    def changed(self, subject: str) -> None:
        """Something of this kind was changed by a commit."""
        for page in self.pages:
            page.changed(subject)

    def be_compact(self, compact: bool) -> None:
        """Use less room."""
        for page in self.pages:
            page.be_compact(compact)

    def admit(self, admission: Admission) -> None:
        """Offer only what the server still lets this computer do."""
        self._admission = admission
        for page in self.pages:
            page.admit(admission)

    def add_client(self, name: str = "") -> None:
        """Begin to type a new client; the list says why, where that may not be now."""
        if not self._admission.changes.allowed:
            self.open_list()
            self.list.refused(NotAllowed(self._admission.notice))
            return
        self._show(self.form)
        self.form.begin(name)

    def show_form(self) -> None:
        """Show the form that is open, as it stands."""
        self._show(self.form)

    def resume(self, draft_id: str) -> None:
        """Go on with a client that was not saved."""
        self._show(self.form)
        self.form.resume(draft_id)

    def open_client(self, client_id: str) -> None:
        """Show the panel of a client."""
        self.panel.show_client(ClientId(client_id))
        self._show(self.panel)

    def change_client(self, client_id: str) -> None:
        """Change what is known of a client."""
        self._show(self.form)
        self.form.change(ClientId(client_id))

    def inform(self, client_id: str) -> None:
        """Show the information duty of a client."""
        identity = ClientId(client_id)

        def begin(name: str) -> None:
            self.information.begin(identity, name)
            self._show(self.information)

        self._tasks.run(lambda: self._clients.panel(identity).name, begin, self.list.refused)

    def start_document(self, client_id: str, kind: str = "") -> None:
        """Ask for a document, after the information duty where it is not done yet."""
        identity = ClientId(client_id)

        def begin(informed: bool) -> None:
            if informed:
                self.document_requested.emit(client_id, kind)
            else:
                self._after_information = kind
                self.inform(client_id)

        self._tasks.run(lambda: self._clients.panel(identity).is_informed, begin, self.list.refused)

    def _connect(self) -> None:
        self.list.client_wanted.connect(self.add_client)
        self.list.client_opened.connect(self._opened)
        self.list.draft_opened.connect(self.resume)
        self.form.left.connect(self._leave_form)
        self.form.abandoned.connect(self.open_list)
        self.form.saved.connect(self._saved)
        self.form.client_opened.connect(self.open_client)
        self.information.informed.connect(self._informed)
        self.information.left.connect(self.open_client)
        self.panel.left.connect(self.open_list)
        self.panel.change_wanted.connect(self.change_client)
        self.panel.client_wanted.connect(self.open_client)
        self.panel.information_wanted.connect(lambda client_id, _name: self.inform(client_id))
        self.panel.document_wanted.connect(self.start_document)
        self.panel.document_opened.connect(self.document_opened)
        self.panel.preview_requested.connect(self.preview_requested)

    def _show(self, page: Page) -> None:
        self.setCurrentWidget(page)
        page.take_focus()

    def _leave_form(self) -> None:
        if self.panel.client_id is not None and self.panel.client_id == self.form.changes:
            self._show(self.panel)
        else:
            self.open_list()

    def _saved(self, client_id: str) -> None:
        identity = ClientId(client_id)

        def go_on(informed: bool) -> None:
            if informed:
                self.open_client(client_id)
            else:
                self.inform(client_id)

        if self._choosing is not None:
            self._opened(client_id)
            return
        self._tasks.run(lambda: self._clients.panel(identity).is_informed, go_on, self.list.refused)

    def _informed(self, client_id: str) -> None:
        kind, self._after_information = self._after_information, None
        if kind is not None:
            self.document_requested.emit(client_id, kind)
        else:
            self.open_client(client_id)

    def _opened(self, client_id: str) -> None:
        kind, self._choosing = self._choosing, None
        if kind is not None:
            self.start_document(client_id, kind)
        else:
            self.open_client(client_id)
