"""Runs the synchronisation for all windows: by hand, at the start, after changes, and again later.

The page, the foot of the window and the first synchronisation watch the same run.
"""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.store.changes import Subject
from smartclient.ui.sync_pace import AFTER_START, Due, SyncPace
from smartclient.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from smartclient.services.synchronisation import StepProgress, Synchronisation, SyncOutcome

AFTER_START_MS = round(1_000 * AFTER_START)
_LONGEST_SLEEP = 60.0
"""Seconds: a laptop may sleep with the lid closed, and its timers with it."""
_A_MOMENT = 120.0
"""Seconds for which a server that did not answer is taken for absent."""
_SENT_SUBJECTS = frozenset(
    {Subject.DOCUMENT, Subject.APPEND, Subject.CLIENT, Subject.CONSENT, Subject.CONFLICT}
)


class SyncRunner(QObject):
    """Emits what happens; `is_running` tells whether a run is under way."""

    started = Signal()
    progressed = Signal(object)
    """A `StepProgress`."""
    finished = Signal(object)
    """A `SyncOutcome`."""
    failed = Signal(object)
    """A `SmartClientError`."""

    def __init__(
        self,
        synchronisation: "Synchronisation",
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        fraction: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is a monotonic clock in seconds, `fraction` gives numbers in 0 to 1."""
        super().__init__(parent)
        self.synchronisation = synchronisation
        self._tasks = tasks
        self._now = now
        self._unreached_at: float | None = None
        self.pace = SyncPace(now, fraction)
        self._task: Task | None = None
        self._automatic = False
        self._alarm = QTimer(self, singleShot=True)
        self._alarm.timeout.connect(self.look)

    @property
    def is_running(self) -> bool:
        """Whether a synchronisation is under way."""
        return self._task is not None

    @property
    def was_unreached_just_now(self) -> bool:
        """Whether the server did not answer a moment ago, so that nobody asks it again at once.

        The network may be back long before the next attempt that is made by itself.
        """
        at = self._unreached_at
        return at is not None and self._now() - at < _A_MOMENT

    def begin_automatic(self) -> None:
        """Synchronise once the window is at rest, and from now on by itself."""
        self._automatic = True
        self.pace.begin()
        self._wait()

    def end_automatic(self) -> None:
        """Nothing more starts by itself; a run under way is interrupted between two calls."""
        self._automatic = False
        self.pace.end()
        self._alarm.stop()
        self.cancel()

    def changed(self, subject: str) -> None:
        """Something was changed by a commit; what the server needs is sent a little later."""
        if self._automatic and subject in _SENT_SUBJECTS:
            self.pace.changed()
            self._wait()

    def look(self) -> None:
        """Begin what is due by now; the timer asks, and whoever moved the clock."""
        if not self._automatic or self.is_running:
            return
        match self.pace.take():
            case Due.RUN:
                self.start()
            case Due.CHANGES:
                unsent = self.synchronisation.has_unsent
                self._tasks.run(unsent, self._start_if, self._not_known)
            case Due.NOTHING:
                pass
        self._wait()

    def start(self) -> None:
        """Synchronise, unless a synchronisation is under way."""
        if self.is_running:
            return
        self.pace.started()
        self._alarm.stop()
        self._task = self._tasks.run_with_progress(
            self.synchronisation.run, self._progressed, self._finished, self._failed
        )
        self.started.emit()

    def cancel(self) -> None:
        """Interrupt the run that is under way; what was answered is kept."""
        if self._task is not None:
            self._task.cancel()

    def _start_if(self, unsent: bool) -> None:
        if unsent and self._automatic:
            self.start()

    def _not_known(self, error: SmartClientError) -> None:
        """The page in the middle says what is wrong with the database."""

    def _wait(self) -> None:
        wait = self.pace.wait()
        if wait is not None and not self.is_running:
            self._alarm.start(round(1_000 * min(wait, _LONGEST_SLEEP)))

    def _progressed(self, progress: "StepProgress") -> None:
        self.progressed.emit(progress)

    def _finished(self, outcome: "SyncOutcome") -> None:
        self._task = self._unreached_at = None
        if self._automatic:
            self.pace.succeeded()
            self._wait()
        self.finished.emit(outcome)

    def _failed(self, error: SmartClientError) -> None:
        self._task = None
        self._unreached_at = self._now() if isinstance(error, Unreachable) else None
        if self._automatic:
            self.pace.failed(error)
            self._wait()
        self.failed.emit(error)
