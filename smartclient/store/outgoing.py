"""What is offered to the server, and what its answers do (rules 2 to 6 from the client's side).

An op enters the lineage in the transaction that takes the line out, before a byte leaves: from then
an edit needs another op. Dirty ends only with an `ok` for the op that is current. Only `locked` or
`stale` answered to the current op moves an edit to the conflicts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping, literal_column, select, update

from smartclient.domain.document_life import ServerState, Stage, is_exportable_stage
from smartclient.domain.ids import DocumentId, Op, RecordId, Sha256
from smartclient.store.appends import Appends, blobs_of
from smartclient.store.changes import Subject
from smartclient.store.conflicts import Conflicts, Reason
from smartclient.store.document_lines import Situation, situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.documents import END_SIGNING
from smartclient.store.feed import DIRTY
from smartclient.store.records import Records, RecordState, lengthened
from smartclient.store.schema import append, document_body, record
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import parse, sha256, unpack
from smartclient.wire.messages import Answer, PushLine, PushResult, RecordKind, mapping

_DIRTY_IDS = select(record.c.id).where(DIRTY, record.c.parked == "")
_UNACKNOWLEDGED = literal_column("acknowledged") == literal_column("0")


@dataclass(frozen=True, slots=True)
class Offer:
    """A line to push, and the length of its body in bytes."""

    line: PushLine
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What the answers to a push did."""

    accepted: int = 0
    conflicts: int = 0
    busy: int = 0
    parked: int = 0
    missing: frozenset[Sha256] = frozenset()


