"""Domů: the tiles, what must be finished today, and the book."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.services.home import STEP_NAMES, Home, Overview, Step, Todo
from smartclient.store.changes import Subject
from smartclient.ui.bar_chart import BarChart
from smartclient.ui.focus_order import follow
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page, scrolling
from smartclient.ui.places import Place
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, clear, column, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.text import ElidedText, Role, Text, rule
from smartclient.ui.widgets.tile import Tile

_SHOWN = 6
"""Lines of the day that are shown at first."""
_CHANGES = frozenset({Step.SIGN, Step.CORRECT_CONTACT, Step.INFORM})
"""What a revoked install does no more; a client that was being typed can still be looked at."""


class TodoLine(QWidget):
    """One line of the day with its one button."""

    def __init__(
        self,
        todo: Todo,
        taken: Callable[[Todo], None],
        held: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`held` is why its step may not be taken now."""
        super().__init__(parent)
        line = row(self, spacing=3)
        line.setContentsMargins(0, look().px(10), 0, look().px(10))
        ink = "bad" if todo.urgent else "muted"
        icon = IconView(todo.icon, 22, ink)
        words = QVBoxLayout()
        words.setSpacing(look().px(1))
        head = QHBoxLayout()
        head.setSpacing(look().px(6))
        head.addWidget(Text(todo.headline, Role.STRONG))
        if todo.about:
            head.addWidget(ElidedText(f"·  {todo.about}"), 1)
        else:
            head.addStretch(1)
        words.addLayout(head)
        words.addWidget(Text(todo.detail, Role.BAD if todo.urgent else Role.MUTED, wrap=True))
        step = _(STEP_NAMES[todo.step])
        button = Button(step, name=f"{step}: {todo.headline} {todo.about}".rstrip())
        button.hold(held)
        button.clicked.connect(lambda: taken(todo))
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


