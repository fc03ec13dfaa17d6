"""What an adviser does with clients, at random: fields, consents, files, merges, hiding, asking.

Few clients for three laptops, so that they meet in the same fields. Before an edit is committed it
is told which value it takes away: who typed over a value that they saw has decided.
"""

from collections.abc import Callable
from random import Random

from sqlalchemy import select

from development.soak.telling import say
from development.soak.words import event, is_word
from smartclient.domain.clock import SystemClock
from smartclient.domain.consents import ConsentDecision, Decision, Method
from smartclient.domain.errors import NotAllowed, Refused
from smartclient.domain.ids import ClientId, InstallId
from smartclient.store import schema
from smartclient.store.client_rows import ClientFilter, card_of
from smartclient.store.database import Database
from smartclient.store.merging import leaf_at, with_leaf
from smartclient.wire.messages import Json, JsonObject
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    EraseRequest,
    Purpose,
)

FIELDS = ("city", "street", "email", "phone", "surname", "national_id")
CLIENTS_AT_ONCE = 6
_OPTIONS = ("PROC", "MKT", "SMS")
_MANY = 100_000


class ClientWork:
    """One adviser's hands in the register of the office."""

    def __init__(
        self, database: Database, install: InstallId, random: Random, word: Callable[[], str]
    ) -> None:
        self._database = database
        self._install = install
        self._random = random
        self._word = word
        self._clock = SystemClock()

    def act(self) -> None:
        """One thing at random."""
        acts = (
            (4, self._create),
            (20, self._edit),
            (3, self._choose),
            (6, self._consent),
            (4, self._attach),
            (1, self._merge),
            (1, self._undo_a_merge),
            (1, self._hide),
            (0.3, self._ask_to_erase),
        )
        (chosen,) = self._random.choices([act for _, act in acts], [often for often, _ in acts])
        try:
            chosen()
        except (NotAllowed, Refused):
            return  # it became part of another one, or was hidden, in the moment before

    def _listed(self) -> list[ClientId]:
        with self._database.read() as tx:
            return sorted(row.id for row in tx.clients.page(ClientFilter(), 0, _MANY))

    def _one(self) -> ClientId | None:
        listed = self._listed()
        return self._random.choice(listed) if listed else None

    def _create(self) -> None:
        if len(self._listed()) >= CLIENTS_AT_ONCE:
            return
        word = self._word()
        body: JsonObject = {"kind": "person", "given_name": "Eva", "surname": word}
        with self._database.write() as tx:
            made = tx.clients.create(card_of(body), body)
        say(typed=word, about=[made.id])

    def _edit(self) -> None:
        client = self._one()
        if client is None:
            return
        name, word = self._random.choice(FIELDS), self._word()
        with self._database.write() as tx:
            body = tx.clients.get(client).body
            edited: JsonObject = {**body, name: word}
            tx.clients.update(client, card_of(edited), edited)
            _decided(body.get(name))
        say(typed=word, about=[client])

    def _choose(self) -> None:
        """Decide the oldest offer of a client."""
        client = self._one()
        if client is None:
            return
        with self._database.write() as tx:
            offers = tx.field_offers.of(client)
            if not offers:
                return
            body, offer = tx.clients.get(client).body, offers[0]
            if self._random.random() < 0.5:
                taken = with_leaf(body, offer.path, offer.other)
                tx.clients.update(client, card_of(taken), taken)
                _decided(leaf_at(body, offer.path))
            else:
                _decided(offer.other)
            tx.field_offers.close(client, offer)

    def _consent(self) -> None:
        client = self._one()
        if client is None:
            return
        decision = ConsentDecision(
            client_id=client,
            option_code=self._random.choice(_OPTIONS),
            text_version_id="1",
            decision=self._random.choice((Decision.GIVEN, Decision.WITHDRAWN)),
            method=Method.PAPER_SIGNED,
            occurred_at=self._clock.now(),
            recorded_by="Jana",
            device="soak",
            language="cs",
        )
        with self._database.write() as tx:
            written = tx.consents.append(decision, self._install)
        say(typed=event(written.id), about=[client])

    def _attach(self) -> None:
        client = self._one()
        if client is None:
            return
        size = self._random.choice((2_000, 30_000, 30_000, 400_000))
        content = self._random.randbytes(size)
        with self._database.write() as tx:
            op = tx.client_events.attach(
                Attachment(
                    client,
                    "scan.pdf",
                    "application/pdf",
                    size,
                    tx.blobs.put(content),
                    self._random.choice(list(Purpose)),
                    self._clock.now(),
                )
            )
        say(typed=event(op), about=[client])

    def _merge(self) -> None:
        listed = self._listed()
        if len(listed) > 1:
            self._merged(*self._random.sample(listed, 2), undo=False)

    def _undo_a_merge(self) -> None:
        with self._database.read() as tx:
            table = schema.client
            ids = sorted(tx.unit.connection.execute(select(table.c.id)).scalars())
            found = [tx.clients.find(ClientId(name)) for name in ids]
        parts = [(one.row.id, one.row.survivor) for one in found if one and one.row.survivor]
        if parts:
            loser, survivor = self._random.choice(parts)
            self._merged(loser, ClientId(survivor), undo=True)

    def _merged(self, loser: ClientId, survivor: ClientId, *, undo: bool) -> None:
        said = ClientMerge(loser, survivor, undo=undo, occurred_at=self._clock.now())
        with self._database.write() as tx:
            op = tx.client_events.merge(said)
        say(typed=event(op), about=[loser, survivor])

    def _hide(self) -> None:
        client = self._one()
        if client is None:
            return
        hidden = self._random.random() < 0.5
        with self._database.write() as tx:
            op = tx.client_events.hide(ClientHide(client, hidden, "", self._clock.now()))
        say(typed=event(op), about=[client])

    def _ask_to_erase(self) -> None:
        client = self._one()
        if client is None:
            return
        with self._database.write() as tx:
            request = EraseRequest(client, "asked", self._clock.now())
            op = tx.client_events.request_erasure(request)
        say(typed=event(op), about=[client])


def _decided(value: Json | object) -> None:
    """Somebody saw a value and took it away; said before the commit."""
    if is_word(value):
        say(over=str(value))
