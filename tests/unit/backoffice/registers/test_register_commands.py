"""The commands of offices, erasing and texts, on a home of their own."""

import json
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.backoffice.home import Home
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.principals import (
    GivenRight,
    Principal,
    live_and_past,
)
from smartclient.backoffice.operations.pushing import judged, take
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock, to_text
from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    event_hash,
)
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import (
    ClientId,
    EventId,
    HrNumber,
    InstallId,
    Op,
    PersonId,
    RandomIds,
    RecordId,
)
from smartclient.domain.mode import Mode
from smartclient.wire import encoding
from smartclient.wire.messages import (
    Answer,
    JsonObject,
    PushLine,
    PushRequest,
    RecordKind,
    mapping,
)
from smartclient.wire.register_bodies import EraseRequest, consent_to_json
from tests.simulators.operator_commands import OperatorCommands, refusal_of

PERSON = PersonId("00000000-0000-4000-8000-00000000aaaa")
INSTALL = InstallId("00000000-0000-4000-8000-00000000bbbb")
IDS = RandomIds()


@pytest.fixture
def run(run: OperatorCommands, certificates: Path, tmp_path: Path) -> OperatorCommands:
    """The operator of a home with one adviser in it."""
    run("init", "--certificates", certificates)
    with _opened(tmp_path) as found, found.office.writing() as desk:
        person = {"id": PERSON, "name": "Jana Nováková", "created_at": desk.now}
        person |= dict.fromkeys(("identification", "cnb_number", "email", "phone"), "")
        desk.connection.execute(schema.person.insert(), person)
        make_scope(desk, f"person:{PERSON}")
    return run


def _opened(tmp_path: Path) -> AbstractContextManager[Opened]:
    return opened(Home(tmp_path / "office"), Mode.PRACTICE, SystemClock())


def _pushed(found: Opened, *lines: PushLine) -> list[Answer]:
    with found.office.writing() as desk:
        rows = desk.connection.execute(schema.scope_right.select()).mappings().all()
        names = ("scope", "classes", "may_write", "since", "until")
        given = [GivenRight(*(row[name] for name in names)) for row in rows]
        live, past = live_and_past(given, desk.now)
        own = f"person:{PERSON}"
        principal = Principal(INSTALL, PERSON, own, HrNumber("90012345"), live, past)
        answers = take(desk, principal, judged(principal, PushRequest(1, lines)))
    return [result.answer for result in answers.results]


def _line(kind: RecordKind, body: JsonObject, identity: str = "", parent: str = "") -> PushLine:
    op = IDS.new()
    digest = encoding.sha256(encoding.canonical(body))
    name = RecordId(identity or op)
    scope = "office:brno"
    return PushLine(name, kind, Op(op), (), Stage.COMPLETE, "", digest, (), body, scope, parent)


def test_that_an_office_is_made_and_its_people_come_and_go(run: OperatorCommands) -> None:
    reason = ("--reason", "contract of 1 November")
    assert run("office", "list") == {"offices": []}
    assert run("office", "create", "brno", "--name", "Brno")["created"] is True
    assert run("office", "create", "brno", "--name", "Brno", code=1)["created"] is False
    classes = ("--classes", "identity+medical")
    assert run("office", "grant", "brno", PERSON, *classes, *reason)["granted"] is True
    assert run("office", "grant", "brno", PERSON, *classes, *reason, code=1)["granted"] is False
    told = run("office", "list")
    assert "Jana Nováková" in str(told)
    assert "identity+medical" in str(told)
    assert run("office", "take", "brno", PERSON, *reason)["taken"] is True
    assert run("office", "take", "brno", PERSON, *reason, code=1)["taken"] is False


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("create", "Brno!", "--name", "x"), "SC-SERV-074"),
        (("create", "brno"), "SC-CMD-001"),
        (("grant", "nowhere", PERSON, "--reason", "x"), "SC-SERV-075"),
        (("grant", "nowhere", PERSON, "--reason", "x", "--classes", "secret"), "SC-SERV-079"),
        (("take", "nowhere", PERSON, "--reason", " "), "SC-HELP-002"),
    ],
)
def test_that_bad_input_gets_its_sentence(
    run: OperatorCommands, asked: tuple[str, ...], code: str
) -> None:
    refusal = str(run("office", *asked, code=2)["refusal"])
    assert refusal.startswith(f"{code}: ")
    assert len(refusal) > len(code) + 20


def test_that_an_edit_handed_in_is_shown_and_decided_about(
    run: OperatorCommands, tmp_path: Path
) -> None:
    run("office", "create", "brno", "--name", "Brno")
    run("office", "grant", "brno", PERSON, "--reason", "contract")
    run("office", "take", "brno", PERSON, "--reason", "notice")
    line = _line(RecordKind.CLIENT, {"schema": 1, "surname": "Černá"}, IDS.new())
    line = replace(line, blobs=(encoding.sha256(b"scan"),))
    with _opened(tmp_path) as found:
        with found.office.writing() as desk:
            blobs.keep_own(desk, f"person:{PERSON}", b"scan")
        assert _pushed(found, line) == [Answer.OK]
    (waiting,) = _list(run("handed-in", "list"), "handed_in")
    assert (waiting["op"], waiting["meant_for"]) == (line.op, "office:brno")
    shown = run("handed-in", "show", line.op, "--files", tmp_path / "files")
    assert (mapping(shown["line"])["body"], shown["would_be"]) == (line.body, "ok")
    assert (tmp_path / "files" / line.blobs[0]).read_bytes() == b"scan"
    by = ("--by", "Karel Vrba", "--reason", "his notice came a day early")
    told = mapping(run("handed-in", "accept", line.op, *by)["decision"])
    assert (told["decision"], told["by"]) == ("accepted", "Karel Vrba")
    assert run("handed-in", "list") == {"handed_in": []}
    assert len(_list(run("handed-in", "list", "--all"), "handed_in")) == 1
    assert refusal_of(run("handed-in", "refuse", line.op, *by, code=2)) == "SC-SERV-087"
    assert refusal_of(run("handed-in", "show", INSTALL, code=2)) == "SC-SERV-076"


