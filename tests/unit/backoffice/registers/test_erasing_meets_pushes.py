"""What laptops still push of an erased client: documents that only name it, edits handed in."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.pushing import judged, take
from smartclient.backoffice.operations.registers import erasure_list, erasures
from smartclient.backoffice.operations.tokens import require_principal
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import ClientId, IdSource
from smartclient.wire.messages import Answer, PushLine, PushRequest
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import RegisterLaptop, client_body
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.registers.conftest import BRNO, Town, town_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the list of erasures lies."""
    return tmp_path / "export" / erasure_list.FILE


@pytest.fixture
def postgres_town(on_postgresql: InProcessServer, clock: SetClock, ids: IdSource) -> Town:
    """The office where two transactions run at once."""
    return town_of(on_postgresql, ids, clock)


def _erase(town: Town, client: PushLine, path: Path, *, documents: bool) -> None:
    with town.server.office.writing() as desk:
        erasures.erase(desk, ClientId(client.id), path, "by letter", documents=documents)


def _client(town: Town) -> PushLine:
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    return client


def test_that_a_document_of_a_client_erased_with_documents_is_not_taken_any_more(
    town: Town, path: Path
) -> None:
    client = _client(town)
    offer = town.petr.adviser.offer(client_id=client.id)
    other = town.petr.adviser.offer(number="7200000002", client_id=town.jana.client().id)
    _erase(town, client, path, documents=True)
    answers = town.petr.adviser.push(offer.line(), other.line())
    assert [each.answer for each in answers] == [Answer.ERASED, Answer.OK]
    (row,) = [row for row in town.petr.pull()[0] if row.id == offer.id]
    assert (row.state, row.blobs) == (ServerState.ERASED, ())
    assert town.petr.adviser.push_one(offer.line()).answer is Answer.ERASED
    with town.server.office.reading() as desk:
        kept = set(desk.connection.execute(select(schema.record_body.c.id)).scalars())
        numbers = set(desk.connection.execute(select(schema.record.c.number)).scalars())
    assert offer.id not in kept
    assert str(offer.body["number"]) not in numbers


