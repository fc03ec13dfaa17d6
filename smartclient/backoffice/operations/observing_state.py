"""What stands in the database, as numbers for those who watch the back office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, func, select

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.observing_health import beaten_at
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.tables import observing, schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.lock_time import cutoff

_BLOB_BYTES, _ARCHIVED = "blob bytes", "archived documents"
_HOURLY = {
    _BLOB_BYTES: select(func.sum(schema.blob.c.size)),
    _ARCHIVED: select(func.count()).select_from(observing.archived_record),
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
    judged, mail = schema.judgement_due, schema.outbox
    due = mail.c.due_at.is_not(None)
    oldest = desk.connection.execute(select(func.min(mail.c.created_at)).where(due)).scalar()
    beaten = beaten_at(desk)
    install = schema.install
    revoked = install.c.revoked_at.is_not(None)
    return State(
        (
            is_up(answered=True),
            _one("judgements_waiting", "Documents that wait to be judged.", _count(desk, judged)),
            _one("outbox_waiting", "Mail that is due or put off.", _number(desk, _rows(mail, due))),
            _one(
                "outbox_oldest_seconds",
                "Age of the oldest mail that waits.",
                _seconds_since(desk, oldest),
            ),
            _one(
                "worker_beat_age_seconds",
                "Time since the worker's last sign of life; -1 for none ever.",
                _seconds_since(desk, beaten) if beaten else -1.0,
            ),
            *_export(desk),
            Gauge(
                "installs",
                "Installs by whether they may synchronise.",
                (
                    (("revoked",), _number(desk, _rows(install, revoked))),
                    (("active",), _number(desk, _rows(install, ~revoked))),
                ),
                ("state",),
            ),
            Gauge("alarms", "Alarms that were raised and kept.", _alarms(desk), ("kind",)),
            _one(
                "archived_documents",
                "Records in the archive.",
                _counted(desk, _ARCHIVED),
            ),
            _one("handed_in_waiting", "Handed-in records nobody took.", _handed_in(desk)),
            _one("blob_bytes", "Bytes of all files.", _counted(desk, _BLOB_BYTES)),
        )
    )


def _one(name: str, about: str, value: float) -> Gauge:
    return Gauge(name, about, (((), value),))


def _rows(table: Table, wanted: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(table).where(wanted)


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
    )


def _alarms(desk: Desk) -> Values:
    table = schema.alarm
    query = select(table.c.kind, func.count().label("raised")).group_by(table.c.kind)
    raised = {row.kind: float(row.raised) for row in desk.connection.execute(query)}
    return tuple(((alarm.value,), raised.get(alarm.value, 0.0)) for alarm in Alarm)


def _handed_in(desk: Desk) -> float:
    table = schema.handed_in
    return _number(desk, _rows(table, table.c.done_at.is_(None)))


def count_what_is_large(office: Office) -> None:
    """Count the bytes of all files and the records of the archive; `state_of` tells them then."""
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


def _seconds_since(desk: Desk, instant: datetime | None) -> float:
    return 0.0 if instant is None else (desk.now - instant).total_seconds()
