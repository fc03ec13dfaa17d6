"""A server that is killed outright: what it acknowledged is there afterwards, and all arrives.

The server is a process of its own and dies at numbered points; the laptop and the ledger live in
the test. The ledger hears of acknowledgements from the replies, before the laptop does.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged, Unreachable
from smartclient.domain.ids import RandomIds
from smartclient.store.client_rows import card_of
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.wire.encoding import parse, require_whole, unpack
from smartclient.wire.messages import JsonObject, listed, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.crashing_server import CrashingOffice
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of

# Python 3.11 leaves a socket to the collector whose peer was reset before the handshake
# (`SSLSocket._create` raises what `recv` said without closing): a killed server does that.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
GATING_POINT = 17
_TRIES = 5


class Overheard:
    """The way to the server; keeps the ops that a whole reply acknowledged."""

    def __init__(self, office: CrashingOffice) -> None:
        self._inner = HttpTransport(office.address, office.root)
        self.acknowledged: set[str] = set()

    def send(self, request: Request) -> Reply:
        reply = self._inner.send(request)
        if request.path == "/v1/push" and reply.status == 200:
            require_whole(reply.body, reply.headers["content-digest"])
            packed = reply.headers.get("content-encoding") == "zstd"
            said = mapping(parse(unpack(reply.body) if packed else reply.body))
            results = listed(said, "results", mapping, 200)
            self.acknowledged |= {str(each["op"]) for each in results if each["answer"] == "ok"}
        return reply

    def close(self) -> None:
        self._inner.close()


class Evening:
    """A laptop with work to send, and its server."""

    def __init__(self, folder: Path) -> None:
        self.office = CrashingOffice(folder / "server")
        self.office.start()
        self.port = self.office.port
        direct = HttpTransport(self.office.address, self.office.root)
        installed = self.office.activate(direct)
        direct.close()
        self.network = Overheard(self.office)
        identity = identity_of(installed)
        clock, ids = SystemClock(), RandomIds()
        self.laptop = ExchangingLaptop(folder / "laptop", identity, self.network, clock, ids)

    def work(self, number: int) -> None:
        """Offers, one of them signed with a file that is stored outside of the database."""
        with self.laptop.database.write() as tx:
            for each in range(3):
                made = tx.documents.create(_offer(10 * number + each), Stage.COMPLETE)
            session = tx.signing.start(made.id, b"frozen", b"{}%d" % number, {})
            pdf = (b"sealed %d" % number) * 40_000
            tx.signing.finish(session, pdf, {}, SystemClock().now())
            body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": str(number)}
            tx.clients.create(card_of(body), body)

    def restart(self, point: int) -> None:
        """Serve again, until the point; 0 for ever."""
        self.office.kill()
        self.office.point = point
        self.office.start(self.port)

    def synchronise(self) -> bool:
        """Try until it comes to its end; False when the server died."""
        for _ in range(_TRIES):
            try:
                self.laptop.synchronise()
            except (Unreachable, Damaged):
                if self.office.has_died():
                    return False
                continue
            return not self.office.has_died()
        raise AssertionError("it never came to its end")

    def check_acknowledged(self) -> None:
        """Everything that was acknowledged is known to the server, whose database is whole."""
        with self.office.office() as opened, opened.office.reading() as desk:
            known = set(desk.connection.execute(select(schema.record_op.c.op)).scalars())
            assert self.network.acknowledged <= known
            told = desk.connection.execute(text("pragma integrity_check")).scalars().all()
            assert list(told) == ["ok"]

    def check_arrived(self) -> None:
        with self.laptop.database.read() as tx:
            assert tx.feed.waiting().total == 0
            assert tx.conflicts.count() == 0
        self.check_acknowledged()

    def is_killed_at(self, point: int) -> bool:
        """More work, a server that dies at the point, and then one that does not."""
        self.work(point)
        self.restart(point)
        died = not self.synchronise()
        self.office.kill()
        self.check_acknowledged()
        self.restart(0)
        assert self.synchronise()
        self.check_arrived()
        return died


def _offer(number: int) -> JsonObject:
    return {
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": f"72{number:08}",
        "client_name": "Eva Černá",
        "digital": True,
        "answers": {},
    }


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    made = Evening(tmp_path)
    yield made
    made.laptop.close()
    made.network.close()
    made.office.kill()


def test_that_a_server_killed_at_a_numbered_point_loses_nothing(evening: Evening) -> None:
    assert evening.is_killed_at(GATING_POINT)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_that_a_server_killed_at_any_point_loses_nothing(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    point = 1
    while evening.is_killed_at(point):
        point += 1
    with capsys.disabled():
        print(f"\nthe server was killed at {point - 1} points")
    assert point > 30
