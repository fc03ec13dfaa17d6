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
from smartclient.store.document_lines import situation_of
from smartclient.store.documents import Documents
from smartclient.store.feed import DIRTY
from smartclient.store.records import Records, RecordState, lengthened
from smartclient.store.schema import append, document, document_body, record, signing_session
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import parse, sha256, unpack
from smartclient.wire.messages import Answer, PushLine, PushResult, RecordKind, mapping

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
        self, unit: UnitOfWork, documents: Documents, records: Records, conflicts: Conflicts
    ) -> None:
        self._unit = unit
        self._documents = documents
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
        """The documents whose newest edit the server does not have."""
        asked = (
            select(record.c.id)
            .join(document, document.c.id == record.c.id)
            .where(DIRTY, record.c.parked == "", document.c.listed == 1)
            .order_by(document.c.changed_at, record.c.id)
        )
        return tuple(RecordId(found) for found in self._unit.connection.execute(asked).scalars())

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
        lines = self._documents.lines(identities)
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
        states = self._records.find_all([line.id for line, _ in pairs])
        taken = Taken()
        for line, result in pairs:
            if line.kind is RecordKind.SIGNED_PACKAGE:
                outcome = self._package_answered(line, result)
            else:
                outcome = self._document_answered(states[line.id], line, result)
            taken = _sum(taken, outcome)
        return taken

    def park_packages_with(self, digest: Sha256, code: str) -> int:
        """Park the packages whose blob is lost here; tells how many."""
        named = select(append.c.op).where(
            _UNACKNOWLEDGED, append.c.parked == "", append.c.blobs.contains(digest)
        )
        parked = self._unit.connection.execute(named).scalars().all()
        for op in parked:
            self._change_package(Op(op), parked=code)
        return len(parked)

    # --- documents ---------------------------------------------------------------------------

    def _document_answered(self, state: RecordState, line: PushLine, result: PushResult) -> Taken:
        if state.op != line.op or not state.dirty:
            if result.version > state.version:
                self._records.keep([replace(state, version=result.version)])
            return Taken()
        match result.answer:
            case Answer.OK:
                self._accepted(state, line, result.version)
                return Taken(accepted=1)
            case Answer.LOCKED:
                self._quarantine(state, Reason.LOCKED, result.version)
                return Taken(conflicts=1)
            case Answer.STALE:
                self._quarantine(state, Reason.STALE, result.version)
                return Taken(conflicts=1)
            case Answer.INVALID:
                self._park(state, result.code)
                return Taken(parked=1)
            case Answer.BUSY:
                return Taken(busy=1)
            case Answer.MISSING:
                return Taken(missing=frozenset(result.missing))

    def _accepted(self, state: RecordState, line: PushLine, version: int) -> None:
        self._records.keep(
            [replace(state, dirty=False, doubted=False, version=version, sha256=line.sha256)]
        )
        found = self._documents.lines([line.id])[line.id]
        before = situation_of(found)
        self._documents.stand(
            line.id,
            replace(
                before,
                server=ServerState.OPEN,
                backed_up=not self._package_waits(line.id),
                exportable=is_exportable_stage(line.stage),
                parked="",
                listed=True,
            ),
        )

    def _quarantine(self, state: RecordState, reason: Reason, version: int) -> None:
        identity = DocumentId(state.id)
        found = self._documents.get(identity)
        self._conflicts.keep(identity, reason, found.body, found.row.stage, state.op)
        # What comes now does not stand on the edit that lost; were it still in the lineage, the
        # next edit would be accepted over it, should it ever become the server's.
        lineage = tuple(op for op in state.lineage if op != state.op)
        awaited = replace(state, lineage=lineage, dirty=False, doubted=False, awaited=True)
        self._records.keep([replace(awaited, version=version)])
        self._unit.connection.execute(
            update(signing_session).where(signing_session.c.document_id == identity).values(ended=1)
        )
        before = situation_of(self._documents.lines([identity])[identity])
        self._documents.stand(identity, replace(before, listed=False))

    def _park(self, state: RecordState, code: str) -> None:
        self._records.keep([replace(state, parked=code)])
        before = situation_of(self._documents.lines([state.id])[state.id])
        self._documents.stand(state.id, replace(before, parked=code))

    def _bodies(self, identities: Collection[str]) -> Mapping[str, bytes]:
        asked = select(document_body).where(document_body.c.id.in_(identities))
        return {line.id: unpack(line.content) for line in self._unit.connection.execute(asked)}

    # --- signed packages -----------------------------------------------------------------------

    def _package_answered(self, line: PushLine, result: PushResult) -> Taken:
        match result.answer:
            case Answer.OK:
                self._change_package(line.op, acknowledged=1, doubted=0, parked="")
                self._package_arrived(DocumentId(str(line.body.get("document_id"))))
                return Taken(accepted=1)
            case Answer.MISSING:
                return Taken(missing=frozenset(result.missing))
            case Answer.INVALID:
                self._change_package(line.op, parked=result.code)
                return Taken(parked=1)
            case Answer.BUSY | Answer.LOCKED | Answer.STALE:
                return Taken(busy=1)  # cannot be said of an append; it is offered again

    def _change_package(self, op: Op, **columns: int | str) -> None:
        self._unit.connection.execute(update(append).where(append.c.op == op).values(**columns))
        self._unit.touch(Subject.APPEND, op)

    def _package_arrived(self, document_id: DocumentId) -> None:
        line = self._documents.lines([document_id]).get(document_id)
        state = self._records.find(document_id)
        if line is not None and state is not None:
            backed_up = not state.dirty and not self._package_waits(document_id)
            self._documents.stand(document_id, replace(situation_of(line), backed_up=backed_up))

    def _package_waits(self, document_id: str) -> bool:
        asked = select(append.c.op).where(_UNACKNOWLEDGED, append.c.document_id == document_id)
        return self._unit.connection.execute(asked).first() is not None


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