def test_that_documents_of_a_client_erased_without_them_still_arrive(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = _client(town)
    _erase(town, client, path, documents=False)
    town.petr.adviser.push_ok(offer := town.petr.adviser.offer(client_id=client.id))
    # Erased again, now with the documents: what came meanwhile goes, and no other comes.
    _erase(town, client, path, documents=True)
    assert town.petr.bodies(offer.id) == {}
    late = town.petr.adviser.offer(number="7200000002", client_id=client.id)
    assert town.petr.adviser.push_one(late.line()).answer is Answer.ERASED


def test_that_what_a_client_signed_before_reaches_a_person_whichever_comes_first(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = _client(town)
    _erase(town, client, path, documents=True)
    first = town.petr.adviser.offer(Stage.WAITING, client_id=client.id)
    second = town.petr.adviser.offer(Stage.WAITING, number="7200000002", client_id=client.id)
    assert town.petr.adviser.push_one(town.petr.adviser.package(first)).answer is Answer.OK
    assert town.petr.adviser.push_one(first.line()).answer is Answer.ERASED
    assert town.petr.adviser.push_one(second.line()).answer is Answer.ERASED
    assert town.petr.adviser.push_one(town.petr.adviser.package(second)).answer is Answer.OK
    with town.server.office.reading() as desk:
        late = select(schema.alarm.c.record).where(schema.alarm.c.kind == Alarm.LATE_SIGNED)
        assert set(desk.connection.execute(late).scalars()) == {first.id, second.id}


def test_that_a_restore_remembers_whose_documents_are_not_taken(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = _client(town)
    _erase(town, client, path, documents=True)
    with town.server.office.writing() as desk:
        desk.connection.execute(delete(schema.erased_client))
        erasures.replay(desk, path)
        erasures.replay(desk, path)
    offer = town.petr.adviser.offer(client_id=client.id)
    assert town.petr.adviser.push_one(offer.line()).answer is Answer.ERASED


def test_that_a_lost_scope_that_the_backup_never_had_keeps_its_tombstones(
    memory_town: Town, path: Path
) -> None:
    """It is adopted after the restore, and the laptop offers the erased client again."""
    town = memory_town
    client = replace(town.stranger.client(), scope=town.stranger.adviser.scope)
    assert town.stranger.adviser.push_one(client).answer is Answer.OK
    _erase(town, client, path, documents=False)
    with town.server.office.writing() as desk:
        for table in (schema.record, schema.scope):
            desk.connection.execute(delete(table).where(table.c.scope == client.scope))
        erasures.replay(desk, path)
    assert town.stranger.adviser.push_one(client).answer is Answer.ERASED


def test_that_a_document_handed_in_goes_only_where_documents_go(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = _client(town)
    offer = town.petr.adviser.offer(client_id=client.id)
    lost = replace(offer.line(), scope=town.stranger.adviser.scope)
    town.give_scope(town.petr, lost.scope)
    town.take(town.petr, lost.scope)
    assert town.petr.adviser.push_one(lost).answer is Answer.OK
    _erase(town, client, path, documents=False)
    assert _handed_in(town) == [offer.id]
    _erase(town, client, path, documents=True)
    assert _handed_in(town) == []
    assert town.petr.adviser.push_one(lost).answer is Answer.ERASED


def _handed_in(town: Town) -> list[str]:
    with town.server.office.reading() as desk:
        return [each.record for each in handed_in_decisions.edits(desk, waiting=True)]


def test_that_an_erasure_waits_for_what_is_being_handed_in_and_takes_it_along(
    postgres_town: Town, path: Path
) -> None:
    town, (client, edit) = postgres_town, _lost_edit(postgres_town)
    with town.server.office.writing() as pushing:
        _push(town, pushing, edit)
        with town.server.office.writing() as desk:
            _hurry(desk)
            with pytest.raises(OperationalError, match="lock"):
                erasures.erase(desk, ClientId(client.id), path, "by letter")
    assert _handed_in(town) == [client.id]
    _erase(town, client, path, documents=False)
    assert _handed_in(town) == []


def test_that_what_is_handed_in_waits_for_an_erasure_and_is_answered_erased(
    postgres_town: Town, path: Path
) -> None:
    town, (client, edit) = postgres_town, _lost_edit(postgres_town)
    with town.server.office.writing() as desk:
        erasures.erase(desk, ClientId(client.id), path, "by letter")
        with town.server.office.writing() as pushing:
            _hurry(pushing)
            with pytest.raises(OperationalError, match="lock"):
                _push(town, pushing, edit)
    assert town.jana.adviser.push_one(edit).answer is Answer.ERASED
    assert _handed_in(town) == []


def test_that_a_document_for_another_lost_scope_waits_for_the_erasure_too(
    postgres_town: Town, path: Path
) -> None:
    """Handed in by somebody who never read the client, for the scope of somebody who did."""
    town = postgres_town
    client, hers = _client(town), town.jana.adviser.scope
    town.give_scope(town.stranger, hers)
    town.take(town.stranger, hers)
    offer = town.stranger.adviser.offer(client_id=client.id)
    line = replace(offer.line(), scope=hers)
    with town.server.office.writing() as desk:
        erasures.erase(desk, ClientId(client.id), path, "by letter", documents=True)
        with town.server.office.writing() as pushing:
            _hurry(pushing)
            with pytest.raises(OperationalError, match="lock"):
                _push(town, pushing, line, town.stranger)
    assert town.stranger.adviser.push_one(line).answer is Answer.ERASED
    assert _handed_in(town) == []


def _lost_edit(town: Town) -> tuple[PushLine, PushLine]:
    """A client of the office, and an edit of it by somebody who lost the office since."""
    client = _client(town)
    town.take(town.jana)
    return client, town.jana.edit(client, client_body("Bílá"))


def _push(town: Town, desk: Desk, line: PushLine, by: RegisterLaptop | None = None) -> None:
    adviser = (by or town.jana).adviser
    bearer = adviser.headers["Authorization"]
    principal = require_principal(desk, bearer.removeprefix("Bearer "))
    take(desk, principal, judged(principal, PushRequest(adviser.epoch, (line,))))


def _hurry(desk: Desk) -> None:
    """Who finds the row taken gives up at once."""
    desk.connection.exec_driver_sql("SET LOCAL lock_timeout = 50")
