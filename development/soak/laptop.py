"""A laptop as a process of its own: `python -m development.soak.laptop` with a JSON of `Terms`.

It works by its seed until it is killed or told to calm down: then it synchronises until nothing
moves.
"""

import json
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from development.soak.clients import ClientWork
from development.soak.telling import Overheard, say
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.ids import DocumentId, InstallId, RandomIds
from smartclient.store.document_rows import DocumentFilter
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.identity import Identity
from smartclient.wire.messages import JsonObject, mapping
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.words import words_of

MANY = 100_000
OPEN_AT_ONCE = 12
QUIET_TRIES = 200
PAUSE_SECONDS = 0.02
CALM, END = "calm", ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who it is and where everything is."""

    name: str
    folder: str
    install: str
    scope: str
    server_name: str
    key: str
    """PEM; nothing secret, it is made for this soak."""
    address: str
    root: str
    seed: int

    def to_text(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


class Adviser:
    """Somebody who works with it, at random."""

    def __init__(self, terms: Terms) -> None:
        self._name = f"{terms.name}.{terms.seed}"
        self._random = Random(f"{terms.name} {terms.seed}")
        key = load_pem_private_key(terms.key.encode(), password=None)
        assert isinstance(key, EllipticCurvePrivateKey)
        identity = Identity(
            InstallId(terms.install),
            terms.scope,
            terms.server_name,
            lambda message: key.sign(message, ECDSA(SHA256())),
        )
        network = Overheard(HttpTransport(terms.address, Path(terms.root)))
        self._laptop = ExchangingLaptop(
            Path(terms.folder), identity, network, SystemClock(), RandomIds(), seed=terms.seed
        )
        self._database = self._laptop.database
        self._typed = 0
        self._clients = ClientWork(self._database, identity.install, self._random, self._word)

    def act(self) -> None:
        """One thing at random."""
        acts = (
            (4, self._create),
            (10, self._edit),
            (2, self._sign),
            (9, self._clients.act),
            (6, self.synchronise),
        )
        (chosen,) = self._random.choices([act for _, act in acts], [often for often, _ in acts])
        chosen()

    def _word(self) -> str:
        self._typed += 1
        return f"{self._name}.{self._typed}"

    def _create(self) -> None:
        if len(self._editable()) >= OPEN_AT_ONCE:
            return
        word = self._word()
        body: JsonObject = {
            "document_kind": "offer",
            "form_id": "flexi-offer",
            "form_version": 1,
            "number": f"72{self._random.randrange(10**8):08}",
            "client_name": "Eva Černá",
            "digital": False,
            "answers": {"history": [word]},
        }
        with self._database.write() as tx:
            tx.documents.create(body, self._random.choice((Stage.DRAFT, Stage.COMPLETE)))
        say(typed=word)

    def _edit(self, stage: Stage | None = None, known: DocumentId | None = None) -> bool:
        editable = self._editable()
        if not editable:
            return False
        stages = (Stage.DRAFT, Stage.COMPLETE, Stage.COMPLETE, Stage.COMPLETE, Stage.CANCELLED)
        stage = stage or self._random.choice(stages)
        document = known or self._random.choice(editable)
        word = self._word()
        try:
            with self._database.write() as tx:
                body = tx.documents.get(document).body
                answers = mapping(body["answers"])
                history = answers["history"]
                assert isinstance(history, list)
                longer: JsonObject = {**answers, "history": [*history, word]}
                tx.documents.save(document, {**body, "answers": longer}, stage)
        except NotAllowed:
            return False
        say(typed=word)
        return True

    def _sign(self) -> None:
        with self._database.read() as tx:
            rows = tx.documents.page(DocumentFilter(), 0, MANY)
        free = {row.id for row in rows if not row.exportable}
        may = [each for each in self._editable() if each in free]
        if not may:
            return
        document = self._random.choice(may)
        if not self._edit(Stage.WAITING, document):
            return
        with self._database.write() as tx:
            values = repr(sorted(words_of(tx.documents.get(document).body))).encode()
            session = tx.signing.start(document, b"frozen" + values, values, {})
            sealed = b"sealed" + self._random.randbytes(3_000)
            package = tx.signing.finish(session, sealed, {}, SystemClock().now())
        say(typed=f"package {package}")

    def _editable(self) -> list[DocumentId]:
        with self._database.read() as tx:
            rows = tx.documents.page(DocumentFilter(), 0, MANY)
        may = [row.id for row in rows if permission(row.standing(), Action.EDIT).allowed]
        return sorted(may)

    def synchronise(self) -> bool:
        """Once; whether it came to its end and nothing moved."""
        say(begun=1)
        try:
            report = self._laptop.synchronise()
        except SmartClientError as refusal:
            say(refused=refusal.code)
            return False
        say(synchronised=1, conflicts=report.conflicts)
        return not (report.pushed or report.pulled or report.conflicts or report.busy)

    def calm_down(self) -> bool:
        """Synchronise until nothing moves twice in a row."""
        quiet = 0
        for _ in range(QUIET_TRIES):
            quiet = quiet + 1 if self.synchronise() else 0
            if quiet == 2:
                return True
        return False


def main(terms: Terms) -> int:
    """Work until told `calm`, then calm down each time it is told; go when the input ends."""
    told: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            told.put(line.strip())
        told.put(END)

    threading.Thread(target=listen, daemon=True).start()
    adviser, pause, is_working = Adviser(terms), threading.Event(), True
    while True:
        if is_working and told.empty():
            adviser.act()
            pause.wait(PAUSE_SECONDS)
            continue
        if told.get() == END:
            return 0
        is_working = False
        say(calm=adviser.calm_down())


if __name__ == "__main__":
    raise SystemExit(main(Terms(**json.loads(sys.argv[1]))))
