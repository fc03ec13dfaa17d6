"""What the server and the laptops of the wide world hold, read with the product's own code."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from smartclient.backoffice.operations.handed_in_decisions import edits
from smartclient.backoffice.operations.registers import handing_in
from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema as server
from smartclient.domain.document_life import ServerState
from smartclient.store import schema as laptop
from smartclient.store.bodies import read_back
from smartclient.wire.encoding import parse
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject, mapping
from tests.simulators.sync_places import Lost, Place
from tests.simulators.sync_world import World
from tests.simulators.words import words_of


@dataclass(frozen=True, slots=True)
class OnServer:
    """What the server has of the office."""

    clients: dict[str, tuple[str, str, JsonObject]]
    """Scope, op and body."""
    appended: dict[str, tuple[str, RecordKind, JsonObject, datetime]]
    """Scope, kind, body and instant of receipt of each record that was written once."""
    erased: frozenset[str]
    values: frozenset[str]
    """Everything typed into the fields of clients, of every scope."""
    twice: frozenset[str]
    """Events that stand in two scopes: an old disk sent one, that was there, from another home."""
    handed_in: tuple[JsonObject, ...]
    """Lines for the office from people who had lost the right."""


_ONCE = (
    RecordKind.CONSENT_EVENT,
    RecordKind.ATTACHMENT,
    RecordKind.CLIENT_MERGE,
    RecordKind.CLIENT_HIDE,
    RecordKind.ERASE_REQUEST,
)


def on_server(world: World) -> OnServer:
    """Read it, unless nothing changed since."""
    return world.looks.at("inventory", world.server.state(), partial(_read_server, world))


def _read_server(world: World) -> OnServer:
    table = server.record
    clients: dict[str, tuple[str, str, JsonObject]] = {}
    appended: dict[str, tuple[str, RecordKind, JsonObject, datetime]] = {}
    erased, twice, values = set(), set[str](), set[str]()
    with world.server.office.reading() as desk:
        for row in desk.connection.execute(select(table)).all():
            kind = RecordKind(row.kind)
            if row.state == ServerState.ERASED:
                erased.add(str(row.id))
            elif kind is RecordKind.CLIENT:
                if row.id in clients:
                    raise Lost(f"5: client {row.id} lives in two scopes")
                body = dict(read_body(desk, row.scope, row.id))
                clients[row.id] = (row.scope, row.op, body)
                values |= values_of(body)
            elif kind in _ONCE:
                body = dict(read_body(desk, row.scope, row.id))
                twice |= {str(row.id)} & appended.keys()
                appended[row.id] = (row.scope, kind, body, row.first_received_at)
        waiting = edits(desk, waiting=True)
        lines = tuple(handing_in.find(desk, each.op).line.to_json() for each in waiting)
    everything = frozenset(values), frozenset(twice)
    return OnServer(clients, appended, frozenset(erased), *everything, lines)


@dataclass(frozen=True, slots=True)
class OnLaptop:
    """What one laptop has of the register."""

    clients: dict[str, JsonObject]
    ops: dict[str, str]
    offers: dict[str, set[str]]
    bases: dict[str, JsonObject]
    appended: frozenset[str]
    refused: frozenset[str]
    """Ops of those that the server refused and a person has to look at."""
    documents: frozenset[str]
    """Words of documents and conflicts."""


def on_laptop(world: World, place: Place) -> OnLaptop:
    """Read it, unless nothing changed since."""
    return world.looks.at(("inventory", place.name), place.state(), partial(_read_laptop, place))


def _read_laptop(place: Place) -> OnLaptop:
    with place.database.read() as tx:
        run = tx.unit.connection.execute
        clients = {row.id: read_back(row.content) for row in run(select(laptop.client_body)).all()}
        ops = {row.id: row.op for row in run(select(laptop.record.c.id, laptop.record.c.op))}
        offers: dict[str, set[str]] = {}
        for row in run(select(laptop.field_offer)).all():
            said = mapping(parse(row.other.encode())).get("value")
            offers.setdefault(row.id, set()).add(str(said))
        bases = {row.id: read_back(row.content) for row in run(select(laptop.record_base)).all()}
        appended = frozenset(run(select(laptop.append.c.op)).scalars())
        parked = laptop.append.c.parked != ""
        refused = frozenset(run(select(laptop.append.c.op).where(parked)).scalars())
        bodies = [read_back(one) for one in run(select(laptop.document_body.c.content)).scalars()]
        bodies += [each.body for each in tx.conflicts.open()]
    documents = frozenset(word for body in bodies for word in words_of(body))
    return OnLaptop(clients, ops, offers, bases, appended, refused, documents)


def values_of(body: JsonObject) -> frozenset[str]:
    """What is typed into the fields of a client."""
    return frozenset(value for value in body.values() if isinstance(value, str))


def everything_on(world: World, place: Place) -> frozenset[str]:
    """Every word and op that a disk holds."""
    found = on_laptop(world, place)
    words = {value for body in found.clients.values() for value in values_of(body)}
    words |= {value for offers in found.offers.values() for value in offers}
    return frozenset(words | found.appended | found.documents)


def everything_at_server(world: World) -> frozenset[str]:
    """Every word and op that the server holds, its erased records by their ids."""
    found = on_server(world)
    words = set(found.values)
    for line in found.handed_in:
        words |= values_of(mapping(line["body"])) | {str(line["op"])}
    exported = {word for words in world.exported.values() for word in words}
    with world.server.office.reading() as desk:
        of_packages = server.record.c.kind == RecordKind.SIGNED_PACKAGE.value
        packages = set(
            desk.connection.execute(select(server.record.c.id).where(of_packages)).scalars()
        )
    return frozenset(words | set(found.appended) | exported | packages | world.words_at_server())
