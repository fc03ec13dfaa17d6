"""SYNCHRONIZACE: run it, what waits, what it came to, and the components of the application.

A synchronisation exchanges records first and brings the catalogue after them, so that documents are
handed over even when a new form cannot be fetched. Capability rows SC-55 to SC-57, SC-65.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.admission import REVOKED, Admission
from smartclient.domain.clock import Clock
from smartclient.domain.errors import Damaged, NotAllowed, Refused, SmartClientError, Unreachable
from smartclient.domain.language import _
from smartclient.services.synchronisation.outcome import SyncOutcome, outcome_of
from smartclient.services.synchronisation.staleness import days_since, staleness_of
from smartclient.store.database import Database

if TYPE_CHECKING:
    from smartclient.services.synchronisation.history import RunItem
    from smartclient.services.synchronisation.standing import SyncStatus
    from smartclient.store.transaction import Transaction
    from smartclient.sync.exchange.engine import Engine
    from smartclient.sync.exchange.progress import Progress, SyncReport
    from smartclient.sync.updates.answers import ComponentsAnswer
    from smartclient.sync.updates.store import CatalogueStore
    from smartclient.sync.updates.updater import CatalogueUpdater
    from smartclient.wire.catalogue import CatalogueSet


log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Where a synchronisation is; `total` is 0 while nobody can know it."""

    step: Step
    done: int = 0
    total: int = 0
    about: str = ""
    """What is on its way just now, in words: clients, documents."""


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
        self._notice: str | None = None
        self._next_lock_at: datetime | None = None
        self._until: Callable[[datetime], timedelta] = lambda at: at - clock.now()
        self.is_online: bool | None = None
        """Whether the last contact succeeded; None before the first one since the start."""
        self.admission = Admission()
        """What the server still lets this install do, as it said last."""

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
        from smartclient.services.synchronisation.kinds_told import kinds_in_words

        engine = self._engine()
        self._until = engine.server_clock.until

        def tell(progress: "Progress") -> None:
            about = kinds_in_words(progress.kinds)
            report(StepProgress(_STEP_OF[progress.phase], progress.done, progress.total, about))

        try:
            exchanged = engine.run(tell, cancelled)
        except Unreachable:
            self.is_online = False
            raise
        except Refused as refusal:
            if refusal.code == REVOKED:
                self._keep_notice(refusal.code)  # from now on this install only reads
            raise
        self.is_online = True
        self._next_lock_at = exchanged.next_lock_at
        self._keep_notice(exchanged.notice)
        if exchanged.cancelled:
            return SyncOutcome(_("The synchronisation was interrupted."), cancelled=True)
        answer = self._bring_components(exchanged, report, cancelled)
        return outcome_of(exchanged, answer)

    def _keep_notice(self, code: str) -> None:
        """What the server said of the partner holds until it says otherwise (SC-29)."""
        self.admission = Admission(code)
        if code == self._notice:
            return
        with self._db.read() as tx:
            known = tx.feed.notice()
        if code != known:
            with self._db.write() as tx:
                tx.feed.set_notice(code)
        self._notice = code

    def status(self) -> "SyncStatus":
        """What waits, what was refused, what was, and what is in use."""
        from smartclient.services.synchronisation import components, history, standing
        from smartclient.store.unsent import unsent

        now = self._clock.now()
        with self._db.read() as tx:
            waits = unsent(tx)
            counts = tx.documents.counts_by_state()
            done = tx.sync_history.last_done()
            runs = tx.sync_history.page(0, history.READ)
            parked = standing.parked_items(tx, waits.parked, self.title_of)
            brought = tx.settings.get(components.KEPT_AS)
            self._next_lock_at = tx.feed.next_lock_at()
        current, damage = self._components_in_use()
        last = None if done is None else done.ended_at
        used = current.components if current else ()
        return standing.SyncStatus(
            waiting=sum(counts.get(state, 0) for state in standing.TO_BE_SENT),
            lines=standing.waiting_lines(counts, waits),
            parked=parked,
            last_success=presentation.moment(last, now) if last else "",
            staleness=staleness_of(last, now),
            days=days_since(last, now),
            history=history.gathered(runs, now, history.SHOWN),
            components=tuple(components.component_item(each) for each in used),
            set_id=current.id if current else "",
            brought=components.brought_words(brought, now),
            damage=damage,
        )

    def past_runs(self) -> "tuple[RunItem, ...]":
        """The last synchronisations one by one, the newest first."""
        from smartclient.services.synchronisation import history

        with self._db.read() as tx:
            return history.run_items(tx.sync_history.page(0, history.READ), self._clock.now())

    def offer_again(self, identity: str) -> None:
        """Let the next synchronisation offer what the server refused once more."""
        from smartclient.store.unsent import offer_again

        with self._db.write() as tx:
            offer_again(tx, identity)

    def give_up(self, identity: str) -> None:
        """Discard what the server refused and what holds nowhere, such as a merging of clients."""
        from smartclient.store.unsent import give_up

        with self._db.write() as tx:
            give_up(tx, identity)

    @property
    def is_revoked(self) -> bool:
        """Whether the server takes nothing from this install any more."""
        return self.admission.is_revoked

    def has_unsent(self) -> bool:
        """Whether a synchronisation would send something now."""
        with self._db.read() as tx:
            return tx.feed.waiting().total > 0

    def last_synchronised(self) -> datetime | None:
        """When a synchronisation last came to its end."""
        with self._db.day() as day:
            self._next_lock_at = day.next_lock_at()
            self.admission = day.admission()
            return day.synchronised_at()

    def until(self, instant: datetime) -> timedelta:
        """How long until then by the server's clock, not above zero once it has passed.

        By the clock of this computer while the server was not heard since the start.
        """
        return self._until(instant)

    def seconds_to_lock(self) -> float | None:
        """The time until the next lock by the server's clock; touches neither disk nor network.

        None where nobody knows it, and where the lock is none of this install's any more.
        """
        if self._next_lock_at is None or self.is_revoked:
            return None
        left = self.until(self._next_lock_at).total_seconds()
        return left if left > 0 else None

    def locks_at(self) -> str:
        """The time of day of the next lock: 21:00; empty where `seconds_to_lock` gives None."""
        if self._next_lock_at is None or self.is_revoked:
            return ""
        return presentation.clock_time(self._next_lock_at)

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
        before, _damage = self._components_in_use()
        report(StepProgress(Step.COMPONENTS))
        answer = self._updater().update(
            lambda here, every: report(StepProgress(Step.COMPONENTS, here, every)), cancelled
        )
        self._titles = {}
        if answer.refusal is None:
            with self._db.write() as tx:
                tx.feed.set_catalogue_taken(exchanged.catalogue_etag)
                if answer.installed:
                    self._remember_components(tx, before, answer)
            if answer.installed:
                self._forget_older_sets(before)
        elif not self._catalogue().is_whole:
            raise answer.refusal
        return answer

    def _forget_older_sets(self, before: "CatalogueSet | None") -> None:
        """Nobody has to wait for the space, nor to know why it is not free yet."""
        from smartclient.store.made_with import made_with

        previous = before.id if before else ""
        try:
            freed = self._updater().forget_unused(previous, lambda: made_with(self._db))
        except SmartClientError as refusal:
            log.warning("older sets stay", extra={"code": refusal.code})
        else:
            log.info("older sets forgotten", extra={"freed": freed})

    def _remember_components(
        self, tx: "Transaction", before: "CatalogueSet | None", answer: "ComponentsAnswer"
    ) -> None:
        from smartclient.services.synchronisation import components

        news = components.brought(before, answer.changed, self._clock.now())
        if news is not None:
            tx.settings.set(components.KEPT_AS, news)


def step_names() -> tuple[str, ...]:
    """The names of the steps in their order."""
    from smartclient.sync.exchange.progress import PHASE_NAMES, Phase

    phases = (Phase.CONNECTING, Phase.SENDING_FILES, Phase.SENDING, Phase.RECEIVING)
    return (*(_(PHASE_NAMES[phase]) for phase in phases), _("Bringing forms and rates"))
