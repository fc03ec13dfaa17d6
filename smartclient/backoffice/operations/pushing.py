"""A push: each line judged alone, what is accepted written at once (rules 1, 2, 6).

The lines may be of several scopes. The rows of all of them are taken first, in the order of their
names, so that two pushes never wait for each other; then each scope answers for its own lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from smartclient.backoffice.operations import blobs, number_leases
from smartclient.backoffice.operations.epoch import require_epoch
from smartclient.backoffice.operations.lines import Offered, invalid, read_line
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.own_places import own_places
from smartclient.backoffice.operations.principals import Placing, Principal
from smartclient.backoffice.operations.registers import handing_in, lost_homes
from smartclient.backoffice.operations.scope_push import ScopePush, prepare
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold, write_all
from smartclient.domain.errors import Refused
from smartclient.domain.ids import RecordId, Sha256
from smartclient.wire.messages import Answer, PushLine, PushRequest, PushResult, UnreadableLine
from smartclient.wire.places import Range


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with the scope that it is written into, or that it was once allowed for."""

    offered: Offered
    scope: str
    handed_in: bool = False
    offered_to: str = ""
    """The scope that the line names, where it belongs to a lost one all the same."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a push is answered."""

    results: list[PushResult]
    """One for each line, in their order."""
    own: dict[str, tuple[Range, ...]]
    """The places in the feed of each scope where these lines stand, as they were answered."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A push as far as it can be judged without the records: no transaction is needed for it."""

    epoch: int
    lines: list[_Placed | PushResult]


def judged(principal: Principal, request: PushRequest, *, doubtful: bool = True) -> Judged:
    """The lines with their places, or their refusals.

    Digests are checked and bodies packed here, so that a writer who keeps others waiting begins
    when that is done. `doubtful` is False where it is known that no float is in the request and
    nothing in it is nested too deep: then its bodies are written faster.
    """
    lines = [_place(principal, line, doubtful=doubtful) for line in request.lines]
    return Judged(request.epoch, lines)


def take(desk: Desk, principal: Principal, judged: Judged) -> Answers:
    """Answer each line in order; what is accepted counts once the transaction is committed.

    Raises Refused SC-SERV-009 for an older epoch: then nothing was written.
    """
    require_epoch(desk.connection, judged.epoch)
    lines = _at_home(desk, principal, judged.lines)
    placed = [each for each in lines if isinstance(each, _Placed)]
    held = _hold(desk, principal, placed)
    scopes = _prepare(held, principal, placed)
    blobs_handed_in = _blobs_handed_in(desk, principal, placed)
    to_ask = [replace(each.offered.line, scope=each.scope) for each in placed if each.handed_in]
    erased = handing_in.erased(desk, to_ask)
    results: list[PushResult] = []
    to_hand_in: list[PushLine] = []
    for each in lines:
        if isinstance(each, PushResult):
            results.append(each)
        elif each.handed_in and each.offered.line.op in erased:
            results.append(PushResult(each.offered.line.id, each.offered.line.op, Answer.ERASED))
        elif each.handed_in:
            results.append(_answer_handed_in(each, blobs_handed_in, to_hand_in))
        else:
            results.append(scopes[each.scope].answer(each.offered))
    own = held[principal.scope]
    _bring_blobs(own, [each for each in placed if each.offered_to], to_hand_in)
    handing_in.hand_in(own, principal.install, handing_in.unknown(desk, to_hand_in))
    numbers = [number for scope in scopes.values() for number in scope.numbers]
    number_leases.note_used(own, numbers, principal.install, principal.hr)
    for scope in scopes.values():
        scope.finish()
    write_all(desk, held.values())
    return Answers(results, _own(held, zip(lines, results, strict=True)))


def _own(
    held: Mapping[str, ScopeRecords], answers: Iterable[tuple[_Placed | PushResult, PushResult]]
) -> dict[str, tuple[Range, ...]]:
    """Where the lines stand in the feeds of their scopes."""
    answered: dict[str, dict[RecordId, tuple[PushLine, PushResult]]] = {}
    for each, result in answers:
        if isinstance(each, _Placed) and not each.handed_in:
            line = each.offered.line
            answered.setdefault(each.scope, {})[line.id] = (line, result)
    own = {scope: own_places(held[scope], of) for scope, of in answered.items()}
    return {scope: ranges for scope, ranges in own.items() if ranges}


