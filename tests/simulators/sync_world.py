"""Laptops of one person or two, the real back office, a bad network, and a ledger of every edit.

Each edit writes a word of its own into the document, behind the words of the edits it stands on; so
the words of a body tell which edits it holds. The ledger knows every word that was typed and every
one that the server acknowledged, and checks the invariants of the protocol by number.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

import zstandard
from sqlalchemy import select, update

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.exporter import Exporter, Places
from smartclient.backoffice.operations.export.part_files import Sign
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.document_life import Action, ServerState, Stage, permission
from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.ids import DocumentId, Op, PersonId, RecordId
from smartclient.domain.lock_time import next_cutoff
from smartclient.store import schema as laptop_schema
from smartclient.store.bodies import read_back
from smartclient.store.conflicts import Conflict, Reason
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import document_body
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, RecordKind, mapping
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Killed, Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.simulators.words import words_of

Seen = TypeVar("Seen")
_EVERYTHING = DocumentFilter()
_MANY = 1_000
_OF_THE_READING = frozenset({"scope", "feed_mark", "sync_run"})
"""Tables that tell how far a laptop has read, and when."""


class Lost(AssertionError):
    """An invariant of the protocol does not hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """A laptop with its network and its person's hands."""

    name: str
    laptop: ExchangingLaptop
    network: Network
    person: PersonId
    scope: str
    """Where its documents live."""

    @property
    def database(self) -> Database:
        """What is on its disk."""
        return self.laptop.database

    def state(self) -> tuple[Database, int]:
        """Another one after any change of what is on its disk."""
        return self.database, self.database.state()


class Looks:
    """What was seen at a place, for as long as nothing changes there."""

    def __init__(self) -> None:
        self._last: dict[object, tuple[object, object]] = {}

    def at(self, what: object, state: object, look: Callable[[], Seen]) -> Seen:
        """What `look` sees now; it looks again only after `state` has changed."""
        known = self._last.get(what)
        if known is None or known[0] != state:
            known = self._last[what] = (state, look())
        return cast("Seen", known[1])


@dataclass(slots=True)
class Ledger:
    """What the harness knows by itself."""

    typed: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    packages: set[Op] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    """Conflicts that were found to be right when they arose."""


