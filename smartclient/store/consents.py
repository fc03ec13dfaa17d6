"""The ledger of consents and of the information duty: events are appended, never changed."""

import secrets
from dataclasses import replace

from sqlalchemy import RowMapping, insert, select

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    event_hash,
    is_informed,
)
from smartclient.domain.ids import ClientId, EventId, InstallId
from smartclient.store.changes import Subject
from smartclient.store.clients import Clients
from smartclient.store.schema import consent_event
from smartclient.store.unit_of_work import UnitOfWork

_SALT_BYTES = 16


class Consents:
    """The consent events of one transaction."""

    def __init__(self, unit: UnitOfWork, clients: Clients) -> None:
        self._unit = unit
        self._clients = clients

    def append(self, decision: ConsentDecision, install: InstallId) -> ConsentEvent:
        """Record a decision at the end of this install's chain.

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
        self._unit.connection.execute(insert(consent_event), _columns(event))
        informed = is_informed(self.of(decision.client_id))
        self._clients.set_informed(decision.client_id, informed=informed)
        self._unit.touch(Subject.CONSENT, decision.client_id)
        return event

    def of(self, client_id: ClientId) -> tuple[ConsentEvent, ...]:
        """The events of a client, in the order in which they were recorded."""
        asked = (
            select(consent_event)
            .where(consent_event.c.client_id == client_id)
            .order_by(consent_event.c.recorded_at, consent_event.c.sequence)
        )
        return tuple(_event(line) for line in self._unit.connection.execute(asked).mappings())

    def chain(self, install: InstallId) -> tuple[ConsentEvent, ...]:
        """The whole chain of an install, for `domain.consents.first_broken`."""
        asked = (
            select(consent_event)
            .where(consent_event.c.install == install)
            .order_by(consent_event.c.sequence)
        )
        return tuple(_event(line) for line in self._unit.connection.execute(asked).mappings())


def _to_the_millisecond(decision: ConsentDecision) -> ConsentDecision:
    return replace(decision, occurred_at=from_text(to_text(decision.occurred_at)))


def _columns(event: ConsentEvent) -> dict[str, str | int | None]:
    said = event.decision
    return {
        "install": event.install,
        "sequence": event.sequence,
        "id": event.id,
        "client_id": said.client_id,
        "option_code": said.option_code,
        "text_version_id": said.text_version_id,
        "decision": said.decision.value,
        "method": said.method.value,
        "occurred_at": to_text(said.occurred_at),
        "recorded_at": to_text(event.recorded_at),
        "recorded_by": said.recorded_by,
        "device": said.device,
        "language": said.language,
        "proof": said.proof,
        "supersedes": said.supersedes,
        "salt": event.salt,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def _event(line: RowMapping) -> ConsentEvent:
    decision = ConsentDecision(
        client_id=ClientId(line["client_id"]),
        option_code=line["option_code"],
        text_version_id=line["text_version_id"],
        decision=Decision(line["decision"]),
        method=Method(line["method"]),
        occurred_at=from_text(line["occurred_at"]),
        recorded_by=line["recorded_by"],
        device=line["device"],
        language=line["language"],
        proof=line["proof"],
        supersedes=None if line["supersedes"] is None else EventId(line["supersedes"]),
    )
    return ConsentEvent(
        id=EventId(line["id"]),
        decision=decision,
        recorded_at=from_text(line["recorded_at"]),
        install=InstallId(line["install"]),
        sequence=line["sequence"],
        salt=line["salt"],
        previous_hash=line["previous_hash"],
        hash=line["hash"],
    )