class Outgoing:
    """What is offered, in one transaction."""

    def __init__(
        self, unit: UnitOfWork, table: DocumentTable, records: Records, conflicts: Conflicts
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._conflicts = conflicts
        self._appends = Appends(unit)

    def urgent_ids(self) -> tuple[Op, ...]:
        """The signed packages that the server does not have, the oldest first."""
        asked = (
            select(append.c.op)
            .where(_UNACKNOWLEDGED, append.c.parked == "")
            .order_by(append.c.created_at, append.c.op)
        )
        return tuple(Op(op) for op in self._unit.connection.execute(asked).scalars())

    def document_ids(self) -> tuple[RecordId, ...]:
        """The documents whose newest edit the server does not have, the oldest edit first."""
        dirty = self._unit.connection.execute(_DIRTY_IDS).scalars().all()
        lines = self._table.lines(dirty) if dirty else {}
        listed = [line for line in lines.values() if line["listed"]]
        in_order = sorted(listed, key=lambda line: (line["changed_at"], line["id"]))
        return tuple(RecordId(line["id"]) for line in in_order)

    def blobs_of(self, packages: Sequence[Op]) -> tuple[Sha256, ...]:
        """The blobs that these packages name, each once."""
        asked = select(append).where(append.c.op.in_(packages)).order_by(append.c.created_at)
        lines = self._unit.connection.execute(asked).mappings()
        return tuple(dict.fromkeys(digest for line in lines for digest in blobs_of(line)))

    def take_packages(self, packages: Sequence[Op]) -> tuple[Offer, ...]:
        """The lines of signed packages."""
        asked = select(append).where(append.c.op.in_(packages)).order_by(append.c.created_at)
        offers = []
        for line in self._unit.connection.execute(asked).mappings():
            content = unpack(line["body"])
            op = Op(line["op"])
            offered = PushLine(
                id=RecordId(op),
                kind=RecordKind.SIGNED_PACKAGE,
                op=op,
                lineage=(),
                stage=Stage.SIGNED,
                form_version="",
                sha256=sha256(content),
                blobs=blobs_of(line),
                body=mapping(parse(content), "body"),
            )
            offers.append(Offer(offered, len(content)))
        return tuple(offers)

    def take_documents(self, identities: Sequence[RecordId]) -> tuple[Offer, ...]:
        """The lines of those documents that are still dirty, their ops now in their lineages.

        The caller commits before it sends (rule 3).
        """
        states = self._records.find_all(identities)
        bodies = self._bodies(identities)
        lines = self._table.lines(identities)
        offers, sent = [], []
        for identity in identities:
            state, line = states.get(identity), lines.get(identity)
            if state is None or line is None or not (state.dirty and line["listed"]):
                continue
            offers.append(_offer(state, line, bodies[identity]))
            sent.append(replace(state, lineage=lengthened(state.lineage, state.op)))
        self._records.keep(sent)
        return tuple(offers)

    def answered(self, offers: Sequence[Offer], results: Sequence[PushResult]) -> Taken:
        """Take the server's answers to a push; those about an op that is no longer current change
        nothing but the known version.
        """
        by_op = {offer.line.op: offer.line for offer in offers}
        pairs = [(by_op[Op(result.op)], result) for result in results if result.op in by_op]
        packages = [pair for pair in pairs if pair[0].kind is RecordKind.SIGNED_PACKAGE]
        documents = [pair for pair in pairs if pair[0].kind is not RecordKind.SIGNED_PACKAGE]
        return _sum(self._packages_answered(packages), self._documents_answered(documents))

    def park_packages_with(self, digest: Sha256, code: str) -> int:
        """Park the packages whose blob is lost here; tells how many."""
        named = select(append.c.op).where(
            _UNACKNOWLEDGED, append.c.parked == "", append.c.blobs.contains(digest)
        )
        parked = self._unit.connection.execute(named).scalars().all()
        self._change_packages([Op(op) for op in parked], parked=code)
        return len(parked)

    # --- documents ---------------------------------------------------------------------------

    def _documents_answered(self, pairs: Sequence[tuple[PushLine, PushResult]]) -> Taken:
        identities = [line.id for line, _ in pairs]
        states, lines = self._records.find_all(identities), self._table.lines(identities)
        waiting = self._with_packages_waiting()
        changed: list[RecordState] = []
        standing: dict[str, Situation] = {}
        taken = Taken()
        for line, result in pairs:
            state, before = states[line.id], situation_of(lines[line.id])
            if state.op != line.op or not state.dirty:
                changed.append(replace(state, version=max(state.version, result.version)))
                continue
            match result.answer:
                case Answer.OK:
                    changed.append(_accepted(state, line, result.version))
                    standing[line.id] = _standing_after_ok(before, line, waiting)
                    taken = _sum(taken, Taken(accepted=1))
                case Answer.LOCKED | Answer.STALE:
                    changed.append(self._quarantined(state, before.stage, result))
                    standing[line.id] = replace(before, listed=False)
                    taken = _sum(taken, Taken(conflicts=1))
                case Answer.INVALID:
                    changed.append(replace(state, parked=result.code))
                    standing[line.id] = replace(before, parked=result.code)
                    taken = _sum(taken, Taken(parked=1))
                case Answer.BUSY:
                    taken = _sum(taken, Taken(busy=1))
                case Answer.MISSING:
                    taken = _sum(taken, Taken(missing=frozenset(result.missing)))
        self._records.keep(changed)
        self._table.stand(standing, lines)
        return taken

    def _quarantined(self, state: RecordState, stage: Stage, result: PushResult) -> RecordState:
        identity = DocumentId(state.id)
        reason = Reason.LOCKED if result.answer is Answer.LOCKED else Reason.STALE
        body = mapping(parse(self._bodies([identity])[identity]), "body")
        self._conflicts.keep(identity, reason, body, stage, state.op)
        self._unit.connection.execute(END_SIGNING, {"of_document": identity})
        # What comes now does not stand on the edit that lost; were it still in the lineage, the
        # next edit would be accepted over it, should it ever become the server's.
        lineage = tuple(op for op in state.lineage if op != state.op)
        awaited = replace(state, lineage=lineage, dirty=False, doubted=False, awaited=True)
        return replace(awaited, version=result.version)

    def _bodies(self, identities: Collection[str]) -> Mapping[str, bytes]:
        asked = select(document_body).where(document_body.c.id.in_(identities))
        return {line.id: unpack(line.content) for line in self._unit.connection.execute(asked)}

    # --- signed packages -----------------------------------------------------------------------

    def _packages_answered(self, pairs: Sequence[tuple[PushLine, PushResult]]) -> Taken:
        arrived: list[PushLine] = []
        taken = Taken()
        for line, result in pairs:
            match result.answer:
                case Answer.OK:
                    arrived.append(line)
                case Answer.MISSING:
                    taken = _sum(taken, Taken(missing=frozenset(result.missing)))
                case Answer.INVALID:
                    self._change_packages([line.op], parked=result.code)
                    taken = _sum(taken, Taken(parked=1))
                case Answer.BUSY | Answer.LOCKED | Answer.STALE:
                    # Cannot be said of an append; it is offered again.
                    taken = _sum(taken, Taken(busy=1))
        self._change_packages([line.op for line in arrived], acknowledged=1, doubted=0, parked="")
        self._show_as_arrived({str(line.body.get("document_id")) for line in arrived})
        return _sum(taken, Taken(accepted=len(arrived)))

    def _change_packages(self, ops: Sequence[Op], **columns: int | str) -> None:
        some = update(append).where(append.c.op.in_(ops))
        self._unit.connection.execute(some.values(**columns))
        for op in ops:
            self._unit.touch(Subject.APPEND, op)

    def _show_as_arrived(self, documents: Collection[str]) -> None:
        lines, states = self._table.lines(documents), self._records.find_all(documents)
        waiting = self._with_packages_waiting()
        standing = {
            name: replace(situation_of(line), backed_up=not (states[name].dirty or name in waiting))
            for name, line in lines.items()
        }
        self._table.stand(standing, lines)

    def _with_packages_waiting(self) -> frozenset[str]:
        """The documents with a signed package that the server does not have."""
        asked = select(append.c.document_id).where(_UNACKNOWLEDGED)
        return frozenset(self._unit.connection.execute(asked).scalars())


def _accepted(state: RecordState, line: PushLine, version: int) -> RecordState:
    return replace(state, dirty=False, doubted=False, version=version, sha256=line.sha256)


def _standing_after_ok(before: Situation, line: PushLine, waiting: frozenset[str]) -> Situation:
    return replace(
        before,
        server=ServerState.OPEN,
        backed_up=line.id not in waiting,
        exportable=is_exportable_stage(line.stage),
        parked="",
        listed=True,
    )


def _offer(state: RecordState, line: RowMapping, content: bytes) -> Offer:
    stage = Stage(line["stage"])
    offered = PushLine(
        id=state.id,
        kind=state.kind,
        op=state.op,
        lineage=lengthened(state.lineage, state.op),
        # The server makes a document signed when its package arrives, and only then.
        stage=Stage.WAITING if stage is Stage.SIGNED else stage,
        form_version=line["form_version"],
        sha256=sha256(content),
        blobs=(),
        body=mapping(parse(content), "body"),
    )
    return Offer(offered, len(content))


def _sum(one: Taken, other: Taken) -> Taken:
    return Taken(
        accepted=one.accepted + other.accepted,
        conflicts=one.conflicts + other.conflicts,
        busy=one.busy + other.busy,
        parked=one.parked + other.parked,
        missing=one.missing | other.missing,
    )
