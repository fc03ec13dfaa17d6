"""Decisions of clients for tests."""

from datetime import UTC, datetime

from smartclient.domain.consents import INFORMATION_DUTY, ConsentDecision, Decision, Method
from smartclient.domain.ids import ClientId


def told(
    client_id: ClientId,
    decision: Decision = Decision.INFORMED,
    at: datetime = datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
    option: str = INFORMATION_DUTY,
) -> ConsentDecision:
    """A decision as an adviser records it; the information duty unless said otherwise."""
    return ConsentDecision(
        client_id=client_id,
        option_code=option,
        text_version_id="PROC-cs-1",
        decision=decision,
        method=Method.MANUAL_PAPER,
        occurred_at=at,
        recorded_by="adviser-1",
        device="laptop",
        language="cs",
    )
