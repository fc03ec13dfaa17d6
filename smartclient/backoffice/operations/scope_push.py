"""The lines of a push that go into one scope: each judged alone, what is accepted written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import literal_column, select

from smartclient.backoffice.operations import blobs, judgements_due
from smartclient.backoffice.operations.acceptance import decide
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.lines import Offered, invalid
from smartclient.backoffice.operations.principals import PORTAL, Principal
from smartclient.backoffice.operations.record_rows import KnownOp, RecordRow
from smartclient.backoffice.operations.registers import client_documents, client_events
from smartclient.backoffice.operations.registers.arrivals import Arrivals
from smartclient.backoffice.operations.registers.tombstones import tombstone
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import change_status, status_id, telling
from smartclient.backoffice.operations.signed_packages import Packages, SignedPackage, Standing
from smartclient.backoffice.operations.visibility import readable
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.membership import one_of
from smartclient.domain.document_life import CoreAnswer, ServerState, is_exportable_stage
from smartclient.domain.ids import ClientId, Op, RecordId, Sha256
from smartclient.wire.kinds import KINDS, Home
from smartclient.wire.messages import (
    Answer,
    Json,
    PushLine,
    PushResult,
    RecordKind,
    is_storable,
)
from smartclient.wire.register_bodies import ClientMerge

# Put together once. SQLite uses the index of the numbers only where the condition of that index is
# said; a signed package bears the number of its document and doubles nothing.
_record = schema.record
_NUMBERED = select(_record.c.number, _record.c.id).where(
    one_of(_record.c.number, "numbers"),
    _record.c.number != literal_column("''"),
    _record.c.kind == RecordKind.DOCUMENT.value,
)


@dataclass(frozen=True, slots=True)
class ScopePush:
    """What one scope knows before a line is decided; each accepted line adds to it."""

    records: ScopeRecords
    principal: Principal
    known: dict[RecordId, list[KnownOp]]
    blobs: frozenset[Sha256]
    packages: Packages
    arrivals: Arrivals
    of_erased: frozenset[str] = frozenset()
    """Documents of clients that were erased together with their documents."""
    apart: frozenset[Op] = frozenset()
    """Merges of clients of two scopes."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Records that are not here and live in another scope of the writer, with their versions."""
    erased_elsewhere: frozenset[str] = frozenset()
    """Those that were erased in another scope of the writer, and live in none."""
    numbers: dict[str, RecordId] = field(default_factory=dict)
    """Numbers of the documents that were accepted."""
    to_judge: dict[RecordId, None] = field(default_factory=dict)
    """Documents that changed, in their order."""

    def answer(self, offered: Offered) -> PushResult:
        """What becomes of a line; what is accepted is written with `finish`."""
        line, records = offered.line, self.records
        before = records.get(line.id)
        barred = self._not_known_here(line) if before is None else self._hidden(line, before)
        if barred is not None:
            return barred
        parent = records.get(RecordId(line.parent)) if line.parent else None
        decision = decide(
            line,
            before,
            self.known.get(line.id, ()),
            survivor=self._survivor(line),
            parent_is_erased=parent is not None and parent.state is ServerState.ERASED,
        )
        if decision.alarm is not None:
            raise_alarm(records.desk, decision.alarm, records.scope, line.id, line.op)
        if decision.write and before is None and line.id in self.of_erased:
            self._bury(line)
            return PushResult(line.id, line.op, Answer.ERASED)
        if decision.write and line.op in self.apart:
            return invalid(line, "SC-SERV-090")
        if decision.write:
            missing = tuple(sha256 for sha256 in line.blobs if sha256 not in self.blobs)
            if missing:
                return PushResult(line.id, line.op, Answer.MISSING, missing=missing)
            row = self._write(offered, before, decision.version)
            return self._taken(line, row)
        if before is not None and decision.answer in (Answer.LOCKED, Answer.STALE):
            self._refuse(line, before)
        return PushResult(
            line.id,
            line.op,
            decision.answer,
            version=decision.version,
            code=decision.code,
            survivor=decision.survivor,
        )

    def _hidden(self, line: PushLine, before: RecordRow) -> PushResult | None:
        """The refusal of a record that the writer may not read."""
        if before.record_class in self.principal.classes(self.records.scope):
            return None
        # As for a scope that was never theirs: the answer tells nothing of the record.
        return invalid(line, "SC-SERV-070")

    def _not_known_here(self, line: PushLine) -> PushResult | None:
        """The answer to a record that is not here because it is, or was, somewhere else."""
        if self._is_erased_elsewhere(line):
            return PushResult(line.id, line.op, Answer.ERASED)
        if line.id in self.elsewhere:
            # An old disk does not know where it lives; the feed of that scope tells it.
            return PushResult(line.id, line.op, Answer.STALE, self.elsewhere[line.id])
        return None

    def _taken(self, line: PushLine, row: RecordRow) -> PushResult:
        """The answer to a line that was written; a package that waited may have signed it."""
        stands = self.records.get(line.id) or row
        stage = "" if stands.stage is line.stage else stands.stage.value
        return PushResult(line.id, line.op, Answer.OK, row.version, stage=stage)

    def _is_erased_elsewhere(self, line: PushLine) -> bool:
        """What was erased in one scope comes back in no other, nor does what hangs on it."""
        at_home = self.records.get(RecordId(line.parent)) if line.parent else None
        names = (line.id,) if at_home else (line.id, line.parent)
        return not self.erased_elsewhere.isdisjoint(names)

    def finish(self) -> None:
        """Everything that follows from the lines together; the records are written later."""
        self.arrivals.flush()
        self.packages.flush()
        self._report_doubled_numbers()
        judgements_due.due(self.records, self.to_judge)

    def _survivor(self, line: PushLine) -> str:
        if line.kind is not RecordKind.CLIENT:
            return ""
        return self.arrivals.merges.survivor_of(ClientId(line.id)) or ""

    def _refuse(self, line: PushLine, before: RecordRow) -> None:
        self.packages.document_refused(before, line.op)

    def _bury(self, line: PushLine) -> None:
        """Keep the id of a document that came after its client was erased with all documents.

        What was signed of it has come late: it reaches a person all the same.
        """
        row = self.records.put(tombstone(self.records.desk, line.id, line.kind))
        self.packages.document_erased(row)

    def _write(self, offered: Offered, before: RecordRow | None, version: int) -> RecordRow:
        line, records = offered.line, self.records
        row = records.put(self._row(line, before, version), offered.content, offered.packed)
        known = self.known.setdefault(line.id, [])
        named = [KnownOp(line.op, version, line.sha256)]
        # Its lineage holds its own op too, of which more is known already.
        named += [KnownOp(op, version, None) for op in line.lineage if op != line.op]
        for op in named:
            records.remember(line.id, op)
        known += named
        if offered.package is not None:
            self._take_package(line, offered.package)
        elif line.kind is RecordKind.DOCUMENT:
            self._take_document(row, before)
        else:
            self.arrivals.take(row, offered)
        return row

    def _row(self, line: PushLine, before: RecordRow | None, version: int) -> RecordRow:
        now = self.records.desk.now
        return RecordRow(
            id=line.id,
            kind=line.kind,
            version=version,
            op=line.op,
            sha256=line.sha256,
            stage=line.stage,
            state=ServerState.OPEN,
            seq=self.records.head + 1,
            blobs=line.blobs,
            form_version=line.form_version,
            document_kind=_short_text(line.body.get("document_kind")),
            number=_short_text(line.body.get("number")),
            install=self.principal.install,
            hr=before.hr if before else self.principal.hr,
            first_received_at=before.first_received_at if before else now,
            received_at=now,
            parent=line.parent if KINDS[line.kind].has_parent else "",
            record_class=line.record_class,
        )

    def _take_package(self, line: PushLine, package: SignedPackage) -> None:
        known = self.known.get(package.document, ())
        is_known = any(op.op == package.document_op for op in known)
        standing = self.packages.arrived(line.id, package, is_known=is_known)
        if standing is Standing.EFFECTIVE:
            self.to_judge[package.document] = None

    def _take_document(self, row: RecordRow, before: RecordRow | None) -> None:
        records = self.records
        if before is not None and before.state is not ServerState.OPEN:
            with telling(records, row):
                change_status(records, row, core=CoreAnswer.NONE.value, core_reason="", batch="")
        self.packages.document_arrived(row)
        stands = records.get(row.id) or row  # a package that waited may have signed it
        if is_exportable_stage(stands.stage) or (before and records.get(status_id(row.id))):
            self.to_judge[row.id] = None
        if row.number and (before is None or before.number != row.number):
            self.numbers[row.number] = row.id

    def _report_doubled_numbers(self) -> None:
        """A doubled number (a cloned disk) is accepted, marked and reported, never refused."""
        if not self.numbers:
            return
        asked = {"numbers": sorted(self.numbers)}
        for number, other in self.records.desk.connection.execute(_NUMBERED, asked):
            document = self.records.get(self.numbers[number])
            if document is not None and other != document.id:
                with telling(self.records, document):
                    change_status(self.records, document, number_doubled=True)
                desk, scope = self.records.desk, self.records.scope
                raise_alarm(desk, Alarm.NUMBER_DOUBLED, scope, document.id, document.op)


