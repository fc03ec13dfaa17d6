"""What a restored server may have forgotten (rule 5 from the client's side).

On a new epoch everything that the server had is doubted. What the feed shows again is believed
(`store.incoming`); what it did not show when it came to its end is offered again.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, literal_column, select, true, union_all, update

from smartclient.store.bases import Bases
from smartclient.store.feed import Feed
from smartclient.store.records import Records
from smartclient.store.replaced import Replaced
from smartclient.store.retention import Retention
from smartclient.store.schema import append, record
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind

_DOUBTED = literal_column("doubted") == literal_column("1")
_SOMETHING_DOUBTED = union_all(
    select(record.c.id).where(_DOUBTED), select(append.c.op).where(_DOUBTED)
).limit(1)


class Doubts:
    """What is doubted, in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        kinds: Mapping[RecordKind, Replaced],
        feed: Feed,
        retention: Retention,
    ) -> None:
        self._unit = unit
        self._records = records
        self._kinds = kinds
        self._feed = feed
        self._retention = retention

    def begin_epoch(self, epoch: int) -> None:
        """The server was restored: forget versions and cursors, keep lineages, doubt everything."""
        self._unit.connection.execute(update(record).values(version=0, withheld=""))
        known = record.c.lineage != "[]"
        self._unit.connection.execute(update(record).where(known).values(doubted=1))
        self._unit.connection.execute(
            update(append).where(append.c.acknowledged == 1).values(doubted=1)
        )
        Bases(self._unit).drop_all()
        self._retention.give_up_full_reading()
        self._feed.rewind()
        self._feed.set_epoch(epoch)

    def are_there(self) -> bool:
        """Whether something is doubted, so that `settle` has work."""
        return self._unit.connection.execute(_SOMETHING_DOUBTED).first() is not None

    def settle(self) -> None:
        """The feed came to its end: what it did not show is offered again."""
        self._settle(true(), true())

    def settle_of(self, scope: str) -> None:
        """A scope is left, and its feed will not be shown: the only copy may be the one here."""
        self._settle(record.c.scope == scope, append.c.scope == scope)

    def _settle(self, records: ColumnElement[bool], appends: ColumnElement[bool]) -> None:
        asked = select(record.c.id).where(_DOUBTED, records)
        doubted = self._unit.connection.execute(asked).scalars().all()
        states = self._records.find_all(doubted)
        for kind, handler in self._kinds.items():
            of_kind = [state for state in states.values() if state.kind is kind]
            without_body = handler.gone([state.id for state in of_kind]) if of_kind else frozenset()
            # The body of an awaited record is among the conflicts, that of an archived one is gone.
            gone = {state.id for state in of_kind if state.awaited} | without_body
            self._records.keep(
                [
                    replace(state, dirty=state.dirty or state.id not in gone, doubted=False)
                    for state in of_kind
                ]
            )
            handler.unsent([state.id for state in of_kind if state.id not in gone])
        self._unit.connection.execute(
            update(append).where(_DOUBTED, appends).values(doubted=0, acknowledged=0)
        )