def _place(
    principal: Principal, line: PushLine | UnreadableLine, *, doubtful: bool
) -> _Placed | PushResult:
    """Where a line goes, or its refusal; an empty scope is the install's own one."""
    offered = read_line(line, doubtful=doubtful)
    if isinstance(offered, PushResult):
        return offered
    line = offered.line
    scope = line.scope or principal.scope
    match principal.placing(scope, line.kind, line.record_class):
        case Placing.WRITTEN:
            return _Placed(offered, scope)
        case Placing.HANDED_IN:
            return _Placed(offered, scope, handed_in=True)
        case Placing.MISPLACED:
            return invalid(line, "SC-SERV-071")
        case Placing.REFUSED:
            return invalid(line, "SC-SERV-070")


def _at_home(
    desk: Desk, principal: Principal, lines: Sequence[_Placed | PushResult]
) -> list[_Placed | PushResult]:
    """The lines, those of an old disk that belong to a lost scope with that one."""
    written = [each for each in lines if isinstance(each, _Placed) and not each.handed_in]
    homes = lost_homes.of_lines(
        desk, principal, [(each.offered.line, each.scope) for each in written]
    )
    if not any(homes):
        return list(lines)
    moved = {
        id(each): _Placed(each.offered, home, handed_in=True, offered_to=each.scope)
        for each, home in zip(written, homes, strict=True)
        if home
    }
    return [moved.get(id(each), each) for each in lines]


def _hold(desk: Desk, principal: Principal, placed: Sequence[_Placed]) -> dict[str, ScopeRecords]:
    """Take the rows of the scopes that are written; numbers are leased in the own one.

    Those of lost scopes as well: an erasure there comes before the edits that are handed in, and
    they are answered `erased`, or after them, and takes them along.
    """
    wanted = {principal.scope, *(each.scope for each in placed)}
    held = hold(desk, wanted)
    if held.keys() != wanted:
        raise Refused("SC-SERV-011")
    return held


def _prepare(
    held: Mapping[str, ScopeRecords], principal: Principal, placed: Sequence[_Placed]
) -> dict[str, ScopePush]:
    by_scope: dict[str, list[Offered]] = {}
    for each in placed:
        if not each.handed_in:
            by_scope.setdefault(each.scope, []).append(each.offered)
    return {scope: prepare(held[scope], principal, offered) for scope, offered in by_scope.items()}


def _blobs_handed_in(
    desk: Desk, principal: Principal, placed: Sequence[_Placed]
) -> frozenset[Sha256]:
    """Which blobs of the lines that are handed in are there, where this install sent them."""
    wanted: dict[str, set[Sha256]] = {}
    for each in placed:
        if each.handed_in and each.offered.line.blobs:
            into = each.offered_to or principal.blobs_into(each.scope)
            places = {principal.scope, into or principal.scope}
            for place in places:
                wanted.setdefault(place, set()).update(each.offered.line.blobs)
    found = (blobs.there(desk, principal, scope, names) for scope, names in wanted.items())
    return frozenset().union(*found)


def _answer_handed_in(
    placed: _Placed, there: frozenset[Sha256], to_hand_in: list[PushLine]
) -> PushResult:
    line = placed.offered.line
    missing = tuple(sha256 for sha256 in line.blobs if sha256 not in there)
    if missing:
        return PushResult(line.id, line.op, Answer.MISSING, missing=missing)
    to_hand_in.append(replace(line, scope=placed.scope))
    alone = bool(placed.offered_to)
    return PushResult(line.id, line.op, Answer.OK, handed_in=True, alone=alone)


def _bring_blobs(
    own: ScopeRecords, placed: Sequence[_Placed], to_hand_in: Sequence[PushLine]
) -> None:
    """What is handed in is kept in the writer's own scope, and so are its blobs."""
    kept = {line.op for line in to_hand_in}
    for each in placed:
        line = each.offered.line
        wanted = line.blobs if line.op in kept and each.offered_to != own.scope else ()
        for named in wanted:
            with suppress(Refused):  # then it is in the own one already
                found = blobs.find_in_scope(own.desk, each.offered_to, named)
                blobs.keep_own(own.desk, own.scope, blobs.read(own.desk, found))
