"""Change requests: exportable on the newest revision only, and what the core's yes makes of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.contract_requests import stand_on_contract
from smartclient.backoffice.operations.contracts import Registered, RegisterEntry
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import HrNumber, IdSource, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire.messages import Json, JsonObject, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.contracts import NUMBER, entry, request, settings
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
EMAIL: Json = {
    "path": "contact.email",
    "old": "petr.novak@example.com",
    "new": "novak@example.com",
}


@pytest.fixture(autouse=True)
def _registered(server: InProcessServer) -> None:
    """The contract is in the register."""
    _import(server, entry())


def _import(server: InProcessServer, *entries: RegisterEntry) -> None:
    with server.office.writing() as desk:
        for each in entries:
            contracts.save(desk, each)


def _contract(server: InProcessServer, revision: int | None = None) -> Registered:
    with server.office.reading() as desk:
        found = contracts.find(desk, NUMBER, revision)
    assert found is not None
    return found


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def _verdict(adviser: Adviser, draft: Draft) -> JsonObject:
    return mapping(_status(adviser, draft)["verdict"])


def _code(adviser: Adviser, draft: Draft) -> Json:
    adviser.push_ok(draft)
    adviser.server.judge()
    verdict = _verdict(adviser, draft)
    assert verdict["exportable"] is (verdict["code"] == "")
    return verdict["code"]


def _evening(adviser: Adviser, clock: SetClock, days: int = 0) -> None:
    clock.set(cutoff(DAY + timedelta(days=days)) + timedelta(minutes=1))
    adviser.headers = adviser.server.bearer(adviser.installed)
    adviser.server.export()


def test_that_a_request_on_the_newest_revision_of_the_own_partner_is_exportable(
    adviser: Adviser,
) -> None:
    assert _code(adviser, request(adviser, [EMAIL])) == ""


def test_that_a_request_on_no_contract_of_the_own_partner_is_not_exportable(
    adviser: Adviser, server: InProcessServer
) -> None:
    _import(server, entry(NUMBER, HrNumber("90055555")))
    assert _code(adviser, request(adviser, [EMAIL])) == "SC-SERV-036"


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "7200000017",
        {},
        {"number": "7200000099", "revision": 1, "tariff_version": 2},
        {"number": "6200000017", "revision": 1, "tariff_version": 2},
        {"number": NUMBER, "revision": "1", "tariff_version": 2},
    ],
)
def test_that_a_request_that_names_no_contract_of_the_register_is_not_exportable(
    adviser: Adviser, reference: Json
) -> None:
    assert _code(adviser, request(adviser, [EMAIL], contract=reference)) == "SC-SERV-036"


def test_that_a_request_on_other_settings_is_not_exportable(adviser: Adviser) -> None:
    other = settings(contact={"email": "somebody@example.com"})
    assert _code(adviser, request(adviser, [EMAIL], baseline=other)) == "SC-SERV-038"
    assert _code(adviser, request(adviser, [EMAIL], baseline=None)) == "SC-SERV-038"


@pytest.mark.parametrize(("revision", "tariff"), [(2, 2), (1, 1)])
def test_that_a_request_on_a_revision_or_tariff_that_never_was_is_not_exportable(
    adviser: Adviser, revision: int, tariff: int
) -> None:
    reference: Json = {"number": NUMBER, "revision": revision, "tariff_version": tariff}
    assert _code(adviser, request(adviser, [EMAIL], contract=reference)) == "SC-SERV-038"


def test_that_a_request_priced_by_another_tariff_is_not_exportable(adviser: Adviser) -> None:
    assert _code(adviser, request(adviser, [EMAIL], tariff_version=1)) == "SC-SERV-038"


def test_that_a_newer_revision_has_its_requests_judged_again_before_the_export(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = request(adviser, [EMAIL])
    assert _code(adviser, draft) == ""
    _import(server, entry(contact={"email": "third@example.com"}))
    _evening(adviser, clock)
    assert _verdict(adviser, draft)["code"] == "SC-SERV-037"
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert row.state is ServerState.OPEN


def test_that_nothing_that_waits_to_be_judged_again_is_sealed(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    """An import in the very moment between the last judgement and the seal."""
    draft = request(adviser, [EMAIL])
    adviser.push_ok(draft)
    clock.set(cutoff(DAY) + timedelta(minutes=1))
    adviser.headers = server.bearer(adviser.installed)
    day = server.begin_export()
    assert day is not None
    _import(server, entry(contact={"email": "third@example.com"}))
    while server.exporter.advance(day):
        pass
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert row.state is ServerState.OPEN


def test_that_an_accepted_request_changes_the_register_once_and_keeps_what_was(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = request(adviser, [EMAIL])
    adviser.push_ok(draft)
    _evening(adviser, clock)
    assert _contract(server).contract.revision == 1
    server.answer()
    server.answer()
    now = _contract(server).contract
    assert now.revision == 2
    assert now.settings["contact"] == {"email": "novak@example.com"}
    assert now.settings["premium"] == {"payable": "1300", "frequency": "12"}
    assert _contract(server, 1).contract.settings == settings()
    with server.office.reading() as desk:
        table = schema.contract_revision
        query = select(table.c.source, table.c.document, table.c.op).order_by(table.c.revision)
        made = [tuple(row) for row in desk.connection.execute(query)]
    assert made == [("import", "", ""), ("request", draft.id, draft.op)]
    assert _status(adviser, draft)["core"] == "accepted"


def test_that_an_answer_taken_again_after_a_crash_changes_the_register_once(
    server_in_memory: InProcessServer, clock: SetClock
) -> None:
    """The answer's transaction is one: before its commit nothing of it, after it all of it."""
    server = server_in_memory
    adviser = Adviser(server, server.office.ids)
    _import(server, entry())
    adviser.push_ok(request(adviser, [EMAIL]))
    _evening(adviser, clock)
    handed_over = server.backup()
    server.answer()
    after = server.backup()
    assert _contract(server).contract.revision == 2
    server.put_back(handed_over)
    assert _contract(server).contract.revision == 1
    server.exporter.read_answers()
    assert _contract(server).contract.revision == 2
    server.put_back(after)
    server.exporter.read_answers()
    assert _contract(server).contract.revision == 2


