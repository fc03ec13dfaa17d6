"""The export of a business date, step by step; any step can be cut off and run again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.export import (
    acknowledging,
    handing_over,
    locking,
    runs,
    sealing,
    telling,
)
from smartclient.backoffice.operations.export.acknowledging import Acknowledged
from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.export.writing import Sign, write_batch
from smartclient.backoffice.operations.judgements import Judge, judge_due
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.domain.errors import NotAllowed
from smartclient.domain.lock_time import last_cutoff_date

JUDGED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Places:
    """Where batches lie: `archive` is ours, `to_core` is the folder that the core looks into."""

    archive: Path
    to_core: Path


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports what is complete, judged and received by the cut-off."""

    office: Office
    judge: Judge
    places: Places
    sign: Sign
    patience: float = 0.0
    """Seconds to wait for another process that is at it."""

    def due(self) -> date | None:
        """The business date whose cut-off has passed and whose export was not begun."""
        with self.office.reading() as desk:
            newest = runs.newest_date(desk)
            latest = last_cutoff_date(desk.now)
        return latest if newest is None or latest > newest else None

    def export(self, business_date: date) -> ExportRun:
        """Export a date up to the hand-over, after everything older that was cut off.

        Does nothing for a date that was handed over. Raises NotAllowed SC-EXP-001 (the cut-off is
        still to come), SC-EXP-002 (another process is at it), SC-EXP-004 (a newer date was begun).
        """
        with self._alone():
            self._require_possible(business_date)
            self._finish_older()
            with self.office.reading() as desk:
                begun = runs.find(desk, business_date)
            if begun is None:
                self.judge_waiting()
                with self.office.writing() as desk:
                    runs.begin(desk, business_date)
            while self.advance(business_date):
                pass
            with self.office.reading() as desk:
                return runs.require(desk, business_date)

    def finish(self) -> int:
        """Go on with every export that was cut off; how many there were."""
        with self._alone():
            return self._finish_older()

    def advance(self, business_date: date) -> bool:
        """Do the next step of an export; False when it is handed over."""
        with self.office.reading() as desk:
            run = runs.require(desk, business_date)
        match run.state:
            case RunState.BEGUN:
                self._seal(run)
            case RunState.SEALED:
                self._write(run)
            case RunState.WRITTEN:
                self._lock(run)
            case RunState.LOCKED:
                self._hand_over(run)
            case RunState.HANDED_OVER | RunState.ACKNOWLEDGED:
                return False
        return True

    def resend(self, business_date: date) -> ExportRun:
        """Hand the same bytes over once more; NotAllowed SC-EXP-003 before the first time."""
        with self._alone():
            with self.office.reading() as desk:
                run = runs.require(desk, business_date)
            if run.state not in (RunState.HANDED_OVER, RunState.ACKNOWLEDGED):
                raise NotAllowed("SC-EXP-003", date=business_date.isoformat())
            self._copy_to_core(run)
            return run

    def read_answers(self) -> list[Acknowledged]:
        """Take every answer of the core that has come."""
        with self._alone():
            with self.office.reading() as desk:
                waiting = runs.unanswered(desk)
            answers = [
                (run, acknowledging.read_answer(run, self.places.to_core)) for run in waiting
            ]
            return [
                acknowledging.take_answer(self.office, run, answer)
                for run, answer in answers
                if answer is not None
            ]

    def judge_waiting(self) -> None:
        """Judge what is due now, so that a full evening is not sealed half."""
        now = self.office.clock.now()
        while self.judge_some(now):
            pass

    def judge_some(self, until: datetime) -> int:
        """Judge some of what was due by then and stage what may be exported; how many were."""
        judged = judge_due(self.office, self.judge, until, JUDGED_AT_ONCE)
        exportable = [(each.scope, each.document) for each in judged if each.exportable]
        if exportable:
            with self.office.reading() as desk:
                self.staged.stage(desk, exportable)
        return len(judged)

    @property
    def staged(self) -> StagedBlobs:
        """The attachments that wait for their batch."""
        return StagedBlobs(self.places.archive)

    def _require_possible(self, business_date: date) -> None:
        with self.office.reading() as desk:
            newest = runs.newest_date(desk)
            if business_date > last_cutoff_date(desk.now):
                raise NotAllowed("SC-EXP-001", date=business_date.isoformat())
            if newest is not None and business_date < newest and not runs.find(desk, business_date):
                raise NotAllowed("SC-EXP-007", date=business_date.isoformat())

    def _finish_older(self) -> int:
        with self.office.reading() as desk:
            cut_off = runs.unfinished(desk)
        for run in cut_off:
            while self.advance(run.business_date):
                pass
        return len(cut_off)

    def _seal(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            scopes = sealing.scopes_to_seal(desk, run)
        self._each(scopes, lambda desk, some: sealing.seal_scopes(desk, run, some))
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.SEALED, documents=sealing.count_sealed(desk, run))

    def _write(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            manifest = write_batch(desk, run, self.places.archive, self.sign)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.WRITTEN, manifest_sha256=manifest)

    def _lock(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            scopes = locking.scopes_to_lock(desk, run)
        self._each(scopes, lambda desk, some: locking.lock_scopes(desk, run, some))
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.LOCKED)

    def _hand_over(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            scopes = telling.scopes_to_tell(desk, run)
        told = telling.SCOPES_AT_ONCE
        self._each(scopes, lambda desk, some: telling.tell_scopes(desk, run, some), told)
        self._copy_to_core(run)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.HANDED_OVER)

    def _copy_to_core(self, run: ExportRun) -> None:
        places = self.places
        handing_over.hand_over(run.batch, run.manifest_sha256, places.archive, places.to_core)

    def _each(
        self,
        scopes: Sequence[str],
        work: Callable[[Desk, Sequence[str]], None],
        at_once: int = sealing.SCOPES_AT_ONCE,
    ) -> None:
        for start in range(0, len(scopes), at_once):
            with self.office.writing() as desk:
                work(desk, scopes[start : start + at_once])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with alone(self.places.archive / ".lock", "SC-EXP-002", self.patience):
            yield
