"""Domů: what must be finished today, each with the step that does it, and the book in counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.document_life import (
    KIND_NAMES,
    DocumentKind,
    ShownState,
)
from smartclient.domain.document_looks import NOT_EXPORTED, appearance
from smartclient.domain.language import N_, _, ngettext, pgettext
from smartclient.domain.lock_time import PRAGUE
from smartclient.store.database import Database
from smartclient.store.day import Day, Named
from smartclient.store.document_rows import DocumentFilter, DocumentRow

LEAVING_SHOWN = 3
UNSENT_NAMED = 6
TO_BE_SENT = frozenset({ShownState.COMPLETE_HERE, ShownState.SIGNED_HERE})


class Step(StrEnum):
    """The one thing that a line of the day asks for."""

    SIGN = "sign"
    COMPLETE = "complete"
    CORRECT_CONTACT = "correct_contact"
    SHOW = "show"
    COMPARE = "compare"
    CONTINUE_CLIENT = "continue_client"
    INFORM = "inform"
    SEE_REFUSED = "see_refused"
    CHOOSE = "choose"
    UNDERSTOOD = "understood"


STEP_NAMES: Mapping[Step, str] = {
    Step.SIGN: N_("Sign"),
    Step.COMPLETE: N_("Fill in the rest"),
    Step.CORRECT_CONTACT: N_("Correct the contact"),
    Step.SHOW: N_("Show"),
    Step.COMPARE: N_("Compare"),
    Step.CONTINUE_CLIENT: N_("Continue"),
    Step.INFORM: N_("Inform"),
    Step.SEE_REFUSED: N_("See why"),
    Step.CHOOSE: N_("Choose the value"),
    Step.UNDERSTOOD: N_("Understood"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of the day. `target` is the id of what the step is about."""

    step: Step
    target: str
    icon: str
    headline: str
    about: str
    detail: str
    urgent: bool = False


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
        self._title_of = title_of

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
            todos = self._todos(day, now)
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
        names = tuple(f"{self._headline(row)} · {row.client_name}" for row in rows)
        return Unsent(count, names)

    def understood(self) -> None:
        """The adviser read what was handed in; it is told no more."""
        with self._db.write() as tx:
            tx.feed.forget_handed_in()

    def _todos(self, day: Day, now: datetime) -> tuple[Todo, ...]:
        lines = [
            *_refused(day.count("refused")),
            *_handed_in(day.handed_in()),
            *_offered(day),
        ]
        lines += [self._signing(row) for row in day.documents(ShownState.WAITING)]
        undeliverable = day.documents(ShownState.EMAIL_UNDELIVERABLE)
        lines += [self._undeliverable(row) for row in undeliverable]
        lines += [self._rejected(row) for row in day.documents(ShownState.REJECTED)]
        lines += [self._not_exported(row) for row in day.not_exported()]
        lines += [_conflict(conflict) for conflict in day.conflicts()]
        lines += self._leaving(day)
        lines += [self._draft(row, now) for row in day.documents(ShownState.DRAFT)]
        lines += [
            Todo(
                Step.CONTINUE_CLIENT,
                draft_id,
                "person-add",
                _("Unsaved client"),
                _name_of(typed),
                _("what you typed is kept"),
            )
            for draft_id, typed in day.client_drafts()
        ]
        lines += [_information(client) for client in day.uninformed()]
        return tuple(lines)

    def _leaving(self, day: Day) -> list[Todo]:
        """What goes to the archive first, each with its day; the rest is told as a number."""
        rows = day.leaving()
        told = [self._leaves(row, leaves_at) for row, leaves_at in rows[: LEAVING_SHOWN + 1]]
        more = day.count("leaving") - LEAVING_SHOWN
        if more > 1 and len(told) > LEAVING_SHOWN:
            count = ngettext("{count} more document", "{count} more documents", more)
            first = _("the first of them goes to the archive on {day}")
            leaves_on = _day_of(rows[LEAVING_SHOWN][1])
            told[-1] = replace(
                told[-1],
                headline=count.format(count=more),
                about="",  # the name of one client would be read as that of all
                detail=first.format(day=leaves_on),
            )
        return told

    def _leaves(self, row: DocumentRow, leaves_at: datetime) -> Todo:
        told = _("goes to the archive on {day}")
        return Todo(
            Step.SHOW,
            row.id,
            "box",
            self._headline(row),
            row.client_name,
            told.format(day=_day_of(leaves_at)),
        )

    def _headline(self, row: DocumentRow) -> str:
        other = row.kind is DocumentKind.OTHER
        named = self._title_of(row.form_id) if other else _(KIND_NAMES[row.kind])
        return " ".join(part for part in (named, row.number) if part)

    def _signing(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.SIGN,
            row.id,
            appearance(row.standing(), row.shown).icon,
            self._headline(row),
            row.client_name,
            _("waits for the digital signature"),
        )

    def _undeliverable(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.CORRECT_CONTACT,
            row.client_id or "",
            "envelope",
            self._headline(row),
            row.client_name,
            _("the client's e-mail is undeliverable, the offer cannot be put in force"),
            urgent=True,
        )

    def _rejected(self, row: DocumentRow) -> Todo:
        reason = row.marks.core_reason
        told = _("PČS did not accept it: {reason}").format(reason=reason)
        return Todo(
            Step.SHOW,
            row.id,
            appearance(row.standing(), row.shown).icon,
            self._headline(row),
            row.client_name,
            told if reason else _("PČS did not accept it"),
            urgent=True,
        )

    def _not_exported(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.SHOW,
            row.id,
            NOT_EXPORTED.icon,
            self._headline(row),
            row.client_name,
            _("it does not go to PČS as it is; Documents say why"),
            urgent=True,
        )

    def _draft(self, row: DocumentRow, now: datetime) -> Todo:
        when = presentation.moment(row.changed_at, now)
        return Todo(
            Step.COMPLETE,
            row.id,
            appearance(row.standing(), row.shown).icon,
            self._headline(row),
            row.client_name,
            _("in progress, last change {when}").format(when=when),
        )


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


