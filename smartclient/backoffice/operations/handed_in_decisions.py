"""What was handed in for a lost scope: a person writes it into that scope, or refuses it, once.

Accepted, it goes the one way of every pushed line, with the right of the back office in the place
of the one that was lost: the same rules, receipts, judgements and places in the feed. The adviser
who lost the scope sees nothing of it; the others read it with their next synchronisation.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, Select, and_, insert, select, update

from smartclient.backoffice.operations import blobs, desk_acts
from smartclient.backoffice.operations.acceptance import Decision, decide
from smartclient.backoffice.operations.lines import Offered, read_line
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import ALL_CLASSES, Principal, Right
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.registers import handing_in
from smartclient.backoffice.operations.registers.client_events import Merges
from smartclient.backoffice.operations.scope_push import prepare
from smartclient.backoffice.operations.scope_records import (
    ScopeRecords,
    hold,
    read_body,
    write_all,
)
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import BadInput, NotAllowed, Refused
from smartclient.domain.ids import ClientId, HrNumber, InstallId, Op, PersonId, RecordId
from smartclient.wire import encoding
from smartclient.wire.kinds import KINDS, RecordKind, Write
from smartclient.wire.messages import Answer, Json, JsonObject, PushLine, PushResult


class Choice(StrEnum):
    """What a person said of an edit."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, with who made it and why."""

    decision: Choice
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that was handed in."""

    scope: str
    """In which it is kept, with its blobs."""
    record: RecordId
    op: Op
    meant_for: str
    kind: str
    install: InstallId
    received_at: datetime
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class Wish:
    """How an edit of a record that was changed since is to be written."""

    fields: tuple[str, ...] = ()
    """Only these fields of it, by their paths."""
    over: bool = False
    """Over what stands, as a whole."""


AS_IT_IS = Wish()


def edits(desk: Desk, *, waiting: bool = False) -> list[Edit]:
    """What was handed in, the oldest first; only what waits for a person where asked so."""
    table, decision = schema.handed_in, schema.handed_in_decision
    query = _query().order_by(table.c.received_at, table.c.scope, table.c.record)
    if waiting:
        query = query.where(decision.c.decision.is_(None))
    return [_edit(row) for row in desk.connection.execute(query).mappings()]


def find(desk: Desk, op: str) -> Edit:
    """An edit by its op; Refused SC-SERV-076 where nothing of that op was handed in."""
    row = desk.connection.execute(_query().where(schema.handed_in.c.op == op)).mappings().first()
    if row is None:
        raise Refused("SC-SERV-076")
    return _edit(row)


def differences(desk: Desk, line: PushLine) -> list[tuple[str, Json, Json]]:
    """Where the record that stands and the edit differ: path, what stands, what was handed in."""
    before = _unheld(desk, line)[1]
    if before is None or KINDS[line.kind].write is not Write.REPLACE:
        return []
    now, edit = dict(_leaves(read_body(desk, line.scope, line.id))), dict(_leaves(line.body))
    paths = sorted(now.keys() | edit.keys())
    return [
        (path, now.get(path), edit.get(path)) for path in paths if now.get(path) != edit.get(path)
    ]


def outlook(desk: Desk, line: PushLine) -> Decision:
    """What the scope would answer to the edit now; nothing is written."""
    records, _ = _unheld(desk, line)
    before, parent = records.get(line.id), records.get(RecordId(line.parent))
    merges = Merges(desk, records.scope)
    is_client = line.kind is RecordKind.CLIENT
    return decide(
        line,
        before,
        records.known_ops([(line.id, line.op)]).get(line.id, ()),
        survivor=(merges.survivor_of(ClientId(line.id)) or "") if is_client else "",
        parent_is_erased=parent is not None and parent.state is ServerState.ERASED,
    )


def accept(desk: Desk, op: str, by: str, reason: str, wish: Wish = AS_IT_IS) -> Edit:
    """Write the edit into the scope it was meant for.

    Raises Refused SC-SERV-076 (nothing of that op), NotAllowed SC-SERV-087 (decided before),
    SC-SERV-088 naming what the scope answers, SC-SERV-089 (the record was changed since, and
    nobody said how the two come together), BadInput SC-HELP-002 and SC-HELP-011 (who decides and
    why), SC-SYNC-010 (a field that the edit does not have).
    """
    edit, held = _undecided(desk, op)
    line = handing_in.find(desk, edit.op).line
    if line.scope not in held:
        raise NotAllowed("SC-SERV-088", answer=Answer.INVALID.value)
    for named in line.blobs:
        _copy_blob(desk, edit.scope, line.scope, named)
    principal = _writer(desk, edit, line)
    result = _pushed(held[line.scope], principal, line)
    if result.answer is Answer.STALE:
        result = _pushed(held[line.scope], principal, _brought_together(desk, line, wish))
    if result.answer is not Answer.OK:
        answer = " ".join(filter(None, (result.answer.value, result.code, result.survivor)))
        raise NotAllowed("SC-SERV-088", answer=answer)
    write_all(desk, held.values())
    return _decide(desk, edit, Choice.ACCEPTED, by, reason)


def refuse(desk: Desk, op: str, by: str, reason: str) -> Edit:
    """Leave the edit out for good; it stays among those that were decided until its period ends.

    Raises Refused SC-SERV-076, NotAllowed SC-SERV-087 (decided before), BadInput SC-HELP-002 and
    SC-HELP-011.
    """
    edit, _ = _undecided(desk, op)
    return _decide(desk, edit, Choice.REFUSED, by, reason)


def _undecided(desk: Desk, op: str) -> tuple[Edit, dict[str, ScopeRecords]]:
    """The edit with both of its scopes held: who decides at the same time comes afterwards."""
    kept = find(desk, op)
    held = hold(desk, {kept.scope, kept.meant_for})
    edit = find(desk, op)
    if edit.decided is not None:
        raise NotAllowed("SC-SERV-087", by=edit.decided.by)
    return edit, held


def _writer(desk: Desk, edit: Edit, line: PushLine) -> Principal:
    """Who wrote the edit, with the right that the back office lends for it."""
    table = schema.install
    query = select(table.c.person, table.c.scope, table.c.hr).where(table.c.id == edit.install)
    row = desk.connection.execute(query).one_or_none()
    person, own, hr = row or (PersonId(""), edit.scope, HrNumber(""))
    lent = Right(line.scope, ALL_CLASSES, may_write=True)
    return Principal(edit.install, person, own, hr, (lent,))


def _copy_blob(desk: Desk, kept_in: str, scope: str, named: str) -> None:
    """Bring a blob along; one that never came is missed by the record itself."""
    table = schema.blob
    there = select(table.c.sha256).where(table.c.scope == kept_in, table.c.sha256 == named)
    if kept_in != scope and (found := desk.connection.execute(there).scalar()):
        blobs.keep_own(desk, scope, blobs.read(desk, blobs.find_in_scope(desk, kept_in, found)))


def _pushed(records: ScopeRecords, principal: Principal, line: PushLine) -> PushResult:
    offered = read_line(line, doubtful=True)
    if not isinstance(offered, Offered):
        return offered
    scope = prepare(records, principal, [offered])
    result = scope.answer(offered)
    scope.finish()
    return result


def _brought_together(desk: Desk, line: PushLine, wish: Wish) -> PushLine:
    """A new edit of the record as it stands, with what was handed in as a person wished it.

    The op that was handed in is in its lineage, so that it stays known.
    """
    records, before = _unheld(desk, line)
    if before is None or not (wish.over or wish.fields):
        raise NotAllowed("SC-SERV-089")
    if wish.fields and not KINDS[line.kind].merges:
        raise NotAllowed("SC-SERV-089")
    body, stage = line.body, line.stage
    if wish.fields:
        body, stage = read_body(desk, line.scope, line.id), before.stage
        edit = dict(_leaves(line.body))
        for path in wish.fields:
            if path not in edit:
                raise BadInput("SC-SYNC-010", field="field", value=path[:40], rule="of the edit")
            body = _with_leaf(body, path, edit[path])
    return replace(
        line,
        op=Op(records.desk.ids.new()),
        lineage=(before.op, line.op),
        stage=stage,
        sha256=encoding.sha256(encoding.canonical(body)),
        blobs=tuple(dict.fromkeys((*before.blobs, *line.blobs))),
        body=body,
    )


def _unheld(desk: Desk, line: PushLine) -> tuple[ScopeRecords, RecordRow | None]:
    """The records of the scope for who only reads, with the one that stands there."""
    table = schema.scope
    query = select(table).where(table.c.scope == line.scope)
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        raise Refused("SC-SERV-011")
    key = desk.keys.of(line.scope, row.data_key)
    records = ScopeRecords(desk, line.scope, row.head, key, row.sealed_for)
    records.load([line.id, RecordId(line.parent)])
    found = records.get(line.id)
    stands = found is not None and found.state is not ServerState.ERASED
    return records, found if stands else None


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """The values of a body by their paths; a list is one value."""
    if not isinstance(value, dict):
        yield path, value
        return
    for name, inner in value.items():
        yield from _leaves(inner, f"{path}.{name}" if path else name)


def _with_leaf(body: JsonObject, path: str, value: Json) -> JsonObject:
    changed = deepcopy(body)
    *way, last = path.split(".")
    place: JsonObject = changed
    for name in way:
        inner = place.get(name)
        place[name] = inner = inner if isinstance(inner, dict) else {}
        place = inner
    place[last] = value
    return changed


def _decide(desk: Desk, edit: Edit, choice: Choice, by: str, reason: str) -> Edit:
    kept_reason, name = desk_acts.require_reason(reason), desk_acts.require_name(by)
    table = schema.handed_in
    desk.connection.execute(
        insert(schema.handed_in_decision),
        {
            "scope": edit.scope,
            "record": edit.record,
            "op": edit.op,
            "decision": choice.value,
            "decided_by": name,
            "reason": kept_reason,
            "decided_at": desk.now,
        },
    )
    of_it = (table.c.scope == edit.scope) & (table.c.record == edit.record)
    done = update(table).where(of_it, table.c.op == edit.op).values(done_at=desk.now)
    desk.connection.execute(done)
    desk_acts.note(desk, f"handed-in {choice.value}", edit.op, kept_reason)
    return replace(edit, decided=Decided(choice, name, kept_reason, desk.now))


def _query() -> Select[tuple[object, ...]]:
    table, decision = schema.handed_in, schema.handed_in_decision
    same = [decision.c[name] == table.c[name] for name in ("scope", "record", "op")]
    return (
        select(table.c.scope, table.c.record, table.c.op, table.c.meant_for, table.c.kind)
        .add_columns(table.c.install, table.c.received_at, decision.c.decision)
        .add_columns(decision.c.decided_by, decision.c.reason, decision.c.decided_at)
        .outerjoin(decision, and_(*same))
    )


def _edit(row: RowMapping) -> Edit:
    decided = None
    if row["decision"] is not None:
        choice = Choice(row["decision"])
        decided = Decided(choice, row["decided_by"], row["reason"], row["decided_at"])
    return Edit(
        scope=row["scope"],
        record=row["record"],
        op=row["op"],
        meant_for=row["meant_for"],
        kind=row["kind"],
        install=row["install"],
        received_at=row["received_at"],
        decided=decided,
    )
