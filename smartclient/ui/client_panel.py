"""The panel of a client: what is known, the information duty, the documents, a new one."""

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.document_life import Action
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.services.clients import ClientPanel, Clients
from smartclient.services.documents import DocumentItem, DocumentPage, Documents
from smartclient.store.changes import Subject
from smartclient.store.document_rows import DocumentFilter
from smartclient.ui.calm_table import CalmTable
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page, scrolling
from smartclient.ui.paged_table import PAGE, ColumnSpec, PagedTable
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.text import Role, Text


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
    document_opened = Signal(str)
    preview_requested = Signal(str)
    left = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {Subject.CLIENT, Subject.CONSENT, Subject.DOCUMENT}
    )

    def __init__(
        self,
        clients: Clients,
        documents: Documents,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Client"), tasks, parent)
        self._clients, self._documents = clients, documents
        self._panel: ClientPanel | None = None
        self._wanted = DocumentFilter()
        self.table: PagedTable[DocumentItem] = PagedTable(_columns(), lambda item: item.note, self)
        self.view = CalmTable(self.table, _("Documents of the client"), -5)
        self.new_document = Button(
            _("New document"), ButtonKind.PRIMARY, icon_name="plus", pressed=self._start_document
        )
        self.edit = Button(_("Change the client"), ButtonKind.SECONDARY, pressed=self._change)
        back = Button(_("Clients"), ButtonKind.SECONDARY, icon_name="chevron-left")
        back.clicked.connect(self.left)
        for tool in (back, self.edit, self.new_document):
            self.tools.addWidget(tool)
        self._make_body()
        self.table.page_needed.connect(self._fetch, Qt.ConnectionType.QueuedConnection)
        self.view.opened.connect(self._open_document)

    def show_client(self, client_id: ClientId) -> None:
        """Show another client."""
        self._panel = None
        self._wanted = replace(self._wanted, client_id=client_id)
        self.banner.hide()
        self.refresh_soon()

    @property
    def client_id(self) -> ClientId | None:
        """The client that is shown."""
        return self._wanted.client_id

    def refresh(self) -> None:
        """Ask for the client and the documents again."""
        client_id, wanted = self._wanted.client_id, self._wanted
        if client_id is None:
            return

        def gather() -> tuple[ClientPanel, DocumentPage]:
            return self._clients.panel(client_id), self._documents.page(wanted, 0, PAGE)

        self.ask(gather, self._show)

    def be_compact(self, compact: bool) -> None:
        """Data and documents stand below each other."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._parts.setDirection(below if compact else beside)

    # --- building ----------------------------------------------------------------------------

    def _make_body(self) -> None:
        self._duty = Card(Surface.GOOD, padding=4)
        line = row(spacing=3)
        self._duty_icon = IconView("check", 22, "good")
        self._duty_headline = Text("", Role.STRONG, wrap=True)
        self._duty_detail = Text("", Role.BODY, wrap=True)
        self._inform = Button(_("Inform the client"), ButtonKind.SECONDARY, pressed=self._begin)
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(self._duty_headline)
        words.addWidget(self._duty_detail)
        line.addWidget(self._duty_icon)
        line.addLayout(words, 1)
        line.addWidget(self._inform)
        self._duty.content.addLayout(line)
        known = Card(spacing=2)
        known.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        known.content.addWidget(Text(_("Client's data"), Role.HEADING_SMALL))
        self._details = QGridLayout()
        self._details.setHorizontalSpacing(look().px(4 * SPACE))
        self._details.setVerticalSpacing(look().px(2 * SPACE))
        self._details.setColumnStretch(1, 1)
        known.content.addLayout(self._details)
        known.content.addStretch()
        self._parts = QHBoxLayout()
        self._parts.setSpacing(look().px(4 * SPACE))
        self._parts.addWidget(known, 2)
        self._parts.addWidget(self._documents_card(), 3)
        parts = QWidget()
        parts.setLayout(self._parts)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._duty)
        self.body.addWidget(scrolling(parts), 1)

    def _documents_card(self) -> QStackedWidget:
        listed = Card(Surface.CARD, padding=0, spacing=0)
        edge = look().px(1)
        listed.content.setContentsMargins(edge, edge, edge, look().px(8))
        listed.content.addWidget(self.view)
        self._empty = EmptyState(
            "documents",
            _("No documents of this client yet"),
            _("Offers and change requests of this client will stand here."),
        )
        empty_card = Card()
        empty_card.content.addWidget(self._empty)
        self._lists = QStackedWidget()
        self._lists.setMinimumHeight(look().px(220))
        self._lists.addWidget(listed)
        self._lists.addWidget(empty_card)
        return self._lists

    # --- showing -----------------------------------------------------------------------------

    def _show(self, gathered: tuple[ClientPanel, DocumentPage]) -> None:
        panel, page = gathered
        self._panel = panel
        self.head(panel.name, panel.summary)
        self._show_duty(panel)
        self._show_details(panel)
        self.table.start(page.items, page.total)
        self._lists.setCurrentIndex(0 if page.total else 1)
        reason = _("First give the client the information on processing personal data.")
        self.new_document.allow(panel.is_informed, reason)

    def _show_duty(self, panel: ClientPanel) -> None:
        informed = panel.is_informed
        self._duty.set_surface(Surface.GOOD if informed else Surface.ATTENTION)
        self._duty_icon.show_icon(
            "check" if informed else "attention", "good" if informed else "attention"
        )
        if informed:
            self._duty_headline.setText(_("The client was given the information."))
            self._duty_detail.setText(panel.informed_on)
        else:
            self._duty_headline.setText(_("The client was not given the information yet."))
            self._duty_detail.setText(_("Without it no offer can be started."))
        self._inform.setVisible(not informed)
        lead = ButtonKind.PRIMARY if informed else ButtonKind.SECONDARY
        self.new_document.set_kind(lead)
        self._inform.set_kind(ButtonKind.SECONDARY if informed else ButtonKind.PRIMARY)

    def _show_details(self, panel: ClientPanel) -> None:
        while (taken := self._details.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line, detail in enumerate(panel.details):
            label = Text(detail.label, Role.MUTED)
            value = Text(detail.value, wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._details.addWidget(label, line, 0)
            self._details.addWidget(value, line, 1)
            self._details.setRowMinimumHeight(line, label.sizeHint().height())
        if panel.reach:
            missing = ", ".join(panel.reach)
            told = _("For the digital signature is missing: {what}").format(what=missing)
            self._details.addWidget(Text(told, Role.SMALL, wrap=True), len(panel.details), 0, 1, 2)

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

    def _open_document(self, line: int) -> None:
        item = self.table.item(line)
        if item is None:
            return
        if item.may(Action.EDIT):
            self.document_opened.emit(item.id)
        elif item.may(Action.SHOW):
            self.preview_requested.emit(item.id)
        else:
            self.banner.tell(item.headline, _(item.permissions[Action.EDIT].reason))
