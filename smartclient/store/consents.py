"""The ledger of consents and of the information duty: events are appended, never changed."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.consents import ConsentDecision, ConsentEvent, event_hash
from smartclient.domain.ids import ClientId, EventId, InstallId, Op, RecordId
from smartclient.store.appends import Appended, Appends
from smartclient.store.changes import Subject
from smartclient.store.client_life import ClientLife
from smartclient.store.clients import Clients
from smartclient.store.consent_rows import columns_of, erased_columns, event_of
from smartclient.store.many import among, given
from smartclient.store.schema import consent_event
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import consent_from_json, consent_to_json

_SALT_BYTES = 16
_NEW = insert(consent_event)
_TAKE = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _NEW.excluded[column.name] for column in consent_event.columns},
)
"""An event of a scope that was left, and came back, is known by its place in the chain."""
_RECEIPTS = select(
    consent_event.c.id, consent_event.c.client_id, consent_event.c.received_at
).where(among(consent_event.c.id))
_RECEIVED = (
    update(consent_event)
    .where(consent_event.c.id == bindparam("event"))
    .values(received_at=bindparam("at"), clock_uncertain=bindparam("uncertain"))
)


class Consents:
    """The consent events of one transaction."""

    def __init__(
        self, unit: UnitOfWork, clients: Clients, life: ClientLife, appends: Appends
    ) -> None:
        self._unit = unit
        self._clients = clients
        self._life = life
        self._appends = appends

    def append(self, decision: ConsentDecision, install: InstallId) -> ConsentEvent:
        """Record a decision at the end of this install's chain; it is sent before all else.

        The client's row keeps whether the information duty is done. Raises NotAllowed SC-STORE-024
        for an unknown client.
        """
        last = self._unit.connection.execute(
            select(consent_event.c.sequence, consent_event.c.hash)
            .where(consent_event.c.install == install)
            .order_by(consent_event.c.sequence.desc())
            .limit(1)
        ).first()
        sequence, previous = (0, "") if last is None else (int(last.sequence), str(last.hash))
        event = ConsentEvent(
            id=EventId(self._unit.ids.new()),
            decision=_to_the_millisecond(decision),
            recorded_at=from_text(self._unit.now_text()),
            install=install,
            sequence=sequence + 1,
            salt=secrets.token_hex(_SALT_BYTES),
            previous_hash=previous,
            hash="",
        )
        event = replace(event, hash=event_hash(event))
        self._clients.get(decision.client_id)
        self._appends.write([_to_be_sent(event)])
        self.take([event])
        return event

    def take(self, events: Sequence[ConsentEvent]) -> None:
        """Enter events of any install in the ledger; the clients stand as these say."""
        self._unit.connection.execute(_TAKE, [columns_of(each) for each in events])
        self._stand({each.decision.client_id for each in events})

    def received(self, told: Mapping[RecordId, str]) -> None:
        """The server says when it received these events; the clients stand as follows from that.

        Whether a clock was uncertain is read again from what the event says: the program that took
        it may have been too old to know.
        """
        found = self._unit.connection.execute(_RECEIPTS, given(told)).all()
        news = [line for line in found if line.received_at != told[line.id]]
        if news:
            said = [
                {"event": line.id, "at": told[line.id], "uncertain": self._is_uncertain(line.id)}
                for line in news
            ]
            self._unit.connection.execute(_RECEIVED, said)
            self._stand({ClientId(line.client_id) for line in news})

    def _is_uncertain(self, event: str) -> int:
        kept = self._appends.find(event)
        return int(kept is not None and consent_from_json(kept.body).decision.clock_uncertain)

    def erase(self, identities: Sequence[str]) -> None:
        """Erase what these events, and those of these clients, say.

        Their places stay, so that the chains still verify (invariant 12).
        """
        of_them = consent_event.c.client_id.in_(identities) | consent_event.c.id.in_(identities)
        asked = select(consent_event).where(of_them)
        for line in self._unit.connection.execute(asked).mappings().all():
            nothing = erased_columns(event_of(line))
            of_it = consent_event.c.id == line["id"]
            self._unit.connection.execute(update(consent_event).where(of_it).values(nothing))

    def of(self, client_id: ClientId) -> tuple[ConsentEvent, ...]:
        """The events of a client, in the order in which they were recorded."""
        asked = (
            select(consent_event)
            .where(consent_event.c.client_id == client_id)
            .order_by(consent_event.c.recorded_at, consent_event.c.sequence)
        )
        return tuple(event_of(line) for line in self._unit.connection.execute(asked).mappings())

    def chain(self, install: InstallId) -> tuple[ConsentEvent, ...]:
        """The whole chain of an install, for `domain.consents.first_broken`."""
        asked = (
            select(consent_event)
            .where(consent_event.c.install == install)
            .order_by(consent_event.c.sequence)
        )
        return tuple(event_of(line) for line in self._unit.connection.execute(asked).mappings())

    def _stand(self, clients: Collection[ClientId]) -> None:
        self._life.follow(clients)
        for client_id in clients:
            self._unit.touch(Subject.CONSENT, client_id)


def _to_the_millisecond(decision: ConsentDecision) -> ConsentDecision:
    return replace(decision, occurred_at=from_text(to_text(decision.occurred_at)))


def _to_be_sent(event: ConsentEvent) -> Appended:
    return Appended(
        Op(event.id),
        RecordKind.CONSENT_EVENT,
        event.decision.client_id,
        consent_to_json(event),
        event.recorded_at,
    )
