"""The main window: places at the left, search at the top, the page in the middle.

Pages of work (an offer, a preview, a signing) are given by whoever composes the program: they take
the room of the places, and a signing takes everything, because the client looks on.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.services.synchronisation import days_since, staleness_of
from smartclient.store.changes import Changed, Subject
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.navigation import Navigation
from smartclient.ui.page_shelf import PageShelf, Services
from smartclient.ui.places import SIGNS, Place
from smartclient.ui.standing_line import StandingLine
from smartclient.ui.theme import look
from smartclient.ui.top_bar import Countdown, TopBar

if TYPE_CHECKING:
    from smartclient.services.activation import Account
    from smartclient.services.home import Glance, Unsent
    from smartclient.ui.sync_runner import SyncRunner
    from smartclient.ui.tasks import Tasks

_NARROW = 1_160
_LOW = 640
_GLANCED = frozenset(
    {Subject.DOCUMENT, Subject.CLIENT, Subject.CONFLICT, Subject.SYNC, Subject.APPEND}
)


@runtime_checkable
class Adapts(Protocol):
    """A page that can do with less room."""

    def be_compact(self, compact: bool) -> None:
        """Use less room, or as much as there is."""


@runtime_checkable
class Hears(Protocol):
    """A page that shows what commits change."""

    def changed(self, subject: str) -> None:
        """Something of this kind was changed."""


@runtime_checkable
class TakesFocus(Protocol):
    """A page that knows where the keyboard begins in it."""

    def take_focus(self) -> None:
        """Let the keyboard begin here."""


class MainWindow(QMainWindow):
    """Emits what leads to pages of work; opens everything else itself."""

    document_requested = Signal(str, str)
    """A new document for a client whose information duty is done, and the name of its kind."""
    change_requested = Signal(str, str)
    """A change request for a client, and the number of the contract where it is known."""
    document_opened = Signal(str)
    preview_requested = Signal(str)
    signing_requested = Signal(str)
    copy_requested = Signal(str)
    conflict_copy_requested = Signal(str)
    prefill_requested = Signal(str)
    reactivation_wanted = Signal()
    restart_wanted = Signal()
    closed = Signal()
    stands = Signal()
    """Emitted once, when the first page has its figures; it need not be shown until then."""

    def __init__(
        self,
        services: Services,
        runner: "SyncRunner",
        tasks: "Tasks",
        clock: Clock,
        *,
        question: Ask = ask,
    ) -> None:
        super().__init__()
        self._services, self._runner, self._tasks, self._clock = services, runner, tasks, clock
        self._question = question
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before the window closes: whether everything typed in the pages of work is kept."""
        self._place = Place.HOME
        self._closing = False
        self._compact = False
        self._glance_wanted = False
        self._stands = False
        self.setWindowTitle("SmartClient")
        self.setMinimumSize(look().px(720), look().px(420))
        self.resize(look().px(1440), look().px(900))
        self.navigation = Navigation()
        synchronisation = services.synchronisation
        countdown = Countdown(synchronisation.seconds_to_lock, synchronisation.locks_at)
        self.top = TopBar(lambda text: services.search.find(text), tasks, countdown)
        self.standing = StandingLine()
        self.stack = QStackedWidget()
        self.shelf = PageShelf(services, runner, tasks, clock, question, self)
        self._put_together()
        self._connect()
        tasks.run(services.activation.account, self._show_account, self._ignore)
        self.refresh_frame()
        self.open_page(Place.HOME)

    # --- what others may ask -----------------------------------------------------------------

    def open_page(self, name: str) -> QWidget:
        """Open a place by its name in `Place`; the page is made at its first use."""
        place = Place(name)
        page = self.shelf.page(place)
        self._place = place
        self._show_frame(navigation=True, top=True)
        self.standing.be_wanted(True, said_below=place is Place.SYNCHRONISATION)
        self.navigation.show_place(place)
        self.stack.setCurrentWidget(page)
        if isinstance(page, TakesFocus):
            page.take_focus()
        return page

    def show_work(self, page: QWidget, *, alone: bool = False) -> None:
        """Show a page of work in the room of the places; `alone` takes the search as well."""
        self._take_in(page)
        self._show_frame(navigation=False, top=not alone)
        self.stack.setCurrentWidget(page)

    def leave_work(self) -> None:
        """Go back to the place where the person came from."""
        self.open_page(self._place)

    def hear(self, changed: Changed) -> None:
        """Something was changed by a commit. May be called from any thread."""
        self._tasks.deliver(lambda: self._hear_here(changed.kind))

    def raise_to_front(self) -> None:
        """Come to the front, for example when the program is started a second time."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def add_client(self, name: str = "") -> None:
        """Begin to type a new client."""
        self.open_page(Place.CLIENTS)
        self.shelf.clients.add_client(name)

    def open_client(self, client_id: str) -> None:
        """Show the panel of a client."""
        self.open_page(Place.CLIENTS)
        self.shelf.clients.open_client(client_id)

    def mark_document(self, document_id: str) -> None:
        """Show a document in the list, marked."""
        self.open_page(Place.DOCUMENTS)
        self.shelf.documents.mark(DocumentId(document_id))

    def choose_client(self, kind: str = "") -> None:
        """Show the clients, to choose one for a new document."""
        self.open_page(Place.CLIENTS)
        self.shelf.clients.choose_for_document(kind)

    def refresh_frame(self) -> None:
        """Ask again for the counts, the last synchronisation and the next lock."""
        services = self._services
        self._glance_wanted = False

        def gather() -> "tuple[Glance, datetime | None]":
            return services.home.glance(), services.synchronisation.last_synchronised()

        self._tasks.run(gather, self._show_glance, self._ignore)

    def close_for_good(self) -> None:
        """Close without a question, because it was asked elsewhere."""
        self._closing = True
        self.close()

    # --- building ----------------------------------------------------------------------------

    def _put_together(self) -> None:
        centre = QWidget()
        line = QHBoxLayout(centre)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.standing)
        column.addWidget(self.stack, 1)
        line.addWidget(self.navigation)
        line.addLayout(column, 1)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        shelf = self.shelf
        shelf.made.connect(self._take_in)
        shelf.home_answered.connect(self._stand)
        shelf.place_wanted.connect(self.open_page)
        shelf.client_choice_wanted.connect(self.choose_client)
        for inner, outer in (
            (shelf.document_requested, self.document_requested),
            (shelf.change_requested, self.change_requested),
            (shelf.document_opened, self.document_opened),
            (shelf.preview_requested, self.preview_requested),
            (shelf.signing_requested, self.signing_requested),
            (shelf.copy_requested, self.copy_requested),
            (shelf.conflict_copy_requested, self.conflict_copy_requested),
            (shelf.prefill_requested, self.prefill_requested),
            (shelf.reactivation_wanted, self.reactivation_wanted),
            (shelf.restart_wanted, self.restart_wanted),
        ):
            inner.connect(outer)
        self.navigation.chosen.connect(self._choose)
        self.top.conflicts_pressed.connect(lambda: self.open_page(Place.CONFLICTS))
        self.top.search.client_chosen.connect(self.open_client)
        self.top.search.document_chosen.connect(self.mark_document)
        self.top.search.client_wanted.connect(self.add_client)
        self.standing.synchronisation_wanted.connect(self._runner.start)
        self.standing.help_wanted.connect(self.shelf.open_help)
        self._runner.started.connect(lambda: self.standing.show_running(True))
        for ended in (self._runner.finished, self._runner.failed):
            ended.connect(self._synchronisation_ended)
        self._shortcut("Ctrl+K", self._search)
        self._shortcut("Ctrl+N", self.add_client)
        self._shortcut("F5", self._runner.start)
        for number, place in enumerate(SIGNS, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self._choose, place))

    def _shortcut(self, keys: str, pressed: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(lambda: pressed())

    # --- inside ------------------------------------------------------------------------------

    def _choose(self, place: str) -> None:
        page = self.open_page(place)
        if page is self.stack.currentWidget() and Place(place) is Place.CLIENTS:
            self.shelf.clients.open_list()

    def _search(self) -> None:
        if self.top.isVisible():
            self.top.search.setFocus()
            self.top.search.selectAll()

    def _synchronisation_ended(self, _answer: object) -> None:
        self.standing.show_running(False)
        self.refresh_frame()

    def _take_in(self, page: QWidget) -> None:
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self._adapt(page)

    def _adapt(self, page: QWidget) -> None:
        if isinstance(page, Adapts):
            page.be_compact(self._compact)

    def _show_frame(self, *, navigation: bool, top: bool) -> None:
        self.standing.be_wanted(top)
        for part, shown in ((self.navigation, navigation), (self.top, top)):
            if part.isHidden() is shown:  # showing what was never shown dresses it early
                part.setVisible(shown)

    def _hear_here(self, subject: str) -> None:
        for page in self.shelf.pages:
            if isinstance(page, Hears):
                page.changed(subject)
        self._runner.changed(subject)
        if subject in _GLANCED and not self._glance_wanted:
            self._glance_wanted = True
            self._tasks.deliver(self.refresh_frame)

    def _show_glance(self, gathered: "tuple[Glance, datetime | None]") -> None:
        glance, synchronised = gathered
        self.navigation.show_count(Place.CLIENTS, glance.clients)
        self.navigation.show_count(Place.DOCUMENTS, glance.documents)
        self.navigation.show_count(Place.SYNCHRONISATION, glance.waiting)
        self.top.show_conflicts(glance.conflicts, glance.settled)
        self.top.countdown.show_waiting(glance.waiting)
        online, now = self._services.synchronisation.is_online, self._clock.now()
        staleness, days = staleness_of(synchronised, now), days_since(synchronised, now)
        admission = self._services.synchronisation.admission
        self.shelf.admit(admission)
        self.top.search.admit(admission)
        self.standing.show_standing(online, staleness, days, admission)
        if synchronised is None:
            told = _("not synchronised yet")
        else:
            when = presentation.moment(synchronised, now)
            told = _("synchronised {when}").format(when=when)
            self.shelf.tell_synchronised(_("last synchronisation {when}").format(when=when))
        self.navigation.foot.show_connection(online, told)

    def _show_account(self, account: "Account | None") -> None:
        if account is not None:
            self.navigation.foot.show_person(account.name, account.hr)

    def _stand(self) -> None:
        if not self._stands:
            self._stands = True
            self.stands.emit()

    def _ignore(self, error: SmartClientError) -> None:
        """The page in the middle says the same of the same database."""

    # --- size and end ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small screens and large text get a narrow left side and pages with less air."""
        super().resizeEvent(event)
        narrow = self.width() < look().px(_NARROW)
        compact = narrow or self.height() < look().px(_LOW)
        self.navigation.be_narrow(narrow)
        self.top.be_narrow(compact)
        if compact != self._compact:
            self._compact = compact
            for place in range(self.stack.count()):
                page = self.stack.widget(place)
                if page is not None:
                    self._adapt(page)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Name what was not sent, and close only after that."""
        if self._closing:
            self.closed.emit()
            event.accept()
            return
        event.ignore()
        if not self.may_close() or not self.shelf.keep_typed():
            return
        self._tasks.run(self._services.home.unsent, self._ask_to_close, self._close_anyway)

    def _ask_to_close(self, unsent: "Unsent") -> None:
        revoked = self._services.synchronisation.is_revoked
        if unsent.count and not self._question(self, _closing_question(unsent, revoked=revoked)):
            if revoked:
                self.shelf.open_help()
            else:
                self.open_page(Place.SYNCHRONISATION)
            return
        self.close_for_good()

    def _close_anyway(self, error: SmartClientError) -> None:
        del error  # a database that cannot be read must not keep the window open
        self.close_for_good()


def _closing_question(unsent: "Unsent", *, revoked: bool) -> Question:
    count, more = unsent.count, unsent.count - len(unsent.names)
    headline = ngettext(
        "{count} document has not been sent yet", "{count} documents have not been sent yet", count
    )
    others = ngettext("and {count} more", "and {count} more", more).format(count=more)
    named = "\n".join(f"•  {line}" for line in (*unsent.names, *([others] if more else [])))
    until_synchronised = _(
        "{documents}\n\nThey are kept safely on this computer, but PČS will not have them until "
        "you synchronise."
    )
    until_handed_in = _(
        "{documents}\n\nThey are kept safely on this computer, but PČS will not have them until "
        "you hand them in: the activation of this computer was revoked."
    )
    return Question(
        headline.format(count=count),
        (until_handed_in if revoked else until_synchronised).format(documents=named),
        _("Close anyway"),
        _("Help and contacts") if revoked else _("Go to synchronisation"),
        prefers_no=True,
    )
