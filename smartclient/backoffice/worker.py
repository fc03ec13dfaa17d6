"""What the back office does by itself: judging, export at the cut-off, mail, answers, freshness.

Each duty is tried in its turn; one that fails is logged with its code, waits a little longer each
time, and does not stop the others.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from smartclient.backoffice.growing_pauses import LONGEST, GrowingPause
from smartclient.backoffice.operations import observing_health, outbox, retention_duty
from smartclient.backoffice.operations.catalogue import OnlineKeys, refresh
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.backoffice.operations.export.exporter import Exporter
from smartclient.backoffice.operations.export.reporting import report_due
from smartclient.backoffice.operations.observing_state import count_what_is_large
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.registers import erasure_list, erasures, rights_list
from smartclient.backoffice.operations.store_reach import StoreReach
from smartclient.backoffice.postmen import Postman
from smartclient.backoffice.tables.engine import PASSING
from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError

log = logging.getLogger(__name__)

AT_EACH_ROUND = timedelta(0)
ANOTHER_AT_IT = "SC-EXP-002"
"""Two workers are ordinary: what one is doing, the other leaves to it."""
HOURLY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again."""

    name: str
    every: timedelta
    do: Callable[[], object]


@dataclass(slots=True)
class Worker:
    """Does its duties in rounds.

    A duty that fails is tried again after growing pauses: a copy that finds no room is not made
    each second. While the database does not answer nothing is tried but whether it does again, and
    the log tells of it now and then instead of once for each duty.
    """

    clock: Clock
    duties: Sequence[Duty]
    reach: Callable[[], object] = lambda: None
    """Asks the database for something; raises one of `PASSING` when it does not answer."""
    _next_at: dict[str, float] = field(default_factory=dict)
    _pauses: dict[str, GrowingPause] = field(default_factory=dict)
    _away: GrowingPause = field(init=False)

    def __post_init__(self) -> None:
        self._away = GrowingPause(self.clock.monotonic)

    def round(self) -> list[str]:
        """Do what is due now; the names of the duties that failed or could not be tried."""
        due = [duty for duty in self.duties if self._is_due(duty)]
        failed: list[str] = []
        if self._is_away and not self._answers():
            return [duty.name for duty in due]
        for place, duty in enumerate(due):
            try:
                if not self._does(duty):
                    failed.append(duty.name)
            except PASSING as passing:
                if not self._answers():
                    return [*failed, *(each.name for each in due[place:])]
                failed.append(duty.name)
                self._put_off(duty)
                log.warning("duty failed", extra={"duty": duty.name, "error": _kind_of(passing)})
        return failed

    def _is_due(self, duty: Duty) -> bool:
        pause = self._pauses.get(duty.name)
        if pause is not None:
            return pause.is_over
        return self.clock.monotonic() >= self._next_at.get(duty.name, 0.0)

    def _does(self, duty: Duty) -> bool:
        """Do it, or say in the log why not; what passes with the database is left to the round."""
        begun = self.clock.monotonic()
        try:
            duty.do()
        except PASSING:
            raise
        except SmartClientError as refusal:
            self._put_off(duty)
            if refusal.code == ANOTHER_AT_IT:
                log.info("left to another worker", extra={"duty": duty.name})
                return True
            log.warning("duty refused", extra={"duty": duty.name, "code": refusal.code})
            return False
        except (SQLAlchemyError, OSError) as failure:
            self._put_off(duty)
            log.warning("duty failed", extra={"duty": duty.name, "error": _kind_of(failure)})
            return False
        except Exception:
            self._put_off(duty)
            log.critical("unforeseen", exc_info=True, extra={"duty": duty.name})
            return False
        self._next_at[duty.name] = begun + duty.every.total_seconds()
        if self._pauses.pop(duty.name, None) is not None:
            log.info("duty done again", extra={"duty": duty.name})
        return True

    def _put_off(self, duty: Duty) -> None:
        longest = max(LONGEST, duty.every)
        pause = self._pauses.setdefault(duty.name, GrowingPause(self.clock.monotonic, longest))
        pause.grow()

    @property
    def _is_away(self) -> bool:
        return self._away.is_growing

    def _answers(self) -> bool:
        try:
            self.reach()
        except PASSING as away:
            if self._away.is_over:
                log.warning("database away", extra={"error": _kind_of(away)})
                self._away.grow()
            return False
        if self._away.end():
            log.info("database back")
        return True


def _kind_of(failure: Exception) -> str:
    """What the driver called it: SQLAlchemy has few names for very many faults."""
    return type(getattr(failure, "orig", None) or failure).__name__


def duties_of(
    office: Office,
    exporter: Exporter,
    postman: Postman,
    catalogue: ServedCatalogue,
    online_keys: Callable[[], OnlineKeys],
    stamp: Callable[[], object] | None = None,
) -> tuple[Duty, ...]:
    """The duties of a back office, in the order of their urgency.

    Without `stamp` no time stamp authority was named, and seals get no proof behind them.
    """
    store = StoreReach(office.clock.monotonic)
    stamping = () if stamp is None else (Duty("time stamps", AT_EACH_ROUND, stamp),)
    return (
        Duty("heartbeat", observing_health.BEATS_EVERY, lambda: _beat(office)),
        Duty("export", AT_EACH_ROUND, lambda: _export_when_due(exporter)),
        Duty("judge", AT_EACH_ROUND, lambda: exporter.judge_some(office.clock.now(), store)),
        Duty("answers", AT_EACH_ROUND, exporter.read_answers),
        Duty("report", AT_EACH_ROUND, lambda: report_due(exporter)),
        Duty("mail", AT_EACH_ROUND, lambda: outbox.send_due(office, postman.take)),
        Duty("freshness", HOURLY, lambda: _keep_fresh(office.clock, catalogue, online_keys)),
        Duty("retention", AT_EACH_ROUND, lambda: retention_duty.walk(office)),
        Duty("tidying", HOURLY, lambda: _tidy(office, exporter)),
        # Each for itself: a store that is away, or an export of hours, keeps no other of them.
        Duty("files without a record", HOURLY, lambda: retention_duty.sweep(office)),
        Duty("expired batches", HOURLY, exporter.remove_expired),
        Duty("counts", HOURLY, lambda: count_what_is_large(office)),
        Duty("acts", HOURLY, lambda: _confirm(office)),
        *stamping,
    )


def _beat(office: Office) -> None:
    with office.writing() as desk:
        observing_health.beat(desk)


def _export_when_due(exporter: Exporter) -> None:
    due = exporter.due()
    if due is None:
        exporter.finish()
        return
    run = exporter.export(due)
    log.info("exported", extra={"batch": run.batch, "documents": run.documents})


def _keep_fresh(
    clock: Clock, catalogue: ServedCatalogue, online_keys: Callable[[], OnlineKeys]
) -> None:
    """Sign what is served anew, so that laptops go on believing it; nothing is served at first."""
    if catalogue.tag():
        refresh(catalogue, online_keys(), clock.now())


def _tidy(office: Office, exporter: Exporter) -> None:
    retention_duty.tidy(office)
    exporter.staged.forget_old(office.clock.now())


def _confirm(office: Office) -> None:
    with office.reading() as desk:
        rights_list.confirm(desk, office.outside / rights_list.FILE)
        erasures.confirm(desk, office.outside / erasure_list.FILE)
