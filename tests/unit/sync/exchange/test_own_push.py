"""A laptop does not read its own push again, and reads whatever else stands around it."""

from pathlib import Path

import pytest

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.wire.encoding import parse, unpack
from smartclient.wire.messages import ChangesReply, RecordKind
from smartclient.wire.transport import Reply, Request
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import another_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import Adviser


class _Listening(Network):
    """Hears which records the feed shows."""

    shown: list[RecordKind]

    def send(self, request: Request) -> Reply:
        reply = super().send(request)
        if (request.path, request.method, reply.status) == ("/v1/changes", "POST", 200):
            packed = reply.headers.get("content-encoding") == "zstd"
            said = parse(unpack(reply.body) if packed else reply.body)
            self.shown += [row.kind for row in ChangesReply.from_json(said).rows]
        return reply


@pytest.fixture
def network(server: InProcessServer) -> _Listening:
    listening = _Listening(server, lambda _said: None)
    listening.shown = []
    return listening


def _written(laptop: ExchangingLaptop, count: int = 3) -> list[DocumentId]:
    with laptop.database.write() as tx:
        bodies = [offer(number=tx.numbers.take()) for _ in range(count)]
        return [tx.documents.create(body, Stage.COMPLETE).id for body in bodies]


def test_that_the_feed_does_not_show_a_laptop_its_own_push(
    laptop: ExchangingLaptop, network: _Listening
) -> None:
    laptop.synchronise()
    network.shown.clear()
    _written(laptop)
    assert laptop.synchronise().pushed == 3
    assert network.shown == []
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/changes"]


def test_that_a_signed_document_is_not_shown_again_either(
    laptop: ExchangingLaptop, network: _Listening, clock: SetClock
) -> None:
    laptop.synchronise()
    network.shown.clear()
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer()).id
        session = tx.signing.start(identity, b"frozen", b"{}", {})
        tx.signing.finish(session, b"sealed", {}, clock.now())
    assert laptop.synchronise().pushed == 2
    assert network.shown == []


def test_that_what_stands_between_two_pushes_is_shown_alone(
    laptop: ExchangingLaptop, network: _Listening, server: InProcessServer
) -> None:
    laptop.synchronise()
    _written(laptop, 1)
    laptop.synchronise()
    server.judge()  # a status, which stands before the next push
    network.shown.clear()
    _written(laptop)
    laptop.synchronise()
    assert network.shown == [RecordKind.DOCUMENT_STATUS]
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/changes"]


def test_that_an_edit_made_meanwhile_reads_the_places_of_its_push(
    laptop: ExchangingLaptop, network: _Listening
) -> None:
    laptop.synchronise()
    (identity,) = _written(laptop, 1)
    network.shown.clear()

    def edit() -> None:
        with laptop.database.write() as tx:
            tx.documents.save(identity, offer(client_name="Eva"), Stage.COMPLETE)

    network.meanwhile = edit
    network.expect([Fault.EDIT_MEANWHILE])
    laptop.synchronise()
    assert network.shown == [RecordKind.DOCUMENT]


def test_that_a_push_whose_answer_was_lost_is_read(
    laptop: ExchangingLaptop, network: _Listening
) -> None:
    laptop.synchronise()
    _written(laptop, 1)
    network.shown.clear()
    network.expect([Fault.LOSE_REPLY])
    with pytest.raises(SmartClientError):
        laptop.synchronise()
    laptop.synchronise()
    assert network.shown == [RecordKind.DOCUMENT]


def test_that_places_are_remembered_over_a_kill_before_the_pull(
    laptop: ExchangingLaptop, network: _Listening, server: InProcessServer
) -> None:
    laptop.synchronise()
    _written(laptop, 1)
    laptop.synchronise()
    server.judge()
    _written(laptop)
    network.shown.clear()
    network.expect([Fault.NONE, Fault.LOSE_REQUEST])  # the push, and then the pull
    with pytest.raises(SmartClientError):
        laptop.synchronise()
    laptop.restart()
    laptop.synchronise()
    assert network.shown == [RecordKind.DOCUMENT_STATUS]


def test_that_another_laptop_of_the_person_is_shown_everything(
    laptop: ExchangingLaptop,
    network: _Listening,
    server: InProcessServer,
    clock: SetClock,
    tmp_path: Path,
) -> None:
    laptop.synchronise()
    another = another_of(server, laptop.identity)
    second = ExchangingLaptop(tmp_path / "second", another, network, clock, CountedIds(5))
    try:
        made = _written(laptop)
        laptop.synchronise()
        second.synchronise()
        with second.database.read() as tx:
            assert {tx.documents.get(each).row.backed_up for each in made} == {True}
    finally:
        second.close()


@pytest.mark.usefixtures("office")
def test_that_a_client_of_the_office_is_not_shown_to_who_sent_it(
    jana: Adviser, eva: Adviser, network: _Listening
) -> None:
    first = jana.adds()
    jana.laptop.synchronise()
    eva.laptop.synchronise()
    network.shown.clear()
    jana.adds()
    jana.laptop.synchronise()
    assert network.shown == []
    eva.changes(first, city="Brno")
    eva.laptop.synchronise()
    jana.adds()
    jana.laptop.synchronise()
    assert network.shown == [RecordKind.CLIENT]
