"""Looks for a pad that is not there, once a second, until it is plugged in or nobody waits."""

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.ui.ceremony.desk import PadDesk
from smartclient.ui.tasks import Tasks

_EVERY_MS = 1_000


class PadWatch(QObject):
    """Looks in a thread of its own: to ask for pads may take a moment."""

    there = Signal()
    """A pad can be used; nobody looks any more."""
    refused = Signal(object)

    def __init__(self, tasks: Tasks, desk: PadDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._desk = tasks, desk
        self._is_wanted = False
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Look in a second, and again."""
        self._is_wanted = True
        self._timer.start()

    def end(self) -> None:
        """Look no more."""
        self._is_wanted = False
        self._timer.stop()

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
