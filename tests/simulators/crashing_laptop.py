"""A laptop as a process of its own that dies at a numbered point; the server lives in the harness.

`python -m tests.simulators.crashing_laptop FOLDER POINT` makes offers and a client, signs one offer,
puts a consent and a file to the client, and synchronises.
It talks to the harness in lines of JSON: requests that want a reply, and things it has done. It ends
with 0 when it came to its end, and at the point with DIED, as a power cut ends a program.
"""

import base64
import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Never

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import Engine, event

from smartclient.domain.consents import ConsentDecision, Decision, Method
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import InstallId
from smartclient.store import durable
from smartclient.store.client_rows import card_of
from smartclient.sync.exchange.identity import Identity
from smartclient.wire.messages import JsonObject
from smartclient.wire.register_bodies import Attachment, Purpose
from smartclient.wire.transport import Reply, Request, Transport
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.time_and_ids import CountedIds, SetClock

DIED = 137
OFFERS = 3
IDENTITY = "identity.json"


class Done(StrEnum):
    """What the laptop tells the harness, after it was committed."""

    SAVED = "saved"
    SIGNED = "signed"
    CLIENT = "client"
    EVENT = "event"
    SYNCHRONISED = "synchronised"


class Points:
    """Counts the points that are passed, and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self._left = last

    def pass_one(self) -> None:
        """A power cut may happen here."""
        self._left -= 1
        if self._left == 0:
            _die()


def _die() -> Never:
    os._exit(DIED)


class Pipe:
    """A transport to the harness, with a point before each request and one after it."""

    def __init__(self, points: Points) -> None:
        self._points = points

    def send(self, request: Request) -> Reply:
        """Carry the request, unless this is the point."""
        self._points.pass_one()
        _say(
            {
                "method": request.method,
                "path": request.path,
                "headers": dict(request.headers),
                "body": base64.b64encode(request.body).decode(),
            }
        )
        told = json.loads(sys.stdin.readline())
        self._points.pass_one()
        return Reply(told["status"], told["headers"], base64.b64decode(told["body"]))


def _say(said: JsonObject) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _watch(points: Points) -> None:
    """Points before and after each commit and rename, and before a new name is durable."""

    @event.listens_for(Engine, "commit")
    def before(_connection: object) -> None:
        points.pass_one()

    @event.listens_for(Engine, "checkin")
    def after(_connection: object, _record: object) -> None:
        points.pass_one()

    flush, rename, replace = durable.flush_folder, Path.rename, Path.replace

    def flush_folder(folder: Path) -> None:
        points.pass_one()
        flush(folder)

    def renamed(path: Path, target: Path) -> Path:
        points.pass_one()
        moved = rename(path, target)
        points.pass_one()
        return moved

    def replaced(path: Path, target: Path) -> Path:
        points.pass_one()
        moved = replace(path, target)
        points.pass_one()
        return moved

    durable.flush_folder = flush_folder
    Path.rename, Path.replace = renamed, replaced  # type: ignore[method-assign, assignment]


def _laptop(folder: Path, network: Transport, clock: SetClock, run: int) -> ExchangingLaptop:
    said = json.loads((folder / IDENTITY).read_text("utf-8"))
    key = load_pem_private_key(said["key"].encode(), password=None)
    assert isinstance(key, EllipticCurvePrivateKey)

    def sign(message: bytes) -> bytes:
        return key.sign(message, ECDSA(SHA256()))

    identity = Identity(InstallId(said["install"]), said["scope"], said["server"], sign)
    ids = CountedIds(100 + run)
    return ExchangingLaptop(folder / "laptop", identity, network, clock, ids, seed=run)


def _offer(number: str) -> JsonObject:
    return {
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": number,
        "client_name": "Eva Černá",
        "digital": True,
        "answers": {},
    }


def _a_client(laptop: ExchangingLaptop, clock: SetClock, number: str) -> None:
    """A client, edited once, with a withdrawn consent and a file."""
    body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": number}
    with laptop.database.write() as tx:
        client = tx.clients.create(card_of(body), body).id
    _say({"done": Done.CLIENT, "name": number})
    decision = ConsentDecision(
        client_id=client,
        option_code="MKT",
        text_version_id="1",
        decision=Decision.WITHDRAWN,
        method=Method.PHONE,
        occurred_at=clock.now(),
        recorded_by="Jana",
        device="laptop",
        language="cs",
    )
    with laptop.database.write() as tx:
        event = tx.consents.append(decision, laptop.identity.install)
    _say({"done": Done.EVENT, "name": event.id})
    content = b"file " + number.encode()
    with laptop.database.write() as tx:
        digest = tx.blobs.put(content)
        file = Attachment(
            client, "a.pdf", "application/pdf", len(content), digest, Purpose.IDENTITY, clock.now()
        )
        op = tx.client_events.attach(file)
    _say({"done": Done.EVENT, "name": op})


def main(folder: Path, last: int, run: int) -> int:
    """Work until the end or the point."""
    points, clock = Points(last), SetClock()
    _watch(points)
    laptop = _laptop(folder, Pipe(points), clock, run)
    for place in range(OFFERS):
        number = f"72{run:04}{place:04}"
        with laptop.database.write() as tx:
            identity = tx.documents.create(_offer(number), Stage.COMPLETE).id
        _say({"done": Done.SAVED, "name": number})
    with laptop.database.write() as tx:
        session = tx.signing.start(identity, b"frozen", b"{}" + number.encode(), {})
    with laptop.database.write() as tx:
        tx.signing.finish(session, b"sealed" + number.encode(), {}, clock.now())
    _say({"done": Done.SIGNED, "name": number})
    _a_client(laptop, clock, number)
    laptop.synchronise()
    _say({"done": Done.SYNCHRONISED, "name": number})
    laptop.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
