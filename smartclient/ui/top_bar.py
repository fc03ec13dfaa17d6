"""The top of every screen: search, the countdown to the lock, the way to the conflicts.

It leads to the settled ones as well, quietly, for as long as their values are kept.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.ui.icons import IconView
from smartclient.ui.search_box import SearchBox
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.text import Role, Text

if TYPE_CHECKING:
    from smartclient.services.search import Found
    from smartclient.ui.tasks import Tasks

HEIGHT = 64
_TICK_MS = 15_000


def remaining(seconds: float) -> str:
    """2 h 18 min; never less than a minute."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


class Countdown(QFrame):
    """Counts down to the lock while something waits to be sent; hidden otherwise.

    `seconds` gives the time that is left by the server's clock, or None when it is not known.
    """

    def __init__(
        self,
        seconds: Callable[[], float | None],
        locks_at: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._seconds, self._locks_at = seconds, locks_at
        self._waiting = 0
        self._narrow = False
        self.setProperty("surface", "pill")
        self.setFixedHeight(look().px(38))
        line = QHBoxLayout(self)
        line.setContentsMargins(look().px(12), 0, look().px(12), 0)
        line.setSpacing(look().px(5))
        self._before = Text(_("Lock in"))
        self._left = Text("", Role.STRONG)
        self._after = Text("")
        line.addWidget(IconView("clock", 18, "attention"))
        for part in (self._before, self._left, self._after):
            line.addWidget(part)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.hide()

    def show_waiting(self, waiting: int) -> None:
        """Tell how many documents wait to be sent."""
        self._waiting = waiting
        self.tick()

    def be_narrow(self, narrow: bool) -> None:
        """Show the time alone."""
        self._narrow = narrow
        self.tick()

    def tick(self) -> None:
        """Show the time that is left now."""
        left = self._seconds()
        self.setVisible(bool(self._waiting) and left is not None)
        if left is None:
            return
        self._left.setText(remaining(left))
        self._after.setText(f"({self._locks_at()})")
        self._before.setHidden(self._narrow)
        self._after.setHidden(self._narrow)
        told = ngettext(
            "{count} document waits to be sent. PČS takes what is there at {time}.",
            "{count} documents wait to be sent. PČS takes what is there at {time}.",
            self._waiting,
        ).format(count=self._waiting, time=self._locks_at())
        self.setToolTip(told)
        self.setAccessibleName(told)


class TopBar(QFrame):
    """Search at the left; countdown and conflicts at the right."""

    conflicts_pressed = Signal()

    def __init__(
        self,
        find: "Callable[[str], Found]",
        tasks: "Tasks",
        countdown: Countdown,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "top")
        self.setFixedHeight(look().px(HEIGHT))
        self.search = SearchBox(find, tasks)
        self.search.setMaximumWidth(look().px(620))
        self.countdown = countdown
        self._conflicts = Button("", ButtonKind.ALARM, icon_name="warning")
        self._conflicts.clicked.connect(self.conflicts_pressed)
        self._open = self._settled = 0
        self._narrow = False
        self._line = QHBoxLayout(self)
        self._line.setSpacing(look().px(14))
        self._line.addWidget(self.search, 20)
        self._line.addStretch(1)
        self._line.addWidget(self.countdown)
        self._line.addWidget(self._conflicts)
        self.be_narrow(False)
        self.show_conflicts(0)

    def show_conflicts(self, count: int, settled: int = 0) -> None:
        """Show the way to the conflicts with their count; a quiet one once all are settled."""
        self._open, self._settled = count, settled
        if count:
            told = _("Show conflicts ({count})").format(count=count)
        else:
            told = _("Settled conflicts ({count})").format(count=settled)
        shown = str(count or settled) if self._narrow else told
        self._conflicts.show_icon("warning" if count else "check")
        self._conflicts.set_kind(ButtonKind.ALARM if count else ButtonKind.QUIET)
        self._conflicts.setText(shown)
        self._conflicts.setAccessibleName(told)
        self._conflicts.setToolTip(told if self._narrow else "")
        self._conflicts.setVisible(bool(count or settled))

    def be_narrow(self, narrow: bool) -> None:
        """Use less room, for small screens and large text."""
        self._narrow = narrow
        edge = look().px(16 if narrow else 24)
        self._line.setContentsMargins(edge, 0, edge, 0)
        self.setFixedHeight(look().px(54 if narrow else HEIGHT))
        self.countdown.be_narrow(narrow)
        self.show_conflicts(self._open, self._settled)
