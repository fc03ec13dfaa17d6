"""Who asks: an install that showed a live token, and what its person may read and write now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from smartclient.domain.ids import HrNumber, InstallId, PersonId
from smartclient.wire.kinds import KINDS, Home, RecordClass, RecordKind

PORTAL = "portal"
"""The scope that everybody reads and only the back office writes."""
PERSON = "person:"
OFFICE = "office:"
"""How the names of the other scopes begin."""

ALL_CLASSES = frozenset(RecordClass)
GENERAL = frozenset({RecordClass.GENERAL})


def grant_text(classes: frozenset[RecordClass]) -> str:
    """What is read besides the general class, as "identity+medical"."""
    return "+".join(sorted(each.value for each in classes - GENERAL))


@dataclass(frozen=True, slots=True)
class Right:
    """What a person may do, or once might, with the records of a scope."""

    scope: str
    classes: frozenset[RecordClass]
    """With the general one, which every right holds."""
    may_write: bool


def right_of(scope: str, classes: str, *, may_write: bool) -> Right:
    """The right of `grant_text`; ValueError for a class that nobody knows."""
    named = frozenset(RecordClass(name) for name in classes.split("+") if name)
    return Right(scope, GENERAL | named, may_write)


@dataclass(frozen=True, slots=True)
class GivenRight:
    """A right as it was given; `until` is None while it has no end."""

    scope: str
    classes: str
    may_write: bool
    since: datetime
    until: datetime | None

    @property
    def right(self) -> Right:
        """What it allows, or allowed."""
        return right_of(self.scope, self.classes, may_write=self.may_write)


def live_and_past(
    given: Iterable[GivenRight], now: datetime
) -> tuple[tuple[Right, ...], tuple[Right, ...]]:
    """The rights that hold now, the office that was given first at their head; and the others."""
    in_order = sorted(given, key=lambda each: (not each.scope.startswith(OFFICE), each.since))
    live: dict[str, Right] = {}
    past: list[Right] = []
    for each in in_order:
        if each.until is not None and each.until <= now:
            past.append(each.right)
        else:
            live.setdefault(each.scope, each.right)
    return tuple(live.values()), tuple(past)


class Placing(Enum):
    """What becomes of a record that an install offers to a scope."""

    WRITTEN = auto()
    HANDED_IN = auto()
    """The right was lost: a person at the back office gets it."""
    REFUSED = auto()
    """There never was such a right; the answer tells nothing of the scope."""
    MISPLACED = auto()
    """Records of its kind live elsewhere."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An install with what it may do now.

    An install activated by an HR number alone belongs to a person of its own who is not proven, so
    its scope holds nothing that another install wrote; that is how it reads nothing earlier. More
    is read by the rights that the back office gave to the person.
    """

    install: InstallId
    person: PersonId
    scope: str
    """Where its new documents live: the scope that was made for the install, read in whole."""
    hr: HrNumber
    rights: tuple[Right, ...] = ()
    """Live rights to other scopes, one each, the office of new records first."""
    past: tuple[Right, ...] = ()
    """Rights that ended."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes it may read, its own one first."""
        return (self.scope, *(right.scope for right in self.rights), PORTAL)

    @property
    def ever(self) -> frozenset[str]:
        """The scopes of persons and offices that it may read, or might once."""
        return frozenset((self.scope, *(right.scope for right in (*self.rights, *self.past))))

    @property
    def lost(self) -> frozenset[str]:
        """The scopes that it might read once and may not now."""
        return self.ever - frozenset(self.scopes)

    @property
    def office(self) -> str:
        """Where its new records of the register live: its own scope while no office is proven."""
        offices = (r.scope for r in self.rights if r.may_write and r.scope.startswith(OFFICE))
        return next(offices, self.scope)

    def classes(self, scope: str) -> frozenset[RecordClass]:
        """The classes it reads of a scope; none of a scope it may not read."""
        if scope in (self.scope, PORTAL):
            return ALL_CLASSES
        right = self._right(scope)
        return right.classes if right else frozenset()

    def grant(self, scope: str) -> str:
        """The classes of the scope as the changes tell them.

        Empty also for its own scope and the portal: nothing is ever hidden there.
        """
        return "" if scope in (self.scope, PORTAL) else grant_text(self.classes(scope))

    def had(self, scope: str) -> bool:
        """Whether the scope may be read, or might be once."""
        return scope in self.scopes or any(right.scope == scope for right in self.past)

    def placing(self, scope: str, kind: RecordKind, record_class: RecordClass) -> Placing:
        """What becomes of a record of the kind and class for the scope."""
        if scope == self.scope:
            return Placing.WRITTEN
        if KINDS[kind].home is Home.PERSON and not scope.startswith(PERSON):
            return Placing.MISPLACED if self.had(scope) else Placing.REFUSED
        right = self._right(scope)
        if right and right.may_write and record_class in right.classes:
            return Placing.WRITTEN
        once = (r for r in self.past if r.scope == scope and r.may_write)
        had_it = any(record_class in right.classes for right in once)
        return Placing.HANDED_IN if had_it else Placing.REFUSED

    def blobs_into(self, scope: str) -> str | None:
        """Where blobs for records of the scope are kept; None where they may not be sent at all.

        What goes with an edit for a lost scope is kept in its own one, as the edit is.
        """
        right = self._right(scope)
        if scope == self.scope or (right is not None and right.may_write):
            return scope
        once = any(right.scope == scope and right.may_write for right in self.past)
        return self.scope if once else None

    def _right(self, scope: str) -> Right | None:
        return next((right for right in self.rights if right.scope == scope), None)
