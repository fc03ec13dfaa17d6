"""What a push offers and what its answers did; values only."""

from dataclasses import dataclass

from smartclient.domain.ids import RecordId, Sha256
from smartclient.wire.messages import PushLine


@dataclass(frozen=True, slots=True)
class Offer:
    """A line to push, and the length of its body in bytes."""

    line: PushLine
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What the answers to a push did."""

    accepted: int = 0
    conflicts: int = 0
    busy: int = 0
    parked: int = 0
    missing: frozenset[Sha256] = frozenset()
    stale: frozenset[RecordId] = frozenset()
    """Records of registers that are to be merged by field, or read again."""
    rebased: int = 0
    """Edits that went over to the client that theirs became part of."""
    erased: int = 0
    handed_in: int = 0
    """Of the accepted: given to a person at the back office, because the right was lost."""
    lost: frozenset[str] = frozenset()
    """The scopes of those: they are left as if the feed had said so."""
    unlike: frozenset[str] = frozenset()
    """The scopes, as lines name them, in which something stands otherwise here than it was
    accepted; what the feed shows of them must be read.
    """


def added(one: Taken, other: Taken) -> Taken:
    """What two groups of answers did together."""
    return Taken(
        accepted=one.accepted + other.accepted,
        conflicts=one.conflicts + other.conflicts,
        busy=one.busy + other.busy,
        parked=one.parked + other.parked,
        missing=one.missing | other.missing,
        stale=one.stale | other.stale,
        rebased=one.rebased + other.rebased,
        erased=one.erased + other.erased,
        handed_in=one.handed_in + other.handed_in,
        lost=one.lost | other.lost,
        unlike=one.unlike | other.unlike,
    )
