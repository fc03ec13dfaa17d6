"""The clients, and what is being typed of a client that does not exist yet.

No client exists before it is saved; its draft is kept exactly as typed and offered again.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from smartclient.store.bases import Base, Bases
from smartclient.store.bodies import read_back, stored
from smartclient.store.changes import Subject
from smartclient.store.client_rows import (
    Aside,
    ClientCard,
    ClientDraft,
    ClientFilter,
    ClientKind,
    ClientRow,
    ClientSort,
    StoredClient,
)
from smartclient.store.client_table import ClientTable
from smartclient.store.full_text import Shown, narrowed
from smartclient.store.list_place import lines_before
from smartclient.store.records import Records
from smartclient.store.schema import IN_THE_LIST, client, client_body, client_draft
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import JsonObject

DRAFTS = select(client_draft).order_by(client_draft.c.changed_at.desc(), client_draft.c.id)


def filtered(asked: Select[*Shown], wanted: ClientFilter) -> Select[*Shown]:
    """The query narrowed to what the filter lets through, its text left aside."""
    shown = client.c.aside == Aside.HIDDEN.value if wanted.hidden else IN_THE_LIST
    asked = asked.where(shown)
    return asked.where(client.c.informed == 0) if wanted.uninformed else asked


def counted(wanted: ClientFilter) -> Select[int]:
    """The query for how many the filter lets through, its text left aside."""
    return filtered(select(func.count().label("count")).select_from(client), wanted)


def page_of(asked: Select[*Shown], wanted: ClientFilter, offset: int, limit: int) -> Select[*Shown]:
    """The page of a query in the wanted order, its text left aside."""
    return _cut(filtered(asked, wanted), wanted, offset, limit)


def _cut(asked: Select[*Shown], wanted: ClientFilter, offset: int, limit: int) -> Select[*Shown]:
    order = [column.desc() if wanted.descending else column for column in _order(wanted)]
    return asked.order_by(*order).limit(limit).offset(offset)


def _order(wanted: ClientFilter) -> tuple[ColumnElement[object], ...]:
    by_name = wanted.sort is ClientSort.NAME
    return (client.c.name_key if by_name else client.c.changed_at, client.c.row)


class Clients:
    """The clients of one transaction."""

    def __init__(
        self, unit: UnitOfWork, table: ClientTable, records: Records, bases: Bases
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._bases = bases

    def create(
        self, card: ClientCard, body: JsonObject, *, draft_id: str | None = None
    ) -> ClientRow:
        """A new client; the draft it was typed as goes in the same commit."""
        identity, now = ClientId(self._unit.ids.new()), self._unit.now_text()
        self._records.edited(identity, RecordKind.CLIENT)
        stamped: JsonObject = {**body, "created_at": now, "changed_at": now}
        self._table.write({identity: (card, stamped)})
        if draft_id is not None:
            self.drop_draft(draft_id)
        return self.get(identity).row

    def update(self, identity: ClientId, card: ClientCard, body: JsonObject) -> ClientRow:
        """Replace what is known of a client, under an op of its own.

        Raises NotAllowed SC-STORE-024 when it is not here and SC-STORE-027 when it became part of
        another one.
        """
        before = self.get(identity)
        if before.row.survivor is not None:
            raise NotAllowed("SC-STORE-027")
        keep_base(self._records, self._bases, identity, before.body)
        self._records.edited(identity, RecordKind.CLIENT)
        created_at = before.body.get("created_at") or to_text(before.row.created_at)
        stamped: JsonObject = {
            **body,
            "created_at": created_at,
            "changed_at": self._unit.now_text(),
        }
        self._table.write({identity: (card, stamped)})
        return self.get(identity).row

    def get(self, identity: ClientId) -> StoredClient:
        """The client with everything filled in; NotAllowed SC-STORE-024 when it is not here."""
        found = self.find(identity)
        if found is None:
            raise NotAllowed("SC-STORE-024")
        return found

    def find(self, identity: ClientId) -> StoredClient | None:
        """The client with everything filled in, None when it is not here."""
        asked = (
            select(client, client_body.c.content)
            .join(client_body, client_body.c.id == client.c.id)
            .where(client.c.id == identity)
        )
        line = self._unit.connection.execute(asked).mappings().first()
        if line is None:
            return None
        return StoredClient(_row(line), read_back(line["content"]))

    def page(self, wanted: ClientFilter, offset: int, limit: int) -> tuple[ClientRow, ...]:
        """The rows of the list from `offset`, at most `limit`, in the wanted order."""
        asked = self._narrowed(filtered(select(client), wanted), wanted)
        if asked is None:
            return ()
        paged = _cut(asked, wanted, offset, limit)
        return tuple(_row(line) for line in self._unit.connection.execute(paged).mappings())

    def count(self, wanted: ClientFilter) -> int:
        """How many clients the filter lets through."""
        asked = self._narrowed(counted(wanted), wanted)
        return 0 if asked is None else self._unit.connection.execute(asked).scalar_one()

    def place(self, identity: ClientId, wanted: ClientFilter) -> int | None:
        """How many clients stand before this one, None where the list does not have it."""
        order = _order(wanted)
        return lines_before(
            self._unit,
            filtered(select(*order), wanted).where(client.c.id == identity),
            counted(wanted),
            order,
            descending=wanted.descending,
            row=client.c.row,
            text=wanted.text,
        )

    # --- what is being typed ------------------------------------------------------------------

    def save_draft(self, draft_id: str, typed: JsonObject, base: JsonObject | None = None) -> None:
        """Keep what is being typed of a client, exactly as typed.

        `base` is what the client was when the typing began; what the first call said of it stays.
        """
        content = {"content": stored(typed), "changed_at": self._unit.now_text()}
        first = {"base": None if base is None else stored(base)}
        self._unit.connection.execute(
            insert(client_draft)
            .values(id=draft_id, **content, **first)
            .on_conflict_do_update(index_elements=["id"], set_=content)
        )
        self._unit.touch(Subject.CLIENT_DRAFT, draft_id)

    def drafts(self) -> tuple[ClientDraft, ...]:
        """The clients that were being typed, the newest first."""
        return tuple(_draft(line) for line in self._unit.connection.execute(DRAFTS).mappings())

    def draft(self, draft_id: str) -> ClientDraft | None:
        """What was being typed under this id, None when there is nothing."""
        asked = select(client_draft).where(client_draft.c.id == draft_id)
        line = self._unit.connection.execute(asked).mappings().first()
        return None if line is None else _draft(line)

    def drop_draft(self, draft_id: str) -> None:
        """Forget what was being typed; harmless when there is nothing."""
        self._unit.connection.execute(delete(client_draft).where(client_draft.c.id == draft_id))
        self._unit.touch(Subject.CLIENT_DRAFT, draft_id)

    def drop_drafts_of(self, identities: Sequence[str]) -> None:
        """Forget what was being typed of these clients."""
        for draft in self.drafts():
            if draft.changes in identities:
                self.drop_draft(draft.id)

    def _narrowed(self, asked: Select[*Shown], wanted: ClientFilter) -> Select[*Shown] | None:
        return narrowed(self._unit, asked, client.c.row, wanted.text)


def keep_base(records: Records, bases: Bases, identity: str, body: JsonObject) -> None:
    """Before an edit: what is here is what the server has, unless it is dirty or doubted."""
    state = records.find(identity)
    if state is not None and state.lineage and not state.dirty and not state.doubted:
        bases.keep(identity, Base(state.op, body))


def _draft(line: RowMapping) -> ClientDraft:
    base = line["base"]
    return ClientDraft(
        line["id"],
        read_back(line["content"]),
        from_text(line["changed_at"]),
        None if base is None else read_back(base),
    )


def _row(line: RowMapping) -> ClientRow:
    born = line["birth_date"]
    card = ClientCard(
        kind=ClientKind(line["kind"]),
        given_name=line["given_name"],
        surname=line["surname"],
        national_id=line["national_id"],
        birth_date=None if born is None else date.fromisoformat(born),
        city=line["city"],
        phone=line["phone"],
        email=line["email"],
    )
    return ClientRow(
        id=ClientId(line["id"]),
        card=card,
        informed=bool(line["informed"]),
        created_at=from_text(line["created_at"]),
        changed_at=from_text(line["changed_at"]),
        aside=Aside(line["aside"]),
        survivor=None if line["survivor"] is None else ClientId(line["survivor"]),
    )
