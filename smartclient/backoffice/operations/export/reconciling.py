"""Reconciliation: does what was sealed, handed over and answered come out even; what did not go.

Everything is counted anew in the database, and compared with the archive and the core's folder
(`comparing`). What did not go is told as it stands now.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.comparing import Compared, Difference
from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.late_packages import Decision
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.signed_packages import Standing
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.exports import export_batch, late_decision
from smartclient.domain.document_life import CoreAnswer, DocumentKind, ServerState, Stage
from smartclient.wire.messages import RecordKind

WAITS_TO_BE_JUDGED = "waits"
INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A document, or a late package of it, that the core did not accept."""

    number: str
    document: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A complete or signed document of before the cut-off that is not in the batch."""

    number: str
    document: str
    stage: Stage
    code: str
    """The first reason of its verdict, or one of the two words above."""


@dataclass(frozen=True, slots=True)
class LateSigned:
    """How many signed packages came late, by what became of them."""

    waiting: int = 0
    in_this_batch: int = 0
    to_go: int = 0
    """Accepted; the next batch takes them along."""
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A late signed package that nobody has decided about."""

    number: str
    package: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The export of one business date, counted."""

    run: ExportRun
    hand_over_at: datetime
    handed_over_at: datetime | None
    is_overdue: bool
    """The core should have got it by now."""
    retained_until: date
    removed_at: datetime | None
    sealed: int
    answers: Counter[CoreAnswer]
    rejected: tuple[RejectedLine, ...]
    in_progress: int
    """Drafts and documents that wait for a signature; never meant to go."""
    left_out: tuple[LeftOut, ...]
    late: LateSigned
    undecided: tuple[Waiting, ...]
    """The late signed packages that wait, the oldest first."""
    passed_over: tuple[str, ...]
    """Numbers without an answer although the core has answered others of the batch."""
    differences: tuple[tuple[Difference, int], ...] = field(default=())

    @property
    def handed_over(self) -> int:
        """Documents that the core has got."""
        return self.sealed if self.handed_over_at is not None else 0

    @property
    def is_even(self) -> bool:
        """Everything is answered, nothing was rejected, nothing differs, nobody has to decide."""
        return (
            self.run.state is RunState.ACKNOWLEDGED
            and not self.rejected
            and not self.differences
            and not self.late.waiting
        )


def reconcile(desk: Desk, business_date: date, archive: Path, to_core: Path) -> Reconciliation:
    """Count the export of a date; NotAllowed SC-EXP-003 when it was not begun."""
    run = runs.require(desk, business_date)
    about = desk.connection.execute(
        select(export_batch).where(export_batch.c.batch == run.batch)
    ).one()
    line = schema.export_line
    counted = select(line.c.answer, func.count()).where(line.c.batch == run.batch)
    found = desk.connection.execute(counted.group_by(line.c.answer))
    answers = Counter({CoreAnswer(answer): number for answer, number in found})
    compared = Compared(desk, run, archive, to_core, is_removed=about.removed_at is not None)
    return Reconciliation(
        run=run,
        hand_over_at=about.hand_over_at,
        handed_over_at=about.handed_over_at,
        is_overdue=about.handed_over_at is None and desk.now > about.hand_over_at + runs.PATIENCE,
        retained_until=about.retained_until,
        removed_at=about.removed_at,
        sealed=answers.total(),
        answers=answers,
        rejected=_rejected(desk, run),
        in_progress=_in_progress(desk),
        left_out=_left_out(desk, run),
        late=_late(desk, run),
        undecided=_undecided(desk),
        passed_over=_passed_over(desk, run) if len(answers) > 1 else (),
        differences=tuple((each, number) for each, number in compared.all() if number),
    )


def _rejected(desk: Desk, run: ExportRun) -> tuple[RejectedLine, ...]:
    line, record = schema.export_line, schema.record
    query = (
        select(record.c.number, line.c.document, line.c.version, line.c.reason)
        .outerjoin(record, (record.c.scope == line.c.scope) & (record.c.id == line.c.document))
        .where(line.c.batch == run.batch, line.c.answer == CoreAnswer.REJECTED.value)
        .order_by(record.c.number, line.c.document)
    )
    return tuple(
        RejectedLine(row.number or "", row.document, row.version, row.reason)
        for row in desk.connection.execute(query)
    )


def _in_progress(desk: Desk) -> int:
    record = schema.record
    query = select(func.count()).where(
        record.c.kind == RecordKind.DOCUMENT.value,
        record.c.state == ServerState.OPEN.value,
        record.c.stage.in_((Stage.DRAFT.value, Stage.WAITING.value)),
    )
    return desk.connection.execute(query).scalar_one()


def _left_out(desk: Desk, run: ExportRun) -> tuple[LeftOut, ...]:
    record, due = schema.record, schema.judgement_due
    waits = (due.c.scope == record.c.scope) & (due.c.document == record.c.id)
    query = (
        select(record.c.number, record.c.id, record.c.stage, record.c.verdict_code, due.c.document)
        .outerjoin(due, waits)
        .where(
            record.c.kind == RecordKind.DOCUMENT.value,
            record.c.state == ServerState.OPEN.value,
            record.c.stage.in_((Stage.COMPLETE.value, Stage.SIGNED.value)),
            record.c.received_at <= run.cutoff,
            ~record.c.exportable | due.c.document.is_not(None),
            record.c.document_kind != DocumentKind.MODELLING.value,
        )
        .order_by(record.c.number, record.c.id)
    )
    return tuple(
        LeftOut(
            row.number,
            row.id,
            Stage(row.stage),
            row.verdict_code or (WAITS_TO_BE_JUDGED if row.document else INCOMPLETE),
        )
        for row in desk.connection.execute(query)
    )


def _late(desk: Desk, run: ExportRun) -> LateSigned:
    package = schema.signed_package
    of_it = (late_decision.c.scope == package.c.scope) & (late_decision.c.package == package.c.id)
    query = (
        select(late_decision.c.decision, late_decision.c.batch, func.count())
        .select_from(package)
        .outerjoin(late_decision, of_it)
        .where(package.c.standing == Standing.LATE.value)
        .group_by(late_decision.c.decision, late_decision.c.batch)
    )
    counts: Counter[str] = Counter()
    for decision, batch, number in desk.connection.execute(query):
        if decision is None:
            counts["waiting"] += number
        elif decision == Decision.REFUSED:
            counts["refused"] += number
        elif batch is None:
            counts["to_go"] += number
        elif batch == run.batch:
            counts["in_this_batch"] += number
    return LateSigned(**counts)


def _undecided(desk: Desk) -> tuple[Waiting, ...]:
    package, record = schema.signed_package, schema.record
    of_it = (late_decision.c.scope == package.c.scope) & (late_decision.c.package == package.c.id)
    query = (
        select(record.c.number, package.c.id)
        .select_from(package)
        .outerjoin(late_decision, of_it)
        .outerjoin(record, (record.c.scope == package.c.scope) & (record.c.id == package.c.id))
        .where(package.c.standing == Standing.LATE.value, late_decision.c.decision.is_(None))
        .order_by(package.c.received_at, package.c.id)
    )
    return tuple(Waiting(row.number or "", row.id) for row in desk.connection.execute(query))


def _passed_over(desk: Desk, run: ExportRun) -> tuple[str, ...]:
    line, record = schema.export_line, schema.record
    query = (
        select(record.c.number)
        .select_from(line)
        .join(record, (record.c.scope == line.c.scope) & (record.c.id == line.c.document))
        .where(line.c.batch == run.batch, line.c.answer == CoreAnswer.NONE.value)
        .order_by(record.c.number)
    )
    return tuple(desk.connection.execute(query).scalars())
