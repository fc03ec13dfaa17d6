"""What stands on the disks: read with the product's own code by a process that harms nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard
from sqlalchemy import select, text

from development.soak.ledger import Whereabouts
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import RandomIds
from smartclient.store.bodies import read_back
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import append, document_body
from smartclient.wire.batches import PAYLOAD
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, RecordKind, mapping
from tests.simulators.exchanging_laptop import KEY
from tests.simulators.office_process import OfficeProcess
from tests.simulators.words import words_of

_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class OnLaptop:
    """What one laptop holds."""

    words: frozenset[str]
    """In documents, conflicts and packages."""
    conflicts: frozenset[str]
    shown: dict[str, tuple[str, JsonObject]]
    """Op and body of each document it shows."""
    waiting: int


def on_laptop(folder: Path) -> OnLaptop:
    """Read a laptop that is off; raises Damaged when its database is not whole."""
    if not folder.exists():
        return OnLaptop(frozenset(), frozenset(), {}, 0)
    database = Database.open(folder, KEY, clock=SystemClock(), ids=RandomIds())
    try:
        database.check()
        with database.read() as tx:
            connection = tx.unit.connection
            contents = connection.execute(select(document_body.c.content)).scalars().all()
            words = {word for content in contents for word in words_of(read_back(content))}
            packages = {f"package {op}" for op in connection.execute(select(append.c.op)).scalars()}
            conflicts = {word for each in tx.conflicts.open() for word in words_of(each.body)}
            rows = tx.documents.page(DocumentFilter(), 0, _MANY)
            stored = [tx.documents.get(row.id) for row in rows]
            shown = {str(each.row.id): (str(each.op), each.body) for each in stored}
            waiting = tx.feed.waiting().total
    finally:
        database.close()
    return OnLaptop(frozenset(words | packages | conflicts), frozenset(conflicts), shown, waiting)


@dataclass(frozen=True, slots=True)
class OnServer:
    """What the server holds of every scope."""

    words: frozenset[str]
    documents: dict[str, dict[str, tuple[str, JsonObject]]]
    """By scope: op and body of each document."""
    is_whole: bool


def on_server(office: OfficeProcess) -> OnServer:
    """Read the server's database."""
    words: set[str] = set()
    documents: dict[str, dict[str, tuple[str, JsonObject]]] = {}
    with office.office() as opened, opened.office.reading() as desk:
        record = server_schema.record
        kinds = [RecordKind.DOCUMENT.value, RecordKind.SIGNED_PACKAGE.value]
        asked = select(record.c.scope, record.c.id, record.c.kind, record.c.op)
        for scope, name, kind, op in desk.connection.execute(asked.where(record.c.kind.in_(kinds))):
            if kind == RecordKind.SIGNED_PACKAGE.value:
                words.add(f"package {op}")
                continue
            body = read_body(desk, scope, name)
            words |= words_of(body)
            documents.setdefault(scope, {})[name] = (str(op), dict(body))
        return OnServer(frozenset(words), documents, _is_whole(desk))


def _is_whole(desk: Desk) -> bool:
    if desk.connection.dialect.name != "sqlite":
        return True
    told = desk.connection.execute(text("pragma integrity_check")).scalars().all()
    return list(told) == ["ok"]


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


def whereabouts(office: OfficeProcess, laptops: dict[str, OnLaptop]) -> Whereabouts:
    """All of it together."""
    return Whereabouts(
        on_server(office).words,
        frozenset(word for words in exported(office).values() for word in words),
        {name: each.words for name, each in laptops.items()},
        frozenset(word for each in laptops.values() for word in each.conflicts),
    )
