"""Appended records on their way: never locked, stale or busy, sent until the server has them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, literal_column, select, update

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged, SmartClientError
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.append_effects import AppendEffects
from smartclient.store.appends import FILE_ELSEWHERE, Urgency, blobs_of
from smartclient.store.changes import Subject
from smartclient.store.many import among, given
from smartclient.store.places import Homes, Places
from smartclient.store.records import Records, RecordState
from smartclient.store.schema import append
from smartclient.store.sent import Offer, Taken, added
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.wiping import Wiping
from smartclient.wire.encoding import sha256, unpack
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import Answer, PushResult

_UNACKNOWLEDGED = literal_column("acknowledged") == literal_column("0")
_IN_ORDER = (append.c.urgency, append.c.created_at, append.c.op)
_WAITING = (
    select(append.c.op, append.c.urgency, append.c.blobs)
    .where(_UNACKNOWLEDGED)
    .order_by(*_IN_ORDER)
)
_WAITING_AND_WANTED = _WAITING.where(append.c.parked == "")
_PLACED = select(append).where(among(append.c.op)).order_by(*_IN_ORDER)
_SCOPES = select(append.c.op, append.c.scope).where(among(append.c.op))
_SOME = update(append).where(among(append.c.op))


@dataclass(frozen=True, slots=True)
class WaitingAppends:
    """What the server does not have, the oldest first."""

    in_order: tuple[tuple[Urgency, Op], ...]
    with_files: frozenset[Op]
    """Those that name files."""

    def of(self, urgency: Urgency) -> tuple[Op, ...]:
        """Those of one urgency."""
        return tuple(op for its, op in self.in_order if its is urgency)


class OutgoingAppends:
    """The appended records that the server does not have, in one transaction."""

    def __init__(
        self, unit: UnitOfWork, records: Records, effects: AppendEffects, wiping: Wiping
    ) -> None:
        self._unit = unit
        self._records = records
        self._effects = effects
        self._wiping = wiping

    def waiting(self, *, with_parked: bool = False) -> WaitingAppends:
        """What is to be sent; `with_parked` also what the server refused."""
        asked = _WAITING if with_parked else _WAITING_AND_WANTED
        found = self._unit.connection.execute(asked).all()
        return WaitingAppends(
            tuple((Urgency(line.urgency), Op(line.op)) for line in found),
            frozenset(Op(line.op) for line in found if line.blobs != "[]"),
        )

    def blobs_of(self, ops: Sequence[Op], homes: Homes) -> Mapping[str, tuple[Sha256, ...]]:
        """The blobs that these records name, each once, by the scope that a line would say.

        Where the records live is decided here, so that their blobs go to the same place.
        """
        found: dict[str, dict[Sha256, None]] = {}
        for line, scope in self._placed(ops, homes):
            named = found.setdefault(homes.named(scope), {})
            named |= dict.fromkeys(blobs_of(line))
        return {scope: tuple(digests) for scope, digests in found.items() if digests}

    def take(self, ops: Sequence[Op], homes: Homes = Homes()) -> tuple[Offer, ...]:  # noqa: B008 - a value
        """The lines of these records; where they live is decided here."""
        return tuple(_offer(line, homes.named(scope)) for line, scope in self._placed(ops, homes))

    def answered(self, pairs: Sequence[tuple[Offer, PushResult]]) -> Taken:
        """Take the server's answers."""
        arrived: list[Offer] = []
        taken = Taken()
        for line, result in pairs:
            match result.answer:
                case Answer.OK:
                    arrived.append(line)
                case Answer.MISSING:
                    taken = added(taken, Taken(missing=frozenset(result.missing)))
                case Answer.INVALID:
                    self._change([line.op], parked=result.code)
                    self._effects.parked(line.kind, [line.op])
                    taken = added(taken, Taken(parked=1))
                case Answer.ERASED:
                    self._wiping.erase([line.id])
                    taken = added(taken, Taken(erased=1))
                case Answer.BUSY | Answer.LOCKED | Answer.STALE | Answer.MERGED:
                    # Cannot be said of an append; it is offered again.
                    taken = added(taken, Taken(busy=1))
        unlike = frozenset(line.scope for line in arrived) if self._arrived(arrived) else ()
        return added(taken, Taken(accepted=len(arrived), unlike=frozenset(unlike)))

    def without_blob(self, digest: Sha256, fault: SmartClientError) -> int:
        """The content is lost here, or never was: park what names it; tells how many.

        What came from the server may have its content on the computer where it was made alone. It
        is parked as well: should that computer be lost, this record is the only trace of it, and a
        person has to know. Once the server shows the record again, it is parked no more.
        """
        names_it = (_UNACKNOWLEDGED, append.c.parked == "", append.c.blobs.contains(digest))
        lost = self._unit.connection.execute(select(append.c.op, append.c.pulled).where(*names_it))
        pulled = {Op(op): bool(was_pulled) for op, was_pulled in lost}
        elsewhere = [op for op in pulled if pulled[op] and not isinstance(fault, Damaged)]
        self._change(elsewhere, parked=FILE_ELSEWHERE)
        self._change([op for op in pulled if op not in elsewhere], parked=fault.code)
        return len(pulled)

    def _placed(self, ops: Sequence[Op], homes: Homes) -> Sequence[tuple[RowMapping, str]]:
        lines = self._unit.connection.execute(_PLACED, given(ops)).mappings().all()
        wanted = {line["parent"] for line in lines if not line["scope"]}
        parents: Mapping[str, RecordState] = self._records.find_all(wanted)
        appended = self._scopes_of(wanted - parents.keys())
        places = Places(self._records, homes)
        placed = []
        for line in lines:
            known = line["scope"] or appended.get(line["parent"], "")
            kind, parent = RecordKind(line["kind"]), parents.get(line["parent"])
            placed.append((line, places.of(known, kind, parent)))
        for scope in {scope for _, scope in placed}:
            self._change([op["op"] for op, to in placed if to == scope != op["scope"]], scope=scope)
        places.settle_parents(parents)
        return placed

    def _scopes_of(self, ops: Collection[str]) -> Mapping[str, str]:
        """Where appended records live that others hang on."""
        found = self._unit.connection.execute(_SCOPES, given(ops)).all() if ops else ()
        return {line.op: line.scope for line in found}

    def _arrived(self, lines: Sequence[Offer]) -> int:
        """Tells how many of these are not here any more."""
        here = self._change([line.op for line in lines], acknowledged=1, doubted=0, parked="")
        for kind in dict.fromkeys(line.kind for line in lines):
            of_kind = [line for line in lines if line.kind is kind]
            self._effects.acknowledged(kind, [line.hangs_on for line in of_kind])
        return len(lines) - here

    def _change(self, ops: Sequence[Op], **columns: int | str) -> int:
        """Tells how many there are."""
        for op in ops:
            self._unit.touch(Subject.APPEND, op)
        some = _SOME.values(**columns)
        return self._unit.connection.execute(some, given(ops)).rowcount if ops else 0


def _offer(line: RowMapping, scope: str) -> Offer:
    content, kind, op = unpack(line["body"]), RecordKind(line["kind"]), Op(line["op"])
    is_package = kind is RecordKind.SIGNED_PACKAGE
    return Offer(
        id=RecordId(op),
        kind=kind,
        op=op,
        lineage=(),
        sha256=sha256(content),
        content=content,
        stage=Stage.SIGNED if is_package else Stage.DRAFT,
        blobs=blobs_of(line),
        scope=scope,
        parent="" if is_package else line["parent"],
        record_class=RecordClass(line["class"]),
        hangs_on=line["parent"],
    )
