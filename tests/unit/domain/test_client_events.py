"""Merged and hidden clients: a function of the set of events, whatever their order."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.client_events import (
    HideEvent,
    MergeEvent,
    effective_at,
    is_hidden,
    survivors,
)
from smartclient.domain.ids import ClientId, EventId

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
A, B, C = ClientId("a"), ClientId("b"), ClientId("c")


def _merge(
    loser: ClientId, survivor: ClientId, minute: int, name: str = "1", *, undo: bool = False
) -> MergeEvent:
    return MergeEvent(EventId(name), loser, survivor, undo, NOON + timedelta(minutes=minute))


@st.composite
def _merges(draw: st.DrawFn) -> list[MergeEvent]:
    pairs = st.permutations([A, B, C, ClientId("d")])
    events = []
    for number in range(draw(st.integers(0, 8))):
        loser, survivor, *_ = draw(pairs)
        minute, undo = draw(st.integers(0, 3)), draw(st.booleans())
        events.append(_merge(loser, survivor, minute, str(number), undo=undo))
    return events


def test_that_a_merged_client_names_its_last_survivor() -> None:
    assert survivors([_merge(A, B, 1), _merge(B, C, 2, "2")]) == {A: C, B: C}


def test_that_undo_gives_a_client_back() -> None:
    assert survivors([_merge(A, B, 1), _merge(A, B, 2, "2", undo=True)]) == {}


def test_that_undo_wins_in_a_tie() -> None:
    assert survivors([_merge(A, B, 1, "9"), _merge(A, B, 1, "2", undo=True)]) == {}


def test_that_two_opposite_merges_leave_the_survivor_of_the_later() -> None:
    assert survivors([_merge(A, B, 1), _merge(B, A, 2, "2")]) == {B: A}


@given(_merges(), st.randoms(use_true_random=False))
def test_that_merges_depend_on_their_set_and_always_end(
    events: list[MergeEvent], random: Random
) -> None:
    found = survivors(events)
    shuffled = [*events, *events]
    random.shuffle(shuffled)
    assert survivors(shuffled) == found
    assert not set(found.values()) & found.keys()


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=6), st.permutations(range(6)))
def test_that_hiding_depends_on_the_set(said: list[tuple[int, bool]], order: list[int]) -> None:
    events = [
        HideEvent(EventId(str(number)), A, hidden, NOON + timedelta(minutes=minute))
        for number, (minute, hidden) in enumerate(said)
    ]
    shuffled = [events[place] for place in order if place < len(events)]
    assert is_hidden(shuffled) == is_hidden(events)
    latest = max((event.at for event in events), default=NOON)
    assert is_hidden(events) == any(event.hidden for event in events if event.at == latest)


def test_that_a_clock_ahead_wins_nothing() -> None:
    assert effective_at(NOON + timedelta(days=1), NOON) == NOON
    assert effective_at(NOON - timedelta(days=1), NOON) == NOON - timedelta(days=1)


def test_that_an_instant_counts_to_the_millisecond_as_it_is_stored() -> None:
    fine = NOON + timedelta(microseconds=7_890)
    assert effective_at(fine, NOON + timedelta(days=1)) == NOON + timedelta(milliseconds=7)
