"""What the back office does by itself: judging, export at the cut-off, mail, answers, freshness.

Each duty is tried in its turn; one that fails is logged with its code and does not stop the others.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from smartclient.backoffice.operations import observing_health, outbox, retention_duty
from smartclient.backoffice.operations.catalogue import OnlineKeys, refresh
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.backoffice.operations.export.exporter import Exporter
from smartclient.backoffice.operations.export.reporting import report_due
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.registers import erasure_list, erasures, rights_list
from smartclient.backoffice.postmen import Postman
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
    """Does its duties in rounds."""

    clock: Clock
    duties: Sequence[Duty]
    _done_at: dict[str, datetime] = field(default_factory=dict)

    def round(self) -> list[str]:
        """Do what is due now; the names of the duties that failed."""
        failed = []
        for duty in self.duties:
            before = self._done_at.get(duty.name)
            if before is not None and self.clock.now() - before < duty.every:
                continue
            self._done_at[duty.name] = self.clock.now()
            try:
                duty.do()
            except SmartClientError as refusal:
                if refusal.code == ANOTHER_AT_IT:
                    log.info("left to another worker", extra={"duty": duty.name})
                    continue
                failed.append(duty.name)
                log.warning("duty refused", extra={"duty": duty.name, "code": refusal.code})
            except (SQLAlchemyError, OSError) as failure:
                failed.append(duty.name)
                kind = type(failure).__name__
                log.warning("duty failed", extra={"duty": duty.name, "error": kind})
            except Exception:
                failed.append(duty.name)
                log.critical("unforeseen", exc_info=True, extra={"duty": duty.name})
        return failed


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
    stamping = () if stamp is None else (Duty("time stamps", AT_EACH_ROUND, stamp),)
    return (
        Duty("heartbeat", observing_health.BEATS_EVERY, lambda: _beat(office)),
        Duty("export", AT_EACH_ROUND, lambda: _export_when_due(exporter)),
        Duty("judge", AT_EACH_ROUND, lambda: exporter.judge_some(office.clock.now())),
        Duty("answers", AT_EACH_ROUND, exporter.read_answers),
        Duty("report", AT_EACH_ROUND, lambda: report_due(exporter)),
        Duty("mail", AT_EACH_ROUND, lambda: outbox.send_due(office, postman.take)),
        Duty("freshness", HOURLY, lambda: _keep_fresh(office.clock, catalogue, online_keys)),
        Duty("retention", AT_EACH_ROUND, lambda: retention_duty.walk(office)),
        Duty("tidying", HOURLY, lambda: _tidy(office, exporter)),
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
    exporter.remove_expired()


def _confirm(office: Office) -> None:
    with office.reading() as desk:
        rights_list.confirm(desk, office.outside / rights_list.FILE)
        erasures.confirm(desk, office.outside / erasure_list.FILE)
