"""Scopes whose right was lost, and scopes that may be read again (invariant 11).

What is clean of a lost scope goes at once. What the server does not have is handed in before: edits
as they are, what was typed and is no edit by way of `store.unsaved`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select, update

from smartclient.domain.ids import Op, RecordId
from smartclient.store.append_effects import AppendEffects
from smartclient.store.doubts import Doubts
from smartclient.store.feed import Feed
from smartclient.store.records import Records
from smartclient.store.replaced import Replaced
from smartclient.store.schema import append, record
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.unsaved import Unsaved
from smartclient.store.wiping import Wiping
from smartclient.wire.kinds import RecordKind

NO_RIGHT = "SC-SERV-070"
"""The server's refusal of a line for a scope that was never this install's."""


class Departures:
    """What comes and goes with the rights, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        kinds: Mapping[RecordKind, Replaced],
        effects: AppendEffects,
        feed: Feed,
        doubts: Doubts,
        wiping: Wiping,
        unsaved: Unsaved,
    ) -> None:
        self._unit = unit
        self._records = records
        self._kinds = kinds
        self._effects = effects
        self._feed = feed
        self._doubts = doubts
        self._wiping = wiping
        self._unsaved = unsaved

    def leave(self, scope: str) -> bool:
        """The scope may not be read any more, or not as before (`left` of the server, `handed_in`
        of a line). Should it be ours again, the next pull reads it from its beginning.

        Tells whether something stays to be handed in. What is doubted does: its feed will not be
        shown any more, so the only copy may be the one here.
        """
        self._feed.forget(scope)
        self._feed.set_etag("")
        self._doubts.settle_of(scope)
        something_stays = self._wiping.leave(scope)
        self._feed.note_departed(scope, something_stays=something_stays)
        return something_stays

    def let_go(self, identities: Sequence[RecordId]) -> bool:
        """These belong to a lost scope, although they were offered to one of ours: handed in, they
        go from here, and their scope stays.

        What is typed of them and is no edit becomes one first. Tells whether something of them is
        to be sent.
        """
        self._wiping.let_go(identities)
        stays = self._records.find_all(identities)
        for identity in stays:
            self._unsaved.become_edits_of(RecordId(identity))
        return bool(stays)

    def end(self) -> bool:
        """The feed came to its end: what stayed of scopes that were left goes now.

        What was typed in them and is no edit becomes one. Tells whether there was something of
        that kind, so that it is to be sent.
        """
        is_to_be_sent = False
        for scope in self._feed.departed():
            if scope in self._feed.cursors():
                self._feed.note_departed(scope, something_stays=False)  # it may be read again
            else:
                is_to_be_sent |= self._unsaved.become_edits(scope)
                self._feed.note_departed(scope, something_stays=self._wiping.leave(scope))
        return is_to_be_sent

    def welcome(self, scope: str) -> int:
        """The scope may be read from now on: what was refused for want of a right is offered again.

        Tells how much that is.
        """
        refused = (record.c.scope == scope, record.c.parked == NO_RIGHT)
        states = self._records.find_all(
            self._unit.connection.execute(select(record.c.id).where(*refused)).scalars().all()
        )
        for kind, handler in self._kinds.items():
            of_kind = [state for state in states.values() if state.kind is kind]
            if of_kind:
                self._records.keep([replace(state, parked="") for state in of_kind])
                handler.parked({state.id: "" for state in of_kind})
        of_scope = (append.c.scope == scope, append.c.parked == NO_RIGHT)
        again = self._unit.connection.execute(select(append.c.op, append.c.kind).where(*of_scope))
        kinds = {Op(op): RecordKind(kind) for op, kind in again}
        self._unit.connection.execute(update(append).where(*of_scope).values(parked=""))
        for op, kind in kinds.items():
            self._effects.parked(kind, [op])
        return len(states) + len(kinds)
