"""Documents signed on paper: expected with the verdict, told to the laptop, arrived once."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.operations.judgements_due import due
from smartclient.backoffice.operations.paper import Arrival, arrived
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.domain.document_life import Marks, ServerState, Stage
from smartclient.domain.ids import IdSource, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.store.document_lines import marks_after
from smartclient.wire.messages import JsonObject, RecordKind
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

NUMBER = "7200000001"
DAY = date(2026, 11, 21)


def _judge(case: Case) -> Verdict:
    return Verdict(
        case.body["note"] != "incomplete", on_paper=case.body["note"] != "signed digitally"
    )


@pytest.fixture
def server(
    clock: SetClock, ids: IdSource, database: str, tmp_path: Path
) -> Iterator[InProcessServer]:
    """A back office whose judge goes by a note in the body."""
    with InProcessServer(clock, ids, folder=tmp_path, database=database, judge=_judge) as office:
        yield office


def _arrived(server: InProcessServer, number: str = NUMBER) -> Arrival:
    with server.office.writing() as desk:
        return arrived(desk, number)


def _judged(adviser: Adviser, draft: Draft) -> JsonObject:
    adviser.push_ok(draft)
    adviser.server.judge()
    return _status(adviser, draft)


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def test_that_paper_is_expected_of_a_complete_document_until_it_arrives(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(note="")
    expected = _judged(adviser, draft)
    assert (expected["paper"], expected["paper_arrived_at"]) == ("expected", "")
    assert marks_after(Marks(), expected).paper_expected
    clock.pass_time(minutes=5)
    assert _arrived(server) is Arrival.ARRIVED
    told = _status(adviser, draft)
    assert (told["paper"], told["paper_arrived_at"]) == ("arrived", "2026-11-21T09:05:00.000Z")
    assert not marks_after(marks_after(Marks(), expected), told).paper_expected


def test_that_paper_arrives_after_the_lock_as_well_and_once(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = adviser.offer(note="")
    adviser.push_ok(draft)
    clock.set(cutoff(DAY) + timedelta(hours=40))
    adviser.headers = server.bearer(adviser.installed)
    server.export()
    assert _status(adviser, draft)["paper"] == "expected"
    assert _arrived(server) is Arrival.ARRIVED
    head = adviser.changes(0).rows[-1].seq
    assert _arrived(server) is Arrival.ARRIVED
    assert adviser.changes(0).rows[-1].seq == head
    server.answer()
    told = _status(adviser, draft)
    assert (told["paper"], told["core"]) == ("arrived", "accepted")
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert row.state is ServerState.LOCKED


def test_that_an_edit_expects_a_new_sheet_and_a_draft_none(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer(note="")
    _judged(adviser, draft)
    _arrived(server)
    adviser.edit(draft, note="edited")
    assert _judged(adviser, draft)["paper"] == "expected"
    adviser.edit(draft, Stage.DRAFT)
    assert _judged(adviser, draft)["paper"] == ""


def test_that_a_document_judged_again_keeps_its_sheet(
    adviser: Adviser, server: InProcessServer
) -> None:
    draft = adviser.offer(note="")
    _judged(adviser, draft)
    _arrived(server)
    with server.office.writing() as desk:
        due(hold_one(desk, adviser.scope), [draft.id])
    server.judge()
    assert _status(adviser, draft)["paper"] == "arrived"


@pytest.mark.parametrize("note", ["incomplete", "signed digitally"])
def test_that_no_paper_is_expected_of_others(
    adviser: Adviser, server: InProcessServer, note: str
) -> None:
    assert _judged(adviser, adviser.offer(note=note))["paper"] == ""
    assert _arrived(server) is Arrival.NOT_EXPECTED


def test_that_an_unknown_number_and_a_doubled_one_are_told_apart(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    assert _arrived(server, "7200009999") is Arrival.UNKNOWN
    assert _arrived(server, "") is Arrival.UNKNOWN
    drafts = [adviser.offer(note=""), Adviser(server, ids).offer(note="")]
    _judged(adviser, drafts[0])
    other = Adviser(server, ids)
    _judged(other, drafts[1])
    assert _arrived(server) is Arrival.DOUBLED
    assert {_status(adviser, drafts[0])["paper"], _status(other, drafts[1])["paper"]} == {
        "expected"
    }
    other.edit(drafts[1], Stage.CANCELLED)
    _judged(other, drafts[1])
    assert _arrived(server) is Arrival.ARRIVED
    assert _status(adviser, drafts[0])["paper"] == "arrived"
