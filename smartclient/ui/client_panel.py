"""The panel of a client: what is known, the information duty, documents, files, history, acts."""

from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.services.clients import (
    Attachment,
    ClientMatters,
    ClientPanel,
    Clients,
    ContactLine,
    FieldOffer,
    Whereabouts,
)
from smartclient.services.documents import DocumentItem, DocumentPage, Documents
from smartclient.store.changes import Subject
from smartclient.store.document_rows import DocumentFilter
from smartclient.ui.calm_table import CalmTable
from smartclient.ui.client_acts import ClientActs
from smartclient.ui.client_attachments import AttachmentsCard
from smartclient.ui.client_details import ClientDetailsCard
from smartclient.ui.client_duty import DutyCard
from smartclient.ui.client_history import HistoryCard
from smartclient.ui.client_standing import ClientStandingCard
from smartclient.ui.opening_documents import open_document
from smartclient.ui.page import Page, scrolling
from smartclient.ui.paged_table import PAGE, ColumnSpec, PagedTable
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.empty_state import EmptyState


@dataclass(frozen=True, slots=True)
class _Seen:
    """One state of the database, as the panel shows it."""

    panel: ClientPanel
    standing: Whereabouts
    wanted: DocumentFilter
    documents: DocumentPage
    files: tuple[Attachment, ...]
    history: tuple[ContactLine, ...]
    offers: tuple[FieldOffer, ...]


def _columns() -> tuple[ColumnSpec[DocumentItem], ...]:
    return (
        ColumnSpec(
            _("State"),
            0,
            lambda item: item.state,
            62,
            icon=lambda item: (item.icon, "muted"),
            sortable=False,
        ),
        ColumnSpec(_("Document"), 30, lambda item: item.title, strong=True, sortable=False),
        ColumnSpec(_("Number"), 20, lambda item: item.number, sortable=False),
        ColumnSpec(_("Premium"), 24, lambda item: item.premium, sortable=False),
        ColumnSpec(_("Changed"), 18, lambda item: item.changed, muted=True),
    )


