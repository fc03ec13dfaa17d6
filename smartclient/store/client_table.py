"""The list table of clients, their bodies and words, as the other repositories of the store write
them; many by one statement, because a pull brings them by the hundred.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, bindparam, delete, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.ids import ClientId
from smartclient.store.bodies import stored
from smartclient.store.changes import Subject
from smartclient.store.client_rows import Aside, ClientCard
from smartclient.store.folding import order_key
from smartclient.store.full_text import client_words, index_words
from smartclient.store.schema import client, client_body
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import JsonObject

Columns = dict[str, str | int | None]
_LINES = select(client).where(client.c.id.in_(bindparam("ids", expanding=True)))
_NEWEST_ROW = select(func.max(client.c.row))
_NEW_LINE = insert(client)
_KEPT = ("row", "id", "informed", "aside", "survivor")
"""What a new body does not change."""
_WRITE_LINE = _NEW_LINE.on_conflict_do_update(
    index_elements=["id"],
    set_={
        column.name: _NEW_LINE.excluded[column.name]
        for column in client.columns
        if column.name not in _KEPT
    },
)
_NEW_BODY = insert(client_body)
_WRITE_BODY = _NEW_BODY.on_conflict_do_update(
    index_elements=["id"], set_={"content": _NEW_BODY.excluded.content}
)
_STAND = (
    update(client)
    .where(client.c.id == bindparam("of_client"))
    .values({name: bindparam(f"now_{name}") for name in ("informed", "aside", "survivor")})
)


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """What follows for a client from the events of its life."""

    informed: bool = False
    aside: Aside = Aside.IN_THE_LIST
    survivor: ClientId | None = None
    """The client that it became part of."""


class ClientTable:
    """The lines and bodies of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def lines(self, identities: Iterable[str]) -> Mapping[str, RowMapping]:
        """The lines of those clients that are here."""
        found = self._unit.connection.execute(_LINES, {"ids": list(identities)})
        return {line["id"]: line for line in found.mappings()}

    def write(self, changed: Mapping[ClientId, tuple[ClientCard, JsonObject]]) -> None:
        """Write bodies with their lines and words, new or in place of the old ones."""
        known = self.lines(changed)
        following = (self._unit.connection.execute(_NEWEST_ROW).scalar() or 0) + 1
        lines: list[Columns] = []
        new: dict[int, str] = {}
        reworded: dict[int, str] = {}
        for identity, (card, body) in changed.items():
            before = known.get(identity)
            if before is None:
                place, following = following, following + 1
                new[place] = _words(card)
            else:
                place = before["row"]
                if _words(card) != _words_of(before):
                    reworded[place] = _words(card)
            lines.append({"row": place, "id": identity, **_columns(card), **self._instants(body)})
        bodies = [{"id": name, "content": stored(body)} for name, (_, body) in changed.items()]
        fresh = {"informed": 0, "aside": Aside.IN_THE_LIST.value, "survivor": None}
        self._unit.connection.execute(_WRITE_LINE, [{**line, **fresh} for line in lines])
        self._unit.connection.execute(_WRITE_BODY, bodies)
        index_words(self._unit, "client_words", new, reworded)
        for identity in changed:
            self._unit.touch(Subject.CLIENT, identity)

    def stand(self, changed: Mapping[str, ClientStanding]) -> None:
        """Say how clients stand; bodies stay."""
        columns: Sequence[Columns] = [
            {
                "of_client": identity,
                "now_informed": int(standing.informed),
                "now_aside": standing.aside.value,
                "now_survivor": standing.survivor,
            }
            for identity, standing in changed.items()
        ]
        if columns:
            self._unit.connection.execute(_STAND, columns)
        for identity in changed:
            self._unit.touch(Subject.CLIENT, identity)

    def drop(self, identities: Sequence[str]) -> None:
        """Forget these clients, their words included."""
        places = [{"row": line["row"]} for line in self.lines(identities).values()]
        if places:
            self._unit.connection.execute(sql("DELETE FROM client_words WHERE rowid=:row"), places)
        self._unit.connection.execute(delete(client).where(client.c.id.in_(identities)))
        self._unit.connection.execute(delete(client_body).where(client_body.c.id.in_(identities)))
        for identity in identities:
            self._unit.touch(Subject.CLIENT, identity)

    def _instants(self, body: JsonObject) -> Columns:
        now = self._unit.now_text()
        return {name: _instant(body.get(name), now) for name in ("created_at", "changed_at")}


def standing_of(line: RowMapping) -> ClientStanding:
    """How the client of a line stands."""
    survivor = line["survivor"]
    return ClientStanding(
        bool(line["informed"]),
        Aside(line["aside"]),
        None if survivor is None else ClientId(survivor),
    )


def _instant(said: object, otherwise: str) -> str:
    try:
        return to_text(from_text(said)) if isinstance(said, str) else otherwise
    except (ValueError, OverflowError):
        return otherwise


def _words(card: ClientCard) -> str:
    names = (card.given_name, card.surname, card.city, card.email)
    return client_words(names, (card.national_id, card.phone))


def _words_of(line: RowMapping) -> str:
    names = (line["given_name"], line["surname"], line["city"], line["email"])
    return client_words(names, (line["national_id"], line["phone"]))


def _columns(card: ClientCard) -> Columns:
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
