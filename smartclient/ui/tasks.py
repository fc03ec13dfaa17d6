"""Work off the window's thread: one serial line each for database and pages, a few for network.

A piece of work returns a value or raises a refusal; its answer is delivered on the window's
thread. An answer is dropped when the task was cancelled or the window that asked is gone. The work
itself must not touch a widget.
"""

import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event
from typing import Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from smartclient.domain.errors import SmartClientError
from smartclient.domain.log_lines import places

_log = logging.getLogger(__name__)

Queue = Literal["database", "network", "pages"]
T = TypeVar("T")
P = TypeVar("P")
_NETWORK_WORKERS = 4
_TURN_SECONDS = 0.001


class Task:
    """A piece of work under way. `cancel` takes effect at once for the asker."""

    def __init__(self) -> None:
        self._cancelled = Event()

    def cancel(self) -> None:
        """Nothing more is delivered; work that looks at `is_cancelled` stops early."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._cancelled.is_set()


class Tasks(QObject):
    """Runs work and delivers answers in the order in which they arrive."""

    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Work in another thread may keep Python for so long: a frame is 16 ms, and 5 are the rule.
        sys.setswitchinterval(_TURN_SECONDS)
        self._queues: dict[Queue, ThreadPoolExecutor] = {
            "database": ThreadPoolExecutor(1, "database"),
            "network": ThreadPoolExecutor(_NETWORK_WORKERS, "network"),
            "pages": ThreadPoolExecutor(1, "pages"),  # pdfium may be used from one thread only
        }
        self._answers: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._under_way = 0
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits to be delivered."""
        return self._under_way == 0

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[SmartClientError], None],
        *,
        queue: Queue = "database",
    ) -> Task:
        """Do `work` in `queue`, then call `done` with its value or `failed` with its refusal."""
        task = Task()
        self._submit(task, work, done, failed, queue)
        return task

    def run_with_progress(
        self,
        work: Callable[[Callable[[P], None], Callable[[], bool]], T],
        progress: Callable[[P], None],
        done: Callable[[T], None],
        failed: Callable[[SmartClientError], None],
        *,
        queue: Queue = "network",
    ) -> Task:
        """As `run`; `work` is given a way to report progress and a way to see a cancellation.

        Unlike after `run`, a cancelled task still delivers its end, because what was done up to
        then has to be told.
        """
        task = Task()
        asker = _asker_of(progress)

        def report(value: P) -> None:
            self._answer(lambda: progress(value) if _is_there(asker) else None)

        self._submit(task, lambda: work(report, task.is_cancelled), done, failed, queue, ends=True)
        return task

    def deliver(self, news: Callable[[], None]) -> None:
        """Call `news` on the window's thread soon; this alone may be called from any thread."""
        self._answer(news)

    def close(self) -> None:
        """Finish what the database was given, drop other work not begun, deliver nothing more.

        What is typed last before the end stands in the database's line and must not be lost.
        """
        self._closed = True
        for name, executor in self._queues.items():
            executor.shutdown(wait=True, cancel_futures=name != "database")

    def _submit(
        self,
        task: Task,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[SmartClientError], None],
        queue: Queue,
        *,
        ends: bool = False,
    ) -> None:
        if self._closed:
            return
        self._under_way += 1

        def settle(deliver: Callable[[], None], asker: QObject | None) -> None:
            self._under_way -= 1
            wanted = ends or not task.is_cancelled()
            if wanted and _is_there(asker):
                deliver()

        def attempt() -> None:
            if task.is_cancelled() and not ends:
                self._answer(lambda: settle(_nothing, None))
                return
            try:
                value = work()
            except SmartClientError as refusal:
                error = refusal
            except Exception as fault:  # noqa: BLE001 - the last place before it would be lost
                error = unexpected(fault)
            else:
                self._answer(lambda: settle(lambda: done(value), _asker_of(done)))
                return
            self._answer(lambda: settle(lambda: failed(error), _asker_of(failed)))

        self._queues[queue].submit(attempt)

    def _answer(self, deliver: Callable[[], None]) -> None:
        if not self._closed:
            self._answers.put(deliver)
            self._arrived.emit()

    def _deliver(self) -> None:
        while not self._closed:
            try:
                deliver = self._answers.get_nowait()
            except Empty:
                return
            deliver()


def _nothing() -> None:
    """Deliver nothing."""


def _asker_of(callback: Callable[..., None]) -> QObject | None:
    owner = getattr(callback, "__self__", None)
    return owner if isinstance(owner, QObject) else None


def _is_there(asker: QObject | None) -> bool:
    return asker is None or shiboken6.isValid(asker)


def unexpected(fault: Exception) -> SmartClientError:
    """SC-PROG-002 for what nobody foresaw; the log tells its kind and its place."""
    # The text of a fault may hold what a person typed: the log tells only its kind and its place.
    _log.error(
        "unexpected", extra={"error": type(fault).__name__, "at": places(fault.__traceback__)}
    )
    return SmartClientError("SC-PROG-002", kind=type(fault).__name__, support="SC-PROG-002")