class HomePage(Page):
    """Emits the step that was pressed, and the places and beginnings of the tiles."""

    step_taken = Signal(str, str)
    """A `home.Step` and its target."""
    place_wanted = Signal(str)
    states_wanted = Signal(object)
    """A frozenset of shown states, to be seen in the list of documents."""
    client_wanted = Signal()
    document_wanted = Signal(str)
    """A new document; the name of its kind, empty to be asked for."""
    answered = Signal()
    """The page shows its figures, or says why it cannot."""

    watches: ClassVar[frozenset[Subject]] = frozenset(
        {
            Subject.DOCUMENT,
            Subject.CLIENT,
            Subject.CLIENT_DRAFT,
            Subject.CONSENT,
            Subject.CONFLICT,
            Subject.SYNC,
        }
    )

    def __init__(
        self,
        home: Home,
        tasks: Tasks,
        *,
        time_left: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        """`time_left` tells the time to the lock in words, empty when it is not known."""
        super().__init__(_("Home"), tasks, parent)
        self._home = home
        self._time_left = time_left
        self._overview: Overview | None = None
        self._all_shown = False
        content = QWidget()
        self._content = column(content, spacing=4)
        begin = Button(_("New document"), icon_name="plus", pressed=self._want)
        self.tools.addWidget(begin)
        self._tiles = self._make_tiles()
        self._content.addLayout(self._tiles)
        self.begins_documents(begin, self.offers.plus, self.requests.plus)
        self.makes_changes(self.clients.plus)
        self._make_cards()
        self.body.addWidget(scrolling(content))

    def refresh(self) -> None:
        """Gather the day again."""
        self.ask(self._home.overview, self._show)

    def be_compact(self, compact: bool) -> None:
        """Tiles come closer; the cards stand below each other."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._cards.setDirection(below if compact else beside)
        self._tiles.setSpacing(look().px((2 if compact else 4) * SPACE))
        for tile in self.tiles:
            tile.be_compact(compact)

    def _make_tiles(self) -> QGridLayout:
        self.clients = Tile(_("Clients"), add=_("Add a client"))
        self.offers = Tile(_("New offer"), add=_("Start a new offer"))
        self.requests = Tile(_("Change requests"), add=_("Start a new change request"))
        self.sending = Tile(_("Synchronisation"))
        places = (
            (self.clients, Place.CLIENTS),
            (self.sending, Place.SYNCHRONISATION),
        )
        for tile, place in places:
            tile.opened.connect(lambda place=place: self.place_wanted.emit(place.value))
        self.offers.opened.connect(lambda: self.place_wanted.emit(Place.DOCUMENTS.value))
        self.requests.opened.connect(lambda: self.place_wanted.emit(Place.DOCUMENTS.value))
        self.clients.add_pressed.connect(self.client_wanted)
        self.offers.add_pressed.connect(partial(self._want, DocumentKind.OFFER))
        self.requests.add_pressed.connect(partial(self._want, DocumentKind.CHANGE_REQUEST))
        grid = QGridLayout()
        grid.setSpacing(look().px(4 * SPACE))
        for place_in_line, tile in enumerate(self.tiles):
            grid.addWidget(tile, 0, place_in_line)
            grid.setColumnStretch(place_in_line, 1)
        return grid

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles from the left."""
        return (self.clients, self.offers, self.requests, self.sending)

    def _make_cards(self) -> None:
        self._day = Card(spacing=0)
        self._day.content.addWidget(Text(_("To finish today"), Role.HEADING_SMALL))
        self._lines = column(spacing=0)
        self._day.content.addSpacing(look().px(10))
        self._day.content.addLayout(self._lines)
        self._day.content.addStretch()
        self._book = Card()
        self._book.content.addWidget(Text(_("Documents by state"), Role.HEADING_SMALL))
        self.chart = BarChart()
        self.chart.pressed.connect(self._open_bar)
        self._book.content.addWidget(self.chart, 1)
        self._cards = QHBoxLayout()
        self._cards.setSpacing(look().px(4 * SPACE))
        self._cards.addWidget(self._day, 11)
        self._cards.addWidget(self._book, 9)
        self._content.addLayout(self._cards, 1)

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        left = self._time_left() if overview.glance.waiting else ""
        until = _("{time} is left until the lock.").format(time=left) if left else ""
        self.head(overview.greeting, " ".join(part for part in (overview.summary, until) if part))
        self._show_tiles(overview)
        self.chart.show_bars(overview.bars)
        self._show_day(overview)
        self.answered.emit()

    def refused(self, error: SmartClientError) -> None:
        """Say what was refused."""
        super().refused(error)
        self.answered.emit()

    def _show_tiles(self, overview: Overview) -> None:
        self.clients.show_count(str(overview.glance.clients), _informed(overview))
        offers = overview.offers_in_progress
        self.offers.show_count(
            str(offers), ngettext("offer in progress", "offers in progress", offers)
        )
        requests = overview.change_requests
        waiting = ngettext("waits to be finished", "wait to be finished", requests)
        self.requests.show_count(str(requests), waiting)
        unsent = overview.glance.waiting
        told = ngettext("waits to be sent", "wait to be sent", unsent)
        self.sending.show_count(str(unsent), told if unsent else _("everything is sent"))

    def _show_day(self, overview: Overview) -> None:
        clear(self._lines)
        if not overview.todos:
            self._lines.addWidget(self._nothing_to_do(overview))
            return
        shown = overview.todos if self._all_shown else overview.todos[:_SHOWN]
        for todo in shown:
            self._lines.addWidget(rule())
            self._lines.addWidget(TodoLine(todo, self._take, self._held(todo.step)))
        hidden = len(overview.todos) - len(shown)
        if hidden:
            told = ngettext("Show {count} more", "Show {count} more", hidden).format(count=hidden)
            self._lines.addWidget(rule())
            self._lines.addSpacing(look().px(8))
            more = Button(told, ButtonKind.LINK, pressed=self._show_all)
            self._lines.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        follow(self.sending, self._day.findChildren(Button))

    def _held(self, step: Step) -> str:
        if step is Step.COMPLETE:
            return self.no_documents
        return self.no_changes if step in _CHANGES else ""

    def _nothing_to_do(self, overview: Overview) -> EmptyState:
        if not overview.glance.clients:
            first = EmptyState(
                "person-add",
                _("Begin with the first client"),
                _("Then you can start an offer. What must be finished will stand here."),
                step=_("Add a client"),
                pressed=self.client_wanted.emit,
            )
            first.step.hold(self.no_changes)
            return first
        done = EmptyState(
            "check",
            _("Everything is done"),
            _("What waits for a signature or is not complete will stand here."),
            step=_("New document"),
            pressed=self._want,
        )
        done.step.hold(self.no_documents)
        return done

    def _show_all(self) -> None:
        self._all_shown = True
        if self._overview is not None:
            self._show_day(self._overview)

    def _take(self, todo: Todo) -> None:
        if todo.step is Step.UNDERSTOOD:
            self.do(self._home.understood, lambda _none: self.refresh_soon())
            return
        self.step_taken.emit(Step(todo.step).value, todo.target)

    def _want(self, kind: DocumentKind | None = None) -> None:
        self.document_wanted.emit("" if kind is None else kind.value)

    def _open_bar(self, place: int) -> None:
        if self._overview is not None:
            self.states_wanted.emit(self._overview.bars[place].states)


def _informed(overview: Overview) -> str:
    if not overview.glance.clients:
        return _("no client yet")
    uninformed = overview.uninformed
    if not uninformed:
        return _("all have the information for the client")
    return ngettext(
        "{count} without the information for the client",
        "{count} without the information for the client",
        uninformed,
    ).format(count=uninformed)
