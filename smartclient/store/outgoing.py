"""What is offered to the server, and what its answers do (rules 2 to 6 from the client's side).

An op enters the lineage in the transaction that takes the line out, before a byte leaves: from then
an edit needs another op. Dirty ends only with an `ok` for the op that is current. Only `locked` or
`stale` answered to the current op moves an edit of a document to the conflicts; an edit of a
register is merged by field. The rules stand here once; what a kind does by itself stands in
`store.document_exchange`, `store.register_exchange` and `store.append_effects`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId, Op, RecordId
from smartclient.store.bases import Base, Bases
from smartclient.store.bodies import as_body
from smartclient.store.conflicts import Conflicts, Reason
from smartclient.store.document_exchange import DocumentExchange
from smartclient.store.feed import DIRTY
from smartclient.store.outgoing_appends import OutgoingAppends
from smartclient.store.places import Homes, Places
from smartclient.store.records import Records, RecordState
from smartclient.store.register_merges import RegisterMerges
from smartclient.store.replaced import Accepted, Body, Part, Replaced
from smartclient.store.schema import record
from smartclient.store.sent import Offer, Taken
from smartclient.store.sent import added as _sum
from smartclient.store.sent_states import Leaving, SentStates
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.wiping import Wiping
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import KINDS, RecordKind, Write
from smartclient.wire.messages import Answer, PushResult

_DIRTY = select(record.c.id, record.c.kind).where(DIRTY)
_DIRTY_AND_WANTED = _DIRTY.where(record.c.parked == "")
_Pairs = list[tuple[Offer, PushResult]]
"""What was offered, with the answer to it."""
OP_REUSED = "SC-SERV-021"
"""The server knows the op with another body."""


class Outgoing:
    """What is offered, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        kinds: Mapping[RecordKind, Replaced],
        documents: DocumentExchange,
        appends: OutgoingAppends,
        conflicts: Conflicts,
        bases: Bases,
        merges: RegisterMerges,
        wiping: Wiping,
    ) -> None:
        self._unit = unit
        self._records = records
        self._kinds = kinds
        self._documents = documents
        self._conflicts = conflicts
        self._bases = bases
        self._merges = merges
        self._states = SentStates(unit)
        self._wiping = wiping
        self.appends = appends

    def record_ids(self, *, with_parked: bool = False) -> tuple[RecordId, ...]:
        """The records whose newest edit the server does not have, the oldest edit first.

        What the server refused is among them only where a person is to have it, `with_parked`.
        """
        of_kind: dict[str, list[str]] = {}
        asked = _DIRTY if with_parked else _DIRTY_AND_WANTED
        for identity, kind in self._unit.connection.execute(asked).all():
            of_kind.setdefault(kind, []).append(identity)
        ages: list[tuple[str, str]] = []
        for kind, dirty in of_kind.items():
            edited = self._kinds[RecordKind(kind)].ages(dirty)
            ages += zip(edited.values(), edited, strict=True)
        return tuple([RecordId(name) for _, name in sorted(ages)])

    def take_records(
        self,
        identities: Sequence[RecordId],
        homes: Homes = Homes(),  # noqa: B008 - a value
    ) -> tuple[Offer, ...]:
        """The lines of those records that are still dirty, their ops now in their lineages.

        The caller commits before it sends (rule 3). Where a record lives is decided here.
        """
        leaving = self._states.leaving(identities)
        parts = self._parts(leaving)
        named = {state.parent for state in leaving.values() if not state.scope} - {""}
        parents = self._records.find_all(named) if named else {}
        places = Places(self._records, homes)
        scopes = {
            name: places.of(state.scope, state.kind, parents.get(state.parent))
            for name, state in leaving.items()
        }
        sent = {name: scopes[name] for name in identities if name in parts and name in scopes}
        self._states.leave(sent, leaving)
        return tuple(
            _offer(leaving[name], parts[name], homes.named(scope)) for name, scope in sent.items()
        )

    def answered(self, offers: Sequence[Offer], results: Sequence[PushResult]) -> Taken:
        """Take the server's answers to a push; those about an op that is no longer current change
        nothing but the known version.

        What was handed in counts as accepted here; the caller leaves the scopes that were lost, and
        lets go of what went alone.
        """
        by_op = {offer.op: offer for offer in offers}
        pairs = [(by_op[Op(result.op)], result) for result in results if result.op in by_op]
        once = [pair for pair in pairs if KINDS[pair[0].kind].write is Write.APPEND]
        again = [pair for pair in pairs if KINDS[pair[0].kind].write is Write.REPLACE]
        taken = _sum(self.appends.answered(once), self._records_answered(again))
        return _sum(taken, _handed_in(pairs))

    def merge(self, bodies: Mapping[RecordId, Body]) -> tuple[RecordId, ...]:
        """Bring stale records onto what the server has; tells which are to be offered again.

        One that is awaited becomes what the server has.
        """
        return tuple(
            identity
            for identity, theirs in bodies.items()
            if self._merges.onto_server(identity, theirs)
        )

    def _records_answered(self, pairs: _Pairs) -> Taken:
        """Almost always all were taken and are current; otherwise they are looked at one by one."""
        if all(result.answer is Answer.OK for _, result in pairs) and self._newest(pairs):
            return self._accepted(pairs)
        current = self._states.current([offer.id for offer, _ in pairs])
        accepted: dict[RecordId, tuple[Offer, PushResult]] = {}
        others: _Pairs = []
        for offer, result in pairs:
            if result.answer is Answer.OK and current.get(offer.id) == offer.op:
                accepted[offer.id] = offer, result
            else:
                others.append((offer, result))
        newest = [*accepted.values()]
        if not self._newest(newest):
            raise RuntimeError("an edit changed in the transaction that took its answer")
        taken = _sum(self._accepted(newest), self._otherwise_answered(others, current))
        late = [offer for offer, result in others if result.answer is Answer.OK]
        return _sum(taken, _unlike(late))

    def _newest(self, pairs: _Pairs) -> bool:
        return self._states.accepted([(offer, result.version) for offer, result in pairs])

    def _accepted(self, pairs: _Pairs) -> Taken:
        """The server took these edits, and they were current."""
        of_kind: dict[RecordKind, list[Accepted]] = {}
        for offer, result in pairs:
            stage = Stage(result.stage) if result.stage else offer.stage
            of_kind.setdefault(offer.kind, []).append(Accepted(offer, stage))
        otherwise: set[str] = set()
        for kind, taken in of_kind.items():
            otherwise.update(self._kinds[kind].accepted(taken))
        unlike = _unlike([offer for offer, _ in pairs if offer.id in otherwise])
        return replace(unlike, accepted=len(pairs))

    def _otherwise_answered(self, pairs: _Pairs, current: Mapping[str, str]) -> Taken:
        outcome, taken = _Outcome(), Taken()
        states = self._records.find_all([offer.id for offer, _ in pairs]) if pairs else {}
        for offer, result in pairs:
            state = states.get(offer.id)
            if state is None:
                continue
            if current.get(offer.id) != offer.op:
                outcome.changed.append(replace(state, version=max(state.version, result.version)))
                self._note_base(state, offer, result)
                continue
            taken = _sum(taken, self._current_answered(state, result, outcome))
        self._records.keep(outcome.changed)
        for identity, result in outcome.elsewhere:
            taken = _sum(taken, self._gone_elsewhere(identity, result))
        return taken

    def _gone_elsewhere(self, identity: RecordId, result: PushResult) -> Taken:
        """The record became part of another one, or was erased.

        Both change records that may stand in the same push, so these were written before.
        """
        if result.answer is Answer.ERASED:
            self._wiping.erase([identity])
            return Taken(erased=1)
        rebased = self._merges.onto_survivor(identity, RecordId(result.survivor))
        asked = frozenset({identity} if self._merges.is_awaited(identity) else ())
        return Taken(rebased=int(rebased), busy=int(not rebased), stale=asked)

    def _current_answered(
        self, state: RecordState, result: PushResult, outcome: "_Outcome"
    ) -> Taken:
        """The answer to the op that is current; that it was taken is kept elsewhere."""
        match result.answer:
            case Answer.OK:
                return Taken()
            case Answer.LOCKED | Answer.STALE if KINDS[state.kind].merges:
                return Taken(stale=frozenset({state.id}))
            case Answer.LOCKED | Answer.STALE:
                outcome.changed.append(self._quarantined(state, result))
                return Taken(conflicts=1)
            case Answer.MERGED | Answer.ERASED:
                outcome.elsewhere.append((state.id, result))
                return Taken()
            case Answer.INVALID if result.code == OP_REUSED and KINDS[state.kind].merges:
                return Taken(stale=frozenset({state.id}))
            case Answer.INVALID if result.code == OP_REUSED:
                # An old disk: the server has a later state of this very edit, which won.
                outcome.changed.append(self._quarantined(state, result))
                return Taken(conflicts=1)
            case Answer.INVALID:
                outcome.changed.append(replace(state, parked=result.code))
                self._kinds[state.kind].parked({state.id: result.code})
                return Taken(parked=1)
            case Answer.BUSY:
                return Taken(busy=1)
            case Answer.MISSING:
                return Taken(missing=frozenset(result.missing))

    def _quarantined(self, state: RecordState, result: PushResult) -> RecordState:
        identity = DocumentId(state.id)
        reason = Reason.LOCKED if result.answer is Answer.LOCKED else Reason.STALE
        body, stage = self._documents.edit_of(identity)
        # Under the op that the server knows otherwise, the feed would seem to bring it back.
        op = Op(self._unit.ids.new()) if result.code == OP_REUSED else state.op
        self._conflicts.keep(identity, reason, body, stage, op)
        self._kinds[state.kind].set_aside([identity])
        # Nobody knows how much of what is here stands in what comes now. Were it still in the
        # lineage, the next edit would be accepted over what lost, should it ever be the server's;
        # and its maker would be told that it was taken while the conflict is the only copy.
        awaited = replace(state, lineage=(), dirty=False, doubted=False, awaited=True)
        return replace(awaited, version=result.version)

    def _note_base(self, state: RecordState, offer: Offer, result: PushResult) -> None:
        """The server took an edit that another one followed here: that one stands on it."""
        taken = result.answer is Answer.OK and not result.handed_in
        if state.dirty and taken and KINDS[state.kind].merges:
            self._bases.keep(state.id, Base(offer.op, as_body(offer.content)))

    def _parts(self, leaving: Mapping[RecordId, Leaving]) -> Mapping[str, Part]:
        of_kind: dict[RecordKind, list[str]] = {}
        for state in leaving.values():
            of_kind.setdefault(state.kind, []).append(state.id)
        parts: dict[str, Part] = {}
        for kind, names in of_kind.items():
            parts |= self._kinds[kind].parts(names)
        return parts


@dataclass(slots=True)
class _Outcome:
    """What the answers to the records of one push come to, written together."""

    changed: list[RecordState] = field(default_factory=list)
    elsewhere: list[tuple[RecordId, PushResult]] = field(default_factory=list)
    """Records that became part of others, or were erased."""


def _handed_in(pairs: _Pairs) -> Taken:
    """What a person at the back office has now, because the right to its scope was lost."""
    handed_in = [(offer, result.alone) for offer, result in pairs if result.handed_in]
    return Taken(
        handed_in=len(handed_in),
        lost=frozenset(offer.scope for offer, alone in handed_in if not alone),
        alone=frozenset(offer.id for offer, alone in handed_in if alone),
    )


def _unlike(offers: Sequence[Offer]) -> Taken:
    """What stands otherwise here than the server took it."""
    return Taken(unlike=frozenset(offer.scope for offer in offers))


def _offer(state: Leaving, part: Part, scope: str) -> Offer:
    return Offer(
        id=state.id,
        kind=state.kind,
        op=state.op,
        lineage=state.lineage,
        sha256=sha256(part.content),
        content=part.content,
        stage=part.stage,
        form_version=part.form_version,
        scope=scope,
        parent=state.parent,
        record_class=state.record_class,
    )
