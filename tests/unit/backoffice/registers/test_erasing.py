"""Erasing a client: tombstones, nothing left of the content, and no restore brings it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.operations.registers import (
    erasure_list,
    erasures,
    receipt_check,
)
from smartclient.backoffice.operations.registers.contact_history import history_id
from smartclient.backoffice.operations.registers.erasures import Done
from smartclient.backoffice.operations.registers.receipt_check import Fault
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import BadInput, Damaged, NotAllowed, Refused
from smartclient.domain.ids import ClientId
from smartclient.wire import encoding
from smartclient.wire.messages import Answer, FeedRow, JsonObject, PushLine, RecordKind
from smartclient.wire.register_bodies import Purpose
from tests.simulators.adviser import sha_of
from tests.simulators.register_lines import client_body
from tests.unit.backoffice.registers.conftest import BRNO, Town

LARGE = b"scan" * 100_000
EMPTY = encoding.sha256(encoding.canonical({}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the list of erasures lies."""
    return tmp_path / "export" / "erasures.ndjson"


def _erase(town: Town, client: PushLine, path: Path, *, documents: bool = False) -> Done:
    with town.server.office.writing() as desk:
        done = erasures.erase(desk, ClientId(client.id), path, "by letter", documents=documents)
    with town.server.office.reading() as desk:
        erasures.remove_files(desk, done)
    return done


def _rows(town: Town) -> dict[str, FeedRow]:
    town.petr.since.clear()
    rows, _ = town.petr.pull()
    return {row.id: row for row in rows}


def _stored(town: Town) -> Iterator[bytes]:
    """Every text and every byte of the database, and every file of the blobs."""
    with town.server.office.reading() as desk:
        for table in schema.metadata.sorted_tables:
            if table.name in ("person", "outbox"):
                continue
            for row in desk.connection.execute(select(table)):
                for value in row:
                    yield value if isinstance(value, bytes) else str(value).encode()


def _full(town: Town) -> tuple[PushLine, list[PushLine]]:
    """A client with everything that can hang on one, written by both advisers."""
    town.give(town.jana, "identity+medical")
    jana, petr = town.jana, town.petr
    client = jana.client(BRNO)
    jana.send_blobs(BRNO, b"letter", LARGE[:200_000])
    hanging = [
        jana.policy(client),
        jana.attachment(client, b"letter"),
        jana.attachment(client, LARGE[:200_000], Purpose.MEDICAL),
        jana.consent(client),
        jana.hide(client),
    ]
    assert {each.answer for each in jana.adviser.push(client, *hanging)} == {Answer.OK}
    theirs = [petr.consent(client), petr.erase_request(client)]
    assert {each.answer for each in petr.adviser.push(*theirs)} == {Answer.OK}
    return client, [*hanging, *theirs]


def test_that_everything_of_the_client_becomes_a_tombstone(town: Town, path: Path) -> None:
    client, hanging = _full(town)
    other = town.jana.client(BRNO)
    town.jana.adviser.push_one(other)
    before = _rows(town)
    histories = {history_id(line.id) for line in hanging if line.kind is RecordKind.CONSENT_EVENT}
    done = _erase(town, client, path)
    assert done.records == 1 + len(hanging) + len(histories)
    town.give(town.petr, "identity+medical")
    after = _rows(town)
    erased = {client.id, *(line.id for line in hanging), *histories}
    assert {row.id for row in after.values() if row.state is ServerState.ERASED} == erased
    for record in erased:
        row = after[record]
        assert (row.sha256, row.blobs) == (EMPTY, ())
        if record in before:
            assert row.op != before[record].op
            assert row.seq > before[record].seq
    assert town.jana.bodies(*erased, other.id) == {other.id: other.body}


