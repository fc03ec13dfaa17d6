"""What the server holds, read with the product's own code, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, text

from development.soak.disk import OnLaptop, exported
from development.soak.ledger import Whereabouts
from development.soak.words import ONCE, words_in
from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers.contact_history import history_id
from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import SmartClientError
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject
from tests.simulators.office_process import OfficeProcess


@dataclass(slots=True)
class InScope:
    """What one scope holds."""

    documents: dict[str, tuple[str, JsonObject]] = field(default_factory=dict)
    """Op and body, by id."""
    clients: dict[str, tuple[str, JsonObject]] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    """Ops of what was written once to a client."""
    histories: set[str] = field(default_factory=set)
    """Ids of the lines of clients' histories."""


@dataclass(slots=True)
class OnServer:
    """What the server holds."""

    words: set[str] = field(default_factory=set)
    scopes: dict[str, InScope] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def together(self, scopes: Iterable[str]) -> InScope:
        """What somebody who may read these scopes sees."""
        seen = InScope()
        for scope in scopes:
            of = self.scopes.get(scope, InScope())
            seen.documents |= of.documents
            seen.clients |= of.clients
            seen.events |= of.events
            seen.histories |= of.histories
        return seen

    def words_of(self, client: str) -> frozenset[str]:
        """The words that stand in a client."""
        found = [of.clients[client] for of in self.scopes.values() if client in of.clients]
        return frozenset().union(*(words_in(RecordKind.CLIENT, *each) for each in found))


def on_server(office: OfficeProcess, *, thoroughly: bool = False) -> OnServer:
    """Read the server's database; `thoroughly` also every file, and whether it is whole."""
    found = OnServer()
    with office.office() as opened, opened.office.reading() as desk:
        table = schema.record
        asked = select(table.c.scope, table.c.id, table.c.kind, table.c.op, table.c.state)
        for scope, name, kind, op, state in desk.connection.execute(asked).all():
            if state == ServerState.ERASED:
                found.erased.add(str(name))
            else:
                _note(found, desk, (scope, str(name)), RecordKind(kind), str(op))
        if thoroughly:
            found.faults += _faults(desk, found)
    return found


def _note(found: OnServer, desk: Desk, place: tuple[str, str], kind: RecordKind, op: str) -> None:
    scope, name = place
    of = found.scopes.setdefault(scope, InScope())
    if kind is RecordKind.CONTACT_HISTORY:
        of.histories.add(name)
    elif kind in ONCE:
        of.events.add(op)
    body: JsonObject = {}
    if kind in (RecordKind.DOCUMENT, RecordKind.CLIENT):
        body = dict(read_body(desk, scope, name))  # type: ignore[arg-type]
        versions = of.documents if kind is RecordKind.DOCUMENT else of.clients
        versions[name] = (op, body)
    found.words |= words_in(kind, op, body)


def _faults(desk: Desk, found: OnServer) -> list[str]:
    faults = [] if _is_whole(desk) else ["the server's database is not whole"]
    record, link = schema.record, schema.record_blob
    stands = (record.c.scope == link.c.scope) & (record.c.id == link.c.record)
    named = select(link.c.scope, link.c.sha256, link.c.record).join(record, stands)
    for scope, digest, name in desk.connection.execute(named).all():
        try:
            content = blobs.read(desk, blobs.find_in_scope(desk, scope, digest))
        except SmartClientError as refusal:
            faults.append(f"a file of record {name} cannot be read: {refusal.code}")
        else:
            if sha256(content) != digest:
                faults.append(f"a file of record {name} is another one")
    of_kind = record.c.kind == RecordKind.CONSENT_EVENT.value
    consents = select(record.c.id).where(of_kind, record.c.state != ServerState.ERASED)
    written = {line for of in found.scopes.values() for line in of.histories}
    names = desk.connection.execute(consents).scalars()
    untold = [name for name in names if history_id(name) not in written]
    return faults + [f"consent {name} stands in no history" for name in untold]


def _is_whole(desk: Desk) -> bool:
    if desk.connection.dialect.name != "sqlite":
        return True
    told = desk.connection.execute(text("pragma integrity_check")).scalars().all()
    return list(told) == ["ok"]


def whereabouts(
    office: OfficeProcess, laptops: Mapping[str, OnLaptop], server: OnServer | None = None
) -> Whereabouts:
    """All of it together."""
    return Whereabouts(
        frozenset((server or on_server(office)).words),
        frozenset(word for words in exported(office).values() for word in words),
        {name: each.words for name, each in laptops.items()},
        frozenset(word for each in laptops.values() for word in each.beside),
    )
