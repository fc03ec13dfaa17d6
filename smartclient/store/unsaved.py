"""What was typed in a scope that was lost and is no edit: it becomes one, so that it is handed in.

That is what was typed of a client and not saved, a value that waits at a field for somebody's
choice, and what is under Show conflicts. Such an edit stands on nothing: should the right be back
when it arrives, the server calls it stale, and it waits here again instead of taking the place of
what others wrote. Of one record one edit is made at a time, while none of it waits to be sent.
"""

from collections.abc import Mapping
from dataclasses import replace

from smartclient.domain.ids import ClientId, Op, RecordId
from smartclient.store.bases import Bases
from smartclient.store.bodies import as_body
from smartclient.store.client_rows import CHANGES, ClientDraft
from smartclient.store.clients import Clients
from smartclient.store.conflicts import Conflicts
from smartclient.store.document_lines import situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.feed import Feed
from smartclient.store.field_offers import FieldOffers
from smartclient.store.merging import ABSENT, Leaf, same, with_leaf
from smartclient.store.records import Records, RecordState
from smartclient.store.register_exchange import RegisterExchange
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import JsonObject

ALONE = "alone"
"""No scope: with what a client left that went without its own one."""
_NEW: JsonObject = {"schema": 1, "kind": "person"}
"""The body of a client that is not here any more; what is typed of it is put over this."""


class Unsaved:
    """What is no edit yet, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        registers: Mapping[RecordKind, RegisterExchange],
        bases: Bases,
        offers: FieldOffers,
        clients: Clients,
        conflicts: Conflicts,
        documents: DocumentTable,
        feed: Feed,
    ) -> None:
        self._unit = unit
        self._records = records
        self._registers = registers
        self._bases = bases
        self._offers = offers
        self._clients = clients
        self._conflicts = conflicts
        self._documents = documents
        self._feed = feed

    def become_edits(self, scope: str) -> bool:
        """Make edits of it in a scope that was lost; tells whether there was any of it."""
        made = [
            *(self._from_draft(scope, draft) for draft in self._clients.drafts()),
            *(self._from_offers(identity) for identity in self._offers.in_scope(scope)),
            self._from_conflicts(scope),
        ]
        return any(made)

    def become_edits_of(self, identity: RecordId) -> bool:
        """Make edits of what is typed of one record that goes without its scope."""
        state = self._records.find(identity)
        if state is None:
            return False
        drafts = [each for each in self._clients.drafts() if each.changes == ClientId(identity)]
        made = [
            *(self._from_draft(state.scope, draft, ALONE) for draft in drafts),
            self._from_offers(identity),
        ]
        return any(made)

    def late(self, client: ClientId) -> bool:
        """Whether what is typed of a client that is not here any more is still handed in.

        It is where something typed of it was handed in before: the last words were on their way
        while it went. Of a client that was erased nothing is kept.
        """
        scope = self._feed.left_with(client)
        if scope:
            self._feed.note_departed(scope, something_stays=True)
        return bool(scope)

    def _from_draft(self, scope: str, draft: ClientDraft, left_with: str = "") -> bool:
        client = draft.changes
        if client is None:
            return False  # a client that was never saved lives in no scope, and stays
        state = self._records.find(client)
        if state is None and self._feed.left_with(client) == scope:
            state = RecordState(RecordId(client), RecordKind.CLIENT, Op(""), (), dirty=False)
            state = replace(state, scope="" if scope == ALONE else scope)
            scope, left_with = state.scope, scope
        if state is None or state.dirty or state.scope != scope:
            return False
        before = self._body(state) or _NEW
        typed = {name: said for name, said in draft.typed.items() if name != CHANGES}
        base = draft.base or before
        changed = {n: said for n, said in typed.items() if not _alike(said, base.get(n, ABSENT))}
        self._clients.drop_draft(draft.id)
        if changed:
            self._edit(state, {**before, **changed})
            self._feed.note_left_with(client, left_with or scope)
        return bool(changed)

    def _from_offers(self, identity: RecordId) -> bool:
        state = self._records.find(identity)
        body = None if state is None else self._body(state)
        if state is None or state.dirty or body is None:
            return False
        first = {each.path: each for each in reversed(self._offers.of(identity))}
        for each in first.values():
            body = with_leaf(body, each.path, each.other)
        self._edit(state, body)
        return True

    def _from_conflicts(self, scope: str) -> bool:
        made = False
        for each in reversed(self._conflicts.open()):
            state = self._records.find(each.document_id)
            line = self._documents.lines([each.document_id]).get(each.document_id)
            if state is None or line is None or state.dirty or state.scope != scope:
                continue
            self._stands_on_nothing(state)
            standing = replace(situation_of(line), stage=each.stage, parked="")
            shown = replace(standing, backed_up=False, listed=True)
            self._documents.write({each.document_id: (each.body, shown)})
            self._conflicts.drop(each.id)
            made = True
        return made

    def _edit(self, state: RecordState, body: JsonObject) -> None:
        self._stands_on_nothing(state)
        self._bases.drop([state.id])
        self._registers[state.kind].show({state.id: body}, {state.id: state.parent})

    def _stands_on_nothing(self, state: RecordState) -> None:
        alone = replace(state, op=Op(self._unit.ids.new()), lineage=(), parked="", dirty=True)
        self._records.keep([replace(alone, doubted=False, awaited=False)])

    def _body(self, state: RecordState) -> JsonObject | None:
        content = self._registers[state.kind].table.contents([state.id]).get(state.id)
        return None if content is None else as_body(content)


def _alike(typed: Leaf, before: Leaf) -> bool:
    """Whether a field says what it said; an empty field, none, and a box without tick are alike."""
    return same(typed, before) or all(
        each is ABSENT or each is False or each in ("", None) for each in (typed, before)
    )
