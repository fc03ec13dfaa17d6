"""Between a consent event and its line in the ledger.

Of an erased event the place in the chain is left: its hashes, and the digest of what was erased.
"""

from dataclasses import replace

from sqlalchemy import RowMapping

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    content_digest,
    content_of,
)
from smartclient.domain.ids import ClientId, EventId, InstallId


def erased_columns(event: ConsentEvent) -> dict[str, str | int | None]:
    """The line of an event after the erasure of its client; decision and instants name nobody."""
    said = replace(
        event.decision,
        client_id=ClientId(""),
        option_code="",
        text_version_id="",
        recorded_by="",
        device="",
        language="",
        proof="",
        supersedes=None,
    )
    return columns_of(replace(event, decision=said, salt="", digest=content_digest(event)))


def columns_of(event: ConsentEvent) -> dict[str, str | int | None]:
    """The line of an event."""
    return {
        **content_of(event),
        "supersedes": event.decision.supersedes,
        "clock_uncertain": int(event.decision.clock_uncertain),
        "install": event.install,
        "sequence": event.sequence,
        "id": event.id,
        "salt": event.salt,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
        "digest": event.digest,
        "received_at": "" if event.received_at is None else to_text(event.received_at),
    }


def event_of(line: RowMapping) -> ConsentEvent:
    """The event of a line."""
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
        clock_uncertain=bool(line["clock_uncertain"]),
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
        digest=line["digest"],
        received_at=from_text(line["received_at"]) if line["received_at"] else None,
    )