class World:
    """Everything of one test; actions are methods, the invariants are checked after each."""

    def __init__(self, folder: Path, *, laptops: int = 2) -> None:
        self.trace: list[str] = []
        self.clock = SetClock()
        self.server = InProcessServer(self.clock, CountedIds(1), folder=folder / "server")
        self.places: list[Place] = []
        for number in range(laptops):
            self.places.append(self._place(folder, number))
        self.ledger = Ledger()
        self.exporter = Exporter(
            self.server.office,
            lambda _case: Verdict(exportable=True),
            Places(folder / "archive", folder / "to_core"),
            self.mortal(lambda _content: b"signed"),
        )
        self.exporter_dies = False
        """At the next signature under a batch."""
        (folder / "to_core").mkdir()
        self.archive = folder / "archive"
        self._backup: bytes | None = None
        self.was_restored = False
        self.offers_again = False
        self.exported: dict[tuple[str, str], frozenset[str]] = {}
        self.looks = Looks()
        self.old_disks: set[str] = set()
        """Laptops that were put back to an older state of their disk."""

    def mortal(self, sign: Sign) -> Sign:
        """Signing under a batch, during which the power may fail."""

        def signed(content: bytes) -> bytes:
            if self.exporter_dies:
                self.exporter_dies = False
                raise Killed
            return sign(content)

        return signed

    def _place(self, folder: Path, number: int) -> Place:
        """The first two laptops are of one person, every other one of somebody else."""
        name = "ABC"[number]
        installed = self.server.activate()
        person, scope = installed.reply.person, installed.scope
        if number == 1:
            person, scope = self.places[0].person, self.places[0].scope
            install = server_schema.install
            mine = {"person": person, "scope": scope}
            with self.server.office.writing() as desk:
                change = update(install).where(install.c.id == installed.id).values(mine)
                desk.connection.execute(change)
        network = Network(self.server, lambda said: self.trace.append(f"{name} {said}"))
        ids = CountedIds(10 + number)
        identity = identity_of(installed)
        laptop = ExchangingLaptop(folder / name, identity, network, self.clock, ids)
        return Place(name, laptop, network, person, scope)

    def close(self) -> None:
        """Let go of every file."""
        for place in self.places:
            place.database.close()
        self.server.close()

    # --- what an adviser does ----------------------------------------------------------------

    def editable(self, place: Place) -> tuple[DocumentId, ...]:
        """The documents that a laptop lets its adviser edit, in a stable order."""
        with place.database.read() as tx:
            rows = tx.documents.page(_EVERYTHING, 0, _MANY)
        may = [row for row in rows if permission(row.standing(), Action.EDIT).allowed]
        return tuple(sorted(row.id for row in may))

    def create(self, place: Place, stage: Stage) -> None:
        """A new offer."""
        body: JsonObject = {
            "document_kind": "offer",
            "form_id": "flexi-offer",
            "form_version": 1,
            "number": f"72{len(self.ledger.typed):08}",
            "client_name": "Eva Černá",
            "digital": False,
            "answers": {"history": []},
        }
        with place.database.write() as tx:
            tx.documents.create(self._with_word(body, place), stage)

    def edit(self, place: Place, identity: DocumentId, stage: Stage) -> bool:
        """An edit that ends in a stage; False where the state of the document forbids it."""
        try:
            with place.database.write() as tx:
                found = tx.documents.get(identity)
                body = self._with_word(found.body, place)
                tx.documents.save(identity, body, stage)
        except NotAllowed:
            self.ledger.typed.pop()
            return False
        return True

    def sign(self, place: Place, identity: DocumentId) -> bool:
        """The whole ceremony, as far as the store sees it; False where it may not start."""
        with place.database.read() as tx:
            row = tx.documents.row(identity)
        if row is None or row.exportable or not self.edit(place, identity, Stage.WAITING):
            return False
        with place.database.write() as tx:
            values = repr(sorted(words_of(tx.documents.get(identity).body))).encode()
            session = tx.signing.start(identity, b"frozen" + values, values, {})
            package = tx.signing.finish(session, b"sealed" + values, {}, self.clock.now())
        self.ledger.packages.add(package)
        return True

    def _with_word(self, body: JsonObject, place: Place) -> JsonObject:
        word = f"{place.name}{len(self.ledger.typed)}"
        self.ledger.typed.append(word)
        answers = mapping(body["answers"])
        history = answers["history"]
        assert isinstance(history, list)
        return {**body, "answers": {**answers, "history": [*history, word]}}

    # --- what happens ------------------------------------------------------------------------

    def synchronise(self, place: Place, plan: tuple[Fault, ...] = ()) -> str:
        """A synchronisation over a network with these faults; tells how it ended."""
        place.network.expect(plan)
        before = self._conflicts()
        try:
            report = place.laptop.synchronise()
            ended = f"pushed {report.pushed} pulled {report.pulled} conflicts {report.conflicts}"
        except SmartClientError as refusal:
            ended = refusal.code
        except Killed:
            ended = "killed"
            place.laptop.restart()
        place.network.expect(())
        self.trace.append(f"{place.name} {ended}")
        self._note_acknowledged()
        self._judge_conflicts(before)
        return ended

    def evening(self) -> None:
        """The cut-off passes and the export begins."""
        if self._unfinished():
            return
        self.clock.pass_time(
            seconds=(next_cutoff(self.clock.now()) - self.clock.now()).total_seconds() + 1
        )
        due = self.exporter.due()
        if due is None:
            return
        self.exporter.judge_waiting()
        with self.server.office.writing() as desk:
            runs.begin(desk, due)
        self._backup = None  # the restore of a server that has exported is its own tool's work
        self.trace.append(f"export of {due}")

    def export_step(self) -> bool:
        """The next step of an export that has begun."""
        begun = self._unfinished()
        if not begun:
            return False
        with suppress(Killed):
            self.exporter.advance(begun[0].business_date)
        self._read_batches()
        self.trace.append("export step")
        return True

    def judge(self) -> None:
        """The worker judges what it was told of."""
        self.exporter.judge_waiting()

    def pass_hour(self) -> None:
        """Tokens expire."""
        self.clock.pass_time(seconds=timedelta(minutes=61).total_seconds())

    def back_up_server(self) -> None:
        """Somebody makes a backup of the server's database, not in the middle of an export."""
        if not self._unfinished():
            self._backup = self.server.backup()

    def restore_server(self) -> bool:
        """The server's disk dies; the backup comes back under a new epoch."""
        if self._backup is None or self._unfinished():
            return False
        self.server.restore(self._backup)
        self.was_restored = self.offers_again = True
        self.trace.append("server restored")
        return True

    def _unfinished(self) -> list[runs.ExportRun]:
        with self.server.office.reading() as desk:
            return [
                run
                for run in runs.unfinished(desk)
                if run.state not in (RunState.HANDED_OVER, RunState.ACKNOWLEDGED)
            ]

    def _read_batches(self) -> None:
        for file in sorted(self.archive.glob("smartclient-*/documents.ndjson.zst")):
            reader = zstandard.ZstdDecompressor().stream_reader(
                file.read_bytes(), read_across_frames=True
            )
            lines = [mapping(parse(line)) for line in reader.read().splitlines()]
            of_batch = [(file.parent.name, str(line["id"])) for line in lines]
            if len(set(of_batch)) != len(of_batch):
                raise Lost("1: a batch holds a document twice")
            for key, line in zip(of_batch, lines, strict=True):
                self.exported.setdefault(key, words_of(mapping(line["body"])))
        handed_over = [identity for _batch, identity in self.exported]
        if len(set(handed_over)) != len(handed_over):
            raise Lost("1: a document was handed over in two batches")

    # --- the invariants ----------------------------------------------------------------------

    def check(self) -> None:
        """Invariants 2, 4 and 6 at any moment."""
        self._check_edits()
        self._check_locks()
        self._check_files()

    def _check_locks(self) -> None:
        """What is locked lies in a batch outside of the database, even if nobody goes on now."""
        table = server_schema.record
        is_locked = table.c.state == ServerState.LOCKED.value
        query = select(table.c.id).where(is_locked, table.c.kind == RecordKind.DOCUMENT.value)
        with self.server.office.reading() as desk:
            locked = set(desk.connection.execute(query).scalars())
        if without := locked - {identity for _batch, identity in self.exported}:
            raise Lost(f"4: locked, and in no batch: {sorted(without)}")

    def _check_files(self) -> None:
        """No record can be read before the files that it names (rule 6)."""
        named, kept = server_schema.record_blob, server_schema.blob
        same = (kept.c.scope == named.c.scope) & (kept.c.sha256 == named.c.sha256)
        query = select(named.c.record).join(kept, same, isouter=True)
        with self.server.office.reading() as desk:
            without = desk.connection.execute(query.where(kept.c.sha256.is_(None))).scalars().all()
        if without:
            raise Lost(f"6: the files of {sorted(without)} are not there")

    def _check_edits(self) -> None:
        """Every edit is somewhere."""
        at_server = self.words_at_server()
        in_conflicts, here = set[str](), set[str]()
        for place in self.places:
            of_conflicts, of_documents = self.looks.at(
                ("words", place.name), place.state(), partial(_words_on, place)
            )
            in_conflicts |= of_conflicts
            here |= of_documents
        safe = at_server | in_conflicts | {w for words in self.exported.values() for w in words}
        if lost := set(self.ledger.typed) - safe - here:
            raise Lost(f"2: typed and nowhere any more: {sorted(lost)}")
        # After a restore only the laptops hold what the server lost, until they offer it again.
        if not self.offers_again and (lost := self.ledger.acknowledged - safe):
            raise Lost(f"2: acknowledged and lost: {sorted(lost)}")

    def settle(self) -> None:
        """Everything calms down; then invariants 2, 4, 5 and 6 must hold."""
        for place in self.places:
            place.network.deliver_delayed()
        while self.export_step():
            pass
        for _ in range(6):
            ends = [self.synchronise(place) for place in self.places]
            if all(end == "pushed 0 pulled 0 conflicts 0" for end in ends):
                break
        else:
            raise Lost(f"5: the laptops do not come to rest: {ends}")
        self.offers_again = False
        self.check()
        for place in self.places:
            self._check_equal(place)
            self._check_read(place)
        self._check_packages()

    def _check_equal(self, place: Place) -> None:
        with self.server.office.reading() as desk:
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
                    self._check_locked(identity, words_of(stored.body))

    def _check_read(self, place: Place) -> None:
        """A laptop that reads everything from the beginning learns nothing new."""
        before = _kept(place)
        with place.database.write() as tx:
            tx.feed.rewind()
        ended, after = self.synchronise(place), _kept(place)
        if new := [name for name in before if before[name] != after[name]]:
            raise Lost(f"5: {place.name} had not read everything ({ended}): {', '.join(new)}")

    def _check_locked(self, identity: DocumentId, shown: frozenset[str]) -> None:
        handed_over = [words for (_, name), words in self.exported.items() if name == identity]
        if handed_over != [shown]:
            raise Lost(f"4: {identity} is locked and is not what was handed over")

    def _check_packages(self) -> None:
        table = server_schema.record
        with self.server.office.reading() as desk:
            query = select(table.c.id).where(table.c.kind == RecordKind.SIGNED_PACKAGE.value)
            arrived = set(desk.connection.execute(query).scalars())
        if lost := self.ledger.packages - arrived:
            raise Lost(f"6: signed packages that never arrived: {sorted(lost)}")

    def _judge_conflicts(self, before: Mapping[str, tuple[Place, Conflict]]) -> None:
        """Invariant 3: a conflict arises only if another edit really won."""
        for identity, (place, conflict) in self._conflicts().items():
            if identity in before or identity in self.ledger.judged:
                continue
            self.ledger.judged.add(identity)
            with self.server.office.reading() as desk:
                record = server_schema.record
                query = select(record.c.state, record.c.stage).where(
                    record.c.scope == place.scope, record.c.id == conflict.document_id
                )
                row = desk.connection.execute(query).one()
                winner = words_of(read_body(desk, place.scope, RecordId(conflict.document_id)))
            final = row.state == ServerState.LOCKED or row.stage == Stage.SIGNED
            if conflict.reason is Reason.LOCKED and not final:
                raise Lost("3: a conflict with a document that is not locked")
            if self.was_restored:
                continue  # a laptop also offers what it only pulled; it closes by itself then
            words = words_of(conflict.body)
            if conflict.reason is Reason.STALE and winner <= words:
                raise Lost("3: a conflict although no other edit won")
            if words <= winner and place.name not in self.old_disks:
                raise Lost("3: a conflict although the edit is part of the document")

    def _note_acknowledged(self) -> None:
        for place in self.places:
            with place.database.read() as tx:
                for row in tx.documents.page(_EVERYTHING, 0, _MANY):
                    state = tx.records.find(row.id)
                    if state is not None and not state.dirty and not state.awaited:
                        self.ledger.acknowledged |= words_of(tx.documents.get(row.id).body)

    def _conflicts(self) -> Mapping[str, tuple[Place, Conflict]]:
        found: dict[str, tuple[Place, Conflict]] = {}
        for place in self.places:
            with place.database.read() as tx:
                found.update({each.id: (place, each) for each in tx.conflicts.open()})
        return found

    def words_at_server(self) -> frozenset[str]:
        """The edits that are in the documents of the server."""
        return self.looks.at("words", self.server.state(), self._words_at_server)

    def _words_at_server(self) -> frozenset[str]:
        table = server_schema.record
        with self.server.office.reading() as desk:
            query = select(table.c.scope, table.c.id).where(
                table.c.kind == RecordKind.DOCUMENT.value
            )
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
