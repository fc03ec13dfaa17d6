"""Rules 1, 2, 6 and the epoch, asked of the real application on each kind of database."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations.alarms import Alarm
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import IdSource, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import (
    Answer,
    Json,
    Problem,
    PushRequest,
    RecordKind,
    lines_of,
    mapping,
)
from tests.simulators.adviser import Adviser, results_of, sha_of
from tests.simulators.inprocess import InProcessServer, json_request


def _alarms(server: InProcessServer) -> list[str]:
    with server.office.reading() as desk:
        return list(desk.connection.execute(select(schema.alarm.c.kind)).scalars())


def test_that_a_new_document_is_accepted_as_version_one(adviser: Adviser) -> None:
    result = adviser.push_one(adviser.offer().line())
    assert (result.answer, result.version) == (Answer.OK, 1)


def test_that_an_edit_standing_on_the_current_op_is_the_next_version(adviser: Adviser) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    adviser.edit(draft, note="changed")
    result = adviser.push_one(draft.line())
    assert (result.answer, result.version) == (Answer.OK, 2)
    assert adviser.body_of(draft.id)["note"] == "changed"


def test_that_an_edit_not_standing_on_the_current_op_is_stale(adviser: Adviser) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    blind = replace(draft.line(), op=Op(adviser.ids.new()), lineage=())
    assert adviser.push_one(blind).answer is Answer.STALE
    assert adviser.body_of(draft.id) == draft.body


def test_that_a_repeated_op_is_ok_with_its_version_whatever_came_later(adviser: Adviser) -> None:
    draft = adviser.offer()
    first = draft.line()
    adviser.push_ok(draft)
    adviser.edit(draft)
    adviser.push_ok(draft)
    again = adviser.push_one(first)
    assert (again.answer, again.version) == (Answer.OK, 1)


def test_that_lineage_ops_of_an_accepted_write_become_known(adviser: Adviser) -> None:
    """The reply to the first edit was lost and the second edit overtook it."""
    draft = adviser.offer()
    overtaken = draft.line()
    adviser.edit(draft)
    adviser.push_ok(draft)
    late = adviser.push_one(overtaken)
    assert (late.answer, late.version) == (Answer.OK, 1)
    assert adviser.body_of(draft.id) == draft.body


def test_that_one_op_with_two_contents_is_refused_and_alarmed(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    draft.body = {**draft.body, "note": "same op, other content"}
    result = adviser.push_one(draft.line())
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-021")
    assert _alarms(server) == [Alarm.OP_REUSED]


def test_that_an_older_epoch_changes_nothing(adviser: Adviser, server: InProcessServer) -> None:
    draft = adviser.offer()
    reply = adviser.send("/v1/push", PushRequest(server.epoch + 1, (draft.line(),)).to_json())
    problem = Problem.from_json(encoding.parse(reply.body))
    assert (reply.status, problem.code) == (409, "SC-SERV-009")
    assert problem.values["epoch"] == str(server.epoch)
    assert adviser.changes(0).rows[-1].kind is RecordKind.NUMBER_LEASE


def test_that_a_record_waits_for_its_blobs_and_missing_is_not_remembered(
    adviser: Adviser,
) -> None:
    content = b"a page that was scanned"
    draft = adviser.offer()
    draft.blobs = (sha_of(content),)
    result = adviser.push_one(draft.line())
    assert (result.answer, result.missing) == (Answer.MISSING, draft.blobs)
    adviser.send_blobs(content)
    assert adviser.push_one(draft.line()).answer is Answer.OK


def test_that_one_bad_line_never_refuses_its_neighbours(adviser: Adviser) -> None:
    good, other = adviser.offer(number="7200000001"), adviser.offer(number="7200000002")
    lines: list[Json] = [
        good.line().to_json(),
        {"id": good.id, "op": 7},
        "nonsense",
        other.line().to_json(),
    ]
    reply = adviser.send("/v1/push", {"epoch": adviser.epoch, "lines": lines})
    results = results_of(reply)
    answers = [result.answer for result in results]
    assert answers == [Answer.OK, Answer.INVALID, Answer.INVALID, Answer.OK]
    assert [result.code for result in results[1:3]] == ["SC-SYNC-010", "SC-SYNC-010"]
    assert (results[1].id, results[1].op) == (good.id, "")


def test_that_a_body_must_match_its_digest(adviser: Adviser) -> None:
    line = replace(adviser.offer().line(), sha256=Sha256("0" * 64))
    result = adviser.push_one(line)
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-022")


def test_that_half_of_a_surrogate_pair_parks_only_its_own_line(adviser: Adviser) -> None:
    good, bad = adviser.offer(), adviser.offer().line().to_json()
    body = b'"body":{"typed":"\\ud800"}'
    bad["body"] = "HERE"
    request = json_request(
        "/v1/push",
        {"epoch": adviser.epoch, "lines": [bad, good.line().to_json()]},
        adviser.headers,
    )
    broken = replace(request, body=request.body.replace(b'"body":"HERE"', body))
    answers = [result.answer for result in results_of(adviser.server.send(broken))]
    assert answers == [Answer.INVALID, Answer.OK]


@pytest.mark.parametrize("kind", [RecordKind.DOCUMENT_STATUS, RecordKind.NUMBER_LEASE])
def test_that_records_of_the_server_cannot_be_pushed(adviser: Adviser, kind: RecordKind) -> None:
    result = adviser.push_one(replace(adviser.offer().line(), kind=kind))
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-020")


def test_that_a_record_keeps_its_kind(adviser: Adviser) -> None:
    lease = next(row for row in adviser.pull() if row.kind is RecordKind.NUMBER_LEASE)
    line = replace(adviser.offer().line(), id=lease.id, lineage=(lease.op,))
    result = adviser.push_one(line)
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-023")


def test_that_two_edits_of_one_record_in_one_push_follow_each_other(adviser: Adviser) -> None:
    draft = adviser.offer()
    first = draft.line()
    adviser.edit(draft, note="second")
    results = adviser.push(first, draft.line())
    assert [(result.answer, result.version) for result in results] == [
        (Answer.OK, 1),
        (Answer.OK, 2),
    ]
    assert adviser.body_of(draft.id)["note"] == "second"


def test_that_answers_come_in_the_order_of_the_lines(adviser: Adviser) -> None:
    drafts = [adviser.offer(number="") for _ in range(5)]
    results = adviser.push(*(draft.line() for draft in drafts))
    assert [result.id for result in results] == [draft.id for draft in drafts]
    assert len(lines_of(results)) == 5


@pytest.mark.parametrize(
    "stage", [Stage.DRAFT, Stage.WAITING, Stage.COMPLETE, Stage.CANCELLED], ids=str
)
def test_that_every_stage_is_backed_up(adviser: Adviser, stage: Stage) -> None:
    draft = adviser.offer(stage)
    adviser.push_ok(draft)
    row = next(row for row in adviser.pull() if row.id == draft.id)
    assert (row.stage, row.state) == (stage, ServerState.OPEN)


def test_that_a_strange_body_is_backed_up_as_it_is(adviser: Adviser) -> None:
    draft = adviser.offer()
    draft.body = {"number": 7, "document_kind": ["x"], "unknown": {"kept": None}}
    adviser.push_ok(draft)
    assert adviser.body_of(draft.id) == draft.body


def test_that_a_document_of_a_blocked_partner_is_still_backed_up(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    with server.office.writing() as desk:
        desk.connection.execute(schema.partner.update().values(blocked=True))
    adviser.edit(draft)
    adviser.push_ok(draft)
    server.judge()
    status = next(row for row in adviser.pull() if row.kind is RecordKind.DOCUMENT_STATUS)
    verdict = mapping(adviser.body_of(RecordId(status.id))["verdict"])
    assert (verdict["exportable"], verdict["code"]) == (False, "SC-SERV-031")
