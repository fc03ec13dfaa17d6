"""SYNCHRONIZACE: the button, how it goes, what waits, what was refused, and the components."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.domain.language import _
from smartclient.services.synchronisation import (
    Remedy,
    StepProgress,
    Synchronisation,
    SyncOutcome,
    remedy_for,
)
from smartclient.services.synchronisation.history import RunItem
from smartclient.services.synchronisation.standing import ParkedItem, SyncStatus
from smartclient.store.changes import Subject
from smartclient.ui.focus_order import follow
from smartclient.ui.offline_card import OfflineCard
from smartclient.ui.page import Page, scrolling
from smartclient.ui.remedy_names import REMEDY_NAMES
from smartclient.ui.sync_history import SyncHistoryCard, SyncHistoryDialog
from smartclient.ui.sync_parked import ParkedCard
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.sync_state_card import SyncStateCard
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.plain_table import PlainTable
from smartclient.ui.widgets.text import FlowingText, Role, Text

_HEAD, _LINE = 38, 42


class SynchronisationPage(Page):
    """Emits where the step of a message leads, when it leads elsewhere."""

    remedy_wanted = Signal(str)
    """The value of a `Remedy` that this page cannot do itself."""
    document_opened = Signal(str)
    client_opened = Signal(str)

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {
            Subject.SYNC,
            Subject.DOCUMENT,
            Subject.APPEND,
            Subject.CONFLICT,
            Subject.CLIENT,
            Subject.CONSENT,
        }
    )

    def __init__(
        self,
        synchronisation: Synchronisation,
        runner: SyncRunner,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Synchronisation"), tasks, parent)
        self._synchronisation, self._runner = synchronisation, runner
        self._status: SyncStatus | None = None
        self.all_runs: SyncHistoryDialog | None = None
        self.state = SyncStateCard()
        self.history = SyncHistoryCard()
        self.parked = ParkedCard()
        self.offline = OfflineCard()
        content = QWidget()
        layout = column(content, spacing=4)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(look().px(4 * SPACE))
        self._parts.addWidget(self.state, 3)
        self._parts.addWidget(self.history, 2)
        layout.addWidget(self.parked)
        layout.addLayout(self._parts)
        layout.addWidget(self.offline)
        layout.addWidget(self._components_card(), 1)
        self.body.addWidget(scrolling(content), 1)
        self._connect()

    def refresh(self) -> None:
        """Ask what waits and what is in use."""
        self.ask(self._synchronisation.status, self._show)

    def be_compact(self, compact: bool) -> None:
        """The cards stand below each other."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._parts.setDirection(below if compact else beside)
        self.offline.be_compact(compact)

    # --- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        runner = self._runner
        runner.started.connect(self._started)
        runner.progressed.connect(self._progressed)
        runner.finished.connect(self._finished)
        runner.failed.connect(self._failed)
        self.state.start_wanted.connect(runner.start)
        self.state.stop_wanted.connect(runner.cancel)
        self.history.all_wanted.connect(self._show_all_runs)
        self.parked.again_wanted.connect(self._offer_again)
        self.parked.drop_wanted.connect(self._give_up)
        self.parked.remedy_wanted.connect(self._help_parked)

    def _components_card(self) -> Card:
        card = Card(padding=5, spacing=3)
        head = row()
        head.addWidget(Text(_("Components of the application"), Role.HEADING_SMALL))
        head.addStretch()
        self._set = Text("", Role.SMALL)
        head.addWidget(self._set)
        self._brought = FlowingText("", Role.MUTED)
        self._brought.hide()
        card.content.addLayout(head)
        card.content.addWidget(self._brought)
        self.components = PlainTable(
            _("Components of the application"),
            (_("Component"), _("Kind"), _("Version"), _("Date"), _("In force from")),
            (36, 24, 12, 14, 14),
        )
        self._no_components = EmptyState(
            "download",
            _("No components yet"),
            _("The first synchronisation brings forms, rates and texts."),
        )
        card.content.addWidget(self.components, 1)
        card.content.addWidget(self._no_components, 1)
        return card

    # --- showing -----------------------------------------------------------------------------

    def _show(self, status: SyncStatus) -> None:
        self._status = status
        last = (
            _("Last successful synchronisation: {when}").format(when=status.last_success)
            if status.last_success
            else _("Not synchronised yet")
        )
        self.head(_("Synchronisation"), last)
        if not self._runner.is_running:
            self._show_state(status)
        self.offline.setVisible(self._synchronisation.is_online is False)
        self.parked.show_items(
            status.parked, no_documents=self.no_documents, no_changes=self.no_changes
        )
        if self.parked.steps:
            first, *others = self.parked.steps
            follow(first, [*others, self.state.start, self.state.stop, self.history.all])
        self.history.show_runs(status.history)
        self._show_components(status)
        if status.damage is not None and not self._runner.is_running:
            self.banner.refuse(
                status.damage, step=_("Start synchronisation"), pressed=self._runner.start
            )

    def _show_state(self, status: SyncStatus) -> None:
        told = self._synchronisation
        self.state.show_status(status, told.locks_at(), revoked=told.is_revoked)

    def _show_components(self, status: SyncStatus) -> None:
        self.components.setVisible(bool(status.components))
        self._no_components.setVisible(not status.components and status.damage is None)
        self._set.setText(_("Set {id}").format(id=status.set_id) if status.set_id else "")
        self._brought.setText(status.brought)
        self._brought.setVisible(bool(status.brought))
        self.components.show_lines(
            [
                (each.name, each.kind, each.version, each.date, each.valid_from)
                for each in status.components
            ]
        )
        lines = max(3, len(status.components))  # the page scrolls, not the table within it
        self.components.setMinimumHeight(look().px(_HEAD + lines * _LINE))

    def _show_all_runs(self) -> None:
        self.tasks.run(self._synchronisation.past_runs, self._open_all_runs, self.refused)

    def _open_all_runs(self, runs: tuple[RunItem, ...]) -> None:
        self.all_runs = SyncHistoryDialog(runs, self.window())
        self.all_runs.open()

    # --- what helps --------------------------------------------------------------------------

    def _help(self, remedy: Remedy) -> None:
        if remedy is Remedy.RETRY:
            self._runner.start()
        else:
            self.remedy_wanted.emit(remedy.value)

    def _help_parked(self, remedy: Remedy, item: ParkedItem) -> None:
        if remedy is Remedy.OPEN and item.document_id is not None:
            self.document_opened.emit(item.document_id)
        elif remedy is Remedy.OPEN and item.client_id:
            self.client_opened.emit(item.client_id)
        else:
            self._help(remedy)

    def _offer_again(self, identity: str) -> None:
        def begin(_none: None) -> None:
            self._runner.start()

        self.do(lambda: self._synchronisation.offer_again(identity), begin)

    def _give_up(self, identity: str) -> None:
        self.do(lambda: self._synchronisation.give_up(identity), lambda _none: self.refresh_soon())

    # --- a run -------------------------------------------------------------------------------

    def _started(self) -> None:
        self.banner.hide()
        self.state.show_running()

    def _progressed(self, progress: StepProgress) -> None:
        self.state.steps.show_progress(progress)

    def _ended(self) -> None:
        self.state.show_ended()
        if self._status is not None:
            self._show_state(self._status)
        self.refresh_soon()

    def _finished(self, outcome: SyncOutcome) -> None:
        self._ended()
        surface = Surface.GOOD if outcome.is_good and not outcome.cancelled else Surface.ATTENTION
        several = len(outcome.notes) > 1
        words = "\n".join(f"•  {note}" if several else note for note in outcome.notes)
        remedy = outcome.remedy
        if remedy is None:
            self.banner.tell(outcome.headline, words, surface)
            return
        self.banner.tell(
            outcome.headline,
            words,
            surface,
            step=_(REMEDY_NAMES[remedy]),
            pressed=lambda: self._help(remedy),
        )

    def _failed(self, error: SmartClientError) -> None:
        self._ended()
        remedy = remedy_for(error)
        offline = self._synchronisation.is_online is False  # which is no alarm
        self.banner.refuse(
            error,
            Surface.CARD if offline and isinstance(error, Unreachable) else Surface.BAD,
            step=_(REMEDY_NAMES[remedy]),
            pressed=lambda: self._help(remedy),
        )