def prepare(records: ScopeRecords, principal: Principal, offered: Sequence[Offered]) -> ScopePush:
    """Read all that the lines need in a handful of queries."""
    ids = {each.line.id for each in offered}
    documents = {each.line.id for each in offered if each.line.kind is RecordKind.DOCUMENT}
    documents |= {each.package.document for each in offered if each.package}
    parents = {RecordId(each.line.parent) for each in offered if each.line.parent}
    records.load(ids | documents | parents)
    # What is not here has neither a status nor an op that is known: most of what is pushed is new.
    records.load(status_id(document) for document in documents if records.get(document))
    asked = [(each.line.id, each.line.op) for each in offered]
    asked += [(each.package.document, each.package.document_op) for each in offered if each.package]
    asked = [(record, op) for record, op in asked if records.get(record)]
    wanted = {sha256 for each in offered for sha256 in each.line.blobs}
    arrivals = Arrivals(records, principal)
    clients = {ClientId(each.line.id) for each in offered if each.line.kind is RecordKind.CLIENT}
    merges = {o.line.op: o.said for o in offered if isinstance(o.said, ClientMerge)}
    arrivals.merges.load(clients | {merge.loser for merge in merges.values()})
    new = [each.line for each in offered if records.get(each.line.id) is None]
    return ScopePush(
        records,
        principal,
        records.known_ops(asked),
        blobs.there(records.desk, principal, records.scope, wanted),
        Packages(records, documents),
        arrivals,
        client_documents.of_erased(records.desk, new),
        client_events.apart(records, principal.ever, merges),
        *_elsewhere(records, principal, new),
    )


