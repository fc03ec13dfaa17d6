"""A pad that is not there is looked for once a second, until it is plugged in or nobody waits."""

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.domain.errors import SmartClientError
from smartclient.ui.ceremony.desk import PadDesk
from smartclient.ui.tasks import Tasks

_EVERY_MS = 1_000
_COMES_BACK = frozenset({"SC-SIGN-001", "SC-SIGN-002", "SC-SIGN-004", "SC-SIGN-007"})
"""What a cable plugged in again, or another program closed, mends."""


class PadWatch(QObject):
    """Begins by itself when the desk is refused a pad that may come back.

    It looks in a thread of its own: to ask for pads may take a moment.
    """

    there = Signal()
    """A pad can be used; nobody looks any more."""
    refused = Signal(object)

    def __init__(self, tasks: Tasks, desk: PadDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._desk = tasks, desk
        self._is_wanted = False
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        desk.refused.connect(self._begin_after)

    def end(self) -> None:
        """Look no more."""
        self._is_wanted = False
        self._timer.stop()

    def leave(self) -> None:
        """Nobody signs here any more: what was drawn is wiped, and others may have the pad."""
        self.end()
        self._desk.end()
        self._desk.give_back()

    def _begin_after(self, error: SmartClientError) -> None:
        if error.code in _COMES_BACK:
            self._is_wanted = True
            self._timer.start()

    def _look(self) -> None:
        self._tasks.run(self._desk.is_there, self._looked, self.refused.emit, queue="network")

    def _looked(self, is_there: bool) -> None:
        if not self._is_wanted:
            return
        if is_there:
            self.end()
            self.there.emit()
        else:
            self._timer.start()
