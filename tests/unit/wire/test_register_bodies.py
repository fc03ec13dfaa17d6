"""The bodies of appended records: what is written is read again, what does not fit is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    event_hash,
)
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import ClientId, EventId, InstallId, Sha256
from smartclient.wire.kinds import RecordClass
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    ContactLine,
    EraseRequest,
    Purpose,
    consent_from_json,
    consent_to_json,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE = ClientId("00000000-0000-4000-8000-000000000001")
OTHER = ClientId("00000000-0000-4000-8000-000000000002")


def _consent() -> ConsentEvent:
    said = ConsentDecision(
        ONE, "SMS", "v1", Decision.GIVEN, Method.PAPER_SIGNED, NOON, "Jana", "laptop", "cs"
    )
    event = ConsentEvent(EventId(OTHER), said, NOON, InstallId(ONE), 1, "salt", "", "")
    return replace(event, hash=event_hash(event))


def test_that_every_body_is_read_as_it_was_written() -> None:
    merge = ClientMerge(ONE, OTHER, False, NOON)
    hide = ClientHide(ONE, True, "doubled", NOON)
    request = EraseRequest(ONE, "asked by letter", NOON)
    card = Attachment(ONE, "card.jpg", "image/jpeg", 5, Sha256("a" * 64), Purpose.IDENTITY, NOON)
    line = ContactLine(ONE, NOON, "consent.given", {"option": "SMS"})
    assert ClientMerge.from_json(merge.to_json()) == merge
    assert ClientHide.from_json(hide.to_json()) == hide
    assert EraseRequest.from_json(request.to_json()) == request
    assert Attachment.from_json(card.to_json()) == card
    assert ContactLine.from_json(line.to_json()) == line


def test_that_a_consent_event_keeps_its_place_and_its_hash() -> None:
    event = _consent()
    read = consent_from_json(consent_to_json(event))
    assert read == event
    assert event_hash(read) == event.hash


def test_that_doubt_about_a_clock_travels_and_its_absence_says_nothing() -> None:
    event = _consent()
    assert "clock_uncertain" not in consent_to_json(event)
    doubted = replace(event, decision=replace(event.decision, clock_uncertain=True))
    assert consent_to_json(doubted)["clock_uncertain"] is True
    assert consent_from_json(consent_to_json(doubted)) == doubted
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        consent_from_json({**consent_to_json(event), "clock_uncertain": "yes"})


def test_that_the_purpose_decides_the_class() -> None:
    card = Attachment(ONE, "x", "image/jpeg", 5, Sha256("a" * 64), Purpose.MEDICAL, NOON)
    assert card.record_class is RecordClass.MEDICAL
    assert replace(card, purpose=Purpose.OTHER).record_class is RecordClass.GENERAL


def test_that_a_client_is_not_merged_with_itself() -> None:
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        ClientMerge.from_json(ClientMerge(ONE, ONE, False, NOON).to_json())


@pytest.mark.parametrize("said", ["yesterday", "2026-11-21T10:00:00", "9999-12-31T23:59:59-23:00"])
def test_that_a_strange_instant_is_refused(said: str) -> None:
    body = {**ClientHide(ONE, True, "", NOON).to_json(), "occurred_at": said}
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        ClientHide.from_json(body)
