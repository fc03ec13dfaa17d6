"""DOKUMENTY: the list, what may be done with the marked document, and its way."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from smartclient.domain.document_life import KIND_NAMES, Action, DocumentKind, ShownState
from smartclient.domain.document_names import ACTION_NAMES, STATE_NAMES
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.services.documents import (
    DocumentItem,
    DocumentPage,
    Documents,
)
from smartclient.store.changes import Subject
from smartclient.store.document_rows import DocumentFilter, DocumentSort
from smartclient.ui.announce import announce
from smartclient.ui.calm_table import CalmTable
from smartclient.ui.dialogs import Ask, ask
from smartclient.ui.document_removals import DocumentRemovals
from smartclient.ui.document_way import DocumentWay
from smartclient.ui.kept_mark import KeptMark
from smartclient.ui.opening_documents import open_document
from smartclient.ui.page import Page
from smartclient.ui.paged_table import PAGE, ColumnSpec, PagedTable
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.action_bar import ActionBar, ActionSpec
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.card import Card, Surface
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.filter_button import FilterButton, Option

_ORDER = (Action.EDIT, Action.SIGN, Action.SHOW, Action.COPY, Action.PREFILL)
_REMOVALS = (Action.CANCEL, Action.DISCARD)
_LEADS = (Action.SIGN, Action.EDIT, Action.SHOW)
_PAUSE_MS = 80
_SEARCH, _SEARCH_LEAST = 230, 76
"""In the smallest window the search gives way, so that the filters are read whole."""
_SORTS = (
    DocumentSort.STATE,
    DocumentSort.CLIENT,
    DocumentSort.FORM,
    DocumentSort.NUMBER,
    DocumentSort.PREMIUM,
    DocumentSort.CHANGED,
)


def _columns() -> tuple[ColumnSpec[DocumentItem], ...]:
    return (
        ColumnSpec(
            _("State"), 0, lambda item: item.state, 62, icon=lambda item: (item.icon, "muted")
        ),
        ColumnSpec(_("Client"), 22, lambda item: item.client, strong=True),
        ColumnSpec(_("Document"), 23, lambda item: item.title),
        ColumnSpec(_("Number"), 17, lambda item: item.number),
        ColumnSpec(_("Premium"), 23, lambda item: item.premium),
        ColumnSpec(_("Changed"), 17, lambda item: item.changed, muted=True),
    )


class DocumentsPage(Page):
    """Emits what the person wants to do; cancelling and discarding are `removals`."""

    document_opened = Signal(str)
    preview_requested = Signal(str)
    signing_requested = Signal(str)
    copy_requested = Signal(str)
    prefill_requested = Signal(str)
    document_wanted = Signal(str)
    """A new document; the name of its kind, empty to be asked for."""

    watches: ClassVar[frozenset[Subject]] = frozenset({Subject.DOCUMENT, Subject.CONFLICT})

    def __init__(
        self,
        documents: Documents,
        tasks: Tasks,
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Documents"), tasks, parent)
        self._documents = documents
        self.removals = DocumentRemovals(self, documents, question, self.mark)
        self._wanted = DocumentFilter()
        self._another_list = True
        self._sought: DocumentId | None = None
        """A document that is to be marked, on whatever page of the list it stands."""
        self._requests = {
            Action.EDIT: self.document_opened,
            Action.SHOW: self.preview_requested,
            Action.SIGN: self.signing_requested,
            Action.COPY: self.copy_requested,
            Action.PREFILL: self.prefill_requested,
        }
        self._synchronised = ""
        self.table: PagedTable[DocumentItem] = PagedTable(_columns(), self._note, self)
        self.view = CalmTable(self.table, _("Documents"), -1 - _SORTS.index(DocumentSort.CHANGED))
        self.way = DocumentWay()
        self.actions_bar = self._make_actions()
        self._make_tools()
        self._make_body()
        self._connect()
        self._kept = KeptMark(self.table, self.view, self._tell_marked)
        self._tell_marked(None)

    # --- what others may ask -----------------------------------------------------------------

    def show_states(self, states: frozenset[ShownState]) -> None:
        """Let only these states through, as a bar of the home page asks."""
        self.search.clear()
        self.kind_filter.choose(frozenset())
        self.state_filter.choose(frozenset(state.value for state in states))

    def mark(self, document_id: DocumentId) -> None:
        """Mark a document and bring it to sight, whatever the filters were."""
        self._kept.identity = self._sought = document_id
        self._wanted, self._another_list = DocumentFilter(), True
        for filtering in (self.state_filter, self.kind_filter):
            filtering.blockSignals(True)
            filtering.choose(frozenset())
            filtering.blockSignals(False)
        self.search.clear()
        self.refresh_soon()

    def tell_synchronised(self, words: str) -> None:
        """When it was last synchronised, for the notes."""
        self._synchronised = words

    def _note(self, item: DocumentItem) -> tuple[str, str]:
        first, second = item.note
        parts = (second, self._synchronised if item.step > 1 else "")
        return first, " · ".join(part for part in parts if part)

    def take_focus(self) -> None:
        """The keyboard begins in the list."""
        self.view.setFocus()

    def refresh(self) -> None:
        """Ask again for the pages in sight, or for that of the document that is sought."""
        wanted, sought = self._wanted, self._sought
        sight = self._kept.sight(another=self._another_list)

        def asked() -> DocumentPage:
            page, first = sight.asked(
                partial(self._documents.page, wanted), partial(self._documents.place, wanted)
            )
            return replace(page, number=first)

        if sought is None:
            self.ask(asked, self._start)
        else:
            self.ask(lambda: self._documents.page_with(sought, wanted, PAGE), self._start)

    def be_compact(self, compact: bool) -> None:
        """Use less room."""
        super().be_compact(compact)
        self.way.be_compact(compact)
        self.begin.setVisible(not compact)
        self.begin_small.setVisible(compact)
        self.search.setMinimumWidth(look().px(_SEARCH_LEAST if compact else _SEARCH))
        self.search.setMaximumWidth(look().px(150 if compact else _SEARCH))

    # --- building ----------------------------------------------------------------------------

    def _make_actions(self) -> ActionBar:
        specs = [ActionSpec(action.value, _(ACTION_NAMES[action])) for action in _ORDER]
        specs += [ActionSpec(action.value, _(ACTION_NAMES[action]), True) for action in _REMOVALS]
        return ActionBar(specs, self.act)

    def _make_tools(self) -> None:
        self.search = QLineEdit()
        self.search.setAccessibleName(_("Search in documents"))
        self.search.setPlaceholderText(_("Search in documents"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(look().px(_SEARCH))
        states = [
            Option(state.value, _(name))
            for state, name in STATE_NAMES.items()
            if state is not ShownState.CONFLICT
        ]
        kinds = [Option(kind.value, _(name)) for kind, name in KIND_NAMES.items()]
        self.state_filter = FilterButton(_("State"), _("all"), states)
        self.kind_filter = FilterButton(_("Kind"), _("all kinds"), kinds)
        words = _("New document")
        self.begin = Button(words, icon_name="plus", pressed=self._begin)
        self.begin_small = Button("", icon_name="plus", name=words, pressed=self._begin)
        self.begin_small.hide()
        begins = (self.begin, self.begin_small)
        self.begins_documents(*begins)
        for tool in (self.search, self.state_filter, self.kind_filter, *begins):
            self.tools.addWidget(tool)

    def _make_body(self) -> None:
        card = Card(Surface.CARD, padding=0, spacing=0)
        edge = look().px(1)
        card.content.setContentsMargins(edge, edge, edge, look().px(8))
        card.content.addWidget(self.view)
        self.empty = EmptyState(
            "documents",
            _("No documents yet"),
            _("Every document you make is kept here with its state."),
            step=_("New document"),
            pressed=self._empty_step,
        )
        empty_card = Card()
        empty_card.content.addWidget(self.empty)
        self._lists = QStackedWidget()
        self._lists.addWidget(card)
        self._lists.addWidget(empty_card)
        self.body.addWidget(self.actions_bar)
        self.body.addWidget(self._lists, 1)
        self.body.addWidget(self.way)

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.state_filter.chosen.connect(self._filter)
        self.kind_filter.chosen.connect(self._filter)
        self.table.page_needed.connect(self._fetch, Qt.ConnectionType.QueuedConnection)
        self.table.sorted_by.connect(self._sort)
        self.view.opened.connect(self._open)
        self.view.menu_wanted.connect(self._open_menu)
        self.view.removal_wanted.connect(self._remove)

    # --- the list ----------------------------------------------------------------------------

    def _filter(self) -> None:
        self._ask_anew(
            replace(
                self._wanted,
                text=self.search.text(),
                states=frozenset(ShownState(key) for key in self.state_filter.keys),
                kinds=frozenset(DocumentKind(key) for key in self.kind_filter.keys),
            )
        )

    def _sort(self, column: int, descending: bool) -> None:
        self._ask_anew(replace(self._wanted, sort=_SORTS[column], descending=descending))

    def _ask_anew(self, wanted: DocumentFilter) -> None:
        if wanted != self._wanted:
            self._wanted, self._another_list = wanted, True
            self.refresh()

    def _start(self, first: DocumentPage) -> None:
        another, self._another_list = self._another_list, False
        self._sought = None
        self._kept.start(first.items, first.total, first.number, another=another)
        self._say_count(first.total)

    def _say_count(self, total: int) -> None:
        filtered = bool(self._wanted.text or self._wanted.states or self._wanted.kinds)
        self._lists.setCurrentIndex(0 if total else 1)
        self.empty.step.hold("" if filtered else self.no_documents)
        if filtered:
            told = ngettext(
                "{count} document fits the filter", "{count} documents fit the filter", total
            )
            self.empty.say(
                _("No document fits"),
                _("Change what you search for, or let everything through again."),
                _("Show all documents"),
            )
        else:
            told = ngettext(
                "{count} document in the last 6 months",
                "{count} documents in the last 6 months",
                total,
            )
            self.empty.say(
                _("No documents yet"),
                _("Every document you make is kept here with its state."),
                _("New document"),
            )
        words = told.format(count=total)
        self.head(_("Documents"), words)
        if filtered:
            announce(self.view, words)

    def _fetch(self, number: int) -> None:
        wanted = self._wanted

        def put(page: DocumentPage) -> None:
            if wanted == self._wanted:
                self.table.put(number, page.items)

        self.tasks.run(lambda: self._documents.page(wanted, number * PAGE, PAGE), put, self.refused)

    # --- the marked document -----------------------------------------------------------------

    @property
    def marked(self) -> DocumentItem | None:
        """The document that is marked."""
        return self._kept.item

    def _tell_marked(self, item: DocumentItem | None) -> None:
        self.way.show_document(item)
        lead = next((a.value for a in _LEADS if item is not None and item.may(a)), "")
        for action in (*_ORDER, *_REMOVALS):
            if item is None:
                self.actions_bar.allow(action.value, False, _("Mark a document first."))
            else:
                given = item.permissions[action]
                self.actions_bar.allow(action.value, given.allowed, _(given.reason))
        self.actions_bar.lead_with(lead)

    def _open(self, row: int) -> None:
        item = self.table.item(row)
        if item is not None:
            edit, show = self.document_opened.emit, self.preview_requested.emit
            open_document(item, edit, show, self.banner)

    def act(self, key: str) -> None:
        """Do what was pressed with the marked document."""
        item, action = self.marked, Action(key)
        if item is None or not item.may(action):
            return
        if action in self._requests:
            self._requests[action].emit(item.id)
        elif action is Action.CANCEL:
            self.removals.cancel(item)
        else:
            self.removals.discard(item)

    def _remove(self) -> None:
        item = self.marked
        if item is not None:
            able = [action for action in _REMOVALS if item.may(action)]
            if able:
                self.act(able[0].value)

    def _open_menu(self, place: QPoint) -> None:
        if self.marked is not None:
            self.actions_bar.menu().popup(place)

    def _empty_step(self) -> None:
        if self._wanted.text or self._wanted.states or self._wanted.kinds:
            self.show_states(frozenset())
        else:
            self._begin()

    def _begin(self) -> None:
        self.document_wanted.emit("")

    def refused(self, error: SmartClientError) -> None:
        """Say what was refused, and show the list as it is now."""
        super().refused(error)
        if error.code.startswith("SC-PROG"):
            self.refresh_soon()
