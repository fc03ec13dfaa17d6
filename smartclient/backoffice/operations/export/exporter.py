"""The export of a business date, step by step; any step can be cut off and run again."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from cryptography import x509

from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.export import (
    acknowledging,
    handing_over,
    holding,
    laying,
    locking,
    retaining,
    runs,
    sealing,
    telling,
)
from smartclient.backoffice.operations.export.acknowledging import Acknowledged
from smartclient.backoffice.operations.export.part_files import Sign, Writing
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.export.writing import write_batch
from smartclient.backoffice.operations.judgements import Judge, Judging, withdraw
from smartclient.backoffice.operations.judgements_due import bring_forward, count_due
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.store_reach import StoreReach
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.lock_time import PRAGUE, last_cutoff_date

JUDGED_AT_ONCE = 200
SIDE_BY_SIDE = 4
"""Transactions of an export at a time, where the database has more than one writer."""


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
    policy: ExportPolicy = field(default_factory=ExportPolicy)

    def due(self) -> date | None:
        """The business date whose cut-off has passed and whose export was not begun.

        None while the export is held after a restore.
        """
        with self.office.reading() as desk:
            if holding.is_held(desk):
                return None
            newest = runs.newest_date(desk)
            latest = last_cutoff_date(desk.now)
        return latest if newest is None or latest > newest else None

    def export(self, business_date: date) -> ExportRun:
        """Export a date up to the hand-over, after everything older that was cut off.

        A hand-over that fails, of this batch or of an older one, keeps no document from its lock:
        it comes last. On a holiday it is left for the first day that is none. Does nothing for a
        date that was handed over. Raises NotAllowed SC-EXP-001 (the cut-off is still to come),
        SC-EXP-002 (another process is at it), SC-EXP-004 (another process has gone on with it),
        SC-EXP-007 (a newer date was begun), SC-EXP-012 (held after a restore).
        """
        with self._alone():
            self._require_free()
            self._require_possible(business_date)
            self._lock_unfinished()
            with self.office.reading() as desk:
                begun = runs.find(desk, business_date)
            if begun is None:
                self.judge_waiting()
                with self.office.writing() as desk:
                    runs.begin(desk, business_date, self.policy)
            self._lock_unfinished()
            self._hand_over_waiting()
            with self.office.reading() as desk:
                return runs.require(desk, business_date)

    def finish(self) -> int:
        """Go on with every export that was cut off or waits; how many there were.

        Nothing while the export is held after a restore.
        """
        with self._alone():
            if self._is_held():
                return 0
            count = self._lock_unfinished()
            self._hand_over_waiting()
            return count

    def advance(self, business_date: date) -> bool:
        """Do the next step of an export; False when it is handed over, or waits for its day."""
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
                self._tell(run)
            case RunState.TOLD:
                return self._hand_over(run)
            case RunState.HANDED_OVER | RunState.ACKNOWLEDGED:
                return False
        return True

    def lay_out(self, business_date: date) -> None:
        """Put together what the export will most probably hold, while edits are still taken.

        The step that seals begins with it where it was not done. Nothing for an export that has
        come further.
        """
        with self.office.reading() as desk:
            run = runs.require(desk, business_date)
            writing = self._writing
            if run.state is not RunState.BEGUN or laying.is_laid_out(desk, run, writing):
                return
            scopes = sealing.scopes_to_seal(desk, run)
        self._each(scopes, lambda desk, some: sealing.note_candidates(desk, run, some))
        sealing.count_candidates(self.office)
        try:
            self._lay_out(run, writing)
        except laying.Lost as lost:
            # They are judged again; the others go without them, unless they are sealed already.
            for key in lost.documents:
                with self.office.writing() as desk:
                    withdraw(desk, key)
            self._lay_out(run, writing)

    def _lay_out(self, run: ExportRun, writing: Writing) -> None:
        with self.office.reading() as desk:
            laying.lay_out(desk, run, writing)

    def resend(self, business_date: date) -> ExportRun:
        """Hand the same bytes over once more.

        What of the batch lies in the core's folder is taken away first: it may be damaged.
        NotAllowed SC-EXP-003 before the first time, SC-EXP-028 after the batch was removed,
        SC-EXP-012 while held after a restore; Damaged SC-EXP-005 when our copy is not whole.
        """
        with self._alone():
            self._require_free()
            with self.office.reading() as desk:
                run = runs.require(desk, business_date)
            if run.state not in (RunState.HANDED_OVER, RunState.ACKNOWLEDGED):
                raise NotAllowed("SC-EXP-003", date=business_date.isoformat())
            with self.office.reading() as desk:
                retaining.require_kept(desk, run.batch)
            handing_over.take_back(
                run.batch, run.manifest_sha256, self.places.archive, self.places.to_core
            )
            # What was sealed for the core is sent again as it is, and never sealed anew.
            self._copy_to_core(run, None)
            return run

    def remove_expired(self) -> list[str]:
        """Remove what is left of answered batches after their retention date; their names.

        NotAllowed SC-EXP-026 or OSError when what lies in the core's folder cannot be removed now:
        it is tried again, and none counts as removed until it is gone. One that cannot be removed
        keeps no other: its OSError is raised after them.
        """
        removed: list[str] = []
        faults: list[OSError] = []
        with self._alone():
            with self.office.reading() as desk:
                expired = retaining.expired(desk, desk.now.astimezone(PRAGUE).date())
            # Ours first: a share that is away keeps nothing with us beyond its date.
            gone = [each for each in expired if self._is_removed_here(each, faults)]
            if gone:
                handing_over.require_folder(self.places.to_core, was_used=True)
            for batch in gone:
                try:
                    retaining.remove_at_core(batch, self.places.to_core)
                except OSError as fault:
                    faults.append(fault)
                    continue
                with self.office.writing() as desk:
                    retaining.note_removed(desk, batch)
                removed.append(batch)
        if faults:
            raise faults[0]
        return removed

    def _is_removed_here(self, batch: str, faults: list[OSError]) -> bool:
        try:
            retaining.remove(batch, self.places.archive)
        except OSError as fault:
            faults.append(fault)
            return False
        return True

    def read_answers(self) -> list[Acknowledged]:
        """Take every answer of the core that has come; none while held after a restore.

        BadInput SC-EXP-006 for one that cannot be used, OSError for one that cannot be read; both
        after all others were taken.
        """
        with self._alone():
            with self.office.reading() as desk:
                waiting = [] if holding.is_held(desk) else runs.unanswered(desk)
            taken: list[Acknowledged] = []
            unusable: BadInput | OSError | None = None
            for run in waiting:
                try:
                    answer = acknowledging.read_answer(run, self.places.to_core)
                except (BadInput, OSError) as refusal:
                    unusable = unusable or refusal
                    continue
                if answer is not None:
                    taken.append(acknowledging.take_answer(self.office, run, answer))
            if unusable is not None:
                raise unusable
            return taken

    def judge_waiting(self) -> None:
        """Judge all that waits now, so that a full evening is not sealed half.

        What was put off is asked about once more. As many as wait at its beginning, the oldest
        first: what is pushed meanwhile comes behind them, and waiting for it would never end where
        the server's clock is behind ours.
        """
        now, store = self.office.clock.now(), StoreReach(self.office.clock.monotonic)
        with self.office.writing() as desk:
            bring_forward(desk, now)
            left = count_due(desk, now)
        while left > 0 and (judged := self.judge_some(now, store)):
            left -= judged

    def judge_some(self, until: datetime, store: StoreReach) -> int:
        """Judge some of what was due by then and stage what may be exported; how many were."""
        judging = Judging(self.office, self.judge, store, self.staged, self.policy.formats)
        return len(judging.some(until, JUDGED_AT_ONCE))

    @property
    def staged(self) -> StagedBlobs:
        """The attachments that wait for their batch."""
        return StagedBlobs(self.places.archive)

    @property
    def _writing(self) -> Writing:
        policy = self.policy
        return Writing(self.places.archive, self.sign, policy.formats, policy.kept)

    def _is_held(self) -> bool:
        with self.office.reading() as desk:
            return holding.is_held(desk)

    def _require_free(self) -> None:
        with self.office.reading() as desk:
            holding.require_free(desk)

    def _require_possible(self, business_date: date) -> None:
        with self.office.reading() as desk:
            newest = runs.newest_date(desk)
            if business_date > last_cutoff_date(desk.now):
                raise NotAllowed("SC-EXP-001", date=business_date.isoformat())
            if newest is not None and business_date < newest and not runs.find(desk, business_date):
                raise NotAllowed("SC-EXP-007", date=business_date.isoformat())

    def _lock_unfinished(self) -> int:
        """Lock every export that was cut off, the oldest first; how many wait or were cut off."""
        with self.office.reading() as desk:
            unfinished = runs.unfinished(desk)
        for run in unfinished:
            while run.state in runs.TO_BE_TOLD:
                self.advance(run.business_date)
                with self.office.reading() as desk:
                    run = runs.require(desk, run.business_date)
        return len(unfinished)

    def _hand_over_waiting(self) -> None:
        """Hand over what is locked, in the order of its dates: each follows the one before it."""
        with self.office.reading() as desk:
            waiting = runs.unfinished(desk)
        for run in waiting:
            if not self._hand_over(run):
                return

    def _seal(self, run: ExportRun) -> None:
        self.lay_out(run.business_date)
        with self.office.reading() as desk:
            scopes = sealing.scopes_to_seal(desk, run)
        self._each(scopes, lambda desk, some: sealing.seal_scopes(desk, run, some))
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.SEALED)
            # Only now nobody adds a line any more: who does holds the run.
            runs.note_documents(desk, run, sealing.count_sealed(desk, run))

    def _write(self, run: ExportRun) -> None:
        writing = self._writing
        with self.office.reading() as desk:
            manifest = write_batch(desk, run, writing)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.WRITTEN, manifest_sha256=manifest)

    def _lock(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            scopes = locking.scopes_to_lock(desk, run)
        self._each(scopes, lambda desk, some: locking.lock_scopes(desk, run, some))
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.LOCKED)

    def _tell(self, run: ExportRun) -> None:
        with self.office.reading() as desk:
            scopes = telling.scopes_to_tell(desk, run)
        told = telling.SCOPES_AT_ONCE
        self._each(scopes, lambda desk, some: telling.tell_scopes(desk, run, some), told)
        laying.forget(self.places.archive, run.batch)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.TOLD)

    def _hand_over(self, run: ExportRun) -> bool:
        """Hand over, if its day has come."""
        with self.office.reading() as desk:
            if desk.now < runs.hand_over_at(desk, run):
                return False
            if self.policy.reader is not None:
                handing_over.require_valid(self.policy.reader, desk.now)
            was_used = runs.was_handed_over_before(desk)
        handing_over.require_folder(self.places.to_core, was_used=was_used)
        self._copy_to_core(run, self.policy.reader)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.HANDED_OVER)
            runs.note_handed_over(desk, run)
        return True

    def _copy_to_core(self, run: ExportRun, reader: x509.Certificate | None) -> None:
        places = self.places
        handing_over.hand_over(
            run.batch, run.manifest_sha256, places.archive, places.to_core, reader
        )

    def _each(
        self,
        scopes: Sequence[str],
        work: Callable[[Desk, Sequence[str]], None],
        at_once: int = sealing.SCOPES_AT_ONCE,
    ) -> None:
        """Work on all scopes, some of them in a transaction; on PostgreSQL several at a time."""

        def work_on(begin: int) -> None:
            with self.office.writing() as desk:
                work(desk, scopes[begin : begin + at_once])

        parts = range(0, len(scopes), at_once)
        if self.office.has_one_writer or len(parts) < 2:
            for begin in parts:
                work_on(begin)
            return
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for _ in pool.map(work_on, parts):
                pass

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with alone(self.places.archive / ".lock", "SC-EXP-002", self.patience):
            yield