def _refused(count: int) -> list[Todo]:
    """What the server did not take waits for a person; one line tells the number."""
    if not count:
        return []
    told = ngettext(
        "The server did not take {count} record", "The server did not take {count} records", count
    )
    return [
        Todo(
            Step.SEE_REFUSED,
            "",
            "attention",
            told.format(count=count),
            "",
            ngettext(
                "it is safe on this computer, but it needs you before it can be sent",
                "they are safe on this computer, but they need you before they can be sent",
                count,
            ),
            urgent=True,
        )
    ]


def _handed_in(count: int) -> list[Todo]:
    """What went to a person at the insurer because a right was lost, until somebody read of it."""
    if not count:
        return []
    headline = ngettext(
        "{count} record went to the insurer", "{count} records went to the insurer", count
    )
    detail = _("you may not work with some clients any more; a person there decides about it")
    return [Todo(Step.UNDERSTOOD, "", "information", headline.format(count=count), "", detail)]


def _offered(day: Day) -> list[Todo]:
    """Clients at whose fields somebody must choose, told by the one that waits longest."""
    first = day.offered()
    if first is None:
        return []
    clients, fields = day.count("offered"), int(first.number)
    headline = ngettext(
        "Another value for a client", "Other values for {count} clients", clients
    ).format(count=clients)
    detail = ngettext(
        "another device says something else in {count} field; choose what holds",
        "another device says something else in {count} fields; choose what holds",
        fields,
    ).format(count=fields)
    return [Todo(Step.CHOOSE, first.id, "clients", headline, first.name, detail)]


def _conflict(conflict: Named) -> Todo:
    return Todo(
        Step.COMPARE,
        conflict.id,
        "warning",
        " ".join(part for part in (_("Conflict"), conflict.number) if part),
        conflict.name,
        _("changed after the export, your values are kept"),
    )


def _information(client: Named) -> Todo:
    return Todo(
        Step.INFORM,
        client.id,
        "information",
        _("Information for the client"),
        client.name,
        _("must be given before the first offer"),
    )


def _name_of(typed: Mapping[str, object]) -> str:
    parts = (str(typed.get(name, "")).strip() for name in ("given_name", "surname"))
    return " ".join(part for part in parts if part) or _("without a name so far")


def _day_of(instant: datetime) -> str:
    return presentation.day(instant.astimezone(PRAGUE).date())
