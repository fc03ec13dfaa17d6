"""Lines of a push that belong to a scope whose right was lost, although another one is named.

An image of a disk from before a client's first push does not know where the client went. Once the
right to that scope is lost, it offers the client, and what hangs on it, to a scope that may still
be written. Such lines go the way of lines for a lost scope: a person decides. Scopes that the
writer never had are not looked at, so that the answer tells nothing of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import PORTAL, Placing, Principal
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.wire.kinds import KINDS, Home, RecordClass, Write
from smartclient.wire.messages import PushLine, RecordKind

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Standing:
    """A record as it stands in one scope."""

    is_erased: bool
    is_readable: bool


_Standings = dict[str, dict[str, _Standing]]
"""By record, then by scope."""


def of_lines(
    desk: Desk, principal: Principal, lines: Sequence[tuple[PushLine, str]]
) -> tuple[str, ...]:
    """For each line, with the scope that it is offered to, the lost scope that it belongs to.

    Empty for one that stays. A writer who lost no scope costs no query. The scopes are not held
    yet: two first pushes of one record in the same moment are not told from each other.
    """
    lost = _lost(principal)
    asked = {name for line, _ in lines for name in (line.id, *_names(line))} if lost else set()
    if not any(_names(line) for line, _ in lines) or not asked:
        return ("",) * len(lines)
    found = _standings(desk, principal, lost, {scope for _, scope in lines}, asked)
    belong: dict[str, str] = {}
    homes = [""] * len(lines)
    while True:  # what hangs on something that comes with the same push goes where that goes
        moved = False
        for place, (line, scope) in enumerate(lines):
            if not homes[place] and (home := _home(principal, line, scope, found, belong)):
                homes[place] = home
                belong.setdefault(line.id, home)
                moved = True
        if not moved:
            return tuple(homes)


def _lost(principal: Principal) -> frozenset[str]:
    """The scopes for which something of this writer would be handed in."""
    once = {right.scope for right in principal.past if right.may_write} - {principal.scope}
    return frozenset(
        scope
        for scope in once
        if any(
            principal.placing(scope, RecordKind.CLIENT, each) is Placing.HANDED_IN
            for each in RecordClass
        )
    )


def _names(line: PushLine) -> tuple[str, ...]:
    """The records whose place decides of the line, the first that stands anywhere."""
    rule = KINDS[line.kind]
    if rule.home is Home.OFFICE:
        return (line.id,)
    if rule.home is not Home.PARENT or not line.parent:
        return ()
    # An append is where its parent is; itself it may stand anywhere.
    return (line.parent,) if rule.write is Write.APPEND else (line.id, line.parent)


def _home(
    principal: Principal,
    line: PushLine,
    scope: str,
    found: _Standings,
    belong: Mapping[str, str],
) -> str:
    if scope in found.get(line.id, {}):
        return ""
    for name in _names(line):
        places = found.get(name, {})
        if scope in places or any(_is_shown(each) for each in places.values()):
            return ""
        options = sorted((each.is_erased, where) for where, each in places.items())
        for where in (*(where for _, where in options), belong.get(name, "")):
            if where and _is_handed_in(principal, line, where):
                return where
    return ""


def _is_shown(standing: _Standing) -> bool:
    return standing.is_readable and not standing.is_erased


def _is_handed_in(principal: Principal, line: PushLine, scope: str) -> bool:
    return principal.placing(scope, line.kind, line.record_class) is Placing.HANDED_IN


def _standings(
    desk: Desk,
    principal: Principal,
    lost: frozenset[str],
    offered_to: Iterable[str],
    asked: Iterable[str],
) -> _Standings:
    """Where these records stand, as far as the writer may know or might once."""
    record, kept = schema.record, schema.handed_in
    scopes = sorted({*lost, *offered_to, *principal.scopes} - {PORTAL})
    ids, found = sorted(asked), _Standings()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        # What was handed in before belongs there as well, whether or not it was taken in.
        before = select(kept.c.record, kept.c.meant_for).where(
            kept.c.scope == principal.scope,
            kept.c.record.in_(some),
            kept.c.meant_for.in_(sorted(lost)),
        )
        for name, scope in desk.connection.execute(before).all():
            found.setdefault(name, {})[scope] = _Standing(is_erased=False, is_readable=False)
        stands = select(record.c.id, record.c.scope, record.c.state, record.c.record_class).where(
            record.c.scope.in_(scopes), record.c.id.in_(some)
        )
        for row in desk.connection.execute(stands):
            found.setdefault(row.id, {})[row.scope] = _Standing(
                is_erased=row.state == ServerState.ERASED,
                is_readable=row.record_class in principal.classes(row.scope),
            )
    return found
