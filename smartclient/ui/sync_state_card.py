"""How this computer stands towards the server: what waits, how a run goes, the one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.services.synchronisation import Staleness
from smartclient.services.synchronisation.staleness import stale_words
from smartclient.services.synchronisation.standing import SyncStatus
from smartclient.ui.icons import IconView
from smartclient.ui.sync_steps import SyncSteps
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, clear, row
from smartclient.ui.widgets.text import Role, Text

_LOUDER = {Staleness.DAYS: Role.BODY, Staleness.WEEK: Role.STRONG}


class SyncStateCard(Card):
    """Emits that the person wants to begin or to interrupt."""

    start_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=6, spacing=3, parent=parent)
        line = row(spacing=4)
        self._icon = IconView("synchronisation", 30, "muted")
        self._headline = Text("", Role.HEADING, wrap=True)
        self._detail = Text("", Role.MUTED, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(look().px(3))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self._waiting = QVBoxLayout()
        self._waiting.setSpacing(look().px(6))
        self._waiting.setContentsMargins(look().px(46), 0, 0, 0)
        self.steps = SyncSteps()
        self.steps.hide()
        self.start = Button(_("Start synchronisation"), ButtonKind.PRIMARY)
        self.start.clicked.connect(self.start_wanted)
        self.stop = Button(_("Interrupt"), ButtonKind.SECONDARY, pressed=self._interrupt)
        self.stop.hide()
        buttons = row(spacing=2)
        buttons.addWidget(self.start)
        buttons.addWidget(self.stop)
        buttons.addStretch()
        self.content.addLayout(line)
        self.content.addLayout(self._waiting)
        self.content.addWidget(self.steps)
        self.content.addStretch()
        self.content.addLayout(buttons)

    @property
    def headline(self) -> str:
        """What it says first."""
        return self._headline.text()

    @property
    def detail(self) -> str:
        """What it says below."""
        return self._detail.text()

    def show_status(self, status: SyncStatus, locks_at: str, *, revoked: bool = False) -> None:
        """Show what waits, and until when PČS takes it; nothing of it once it was revoked."""
        if status.waiting:
            told = ngettext(
                "{count} document waits to be sent",
                "{count} documents wait to be sent",
                status.waiting,
            )
            self._headline.setText(told.format(count=status.waiting))
            self._icon.show_icon("clock", "attention")
        elif status.lines:
            self._headline.setText(_("Everything that PČS waits for is sent"))
            self._icon.show_icon("check", "good")
        else:
            self._headline.setText(_("Everything is sent"))
            self._icon.show_icon("check", "good")
        if status.staleness is not Staleness.FRESH:
            self._icon.show_icon("attention", "attention")
        told = _said_once_revoked() if revoked else _said_besides(status, locks_at)
        self._detail.setText(told)
        self._detail.set_role(_LOUDER.get(status.staleness, Role.MUTED))
        self._show_lines(status)

    def show_running(self) -> None:
        """A synchronisation begins."""
        self._headline.setText(_("Synchronising…"))
        self._detail.setText(_("You can go on working."))
        self._detail.set_role(Role.MUTED)
        self._icon.show_icon("synchronisation", "accent")
        self._clear_lines()
        self.steps.begin()
        self.steps.show()
        self.start.allow(False, _("A synchronisation is running."))
        self.stop.show()
        self.stop.setEnabled(True)

    def show_ended(self) -> None:
        """It has ended; whoever knows shows how this computer stands now."""
        self.steps.hide()
        self.stop.hide()
        self.start.allow(True)

    def _interrupt(self) -> None:
        self.stop.setEnabled(False)
        self._detail.setText(_("Finishing the call that is under way…"))
        self.stop_wanted.emit()

    def _show_lines(self, status: SyncStatus) -> None:
        self._clear_lines()
        for each in status.lines:
            line = QWidget()
            layout = row(line, spacing=2)
            layout.addWidget(IconView(each.icon, 18, "muted"))
            layout.addWidget(Text(each.words, Role.STRONG if each.counts else Role.BODY), 1)
            line.setAccessibleName(each.words)
            self._waiting.addWidget(line)

    def _clear_lines(self) -> None:
        clear(self._waiting)


def _said_once_revoked() -> str:
    return _("Nothing is sent any more. Everything is safe on this computer and can be handed in.")


def _said_besides(status: SyncStatus, locks_at: str) -> str:
    parts = []
    if status.staleness is not Staleness.FRESH:
        parts.append(stale_words(status.staleness, status.days))
    urgent = status.staleness >= Staleness.DAYS  # the hour of the lock is of no help then
    if status.waiting and locks_at and not urgent:
        parts.append(_("PČS takes what is on the server at {time}.").format(time=locks_at))
    elif status.lines:
        parts.append(_("What is listed here is sent by itself; it is safe on this computer."))
    return " ".join(parts) or _("Forms, rates and states of documents are up to date.")