def test_that_no_byte_of_the_client_is_left_at_the_server(memory_town: Town, path: Path) -> None:
    town = memory_town
    client, hanging = _full(town)
    with town.server.office.reading() as desk:
        salts = set(desk.connection.execute(select(schema.consent_receipt.c.salt)).scalars())
    _erase(town, client, path)
    stored = b"\n".join(_stored(town))
    gone = [client.sha256, *(line.sha256 for line in hanging), sha_of(b"letter"), *salts]
    assert [each for each in gone if each.encode() in stored] == []
    with town.server.office.reading() as desk:
        for table in (schema.blob, schema.blob_content, schema.blob_holder, schema.record_blob):
            assert desk.connection.execute(select(table)).all() == []
        bodies = set(desk.connection.execute(select(schema.record_body.c.id)).scalars())
        assert not bodies & {client.id, *(line.id for line in hanging)}


def test_that_large_files_go_as_well(memory_town: Town, path: Path) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, LARGE)
    town.jana.adviser.push(client, town.jana.attachment(client, LARGE))
    done = _erase(town, client, path)
    assert len(done.files) == 1
    with pytest.raises(Damaged, match="SC-SERV-060"):
        town.server.office.blobs.reader(done.files[0])(0, 10)


def test_that_a_file_that_another_client_has_too_stays(memory_town: Town, path: Path) -> None:
    town = memory_town
    client, other = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, b"letter")
    kept = town.jana.attachment(other, b"letter")
    town.jana.adviser.push(client, other, town.jana.attachment(client, b"letter"), kept)
    _erase(town, client, path)
    reply = town.petr.adviser.blob(sha_of(b"letter"))
    assert (reply.status, reply.body) == (200, b"letter")


def test_that_every_push_to_what_was_erased_is_answered_erased(town: Town, path: Path) -> None:
    client, hanging = _full(town)
    _erase(town, client, path)
    edit = town.petr.edit(client, client_body("Bílá"))
    late = [town.petr.policy(client), town.petr.consent(client), town.petr.hide(client)]
    again = [client, edit, *hanging, *late]
    answers = town.jana.adviser.push(*(line for line in again if line in (client, *hanging[:5])))
    answers += town.petr.adviser.push(edit, *late)
    assert {each.answer for each in answers} == {Answer.ERASED}
    assert town.jana.bodies(client.id, *(line.id for line in late)) == {}


def test_that_the_chain_of_receipts_still_verifies(town: Town, path: Path) -> None:
    client, _ = _full(town)
    other = town.jana.client(BRNO)
    town.jana.adviser.push(other, town.jana.consent(other))
    _erase(town, client, path)
    with town.server.office.reading() as desk:
        assert receipt_check.check(desk, BRNO).broken is None
        assert len(desk.connection.execute(select(schema.consent_receipt)).all()) == 3
    town.jana.adviser.push(town.jana.consent(other))
    with town.server.office.writing() as desk:
        assert receipt_check.check(desk, BRNO).broken is None
        receipt = schema.consent_receipt
        desk.connection.execute(update(receipt).where(receipt.c.place == 1).values(event_hash=""))
        broken = receipt_check.check(desk, BRNO).broken
    assert broken is not None
    assert (broken.place, broken.fault) == (1, Fault.ALTERED)


