"""Signings under way, signed packages, and edits that lost."""

from dataclasses import replace

import pytest

from smartclient.domain.document_life import ServerState, ShownState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId, InstallId, Op, RecordId
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.replaced import Body
from smartclient.store.server_records import ServerRecords
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.feed_rows import FeedRow
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import JsonObject
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.conftest import KEY
from tests.unit.store.documents import offer

VALUES = b'{"surname":"Nov\xc3\xa1k"}'

INSTALL = InstallId("install")


@pytest.fixture
def document(database: Database) -> DocumentId:
    with database.write() as tx:
        return tx.documents.create(offer(), Stage.DRAFT).id


def test_that_a_signing_goes_from_frozen_to_signed_package(
    database: Database, clock: SetClock, document: DocumentId
) -> None:
    with database.write() as tx:
        session = tx.signing.start(document, b"frozen", VALUES, {"fields": ["a", "b"]})
        assert tx.documents.get(document).row.shown is ShownState.WAITING
    with database.write() as tx:
        assert tx.signing.signed(document, "a", b"once", {}).done == ("a",)
        session = tx.signing.signed(document, "b", b"twice", {})
        op = tx.signing.finish(session, b"sealed", {"sealed": True}, clock.now())
    with database.read() as tx:
        package = tx.appends.signed_package(document)
        assert package is not None
        assert (package.op, package.document_op) == (op, session.document_op)
        assert tx.blobs.get(package.pdf) == b"sealed"
        assert tx.blobs.get(package.values) == VALUES
        assert tx.signing.get(document) is None
        row = tx.documents.get(document).row
        assert row.shown is ShownState.SIGNED_HERE
        assert row.has_pdf
        assert row.signed_at == clock.now()


def test_that_a_signed_document_cannot_be_edited(
    database: Database, clock: SetClock, document: DocumentId
) -> None:
    with database.write() as tx:
        session = tx.signing.start(document, b"frozen", VALUES, {})
        tx.signing.finish(session, b"sealed", {}, clock.now())
        with pytest.raises(NotAllowed, match="SC-STORE-021"):
            tx.documents.save(document, offer(surname="Other"), Stage.DRAFT)


@pytest.mark.parametrize("way", ["erased", "left"])
def test_that_the_files_of_a_document_go_with_it(
    database: Database, document: DocumentId, way: str
) -> None:
    with database.write() as tx:
        other = tx.documents.create(offer(), Stage.DRAFT).id
        tx.signing.start(document, b"frozen", VALUES, {})
        tx.signing.start(other, b"frozen for another", VALUES, {})
        stamped, stamped_late = (
            tx.blobs.put(b"stamped"),
            tx.blobs.put(b"stamped, of a late package"),
        )
        said: JsonObject = {
            "document_id": document,
            "time_stamp": {"sha256": stamped},
            "late": {"time_stamp": {"sha256": stamped_late}},
        }
        ServerRecords(tx.unit, tx.table, tx.records, INSTALL).take_statuses([said])
        state = tx.records.find(document)
        assert state is not None
        tx.records.keep([replace(state, scope="person:1", dirty=False)])
    with database.write() as tx:
        if way == "erased":
            tx.wiping.erase([document])
        else:
            assert not tx.wiping.leave("person:1")
        assert tx.documents.find(document) is None
        assert not tx.blobs.has(sha256(b"frozen"))
        assert not tx.blobs.has(stamped)
        assert not tx.blobs.has(stamped_late)
        # What another signing needs stays.
        assert tx.blobs.has(sha256(b"frozen for another"))
        assert tx.blobs.get(sha256(VALUES)) == VALUES
    with database.write() as tx:
        tx.wiping.erase([other])
        assert not tx.blobs.has(sha256(b"frozen for another"))
        assert not tx.blobs.has(sha256(VALUES))


def test_that_an_edit_ends_the_signing(database: Database, document: DocumentId) -> None:
    with database.write() as tx:
        tx.signing.start(document, b"frozen", VALUES, {})
        tx.documents.save(document, offer(surname="Other"), Stage.DRAFT)
        assert tx.signing.get(document) is None
        with pytest.raises(NotAllowed, match="SC-STORE-025"):
            tx.signing.signed(document, "a", b"once", {})


