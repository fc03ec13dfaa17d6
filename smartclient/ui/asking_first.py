"""Opening a document asks the server first, so that nobody edits what the export has taken.

The question is an ordinary synchronisation: what waits is sent and what happened at the server
comes back. Nobody waits for a network that is slow or not there: after a moment the document opens
as it is here, and the person can open it at once at any time. Design §4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.services.opening import Opening
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.empty_state import EmptyState

PATIENCE_MS = 3_000
"""A server that has not answered by then is not waited for."""
SHOWN_AFTER_MS = 300


class AskingFirst(QObject):
    """One document at a time; a newer question takes the place of the one before."""

    def __init__(
        self,
        opening: Opening,
        runner: SyncRunner,
        tasks: Tasks,
        show: Callable[[QWidget], None],
        refused: Callable[[SmartClientError], None],
        parent: QObject | None = None,
        *,
        patience_ms: int = PATIENCE_MS,
        shown_after_ms: int = SHOWN_AFTER_MS,
    ) -> None:
        """`show` brings a page into the window; `refused` tells why a document cannot open."""
        super().__init__(parent)
        self._opening, self._runner, self._tasks = opening, runner, tasks
        self._show, self._refused = show, refused
        self._document: DocumentId | None = None
        self._go_on: Callable[[str], None] = lambda _warning: None
        self._page: EmptyState | None = None
        self._soon = QTimer(self, singleShot=True, interval=shown_after_ms)
        self._soon.timeout.connect(self._show_waiting)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._asked)
        runner.finished.connect(self._answered)
        runner.failed.connect(self._answered)

    @property
    def is_asking(self) -> bool:
        """Whether a document waits for the server's answer."""
        return self._patience.isActive()

    def open(self, document_id: DocumentId, go_on: Callable[[str], None]) -> None:
        """Ask, then call `go_on` with a warning, empty when there is nothing to warn of."""
        self._document, self._go_on = document_id, go_on
        if self._runner.was_unreached_just_now:
            self._asked()
            return
        self._soon.start()
        self._patience.start()
        self._runner.start()

    def bring_for_conflict(
        self,
        conflict_id: str,
        go_on: Callable[[], None],
        refused: Callable[[SmartClientError], None],
        fetching: Callable[[], None] | None = None,
        *,
        compared: bool = False,
    ) -> None:
        """Call `go_on` once the form of an edit in conflict is here, fetched if need be.

        `fetching` is called where that takes a while. `compared` waits for the form of the version
        that holds as well.
        """
        bring = partial(self._opening.bring_set_of_conflict, conflict_id, compared=compared)
        needs = partial(self._opening.needs_set_of_conflict, conflict_id, compared=compared)
        self._bring_before(needs, bring, go_on, refused, fetching or _nothing)

    def bring_for_copy(
        self,
        document_id: DocumentId,
        go_on: Callable[[], None],
        refused: Callable[[SmartClientError], None],
    ) -> None:
        """Call `go_on` once the form that a document was made with is here, fetched if need be."""
        bring = partial(self._opening.bring_older_set, document_id)
        needs = partial(self._opening.needs_set_to_copy, document_id)
        self._bring_before(needs, bring, go_on, refused, _nothing)

    def _bring_before(
        self,
        needs: Callable[[], bool],
        bring: Callable[[], None],
        go_on: Callable[[], None],
        refused: Callable[[SmartClientError], None],
        fetching: Callable[[], None],
    ) -> None:
        slow = QTimer(self, singleShot=True, interval=self._soon.interval())
        slow.timeout.connect(fetching)

        def end() -> None:
            slow.stop()
            slow.deleteLater()

        def brought(_none: None) -> None:
            end()
            go_on()

        def failed(error: SmartClientError) -> None:
            end()
            refused(error)

        def looked(needs_set: bool) -> None:
            if needs_set:
                slow.start()
                self._tasks.run(bring, brought, failed, queue="network")
            else:
                brought(None)

        self._tasks.run(needs, looked, failed)

    def _answered(self, _answer: object) -> None:
        if self.is_asking:
            self._asked()

    def _show_waiting(self) -> None:
        if self._page is None:
            self._page = EmptyState(
                "synchronisation",
                _("Asking the server whether anything has changed…"),
                _("So that you do not edit a document that PČS has already taken over."),
                step=_("Open at once"),
                pressed=self._asked,
            )
        self._show(self._page)

    def _asked(self) -> None:
        """Open what is here now, whether or not the server has answered."""
        self._soon.stop()
        self._patience.stop()
        document = self._document
        if document is not None:
            self._tasks.run(lambda: self._look(document), self._bring, self._refused)

    def _look(self, document: DocumentId) -> "_Look":
        return _Look(
            document, self._opening.needs_older_set(document), self._opening.warning(document)
        )

    def _bring(self, look: "_Look") -> None:
        if not look.needs_set:
            self._open(look)
            return
        self._tasks.run(
            lambda: self._opening.bring_older_set(look.document),
            lambda _none: self._open(look),
            self._refused,
            queue="network",
        )

    def _open(self, look: "_Look") -> None:
        if look.document == self._document:
            self._document = None
            self._go_on(look.warning)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found about a document before it opens."""

    document: DocumentId
    needs_set: bool
    warning: str


def _nothing() -> None:
    """Whoever waits is told nothing."""
