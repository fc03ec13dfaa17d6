"""SYNCHRONIZACE: run it, what waits, what it came to, and the components of the application.

A synchronisation exchanges records first and brings the catalogue after them, so that documents are
handed over even when a new form cannot be fetched. Capability rows SC-55 to SC-57, SC-65.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.document_life import ShownState
from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError, Unreachable
from smartclient.domain.language import N_, _, ngettext
from smartclient.store.database import Database

if TYPE_CHECKING:
    from smartclient.store.sync_history import SyncRun
    from smartclient.sync.exchange.engine import Engine
    from smartclient.sync.exchange.progress import Progress, SyncReport
    from smartclient.sync.updates.answers import ComponentsAnswer
    from smartclient.sync.updates.store import CatalogueStore
    from smartclient.sync.updates.updater import CatalogueUpdater
    from smartclient.wire.catalogue import CatalogueSet, Component

HISTORY = 5
_TO_BE_SENT = (ShownState.COMPLETE_HERE, ShownState.SIGNED_HERE)


class Step(IntEnum):
    """The steps of a synchronisation in their order, as they are shown."""

    CONNECTING = 0
    SENDING_FILES = 1
    SENDING = 2
    RECEIVING = 3
    COMPONENTS = 4


_STEP_OF: Mapping[str, Step] = MappingProxyType(
    {
        "connecting": Step.CONNECTING,
        "sending_files": Step.SENDING_FILES,
        "sending": Step.SENDING,
        "receiving": Step.RECEIVING,
        "finished": Step.COMPONENTS,
    }
)
"""By the phase of the exchange."""
COMPONENT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "form": N_("Form"),
        "tariff": N_("Calculation library"),
        "template": N_("Print template"),
        "product_document": N_("Product document"),
        "consent_text": N_("Text for the client"),
        "signer": N_("Signing"),
    }
)
"""By the kind of a component."""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Where a synchronisation is; `total` is 0 while nobody can know it."""

    step: Step
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class ComponentItem:
    """One component of the application, in words."""

    name: str
    kind: str
    version: str
    date: str
    valid_from: str


@dataclass(frozen=True, slots=True)
class RunItem:
    """A synchronisation that has ended, in words."""

    when: str
    outcome: str
    is_good: bool
    moved: str


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How this install stands towards the server."""

    waiting: int
    """Complete and signed documents that were not sent; PČS will not have them."""
    drafts: int
    """Drafts that the server has no copy of yet."""
    parked: int
    last_success: str
    """Empty when there was none yet."""
    history: tuple[RunItem, ...]
    components: tuple[ComponentItem, ...]
    set_id: str
    damage: SmartClientError | None = None
    """Why the list of components cannot be read; a synchronisation brings it anew."""


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What a synchronisation came to: a headline, and what a person should know besides."""

    headline: str
    notes: tuple[str, ...] = ()
    is_good: bool = True
    cancelled: bool = False


