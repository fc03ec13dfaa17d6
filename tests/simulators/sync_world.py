"""Laptops of one person or two, the real back office, a bad network, and a ledger of every edit.

Each edit writes a word of its own into the document, behind the words of the edits it stands on; so
the words of a body tell which edits it holds. The ledger knows every word that was typed and every
one that the server acknowledged; the invariants of the protocol are those of `sync_checks`.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import zstandard
from sqlalchemy import update

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.exporter import Exporter, Places
from smartclient.backoffice.operations.export.part_files import Sign
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.lock_time import next_cutoff
from smartclient.store.conflicts import Conflict
from smartclient.store.document_rows import DocumentFilter
from smartclient.wire.batches import MANIFEST, Manifest
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, mapping
from tests.simulators import sync_checks
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Killed, Network
from tests.simulators.sync_places import Ledger, Looks, Lost, Place
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.simulators.words import words_of

_EVERYTHING = DocumentFilter()
_MANY = 1_000


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
        before = self.conflicts()
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
        sync_checks.check_conflicts(self, before)
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
        self.begin_export(due)
        self.trace.append(f"export of {due}")

    def begin_export(self, due: date) -> None:
        """Begin it and lay it out: what is edited between that and the seal is done again."""
        with self.server.office.writing() as desk:
            runs.begin(desk, due)
        self.export_begins()
        self.exporter.lay_out(due)

    def export_begins(self) -> None:
        """The restore of a server that has exported is its own tool's work."""
        self._backup = None

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
        self.bring_back(self._backup)
        self.was_restored = self.offers_again = True
        self.trace.append("server restored")
        return True

    def bring_back(self, backup: bytes) -> None:
        """Put the backup back and begin a new epoch."""
        self.server.restore(backup)

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
            named = Manifest.from_json(parse((file.parent / MANIFEST).read_bytes())).documents
            if [identity for _batch, identity in of_batch] != [each.id for each in named]:
                raise Lost("1: a batch holds other documents than its manifest names")
            for key, line in zip(of_batch, lines, strict=True):
                self.exported.setdefault(key, words_of(mapping(line["body"])))
        handed_over = [identity for _batch, identity in self.exported]
        if len(set(handed_over)) != len(handed_over):
            raise Lost("1: a document was handed over in two batches")

    # --- the invariants ----------------------------------------------------------------------

    def check(self) -> None:
        """Invariants 2, 4 and 6 at any moment."""
        sync_checks.check_edits(self)
        sync_checks.check_locks(self)
        sync_checks.check_files(self)

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
            sync_checks.check_equal(self, place)
            sync_checks.check_read(self, place)
        sync_checks.check_packages(self)

    def _note_acknowledged(self) -> None:
        for place in self.places:
            with place.database.read() as tx:
                for row in tx.documents.page(_EVERYTHING, 0, _MANY):
                    state = tx.records.find(row.id)
                    if state is not None and not state.dirty and not state.awaited:
                        self.ledger.acknowledged |= words_of(tx.documents.get(row.id).body)

    def conflicts(self) -> Mapping[str, tuple[Place, Conflict]]:
        found: dict[str, tuple[Place, Conflict]] = {}
        for place in self.places:
            with place.database.read() as tx:
                found.update({each.id: (place, each) for each in tx.conflicts.open()})
        return found

    def words_at_server(self) -> frozenset[str]:
        """The edits that are in the documents of the server."""
        return self.looks.at(
            "words", self.server.state(), partial(sync_checks.words_at, self.server)
        )
