"""A status that is damaged at rest stops no batch, no answer and no signed package."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import IdSource, RecordId
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire.messages import Answer
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAMAGED = b"damaged"


@pytest.fixture
def other(server: InProcessServer, ids: IdSource) -> Adviser:
    """Somebody who has nothing to do with it."""
    return Adviser(server, ids)


def _damage(server: InProcessServer, draft: Draft) -> None:
    body = schema.record_body
    with server.office.writing() as desk:
        of_it = body.c.id == status_id(draft.id)
        desk.connection.execute(update(body).where(of_it).values(body=DAMAGED))


def _is_as_it_was(server: InProcessServer, draft: Draft) -> bool:
    body = schema.record_body
    query = select(body.c.body).where(body.c.id == status_id(draft.id))
    with server.office.reading() as desk:
        return bool(desk.connection.execute(query).scalar_one() == DAMAGED)


def _alarmed(server: InProcessServer) -> list[RecordId]:
    table = schema.alarm
    query = select(table.c.record).where(table.c.kind == Alarm.NOT_READ.value)
    with server.office.reading() as desk:
        return [RecordId(each) for each in desk.connection.execute(query).scalars()]


def _evening(clock: SetClock, *advisers: Adviser) -> None:
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    for each in advisers:
        each.headers = each.server.bearer(each.installed)


@pytest.mark.parametrize("before_the_export", [True, False])
def test_that_a_damaged_status_keeps_no_batch_from_the_core_and_no_answer_from_anybody(
    adviser: Adviser,
    other: Adviser,
    server: InProcessServer,
    clock: SetClock,
    before_the_export: bool,
) -> None:
    draft, theirs = adviser.offer(), other.offer(number="7200000002")
    adviser.push_ok(draft)
    other.push_ok(theirs)
    server.judge()
    _evening(clock, adviser, other)
    if before_the_export:
        _damage(server, draft)
    run = server.export()
    assert run is not None
    assert (run.state, run.documents) == (RunState.HANDED_OVER, 2)
    if not before_the_export:
        _damage(server, draft)
    server.answer()
    with server.office.reading() as desk:
        assert runs.require(desk, run.business_date).state is RunState.ACKNOWLEDGED
    assert other.body_of(status_id(theirs.id))["core"] == "accepted"
    assert (_alarmed(server), _is_as_it_was(server, draft)) == ([draft.id], True)
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert row.state is ServerState.LOCKED


def test_that_a_signed_package_arrives_where_the_status_of_its_document_is_damaged(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    server.judge()
    _evening(clock, adviser)
    server.export()
    _damage(server, draft)
    assert adviser.push_one(adviser.package(draft)).answer is Answer.OK
    assert _alarmed(server) == [draft.id]
