"""What a synchronisation came to, in words, each with what helps."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from smartclient.domain.errors import NotAllowed
from smartclient.domain.language import _, ngettext
from smartclient.services.synchronisation.remedies import Remedy, remedy_for, remedy_of_code

if TYPE_CHECKING:
    from smartclient.sync.exchange.progress import SyncReport
    from smartclient.sync.updates.answers import ComponentsAnswer


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What a synchronisation came to: a headline, and what a person should know besides."""

    headline: str
    notes: tuple[str, ...] = ()
    is_good: bool = True
    cancelled: bool = False
    remedy: Remedy | None = None
    """What helps about the first of the notes; None where nothing has to be done."""


@dataclass(frozen=True, slots=True)
class _Note:
    words: str
    remedy: Remedy | None = None


def outcome_of(report: "SyncReport", answer: "ComponentsAnswer | None") -> SyncOutcome:
    """The exchange and the components after it, as one."""
    notes = [*_exchange_notes(report), *_component_notes(answer)]
    good = not (report.parked or report.conflicts or report.notice or report.handed_in)
    good = good and report.clock_off is None and (answer is None or answer.refusal is None)
    remedy = next((note.remedy for note in notes if note.remedy is not None), None)
    words = tuple(note.words for note in notes)
    return SyncOutcome(_headline(report, answer), words, good, remedy=remedy)


def _headline(report: "SyncReport", answer: "ComponentsAnswer | None") -> str:
    """What was moved; that there is nothing new only where nothing else is told of it."""
    if not (report.pushed or report.pulled):
        moved = report.conflicts or report.parked or report.busy or _component_notes(answer)
        return _("Synchronised") if moved else _("Synchronised, there is nothing new.")
    sent = ngettext("{count} record sent", "{count} records sent", report.pushed)
    taken = ngettext("{count} change received", "{count} changes received", report.pulled)
    return _("Synchronised. {sent}, {received}.").format(
        sent=sent.format(count=report.pushed), received=taken.format(count=report.pulled)
    )


def _exchange_notes(report: "SyncReport") -> list[_Note]:
    from smartclient.domain.sentences import SENTENCES, text_for

    notes = []
    if report.conflicts:
        told = ngettext(
            "{count} document was changed after the export; your values are kept under "
            "Show conflicts.",
            "{count} documents were changed after the export; your values are kept under "
            "Show conflicts.",
            report.conflicts,
        )
        notes.append(_Note(told.format(count=report.conflicts), Remedy.CONFLICTS))
    if report.parked:
        told = ngettext(
            "The server did not take {count} record; below is why, and what to do about it.",
            "The server did not take {count} records; below is why, and what to do about them.",
            report.parked,
        )
        notes.append(_Note(told.format(count=report.parked)))
    if report.handed_in:
        told = ngettext(
            "You may not work with some clients any more, so {count} record went to the "
            "insurer. A person there decides about it; nothing is lost.",
            "You may not work with some clients any more, so {count} records went to the "
            "insurer. A person there decides about them; nothing is lost.",
            report.handed_in,
        )
        notes.append(_Note(told.format(count=report.handed_in)))
    if report.busy:
        words = _("PČS is taking documents just now; the rest is sent at the next try.")
        notes.append(_Note(words))
    if report.clock_off is not None:
        told = _(
            "The clock of this computer is wrong by {time}. The lock follows the server's clock; "
            "set yours right in Windows."
        )
        notes.append(_Note(told.format(time=_how_long(abs(report.clock_off)))))
    if report.notice in SENTENCES:
        words = text_for(NotAllowed(report.notice))
        notes.append(_Note(words, remedy_of_code(report.notice)))
    return notes


def _how_long(time: timedelta) -> str:
    """7 minutes, 5 hours, 2 days: the largest unit of which there are two."""
    minutes = max(1, round(time.total_seconds() / 60))
    hours, days = round(minutes / 60), round(minutes / 1_440)
    if days > 1:
        return ngettext("{count} day", "{count} days", days).format(count=days)
    if hours > 1:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def _component_notes(answer: "ComponentsAnswer | None") -> list[_Note]:
    from smartclient.sync.updates.answers import Outcome

    if answer is None or answer.outcome is Outcome.NONE:
        return []
    spoken = answer.sentence
    words = " ".join(part for part in (spoken.happened, spoken.safe, spoken.do) if part)
    remedy = None if answer.refusal is None else remedy_for(answer.refusal)
    return [_Note(words, remedy)]
