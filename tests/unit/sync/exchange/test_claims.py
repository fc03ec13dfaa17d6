"""What a lineage claims: that no other computer has to bring an edit, because it stands here.

An edit that lost a merge or a conflict on one computer stands only there, under Show conflicts or
offered at a field. Another one that has it as well must not be told that it was taken.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smartclient.domain.ids import DocumentId
from smartclient.wire.messages import Json
from smartclient.wire.transport import Reply, Request
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import another_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer
from tests.unit.sync.exchange.registers import Adviser, adviser_of, open_office, quiet


@pytest.fixture
def petr(server: InProcessServer, clock: SetClock, tmp_path: Path) -> Iterator[Adviser]:
    """A third adviser of the office."""
    yield from adviser_of(server, Network(server, lambda _said: None), clock, tmp_path / "petr", 5)


def test_that_a_value_that_lost_on_one_computer_is_offered_on_all_that_have_it(
    server: InProcessServer, jana: Adviser, eva: Adviser, petr: Adviser
) -> None:
    """The server had lost Jana's town; Petr typed another one meanwhile, and Eva met his first."""
    open_office(server, *(each.installed for each in (jana, eva, petr)))
    novak = jana.adds()
    quiet(jana, eva, petr)
    backup = server.backup()
    jana.changes(novak, city="Brno", note="ring twice")
    quiet(jana, eva)
    server.restore(backup)
    petr.changes(novak, city="Kolín")
    quiet(petr)
    quiet(eva)
    assert eva.offered(novak) == [("city", "Brno")]
    quiet(jana)
    assert ("city", "Brno") in jana.offered(novak)
    assert jana.sees(novak, "city", "note") == ("Kolín", "ring twice")


class _Overtaken:
    """A way to the server on which somebody else comes first, once, just before a push."""

    def __init__(self, server: InProcessServer) -> None:
        self._server = server
        self._pushes_to_come = 0
        self._first: Callable[[], None] = lambda: None

    def before(self, push: int, first: Callable[[], None]) -> None:
        """Let `first` happen before the push of this number from now."""
        self._pushes_to_come, self._first = push, first

    def send(self, request: Request) -> Reply:
        """Carry it."""
        if request.path == "/v1/push" and self._pushes_to_come:
            self._pushes_to_come -= 1
            if not self._pushes_to_come:
                self._first()
        return self._server.send(request)


def test_that_an_edit_that_lost_the_second_merge_is_not_claimed(
    server: InProcessServer, jana: Adviser, petr: Adviser, clock: SetClock, tmp_path: Path
) -> None:
    """Eva brought Jana's note onto Petr's street, and lost it to his note before it was taken."""
    way = _Overtaken(server)
    made = adviser_of(server, Network(way, lambda _said: None), clock, tmp_path / "eva", 4)
    eva = next(made)
    open_office(server, *(each.installed for each in (jana, eva, petr)))
    novak = jana.adds()
    quiet(jana, eva, petr)
    backup = server.backup()
    jana.changes(novak, note="ring twice")
    quiet(jana, eva)
    server.restore(backup)
    petr.changes(novak, street="Dlouhá 1")
    quiet(petr)

    def petr_types_a_note() -> None:
        petr.changes(novak, note="dog in the yard")
        quiet(petr)

    way.before(2, petr_types_a_note)
    quiet(eva)
    assert eva.offered(novak) == [("note", "ring twice")]
    eva.changes(novak, phone="+420777000111")
    quiet(eva, jana)
    assert ("note", "ring twice") in jana.offered(novak)
    eva.laptop.close()


Laptops = tuple[ExchangingLaptop, ExchangingLaptop, ExchangingLaptop]


@pytest.fixture
def three(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock, tmp_path: Path
) -> Iterator[Laptops]:
    """Three computers of one adviser."""
    network = Network(server, lambda _said: None)
    others = [
        ExchangingLaptop(
            tmp_path / f"laptop-{seed}",
            another_of(server, laptop.identity),
            network,
            clock,
            CountedIds(seed),
        )
        for seed in (6, 7)
    ]
    yield laptop, others[0], others[1]
    for each in others:
        each.close()


def _types(laptop: ExchangingLaptop, document: DocumentId, **fields: Json) -> None:
    with laptop.database.write() as tx:
        found = tx.documents.get(document)
        tx.documents.save(document, {**found.body, **fields}, found.row.stage)


def _kept(laptop: ExchangingLaptop) -> list[Json]:
    with laptop.database.read() as tx:
        return [conflict.body.get("client_name") for conflict in tx.conflicts.open()]


def test_that_a_version_that_lost_on_one_computer_is_kept_on_all_that_have_it(
    server: InProcessServer, three: Laptops
) -> None:
    """The second has typed on after its conflict; the first still has what that began with."""
    first, second, third = three
    with first.database.write() as tx:
        document = tx.documents.create(offer()).id
    for each in three:
        each.synchronise()
    backup = server.backup()
    _types(first, document, client_name="typed on the first")
    first.synchronise()
    second.synchronise()
    _types(second, document, client_name="typed over it on the second")
    second.synchronise()
    server.restore(backup)
    _types(third, document, client_name="typed on the third")
    third.synchronise()
    for _ in range(2):
        second.synchronise()
    assert _kept(second) == ["typed over it on the second"]
    _types(second, document, number="7200000099")
    second.synchronise()
    for _ in range(2):
        first.synchronise()
    assert _kept(first) == ["typed on the first"]
    with first.database.read() as tx:
        assert tx.documents.get(document).body["client_name"] == "typed on the third"