class Synchronisation:
    """The exchange with the server as the adviser sees it. `run` may be called from any thread."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        engine: Callable[[], "Engine"],
        updater: Callable[[], "CatalogueUpdater"],
        catalogue: "Callable[[], CatalogueStore]",
    ) -> None:
        """All three are made at the first use, because of what they pull in."""
        self._db = db
        self._clock = clock
        self._engine = engine
        self._updater = updater
        self._catalogue = catalogue
        self._running = threading.Lock()
        self._titles: Mapping[str, str] = {}
        self._next_lock_at: datetime | None = None
        self._until: Callable[[datetime], timedelta] = lambda at: at - clock.now()
        self.is_online: bool | None = None
        """Whether the last contact succeeded; None before the first one since the start."""

    def run(
        self, report: Callable[[StepProgress], None], cancelled: Callable[[], bool]
    ) -> SyncOutcome:
        """Synchronise records, then the components; raises what `Engine.run` raises.

        One runs at a time, components included: NotAllowed SC-SYNC-028 for a second one.
        """
        if not self._running.acquire(blocking=False):
            raise NotAllowed("SC-SYNC-028")
        try:
            return self._synchronise(report, cancelled)
        finally:
            self._running.release()

    def _synchronise(
        self, report: Callable[[StepProgress], None], cancelled: Callable[[], bool]
    ) -> SyncOutcome:
        engine = self._engine()
        self._until = engine.server_clock.until

        def tell(progress: "Progress") -> None:
            report(StepProgress(_STEP_OF[progress.phase], progress.done, progress.total))

        try:
            exchanged = engine.run(tell, cancelled)
        except Unreachable:
            self.is_online = False
            raise
        self.is_online = True
        self._next_lock_at = exchanged.next_lock_at
        self._keep_notice(exchanged.notice)
        if exchanged.cancelled:
            return SyncOutcome(_("The synchronisation was interrupted."), cancelled=True)
        answer = self._bring_components(exchanged, report, cancelled)
        return _outcome(exchanged, answer)

    def _keep_notice(self, code: str) -> None:
        """What the server said of the partner holds until it says otherwise (SC-29)."""
        with self._db.read() as tx:
            known = tx.feed.notice()
        if code != known:
            with self._db.write() as tx:
                tx.feed.set_notice(code)

    def status(self) -> SyncStatus:
        """What waits, what was, and what is in use."""
        now = self._clock.now()
        with self._db.read() as tx:
            unsent = tx.feed.waiting()
            counts = tx.documents.counts_by_state()
            done = tx.sync_history.last_done()
            history = tx.sync_history.page(0, HISTORY)
            self._next_lock_at = tx.feed.next_lock_at()
        current, damage = self._components_in_use()
        return SyncStatus(
            waiting=sum(counts.get(state, 0) for state in _TO_BE_SENT),
            drafts=unsent.drafts,
            parked=unsent.parked,
            last_success=presentation.moment(done.ended_at, now) if done else "",
            history=tuple(_run_item(run, now) for run in history),
            components=tuple(_component(each) for each in current.components) if current else (),
            set_id=current.id if current else "",
            damage=damage,
        )

    def has_unsent(self) -> bool:
        """Whether a synchronisation would send something now."""
        with self._db.read() as tx:
            return tx.feed.waiting().total > 0

    def last_synchronised(self) -> datetime | None:
        """When a synchronisation last came to its end."""
        with self._db.day() as day:
            self._next_lock_at = day.next_lock_at()
            return day.synchronised_at()

    def seconds_to_lock(self) -> float | None:
        """The time until the next lock by the server's clock; touches neither disk nor network."""
        if self._next_lock_at is None:
            return None
        left = self._until(self._next_lock_at).total_seconds()
        return left if left > 0 else None

    def locks_at(self) -> str:
        """The time of day of the next lock: 21:00."""
        return presentation.clock_time(self._next_lock_at) if self._next_lock_at else ""

    def title_of(self, form_id: str) -> str:
        """The name of a form as people know it; empty for one that is not in the catalogue."""
        from smartclient.wire.catalogue import ComponentKind

        if not self._titles:
            current, _damage = self._components_in_use()
            self._titles = {
                component.id: component.name
                for component in (current.components if current else ())
                if component.kind is ComponentKind.FORM
            }
        return self._titles.get(form_id, "")

    def _components_in_use(self) -> "tuple[CatalogueSet | None, SmartClientError | None]":
        """The set in use, or why it cannot be read: whoever asks has to go on all the same."""
        try:
            return self._catalogue().current, None
        except Damaged as damage:
            return None, damage

    def _bring_components(
        self,
        exchanged: "SyncReport",
        report: Callable[[StepProgress], None],
        cancelled: Callable[[], bool],
    ) -> "ComponentsAnswer | None":
        if not exchanged.catalogue_changed and self._catalogue().is_whole:
            return None
        report(StepProgress(Step.COMPONENTS))
        answer = self._updater().update(
            lambda here, every: report(StepProgress(Step.COMPONENTS, here, every)), cancelled
        )
        self._titles = {}
        if answer.refusal is None:
            with self._db.write() as tx:
                tx.feed.set_catalogue_taken(exchanged.catalogue_etag)
        elif not self._catalogue().is_whole:
            raise answer.refusal
        return answer


