"""SYNCHRONIZACE: the button, how it goes, what waits, and the components of the application."""

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.services.synchronisation import (
    StepProgress,
    Synchronisation,
    SyncOutcome,
    SyncStatus,
)
from smartclient.store.changes import Subject
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page, scrolling
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.sync_steps import SyncSteps
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.plain_table import PlainTable
from smartclient.ui.widgets.text import Role, Text


class SynchronisationPage(Page):
    """Emits the wish to see the conflicts."""

    conflicts_wanted = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {Subject.SYNC, Subject.DOCUMENT, Subject.APPEND, Subject.CONFLICT}
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
        content = QWidget()
        layout = column(content, spacing=4)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(look().px(4 * SPACE))
        self._parts.addWidget(self._state_card(), 3)
        self._parts.addWidget(self._history_card(), 2)
        layout.addLayout(self._parts)
        layout.addWidget(self._components_card(), 1)
        self.body.addWidget(scrolling(content), 1)
        runner.started.connect(self._started)
        runner.progressed.connect(self._progressed)
        runner.finished.connect(self._finished)
        runner.failed.connect(self._failed)

    def refresh(self) -> None:
        """Ask what waits and what is in use."""
        self.ask(self._synchronisation.status, self._show)

    def be_compact(self, compact: bool) -> None:
        """The cards stand below each other."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._parts.setDirection(below if compact else beside)

    # --- building ----------------------------------------------------------------------------

    def _state_card(self) -> Card:
        card = Card(padding=6, spacing=3)
        line = row(spacing=4)
        self._state_icon = IconView("synchronisation", 30, "muted")
        self._headline = Text("", Role.HEADING, wrap=True)
        self._detail = Text("", Role.MUTED, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(look().px(3))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        line.addWidget(self._state_icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.start = Button(_("Start synchronisation"), ButtonKind.PRIMARY)
        self.start.clicked.connect(self._runner.start)
        self.stop = Button(_("Interrupt"), ButtonKind.SECONDARY, pressed=self._interrupt)
        self.stop.hide()
        buttons = row(spacing=2)
        buttons.addWidget(self.start)
        buttons.addWidget(self.stop)
        buttons.addStretch()
        self.steps = SyncSteps()
        self.steps.hide()
        card.content.addLayout(line)
        card.content.addWidget(self.steps)
        card.content.addStretch()
        card.content.addLayout(buttons)
        return card

    def _history_card(self) -> Card:
        card = Card(padding=5, spacing=2)
        card.content.addWidget(Text(_("Last synchronisations"), Role.HEADING_SMALL))
        self._history = QVBoxLayout()
        self._history.setSpacing(look().px(8))
        card.content.addLayout(self._history)
        card.content.addStretch()
        return card

    def _components_card(self) -> Card:
        card = Card(padding=5, spacing=3)
        head = row()
        head.addWidget(Text(_("Components of the application"), Role.HEADING_SMALL))
        head.addStretch()
        self._set = Text("", Role.SMALL)
        head.addWidget(self._set)
        card.content.addLayout(head)
        self.components = PlainTable(
            _("Components of the application"),
            (_("Component"), _("Kind"), _("Version"), _("Date")),
            (40, 28, 14, 18),
        )
        self.components.setMinimumHeight(look().px(200))
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
        self._show_history(status)
        self._show_components(status)
        if status.damage is not None and not self._runner.is_running:
            self.banner.refuse(
                status.damage, step=_("Start synchronisation"), pressed=self._runner.start
            )

    def _show_state(self, status: SyncStatus) -> None:
        if status.waiting:
            told = ngettext(
                "{count} document waits to be sent",
                "{count} documents wait to be sent",
                status.waiting,
            )
            self._headline.setText(told.format(count=status.waiting))
            self._state_icon.show_icon("clock", "attention")
        else:
            self._headline.setText(_("Everything is sent"))
            self._state_icon.show_icon("check", "good")
        self._detail.setText(self._said_besides(status))

    def _said_besides(self, status: SyncStatus) -> str:
        parts = []
        if status.drafts:
            told = ngettext(
                "{count} draft will be backed up on the server.",
                "{count} drafts will be backed up on the server.",
                status.drafts,
            )
            parts.append(told.format(count=status.drafts))
        if status.parked:
            told = ngettext(
                "The server did not take {count} document; open it in Documents.",
                "The server did not take {count} documents; open them in Documents.",
                status.parked,
            )
            parts.append(told.format(count=status.parked))
        at = self._synchronisation.locks_at()
        if status.waiting and at:
            parts.append(_("PČS takes what is on the server at {time}.").format(time=at))
        return " ".join(parts) or _("Forms, rates and states of documents are up to date.")

    def _show_history(self, status: SyncStatus) -> None:
        while (taken := self._history.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not status.history:
            self._history.addWidget(Text(_("None so far."), Role.MUTED))
        for run in status.history:
            line = QWidget()
            layout = row(line, spacing=3)
            icon = ("check", "good") if run.is_good else ("attention", "attention")
            layout.addWidget(IconView(icon[0], 18, icon[1]), 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(Text(run.when))
            words.addWidget(Text(run.moved or run.outcome, Role.SMALL, wrap=True))
            layout.addLayout(words, 1)
            self._history.addWidget(line)

    def _show_components(self, status: SyncStatus) -> None:
        self.components.setVisible(bool(status.components))
        self._no_components.setVisible(not status.components and status.damage is None)
        self._set.setText(_("Set {id}").format(id=status.set_id) if status.set_id else "")
        self.components.show_lines(
            [(each.name, each.kind, each.version, each.date) for each in status.components]
        )

    # --- a run -------------------------------------------------------------------------------

    def _started(self) -> None:
        self.banner.hide()
        self._headline.setText(_("Synchronising…"))
        self._detail.setText(_("You can go on working."))
        self._state_icon.show_icon("synchronisation", "accent")
        self.steps.begin()
        self.steps.show()
        self.start.allow(False, _("A synchronisation is running."))
        self.stop.show()
        self.stop.setEnabled(True)

    def _progressed(self, progress: StepProgress) -> None:
        self.steps.show_progress(progress)

    def _interrupt(self) -> None:
        self.stop.setEnabled(False)
        self._detail.setText(_("Finishing the call that is under way…"))
        self._runner.cancel()

    def _ended(self) -> None:
        self.steps.hide()
        self.stop.hide()
        self.start.allow(True)
        if self._status is not None:
            self._show_state(self._status)
        self.refresh_soon()

    def _finished(self, outcome: SyncOutcome) -> None:
        self._ended()
        surface = Surface.GOOD if outcome.is_good and not outcome.cancelled else Surface.ATTENTION
        self.banner.tell(outcome.headline, "\n".join(outcome.notes), surface)

    def _failed(self, error: SmartClientError) -> None:
        self._ended()
        self.banner.refuse(error, step=_("Try again"), pressed=self._runner.start)
