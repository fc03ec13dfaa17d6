"""Ranges of places in the feed of a scope, as a push tells them and a pull passes them over.

A range (`after`, `last`) holds the places behind `after` up to `last`, that one included. A server
answers a push with the ranges in which nothing stands but the lines of that push as they were
answered; a laptop that took the answers has read these ranges, as if the feed had shown them.
"""

from collections.abc import Iterable, Mapping, Sequence

from smartclient.wire.values import Json, bad_field, listed, mapping, whole

Range = tuple[int, int]
MAX_RANGES = 64
"""Of one scope in one message. What is not named is read: that costs time and nothing else."""


def joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same places in their order, what touches made one, what is empty left out."""
    found: list[Range] = []
    for after, last in sorted(ranges):
        if last <= after:
            continue
        if found and after <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((after, last))
    return tuple(found)


def reached(seq: int, ranges: Sequence[Range]) -> int:
    """How far who has read up to `seq`, and these joined ranges, has read without a gap."""
    return max((seq, *(last for after, last in ranges if after <= seq)))


def to_json(ranges: Mapping[str, Sequence[Range]]) -> dict[str, Json]:
    """Ranges by scope."""
    return {scope: [list(each) for each in of] for scope, of in ranges.items()}


def from_json(source: Mapping[str, Json], name: str, scopes: int) -> dict[str, tuple[Range, ...]]:
    """The optional field of `to_json`; BadInput SC-SYNC-010 for more than `scopes` scopes."""
    said = mapping(source.get(name, {}), name)
    if len(said) > scopes:
        raise bad_field(name, len(said), f"at most {scopes} scopes")
    return {scope: listed(said, scope, _range, MAX_RANGES) for scope in said}


def listed_ranges(value: Json) -> tuple[Range, ...]:
    """The ranges of one scope; BadInput SC-SYNC-010."""
    return listed({"ranges": value}, "ranges", _range, MAX_RANGES)


def _range(value: Json) -> Range:
    if not isinstance(value, list) or len(value) != 2:
        raise bad_field("range", type(value).__name__, "two places")
    ends = {"after": value[0], "last": value[1]}
    return whole(ends, "after"), whole(ends, "last")
