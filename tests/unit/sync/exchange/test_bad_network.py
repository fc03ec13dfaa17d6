"""A whole book over a bad network: real sockets, a real server process, and both sides end equal."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged, Unreachable
from smartclient.domain.ids import RandomIds
from smartclient.store.document_rows import DocumentFilter
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.wire.messages import JsonObject, RecordKind
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import Installed
from tests.simulators.office_process import OfficeProcess
from tests.simulators.relay import Harm, Odds, Relay

_MANY_TRIES = 60


class Book:
    """One adviser's documents, on this laptop or another one of theirs."""

    def __init__(
        self, folder: Path, office: OfficeProcess, installed: Installed, address: str
    ) -> None:
        self._office = office
        self._transport = HttpTransport(address, office.root)
        identity = identity_of(installed)
        clock, ids = SystemClock(), RandomIds()
        self.laptop = ExchangingLaptop(folder, identity, self._transport, clock, ids)
        self.tries = 0

    def close(self) -> None:
        self.laptop.close()
        self._transport.close()

    def write(self, first: int, count: int) -> None:
        """New offers; every tenth with a signed package of its own file."""
        with self.laptop.database.write() as tx:
            for number in range(first, first + count):
                made = tx.documents.create(_offer(number), Stage.COMPLETE)
                if number % 10 == 0:
                    values = b'{"number":%d}' % number
                    session = tx.signing.start(made.id, b"frozen", values, {})
                    now = SystemClock().now()
                    tx.signing.finish(session, os.urandom(2_000), {}, now)

    def synchronise(self) -> None:
        """Until it comes to its end, as an adviser would press the button again."""
        for _ in range(_MANY_TRIES):
            self.tries += 1
            try:
                self.laptop.synchronise()
                return
            except (Unreachable, Damaged):
                continue
        raise AssertionError("it never came to its end")

    def holds(self) -> dict[str, tuple[str, str, JsonObject]]:
        """Every document with its op, stage and body; nothing waits and nothing is in conflict."""
        with self.laptop.database.read() as tx:
            assert tx.feed.waiting().total == 0
            assert tx.conflicts.count() == 0
            rows = tx.documents.page(DocumentFilter(), 0, 10_000)
            stored = [tx.documents.get(row.id) for row in rows]
        return {str(each.row.id): (each.op, each.row.stage.value, each.body) for each in stored}


def _offer(number: int) -> JsonObject:
    return {
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": f"72{number:08}",
        "client_name": "Eva Černá",
        "digital": True,
        "answers": {"note": os.urandom(300).hex()},
    }


def _at_server(office: OfficeProcess, scope: str) -> dict[str, tuple[str, str, JsonObject]]:
    table = schema.record
    with office.office() as opened, opened.office.reading() as desk:
        mine = (table.c.scope == scope) & (table.c.kind == RecordKind.DOCUMENT.value)
        records = desk.connection.execute(select(table).where(mine)).all()
        return {
            row.id: (row.op, str(row.stage), dict(read_body(desk, scope, row.id)))
            for row in records
        }


def _carry(folder: Path, rounds: int, at_once: int, odds: Odds, seed: int) -> Relay:
    """Write and send a book in rounds over a relay, fetch it on another laptop; the relay."""
    with (
        OfficeProcess(folder / "server") as office,
        Relay(office.port, office.certificates, odds, seed) as relay,
    ):
        direct = HttpTransport(office.address, office.root)
        first, second = (office.activate(direct) for _ in range(2))
        direct.close()
        with office.office() as opened, opened.office.writing() as desk:
            install = schema.install
            mine = {"person": first.reply.person, "scope": first.scope}
            change = update(install).where(install.c.id == second.id).values(mine)
            desk.connection.execute(change)
        here = Book(folder / "here", office, first, relay.address)
        there = Book(folder / "there", office, second, relay.address)
        for turn in range(rounds):
            here.write(turn * at_once, at_once)
            here.synchronise()
        there.synchronise()
        here.synchronise()
        at_server = _at_server(office, first.scope)
        assert len(at_server) == rounds * at_once
        assert here.holds() == at_server
        assert there.holds() == at_server
        here.close()
        there.close()
    return relay


def test_that_a_book_arrives_whole_over_a_bad_network(tmp_path: Path) -> None:
    odds = Odds(requests=0.2, replies=0.2, delays=0.05, twice=0.05, longest_delay=0.01)
    relay = _carry(tmp_path, rounds=6, at_once=20, odds=odds, seed=5)
    assert relay.done.keys() >= {Harm.CUT_REPLY, Harm.CUT_REQUEST, Harm.TWICE, Harm.LOSE_REPLY}


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_that_5000_documents_end_equal_at_5_and_5_per_cent_of_cuts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    relay = _carry(tmp_path, rounds=100, at_once=50, odds=Odds(), seed=21)
    with capsys.disabled():
        print("\n5,000 documents:", {harm.value: count for harm, count in relay.done.items()})
