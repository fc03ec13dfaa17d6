"""What stands in the database, as numbers for those who watch the back office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, func, select

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.export import holding
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.observing_health import backed_up_at, beaten_at
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.signed_packages import Standing
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.backoffice.tables.exports import late_decision
from smartclient.domain.document_life import CoreAnswer
from smartclient.domain.lock_time import cutoff

_BLOB_BYTES, _ARCHIVED = "blob bytes", "archived documents"
_REJECTED, _UNDECIDED = "rejected lines", "late undecided"


def _rejected_lines() -> Select[int]:
    """Of the newest batch that the core got."""
    run, line = schema.export_run, schema.export_line
    at_the_core = (RunState.HANDED_OVER.value, RunState.ACKNOWLEDGED.value)
    newest = select(run.c.batch).where(run.c.state.in_(at_the_core))
    newest = newest.order_by(run.c.business_date.desc()).limit(1)
    return _rows(
        line,
        (line.c.batch == newest.scalar_subquery()) & (line.c.answer == CoreAnswer.REJECTED.value),
    )


def _late_undecided() -> Select[int]:
    package = schema.signed_package
    of_it = (late_decision.c.scope == package.c.scope) & (late_decision.c.package == package.c.id)
    query = select(func.count()).select_from(package.outerjoin(late_decision, of_it))
    waits = (package.c.standing == Standing.LATE.value, late_decision.c.decision.is_(None))
    return query.where(*waits)


def _rows(table: Table, wanted: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(table).where(wanted)


_HOURLY = {
    _BLOB_BYTES: select(func.sum(schema.blob.c.size)),
    _ARCHIVED: select(func.count()).select_from(observing.archived_record),
    _REJECTED: _rejected_lines(),
    _UNDECIDED: _late_undecided(),
}
"""What reads every row of a table that grows for years: the worker counts it."""

Values = Sequence[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One measure: its values by their labels, each from a set that the program bounds."""

    name: str
    about: str
    values: Values
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is measured at one instant."""

    gauges: tuple[Gauge, ...]


def is_up(*, answered: bool) -> Gauge:
    """Whether the database answered; alone where it did not."""
    return _one("database_up", "Whether the database answered: 1 or 0.", float(answered))


def state_of(desk: Desk) -> State:
    """Ask for everything, each by an index or from a small table."""
    return State(
        (
            is_up(answered=True),
            *_waiting(desk),
            _one(
                "worker_beat_age_seconds",
                "Time since the worker's last sign of life; -1 for none ever.",
                _age(desk, beaten_at(desk)),
            ),
            *_export(desk),
            _installs(desk),
            *_alarms(desk),
            _one(
                "backup_age_seconds",
                "Age of the newest backup; -1 for none ever.",
                _age(desk, backed_up_at(desk)),
            ),
            _one("archived_documents", "Records in the archive.", _counted(desk, _ARCHIVED)),
            _one("handed_in_waiting", "Handed-in records nobody took.", _handed_in(desk)),
            _one("blob_bytes", "Bytes of all files.", _counted(desk, _BLOB_BYTES)),
        )
    )


def _waiting(desk: Desk) -> tuple[Gauge, ...]:
    """What the worker has yet to do."""
    judged, mail = schema.judgement_due, schema.outbox
    due = mail.c.due_at.is_not(None)
    oldest = desk.connection.execute(select(func.min(mail.c.created_at)).where(due)).scalar()
    age = _seconds_since(desk, oldest)
    return (
        _one("judgements_waiting", "Documents that wait to be judged.", _count(desk, judged)),
        _one("outbox_waiting", "Mail that is due or put off.", _number(desk, _rows(mail, due))),
        _one("outbox_oldest_seconds", "Age of the oldest mail that waits.", age),
    )


def _installs(desk: Desk) -> Gauge:
    table = schema.install
    revoked = table.c.revoked_at.is_not(None)
    return Gauge(
        "installs",
        "Installs by whether they may synchronise.",
        (
            (("revoked",), _number(desk, _rows(table, revoked))),
            (("active",), _number(desk, _rows(table, ~revoked))),
        ),
        ("state",),
    )


def _one(name: str, about: str, value: float) -> Gauge:
    return Gauge(name, about, (((), value),))


def _export(desk: Desk) -> tuple[Gauge, ...]:
    table = schema.export_run
    query = select(table.c.business_date, table.c.state, table.c.documents)
    newest = desk.connection.execute(
        query.order_by(table.c.business_date.desc()).limit(1)
    ).one_or_none()
    state = "" if newest is None else newest.state
    values = tuple(((each.value,), float(each.value == state)) for each in RunState)
    age = -1.0
    if newest is not None:
        age = (desk.now - cutoff(newest.business_date)).total_seconds()
    documents = 0 if newest is None else newest.documents
    return (
        Gauge("export_state", "1 at the state of the newest export.", values, ("state",)),
        _one("export_cutoff_age_seconds", "Time since its cut-off; -1 without any.", age),
        _one("export_documents", "Documents of the newest export.", float(documents)),
        _one(
            "export_unanswered_batches",
            "Batches that the core got and has not answered to the last line.",
            _number(desk, _rows(table, table.c.state == RunState.HANDED_OVER.value)),
        ),
        _one(
            "export_rejected_lines",
            "Lines of the newest batch at the core that it rejected.",
            _counted(desk, _REJECTED),
        ),
        _one(
            "export_held",
            "Whether the export waits after a restore to be released: 1 or 0.",
            float(holding.is_held(desk)),
        ),
        _one(
            "late_undecided",
            "Late signed packages that wait for a person.",
            _counted(desk, _UNDECIDED),
        ),
    )


def _alarms(desk: Desk) -> tuple[Gauge, Gauge]:
    table = schema.alarm
    query = select(table.c.kind, func.count().label("raised"), func.max(table.c.at).label("newest"))
    found = {row.kind: row for row in desk.connection.execute(query.group_by(table.c.kind))}
    raised: list[tuple[tuple[str, ...], float]] = []
    ages: list[tuple[tuple[str, ...], float]] = []
    for alarm in Alarm:
        row = found.get(alarm.value)
        raised.append(((alarm.value,), 0.0 if row is None else float(row.raised)))
        ages.append(((alarm.value,), _age(desk, None if row is None else row.newest)))
    return (
        Gauge("alarms", "Alarms that were raised and kept.", tuple(raised), ("kind",)),
        Gauge("alarm_age_seconds", "Age of the newest; -1 for none.", tuple(ages), ("kind",)),
    )


def _handed_in(desk: Desk) -> float:
    table = schema.handed_in
    return _number(desk, _rows(table, table.c.done_at.is_(None)))


def count_what_is_large(office: Office) -> None:
    """Count what is asked of large tables; `state_of` tells it until the next time."""
    with office.reading() as desk:
        found = {name: desk.connection.execute(query).scalar() for name, query in _HOURLY.items()}
    with office.writing() as desk:
        rows = [
            {"name": name, "at": desk.now, "position": str(int(total or 0))}
            for name, total in found.items()
        ]
        upsert(desk.connection, observing.duty_mark, rows)


def _counted(desk: Desk, name: str) -> float:
    table = observing.duty_mark
    query = select(table.c.position).where(table.c.name == name)
    return float(desk.connection.execute(query).scalar() or 0)


def _count(desk: Desk, table: Table) -> float:
    return _number(desk, select(func.count()).select_from(table))


def _number(desk: Desk, query: Select[int]) -> float:
    return float(desk.connection.execute(query).scalar_one())


def _age(desk: Desk, instant: datetime | None) -> float:
    return -1.0 if instant is None else _seconds_since(desk, instant)


def _seconds_since(desk: Desk, instant: datetime | None) -> float:
    return 0.0 if instant is None else (desk.now - instant).total_seconds()
