"""What becomes of clients in the end: files, a right that is lost, a restored server."""

from pathlib import Path

import pytest

from smartclient.backoffice.operations.principals import GENERAL, Right
from smartclient.backoffice.operations.registers import rights, texts
from smartclient.backoffice.operations.registers.texts import TextVersion
from smartclient.domain.ids import InstallId
from smartclient.store.client_rows import ClientFilter
from smartclient.sync.exchange import receiving
from smartclient.wire import encoding
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.register_bodies import Purpose
from smartclient.wire.transport import Reply, Request
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import (
    OFFICE,
    Adviser,
    adviser_of,
    open_office,
    quiet,
    take_office,
    words_in_index,
)

pytestmark = pytest.mark.usefixtures("office")
FIVE_MEGABYTES = bytes(range(256)) * 20_000


def test_that_a_file_of_five_megabytes_goes_in_parts_and_is_fetched_when_it_is_opened(
    jana: Adviser, eva: Adviser, network: Network, tmp_path: Path
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    jana.attaches(client, tmp_path, FIVE_MEGABYTES, Purpose.IDENTITY)
    network.requests.clear()
    network.expect([Fault.NONE, Fault.LOSE_REPLY])
    with pytest.raises(Exception, match="SC-SYNC"):
        jana.laptop.synchronise()
    quiet(jana, eva)
    parts = [path for path in network.requests if "/part?" in path]
    assert [path.split("offset=")[1].split("&")[0] for path in parts] == ["0", "4000000"]
    assert all(f"scope={OFFICE.replace(':', '%3A')}" in path for path in parts)
    (mine,), (hers,) = jana.matters.attachments(client), eva.matters.attachments(client)
    assert mine.is_backed_up
    assert (hers.name, hers.size, hers.is_here) == ("scan.pdf", len(FIVE_MEGABYTES), False)
    assert eva.matters.open_attachment(hers.op).read_bytes() == FIVE_MEGABYTES
    assert eva.matters.attachments(client)[0].is_here


def test_that_of_a_class_without_a_right_nothing_comes(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path
) -> None:
    client = jana.adds()
    with server.office.writing() as desk:
        person = eva.installed.reply.person
        rights.give(desk, person, Right(OFFICE, GENERAL, may_write=True), "an assistant")
    jana.attaches(client, tmp_path, b"a card", Purpose.IDENTITY)
    jana.attaches(client, tmp_path, b"a letter", Purpose.OTHER)
    quiet(jana, eva)
    assert [each.purpose for each in eva.matters.attachments(client)] == [Purpose.OTHER]
    # With the right it comes, without it again it goes, and what is general stays.
    with server.office.writing() as desk:
        rights.give(desk, person, _with_identity(), "an adviser now")
    quiet(eva)
    assert len(eva.matters.attachments(client)) == 2
    with server.office.writing() as desk:
        rights.give(desk, person, Right(OFFICE, GENERAL, may_write=True), "an assistant again")
    quiet(eva)
    assert [each.purpose for each in eva.matters.attachments(client)] == [Purpose.OTHER]
    assert eva.sees(client, "surname") == ("Novák",)


def _with_identity() -> Right:
    return Right(OFFICE, GENERAL | {RecordClass.IDENTITY}, may_write=True)


def test_that_a_lost_office_leaves_after_the_edits_were_handed_in(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path
) -> None:
    client = jana.adds()
    jana.informs(client)
    jana.attaches(client, tmp_path, b"a card", Purpose.IDENTITY)
    quiet(jana, eva)
    eva.matters.open_attachment(eva.matters.attachments(client)[0].op)
    own = eva.installed.scope
    eva.changes(client, note="typed off-line")
    take_office(server, eva.installed)
    eva.clock.pass_time(seconds=1)
    eva.laptop.synchronise()
    assert not eva.knows(client)
    assert eva.waits() == 0
    with eva.laptop.database.read() as tx:
        assert OFFICE not in tx.feed.cursors()
        assert own in tx.feed.cursors()
        assert not tx.blobs.has(sha256(b"a card"))
        assert tx.appends.of_kind(RecordKind.CONSENT_EVENT, [client]) == ()
    assert "novak" not in words_in_index(eva.laptop.database)
    eva.laptop.synchronise()
    # Given back, everything comes again.
    open_office(server, eva.installed)
    quiet(eva)
    assert eva.sees(client, "surname") == ("Novák",)
    with eva.laptop.database.read() as tx:
        assert len(tx.consents.of(client)) == 1
        assert tx.clients.get(client).row.informed


def test_that_what_is_typed_while_an_office_leaves_is_handed_in_the_next_time(
    server: InProcessServer, eva: Adviser, jana: Adviser
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    take_office(server, eva.installed)
    eva.changes(client, note="typed in this moment")
    with eva.laptop.database.write() as tx:
        tx.departures.leave(OFFICE)
        assert tx.feed.departed() == (OFFICE,)
    assert eva.knows(client)
    eva.laptop.synchronise()
    assert not eva.knows(client)
    with eva.laptop.database.read() as tx:
        assert tx.feed.departed() == ()


def test_that_a_restored_server_gets_back_what_it_lost(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    backup = server.backup()
    jana.changes(client, city="Brno")
    jana.informs(client)
    jana.attaches(client, tmp_path, b"a letter", Purpose.OTHER)
    later = eva.adds(surname="Malá")
    quiet(jana, eva)
    server.restore(backup)
    quiet(eva, jana)
    for adviser in (jana, eva):
        assert adviser.sees(client, "city") == ("Brno",)
        assert adviser.sees(later, "surname") == ("Malá",)
        assert adviser.waits() == 0
        assert len(adviser.matters.attachments(client)) == 1
        assert adviser.offered(client) == []
        with adviser.laptop.database.read() as tx:
            assert tx.clients.get(client).row.informed
            assert tx.feed.waiting().parked == 0
    # A third laptop that begins now sees the same.
    third = Network(server, lambda _said: None)
    for new in adviser_of(server, third, jana.clock, tmp_path / "third", 7):
        open_office(server, new.installed)
        quiet(new)
        assert new.sees(client, "city") == ("Brno",)
        assert new.sees(later, "surname") == ("Malá",)
        assert len(new.matters.attachments(client)) == 1


def test_that_two_laptops_of_one_adviser_read_both_scopes(
    server: InProcessServer, jana: Adviser, eva: Adviser
) -> None:
    with server.office.writing() as desk:
        install = InstallId(eva.installed.id)
        rights.join(desk, install, jana.installed.reply.person, "the same person")
    with eva.laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    quiet(eva, jana)
    with jana.laptop.database.read() as tx:
        assert tx.documents.find(document) is not None
        state = tx.records.find(document)
        assert state is not None
        assert state.scope == eva.installed.scope
    # An edit on the other laptop goes where the document lives.
    with jana.laptop.database.write() as tx:
        found = tx.documents.get(document)
        tx.documents.save(document, {**found.body, "client_name": "Eva Malá"}, found.row.stage)
    quiet(jana, eva)
    with eva.laptop.database.read() as tx:
        assert tx.documents.get(document).body["client_name"] == "Eva Malá"


def test_that_a_text_of_the_portal_comes_to_everybody(
    server: InProcessServer, jana: Adviser, clock: SetClock
) -> None:
    version = TextVersion("PROC", 3, "cs", "Information", "# Text", clock.now().date())
    with server.office.writing() as desk:
        texts.publish(desk, [version])
    quiet(jana)
    with jana.laptop.database.read() as tx:
        kept = tx.kept_bodies.find(version.id)
        assert kept is not None
        assert kept.kind is RecordKind.TEXT_VERSION
        assert kept.body["title"] == "Information"


class _Newer:
    """A server that has records of a kind which this program does not know."""

    def __init__(self, server: InProcessServer) -> None:
        self.server = server

    def send(self, request: Request) -> Reply:
        reply = self.server.send(request)
        if request.path != "/v1/changes" or reply.status != 200:
            return reply
        said = encoding.parse(_body(reply))
        assert isinstance(said, dict)
        rows = said["rows"]
        assert isinstance(rows, list)
        changed = [
            {**row, "kind": "hologram"}
            if isinstance(row, dict) and row["kind"] == "client"
            else row
            for row in rows
        ]
        body = encoding.canonical({**said, "rows": changed})
        headers = {
            **{n: v for n, v in reply.headers.items() if n != "content-encoding"},
            "content-digest": encoding.content_digest(body),
            "content-length": str(len(body)),
        }
        return Reply(reply.status, headers, body)


def _body(reply: Reply) -> bytes:
    packed = reply.headers.get("content-encoding") == "zstd"
    return encoding.unpack(reply.body) if packed else reply.body


def test_that_kinds_of_a_newer_server_are_passed_over_and_read_after_the_update(
    server: InProcessServer,
    jana: Adviser,
    eva: Adviser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = jana.adds()
    jana.informs(client)
    quiet(jana)
    newer = _Newer(server)
    monkeypatch.setattr(eva.laptop.engine._conversation, "_transport", newer)
    quiet(eva)
    assert not eva.knows(client)
    with eva.laptop.database.read() as tx:
        assert len(tx.consents.of(client)) == 1
        assert tx.feed.cursors().keys() >= {OFFICE}
    # The update knows the kind: the feed is read once more.
    monkeypatch.setattr("smartclient.sync.exchange.engine.KNOWN_KINDS", "with holograms")
    eva.laptop.restart()
    assert receiving.KNOWN_KINDS != "with holograms"
    quiet(eva)
    assert eva.sees(client, "surname") == ("Novák",)
    with eva.laptop.database.read() as tx:
        assert tx.clients.count(ClientFilter()) == 1
        assert tx.clients.get(client).row.informed


def test_that_nothing_to_do_is_one_request_with_two_scopes(
    jana: Adviser, eva: Adviser, network: Network
) -> None:
    jana.adds()
    quiet(jana, eva)
    network.requests.clear()
    jana.laptop.synchronise()
    assert network.requests == ["/v1/changes"]


def test_that_a_computer_that_was_activated_anew_goes_on_when_it_is_joined(
    server: InProcessServer, jana: Adviser
) -> None:
    client = jana.adds()
    with jana.laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    quiet(jana)
    installed = server.activate()
    laptop = jana.laptop
    laptop.identity = identity_of(installed)
    laptop.restart()
    jana.changes(client, city="Brno")
    jana.informs(client)
    with laptop.database.write() as tx:
        found = tx.documents.get(document)
        tx.documents.save(document, {**found.body, "client_name": "Eva"}, found.row.stage)
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.feed.waiting().parked == 3
        assert tx.documents.get(document).row.parked == "SC-SERV-070"
    with server.office.writing() as desk:
        rights.join(desk, installed.id, jana.installed.reply.person, "the same person")
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.feed.waiting().parked == 0
        assert tx.feed.waiting().total == 0
        assert tx.documents.get(document).row.parked == ""


def test_that_files_for_a_lost_scope_stop_nothing_else_and_arrive_when_it_is_given(
    server: InProcessServer, jana: Adviser
) -> None:
    laptop = jana.laptop
    quiet(jana)
    with laptop.database.write() as tx:
        document = tx.documents.create(offer(number=tx.numbers.take())).id
    quiet(jana)
    with laptop.database.write() as tx:
        session = tx.signing.start(document, b"frozen", b"{}", {})
        tx.signing.finish(session, b"sealed", {"pages": 1}, jana.clock.now())
    installed = server.activate()
    laptop.identity = identity_of(installed)
    laptop.restart()
    with laptop.database.write() as tx:
        other = tx.documents.create(offer()).id
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert set(tx.feed.parked_codes()) == {"SC-SERV-070"}
        assert tx.feed.parked_scopes() == (jana.installed.reply.scope,)
        assert tx.documents.get(other).row.backed_up
    with server.office.writing() as desk:
        rights.join(desk, installed.id, jana.installed.reply.person, "the same person")
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.feed.parked_codes() == ()
        assert tx.feed.waiting().packages == 0
