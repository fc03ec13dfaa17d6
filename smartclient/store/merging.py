"""The three-way merge of two edits of one register record, leaf by leaf; a pure function.

A leaf is whatever is no JSON object, an absent one included; it is named by its path (RFC 6901
without the leading slash). An edit of different leaves survives whole. Of the same leaf the
server's is shown and the other is offered until someone chooses; so nothing is ever lost
(invariant 8). Without a base nobody can tell who changed what: then whatever differs is offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import Json, JsonObject


class Absent(Enum):
    """What stands at a path where a body has nothing."""

    ABSENT = auto()


ABSENT: Final = Absent.ABSENT
Leaf = Json | Absent


@dataclass(frozen=True, slots=True)
class FieldRules:
    """What holds for some leaves of a kind of records."""

    identity: frozenset[str] = frozenset()
    """Never merged silently: who a person is, is not put together from two halves."""
    latest: frozenset[str] = frozenset()
    """Instants of which the later one is taken; they say nothing that could be lost."""


IDENTITY: Final = frozenset({"national_id", "title", "given_name", "surname", "birth_date"})
INSTANTS: Final = frozenset({"created_at", "changed_at"})
TYPED_HERE: Final = FieldRules(latest=INSTANTS)
"""An edit that was typed while another one came: whoever typed has the client before them."""
_PLAIN: Final = TYPED_HERE
_OF_KIND: Mapping[RecordKind, FieldRules] = MappingProxyType(
    {RecordKind.CLIENT: FieldRules(IDENTITY, INSTANTS)}
)


def rules_of(kind: RecordKind) -> FieldRules:
    """The rules of a kind of records."""
    return _OF_KIND.get(kind, _PLAIN)


@dataclass(frozen=True, slots=True)
class Clash:
    """A leaf that both edits changed: what is shown, and what is offered beside it."""

    path: str
    shown: Leaf
    other: Leaf


@dataclass(frozen=True, slots=True)
class Merged:
    """The body after a merge, and the leaves at which someone must choose."""

    body: JsonObject
    clashes: tuple[Clash, ...] = ()


def merged(
    base: JsonObject | None, mine: JsonObject, theirs: JsonObject, rules: FieldRules
) -> Merged:
    """The edit `mine` of `base` brought onto the server's body `theirs`.

    `base` is what both stand on, None when that is not known.
    """
    clashes: list[Clash] = []
    body: JsonObject = {}
    known = _Known(rules, clashes, has_base=base is not None)
    _merge_objects(known, "", (base or {}, mine, theirs), body)
    return Merged(body, tuple(clashes))


@dataclass(frozen=True, slots=True)
class _Known:
    rules: FieldRules
    clashes: list[Clash]
    has_base: bool


def _merge_objects(
    known: _Known,
    above: str,
    objects: tuple[JsonObject, JsonObject, JsonObject],
    into: JsonObject,
) -> None:
    base, mine, theirs = objects
    for name in [*theirs, *(name for name in mine if name not in theirs)]:
        path = f"{above}{_escaped(name)}"
        was, ours, other = (each.get(name, ABSENT) for each in (base, mine, theirs))
        if isinstance(ours, dict) and isinstance(other, dict):
            below: JsonObject = {}
            inside = was if isinstance(was, dict) else {}
            _merge_objects(known, f"{path}/", (inside, ours, other), below)
            into[name] = below
            continue
        taken = _leaf(known, path, was, ours, other)
        if not isinstance(taken, Absent):
            into[name] = taken


def _leaf(known: _Known, path: str, was: Leaf, mine: Leaf, theirs: Leaf) -> Leaf:
    """What is to stand at one leaf; a clash is noted."""
    if same(mine, theirs):
        return theirs
    if path in known.rules.latest:
        return _later(mine, theirs)
    if not known.has_base:
        return _without_base(known, path, mine, theirs)
    if same(mine, was):
        return theirs
    if same(theirs, was) and path not in known.rules.identity:
        return mine
    known.clashes.append(Clash(path, theirs, mine))
    return theirs


def _without_base(known: _Known, path: str, mine: Leaf, theirs: Leaf) -> Leaf:
    """Nobody can tell which of the two is the older; an empty one loses nothing."""
    if _is_empty(theirs) and path not in known.rules.identity:
        return mine
    if not _is_empty(mine):
        known.clashes.append(Clash(path, theirs, mine))
    return theirs


def _is_empty(leaf: Leaf) -> bool:
    return isinstance(leaf, Absent) or leaf is None or leaf in ("", [], {})


def _later(mine: Leaf, theirs: Leaf) -> Leaf:
    """The later of two instants of the same form; what is none gives way."""
    if not isinstance(mine, str):
        return theirs
    if not isinstance(theirs, str):
        return mine
    return max(mine, theirs)


def same(one: Leaf, other: Leaf) -> bool:
    """Whether two leaves are the same JSON: `true` is not 1."""
    if isinstance(one, Absent) or isinstance(other, Absent):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(first, second) for first, second in pairs)
    return type(one) is type(other) and one == other


def leaf_at(body: JsonObject, path: str) -> Leaf:
    """What stands at a path."""
    found: Leaf = body
    for name in _names(path):
        found = found.get(name, ABSENT) if isinstance(found, dict) else ABSENT
    return found


def with_leaf(body: JsonObject, path: str, value: Leaf) -> JsonObject:
    """The body with another value at a path, or with nothing there."""
    name, *below = _names(path)
    changed = dict(body)
    if below:
        inside = changed.get(name)
        deeper = "/".join(_escaped(each) for each in below)
        value = with_leaf(inside if isinstance(inside, dict) else {}, deeper, value)
    if isinstance(value, Absent):
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _names(path: str) -> list[str]:
    return [name.replace("~1", "/").replace("~0", "~") for name in path.split("/")]
