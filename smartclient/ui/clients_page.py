"""Klienti: the list of clients, and the drafts that wait to be finished."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.services.clients import ClientItem, ClientPage, Clients, DraftItem
from smartclient.store.changes import Subject
from smartclient.store.client_rows import ClientFilter, ClientSort
from smartclient.ui.announce import announce
from smartclient.ui.calm_table import CalmTable
from smartclient.ui.kept_mark import KeptMark
from smartclient.ui.page import Page
from smartclient.ui.paged_table import PAGE, ColumnSpec, PagedTable
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.tick import Tick

_PAUSE_MS = 80


def _columns() -> tuple[ColumnSpec[ClientItem], ...]:
    def informed(item: ClientItem) -> tuple[str, str]:
        return ("check", "good") if item.informed else ("attention", "attention")

    def told(item: ClientItem) -> str:
        return _("information given") if item.informed else _("information not given yet")

    return (
        ColumnSpec(_("Client"), 27, lambda item: item.name, strong=True),
        ColumnSpec(_("Birth number"), 18, lambda item: item.national_id, sortable=False),
        ColumnSpec(_("Town"), 18, lambda item: item.city, sortable=False),
        ColumnSpec(_("Phone"), 22, lambda item: item.phone, sortable=False),
        ColumnSpec(_("Informed"), 0, told, 100, icon=informed, sortable=False),
        ColumnSpec(_("Changed"), 15, lambda item: item.changed, muted=True, optional=True),
    )


def _note(item: ClientItem) -> tuple[str, str]:
    if item.informed:
        return "", ""
    return (
        _("The client has not been given the information on processing personal data."),
        _("Without it no offer can be started."),
    )


class ClientsPage(Page):
    """Emits the client that was opened, and the wish to add one or to go on with a draft."""

    client_opened = Signal(str)
    client_wanted = Signal()
    draft_opened = Signal(str)

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {Subject.CLIENT, Subject.CLIENT_DRAFT, Subject.CONSENT}
    )

    def __init__(self, clients: Clients, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(_("Clients"), tasks, parent)
        self._clients = clients
        self._wanted = ClientFilter()
        self.table: PagedTable[ClientItem] = PagedTable(_columns(), _note, self)
        self.view = CalmTable(self.table, _("Clients"), 0)
        self._kept = KeptMark(self.table, self.view)
        self._another_list = True
        self.search = QLineEdit()
        self.search.setAccessibleName(_("Search in clients"))
        self.search.setPlaceholderText(_("Search in clients"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(look().px(230))
        self.uninformed = Tick(_("Only without information"))
        self.hidden = Tick(_("Hidden clients"))
        self.add = Button(_("Add a client"), ButtonKind.PRIMARY, icon_name="plus")
        for tool in (self.hidden, self.uninformed, self.search, self.add):
            self.tools.addWidget(tool)
        self.makes_changes(self.add)
        self.draft_banner = Banner()
        self._draft_id = ""
        self._make_body()
        self._connect()

    def ask_for_client(self) -> None:
        """Say that a client is to be chosen for a new document."""
        self.banner.tell(
            _("Choose the client for the new document"),
            _("Open a client from the list, or add a new one."),
            Surface.ACCENT,
        )
        self.search.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """The wish for a client ends with the page."""
        super().hideEvent(event)
        self.banner.hide()

    def take_focus(self) -> None:
        """The keyboard begins in the list."""
        self.view.setFocus()

    def refresh(self) -> None:
        """Ask again for the pages in sight, and for drafts."""
        wanted = self._wanted
        sight = self._kept.sight(another=self._another_list)
        ask, place = partial(self._clients.page, wanted), partial(self._clients.place, wanted)
        self.ask(lambda: sight.asked(ask, place), lambda asked: self._start(*asked))
        self.tasks.run(self._clients.drafts, self._offer_drafts, self.refused)

    def be_compact(self, compact: bool) -> None:
        """Use less room."""
        super().be_compact(compact)
        self.search.setFixedWidth(look().px(150 if compact else 230))
        self.uninformed.setHidden(compact)
        self.view.be_compact(compact)

    def _make_body(self) -> None:
        card = Card(Surface.CARD, padding=0, spacing=0)
        edge = look().px(1)
        card.content.setContentsMargins(edge, edge, edge, look().px(8))
        card.content.addWidget(self.view)
        self.empty = EmptyState("clients", "", step="x", pressed=self._empty_step)
        empty_card = Card()
        empty_card.content.addWidget(self.empty)
        self._lists = QStackedWidget()
        self._lists.addWidget(card)
        self._lists.addWidget(empty_card)
        self.body.addWidget(self.draft_banner)
        self.body.addWidget(self._lists, 1)

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.uninformed.toggled.connect(lambda _on: self._filter())
        self.hidden.toggled.connect(lambda _on: self._filter())
        self.add.clicked.connect(self.client_wanted)
        self.table.page_needed.connect(self._fetch, Qt.ConnectionType.QueuedConnection)
        self.table.sorted_by.connect(self._sort)
        self.view.opened.connect(self._open)

    def _filter(self) -> None:
        wanted = replace(
            self._wanted,
            text=self.search.text(),
            uninformed=self.uninformed.isChecked(),
            hidden=self.hidden.isChecked(),
        )
        self._ask_anew(wanted)

    def _sort(self, column: int, descending: bool) -> None:
        sort = ClientSort.NAME if column == 0 else ClientSort.CHANGED
        self._ask_anew(replace(self._wanted, sort=sort, descending=descending))

    def _ask_anew(self, wanted: ClientFilter) -> None:
        if wanted != self._wanted:
            self._wanted, self._another_list = wanted, True
            self.view.scrollToTop()
            self.refresh()

    def _start(self, first: ClientPage, number: int) -> None:
        another, self._another_list = self._another_list, False
        self._kept.start(first.items, first.total, number, another=another)
        filtered = self._is_filtered
        self.empty.step.hold("" if filtered else self.no_changes)
        self._lists.setCurrentIndex(0 if first.total else 1)
        if self._wanted.hidden:
            told = ngettext("{count} hidden client", "{count} hidden clients", first.total)
        else:
            told = ngettext("{count} client", "{count} clients", first.total)
        words = told.format(count=first.total)
        self.head(_("Clients"), words)
        if filtered:
            announce(self.view, words)
            self.empty.say(
                _("No client fits"),
                _("Change what you search for, or let everything through again."),
                _("Show all clients"),
            )
        else:
            self.empty.say(
                _("No clients yet"),
                _("Add the first client. Then you can start an offer."),
                _("Add a client"),
            )

    @property
    def _is_filtered(self) -> bool:
        wanted = self._wanted
        return bool(wanted.text or wanted.uninformed or wanted.hidden)

    def _fetch(self, number: int) -> None:
        wanted = self._wanted

        def put(page: ClientPage) -> None:
            if wanted == self._wanted:
                self.table.put(number, page.items)

        self.tasks.run(lambda: self._clients.page(wanted, number * PAGE, PAGE), put, self.refused)

    def _offer_drafts(self, drafts: tuple[DraftItem, ...]) -> None:
        if not drafts:
            self.draft_banner.hide()
            return
        newest = drafts[0]
        self._draft_id = newest.id
        name = newest.name or _("without a name so far")
        self.draft_banner.tell(
            _("A client is not saved yet: {name}").format(name=name),
            _("What you typed is kept ({when}).").format(when=newest.changed),
            Surface.ACCENT,
            step=_("Continue"),
            pressed=lambda: self.draft_opened.emit(self._draft_id),
        )

    def _open(self, row: int) -> None:
        item = self.table.item(row)
        if item is not None:
            self.client_opened.emit(item.id)

    def _empty_step(self) -> None:
        if self._is_filtered:
            self.search.clear()
            self.hidden.setChecked(False)
            self.uninformed.setChecked(False)
        else:
            self.client_wanted.emit()
