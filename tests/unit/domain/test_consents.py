"""What consents and the information duty say: a function of the set of events, by receipt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    content_of,
    counts_at,
    event_hash,
    first_broken,
    is_informed,
    newest,
)
from smartclient.domain.ids import ClientId, EventId, InstallId

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
OPTION = "MKT"
HASH_BEFORE_CLOCKS = "4dc2de730627e3317760189536caf20e92a23018ab0dac87c825d0e63a42a0e2"
_RESTRICTIVE = [Decision.INFORMED, Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN]


def _event(
    decision: Decision,
    occurred: datetime,
    *,
    received: datetime | None = None,
    uncertain: bool = False,
    name: str = "1",
    option: str = OPTION,
) -> ConsentEvent:
    """Recorded at the same moment by the same clock as it occurred."""
    said = ConsentDecision(
        client_id=ClientId("client"),
        option_code=option,
        text_version_id="1",
        decision=decision,
        method=Method.PAPER_SIGNED,
        occurred_at=occurred,
        recorded_by="Jana",
        device="laptop",
        language="cs",
        clock_uncertain=uncertain,
    )
    return ConsentEvent(
        id=EventId(name),
        decision=said,
        recorded_at=occurred,
        install=InstallId("install"),
        sequence=1,
        salt="salt",
        previous_hash="",
        hash="",
        received_at=received,
    )


def _decided(*events: ConsentEvent) -> Decision | None:
    """What these decide, in whatever order they are given."""
    found = {newest(order, OPTION) for order in permutations(events)}
    assert len(found) == 1
    event = found.pop()
    return None if event is None else event.decision.decision


@st.composite
def _events(draw: st.DrawFn, *, may_be_uncertain: bool = True) -> list[ConsentEvent]:
    events = []
    for number in range(draw(st.integers(0, 7))):
        received = draw(st.none() | st.integers(0, 4))
        events.append(
            _event(
                draw(st.sampled_from(_RESTRICTIVE)),
                NOON + timedelta(minutes=draw(st.integers(-1, 6))),
                received=None if received is None else NOON + timedelta(minutes=received),
                uncertain=may_be_uncertain and draw(st.booleans()),
                name=str(number),
            )
        )
    return events


def test_that_a_decision_dated_after_its_receipt_counts_as_of_its_receipt() -> None:
    ahead = _event(Decision.GIVEN, NOON + YEAR, received=NOON)
    assert counts_at(ahead) == NOON
    assert counts_at(replace(ahead, received_at=NOON + 2 * YEAR)) == NOON + YEAR


def test_that_a_clock_that_runs_ahead_does_not_beat_a_later_withdrawal() -> None:
    given_ahead = _event(Decision.GIVEN, NOON + YEAR, received=NOON)
    hour = NOON + timedelta(hours=1)
    withdrawn = _event(Decision.WITHDRAWN, hour, received=hour, name="2")
    assert _decided(given_ahead, withdrawn) is Decision.WITHDRAWN


def test_that_a_clock_that_runs_ahead_takes_no_right_of_a_later_consent() -> None:
    withdrawn_ahead = _event(Decision.WITHDRAWN, NOON + YEAR, received=NOON)
    hour = NOON + timedelta(hours=1)
    given_later = _event(Decision.GIVEN, hour, received=hour, name="2")
    assert _decided(withdrawn_ahead, given_later) is Decision.GIVEN


def test_that_before_its_receipt_an_event_counts_by_the_laptops_own_word() -> None:
    recorded = _event(Decision.GIVEN, NOON)
    assert counts_at(recorded) == NOON
    predated = replace(recorded, recorded_at=NOON - YEAR)
    assert counts_at(predated) == NOON - YEAR


def test_that_in_a_tie_the_more_restrictive_decision_counts() -> None:
    same = [_event(each, NOON, name=each.value) for each in _RESTRICTIVE]
    assert _decided(*same) is Decision.WITHDRAWN
    assert _decided(*same[:3]) is Decision.REFUSED


def test_that_an_uncertain_clock_does_not_lift_a_withdrawal() -> None:
    withdrawn = _event(Decision.WITHDRAWN, NOON, received=NOON)
    later = NOON + timedelta(hours=1)
    lifted = _event(Decision.GIVEN, later, received=later, uncertain=True, name="2")
    assert _decided(withdrawn, lifted) is Decision.WITHDRAWN
    certain = replace(lifted, decision=replace(lifted.decision, clock_uncertain=False))
    assert _decided(withdrawn, certain) is Decision.GIVEN


def test_that_a_withdrawal_by_a_clock_that_is_behind_still_counts() -> None:
    given_before = _event(Decision.GIVEN, NOON, received=NOON)
    behind = _event(Decision.WITHDRAWN, NOON - YEAR, uncertain=True, name="2")
    assert _decided(given_before, behind) is Decision.WITHDRAWN
    received = replace(behind, received_at=NOON + timedelta(hours=1))
    assert _decided(given_before, received) is Decision.WITHDRAWN


def test_that_an_uncertain_withdrawal_gives_way_to_a_consent_after_its_receipt() -> None:
    withdrawn = _event(Decision.WITHDRAWN, NOON + YEAR, received=NOON, uncertain=True)
    hour = NOON + timedelta(hours=1)
    assert _decided(withdrawn, _event(Decision.GIVEN, hour, name="2")) is Decision.GIVEN
    assert _decided(withdrawn, _event(Decision.GIVEN, NOON, name="2")) is Decision.WITHDRAWN


def test_that_information_by_an_uncertain_clock_counts_where_nothing_speaks_against_it() -> None:
    informed = _event(Decision.INFORMED, NOON, uncertain=True, option="PROC")
    assert is_informed([informed])
    refused = _event(Decision.REFUSED, NOON - YEAR, option="PROC", name="2")
    assert not is_informed([informed, refused])


def test_that_nothing_decides_an_option_that_nobody_spoke_of() -> None:
    assert newest([_event(Decision.GIVEN, NOON)], "SMS") is None


@given(_events(), st.randoms(use_true_random=False))
def test_that_what_is_decided_depends_on_the_set(
    events: list[ConsentEvent], random: Random
) -> None:
    shuffled = [*events, *events]
    random.shuffle(shuffled)
    assert newest(shuffled, OPTION) == newest(events, OPTION)


@given(_events(may_be_uncertain=False))
def test_that_where_all_clocks_are_certain_the_latest_decides(events: list[ConsentEvent]) -> None:
    decisive = newest(events, OPTION)
    if decisive is not None:
        assert _strength(decisive) == max(_strength(event) for event in events)


@given(_events())
def test_that_doubt_about_a_clock_never_makes_the_decision_less_restrictive(
    events: list[ConsentEvent],
) -> None:
    """Whatever the instants really were that the doubted events do not know, up to receipt."""
    decisive = newest(events, OPTION)
    if decisive is None:
        return
    for moved in (timedelta(0), timedelta(days=-1), timedelta(minutes=-2)):
        certain = [_as_it_may_have_been(event, moved) for event in events]
        assert _rank(decisive) >= _rank_of(certain)


def _as_it_may_have_been(event: ConsentEvent, moved: timedelta) -> ConsentEvent:
    if not event.decision.clock_uncertain:
        return event
    really = (event.received_at or NOON + timedelta(days=1)) + moved
    said = replace(event.decision, occurred_at=really, clock_uncertain=False)
    return replace(event, decision=said, recorded_at=really)


def _rank(event: ConsentEvent) -> int:
    return _RESTRICTIVE.index(event.decision.decision)


def _rank_of(events: Sequence[ConsentEvent]) -> int:
    decisive = newest(events, OPTION)
    assert decisive is not None
    return _rank(decisive)


def _strength(event: ConsentEvent) -> tuple[datetime, int]:
    return counts_at(event), _rank(event)


def test_that_an_event_which_says_nothing_of_its_clock_keeps_its_hash() -> None:
    event = _event(Decision.GIVEN, NOON)
    assert "clock_uncertain" not in content_of(event)
    assert event_hash(event) == HASH_BEFORE_CLOCKS


@pytest.mark.parametrize("uncertain", [False, True])
def test_that_the_hash_covers_the_doubt_about_the_clock(uncertain: bool) -> None:
    event = _event(Decision.GIVEN, NOON, uncertain=uncertain)
    sealed = replace(event, hash=event_hash(event))
    assert first_broken([sealed]) is None
    other = replace(sealed.decision, clock_uncertain=not uncertain)
    assert first_broken([replace(sealed, decision=other)]) is not None


def test_that_the_receipt_is_no_part_of_what_the_hash_covers() -> None:
    event = _event(Decision.GIVEN, NOON)
    assert event_hash(replace(event, received_at=NOON)) == event_hash(event)
