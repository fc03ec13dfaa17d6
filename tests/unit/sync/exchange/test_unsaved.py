"""What was typed in a scope that is lost, and is no edit, is handed in like one (promise one)."""

from pathlib import Path
from typing import NoReturn

import pytest

from smartclient.backoffice.operations.handed_in_decisions import Edit, differences, edits
from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import erasures, handing_in, rights
from smartclient.domain.clients import PersonRecord
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.services.clients import Clients
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import NOVAK, OFFICE, Adviser, quiet, take_office

pytestmark = pytest.mark.usefixtures("office")


def _register(adviser: Adviser) -> Clients:
    """The clients as the form of a client keeps what is typed."""

    def unused() -> NoReturn:
        raise AssertionError

    ids = CountedIds(90)
    return Clients(adviser.laptop.database, adviser.clock, ids, unused, unused, lambda: "en")


def _types(adviser: Adviser, client: ClientId, **fields: Json) -> None:
    """What the form keeps while somebody types: every field of it."""
    register = _register(adviser)
    register.keep_draft(client, {**register.panel(client).typed, **fields}, client)


def _handed_in(server: InProcessServer) -> list[tuple[Edit, JsonObject]]:
    """What a person at the back office reads, with its bodies."""
    with server.office.reading() as desk:
        return [(each, handing_in.find(desk, each.op).line.body) for each in edits(desk)]


def _of_another_computer(server: InProcessServer, jana: Adviser, eva: Adviser) -> DocumentId:
    """A document of Eva's, to whose scope Jana has a right: that can be taken again."""
    with eva.laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    quiet(eva)
    right = Right(eva.installed.scope, ALL_CLASSES, may_write=True)
    with server.office.writing() as desk:
        rights.give(desk, jana.installed.reply.person, right, "the same person")
    quiet(jana)
    return document


def _drafts(database: Database) -> int:
    with database.read() as tx:
        return len(tx.clients.drafts())


