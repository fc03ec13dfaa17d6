"""Ranges of places: the same places whatever their order, and how far is read without a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.wire import places
from smartclient.wire.places import MAX_RANGES, Range, joined, reached
from smartclient.wire.values import Json

RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def _places(ranges: list[Range] | tuple[Range, ...]) -> set[int]:
    return {place for after, last in ranges for place in range(after + 1, last + 1)}


@given(RANGES)
def test_that_joined_ranges_hold_the_same_places_in_order_with_gaps_between(
    ranges: list[Range],
) -> None:
    one = joined(ranges)
    assert _places(one) == _places(ranges)
    ends = [end for each in one for end in each]
    assert ends == sorted(set(ends))


@given(st.integers(0, 30), RANGES)
def test_that_who_read_some_and_these_ranges_reached_the_first_gap(
    seq: int, ranges: list[Range]
) -> None:
    known = set(range(1, seq + 1)) | _places(ranges)
    gap = next(place for place in range(1, 99) if place not in known)
    assert reached(seq, joined(ranges)) == max(seq, gap - 1)


def test_that_ranges_are_read_as_they_were_written() -> None:
    told = {"person:a": ((0, 3), (5, 6)), "office:b": ()}
    assert places.from_json({"own": places.to_json(told)}, "own", 2) == told
    assert places.from_json({}, "own", 2) == {}


@pytest.mark.parametrize(
    "said", [[], {"a": 1}, {"a": [[1]]}, {"a": [[1, -1]]}, {"a": [[0, 1]] * (MAX_RANGES + 1)}]
)
def test_that_what_is_no_range_is_refused(said: Json) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        places.from_json({"own": said}, "own", 1)


def test_that_more_scopes_than_there_can_be_are_refused() -> None:
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        places.from_json({"own": {"a": [], "b": []}}, "own", 1)
