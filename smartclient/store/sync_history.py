"""The synchronisations of this install: when, how they ended, how much they moved."""

from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import RowMapping, delete, insert, select

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.retention import SYNCS_KEPT
from smartclient.store.changes import Subject
from smartclient.store.schema import sync_run
from smartclient.store.sync_runs import CANCELLED as CANCELLED
from smartclient.store.sync_runs import DONE as DONE
from smartclient.store.sync_runs import SyncRun as SyncRun
from smartclient.store.unit_of_work import UnitOfWork

LAST_DONE = (
    select(sync_run).where(sync_run.c.outcome == DONE).order_by(sync_run.c.number.desc()).limit(1)
)


class SyncHistory:
    """The synchronisations, in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def add(self, run: SyncRun) -> None:
        """Remember a synchronisation that has ended, and forget the oldest."""
        self.add_all([run])

    def add_all(self, runs: Sequence[SyncRun]) -> None:
        """Remember synchronisations in the order in which they ended, and forget the oldest."""
        newest = 0
        for run in runs:
            number = insert(sync_run).values(_columns(run)).returning(sync_run.c.number)
            newest = self._unit.connection.execute(number).scalar_one()
        too_old = sync_run.c.number <= newest - SYNCS_KEPT
        self._unit.connection.execute(delete(sync_run).where(too_old))
        self._unit.touch(Subject.SYNC, "history")

    def last(self) -> SyncRun | None:
        """The newest synchronisation, whatever its outcome."""
        return next(iter(self.page(0, 1)), None)

    def last_done(self) -> SyncRun | None:
        """The newest synchronisation that came to its end."""
        line = self._unit.connection.execute(LAST_DONE).mappings().first()
        written = [] if line is None else [_run(line)]
        done = [run for run in self._unwritten(written) if run.outcome == DONE]
        return next(iter([*done, *written]), None)

    def page(self, offset: int, limit: int) -> tuple[SyncRun, ...]:
        """Synchronisations from `offset`, the newest first."""
        asked = select(sync_run).order_by(sync_run.c.number.desc()).limit(offset + limit)
        lines = self._unit.connection.execute(asked).mappings()
        written = [_run(line) for line in lines]
        return (*self._unwritten(written), *written)[offset : offset + limit]

    def _unwritten(self, written: Sequence[SyncRun]) -> tuple[SyncRun, ...]:
        """Those in memory, the newest first. They may have been written together a moment ago."""
        known = {run.code for run in written}
        return tuple(takewhile(lambda run: run.code not in known, reversed(self._unit.waiting())))


def _columns(run: SyncRun) -> dict[str, str | int]:
    return {
        "started_at": to_text(run.started_at),
        "ended_at": to_text(run.ended_at),
        "outcome": run.outcome,
        "pushed": run.pushed,
        "pulled": run.pulled,
        "conflicts": run.conflicts,
        "code": run.code,
    }


def _run(line: RowMapping) -> SyncRun:
    return SyncRun(
        from_text(line["started_at"]),
        from_text(line["ended_at"]),
        line["outcome"],
        line["pushed"],
        line["pulled"],
        line["conflicts"],
        line["code"],
    )
