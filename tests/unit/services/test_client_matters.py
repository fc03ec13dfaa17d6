"""The matters of a client besides its fields: files, offers, hiding, merging, requests to erase."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import ClientId, Sha256
from smartclient.services.clients import ClientMatters
from smartclient.services.clients.files import file_name
from smartclient.store.client_rows import ClientFilter
from smartclient.store.database import Database
from smartclient.store.merging import ABSENT, Clash, Leaf
from smartclient.store.unsent import offer_again
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import Answer, PushResult
from smartclient.wire.register_bodies import Purpose
from tests.ui.desk import Desk
from tests.unit.services.test_clients import TYPED, clients_of

PDF = b"%PDF-1.7 a passport"


@dataclass
class Server:
    """Whoever has the files that are not here."""

    database: Database
    has: dict[Sha256, bytes] = field(default_factory=dict)

    def fetch_blob(self, digest: Sha256) -> None:
        with self.database.write() as tx:
            tx.blobs.put(self.has[digest])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def server(desk: Desk) -> Server:
    return Server(desk.db)


@pytest.fixture
def matters(desk: Desk, server: Server) -> ClientMatters:
    return ClientMatters(desk.db, desk.clock, lambda: server, lambda: "en")


@pytest.fixture
def client(desk: Desk) -> ClientId:
    return _client(desk)


def _client(desk: Desk, **typed: str) -> ClientId:
    clients = clients_of(desk)
    return clients.save({**TYPED, **typed}, clients.new_draft_id())


def _file(folder: Path, name: str = "passport.pdf", content: bytes = PDF) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def _listed(desk: Desk) -> int:
    return clients_of(desk).page(ClientFilter(), 0, 10).total


def test_that_a_file_is_put_to_a_client_and_opened_again(
    desk: Desk, matters: ClientMatters, client: ClientId, tmp_path: Path
) -> None:
    op = matters.attach(client, _file(tmp_path), Purpose.IDENTITY)
    (shown,) = matters.attachments(client)
    assert (shown.op, shown.name, shown.purpose, shown.size) == (
        op,
        "passport.pdf",
        Purpose.IDENTITY,
        len(PDF),
    )
    assert shown.is_here
    assert not shown.is_backed_up
    opened = matters.open_attachment(op)
    assert opened.read_bytes() == PDF
    with desk.db.read() as tx:
        assert tx.feed.waiting().events == 1
    desk.db.close()
    assert not opened.exists()


def test_that_a_file_that_is_elsewhere_is_fetched_when_it_is_opened(
    desk: Desk, matters: ClientMatters, server: Server, client: ClientId, tmp_path: Path
) -> None:
    op = matters.attach(client, _file(tmp_path), Purpose.OTHER)
    with desk.db.write() as tx:
        tx.blobs.drop(sha256(PDF))
    server.has[sha256(PDF)] = PDF
    assert not matters.attachments(client)[0].is_here
    assert matters.open_attachment(op).read_bytes() == PDF


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("program.exe", b"MZ", "SC-CLI-004"),
        ("nothing.pdf", b"", "SC-CLI-005"),
        ("without-ending", b"x", "SC-CLI-004"),
    ],
)
def test_that_a_file_that_helps_nobody_is_refused(
    matters: ClientMatters,
    client: ClientId,
    tmp_path: Path,
    name: str,
    content: bytes,
    code: str,
) -> None:
    with pytest.raises(BadInput) as refused:
        matters.attach(client, _file(tmp_path, name, content), Purpose.OTHER)
    assert refused.value.code == code
    assert matters.attachments(client) == ()


def test_that_a_file_that_is_not_there_or_too_large_is_refused(
    matters: ClientMatters, client: ClientId, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="SC-CLI-005"):
        matters.attach(client, tmp_path / "gone.pdf", Purpose.OTHER)
    large = tmp_path / "large.pdf"
    with large.open("wb") as stream:
        stream.truncate(64_000_001)
    with pytest.raises(BadInput, match="SC-CLI-003"):
        matters.attach(client, large, Purpose.OTHER)


def test_that_a_program_under_the_name_of_a_file_is_not_opened(
    desk: Desk, matters: ClientMatters, client: ClientId, tmp_path: Path
) -> None:
    op = matters.attach(client, _file(tmp_path), Purpose.OTHER)
    with desk.db.write() as tx:
        (kept,) = tx.appends.of_kind(RecordKind.ATTACHMENT, [client])
        tx.appends.forget([op])
        tx.appends.write([replace(kept, body={**kept.body, "name": "passport.pdf.lnk"})])
    with pytest.raises(BadInput, match="SC-CLI-004"):
        matters.open_attachment(op)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\b.pdf", "b.pdf"),
        ("a\x00b\u202efdp.pdf", "abfdp.pdf"),
        ('<>:"|?*.pdf', "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_that_the_name_of_a_file_names_nothing_else(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_that_a_hidden_client_leaves_the_list_and_comes_back(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    matters.hide(client, "moved abroad")
    assert _listed(desk) == 0
    assert matters.is_hidden(client)
    assert clients_of(desk).page(ClientFilter(hidden=True), 0, 10).total == 1
    desk.clock.pass_time(seconds=1)
    matters.unhide(client)
    assert _listed(desk) == 1


def test_that_of_two_clients_one_stays_until_that_is_taken_back(
    desk: Desk, matters: ClientMatters, client: ClientId, tmp_path: Path
) -> None:
    loser = _client(desk, surname="Novotny", national_id="7101012017")
    clients = clients_of(desk)
    clients.record_informed(loser, clients.information())
    matters.attach(loser, _file(tmp_path), Purpose.OTHER)
    matters.merge(loser, client)
    assert _listed(desk) == 1
    assert [each.id for each in matters.merged(client)] == [loser]
    assert len(matters.attachments(client)) == 1
    with desk.db.read() as tx:
        assert tx.clients.get(client).row.informed
    with pytest.raises(NotAllowed, match="SC-STORE-027"):
        clients.change(loser, TYPED, clients.new_draft_id())
    desk.clock.pass_time(seconds=1)
    matters.undo_merge(loser)
    assert _listed(desk) == 2
    assert matters.merged(client) == ()
    assert matters.attachments(client) == ()
    with desk.db.read() as tx:
        assert not tx.clients.get(client).row.informed


def test_that_no_client_becomes_part_of_itself_or_of_one_that_is_gone(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    with pytest.raises(BadInput, match="SC-CLI-008"):
        matters.merge(client, client)
    with pytest.raises(NotAllowed, match="SC-STORE-024"):
        matters.merge(client, ClientId("00000000-0000-4000-8000-000000000000"))
    with pytest.raises(NotAllowed, match="SC-CLI-009"):
        matters.undo_merge(client)


def _lives(desk: Desk, client: ClientId, scope: str) -> None:
    with desk.db.write() as tx:
        state = tx.records.find(client)
        assert state is not None
        tx.records.keep([replace(state, scope=scope)])
        tx.feed.advance(scope, 0)


def test_that_clients_of_different_offices_are_not_merged(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    other = _client(desk, surname="Novotny", national_id="7101012017")
    _lives(desk, client, "office:praha")
    assert matters.merge_refusals(client, [other]) == {}, "it goes to the only office there is"
    _lives(desk, other, "office:brno")
    assert matters.merge_refusals(client, [other]) == {other: "SC-CLI-012"}
    with pytest.raises(NotAllowed, match="SC-CLI-012"):
        matters.merge(other, client)
    newest = _client(desk, surname="Nova", national_id="7101012028")
    assert matters.merge_refusals(client, [newest]) == {newest: "SC-CLI-013"}
    assert matters.merge_refusals(newest, [newest]) == {}


def test_that_a_merge_the_server_refused_does_not_count_until_it_is_offered_again(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    other = _client(desk, surname="Novotny", national_id="7101012017")
    matters.merge(other, client)
    with desk.db.write() as tx:
        (merge,) = tx.appends.all_of(RecordKind.CLIENT_MERGE)
        offers = tx.outgoing.appends.take([merge.op])
        refused = PushResult(merge.op, merge.op, Answer.INVALID, code="SC-SERV-071")
        tx.outgoing.answered(offers, [refused])
    assert _listed(desk) == 2
    assert matters.merged(client) == ()
    with desk.db.write() as tx:
        offer_again(tx, merge.op)
    assert [each.id for each in matters.merged(client)] == [other]


def test_that_a_field_offers_its_other_values_one_after_another(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    others: tuple[Leaf, ...] = ("Brno", "Praha", ABSENT)
    with desk.db.write() as tx:
        for at, other in enumerate(others):
            desk.clock.pass_time(seconds=at + 1)
            tx.field_offers.keep(client, [Clash("city", "Pardubice", other)])
    (offer,) = matters.offers(client)
    assert (offer.path, offer.shown, offer.other) == ("city", "Pardubice", "Brno")
    assert offer.label == "Town"
    matters.choose(client, "city", take_other=True)
    (offer,) = matters.offers(client)
    assert (offer.shown, offer.other) == ("Brno", "Praha")
    matters.choose(client, "city", take_other=False)
    (offer,) = matters.offers(client)
    assert offer.other == "nothing"
    matters.choose(client, "city", take_other=False)
    assert matters.offers(client) == ()
    with pytest.raises(NotAllowed, match="SC-CLI-007"):
        matters.choose(client, "city", take_other=True)
    assert clients_of(desk).page(ClientFilter(), 0, 10).items[0].city == "Brno"


def test_that_an_erasure_is_asked_for_once_and_with_a_reason(
    desk: Desk, matters: ClientMatters, client: ClientId
) -> None:
    with pytest.raises(BadInput, match="SC-CLI-011"):
        matters.request_erasure(client, "  ")
    matters.request_erasure(client, "the client asked for it")
    assert matters.erasure_requested(client)
    with pytest.raises(NotAllowed, match="SC-CLI-010"):
        matters.request_erasure(client, "again")
    assert _listed(desk) == 1


def test_that_what_came_while_a_client_was_typed_stays(desk: Desk, client: ClientId) -> None:
    clients = clients_of(desk)
    draft = clients.new_draft_id()
    typed = {**clients.panel(client).typed, "surname": "Dvořák", "city": "Brno"}
    clients.keep_draft(draft, typed, client)
    with desk.db.write() as tx:
        now = tx.clients.get(client)
        came = {**now.body, "phone": "+420608111222", "city": "Praha"}
        tx.clients.update(client, now.row.card, came)
    clients.change(client, typed, draft)
    matters = ClientMatters(desk.db, desk.clock, lambda: Server(desk.db), lambda: "en")
    with desk.db.read() as tx:
        body = tx.clients.get(client).body
    assert (body["surname"], body["phone"], body["city"]) == ("Dvořák", "+420608111222", "Praha")
    assert [(offer.path, offer.other) for offer in matters.offers(client)] == [("city", "Brno")]


def test_that_fields_of_a_newer_program_survive_an_edit(desk: Desk, client: ClientId) -> None:
    with desk.db.write() as tx:
        now = tx.clients.get(client)
        tx.clients.update(client, now.row.card, {**now.body, "favourite_tree": "lime"})
    clients = clients_of(desk)
    clients.change(client, clients.panel(client).typed, clients.new_draft_id())
    with desk.db.read() as tx:
        assert tx.clients.get(client).body["favourite_tree"] == "lime"