def test_that_a_wrong_join_is_taken_back_by_a_command(run: OperatorCommands) -> None:
    refusal = str(run("helpdesk", "part", INSTALL, "--reason", "wrong person", code=2)["refusal"])
    assert refusal.startswith("SC-SERV-078: ")


def test_that_a_person_erases_what_was_asked_for(run: OperatorCommands, tmp_path: Path) -> None:
    run("office", "create", "brno", "--name", "Brno")
    run("office", "grant", "brno", PERSON, "--reason", "contract")
    client = _line(RecordKind.CLIENT, {"schema": 1, "surname": "Černá"}, IDS.new())
    now = SystemClock().now()
    request = EraseRequest(ClientId(client.id), "asked by letter", now)
    asking = _line(RecordKind.ERASE_REQUEST, request.to_json(), parent=client.id)
    assert run("erase", "list") == {"requests": []}
    with _opened(tmp_path) as found:
        assert _pushed(found, client, asking) == [Answer.OK, Answer.OK]
    (waiting,) = _list(run("erase", "list"), "requests")
    assert (waiting["client"], waiting["reason"]) == (client.id, "asked by letter")
    assert str(waiting["received_at"]) <= to_text(SystemClock().now())
    assert run("erase", client.id) == {"client": client.id, "records": 2, "documents": 0}
    assert run("erase", "list") == {"requests": []}
    assert run("erase", client.id, "--documents", code=1)["records"] == 0
    listed = (tmp_path / "office" / "export" / "erasures.ndjson").read_text(encoding="utf-8")
    assert client.id in listed
    with _opened(tmp_path) as found:
        assert _pushed(found, client) == [Answer.ERASED]


def test_that_nothing_is_erased_by_a_wrong_id(run: OperatorCommands) -> None:
    refusal = str(run("erase", IDS.new(), code=2)["refusal"])
    assert refusal.startswith("SC-SERV-080: ")


def test_that_texts_are_published_from_a_list(run: OperatorCommands, tmp_path: Path) -> None:
    text = {"code": "consent.sms", "version": 1, "language": "cs", "title": "SMS", "text": "Ano."}
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([{**text, "valid_from": "2026-11-01"}]), encoding="utf-8")
    assert run("texts", "publish", path) == {"texts": 1, "new": 1}
    assert run("texts", "publish", path, code=1) == {"texts": 1, "new": 0}
    path.write_text(json.dumps([{**text, "text": "Ne.", "valid_from": "2026-11-01"}]))
    assert "SC-SERV-084" in str(run("texts", "publish", path, code=2)["refusal"])
    path.write_text("[{}]")
    refusal = str(run("texts", "publish", path, code=2)["refusal"])
    assert "SC-SERV-093" in refusal
    path.write_text("{}")
    assert "SC-CMD-009" in str(run("texts", "publish", path, code=2)["refusal"])
    assert "SC-CMD-002" in str(run("texts", "publish", tmp_path / "none", code=2)["refusal"])


def _list(told: JsonObject, name: str) -> list[JsonObject]:
    found = told[name]
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, dict)]


def test_that_the_chains_of_receipts_are_checked(run: OperatorCommands, tmp_path: Path) -> None:
    whole: JsonObject = {"scopes": 0, "receipts": 0, "broken": []}
    assert run("receipts", "check") == whole
    run("office", "create", "brno", "--name", "Brno")
    run("office", "grant", "brno", PERSON, "--reason", "contract")
    client = IDS.new()
    now = SystemClock().now()
    said = ConsentDecision(
        ClientId(client), "SMS", "v1", Decision.GIVEN, Method.PAPER_SIGNED, now, "Jana", "x", "cs"
    )
    event = ConsentEvent(EventId(IDS.new()), said, now, INSTALL, 1, "ab" * 16, "", "")
    body = consent_to_json(replace(event, hash=event_hash(event)))
    line = _line(RecordKind.CONSENT_EVENT, body, event.id, client)
    with _opened(tmp_path) as found:
        assert _pushed(found, replace(line, op=Op(event.id))) == [Answer.OK]
    assert run("receipts", "check") == {**whole, "scopes": 1, "receipts": 1}
    with _opened(tmp_path) as found, found.office.writing() as desk:
        desk.connection.execute(schema.consent_receipt.update().values(event_hash=""))
    told = run("receipts", "check", "--scope", "office:brno", code=1)
    (broken,) = _list(told, "broken")
    assert (broken["place"], broken["record"], broken["problem"]) == (1, event.id, "altered")
    refused = run("receipts", "check", "--scope", "office:praha", code=2)
    assert refusal_of(refused) == "SC-SERV-091"
