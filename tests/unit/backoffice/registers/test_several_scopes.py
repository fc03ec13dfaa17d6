"""Export, verdicts, signatures and erasing where one person has several scopes."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import retention, retention_archive
from smartclient.backoffice.operations.registers import erasures, rights
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.messages import Answer
from tests.simulators.adviser import Draft, sha_of
from tests.simulators.register_lines import RegisterLaptop
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of

DAY = date(2026, 11, 21)


@pytest.fixture
def joined(town: Town) -> Town:
    """Jana works with two laptops: her own and the stranger's."""
    with town.server.office.writing() as desk:
        rights.join(desk, town.stranger.adviser.installed.id, person_of(town.jana), REASON)
    return town


def _evening(town: Town) -> None:
    town.clock.set(cutoff(DAY) + timedelta(minutes=1))
    for laptop in (town.jana, town.stranger, town.petr):
        laptop.adviser.headers = town.server.bearer(laptop.adviser.installed)


def _state(laptop: RegisterLaptop, draft: Draft) -> ServerState:
    laptop.since.clear()
    rows, _ = laptop.pull()
    return next(row.state for row in rows if row.id == draft.id)


def _lines(town: Town) -> list[tuple[str, str, int]]:
    table = schema.export_line
    with town.server.office.reading() as desk:
        found = desk.connection.execute(select(table.c.scope, table.c.document, table.c.version))
        return [(row.scope, row.document, row.version) for row in found]


def test_that_what_the_other_laptop_completed_is_exported_once_where_it_lives(
    joined: Town,
) -> None:
    first, second = joined.jana, joined.stranger
    draft = first.adviser.offer(Stage.DRAFT)
    first.adviser.push_ok(draft)
    second.adviser.edit(draft, Stage.COMPLETE)
    line = replace(draft.line(), scope=first.adviser.scope)
    assert second.adviser.push_one(line).answer is Answer.OK
    _evening(joined)
    joined.server.export()
    assert _lines(joined) == [(first.adviser.scope, draft.id, 2)]
    assert [_state(laptop, draft) for laptop in (first, second)] == [ServerState.LOCKED] * 2


def test_that_a_package_of_the_other_laptop_signs_the_document(joined: Town) -> None:
    first, second = joined.jana, joined.stranger
    draft = first.adviser.offer(Stage.WAITING)
    first.adviser.push_ok(draft)
    package = replace(second.adviser.package(draft), scope=first.adviser.scope)
    result = second.adviser.push_one(package)
    assert result.answer is Answer.MISSING, "its blobs are in the other scope"
    second.send_blobs(first.adviser.scope, b"%PDF signed", _values_of(draft))
    assert second.adviser.push_one(package).answer is Answer.OK
    joined.server.judge()
    rows, _ = first.pull()
    assert next(row.stage for row in rows if row.id == draft.id) is Stage.SIGNED
    assert {row.id for row in rows} >= {status_id(draft.id), package.id}


def _values_of(draft: Draft) -> bytes:
    return encoding.canonical({"answers": draft.body["answers"]})


def test_that_a_client_of_the_office_takes_documents_of_everybody_along(
    joined: Town, tmp_path: Path
) -> None:
    """Whoever could read the client may have written a document of theirs, on any laptop."""
    client = joined.jana.client(BRNO)
    joined.jana.adviser.push_one(client)
    writers = (joined.jana, joined.stranger, joined.petr)
    offers = [
        laptop.adviser.offer(number=f"720000090{place}", client_id=client.id)
        for place, laptop in enumerate(writers)
    ]
    for laptop, offer in zip(writers, offers, strict=True):
        laptop.adviser.push_ok(offer)
    joined.take(joined.petr)
    with joined.server.office.writing() as desk:
        path = tmp_path / "erasures.ndjson"
        done = erasures.erase(desk, ClientId(client.id), path, "by letter", documents=True)
    assert done.documents == 3
    for laptop, offer in zip(writers, offers, strict=True):
        assert laptop.bodies(offer.id) == {}
    _evening(joined)
    joined.server.export()
    assert _lines(joined) == []


def test_that_the_archive_of_an_erased_client_goes_too(memory_town: Town, tmp_path: Path) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.send_blobs(b"scan")
    offer = town.jana.adviser.offer(Stage.DRAFT, client_id=client.id)
    offer.blobs = (sha_of(b"scan"),)
    assert {r.answer for r in town.jana.adviser.push(client, offer.line())} == {Answer.OK}
    for days in (170, 20):
        town.clock.pass_time(days=days)
        while not retention.walk_on(town.server.office).is_at_end:
            pass
    with town.server.office.writing() as desk:
        assert retention_archive.opened(desk, offer.id)
        path = tmp_path / "erasures.ndjson"
        done = erasures.erase(desk, ClientId(client.id), path, "by letter", documents=True)
        assert done.documents == 1
        with pytest.raises(NotAllowed, match="SC-HELP-001"):
            retention_archive.opened(desk, offer.id)
        assert desk.connection.execute(select(schema.blob)).all() == []


def test_that_the_cores_answer_about_an_erased_document_changes_nothing(
    memory_town: Town, tmp_path: Path
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    offer = town.jana.adviser.offer(client_id=client.id)
    other = town.jana.adviser.offer(number="7200000002")
    town.jana.adviser.push(client, offer.line(), other.line())
    _evening(town)
    town.server.export()
    with town.server.office.writing() as desk:
        path = tmp_path / "erasures.ndjson"
        erasures.erase(desk, ClientId(client.id), path, "by letter", documents=True)
    town.server.answer()
    assert _state(town.jana, offer) is ServerState.ERASED
    assert town.jana.bodies(status_id(offer.id)) == {}
    assert town.jana.bodies(status_id(other.id))[status_id(other.id)]["core"] == "accepted"