class ClientPanelPage(Page):
    """Emits what the person wants to do with the client or a document of it."""

    document_wanted = Signal(str)
    """A new document for the client."""
    information_wanted = Signal(str, str)
    """The client's id and name."""
    change_wanted = Signal(str)
    client_wanted = Signal(str)
    """Another client's panel."""
    document_opened = Signal(str)
    preview_requested = Signal(str)
    left = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {Subject.CLIENT, Subject.CONSENT, Subject.DOCUMENT, Subject.APPEND, Subject.SYNC}
    )

    def __init__(
        self,
        clients: Clients,
        matters: ClientMatters,
        documents: Documents,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Client"), tasks, parent)
        self._clients, self._matters, self._documents = clients, matters, documents
        self._panel: ClientPanel | None = None
        self._wanted = DocumentFilter()
        self.acts = ClientActs(self, clients, matters)
        self.table: PagedTable[DocumentItem] = PagedTable(_columns(), lambda item: item.note, self)
        self.view = CalmTable(self.table, _("Documents of the client"), -5)
        self._make_tools()
        self._make_body()
        self._connect()

    def show_client(self, client_id: ClientId) -> None:
        """Show another client."""
        if client_id != self.client_id:
            self.tabs.button(0).click()
        self._panel = None
        self._wanted = replace(self._wanted, client_id=client_id)
        self.banner.hide()
        self.refresh_soon()

    @property
    def client_id(self) -> ClientId | None:
        """The client that is shown."""
        return self._wanted.client_id

    def refresh(self) -> None:
        """Ask for everything of the client again."""
        client_id, wanted = self._wanted.client_id, self._wanted
        if client_id is None:
            return

        def gather() -> _Seen | None:
            standing = self._matters.whereabouts(client_id)
            if not standing.is_here:
                return None
            of_all = replace(wanted, parts=frozenset(part.id for part in standing.parts))
            return _Seen(
                self._clients.panel(client_id),
                standing,
                of_all,
                self._documents.page(of_all, 0, PAGE),
                self._matters.attachments(client_id),
                self._matters.history(client_id),
                self._matters.offers(client_id),
            )

        self.ask(gather, self._show)

    def be_compact(self, compact: bool) -> None:
        """Data and documents stand below each other."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._parts.setDirection(below if compact else beside)

    # --- building ----------------------------------------------------------------------------

    def _make_tools(self) -> None:
        self.new_document = Button(
            _("New document"), ButtonKind.PRIMARY, icon_name="plus", pressed=self._start_document
        )
        self.edit = Button(_("Change the client"), ButtonKind.SECONDARY, pressed=self._change)
        self.more = Button(_("More"), ButtonKind.SECONDARY, icon_name="more")
        self.more.clicked.connect(self._open_more)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self._unlisted = self.menu.addAction(_("Hide the client…"), self._hide_or_show)
        self._merging = self.menu.addAction(_("Merge with another client…"), self._merge)
        self.menu.addSeparator()
        self._erasing = self.menu.addAction(_("Ask for the erasure…"), self._erase)
        back = Button(_("Clients"), ButtonKind.SECONDARY, icon_name="chevron-left")
        back.clicked.connect(self.left)
        self.begins_documents(self.new_document)
        self.makes_changes(self.edit)
        for tool in (back, self.more, self.edit, self.new_document):
            self.tools.addWidget(tool)

    def _make_body(self) -> None:
        self.standing = ClientStandingCard()
        self.duty = DutyCard()
        self.details = ClientDetailsCard()
        self.files = AttachmentsCard()
        self.history = HistoryCard()
        self._hidden_now = False
        self.makes_changes(self.duty.inform, self.files.add)
        matters = QVBoxLayout()
        matters.setSpacing(look().px(2 * SPACE))
        matters.addLayout(self._tabs_line())
        self._tabs = QStackedWidget()
        self._tabs.setMinimumHeight(look().px(260))
        for tab in (self._documents_card(), self.files, self.history):
            self._tabs.addWidget(tab)
        matters.addWidget(self._tabs, 1)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(look().px(4 * SPACE))
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.addWidget(self.details, 2)
        self._parts.addLayout(matters, 3)
        content = QWidget()
        whole = column(content, spacing=4)
        whole.addWidget(self.standing)
        whole.addWidget(self.duty)
        whole.addLayout(self._parts, 1)
        self.body.addWidget(scrolling(content), 1)

    def _tabs_line(self) -> QHBoxLayout:
        line = row(spacing=2)
        self.tabs = QButtonGroup(self)
        for place, words in enumerate((_("Documents"), _("Files"), _("History of contact"))):
            button = Button(words, ButtonKind.SMALL)
            button.setCheckable(True)
            button.setChecked(place == 0)
            self.tabs.addButton(button, place)
            line.addWidget(button)
        line.addStretch()
        self.tabs.idClicked.connect(lambda place: self._tabs.setCurrentIndex(place))
        return line

    def _documents_card(self) -> QStackedWidget:
        listed = Card(Surface.CARD, padding=0, spacing=0)
        edge = look().px(1)
        listed.content.setContentsMargins(edge, edge, edge, look().px(8))
        listed.content.addWidget(self.view)
        empty_card = Card()
        empty_card.content.addWidget(
            EmptyState(
                "documents",
                _("No documents of this client yet"),
                _("Offers and change requests of this client will stand here."),
            )
        )
        self._lists = QStackedWidget()
        self._lists.addWidget(listed)
        self._lists.addWidget(empty_card)
        return self._lists

    def _connect(self) -> None:
        self.table.page_needed.connect(self._fetch, Qt.ConnectionType.QueuedConnection)
        self.view.opened.connect(self._open_document)
        self.duty.inform_wanted.connect(self._begin)
        self.details.chosen.connect(self._choose)
        self.files.wanted.connect(self._attach)
        self.files.opened.connect(self.acts.open_file)
        self.standing.unhide_wanted.connect(self._hide_or_show)
        self.standing.client_wanted.connect(self.client_wanted)
        self.standing.undo_wanted.connect(self.acts.undo_merge)
        self.standing.left.connect(self.left)
        self.acts.survived.connect(self.client_wanted)

    # --- showing -----------------------------------------------------------------------------

    def _show(self, seen: _Seen | None) -> None:
        if seen is None:
            self._show_gone()
            return
        panel, standing = seen.panel, seen.standing
        for part in (self.details, self._tabs, *self.tabs.buttons()):
            part.show()
        self._panel, self._hidden_now = panel, standing.is_hidden
        self._wanted = seen.wanted
        self.head(panel.name, panel.summary)
        self.standing.show_standing(panel.id, standing, self.no_changes)
        self.duty.show_duty(panel.informed_on)
        self.details.show_client(panel, seen.offers, self.no_changes)
        self.files.show_files(seen.files)
        self.history.show_lines(seen.history)
        self.table.start(seen.documents.items, seen.documents.total)
        self._lists.setCurrentIndex(0 if seen.documents.total else 1)
        self._name_tabs(seen.documents.total, len(seen.files))
        self._allow(panel, standing)

    def _name_tabs(self, documents: int, files: int) -> None:
        for place, words, count in (
            (0, _("Documents"), documents),
            (1, _("Files"), files),
        ):
            button = self.tabs.button(place)
            if isinstance(button, Button):
                button.rename(f"{words} ({count})" if count else words)

    def _allow(self, panel: ClientPanel, standing: Whereabouts) -> None:
        whole = standing.survivor is None
        merged = _("This client became part of another one.")
        reason = _("First give the client the information on processing personal data.")
        self.new_document.allow(panel.is_informed and whole, reason if whole else merged)
        lead = ButtonKind.PRIMARY if panel.is_informed else ButtonKind.SECONDARY
        self.new_document.set_kind(lead)
        self.edit.allow(whole, merged)
        self.files.allow_adding(whole, merged)
        self.duty.setVisible(whole)
        self.more.allow(True)
        self._unlisted.setText(
            _("Show the client again") if standing.is_hidden else _("Hide the client…")
        )
        for action in (self._unlisted, self._merging):
            _allow(action, self.no_changes or ("" if whole else merged))
        asked = _("The insurer has already been asked.") if standing.erasure_requested else ""
        _allow(self._erasing, self.no_changes or asked)

    def _show_gone(self) -> None:
        """Erased or out of reach while it was open: nothing of it stays on the screen."""
        self._panel = None
        gone = _("This client is not here any more.")
        self.head(_("Client"))
        self.standing.show_gone()
        for part in (self.duty, self.details, self._tabs):
            part.hide()
        for tool in (self.new_document, self.edit, self.more):
            tool.allow(False, gone)
        for button in self.tabs.buttons():
            button.hide()

    def _fetch(self, number: int) -> None:
        wanted = self._wanted

        def put(page: DocumentPage) -> None:
            if wanted == self._wanted:
                self.table.put(number, page.items)

        self.tasks.run(lambda: self._documents.page(wanted, number * PAGE, PAGE), put, self.refused)

    # --- what is pressed ---------------------------------------------------------------------

    def _start_document(self) -> None:
        if self._panel is not None and self._panel.is_informed:
            self.document_wanted.emit(self._panel.id)

    def _begin(self) -> None:
        if self._panel is not None:
            self.information_wanted.emit(self._panel.id, self._panel.name)

    def _change(self) -> None:
        if self._panel is not None:
            self.change_wanted.emit(self._panel.id)

    def _open_more(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _hide_or_show(self) -> None:
        if self._panel is None:
            return
        if self._hidden_now:
            self.acts.unhide(self._panel.id)
        else:
            self.acts.hide(self._panel)

    def _merge(self) -> None:
        if self._panel is not None:
            self.acts.merge(self._panel)

    def _erase(self) -> None:
        if self._panel is not None:
            self.acts.erase(self._panel)

    def _attach(self) -> None:
        if self._panel is not None:
            self.acts.attach(self._panel.id)

    def _choose(self, path: str, take_other: bool) -> None:
        if self._panel is not None:
            self.acts.choose(self._panel.id, path, take_other)

    def _open_document(self, line: int) -> None:
        item = self.table.item(line)
        if item is not None:
            edit, show = self.document_opened.emit, self.preview_requested.emit
            open_document(item, edit, show, self.banner)


def _allow(action: QAction, refusal: str) -> None:
    action.setEnabled(not refusal)
    action.setToolTip(refusal)
