"""Domů: the day and the book in counts, each from one state of the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from smartclient.domain.clock import Clock
from smartclient.domain.document_life import ShownState
from smartclient.domain.language import _, ngettext, pgettext
from smartclient.domain.lock_time import PRAGUE
from smartclient.services.home.todos import Todo, Todos
from smartclient.store.database import Database
from smartclient.store.day import Day
from smartclient.store.document_rows import DocumentFilter

UNSENT_NAMED = 6
TO_BE_SENT = frozenset({ShownState.COMPLETE_HERE, ShownState.SIGNED_HERE})


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the book; `token` names its colour in the theme."""

    label: str
    count: int
    token: str
    states: frozenset[ShownState]


@dataclass(frozen=True, slots=True)
class Glance:
    """The counts that the frame of the window shows."""

    clients: int
    documents: int
    waiting: int
    conflicts: int
    settled: int
    """Conflicts that were copied or set aside, and whose values are kept."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The documents that PČS would not have; `names` are those of the first few."""

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the home page shows."""

    greeting: str
    summary: str
    glance: Glance
    uninformed: int
    offers_in_progress: int
    change_requests: int
    todos: tuple[Todo, ...]
    bars: tuple[Bar, ...]


_BACKED_UP = frozenset(
    {
        ShownState.COMPLETE_BACKED_UP,
        ShownState.SIGNED_BACKED_UP,
        ShownState.PAPER_EXPECTED,
        ShownState.LATE_SIGNED,
    }
)
_EXPORTED = frozenset({ShownState.EXPORTED, ShownState.EMAIL_UNDELIVERABLE, ShownState.REJECTED})


class Home:
    """Gathers the day from one state of the database."""

    def __init__(self, db: Database, clock: Clock, title_of: Callable[[str], str]) -> None:
        self._db = db
        self._clock = clock
        self._todos = Todos(title_of)

    def glance(self) -> Glance:
        """The counts of the frame."""
        with self._db.day() as day:
            return _glance(day, day.counts_by_state())

    def overview(self) -> Overview:
        """The whole home page."""
        now = self._clock.now()
        with self._db.day() as day:
            counts = day.counts_by_state()
            glance = _glance(day, counts)
            todos = self._todos.of(day, now)
            uninformed = day.count("uninformed")
            offers = day.count("offers_in_progress")
            requests = day.count("change_requests")
        return Overview(
            greeting=greeting(now),
            summary=_summary(glance.waiting),
            glance=glance,
            uninformed=uninformed,
            offers_in_progress=offers,
            change_requests=requests,
            todos=todos,
            bars=_bars(counts),
        )

    def unsent(self) -> Unsent:
        """What was completed or signed and not sent yet, named for the question at the end."""
        wanted = DocumentFilter(states=TO_BE_SENT)
        with self._db.read() as tx:
            rows, count = tx.documents.page(wanted, 0, UNSENT_NAMED), tx.documents.count(wanted)
        names = tuple(f"{self._todos.headline(row)} · {row.client_name}" for row in rows)
        return Unsent(count, names)

    def understood(self) -> None:
        """The adviser read what was handed in; it is told no more."""
        with self._db.write() as tx:
            tx.feed.forget_handed_in()


def _glance(day: Day, counts: Mapping[ShownState, int]) -> Glance:
    listed = sum(n for state, n in counts.items() if state is not ShownState.ARCHIVED)
    return Glance(
        clients=day.count("clients"),
        documents=listed,
        waiting=sum(counts.get(state, 0) for state in TO_BE_SENT),
        conflicts=day.count("conflicts"),
        settled=day.count("settled"),
    )


def _bars(counts: Mapping[ShownState, int]) -> tuple[Bar, ...]:
    states = (
        (pgettext("documents", "in progress"), "bar_in_progress", frozenset({ShownState.DRAFT})),
        (pgettext("documents", "wait for signature"), "bar_waiting", {ShownState.WAITING}),
        (pgettext("documents", "wait to be sent"), "bar_to_send", TO_BE_SENT),
        (pgettext("documents", "backed up"), "bar_backed_up", _BACKED_UP),
        (pgettext("documents", "exported"), "bar_exported", _EXPORTED),
        (pgettext("documents", "accepted"), "bar_accepted", {ShownState.ACCEPTED}),
    )
    return tuple(
        Bar(label, sum(counts.get(state, 0) for state in shown), token, frozenset(shown))
        for label, token, shown in states
    )


def greeting(now: datetime) -> str:
    """Good morning, day or evening, by the clock of Prague."""
    hour = now.astimezone(PRAGUE).hour
    if hour < 9:
        return _("Good morning")
    return _("Good evening") if hour >= 18 else _("Good day")


def _summary(waiting: int) -> str:
    if not waiting:
        return _("Nothing waits to be sent.")
    return ngettext(
        "{count} document waits to be sent.", "{count} documents wait to be sent.", waiting
    ).format(count=waiting)
