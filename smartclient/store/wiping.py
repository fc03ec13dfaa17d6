"""What goes for good: an erased record with everything of it, and a scope that is no longer ours.

Deleting a row overwrites its page (SQLCipher's secure delete), deleting the row of a blob destroys
its key, and the words of what is erased leave the full-text index. What has not been sent stays
until it was handed in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy import text as sql

from smartclient.store.appends import NOTHING_TO_SEND, Appends, blobs_of
from smartclient.store.blobs import Blobs
from smartclient.store.client_life import ClientLife
from smartclient.store.clients import Clients
from smartclient.store.conflicts import LOST
from smartclient.store.consents import Consents
from smartclient.store.field_offers import OFFERED
from smartclient.store.kept_bodies import KeptBodies
from smartclient.store.records import Records
from smartclient.store.replaced import Replaced
from smartclient.store.schema import FULL_TEXT, append, document, record, signing_session
from smartclient.store.server_records import statuses_of
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind

_AT_ONCE = 500
_THROWN_AWAY = (
    select(record.c.id)
    .join(document, document.c.id == record.c.id)
    .where(record.c.dirty == 1, record.c.awaited == 0, document.c.listed == 0)
)
"""Drafts that were discarded; they are never sent."""
_UNSENT_PACKAGE = and_(append.c.kind == RecordKind.SIGNED_PACKAGE.value, ~NOTHING_TO_SEND)


class Wiping:
    """What goes in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        records: Records,
        kinds: Mapping[RecordKind, Replaced],
        appends: Appends,
        consents: Consents,
        clients: Clients,
        life: ClientLife,
    ) -> None:
        self._unit = unit
        self._records = records
        self._kinds = kinds
        self._appends = appends
        self._consents = consents
        self._clients = clients
        self._life = life
        self._bodies = KeptBodies(unit)
        self._blobs = Blobs(unit)

    def erase(self, identities: Sequence[str]) -> None:
        """The server erased these: nothing of them stays, sent or not.

        Only a signed package that has not been sent stays: it always reaches a person
        (invariant 6), and what then becomes of it is said by the server.
        """
        for some in _in_groups(identities):
            of_them = append.c.parent.in_(some) | append.c.op.in_(some)
            hanging = self._unit.connection.execute(
                select(append.c.op, append.c.parent).where(of_them, ~_UNSENT_PACKAGE)
            ).all()
            near = self._life.near([*some, *(line.parent for line in hanging)])
            self.drop_appends([line.op for line in hanging])
            self._consents.erase(some)
            self._clients.drop_drafts_of(some)
            lines = self._bodies.ids_hanging_on(some)
            self._drop_records([*some, *lines])
            self._life.follow(near)
        for table in FULL_TEXT:
            self._unit.connection.execute(
                sql(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - ours
            )

    def leave(self, scope: str) -> bool:
        """The scope may not be read any more: what is clean goes, unless something was typed of it
        that is no edit yet (`store.unsaved`). A draft that was thrown away goes as well.

        Tells whether something stays that has not been handed in.
        """
        clean = select(record.c.id).where(record.c.scope == scope, *self._settled())
        gone = clean, _THROWN_AWAY.where(record.c.scope == scope)
        for asked in gone:
            for some in _in_groups(self._unit.connection.execute(asked).scalars().all()):
                self._drop_records(some)
        sent = select(append.c.op).where(append.c.scope == scope, NOTHING_TO_SEND)
        for ops in _in_groups(self._unit.connection.execute(sent).scalars().all()):
            self._consents.erase(ops)
            self.drop_appends(ops)
        return self._is_there(scope)

    def let_go(self, identities: Sequence[str]) -> None:
        """These were handed in and go from here, unless something was typed of them that is no edit
        yet. What is here of other scopes stands as it does without them.
        """
        for some in _in_groups(identities):
            of_them = append.c.op.in_(some), NOTHING_TO_SEND
            asked = select(append.c.op, append.c.parent).where(*of_them)
            hanging = self._unit.connection.execute(asked).all()
            clean = select(record.c.id).where(record.c.id.in_(some), *self._settled())
            gone = self._unit.connection.execute(clean).scalars().all()
            near = self._life.near([*gone, *(line.parent for line in hanging)])
            ops = [line.op for line in hanging]
            self._consents.erase(ops)
            self.drop_appends(ops)
            self._drop_records(gone)
            self._life.follow(near)

    def _settled(self) -> tuple[ColumnElement[bool], ...]:
        """The condition that the server has everything that was typed of a record."""
        typed = [each.changes for each in self._clients.drafts() if each.changes]
        known = (record.c.dirty == 0, record.c.id.not_in(OFFERED), record.c.id.not_in(LOST))
        return (*known, record.c.id.not_in(typed))

    def _is_there(self, scope: str) -> bool:
        records = select(record.c.id).where(record.c.scope == scope).limit(1)
        appends = select(append.c.op).where(append.c.scope == scope).limit(1)
        found = (self._unit.connection.execute(asked).first() for asked in (records, appends))
        return any(each is not None for each in found)

    def _drop_records(self, identities: Sequence[str]) -> None:
        states = self._records.find_all(identities)
        files = files_of(
            self._unit,
            [state.id for state in states.values() if state.kind is RecordKind.DOCUMENT],
        )
        for kind, handler in self._kinds.items():
            of_kind = [state.id for state in states.values() if state.kind is kind]
            if of_kind:
                handler.wipe(of_kind)
        self._bodies.drop(identities)
        self._records.forget(identities)
        self.drop_unused(files)

    def drop_appends(self, ops: Sequence[str]) -> None:
        """These written-once records go, with the files that nothing else names."""
        asked = select(append).where(append.c.op.in_(ops))
        lines = self._unit.connection.execute(asked).mappings().all()
        self._appends.forget(ops)
        named = {digest for line in lines for digest in blobs_of(line)}
        self.drop_unused(named)
        self._unit.forget_opened(ops)

    def drop_unused(self, files: Collection[str]) -> None:
        """Those of the files go that nothing names any more."""
        self._blobs.drop_all(set(files) - self._used() if files else ())

    def _used(self) -> frozenset[str]:
        """The blobs that something still names."""
        asked = select(append.c.blobs).where(append.c.blobs != "[]")
        used: set[str] = set()
        for line in self._unit.connection.execute(asked).mappings():
            used.update(blobs_of(line))
        sessions = select(signing_session.c.pdf, signing_session.c.contents)
        for pdf, contents in self._unit.connection.execute(sessions):
            used |= {pdf, contents}
        return frozenset(used)


def files_of(unit: UnitOfWork, documents: Sequence[str]) -> set[str]:
    """The files of the signing sessions of these documents, and those that the server stamped."""
    asked = select(signing_session.c.pdf, signing_session.c.contents).where(
        signing_session.c.document_id.in_(documents)
    )
    files = {name for line in unit.connection.execute(asked) for name in line if name}
    for status in statuses_of(unit, documents).values():
        late = status.get("late")
        told = (status, late if isinstance(late, dict) else {})
        stamps = [each.get("time_stamp") for each in told]
        files |= {str(each.get("sha256")) for each in stamps if isinstance(each, dict)}
    return files


def _in_groups(identities: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(identities), _AT_ONCE):
        yield identities[start : start + _AT_ONCE]
