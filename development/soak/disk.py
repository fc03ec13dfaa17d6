"""What stands on the disks of the laptops and in the batches: read with the product's own code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from sqlalchemy import select

from development.soak.words import ONCE, is_word, words_in
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import RandomIds
from smartclient.store import schema
from smartclient.store.appends import FILE_ELSEWHERE, blobs_of
from smartclient.store.bodies import read_back
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.transaction import Transaction
from smartclient.wire.batches import PAYLOAD
from smartclient.wire.encoding import parse
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject, mapping
from tests.simulators.exchanging_laptop import KEY
from tests.simulators.office_process import OfficeProcess
from tests.simulators.traces import traces_of_clients
from tests.simulators.words import words_of

_MANY = 1_000_000
Versions = Mapping[str, tuple[str, JsonObject]]
"""Op and body of records, by id."""


@dataclass(frozen=True, slots=True)
class OnLaptop:
    """What one laptop holds."""

    documents: Versions = field(default_factory=dict)
    """What it shows."""
    clients: Versions = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    """Ops of what is written once to a client."""
    offers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What is offered at the fields of each client."""
    bodies: frozenset[str] = frozenset()
    """Words of every document that is here, shown or not."""
    conflicts: frozenset[str] = frozenset()
    written_once: frozenset[str] = frozenset()
    """Words of packages and events that are here with every file that they name."""
    orphans: frozenset[str] = frozenset()
    """Ops of events whose file is awaited from the computer where they were made."""
    histories: frozenset[str] = frozenset()
    """Ids of the lines that the server wrote of clients."""
    traces: frozenset[str] = frozenset()
    """Every id that anything of a client stands under."""
    waiting: int = 0

    @property
    def beside(self) -> frozenset[str]:
        """Words that lost, in conflicts or offered at a field."""
        return self.conflicts.union(*self.offers.values())

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        of_clients = {
            word
            for op, body in self.clients.values()
            for word in words_in(RecordKind.CLIENT, op, body)
        }
        return self.bodies | self.beside | self.written_once | of_clients

    def words_of(self, client: str) -> frozenset[str]:
        """The words that stand in a client, or are offered at its fields."""
        shown = self.clients.get(client)
        held = words_in(RecordKind.CLIENT, *shown) if shown else frozenset()
        return held | self.offers.get(client, frozenset())


def on_laptop(folder: Path) -> OnLaptop:
    """Read a laptop that is off; raises Damaged when its database is not whole."""
    if not folder.exists():
        return OnLaptop()
    database = Database.open(folder, KEY, clock=SystemClock(), ids=RandomIds())
    try:
        database.check()
        with database.read() as tx:
            return _read(tx)
    finally:
        database.close()


def _read(tx: Transaction) -> OnLaptop:
    run = tx.unit.connection.execute
    rows = tx.documents.page(DocumentFilter(), 0, _MANY)
    stored = [tx.documents.get(row.id) for row in rows]
    ops = {row.id: str(row.op) for row in run(select(schema.record.c.id, schema.record.c.op))}
    bodies = run(select(schema.client_body)).all()
    appended = run(select(schema.append)).mappings().all()
    files = frozenset(run(select(schema.blob.c.sha256)).scalars())
    whole = [row for row in appended if files.issuperset(blobs_of(row))]
    contents = run(select(schema.document_body.c.content)).scalars().all()
    histories = schema.kept_body.c.kind == RecordKind.CONTACT_HISTORY.value
    return OnLaptop(
        documents={str(each.row.id): (str(each.op), each.body) for each in stored},
        clients={row.id: (ops.get(row.id, ""), read_back(row.content)) for row in bodies},
        events=frozenset(row["op"] for row in appended if RecordKind(row["kind"]) in ONCE),
        offers=_offers(tx),
        bodies=frozenset(word for content in contents for word in words_of(read_back(content))),
        conflicts=frozenset(word for each in tx.conflicts.open() for word in words_of(each.body)),
        written_once=frozenset(
            word for row in whole for word in words_in(RecordKind(row["kind"]), row["op"], {})
        ),
        orphans=frozenset(row["op"] for row in appended if row["parked"] == FILE_ELSEWHERE),
        histories=frozenset(run(select(schema.kept_body.c.id).where(histories)).scalars()),
        traces=frozenset(traces_of_clients(tx)),
        waiting=tx.feed.waiting().total,
    )


def _offers(tx: Transaction) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in tx.unit.connection.execute(select(schema.field_offer)):
        value = mapping(parse(row.other.encode())).get("value")
        if is_word(value):
            found[row.id] = found.get(row.id, frozenset()) | {str(value)}
    return found


def exported(office: OfficeProcess) -> dict[tuple[str, str], frozenset[str]]:
    """The words of each document of each batch; AssertionError when a batch holds one twice."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for file in sorted((office.home.folder / "export").glob(f"smartclient-*/{PAYLOAD}")):
        for line in _lines(file):
            key = (file.parent.name, str(line["id"]))
            if key in found:
                raise AssertionError(f"twice in one batch: {key}")
            found[key] = words_of(mapping(line["body"]))
    return found


def _lines(file: Path) -> Iterator[JsonObject]:
    reader = zstandard.ZstdDecompressor().stream_reader(file.read_bytes(), read_across_frames=True)
    for line in reader.read().splitlines():
        yield mapping(parse(line))
