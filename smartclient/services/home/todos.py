"""What must be finished today: one line for each, with the step that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from smartclient.domain import presentation
from smartclient.domain.document_life import KIND_NAMES, DocumentKind, ShownState
from smartclient.domain.document_looks import NOT_EXPORTED, appearance
from smartclient.domain.language import N_, _, ngettext
from smartclient.domain.lock_time import PRAGUE
from smartclient.store.day import Day, Named
from smartclient.store.document_rows import DocumentRow

LEAVING_SHOWN = 3


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


class Todos:
    """Words what one state of the database asks for."""

    def __init__(self, title_of: Callable[[str], str]) -> None:
        """`title_of` is the title of a form, for the documents that are called by it."""
        self._title_of = title_of

    def of(self, day: Day, now: datetime) -> tuple[Todo, ...]:
        """Everything that must be finished, in the order in which it is told."""
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
            self.headline(row),
            row.client_name,
            told.format(day=_day_of(leaves_at)),
        )

    def headline(self, row: DocumentRow) -> str:
        """What a document is called: its kind, or the title of its form, and its number."""
        other = row.kind is DocumentKind.OTHER
        named = self._title_of(row.form_id) if other else _(KIND_NAMES[row.kind])
        return " ".join(part for part in (named, row.number) if part)

    def _signing(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.SIGN,
            row.id,
            appearance(row.standing(), row.shown).icon,
            self.headline(row),
            row.client_name,
            _("waits for the digital signature"),
        )

    def _undeliverable(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.CORRECT_CONTACT,
            row.client_id or "",
            "envelope",
            self.headline(row),
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
            self.headline(row),
            row.client_name,
            told if reason else _("PČS did not accept it"),
            urgent=True,
        )

    def _not_exported(self, row: DocumentRow) -> Todo:
        return Todo(
            Step.SHOW,
            row.id,
            NOT_EXPORTED.icon,
            self.headline(row),
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
            self.headline(row),
            row.client_name,
            _("in progress, last change {when}").format(when=when),
        )


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
