"""Runs the synchronisation for all windows: by hand, at the start, after changes, and again later.

The page, the foot of the window and the first synchronisation watch the same run.
"""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.domain.errors import SmartClientError
from smartclient.store.changes import Subject
from smartclient.sync.exchange.schedule import Schedule, is_worth_retrying
from smartclient.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from smartclient.services.synchronisation import StepProgress, Synchronisation, SyncOutcome

AFTER_START_MS = 1_500
"""The libraries of the network come in only when the first page is painted."""
AFTER_CHANGE_MS = 30_000
"""A change waits this long for others, so that typing does not synchronise at each pause."""
EVERY_MS = 15 * 60_000
"""States that others decide (export, acceptance) are asked for this often."""
_AFTER_JITTER_MS = 5_000
_SENT_SUBJECTS = frozenset({Subject.DOCUMENT, Subject.APPEND})


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
    ) -> None:
        super().__init__(parent)
        self.synchronisation = synchronisation
        self._tasks = tasks
        self._fraction = fraction
        self._task: Task | None = None
        self._schedule = Schedule(fraction, background=True)
        self._automatic = False
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.start)
        self._regular = QTimer(self, interval=EVERY_MS)
        self._regular.timeout.connect(self.start)

    @property
    def is_running(self) -> bool:
        """Whether a synchronisation is under way."""
        return self._task is not None

    def begin_automatic(self) -> None:
        """Synchronise once the window is at rest, and from now on by itself."""
        self._automatic = True
        self._regular.start()
        self._again.start(AFTER_START_MS)

    def end_automatic(self) -> None:
        """Nothing more starts by itself; a run under way is interrupted between two calls."""
        self._automatic = False
        self._regular.stop()
        self._again.stop()
        self.cancel()

    def changed(self, subject: str) -> None:
        """Something was changed by a commit; what the server needs is sent a little later."""
        if self._automatic and subject in _SENT_SUBJECTS and not self.is_running:
            self._again.start(AFTER_CHANGE_MS + round(_AFTER_JITTER_MS * self._fraction()))

    def start(self) -> None:
        """Synchronise, unless a synchronisation is under way."""
        if self.is_running:
            return
        self._again.stop()
        self._task = self._tasks.run_with_progress(
            self.synchronisation.run, self._progressed, self._finished, self._failed
        )
        self.started.emit()

    def cancel(self) -> None:
        """Interrupt the run that is under way; what was answered is kept."""
        if self._task is not None:
            self._task.cancel()

    def _progressed(self, progress: "StepProgress") -> None:
        self.progressed.emit(progress)

    def _finished(self, outcome: "SyncOutcome") -> None:
        self._task = None
        self._schedule.succeeded()
        self.finished.emit(outcome)

    def _failed(self, error: SmartClientError) -> None:
        self._task = None
        if self._automatic and is_worth_retrying(error):
            self._again.start(round(1_000 * self._schedule.failed(error)))
        self.failed.emit(error)
