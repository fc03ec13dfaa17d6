"""Consents and the information duty: append-only events, and the state that follows from them.

An event is chained to the event that the same install wrote before it. The hash covers the salted
content, so that content and salt can be erased later and the chain still verifies. Source: domain
facts 2.1 and 2.2, invariants 7 and 12 of the synchronisation.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from smartclient.domain.client_events import effective_at
from smartclient.domain.clock import to_text
from smartclient.domain.ids import ClientId, EventId, InstallId

INFORMATION_DUTY = "PROC"
"""The option that is no consent: the duty to inform, required before anything else."""


class Decision(StrEnum):
    """What the client decided, or that the client was informed."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INFORMED = "informed"


class Method(StrEnum):
    """How the decision reached us."""

    PAPER_SIGNED = "paper_signed"
    EMAIL_CLICK = "email_click"
    PAD_SIGNATURE = "pad_signature"
    MANUAL_OTHER_SYSTEM = "manual_other_system"
    MANUAL_PAPER = "manual_paper"
    MANUAL_SMS = "manual_sms"
    PHONE = "phone"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """What is recorded; `occurred_at` is when the client decided, `proof` names its evidence."""

    client_id: ClientId
    option_code: str
    text_version_id: str
    decision: Decision
    method: Method
    occurred_at: datetime
    recorded_by: str
    device: str
    language: str
    proof: str = ""
    supersedes: EventId | None = None
    clock_uncertain: bool = False
    """The laptop that recorded it could not vouch for its clock, so `occurred_at` orders nothing.

    Covered by the hash where it is true; what says nothing of it keeps the hash it had.
    """


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """A decision as it stands in the ledger of the install that wrote it."""

    id: EventId
    decision: ConsentDecision
    recorded_at: datetime
    install: InstallId
    sequence: int
    """1, 2, 3 … within the install."""
    salt: str
    previous_hash: str
    hash: str
    digest: str = ""
    """Stands for the salted content when that was erased."""
    received_at: datetime | None = None
    """When the server received it, None while it has not said so; no part of the content."""


def event_hash(event: ConsentEvent) -> str:
    """SHA-256 over the salted digest of the content and the hash of the event before it."""
    link = f"{event.id}|{event.install}|{event.sequence}|{content_digest(event)}"
    return hashlib.sha256(f"{link}|{event.previous_hash}".encode()).hexdigest()


def content_digest(event: ConsentEvent) -> str:
    """SHA-256 over salt and content; of an erased event the one that was kept."""
    if event.digest:
        return event.digest
    text = json.dumps(content_of(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((event.salt + text).encode()).hexdigest()


def content_of(event: ConsentEvent) -> dict[str, str | bool]:
    """What an event says, as its hash and its message write it."""
    said = event.decision
    content: dict[str, str | bool] = {
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
        "supersedes": said.supersedes or "",
    }
    return {**content, "clock_uncertain": True} if said.clock_uncertain else content


def first_broken(events: Sequence[ConsentEvent]) -> ConsentEvent | None:
    """The first event of one install's chain, in its order, that does not fit; None if all do."""
    previous = ""
    for place, event in enumerate(events, start=1):
        fits = event.sequence == place and event.previous_hash == previous
        if not fits or event.hash != event_hash(event):
            return event
        previous = event.hash
    return None


_RESTRICTIVE: Mapping[Decision, int] = MappingProxyType(
    {Decision.INFORMED: 0, Decision.GIVEN: 1, Decision.REFUSED: 2, Decision.WITHDRAWN: 3}
)


def counts_at(event: ConsentEvent) -> datetime:
    """The instant by which a decision counts: never later than its receipt.

    Until the server has said when it received the event, the laptop's own word stands for that.
    """
    return effective_at(event.decision.occurred_at, event.received_at or event.recorded_at)


def newest(events: Iterable[ConsentEvent], option_code: str) -> ConsentEvent | None:
    """The event that decides an option: the most restrictive of those that may be the latest.

    Where every clock is certain that is the latest one, in a tie the more restrictive. An event
    whose clock is uncertain happened at any instant up to its receipt: it takes no right of a more
    restrictive one, and gives way only to what certainly happened after its receipt. The order of
    arrival does not matter.
    """
    of_option = [event for event in events if event.decision.option_code == option_code]
    certain = [counts_at(event) for event in of_option if not event.decision.clock_uncertain]
    latest = max(certain, default=None)
    return max(
        (event for event in of_option if latest is None or _may_be_as_late_as(event, latest)),
        key=lambda event: (_RESTRICTIVE[event.decision.decision], counts_at(event), event.id),
        default=None,
    )


def _may_be_as_late_as(event: ConsentEvent, instant: datetime) -> bool:
    if not event.decision.clock_uncertain:
        return counts_at(event) >= instant
    return event.received_at is None or event.received_at >= instant


def is_informed(events: Iterable[ConsentEvent]) -> bool:
    """Whether the information duty is done, without which no offer may start."""
    decisive = newest(events, INFORMATION_DUTY)
    return decisive is not None and decisive.decision.decision in (
        Decision.INFORMED,
        Decision.GIVEN,
    )
