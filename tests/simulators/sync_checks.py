"""The invariants of the protocol by their numbers, each a check over the world of documents."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import DocumentId, RecordId
from smartclient.store import schema as laptop_schema
from smartclient.store.bodies import read_back
from smartclient.store.conflicts import Conflict, Reason
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import document_body
from smartclient.wire.messages import JsonObject, RecordKind
from tests.simulators.inprocess import InProcessServer
from tests.simulators.sync_places import Lost, Place
from tests.simulators.words import words_of

if TYPE_CHECKING:
    from tests.simulators.sync_world import World

_EVERYTHING = DocumentFilter()
_MANY = 1_000
_OF_THE_READING = frozenset({"scope", "feed_mark", "sync_run"})
"""Tables that tell how far a laptop has read, and when."""


def check_locks(world: "World") -> None:
    """What is locked lies in a batch outside of the database, even if nobody goes on now."""
    table = server_schema.record
    is_locked = table.c.state == ServerState.LOCKED.value
    query = select(table.c.id).where(is_locked, table.c.kind == RecordKind.DOCUMENT.value)
    with world.server.office.reading() as desk:
        locked = set(desk.connection.execute(query).scalars())
    if without := locked - {identity for _batch, identity in world.exported}:
        raise Lost(f"4: locked, and in no batch: {sorted(without)}")


def check_files(world: "World") -> None:
    """No record can be read before the files that it names (rule 6)."""
    named, kept = server_schema.record_blob, server_schema.blob
    same = (kept.c.scope == named.c.scope) & (kept.c.sha256 == named.c.sha256)
    query = select(named.c.record).join(kept, same, isouter=True)
    with world.server.office.reading() as desk:
        without = desk.connection.execute(query.where(kept.c.sha256.is_(None))).scalars().all()
    if without:
        raise Lost(f"6: the files of {sorted(without)} are not there")


def check_edits(world: "World") -> None:
    """Every edit is somewhere."""
    at_server = world.words_at_server()
    in_conflicts, here = set[str](), set[str]()
    for place in world.places:
        of_conflicts, of_documents = world.looks.at(
            ("words", place.name), place.state(), partial(_words_on, place)
        )
        in_conflicts |= of_conflicts
        here |= of_documents
    safe = at_server | in_conflicts | {w for words in world.exported.values() for w in words}
    if lost := set(world.ledger.typed) - safe - here:
        raise Lost(f"2: typed and nowhere any more: {sorted(lost)}")
    # After a restore only the laptops hold what the server lost, until they offer it again.
    if not world.offers_again and (lost := world.ledger.acknowledged - safe):
        raise Lost(f"2: acknowledged and lost: {sorted(lost)}")


def check_equal(world: "World", place: Place) -> None:
    """A laptop at rest shows what the server has, and what is locked as it was handed over."""
    with world.server.office.reading() as desk:
        table = server_schema.record
        mine = table.c.scope == place.scope
        query = select(table).where(mine, table.c.kind == RecordKind.DOCUMENT.value)
        records = {row.id: row for row in desk.connection.execute(query)}
        bodies = {name: read_body(desk, place.scope, name) for name in records}
    with place.database.read() as tx:
        waiting = tx.feed.waiting()
        shown = {row.id: row for row in tx.documents.page(_EVERYTHING, 0, _MANY)}
        if waiting.total:
            raise Lost(f"5: {place.name} still has something to send: {waiting}")
        if set(shown) != set(records):
            raise Lost(f"5: {place.name} shows other documents than the server has")
        for identity, row in shown.items():
            stored, record = tx.documents.get(identity), records[RecordId(identity)]
            if stored.body != bodies[RecordId(identity)] or stored.op != record.op:
                raise Lost(f"5: {place.name} holds another version of {identity}")
            if (row.stage, row.server) != (record.stage, record.state):
                raise Lost(f"5: {place.name} shows another state of {identity}")
            if row.server is ServerState.LOCKED:
                _check_locked(world, identity, words_of(stored.body))


def check_read(world: "World", place: Place) -> None:
    """A laptop that reads everything from the beginning learns nothing new."""
    before = _kept(place)
    with place.database.write() as tx:
        tx.feed.rewind()
    ended, after = world.synchronise(place), _kept(place)
    if new := [name for name in before if before[name] != after[name]]:
        raise Lost(f"5: {place.name} had not read everything ({ended}): {', '.join(new)}")


def _check_locked(world: "World", identity: DocumentId, shown: frozenset[str]) -> None:
    handed_over = [words for (_, name), words in world.exported.items() if name == identity]
    if handed_over != [shown]:
        raise Lost(f"4: {identity} is locked and is not what was handed over")


def check_packages(world: "World") -> None:
    """Every signed package has arrived."""
    table = server_schema.record
    with world.server.office.reading() as desk:
        query = select(table.c.id).where(table.c.kind == RecordKind.SIGNED_PACKAGE.value)
        arrived = set(desk.connection.execute(query).scalars())
    if lost := world.ledger.packages - arrived:
        raise Lost(f"6: signed packages that never arrived: {sorted(lost)}")


def check_conflicts(world: "World", before: Mapping[str, tuple[Place, Conflict]]) -> None:
    """Invariant 3: a conflict arises only if another edit really won."""
    for identity, (place, conflict) in world.conflicts().items():
        if identity in before or identity in world.ledger.judged:
            continue
        world.ledger.judged.add(identity)
        with world.server.office.reading() as desk:
            record = server_schema.record
            query = select(record.c.state, record.c.stage).where(
                record.c.scope == place.scope, record.c.id == conflict.document_id
            )
            row = desk.connection.execute(query).one()
            winner = words_of(read_body(desk, place.scope, RecordId(conflict.document_id)))
        final = row.state == ServerState.LOCKED or row.stage == Stage.SIGNED
        if conflict.reason is Reason.LOCKED and not final:
            raise Lost("3: a conflict with a document that is not locked")
        if world.was_restored:
            continue  # a laptop also offers what it only pulled; it closes by itself then
        words = words_of(conflict.body)
        if conflict.reason is Reason.STALE and winner <= words:
            raise Lost("3: a conflict although no other edit won")
        if words <= winner and place.name not in world.old_disks:
            raise Lost("3: a conflict although the edit is part of the document")


def words_at(server: InProcessServer) -> frozenset[str]:
    """The edits that are in the documents of the server."""
    table = server_schema.record
    with server.office.reading() as desk:
        query = select(table.c.scope, table.c.id).where(table.c.kind == RecordKind.DOCUMENT.value)
        found = desk.connection.execute(query).all()
        bodies = [read_body(desk, scope, name) for scope, name in found]
    return frozenset(word for body in bodies for word in words_of(body))


def _words_on(place: Place) -> tuple[frozenset[str], frozenset[str]]:
    """The edits in the open conflicts, and in the documents, of a laptop."""
    with place.database.read() as tx:
        of_conflicts = {word for each in tx.conflicts.open() for word in words_of(each.body)}
    of_documents = {word for body in _bodies(place) for word in words_of(body)}
    return frozenset(of_conflicts), frozenset(of_documents)


def _bodies(place: Place) -> Iterator[JsonObject]:
    with place.database.read() as tx:
        for content in tx.unit.connection.execute(select(document_body.c.content)).scalars():
            yield read_back(content)


def _kept(place: Place) -> Mapping[str, list[str]]:
    """Everything that a laptop holds, by the names of its tables."""
    with place.database.read() as tx:
        return {
            table.name: sorted(map(repr, tx.unit.connection.execute(select(table))))
            for table in laptop_schema.metadata.sorted_tables
            if table.name not in _OF_THE_READING
        }
