"""The clients, and what is being typed of a client that does not exist yet.

No client exists before it is saved; its draft is kept exactly as typed and offered again.
"""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId
from smartclient.store.bodies import read_back, stored
from smartclient.store.changes import Subject
from smartclient.store.client_rows import (
    ClientCard,
    ClientDraft,
    ClientFilter,
    ClientKind,
    ClientRow,
    ClientSort,
    StoredClient,
)
from smartclient.store.folding import order_key
from smartclient.store.full_text import Shown, client_words, index_words, narrowed
from smartclient.store.schema import client, client_body, client_draft
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import JsonObject

DRAFTS = select(client_draft).order_by(client_draft.c.changed_at.desc(), client_draft.c.id)


def filtered(asked: Select[*Shown], wanted: ClientFilter) -> Select[*Shown]:
    """The query narrowed to what the filter lets through, its text left aside."""
    return asked.where(client.c.informed == 0) if wanted.uninformed else asked


def counted(wanted: ClientFilter) -> Select[int]:
    """The query for how many the filter lets through, its text left aside."""
    return filtered(select(func.count().label("count")).select_from(client), wanted)


def page_of(asked: Select[*Shown], wanted: ClientFilter, offset: int, limit: int) -> Select[*Shown]:
    """The page of a query in the wanted order, its text left aside."""
    return _cut(filtered(asked, wanted), wanted, offset, limit)


def _cut(asked: Select[*Shown], wanted: ClientFilter, offset: int, limit: int) -> Select[*Shown]:
    first: ColumnElement[str] = (
        client.c.name_key if wanted.sort is ClientSort.NAME else client.c.changed_at
    )
    order = [column.desc() if wanted.descending else column for column in (first, client.c.row)]
    return asked.order_by(*order).limit(limit).offset(offset)


class Clients:
    """The clients of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def create(
        self, card: ClientCard, body: JsonObject, *, draft_id: str | None = None
    ) -> ClientRow:
        """A new client; the draft it was typed as goes in the same commit."""
        identity, now = ClientId(self._unit.ids.new()), self._unit.now_text()
        line = {**_columns(card), "id": identity, "informed": 0, "created_at": now}
        made = plain_insert(client).values(**line, changed_at=now).returning(client.c.row)
        place = self._unit.connection.execute(made).scalar_one()
        self._unit.connection.execute(
            plain_insert(client_body), {"id": identity, "content": stored(body)}
        )
        index_words(self._unit, "client_words", {place: _words(card)}, {})
        if draft_id is not None:
            self.drop_draft(draft_id)
        self._unit.touch(Subject.CLIENT, identity)
        return self.get(identity).row

    def update(self, identity: ClientId, card: ClientCard, body: JsonObject) -> ClientRow:
        """Replace what is known of a client; NotAllowed SC-STORE-024 when it is not here."""
        before = self.get(identity)
        self._change(identity, {**_columns(card), "changed_at": self._unit.now_text()})
        self._unit.connection.execute(
            update(client_body).where(client_body.c.id == identity).values(content=stored(body))
        )
        if _words(card) != _words(before.row.card):
            asked = select(client.c.row).where(client.c.id == identity)
            place = self._unit.connection.execute(asked).scalar_one()
            index_words(self._unit, "client_words", {}, {place: _words(card)})
        return self.get(identity).row

    def set_informed(self, identity: ClientId, *, informed: bool) -> None:
        """Keep whether the information duty is done, as the consent events say."""
        self._change(identity, {"informed": int(informed)})

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

    # --- what is being typed ------------------------------------------------------------------

    def save_draft(self, draft_id: str, typed: JsonObject) -> None:
        """Keep what is being typed of a new client, exactly as typed."""
        content = {"content": stored(typed), "changed_at": self._unit.now_text()}
        self._unit.connection.execute(
            insert(client_draft)
            .values(id=draft_id, **content)
            .on_conflict_do_update(index_elements=["id"], set_=content)
        )
        self._unit.touch(Subject.CLIENT_DRAFT, draft_id)

    def drafts(self) -> tuple[ClientDraft, ...]:
        """The clients that were being typed, the newest first."""
        return tuple(
            ClientDraft(line.id, read_back(line.content), from_text(line.changed_at))
            for line in self._unit.connection.execute(DRAFTS)
        )

    def drop_draft(self, draft_id: str) -> None:
        """Forget what was being typed; harmless when there is nothing."""
        self._unit.connection.execute(delete(client_draft).where(client_draft.c.id == draft_id))
        self._unit.touch(Subject.CLIENT_DRAFT, draft_id)

    def _change(self, identity: ClientId, columns: dict[str, str | int | None]) -> None:
        changed = self._unit.connection.execute(
            update(client).where(client.c.id == identity).values(**columns)
        )
        if changed.rowcount == 0:
            raise NotAllowed("SC-STORE-024")
        self._unit.touch(Subject.CLIENT, identity)

    def _narrowed(self, asked: Select[*Shown], wanted: ClientFilter) -> Select[*Shown] | None:
        return narrowed(self._unit, asked, client.c.row, wanted.text)


def _words(card: ClientCard) -> str:
    names = (card.given_name, card.surname, card.city, card.email)
    return client_words(names, (card.national_id, card.phone))


def _columns(card: ClientCard) -> dict[str, str | int | None]:
    return {
        "kind": card.kind.value,
        "given_name": card.given_name,
        "surname": card.surname,
        "name_key": order_key(f"{card.surname} {card.given_name}"),
        "national_id": card.national_id,
        "birth_date": None if card.birth_date is None else card.birth_date.isoformat(),
        "city": card.city,
        "phone": card.phone,
        "email": card.email,
    }


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
    )