def test_that_a_client_who_has_just_signed_can_finish_although_the_document_was_edited(
    database: Database, clock: SetClock, document: DocumentId
) -> None:
    with database.write() as tx:
        session = tx.signing.start(document, b"frozen", VALUES, {})
        tx.outgoing.take_records(tx.outgoing.record_ids())
        tx.documents.save(document, offer(surname="Other"), Stage.DRAFT)
        tx.signing.finish(session, b"sealed", {}, clock.now())
        row = tx.documents.get(document).row
        assert row.shown is ShownState.LATE_SIGNED
        assert tx.feed.waiting().packages == 1


def test_that_only_the_newest_revision_of_a_signing_stays_on_the_disk(
    database: Database, document: DocumentId
) -> None:
    with database.write() as tx:
        first = tx.signing.start(document, b"frozen", VALUES, {})
        tx.signing.signed(document, "a", b"once", {})
        assert not tx.blobs.has(first.pdf)
        assert tx.blobs.has(first.values)


def test_that_an_ended_signing_leaves_nothing_after_the_next_opening(
    database: Database, document: DocumentId
) -> None:
    folder = database.folder
    with database.write() as tx:
        session = tx.signing.start(document, b"frozen", VALUES, {})
        tx.signing.drop(document)
        assert tx.blobs.has(session.pdf)
    database.close()
    again = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(5))
    with again.read() as tx:
        assert not tx.blobs.has(session.pdf)
    assert list((folder / "blobs").iterdir()) == []
    again.close()


def test_that_a_signing_survives_a_restart(database: Database, document: DocumentId) -> None:
    folder = database.folder
    with database.write() as tx:
        tx.signing.start(document, b"frozen", VALUES, {"n": 1})
        before = tx.signing.signed(document, "a", b"once", {"n": 2})
    database.close()
    again = Database.open(folder, KEY, clock=SetClock(), ids=CountedIds(5))
    with again.read() as tx:
        assert tx.signing.get(document) == before
        assert tx.blobs.get(before.pdf) == b"once"
    again.close()


def test_that_a_conflict_keeps_every_value_until_it_is_dealt_with(
    database: Database, document: DocumentId
) -> None:
    lost = offer(surname="Lost")
    with database.write() as tx:
        one = tx.conflicts.keep(document, Reason.LOCKED, lost, Stage.COMPLETE)
        other = tx.conflicts.keep(document, Reason.STALE, lost, Stage.DRAFT)
        assert tx.conflicts.count() == 2
        tx.conflicts.copied(one.id, DocumentId("copy"))
        tx.conflicts.close(other.id)
        assert tx.conflicts.open() == ()
        assert tx.conflicts.get(one.id).body == lost
        assert tx.conflicts.get(one.id).copied_to == "copy"
        assert {each.id for each in tx.conflicts.settled()} == {one.id, other.id}
        tx.conflicts.reopen(one.id)
        assert [each.id for each in tx.conflicts.open()] == [one.id]
        with pytest.raises(NotAllowed, match="SC-STORE-026"):
            tx.conflicts.close("no such conflict")


def test_that_a_conflict_stays_until_its_edit_is_here_as_the_servers(
    database: Database, document: DocumentId
) -> None:
    """A row of the feed is no copy: its body may not come, or a newer one in its place."""
    body = offer(client_name="Off Line")
    digest, op = sha256(canonical(body)), Op("00000000-0000-4000-8000-00000000000f")
    with database.write() as tx:
        tx.conflicts.keep(document, Reason.STALE, body, Stage.DRAFT, op)
        state = tx.records.find(document)
        assert state is not None
        tx.records.keep([replace(state, dirty=False, awaited=True)])
    row = FeedRow(
        RecordId(document),
        RecordKind.DOCUMENT,
        2,
        op,
        digest,
        Stage.DRAFT,
        ServerState.OPEN,
        (),
        7,
    )
    with database.write() as tx:
        tx.incoming(INSTALL).take([row], {})
        assert tx.conflicts.count() == 1
    with database.write() as tx:
        tx.incoming(INSTALL).take([row], {row.id: Body(op, digest, body, canonical(body))})
        assert tx.conflicts.count() == 0
        assert tx.documents.get(document).body["client_name"] == "Off Line"