def step_names() -> tuple[str, ...]:
    """The names of the steps in their order."""
    from smartclient.sync.exchange.progress import PHASE_NAMES, Phase

    phases = (Phase.CONNECTING, Phase.SENDING_FILES, Phase.SENDING, Phase.RECEIVING)
    return (*(_(PHASE_NAMES[phase]) for phase in phases), _("Bringing forms and rates"))


def _outcome(report: "SyncReport", answer: "ComponentsAnswer | None") -> SyncOutcome:
    notes = [*_exchange_notes(report), *_component_notes(answer)]
    good = not (report.parked or report.conflicts or report.notice)
    good = good and (answer is None or answer.refusal is None)
    if not (notes or report.pushed or report.pulled):
        return SyncOutcome(_("Synchronised, there is nothing new."))
    sent = ngettext("{count} record sent", "{count} records sent", report.pushed)
    taken = ngettext("{count} change received", "{count} changes received", report.pulled)
    headline = _("Synchronised. {sent}, {received}.").format(
        sent=sent.format(count=report.pushed), received=taken.format(count=report.pulled)
    )
    return SyncOutcome(headline, tuple(notes), good)


def _exchange_notes(report: "SyncReport") -> list[str]:
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
        notes.append(told.format(count=report.conflicts))
    if report.parked:
        told = ngettext(
            "The server did not take {count} document. Open it in Documents and check it.",
            "The server did not take {count} documents. Open them in Documents and check them.",
            report.parked,
        )
        notes.append(told.format(count=report.parked))
    if report.busy:
        notes.append(_("PČS is taking documents just now; the rest is sent at the next try."))
    if report.clock_off is not None:
        minutes = abs(round(report.clock_off.total_seconds() / 60))
        told = _(
            "The clock of this computer is wrong by {minutes} minutes. The lock follows the "
            "server's clock; set yours right in Windows."
        )
        notes.append(told.format(minutes=minutes))
    if report.notice in SENTENCES:
        notes.append(text_for(NotAllowed(report.notice)))
    return notes


def _component_notes(answer: "ComponentsAnswer | None") -> list[str]:
    from smartclient.sync.updates.answers import Outcome

    if answer is None or answer.outcome is Outcome.NONE:
        return []
    spoken = answer.sentence
    return [" ".join(part for part in (spoken.happened, spoken.safe, spoken.do) if part)]


def _component(component: "Component") -> ComponentItem:
    return ComponentItem(
        name=component.name,
        kind=_(COMPONENT_KINDS[component.kind]),
        version=str(component.version),
        date=presentation.day(component.date),
        valid_from=presentation.day(component.valid_from),
    )


def _run_item(run: "SyncRun", now: datetime) -> RunItem:
    from smartclient.domain.sentences import SENTENCES
    from smartclient.store.sync_history import CANCELLED, DONE

    when = presentation.moment(run.ended_at, now)
    at = presentation.clock_time(run.ended_at)
    moved = _("sent {sent}, received {received}").format(sent=run.pushed, received=run.pulled)
    match run.outcome:
        case code if code == DONE:
            outcome = _("done")
        case code if code == CANCELLED:
            outcome = _("interrupted")
        case code if code in SENTENCES and "{" not in SENTENCES[code].happened:
            outcome = _(SENTENCES[code].happened)
        case code:
            outcome = code
    shown = when if at in when else f"{when} {at}"
    return RunItem(shown, outcome, run.outcome == DONE, moved if run.outcome == DONE else "")