def _elsewhere(
    records: ScopeRecords, principal: Principal, new: Sequence[PushLine]
) -> tuple[Mapping[str, int], frozenset[str]]:
    """Those of the lines whose records live in another scope that the writer may read, with their
    versions; and what was erased there.

    Only of a register record an old disk can think that it lives nowhere yet while the right that
    decides where it goes has changed. Of what hangs on one, it is asked whether that was erased;
    where it lives itself is decided by what the laptop knew. The rows of the other scopes are not
    held: two first pushes of one record in the same moment, from two copies of one disk, are not
    told from each other.
    """
    clients = {line.id for line in new if KINDS[line.kind].home is Home.OFFICE}
    parents = {line.parent for line in new if line.parent}
    away = {each for each in parents if records.get(RecordId(each)) is None}
    asked = sorted(clients | away)
    others = sorted({*principal.scopes} - {records.scope, PORTAL})
    if not asked or not others:
        return {}, frozenset()
    query = select(_record.c.id, _record.c.version, _record.c.state).where(
        _record.c.scope.in_(others), _record.c.id.in_(asked), readable(_record, principal)
    )
    lives: dict[str, int] = {}
    erased: set[str] = set()
    for row in records.desk.connection.execute(query):
        if row.state == ServerState.ERASED:
            erased.add(row.id)
        else:
            lives[row.id] = row.version
    return {name: lives[name] for name in clients & lives.keys()}, frozenset(erased - lives.keys())


def _short_text(value: Json) -> str:
    """What a body says where it says it well; a strange body is kept and judged later."""
    return value if isinstance(value, str) and len(value) <= 20 and is_storable(value) else ""
