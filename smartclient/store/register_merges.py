"""Edits of a register record that met another edit: merged by field, or rebased (invariants 8, 9).

The server never merges. It answers `stale` or `merged`, and the edit is brought here onto what the
server has, under an op of its own.
"""

from collections.abc import Mapping
from dataclasses import replace

from smartclient.domain.ids import Op, RecordId
from smartclient.store.bases import Base, Bases
from smartclient.store.bodies import as_body
from smartclient.store.field_offers import FieldOffers
from smartclient.store.merging import INSTANTS, Merged, merged, rules_of, same
from smartclient.store.records import Records, RecordState, brought_onto, lengthened, up_to
from smartclient.store.register_exchange import RegisterExchange
from smartclient.store.replaced import Body
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import JsonObject


class RegisterMerges:
    """The merges of one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        registers: Mapping[RecordKind, RegisterExchange],
        bases: Bases,
        offers: FieldOffers,
    ) -> None:
        self._unit = unit
        self._records = records
        self._registers = registers
        self._bases = bases
        self._offers = offers

    def onto_server(self, identity: RecordId, theirs: Body) -> bool:
        """Bring a dirty record onto what the server has; tells whether it is to be offered again.

        The lineage of the merged edit holds the server's op, so that it is accepted over it.
        """
        state = self._records.find(identity)
        if state is None or not state.dirty:
            self._refresh(state, theirs)
            return False
        register, base = self._registers[state.kind], self._base(identity)
        mine = self._body(state)
        if mine is None:
            return False
        outcome = merged(base.body if base else None, mine, theirs.body, rules_of(state.kind))
        withheld = state.withheld
        was, whole = base.op if base else None, not outcome.clashes
        lineage = brought_onto(theirs.op, state.lineage, was, whole=whole)
        onto = replace(state, lineage=lineage, sha256=theirs.sha256)
        if withheld is not None and withheld.op == theirs.op:
            onto = replace(onto, withheld=None, version=withheld.version)
        if _says_nothing_new(outcome, theirs.body):
            self._bases.drop([identity])
            self._records.keep([replace(onto, op=theirs.op, dirty=False, doubted=False, parked="")])
            register.show({identity: theirs.body}, {identity: state.parent})
        else:
            self._bases.keep(identity, Base(theirs.op, theirs.body))
            self._records.keep([replace(onto, op=Op(self._unit.ids.new()), parked="")])
            register.show({identity: outcome.body}, {identity: state.parent})
        self._offers.keep(identity, outcome.clashes)
        return not _says_nothing_new(outcome, theirs.body)

    def onto_survivor(self, identity: RecordId, survivor: RecordId) -> bool:
        """Bring the differences of a record that was merged away onto its survivor.

        Tells whether it was done: a survivor that is not here yet has to be pulled before.
        """
        state, into = self._records.find(identity), self._records.find(survivor)
        if state is None or not state.dirty or into is None or into.kind is not state.kind:
            return False
        mine, theirs = self._body(state), self._body(into)
        if mine is None or theirs is None:
            return False
        base = self._base(identity)
        outcome = merged(base.body if base else None, mine, theirs, rules_of(state.kind))
        if not _says_nothing_new(outcome, theirs):
            self.edit(survivor, into.kind, outcome.body)
        self._offers.keep(survivor, outcome.clashes)
        self._back_to_base(state, base)
        return True

    def edit(
        self, identity: RecordId, kind: RecordKind, body: JsonObject, parent: str = ""
    ) -> None:
        """Keep an edit under an op of its own, with the base that it stands on."""
        state = self._records.find(identity)
        if state is not None and state.lineage and not state.dirty and not state.doubted:
            before = self._body(state)
            if before is not None:
                self._bases.keep(identity, Base(state.op, before))
        self._records.edited(identity, kind, parent)
        self._registers[kind].show({identity: body}, {identity: parent})

    def _refresh(self, state: RecordState | None, theirs: Body) -> None:
        """A record that was brought onto its survivor is again what the server has of it."""
        if state is None or not state.awaited:
            return
        lineage = lengthened(state.lineage, theirs.op)
        known = replace(state, op=theirs.op, sha256=theirs.sha256, lineage=lineage, awaited=False)
        self._records.keep([known])
        self._registers[state.kind].show({state.id: theirs.body}, {state.id: state.parent})

    def is_awaited(self, identity: RecordId) -> bool:
        """Whether what the server has of a record must be asked for."""
        state = self._records.find(identity)
        return state is not None and state.awaited

    def _back_to_base(self, state: RecordState, base: Base | None) -> None:
        """What was merged away is again what the server has of it, for an undo.

        Without a base that is asked of the server.
        """
        lineage = up_to(state.lineage, base.op if base else None)
        clean = replace(state, dirty=False, doubted=False, parked="", awaited=base is None)
        clean = replace(clean, lineage=lineage)
        if base is not None:
            clean = replace(clean, op=base.op)
            self._registers[state.kind].show({state.id: base.body}, {state.id: state.parent})
            self._bases.drop([state.id])
        self._records.keep([clean])

    def _base(self, identity: RecordId) -> Base | None:
        return self._bases.of([identity]).get(identity)

    def _body(self, state: RecordState) -> JsonObject | None:
        content = self._registers[state.kind].table.contents([state.id]).get(state.id)
        return None if content is None else as_body(content)


def _says_nothing_new(outcome: Merged, theirs: JsonObject) -> bool:
    """Nothing of the edit is left but what is offered; instants alone are no edit."""
    plain = (
        {n: v for n, v in body.items() if n not in INSTANTS} for body in (outcome.body, theirs)
    )
    one, other = plain
    return same(one, other)