def test_that_a_request_is_work_for_a_person_until_it_is_done(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client, _ = _full(town)
    work, alarm = schema.erase_work, schema.alarm
    with town.server.office.reading() as desk:
        waiting = desk.connection.execute(select(work.c.client, work.c.done_at)).all()
        kinds = set(desk.connection.execute(select(alarm.c.kind)).scalars())
    assert [tuple(row) for row in waiting] == [(client.id, None)]
    assert Alarm.ERASE_REQUESTED in kinds
    assert town.jana.bodies(client.id), "a request alone erases nothing"
    _erase(town, client, path)
    with town.server.office.reading() as desk:
        done = desk.connection.execute(select(work.c.done_at)).scalars().all()
    assert done == [town.clock.now()]


def test_that_merged_clients_are_erased_with_their_survivor(town: Town, path: Path) -> None:
    loser, survivor = town.jana.client(BRNO), town.jana.client(BRNO)
    policy = town.jana.policy(loser)
    town.jana.adviser.push(loser, survivor, policy, town.jana.merge(loser, survivor))
    refusing = pytest.raises(Refused, match="SC-SERV-081")
    with town.server.office.writing() as desk, refusing as refused:
        erasures.erase(desk, ClientId(loser.id), path, "by letter")
    assert refused.value.values == {"survivor": survivor.id}
    assert not path.exists()
    assert _erase(town, survivor, path).records == 4
    assert town.jana.bodies(loser.id, survivor.id, policy.id) == {}
    edit = town.jana.edit(loser, client_body("Bílá"))
    assert town.jana.adviser.push_one(edit).answer is Answer.ERASED


def test_that_documents_stay_unless_they_are_asked_for(town: Town, path: Path) -> None:
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(client)
    offer = town.petr.adviser.offer(client_id=client.id)
    stays = town.petr.adviser.offer(number="7200000002", client_id=town.jana.client().id)
    town.petr.adviser.push_ok(offer, stays)
    package = town.petr.adviser.package(offer)
    assert town.petr.adviser.push_one(package).answer is Answer.OK
    town.server.judge()
    assert _erase(town, client, path).documents == 0
    assert town.petr.bodies(offer.id) != {}
    done = _erase(town, client, path, documents=True)
    assert (done.documents, done.records) == (1, 3)
    ids = (offer.id, package.id, status_id(offer.id))
    assert town.petr.bodies(*ids) == {}
    assert town.petr.bodies(stays.id) != {}
    with town.server.office.reading() as desk:
        numbers = select(schema.record.c.number).where(schema.record.c.id == offer.id)
        assert desk.connection.execute(numbers).scalar_one() == ""


def test_that_a_signed_package_of_an_erased_document_reaches_a_person(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(client)
    offer = town.jana.adviser.offer(client_id=client.id)
    town.jana.adviser.push_ok(offer)
    package = town.jana.adviser.package(offer)
    _erase(town, client, path, documents=True)
    assert town.jana.adviser.push_one(package).answer is Answer.OK
    with town.server.office.reading() as desk:
        late = select(schema.alarm.c.record).where(schema.alarm.c.kind == Alarm.LATE_SIGNED)
        assert list(desk.connection.execute(late).scalars()) == [offer.id]


def test_that_a_document_between_seal_and_lock_holds_the_erasure(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    offer = town.jana.adviser.offer(client_id=client.id)
    town.jana.adviser.push(client, offer.line())
    with town.server.office.writing() as desk:
        of_it = schema.record.c.id == offer.id
        desk.connection.execute(update(schema.record).where(of_it).values(state="sealed"))
    with town.server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-SERV-082"):
        erasures.erase(desk, ClientId(client.id), path, "by letter", documents=True)
    assert not path.exists()


def test_that_what_was_handed_in_goes_with_the_client(memory_town: Town, path: Path) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(client)
    town.take(town.jana)
    town.jana.send_blobs(BRNO, b"letter")
    town.jana.adviser.push(
        town.jana.edit(client, client_body("Bílá")), town.jana.attachment(client, b"letter")
    )
    _erase(town, client, path)
    with town.server.office.reading() as desk:
        assert handed_in_decisions.edits(desk, waiting=True) == []
        assert desk.connection.execute(select(schema.blob)).all() == []


def test_that_an_edit_of_an_erased_client_is_not_handed_in(town: Town, path: Path) -> None:
    client, other = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(client, other)
    town.take(town.jana)
    _erase(town, client, path)
    edits = [
        town.jana.edit(client, client_body("Bílá")),
        town.jana.attachment(client, b"letter"),
        town.jana.consent(client),
        town.jana.edit(other, client_body("Bílá")),
    ]
    answers = [each.answer for each in town.jana.adviser.push(*edits)]
    assert answers == [Answer.ERASED, Answer.ERASED, Answer.ERASED, Answer.OK]
    with town.server.office.reading() as desk:
        assert [each.record for each in handed_in_decisions.edits(desk, waiting=True)] == [other.id]


def test_that_a_client_whose_record_comes_after_the_erasure_is_not_taken(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(town.jana.consent(client))
    assert _erase(town, client, path).records == 3
    assert town.jana.adviser.push_one(client).answer is Answer.ERASED


def test_that_nobody_is_erased_by_a_wrong_id_or_without_a_reason(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(client)
    with town.server.office.writing() as desk:
        with pytest.raises(Refused, match="SC-SERV-080"):
            erasures.erase(desk, ClientId(town.jana.client().id), path, "by letter")
        with pytest.raises(BadInput, match="SC-HELP-002"):
            erasures.erase(desk, ClientId(client.id), path, " ")
    assert not path.exists()


def test_that_erasing_twice_changes_nothing(memory_town: Town, path: Path) -> None:
    town = memory_town
    client, _ = _full(town)
    _erase(town, client, path)
    before, rows = path.read_bytes(), _rows(town)
    assert _erase(town, client, path).records == 0
    assert (path.read_bytes(), _rows(town)) == (before, rows)


def test_that_the_list_holds_ids_and_nothing_else(memory_town: Town, path: Path) -> None:
    town = memory_town
    client, hanging = _full(town)
    _erase(town, client, path)
    (entry,) = erasure_list.read(path)
    assert entry.scope == BRNO
    assert {client.id, *(line.id for line in hanging)} <= {record for record, _ in entry.records}
    assert "Černá".encode() not in path.read_bytes()
    assert b"letter" not in path.read_bytes()


def test_that_a_restore_erases_again_what_the_backup_still_had(town: Town, path: Path) -> None:
    client, hanging = _full(town)
    kept = {table.name: _all(town, table.name) for table in schema.metadata.sorted_tables}
    late = town.jana.policy(client)
    town.jana.adviser.push_one(late)
    _erase(town, client, path)
    _put_back(town, kept)
    assert town.jana.bodies(client.id) != {}
    with town.server.office.writing() as desk:
        done = erasures.replay(desk, path)
    assert done.records == len(hanging) + 4
    assert town.jana.bodies(client.id, *(line.id for line in hanging)) == {}
    answers = town.jana.adviser.push(client, late)
    assert {each.answer for each in answers} == {Answer.ERASED}
    with town.server.office.writing() as desk:
        assert erasures.replay(desk, path).records == 0
        assert receipt_check.check(desk, BRNO).broken is None


def _all(town: Town, name: str) -> list[JsonObject]:
    with town.server.office.reading() as desk:
        table = schema.metadata.tables[name]
        return [dict(row) for row in desk.connection.execute(select(table)).mappings()]


def _put_back(town: Town, kept: dict[str, list[JsonObject]]) -> None:
    with town.server.office.writing() as desk:
        for table in schema.metadata.sorted_tables:
            desk.connection.execute(delete(table))
            if kept[table.name]:
                desk.connection.execute(table.insert(), kept[table.name])


def test_that_a_line_cut_by_a_crash_is_passed_over_and_damage_is_not(
    memory_town: Town, path: Path
) -> None:
    town = memory_town
    client, other = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push(client, other)
    _erase(town, client, path)
    with path.open("ab") as file:
        file.write(b'{"at":"2026-11-')
    assert len(list(erasure_list.read(path))) == 1
    _erase(town, other, path)
    assert [entry.records[0][0] for entry in erasure_list.read(path)] == [client.id, other.id]
    path.write_bytes(path.read_bytes().replace(b'"scope"', b'"scape"', 1))
    with pytest.raises(Damaged, match="SC-SERV-083"):
        list(erasure_list.read(path))


def test_that_the_list_is_on_the_disk_before_the_database_commits(
    memory_town: Town, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses the list leaves the database as it was."""
    town = memory_town
    client = town.jana.client(BRNO)
    town.jana.adviser.push_one(client)

    def full(_path: Path, _entries: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(erasure_list, "append", full)
    with pytest.raises(OSError, match="No space"):
        _erase(town, client, path)
    assert town.jana.bodies(client.id) == {client.id: client.body}