def test_that_a_change_being_typed_is_handed_in_before_its_client_goes(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    whole = PersonRecord.from_json(NOVAK).to_json()
    client, other = jana.adds(**whole), jana.adds(**{**whole, "surname": "Malá"})
    quiet(jana, eva)
    _types(eva, client, note="half a sen", birth_date={"$typed": "31. 2. 1980"})
    _types(eva, other)
    take_office(server, eva.installed)
    eva.laptop.synchronise()
    assert not eva.knows(client)
    assert not eva.knows(other)
    assert _drafts(eva.laptop.database) == 0
    assert eva.waits() == 0
    ((edit, body),) = _handed_in(server)
    assert (str(edit.record), edit.meant_for) == (str(client), OFFICE)
    assert (body["note"], body["birth_date"]) == ("half a sen", {"$typed": "31. 2. 1980"})
    assert body["surname"] == "Novák", "the rest as it stood when the typing began"
    with server.office.reading() as desk:
        shown = differences(desk, handing_in.find(desk, edit.op).line)
    assert shown == [
        ("birth_date", "1980-01-01", None),
        ("birth_date.$typed", None, "31. 2. 1980"),
        ("note", "", "half a sen"),
    ], "field by field, as `handed-in show` prints it"
    with eva.laptop.database.read() as tx:
        assert tx.feed.handed_in() == 1
        assert tx.feed.departed() == ()
    assert eva.matters.whereabouts(client).was_handed_in
    assert not eva.matters.whereabouts(other).was_handed_in


@pytest.mark.long
def test_that_an_edit_and_what_is_typed_over_it_are_both_handed_in(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    eva.changes(client, note="saved")
    _types(eva, client, note="typed after it")
    take_office(server, eva.installed)
    eva.laptop.synchronise()
    assert [body["note"] for _, body in _handed_in(server)] == ["saved", "typed after it"]
    assert not eva.knows(client)


@pytest.mark.long
def test_that_a_client_never_saved_stays_a_draft_when_an_office_is_lost(
    server: InProcessServer, eva: Adviser
) -> None:
    quiet(eva)
    register = _register(eva)
    register.keep_draft("new", {"surname": "Nováč"})
    take_office(server, eva.installed)
    eva.laptop.synchronise()
    (draft,) = register.drafts()
    assert draft.typed["surname"] == "Nováč"
    assert _handed_in(server) == []


def test_that_the_last_words_follow_what_was_handed_in(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """They were typed while the client went, and reach the store after it."""
    client = jana.adds()
    quiet(jana, eva)
    typed = {**_register(eva).panel(client).typed, "note": "half a sen"}
    _register(eva).keep_draft(client, typed, client)
    take_office(server, eva.installed)
    eva.laptop.synchronise()
    _register(eva).keep_draft(client, {**typed, "note": "half a sentence"}, client)
    assert _drafts(eva.laptop.database) == 1
    eva.laptop.synchronise()
    assert [body["note"] for _, body in _handed_in(server)] == ["half a sen", "half a sentence"]
    assert _drafts(eva.laptop.database) == 0
    assert not eva.knows(client)


@pytest.mark.long
def test_that_nothing_typed_of_an_erased_client_is_kept(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    _types(eva, client, note="half a sen")
    with server.office.writing() as desk:
        erasures.erase(desk, client, tmp_path / "erasures", "asked for", documents=True)
    eva.laptop.synchronise()
    _register(eva).keep_draft(client, {"note": "half a sentence"}, client)
    assert _drafts(eva.laptop.database) == 0
    assert _handed_in(server) == []


@pytest.mark.long
def test_that_what_is_typed_waits_at_its_fields_when_the_right_is_back(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    _types(eva, client, note="typed", city="Brno")
    with eva.laptop.database.write() as tx:
        assert tx.departures.leave(OFFICE)
        assert tx.departures.end()
    quiet(eva, jana)
    assert eva.sees(client, "city") == ("Pardubice",)
    assert eva.sees(client, "note") == ("typed",), "nothing stood there, so nothing was lost"
    assert eva.offered(client) == [("city", "Brno")]


@pytest.mark.long
def test_that_an_edit_made_while_an_office_leaves_is_not_covered_by_an_offer(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.changes(client, city="Brno")
    eva.changes(client, city="Praha")
    quiet(jana, eva)
    assert eva.offered(client) == [("city", "Praha")]
    take_office(server, eva.installed)
    with eva.laptop.database.write() as tx:
        tx.departures.leave(OFFICE)
    eva.changes(client, city="Zlín")
    eva.laptop.synchronise()
    cities = [body["city"] for _, body in _handed_in(server)]
    assert cities == ["Zlín", "Praha"]
    assert not eva.knows(client)


def test_that_edits_under_show_conflicts_are_handed_in_with_their_scope(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    """However many they are: one of them goes at a time, and each is a round of its own."""
    document = _of_another_computer(server, jana, eva)
    lost = [f"{number} that lost" for number in range(1, 8)]
    with jana.laptop.database.write() as tx:
        for name in lost:
            jana.clock.pass_time(seconds=1)
            body = {**tx.documents.get(document).body, "client_name": name}
            tx.conflicts.keep(document, Reason.STALE, body, Stage.DRAFT)
        closed = tx.conflicts.keep(document, Reason.STALE, offer(), Stage.DRAFT)
        tx.conflicts.close(closed.id)
    with server.office.writing() as desk:
        person, scope = jana.installed.reply.person, eva.installed.scope
        rights.take(desk, person, scope, "another person after all")
    assert jana.laptop.synchronise().handed_in == len(lost)
    assert [body["client_name"] for _, body in _handed_in(server)] == lost
    with jana.laptop.database.read() as tx:
        assert tx.conflicts.count() == 0
        assert tx.documents.find(document) is None
        assert tx.feed.departed() == ()
    assert jana.waits() == 0


@pytest.mark.long
def test_that_an_edit_that_lost_is_a_conflict_again_when_the_right_is_back(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    document = _of_another_computer(server, jana, eva)
    with jana.laptop.database.write() as tx:
        shown = tx.documents.get(document).body
        tx.conflicts.keep(document, Reason.STALE, {**shown, "client_name": "lost"}, Stage.DRAFT)
        tx.departures.leave(eva.installed.scope)
        assert tx.departures.end()
    quiet(jana)
    with jana.laptop.database.read() as tx:
        assert tx.documents.get(document).body == shown
        (conflict,) = tx.conflicts.open()
        assert conflict.body["client_name"] == "lost"


@pytest.mark.long
def test_that_a_draft_thrown_away_does_not_stay_in_a_lost_scope(
    server: InProcessServer, jana: Adviser
) -> None:
    quiet(jana)
    with jana.laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
        state = tx.records.find(document)
        assert state is not None
        tx.outgoing.take_records([state.id])  # it left, and nobody answered
        tx.unit.connection.exec_driver_sql("UPDATE record SET scope='person:lost'")
        tx.documents.discard(document)
        assert not tx.departures.leave("person:lost")
        assert tx.documents.find(document) is None