def test_that_a_rejected_request_changes_nothing(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    draft = request(adviser, [EMAIL])
    adviser.push_ok(draft)
    _evening(adviser, clock)
    server.core = CoreSystem(
        server.core.folder, server.core.trusted, frozenset({str(draft.body["number"])})
    )
    server.answer()
    assert _contract(server).contract.revision == 1
    assert _status(adviser, draft)["core"] == "rejected"


def test_that_two_accepted_requests_of_one_evening_both_change_the_contract(
    adviser: Adviser, server: InProcessServer, clock: SetClock, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    changed = settings(contact={"email": "petr.novak@example.com", "mobile": "+420601000000"})
    phone: Json = {"path": "contact.mobile", "old": None, "new": "+420601000000"}
    adviser.push_ok(request(adviser, [EMAIL]))
    other.push_ok(request(other, [phone], changed, number="7200050501"))
    _evening(adviser, clock)
    server.answer()
    now = _contract(server).contract
    assert now.revision == 3
    assert now.settings["contact"] == {"email": "novak@example.com", "mobile": "+420601000000"}


def test_that_a_later_request_begins_from_what_the_first_one_made(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    adviser.push_ok(request(adviser, [EMAIL]))
    _evening(adviser, clock)
    server.answer()
    now = _contract(server).contract
    reference: Json = {"number": NUMBER, "revision": 2, "tariff_version": 2}
    follows = request(
        adviser, [EMAIL], contract=reference, baseline=dict(now.settings), number="7200050002"
    )
    assert _code(adviser, follows) == ""


def test_that_the_register_names_the_policyholder_as_the_request_does(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    changed = settings(policyholder={"given_name": "Petr", "surname": "Dvořák", "kind": "person"})
    surname: Json = {"path": "policyholder.surname", "old": "Novák", "new": "Dvořák"}
    adviser.push_ok(request(adviser, [surname], changed))
    _evening(adviser, clock)
    server.answer()
    assert _contract(server).contract.policyholder == "Petr Dvořák"


def test_that_a_request_the_register_cannot_take_over_is_told_to_a_person(
    adviser: Adviser, server: InProcessServer, clock: SetClock
) -> None:
    nowhere: Json = {"path": "insured.7.occupation", "old": "a", "new": "b"}
    draft = request(adviser, [nowhere])
    adviser.push_ok(draft)
    _evening(adviser, clock)
    server.answer()
    assert _status(adviser, draft)["core"] == "accepted"
    assert _contract(server).contract.revision == 1
    with server.office.reading() as desk:
        alarms = desk.connection.execute(select(schema.alarm.c.kind, schema.alarm.c.record)).all()
    assert [tuple(alarm) for alarm in alarms] == [("contract_not_changed", draft.id)]


def test_that_the_log_of_a_changed_contract_names_no_person(
    adviser: Adviser,
    server: InProcessServer,
    clock: SetClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    adviser.push_ok(request(adviser, [EMAIL]))
    _evening(adviser, clock)
    server.answer()
    told = " ".join(str(vars(record)) for record in caplog.records)
    assert "contract changed" in told
    for personal in ("Novák", "novak@", NUMBER):
        assert personal not in told


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_that_a_revision_made_during_a_verdict_sees_the_request(
    adviser: Adviser, server: InProcessServer
) -> None:
    """The list is imported by another process while the verdict is not committed yet."""
    draft = request(adviser, [EMAIL])
    adviser.push_ok(draft)
    with server.office.writing() as desk:
        desk.connection.execute(delete(schema.judgement_due))
    newer = entry(contact={"email": "third@example.com"})
    with ThreadPoolExecutor(1) as other_process:
        with server.office.writing() as desk:
            records = hold_one(desk, adviser.scope)
            records.load([draft.id])
            row = records.get(draft.id)
            assert row is not None
            assert stand_on_contract(records, row) == ""
            importing = other_process.submit(_import, server, newer)
            with pytest.raises(TimeoutError):
                importing.result(timeout=0.2)
        importing.result(timeout=20)
    with server.office.reading() as desk:
        due = desk.connection.execute(select(schema.judgement_due.c.document)).scalars().all()
    assert due == [draft.id]
