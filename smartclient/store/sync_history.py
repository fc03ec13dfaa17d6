"""The synchronisations of this install: when, how they ended, how much they moved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.retention import SYNCS_KEPT
from smartclient.store.changes import Subject
from smartclient.store.schema import sync_run
from smartclient.store.unit_of_work import UnitOfWork

DONE = "done"
CANCELLED = "cancelled"

LAST_DONE = (
    select(sync_run).where(sync_run.c.outcome == DONE).order_by(sync_run.c.number.desc()).limit(1)
)


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One synchronisation. `outcome` is `done`, `cancelled` or the code of the refusal."""

    started_at: datetime
    ended_at: datetime
    outcome: str
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    code: str = ""
    """Its support code; empty for those of a program that gave none."""


class SyncHistory:
    """The synchronisations, in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def add(self, run: SyncRun) -> None:
        """Remember a synchronisation that has ended, and forget the oldest."""
        line = {
            "started_at": to_text(run.started_at),
            "ended_at": to_text(run.ended_at),
            "outcome": run.outcome,
            "pushed": run.pushed,
            "pulled": run.pulled,
            "conflicts": run.conflicts,
            "code": run.code,
        }
        number = insert(sync_run).values(**line).returning(sync_run.c.number)
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
        return None if line is None else _run(line)

    def page(self, offset: int, limit: int) -> tuple[SyncRun, ...]:
        """Synchronisations from `offset`, the newest first."""
        asked = select(sync_run).order_by(sync_run.c.number.desc()).limit(limit).offset(offset)
        return tuple(_run(line) for line in self._unit.connection.execute(asked).mappings())


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
