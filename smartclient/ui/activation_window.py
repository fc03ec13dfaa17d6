"""The window before the first work: activation, the adviser's data, the first synchronisation."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.domain.language import _
from smartclient.services.activation import Account, AccountActivation
from smartclient.services.synchronisation import StepProgress, SyncOutcome
from smartclient.ui.activation_steps import FirstSynchronisation, UserStep, WayStep
from smartclient.ui.help_contacts import ADVISER_LINE, HELP_DESK
from smartclient.ui.page import scrolling
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import Role, Text
from smartclient.wire.admission import AdviserUser


class ActivationWindow(QWidget):
    """Emits `completed` when everything is ready to work; `abandoned` when a change is given up."""

    activated = Signal()
    """The install is known to the server; a synchronisation can be made."""
    completed = Signal()
    abandoned = Signal()
    closed = Signal()

    def __init__(
        self,
        activation: AccountActivation,
        tasks: Tasks,
        *,
        previous: Account | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`previous` is the account that is to be changed; None at the first activation."""
        super().__init__(parent)
        self._activation, self._tasks = activation, tasks
        self._hr = ""
        self._runner: SyncRunner | None = None
        self.setWindowTitle(_("SmartClient – activation"))
        self.setProperty("surface", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(look().px(760), look().px(690))
        self.banner = Banner()
        self.way = WayStep(can_go_back=previous is not None)
        self.user = UserStep()
        self.first = FirstSynchronisation()
        if previous is not None:
            self.user.fill(previous)
        # Not stacked: a stack is as high as its highest step, and the button of a low one is away.
        self._steps = QWidget()
        steps = column(self._steps)
        for step in (self.way, self.user, self.first):
            step.setVisible(step is self.way)
            steps.addWidget(step)
        self._make_layout()
        self.way.check_wanted.connect(self._check)
        self.way.next_wanted.connect(self._ask_user)
        self.way.abandoned.connect(self.abandoned)
        self.user.back_wanted.connect(lambda: self._show_step(self.way))
        self.user.confirmed.connect(self._activate)
        self.first.again_wanted.connect(self._synchronise)

    def synchronise_with(self, runner: SyncRunner) -> None:
        """Make the first synchronisation with this runner; it starts at once."""
        self._runner = runner
        runner.progressed.connect(self._progressed)
        runner.finished.connect(self._finished)
        runner.failed.connect(self._failed)
        self._show_step(self.first)
        self._synchronise()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing before the end gives up for now."""
        super().closeEvent(event)
        self.closed.emit()

    def _make_layout(self) -> None:
        outer = QVBoxLayout(self)
        edge = look().px(32)
        outer.setContentsMargins(edge, look().px(28), edge, look().px(20))
        outer.setSpacing(look().px(4 * SPACE))
        outer.addWidget(Text("SmartClient", Role.BRAND))
        outer.addWidget(self.banner)
        card = Card(padding=7)
        card.content.addWidget(scrolling(self._steps))
        outer.addWidget(card, 1)
        foot = row(spacing=2)
        told = _("Do you need help? Line for advisers {line}, Help Desk PČS {desk}").format(
            line=ADVISER_LINE, desk=HELP_DESK
        )
        foot.addWidget(Text(told, Role.SMALL, wrap=True), 1)
        outer.addLayout(foot)

    def _show_step(self, step: QWidget) -> None:
        self.banner.hide()
        for other in (self.way, self.user, self.first):
            other.setVisible(other is step)
        step.setFocus()

    def _check(self, typed: str) -> None:
        self.banner.hide()
        self._hr = ""
        self.way.show_checking()
        self._tasks.run(
            lambda: self._activation.check_hr(typed),
            lambda name: self._checked(typed, name),
            self._not_checked,
            queue="network",
        )

    def _checked(self, typed: str, partner_name: str) -> None:
        self._hr = typed
        self.way.show_verified(partner_name)

    def _not_checked(self, error: SmartClientError) -> None:
        self.way.show_refused(error)
        if not self.way.is_about_the_number(error):
            self.banner.refuse(error)

    def _ask_user(self) -> None:
        if self._hr:
            self._show_step(self.user)
            self.user.focus_first()

    def _activate(self, user: AdviserUser) -> None:
        self.banner.hide()
        self.user.be_busy(True)
        self._tasks.run(
            lambda: self._activation.activate(self._hr, user),
            lambda _account: self._activated(),
            self._not_activated,
            queue="network",
        )

    def _activated(self) -> None:
        self.user.be_busy(False)
        self._show_step(self.first)
        self.activated.emit()

    def _not_activated(self, error: SmartClientError) -> None:
        self.user.be_busy(False)
        self.banner.refuse(error)

    def _synchronise(self) -> None:
        self.banner.hide()
        self.first.begin()
        if self._runner is not None:
            self._runner.start()

    def _progressed(self, progress: StepProgress) -> None:
        self.first.show_progress(progress)

    def _finished(self, outcome: SyncOutcome) -> None:
        del outcome
        self.completed.emit()

    def _failed(self, error: SmartClientError) -> None:
        self.first.stop()
        if not isinstance(error, Unreachable):
            self.banner.refuse(error)
            return
        told = _(
            "Without the first synchronisation there are no forms to work with. Connect to the "
            "internet and press Try again; nothing has to be filled in a second time."
        )
        code = _("Code for the help desk: {code}").format(code=error.code)
        self.banner.tell(_("There is no connection to the server."), f"{told}\n{code}", Surface.BAD)
