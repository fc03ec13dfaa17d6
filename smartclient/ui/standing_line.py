"""A line below the top of every screen: off-line, not synchronised for too long, or revoked.

Off-line is a calm line, not an alarm. How long it was is said louder with the days, and what still
works all along, because whoever is away for days needs it most. That an install was revoked is said
on every screen, because everything else there looks as if it were sent.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from smartclient.domain.admission import Admission
from smartclient.domain.language import _
from smartclient.services.synchronisation import Staleness
from smartclient.services.synchronisation.staleness import stale_words
from smartclient.ui.icons import IconView
from smartclient.ui.theme import dress_again, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.text import FlowingText, Role


class StandingLine(QFrame):
    """Hidden while there is nothing to say; emits the one step that helps."""

    synchronisation_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconView("offline", 18, "muted")
        self._words = FlowingText("")
        self.step = Button(_("Start synchronisation"), ButtonKind.SMALL)
        self.step.clicked.connect(self._take_step)
        line = QHBoxLayout(self)
        line.setContentsMargins(look().px(24), look().px(6), look().px(24), look().px(6))
        line.setSpacing(look().px(10))
        line.addWidget(self._icon)
        line.addWidget(self._words, 1)
        line.addWidget(self.step)
        self._says_something = False
        self._wanted = True
        self._said_below = False
        self._revoked = False
        self._fit()

    @property
    def words(self) -> str:
        """What it says; empty while it is silent."""
        return self._words.text() if self._says_something else ""

    def show_standing(
        self, online: bool | None, staleness: Staleness, days: int, admission: Admission
    ) -> None:
        """Say how it stands; None for a connection that was not tried yet."""
        self._revoked = revoked = admission.is_revoked
        self.step.rename(_("Help and contacts") if revoked else _("Start synchronisation"))
        if revoked:
            self._say([_revoked_words()], "bad-line", "attention", "bad", Role.STRONG)
            return
        offline, works = online is False, admission.documents.allowed
        loud = staleness >= Staleness.DAYS
        at_length = works and not loud
        words = [_offline_words() if at_length else _("You are off-line.")] if offline else []
        if staleness is not Staleness.FRESH and (offline or loud):
            words.append(stale_words(staleness, days))
        if offline and works and loud:
            words.append(_("Filling in, completing and signing still work."))
        role = Role.STRONG if staleness is Staleness.WEEK else Role.BODY
        self._say(words, *_looks(offline, staleness), role)

    def _say(self, words: list[str], surface: str, icon: str, ink: str, role: Role) -> None:
        self._says_something = bool(words)
        told = " ".join(words)
        if told != self._words.text():
            self._words.setText(told)
        self.setAccessibleName(told)
        if self.property("surface") != surface:
            self.setProperty("surface", surface)
            dress_again(self)
        self._icon.show_icon(icon, ink)
        self._words.set_role(role)
        self._fit()

    def show_running(self, running: bool) -> None:
        """While it runs the step is not offered."""
        self.step.allow(self._revoked or not running, _("A synchronisation is running."))

    def be_wanted(self, wanted: bool, *, said_below: bool = False) -> None:
        """Stand down while something takes the whole window, or while the page says it itself."""
        self._wanted, self._said_below = wanted, said_below
        self._fit()

    def _take_step(self) -> None:
        (self.help_wanted if self._revoked else self.synchronisation_wanted).emit()

    def _fit(self) -> None:
        said_below = self._said_below and not self._revoked
        shown = self._says_something and self._wanted and not said_below
        if self.isHidden() is shown:
            self.setVisible(shown)


def _looks(offline: bool, staleness: Staleness) -> tuple[str, str, str]:
    if staleness is Staleness.WEEK:
        return "bad-line", "attention", "bad"
    if staleness is Staleness.DAYS:
        return "attention-line", "attention", "attention"
    return "calm-line", "offline" if offline else "information", "muted"


def _revoked_words() -> str:
    return _(
        "The activation of this computer was revoked: you can read everything, but nothing is "
        "sent any more. What was not sent can be handed in."
    )


def _offline_words() -> str:
    return _(
        "You are off-line. You can fill in, complete, show and sign documents; what waits is "
        "sent by itself once there is a connection."
    )
